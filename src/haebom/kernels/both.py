"""Runs inside every Python kernel: draws a Matplotlib figure for a light and for a dark page at
once.

Most of the time that drawing takes goes into finding out what is to be drawn where. So while
IPython has a figure drawn into pixels, each of its parts is drawn into a second picture too.

Like :mod:`haebom.kernels.bootstrap` this must not import anything of haebom but its neighbours.
"""

import base64
import contextlib
import functools
import io
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from .dark import cleared, grounds, is_light, on_dark
from .png import unfiltered
from .texts import share

_ALSO = frozenset({"open_group", "close_group", "start_filter", "stop_filter"})
"""What both have to be told besides what they are to draw."""

MIME = "image/png"
"""The one type of picture with pixels that IPython makes of figures by default."""

_drawn: WeakKeyDictionary[Any, tuple[str, str]] = WeakKeyDictionary()
"""The dark picture of each figure that was drawn last, and the characters that no font has."""


def watch(pylabtools: Any) -> None:
    """Have IPython's pictures drawn twice.

    Args:
        pylabtools: ``IPython.core.pylabtools``.
    """
    draw = pylabtools.print_figure

    @functools.wraps(draw)
    def print_figure(fig: Any, fmt: str = "png", *args: Any, **fields: Any) -> Any:
        _drawn.pop(fig, None)
        agg = sys.modules.get("matplotlib.backends.backend_agg")
        with contextlib.ExitStack() as stack:
            if agg is not None and fmt in ("png", "retina"):
                stack.enter_context(unfiltered())
                if is_light(fig.get_facecolor()):
                    stack.enter_context(_twice(fig, agg.RendererAgg, fields))
            return draw(fig, fmt, *args, **fields)

    pylabtools.print_figure = print_figure


def taken(figure: Any) -> tuple[str, str] | None:
    """Take the dark picture of a figure that has just been drawn, and the characters that no font
    has; None if there is none.

    Args:
        figure: The figure.
    """
    return _drawn.pop(figure, None)


class _Both:
    """Stands before two renderers. What it is asked, the first one answers.

    Args:
        light: The one that the figure is drawn with.
        other: The other, which draws as on a dark page.
    """

    def __init__(self, light: Any, other: Any) -> None:
        self.light = light
        self.dark = on_dark(other)
        """The other, until there is something that it cannot draw."""
        self.is_dark = False
        """Whether it is the second one's turn."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.light, name)
        if not name.startswith("draw_") and name not in _ALSO:
            return found

        def draw(*args: Any, **fields: Any) -> Any:
            result = found(*args, **fields)
            self.shade(lambda dark: getattr(dark, name)(*args, **fields))
            return result

        return draw

    def shade(self, draw: Callable[[Any], object]) -> None:
        """Draw something with the second one.

        Args:
            draw: Is given the renderer.
        """
        if self.dark is None:
            return
        self.is_dark = True
        try:
            draw(self.dark)
        except Exception:
            self.dark = None
        finally:
            self.is_dark = False


@contextlib.contextmanager
def _twice(figure: Any, kind: Any, fields: dict[str, Any]) -> Iterator[None]:
    """While this lasts, whoever has a figure drawn into pixels has it drawn for a dark page too.

    Args:
        figure: The figure.
        kind: What draws into pixels, a class.
        fields: How its picture is to be saved.
    """
    draw, before = figure.draw, vars(figure).get("draw")
    measured: list[Any] = []

    def draw_twice(renderer: Any) -> None:
        if type(renderer) is not kind:
            draw(renderer)
        elif "draw_path" in vars(renderer):  # it cannot draw: the figure is measured only
            measured[:] = [renderer]
            draw(renderer)
        else:
            both = _Both(renderer, kind(renderer.width, renderer.height, renderer.dpi))
            if measured and measured[0].dpi == renderer.dpi:
                share(measured[0], both)
            _draw(figure, draw, both, fields)

    figure.draw = draw_twice
    try:
        yield
    finally:
        del figure.draw
        if before is not None:
            figure.draw = before


def _draw(figure: Any, draw: Any, both: _Both, fields: dict[str, Any]) -> None:
    """Draw a figure twice, and keep its dark picture."""
    missing: dict[str, None] = {}
    with _on_grounds(figure, both), _once(both, missing):
        draw(both)
    how = {name: fields[name] for name in ("metadata", "pil_kwargs") if name in fields}
    save = functools.partial(sys.modules["matplotlib.image"].imsave, dpi=figure.dpi, **how)
    picture = io.BytesIO()
    both.shade(lambda dark: save(picture, dark.buffer_rgba(), format="png", origin="upper"))
    if both.dark is not None:
        _drawn[figure] = base64.b64encode(picture.getvalue()).decode("ascii"), "".join(missing)


@contextlib.contextmanager
def _on_grounds(figure: Any, both: _Both) -> Iterator[None]:
    """Let the grounds that a figure is drawn on be drawn as those of a dark page too."""
    patches = grounds(figure)
    kept = [(patch, vars(patch).get("draw")) for patch in patches]
    for patch in patches:
        patch.draw = functools.partial(_draw_ground, patch, patch.draw, both)
    try:
        yield
    finally:
        for patch, draw in kept:
            del patch.draw
            if draw is not None:
                patch.draw = draw


def _draw_ground(patch: Any, draw: Any, both: _Both, renderer: Any) -> None:
    if renderer is not both:
        draw(renderer)
        return
    draw(both.light)
    with cleared([patch]):
        both.shade(draw)


@contextlib.contextmanager
def _once(both: _Both, missing: dict[str, None]) -> Iterator[None]:
    """What a figure has to say is said once. Characters that no font has are noted."""
    from matplotlib import _text_helpers

    helpers: Any = _text_helpers
    show, warn = warnings.showwarning, helpers.warn_on_missing_glyph

    def showwarning(*args: Any, **fields: Any) -> None:
        if not both.is_dark:
            show(*args, **fields)

    def warn_on_missing_glyph(code: int, fonts: Any) -> None:
        missing.setdefault(chr(code))
        if not both.is_dark:
            warn(code, fonts)

    warnings.showwarning = showwarning
    helpers.warn_on_missing_glyph = warn_on_missing_glyph
    try:
        yield
    finally:
        warnings.showwarning, helpers.warn_on_missing_glyph = show, warn
