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
from .plain import is_plain, steady_ticks
from .png import unfiltered
from .texts import missing_glyphs, share

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

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        if ismath:  # which may have lines too
            self.__getattr__("draw_text")(gc, x, y, s, prop, angle, ismath=ismath, mtext=mtext)
            return
        agg = self.light._renderer
        self.light._renderer = kept = _Kept(agg)
        try:
            self.light.draw_text(gc, x, y, s, prop, angle, mtext=mtext)
        finally:
            self.light._renderer = agg
        self.shade(lambda dark: dark.draw_letters(gc, kept.letters, mtext))

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


class _Kept:
    """Stands before Agg itself while it draws a text, and keeps the pictures of the letters.

    Args:
        agg: Matplotlib's renderer in C++.
    """

    def __init__(self, agg: Any) -> None:
        self._agg = agg
        self.letters: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._agg, name)

    def draw_text_image(self, *letter: Any) -> None:
        self.letters.append(letter)
        self._agg.draw_text_image(*letter)


@contextlib.contextmanager
def _twice(figure: Any, kind: Any, fields: dict[str, Any]) -> Iterator[None]:
    """While this lasts, whoever has a figure drawn into pixels has it drawn for a dark page too.

    Args:
        figure: The figure.
        kind: What draws into pixels, a class.
        fields: How its picture is to be saved.
    """
    draw = figure.draw  # the method, or what somebody has put in its place
    measured: Any = None
    is_settled = is_plain(figure)

    def draw_twice(renderer: Any) -> None:
        nonlocal measured
        if type(renderer) is not kind:
            draw(renderer)
        elif "draw_path" in vars(renderer):  # it cannot draw: the figure is measured only
            measured = renderer
            if not is_settled:
                draw(renderer)
        else:
            both = _Both(renderer, kind(renderer.width, renderer.height, renderer.dpi))
            if measured is not None and measured.dpi == renderer.dpi:
                share(measured, both)
            _draw(figure, draw, both, fields)

    ticks = steady_ticks() if is_settled else contextlib.nullcontext()
    with _drawn_by(figure, draw_twice), ticks:
        yield


@contextlib.contextmanager
def _drawn_by(artist: Any, draw: Callable[[Any], object]) -> Iterator[None]:
    """While this lasts, an artist is drawn by another function than its own."""
    before = vars(artist).get("draw")
    artist.draw = draw
    try:
        yield
    finally:
        del artist.draw
        if before is not None:
            artist.draw = before


def _draw(figure: Any, draw: Any, both: _Both, fields: dict[str, Any]) -> None:
    """Draw a figure twice, and keep its dark picture."""
    missing: dict[str, None] = {}
    with contextlib.ExitStack() as stack:
        for patch in grounds(figure):
            on_ground = functools.partial(_draw_ground, patch, patch.draw, both)
            stack.enter_context(_drawn_by(patch, on_ground))
        stack.enter_context(missing_glyphs(missing, lambda: not both.is_dark))
        stack.enter_context(_warned_once(both))
        draw(both)
    how = {name: fields[name] for name in ("metadata", "pil_kwargs") if name in fields}
    save = functools.partial(sys.modules["matplotlib.image"].imsave, dpi=figure.dpi, **how)
    picture = io.BytesIO()
    both.shade(lambda dark: save(picture, dark.buffer_rgba(), format="png", origin="upper"))
    if both.dark is not None:
        _drawn[figure] = base64.b64encode(picture.getvalue()).decode("ascii"), "".join(missing)


def _draw_ground(patch: Any, draw: Any, both: _Both, renderer: Any) -> None:
    """Draw a ground; on a dark page it is another one."""
    if renderer is not both:
        draw(renderer)
        return
    draw(both.light)
    with cleared([patch]):
        both.shade(draw)


@contextlib.contextmanager
def _warned_once(both: _Both) -> Iterator[None]:
    """What a figure has to say was said when it was drawn light."""
    show = warnings.showwarning

    def showwarning(*args: Any, **fields: Any) -> None:
        if not both.is_dark:
            show(*args, **fields)

    warnings.showwarning = showwarning
    try:
        yield
    finally:
        warnings.showwarning = show
