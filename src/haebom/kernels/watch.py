"""Watches what a running post uses: memory, processes, and room on the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from haebom.kernels.base import Workplace
from haebom.kernels.processes import descendants

TICK = 0.1
"""Seconds between two looks at the processes."""

_DISK_TICK = 0.5
"""Seconds between two looks at the folders, which may hold many files."""

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Watch:
    """Knows the limits of one post.

    What a post does between two looks goes unseen, and so do files that have neither a name nor
    anybody who holds them open but are still mapped, and processes that have left the kernel's
    family.

    Args:
        workplace: Where the post runs, and how much it may use.
        keepers: How many processes, the kernel's own among them, stand around the post's.
        adopter: Process id of one that takes in the post's orphans, and is not among these; or 0.
    """

    def __init__(self, workplace: Workplace, keepers: int = 0, adopter: int = 0) -> None:
        self._limits = workplace.limits
        self._folders = workplace.folders
        self._keepers = keepers
        self._adopter = adopter
        self._disk_seen = time.monotonic()

    def breach(self, pid: int) -> str:
        """Which limit is broken, as a sentence, or an empty string.

        Args:
            pid: The kernel's process id.
        """
        family = [pid, *descendants(pid)][self._keepers :]
        family += descendants(self._adopter) if self._adopter else []
        if len(family) > self._limits.processes:
            return f"It ran more than {self._limits.processes:,} processes at once."
        if self._uses_too_much(family):
            return f"It used more than {_readable(self._limits.memory)} of memory."
        if time.monotonic() - self._disk_seen > _DISK_TICK:
            self._disk_seen = time.monotonic()
            return self._too_full(family)
        return ""

    def _too_full(self, family: Iterable[int]) -> str:
        try:
            size = sum(map(_size, self._folders)) + _unnamed(family)
        except _HiddenError as folder:
            return f"It has made a folder that cannot be looked into: {folder}."
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


class _HiddenError(Exception):
    """A folder cannot be listed; the message is its beginning."""


def _size(top: Path) -> int:
    """Bytes that the files below a folder take up.

    Raises:
        _HiddenError: A post hides some, by depth or by permissions.
    """
    total, folders = 0, [str(top)]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    else:
                        with contextlib.suppress(OSError):
                            total += _blocks(entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno in (errno.EACCES, errno.ENAMETOOLONG):
                raise _HiddenError(f"{folder[len(str(top)) :][:60]}…") from None
    return total


def _unnamed(family: Iterable[int]) -> int:
    """Bytes of files that have no name any more, or never had one, but are open."""
    found: dict[tuple[int, int], int] = {}
    for pid in family:
        with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    status = entry.stat()
                    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                        found[status.st_dev, status.st_ino] = _blocks(status)
    return sum(found.values())


def _blocks(status: os.stat_result) -> int:
    return int(getattr(status, "st_blocks", status.st_size // 512)) * 512


def _readable(size: int) -> str:
    """A number of bytes for people."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size:,} bytes"
