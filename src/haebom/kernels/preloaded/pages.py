"""The pages of memory that posts write to.

A forked kernel shares its memory with the server until it writes to it: each page is copied at the
first write, of which counting a reference is one, and each copy interrupts the kernel. Posts that
import the same write to much the same pages. So the server looks which they were in a few kernels,
and has them copied for later ones in a few system calls before they begin.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import mmap
import operator
import re
import struct
from collections.abc import Iterable
from pathlib import Path

_SAMPLES = 3
"""Kernels of a kind that are looked at; what most of them write to, others will."""

_REGION = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw.p ", re.MULTILINE)
_OWN = bytes(flags == 0x81 for flags in range(256))
"""What the highest byte of a page's entry means: present, not of a file, and nobody else's; see
https://docs.kernel.org/admin-guide/mm/pagemap.html."""
_ENTRY = 8
_RUN = re.compile(rb"\x01+")


class Pages:
    """Knows which pages of this process kernels write to."""

    def __init__(self) -> None:
        found = _REGION.findall(Path("/proc/self/maps").read_text("utf-8", "surrogateescape"))
        self._regions = [(int(start, 16), int(end, 16)) for start, end in found]
        self._samples: dict[frozenset[str], dict[int, int]] = {}
        self._vectors: dict[frozenset[str], bytes] = {}

    def learn(self, kind: frozenset[str], pid: int) -> None:
        """Look at a kernel that has done its work, if too few of its kind have been seen.

        Args:
            kind: The modules that its post imports.
            pid: The number of its process, which must still live.
        """
        samples = self._samples.setdefault(kind, {})
        if len(samples) < _SAMPLES and pid not in samples:  # of which some are ended twice
            with contextlib.suppress(OSError):
                if pages := self._written(pid):  # else it has just ended by itself
                    samples[pid] = pages
                    self._vectors.clear()

    def expected(self, kind: frozenset[str]) -> bytes:
        """Where the pages are that a kernel will write to, as vectors of address and length.

        Posts that import less tell of those that import more.

        Args:
            kind: The modules that its post imports.
        """
        if kind not in self._vectors:
            known = (seen.values() for other, seen in self._samples.items() if other <= kind)
            pages = functools.reduce(operator.or_, map(_usual, known), 0)
            self._vectors[kind] = self._located(pages)
        return self._vectors[kind]

    def _written(self, pid: int) -> int:
        """Pages of another process that it does not share any more, a byte for each."""
        parts = []
        with Path(f"/proc/{pid}/pagemap").open("rb") as file:
            for start, end in self._regions:
                file.seek(start // mmap.PAGESIZE * _ENTRY)
                entries = file.read((end - start) // mmap.PAGESIZE * _ENTRY)
                parts.append(entries[_ENTRY - 1 :: _ENTRY].translate(_OWN))
        return int.from_bytes(b"\0".join(parts), "little")

    def _located(self, pages: int) -> bytes:
        flags = pages.to_bytes((pages.bit_length() + 7) // 8, "little")
        vectors, first = bytearray(), 0
        for start, end in self._regions:
            count = (end - start) // mmap.PAGESIZE
            for run in _RUN.finditer(flags[first : first + count]):
                length = (run.end() - run.start()) * mmap.PAGESIZE
                vectors += struct.pack("QQ", start + run.start() * mmap.PAGESIZE, length)
            first += count + 1
        return bytes(vectors)


def _usual(samples: Iterable[int]) -> int:
    """What at least two have in common."""
    pairs = itertools.combinations(samples, 2)
    return functools.reduce(operator.or_, itertools.starmap(operator.and_, pairs), 0)
