"""Runs inside every Python kernel: measures each text of a Matplotlib figure once.

To be shown, a figure is drawn twice, and measured in between; at each step Matplotlib works out
anew where the lines of every text go, for some texts several times.

Like :mod:`haebom.kernels.bootstrap` this must not import anything of haebom.
"""

import contextlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

_known: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()
"""The layouts of the texts that each renderer has measured."""

_LOOKS = ("_linespacing", "_horizontalalignment", "_verticalalignment", "_multialignment")


def remember_layouts(text: ModuleType) -> None:
    """Let texts remember their layouts, as long as Matplotlib remembers their measures: while
    there is the renderer that they are drawn with.

    Args:
        text: ``matplotlib.text``.
    """
    owner = text.Text
    lay_out = vars(owner).get("_get_layout")
    if lay_out is None:
        return

    def get_layout(self: Any, renderer: Any) -> Any:
        key = _key(self)
        if key is None:
            return lay_out(self, renderer)
        layouts = _known.setdefault(renderer, {})
        if key not in layouts:
            layouts[key] = lay_out(self, renderer)
        return layouts[key]

    owner._get_layout = get_layout


def share(measured: Any, renderer: Any) -> None:
    """Let a renderer know what another one of its kind has measured.

    Texts with other characters than those that every font has are measured again, since Matplotlib
    tells only then which of them no font has.

    Args:
        measured: The other.
        renderer: The one that has not measured anything yet.
    """
    layouts = _known.get(measured, {})
    _known[renderer] = {key: found for key, found in layouts.items() if key[0].isascii()}


@contextlib.contextmanager
def missing_glyphs(missing: dict[str, None], warns: Callable[[], bool]) -> Iterator[None]:
    """Note characters that no font has, where Matplotlib would warn of them.

    Args:
        missing: Where they are noted.
        warns: Whether it is to warn too.
    """
    from matplotlib import _text_helpers

    helpers: Any = _text_helpers
    warn = helpers.warn_on_missing_glyph

    def warn_on_missing_glyph(code: int, fonts: Any) -> None:
        missing.setdefault(chr(code))
        if warns():
            warn(code, fonts)

    helpers.warn_on_missing_glyph = warn_on_missing_glyph
    try:
        yield
    finally:
        helpers.warn_on_missing_glyph = warn


def _key(text: Any) -> tuple[Any, ...] | None:
    """All that a layout depends on; None where it also depends on the figure or on TeX."""
    if text.get_wrap() or text.get_usetex():
        return None
    looks = vars(text)
    return (
        text.get_text(),
        type(text),
        hash(text.get_fontproperties()),  # what makes two of them equal
        text.figure.dpi,  # before Matplotlib 3.10 get_figure() has no arguments
        text.get_parse_math(),
        text.get_rotation(),
        text.get_rotation_mode(),
        *(looks.get(name) for name in _LOOKS),
    )
