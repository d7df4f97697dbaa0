"""Making the server's memory ready for many forks."""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path


def fill() -> None:
    """Everything that is made from here on stays; looking for garbage would only take time."""
    gc.disable()


def forget_lookups() -> None:
    """Empty Python's cache of attributes: imports have filled it with names that children would
    replace by others, writing to both."""
    forget = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache
    forget()


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
