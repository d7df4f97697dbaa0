"""What is answered once while packages are imported is answered as ever."""

from __future__ import annotations

import inspect
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from haebom.kernels.preloaded.repeated import answered_once


def frame(name: str, module: types.ModuleType | None) -> types.FrameType:
    """A frame of code that says it belongs to a module."""
    names: dict[str, Any] = {"__name__": name} if module is None else module.__dict__
    names["frame"] = None
    exec(compile("import sys\nframe = sys._getframe()", str(names.get("__file__")), "exec"), names)
    found: types.FrameType = names.pop("frame")
    return found


def test_modules_of_running_code(tmp_path: Path) -> None:
    """Messages of torch would name the wrong file."""
    real = types.ModuleType("haebom_real")
    real.__file__ = str(tmp_path / "haebom_real.py")
    Path(real.__file__).write_text("import sys\nframe = sys._getframe()\n")
    sys.modules["haebom_real"] = real
    try:
        with answered_once():
            assert inspect.getmodule(frame("haebom_real", real)) is real
            assert inspect.getframeinfo(frame("haebom_real", real)).filename == real.__file__
            # code that only calls itself so, as what is run by exec may
            assert inspect.getmodule(frame("haebom_real", None)) is not real
            assert inspect.getmodule(frame("no.such.module", None)) is None
    finally:
        del sys.modules["haebom_real"]


@pytest.mark.parametrize("thing", [inspect, inspect.getmodule, Path, Path.open, len, object()])
def test_modules_of_other_things(thing: object) -> None:
    """Only frames are to be looked up otherwise."""
    expected = inspect.getmodule(thing)
    with answered_once():
        assert inspect.getmodule(thing) is expected


def test_docstrings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help texts would look otherwise, or each be worked out again."""
    texts = [inspect.cleandoc.__doc__, "one", "\n  two\n    lines\n\n", "\ttab\n\t  more", "  ", ""]
    expected = [inspect.cleandoc(text or "") for text in texts]
    asked: list[str] = []
    cleandoc = inspect.cleandoc
    monkeypatch.setattr(inspect, "cleandoc", lambda doc: asked.append(doc) or cleandoc(doc))
    with answered_once():
        for _ in range(3):
            assert [inspect.cleandoc(text or "") for text in texts] == expected
    assert asked == [text or "" for text in texts]


def test_all_is_as_before_afterwards() -> None:
    """Posts would find another standard library than the one that they know."""
    before = inspect.cleandoc, inspect.getmodule
    with pytest.raises(ImportError), answered_once():
        assert (inspect.cleandoc, inspect.getmodule) != before
        raise ImportError
    assert (inspect.cleandoc, inspect.getmodule) == before
