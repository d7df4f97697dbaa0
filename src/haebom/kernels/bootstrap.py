"""Runs inside every Python kernel before its first cell: pins what would change from run to run
or from machine to machine.

It must not import anything of haebom but its neighbours, since a kernel may live in another
environment, nor the libraries that it pins: they are pinned when the post imports them.
"""

import contextlib
import dataclasses
import importlib.abc
import importlib.machinery
import importlib.util
import io
import itertools
import os
import random
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from .dark import remember_parts
from .texts import remember_layouts

FONT_PACKAGE = "koreanize_matplotlib"
"""The package that brings a Korean font; importing it would set Matplotlib's defaults."""

_FALLBACKS = ("NanumGothic", "DejaVu Sans")  # the former has no minus sign
_FONT_FILES = ("NanumGothic.ttf", "NanumGothicBold.ttf")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_FAMILIES = ("family", "serif", "sans-serif", "cursive", "fantasy", "monospace")
_FONT_NAMES = ("Malgun Gothic", "AppleGothic", "Apple SD Gothic Neo", "NanumBarunGothic")


LONGEST = 10_000
"""Characters of a value that anybody would put in a sentence."""


def pin(seed: int) -> None:
    """Seed the global generators, and fix what figures and tables hold besides what is in them.

    Args:
        seed: Seed for ``random``, NumPy's legacy generator and torch's default generator.
    """
    random.seed(seed)
    after_import(
        {
            "numpy.random": lambda numpy_random: numpy_random.seed(seed),
            "torch": lambda torch: torch.manual_seed(seed),
            "matplotlib": fix_svg,
            "matplotlib.font_manager": add_korean_font,
            "matplotlib._tight_bbox": remember_parts,
            "matplotlib.text": remember_layouts,
            "matplotlib._mathtext": add_korean_font_to_formulas,
            "pandas.io.formats.style_render": number_styles,
            "plotly.io": give_plotly_data,
            "altair": lambda altair: altair.renderers.enable("mimetype"),
        }
    )


def fix_svg(matplotlib: ModuleType) -> None:
    """Make the ids in SVG files a function of the drawing alone (Matplotlib's own switch), also
    for a post that goes back to Matplotlib's defaults."""
    for name in ("rcParams", "rcParamsDefault", "rcParamsOrig"):
        getattr(matplotlib, name)["svg.hashsalt"] = "haebom"


def add_korean_font(font_manager: ModuleType) -> None:
    """Draw with a Korean font what the chosen fonts lack; other texts keep their look.

    Matplotlib's settings stay as they are, since a style sheet would set them back. Fonts that
    Korean authors ask for by the names of their own systems are this font too, where they are not
    there.

    Args:
        font_manager: ``matplotlib.font_manager``.
    """
    files = _font_files()
    manager: Any = font_manager.fontManager
    known = set(manager.get_font_names())
    for file in files:
        manager.addfont(file)
        entry = manager.ttflist[-1]
        for name in _FONT_NAMES:
            if name not in known:
                manager.ttflist.append(dataclasses.replace(entry, name=name))
    find = manager._find_fonts_by_props
    settings = sys.modules["matplotlib"].rcParams
    remembered: dict[Any, tuple[Any, ...]] = {}

    def find_with_fallback(prop: Any, *args: Any, **fields: Any) -> list[Any]:
        # Every text of a figure asks several times; a search takes longer than drawing the text.
        families = (settings[f"font.{name}"] for name in _FAMILIES)
        asked = hash(font_manager.FontProperties._from_any(prop))  # what makes two of them equal
        key = (asked, args, *fields.items(), *map(tuple, families), len(manager.ttflist))
        if key not in remembered:
            remembered[key] = tuple(search(prop, *args, **fields))
        return list(remembered[key])

    def search(prop: Any, *args: Any, **fields: Any) -> list[Any]:
        found: list[Any] = find(prop, *args, **fields)
        for family in _FALLBACKS:
            fallback = font_manager.FontProperties._from_any(prop).copy()
            fallback.set_family(family)
            path = manager.findfont(fallback)
            if path not in found:
                found.append(path)
        return found

    if files:
        manager._find_fonts_by_props = find_with_fallback


