"""Ending processes, with everything that they have started."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import psutil

MARKER = "HAEBOM_POST"
"""Environment variable that names the post's process family, down to its daemons."""


def end_family(pid: int, marker: str) -> None:
    """Kill a kernel, its descendants, and processes that left its tree but carry its marker.

    Args:
        pid: The kernel's process id, leader of its own session where the system has sessions.
        marker: Value of :data:`MARKER` in the kernel's environment.
    """
    members = [pid, *descendants(pid)]
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    for member in members:
        with contextlib.suppress(psutil.Error):
            psutil.Process(member).kill()
    for process in _marked(marker):
        with contextlib.suppress(psutil.Error):
            process.kill()


def descendants(pid: int, depth: int | None = None) -> list[int]:
    """Process ids of the children, grandchildren and so on of a process.

    Args:
        pid: The process.
        depth: How many generations, or None for all.
    """
    if depth == 0:
        return []
    found = []
    for child in _children(pid):
        found += [child, *descendants(child, None if depth is None else depth - 1)]
    return found


def _children(pid: int) -> list[int]:
    try:
        threads = [*Path(f"/proc/{pid}/task").iterdir()]
        return [int(c) for thread in threads for c in (thread / "children").read_text().split()]
    except OSError:  # gone, or a system without these files
        with contextlib.suppress(psutil.Error):
            return [child.pid for child in psutil.Process(pid).children()]
        return []


def _marked(marker: str) -> list[psutil.Process]:
    """Processes of this user that inherited the marker, wherever they went."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARKER) == marker:
                found.append(process)
    return found
