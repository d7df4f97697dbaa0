"""Making the server's memory ready for many forks."""

from __future__ import annotations

import ctypes
import gc
import re
from pathlib import Path

from haebom.kernels.preloaded.streams import libc

_MADV_COLLAPSE = 25
_HUGE = 2 << 20
_WRITABLE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p 00000000 00:00 0\b", re.MULTILINE)


def fill() -> None:
    """Everything that is made from here on stays; looking for garbage would only take time."""
    gc.disable()


def settle() -> None:
    """Do all that makes a child start with less work; called once, before the first fork."""
    _release_openmp()
    gc.freeze()  # a collection in a child would touch, and so copy, every object
    gc.enable()
    _collapse()


def _release_openmp() -> None:
    """Let go of OpenMP's threads, should an import have started any: they do not survive a fork."""
    paths = {line.split(None, 5)[-1] for line in _maps().splitlines() if "omp" in line}
    for path in paths:
        try:
            ctypes.CDLL(path).omp_pause_resource_all(2)
        except (OSError, AttributeError):
            continue


def _collapse() -> None:
    """Join the heap's pages to huge ones, of which a fork has far fewer to go through.

    It saves about a fifth of a short post's processor time. Kernels before Linux 6.1 refuse, which
    does no harm.
    """
    for found in _WRITABLE.finditer(_maps()):
        start, end = int(found[1], 16), int(found[2], 16)
        first, last = -(-start // _HUGE) * _HUGE, end // _HUGE * _HUGE
        if first < last:
            libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), _MADV_COLLAPSE)


def _maps() -> str:
    return Path("/proc/self/maps").read_text("utf-8", "surrogateescape")
