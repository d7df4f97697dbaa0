"""Making the server's memory ready for many forks."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path


def fill() -> None:
    """Everything that is made from here on stays; looking for garbage would only take time."""
    gc.disable()


def settle() -> None:
    """Do all that makes a child start with less work; called once, before the first fork."""
    _release_openmp()
    gc.freeze()  # a collection in a child would touch, and so copy, every object
    gc.enable()


def _release_openmp() -> None:
    """Let go of OpenMP's threads, should an import have started any: they do not survive a fork."""
    maps = Path("/proc/self/maps").read_text("utf-8", "surrogateescape")
    paths = {line.split(None, 5)[-1] for line in maps.splitlines() if "omp" in line}
    for path in paths:
        try:
            ctypes.CDLL(path).omp_pause_resource_all(2)
        except (OSError, AttributeError):
            continue
