"""What is answered once while packages are imported is answered as ever."""

from __future__ import annotations

import builtins
import dataclasses
import inspect
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from haebom.kernels.preloaded.repeated import answered_once, described_once


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


def test_data_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Classes of the same fields would share their defaults, or each be compiled again."""
    compiled: list[str] = []
    compile_ = builtins.compile
    monkeypatch.setattr(
        builtins, "compile", lambda text, *a, **k: compiled.append(text) or compile_(text, *a, **k)
    )

    def made(default: object) -> type:
        fields = [("a", int), ("b", list, dataclasses.field(default=default))]
        return dataclasses.make_dataclass("Made", fields, order=True, frozen=True)

    with answered_once():
        one, other = made((1,)), made((2,))
    assert (one(0).b, other(0).b) == ((1,), (2,))  # type: ignore[attr-defined]
    assert one(3) < one(4)  # type: ignore[operator]
    assert one(3) != other(3)
    assert repr(other(5)) == "Made(a=5, b=(2,))"
    assert inspect.signature(one) != inspect.signature(other)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one(3).a = 4  # type: ignore[attr-defined]
    assert compiled
    assert len(compiled) == len(set(compiled))


def test_what_setters_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help on Matplotlib's classes would tell what a setter of another class takes."""
    from matplotlib import artist, lines, patches

    kinds = (lines.Line2D, patches.Patch, patches.Rectangle, artist.Artist)
    expected = [artist.kwdoc(kind) for kind in kinds]
    asked: list[object] = []
    look = artist.ArtistInspector.get_valid_values

    def counted(self: Any, attr: str) -> Any:
        asked.append(getattr(self.o, f"set_{attr}", None))
        return look(self, attr)

    monkeypatch.setattr(artist.ArtistInspector, "get_valid_values", counted)
    with described_once():
        assert [artist.kwdoc(kind) for kind in kinds] == expected
        with pytest.raises(AttributeError):
            artist.ArtistInspector(lines.Line2D).get_valid_values("no_such_thing")
    assert len(asked) == len(set(asked)) > 50
    assert artist.ArtistInspector.get_valid_values is counted


def test_all_is_as_before_afterwards() -> None:
    """Posts would find another standard library than the one that they know."""
    before = inspect.cleandoc, inspect.getmodule, dict(vars(dataclasses))
    with pytest.raises(ImportError), answered_once():
        assert inspect.cleandoc is not before[0]
        assert inspect.getmodule is not before[1]
        assert vars(dataclasses) != before[2]
        raise ImportError
    assert (inspect.cleandoc, inspect.getmodule, dict(vars(dataclasses))) == before
