"""What libraries ask Python again and again while they are imported, answered once.

Matplotlib tidies up the same docstrings for each class of what can be drawn, and torch looks a
hundred times through all modules for the one whose code is running. It is a twentieth of what
importing them takes, and the first posts wait for it.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any


@contextlib.contextmanager
def answered_once() -> Iterator[None]:
    """Answer faster, and the same, for the time of imports."""
    cleandoc, getmodule = inspect.cleandoc, inspect.getmodule

    @functools.wraps(getmodule)
    def module_of(object: Any, _filename: str | None = None) -> ModuleType | None:
        if isinstance(object, FrameType):
            module = sys.modules.get(object.f_globals.get("__name__", ""))
            if module is not None and module.__dict__ is object.f_globals:
                return module
        return getmodule(object, _filename)

    inspect.cleandoc = functools.lru_cache(maxsize=None)(cleandoc)
    inspect.getmodule = module_of
    try:
        yield
    finally:
        inspect.cleandoc, inspect.getmodule = cleandoc, getmodule