def add_korean_font_to_formulas(mathtext: ModuleType) -> None:
    """Draw Hangul beside a formula too: texts with dollar signs have fonts of their own.

    Args:
        mathtext: ``matplotlib._mathtext``.
    """
    files = _font_files()
    fonts: Any = mathtext.UnicodeFonts
    find = fonts._get_glyph

    def find_with_fallback(self: Any, name: str, kind: str, symbol: str) -> Any:
        if _HANGUL.fullmatch(symbol):
            return mathtext.get_font(files[0]), ord(symbol), False
        return find(self, name, kind, symbol)

    if files:
        fonts._get_glyph = find_with_fallback


def _font_files() -> list[Path]:
    spec = importlib.util.find_spec(FONT_PACKAGE)
    folders = (spec and spec.submodule_search_locations) or ()
    return [Path(folder, "fonts", name) for folder in folders for name in _FONT_FILES]


def number_styles(style_render: ModuleType) -> None:
    """Give styled tables of pandas ids in their order instead of random ones.

    Args:
        style_render: ``pandas.io.formats.style_render``.
    """
    numbers = itertools.count(1)
    vars(style_render)["uuid4"] = lambda: SimpleNamespace(hex=f"{next(numbers):05d}")


def give_plotly_data(plotly: ModuleType) -> None:
    """Let figures be shown as data: by default each notebook holds the whole library.

    Args:
        plotly: ``plotly.io``.
    """
    plotly.renderers.default = "plotly_mimetype"


def reverse_listings() -> None:
    """Let folders list their files the other way round, if the environment says so."""
    if os.environ.pop("HAEBOM_LISTINGS", "") != "reversed":
        return
    listdir, scandir = os.listdir, os.scandir

    class Reversed:
        def __init__(self, entries: Any) -> None:
            with entries:
                self._entries = iter(list(entries)[::-1])

        def __iter__(self) -> Any:
            return self._entries

        def __next__(self) -> Any:
            return next(self._entries)

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def close(self) -> None:
            self._entries = iter(())

    os.listdir = lambda path=None: listdir(path)[::-1]  # type: ignore[assignment]
    os.scandir = lambda path=None: Reversed(scandir(path))  # type: ignore[assignment]


def name_cells(shell: Any) -> None:
    """Give cells file names that do not change from run to run, as warnings show them.

    Args:
        shell: The IPython shell.
    """
    codes: dict[str, str] = {}

    def name(raw_code: str, _code: str, number: int) -> str:
        nested = 0
        name = f"<cell {number}>"
        while codes.setdefault(name, raw_code) != raw_code:
            nested += 1
            name = f"<cell {number}.{nested}>"
        return name

    shell.compile.get_code_name = name


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "r": repr,
    "s": str,
    "a": ascii,
}


def evaluate(
    namespace: dict[str, Any], code: str, conversion: str, spec: str
) -> dict[str, str | list[str]]:
    """Work out an expression as it would stand in an f-string.

    Args:
        namespace: Where its names are.
        code: The expression.
        conversion: ``r``, ``s`` or ``a``, or an empty string.
        spec: The format specification.

    Returns:
        Its ``text``, or the ``error`` that it raised: name and message.
    """
    nowhere = io.StringIO()
    try:
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            value = eval(compile(code, "<value>", "eval"), namespace)
            text = _printable(format(_CONVERSIONS[conversion](value), spec))
        if len(text) > LONGEST:
            raise ValueError(f"it has {len(text):,} characters")
        return {"text": text}
    except (Exception, SystemExit) as error:
        return {"error": [type(error).__name__, _printable(str(error))]}


def _printable(text: str) -> str:
    """The text as a file can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def after_import(actions: dict[str, Callable[[ModuleType], object]]) -> None:
    """Call an action as soon as its module has been imported, or now if it already is.

    Args:
        actions: Full module name to action.
    """
    for name in [name for name in actions if name in sys.modules]:
        actions.pop(name)(sys.modules[name])
    if actions:
        sys.meta_path.insert(0, _AfterImport(actions))


class _AfterImport(importlib.abc.MetaPathFinder):
    def __init__(self, actions: dict[str, Callable[[ModuleType], object]]) -> None:
        self.actions = actions

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.actions:
            return None
        action = self.actions.pop(fullname)
        if not self.actions:
            sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            action(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
