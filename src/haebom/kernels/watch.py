"""Watches what a running post uses: memory, processes, and room on the disk."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

from haebom.kernels.base import Limits
from haebom.kernels.processes import descendants

TICK = 0.1
"""Seconds between two looks at the processes."""

_DISK_TICK = 0.5
"""Seconds between two looks at the folders, which may hold many files."""

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Watch:
    """Knows the limits of one post.

    What a post does between two looks goes unseen, and so do files that have no name any more and
    processes that have left the kernel's family.

    Args:
        limits: How much the post may use.
        folders: Where it may write.
    """

    def __init__(self, limits: Limits, folders: Sequence[Path]) -> None:
        self._limits = limits
        self._folders = folders
        self._disk_seen = time.monotonic()

    def breach(self, pid: int) -> str:
        """Which limit is broken, as a sentence, or an empty string.

        Args:
            pid: The kernel's process id.
        """
        family = [pid, *descendants(pid)]
        if len(family) > self._limits.processes:
            return f"It ran more than {self._limits.processes:,} processes at once."
        if self._uses_too_much(family):
            return f"It used more than {_readable(self._limits.memory)} of memory."
        if time.monotonic() - self._disk_seen > _DISK_TICK:
            size = sum(map(_size, self._folders))
            self._disk_seen = time.monotonic()
            if size > self._limits.disk:
                return f"It filled its folders with more than {_readable(self._limits.disk)}."
        return ""

    def _uses_too_much(self, family: Iterable[int]) -> bool:
        """Look at the quick number first: it counts pages that processes share several times."""
        members = list(family)
        if sum(map(_resident, members)) <= self._limits.memory:
            return False
        return sum(map(_proportional, members)) > self._limits.memory


def _resident(pid: int) -> int:
    """Bytes of memory that a process has in use, shared ones included."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        with contextlib.suppress(psutil.Error):
            return int(psutil.Process(pid).memory_info().rss)
        return 0


def _proportional(pid: int) -> int:
    """The same, with pages that several processes share divided among them where known."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return _resident(pid)


def _size(folder: Path) -> int:
    """Bytes that the files below a folder take up."""
    total = 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                total += _size(Path(entry.path))
            else:
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    total += getattr(status, "st_blocks", status.st_size // 512) * 512
    return total


def _readable(size: int) -> str:
    """A number of bytes for people."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size:,} bytes"
