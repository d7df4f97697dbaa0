"""What libraries ask Python again and again while they are imported, answered once.

Matplotlib tidies up the same docstrings for each class of what can be drawn, and looks into them
for the same values. torch looks a hundred times through all modules for the one whose code is
running, and has the same methods of data classes compiled hundreds of times. It is a tenth of what
importing them takes, and the first posts wait for it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import sys
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import Any

ARTIST = "matplotlib.artist"
"""Module that :func:`described_once` is about."""


@contextlib.contextmanager
def answered_once() -> Iterator[None]:
    """Answer faster, and the same, for the time of imports."""
    cleandoc, getmodule = inspect.cleandoc, inspect.getmodule
    compiled = functools.lru_cache(maxsize=None)(compile)

    @functools.wraps(getmodule)
    def module_of(object: Any, _filename: str | None = None) -> ModuleType | None:
        if isinstance(object, FrameType):
            module = sys.modules.get(object.f_globals.get("__name__", ""))
            if module is not None and module.__dict__ is object.f_globals:
                return module
        return getmodule(object, _filename)

    def execute(source: str, names: dict[str, Any], own: dict[str, Any]) -> None:
        exec(compiled(source, "<string>", "exec", dont_inherit=True), names, own)

    inspect.cleandoc = functools.lru_cache(maxsize=None)(cleandoc)
    inspect.getmodule = module_of
    dataclasses.__dict__["exec"] = execute  # found before the one that is built in
    try:
        yield
    finally:
        inspect.cleandoc, inspect.getmodule = cleandoc, getmodule
        del dataclasses.__dict__["exec"]


@contextlib.contextmanager
def described_once() -> Iterator[None]:
    """The same for what the setters of Matplotlib's classes take, which most of these have from the
    same parents; :data:`ARTIST` has been imported."""
    inspector: Any = sys.modules[ARTIST].ArtistInspector
    look = inspector.get_valid_values
    known: dict[Any, Any] = {}

    @functools.wraps(look)
    def get_valid_values(self: Any, attr: str) -> Any:
        setter = getattr(self.o, f"set_{attr}", None)
        if not inspect.isfunction(setter):
            return look(self, attr)
        if setter not in known:
            known[setter] = look(self, attr)
        return known[setter]

    inspector.get_valid_values = get_valid_values
    try:
        yield
    finally:
        inspector.get_valid_values = look
