"""Runs inside every Python kernel: spares Matplotlib work on figures that nobody has had a hand in.

To be shown, a figure is drawn without being seen, measured, and drawn again; each time every axis
works out its ticks, often several times. Where all parts are of kinds that Matplotlib itself
brings, and that look the same before and after they have been drawn, once is enough.

Like :mod:`haebom.kernels.bootstrap` this must not import anything of haebom.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

_KINDS = frozenset(
    {
        *("Line2D", "Text", "Annotation", "Legend", "Spine", "XAxis", "YAxis"),
        *("Rectangle", "Polygon", "Wedge", "Circle", "Ellipse", "PathPatch", "StepPatch"),
        *("LineCollection", "PathCollection", "PolyCollection", "FillBetweenPolyCollection"),
    }
)
"""Parts whose place and size do not depend on their having been drawn."""

_TICKS = {"get_major_ticks": "majorTicks", "get_minor_ticks": "minorTicks"}
"""Methods of an axis, and where it keeps what they give."""

_PARTS_OF_TICKS = ("tick1line", "tick2line", "gridline", "label1", "label2")

_HANDLES = frozenset({"ErrorbarContainer", "StemContainer"})
"""What else a legend may stand for."""


def is_plain(figure: Any) -> bool:
    """Whether nothing in a figure is changed by being drawn, and no code of the post runs then.

    Args:
        figure: The figure.
    """
    try:
        return (
            _is_own(figure, {"Figure"})
            and not figure.subfigs
            and figure.get_layout_engine() is None
            and not figure.canvas.callbacks.callbacks.get("draw_event")
            and all(_is_plain_part(p) for p in figure.get_children() if p not in figure.axes)
            and all(map(_is_plain_axes, figure.axes))
        )
    except AttributeError:  # a version of Matplotlib that has other ones
        return False


@contextlib.contextmanager
def steady_ticks() -> Iterator[None]:
    """While this lasts, each axis works out its ticks once, which is enough for plain figures, and
    makes one as Matplotlib does and the others after it."""
    axis: Any = sys.modules["matplotlib.axis"].Axis
    update = axis._update_ticks
    known: dict[Any, list[Any]] = {}

    def update_ticks(self: Any) -> list[Any]:
        if self not in known:
            known[self] = update(self)
        return list(known[self])

    kept = {name: vars(axis)[name] for name in ("_update_ticks", *_TICKS)}
    axis._update_ticks = update_ticks
    for name, held in _TICKS.items():
        setattr(axis, name, _quickly(kept[name], held))
    try:
        yield
    finally:
        for name, method in kept.items():
            setattr(axis, name, method)


def _quickly(get: Callable[..., Any], held: str) -> Callable[..., Any]:
    """A method that gets an axis as many ticks as are asked for.

    Args:
        get: Matplotlib's, which makes each of them from its settings, and then like the first.
        held: Where the axis keeps them.
    """

    def get_ticks(self: Any, numticks: int | None = None) -> Any:
        ticks = getattr(self, held)
        if numticks is not None and numticks > len(ticks) + 1:
            pattern = get(self, len(ticks) + 1)[-1]
            if _is_own(pattern):
                ticks.extend(_like(pattern) for _ in range(numticks - len(ticks)))
        return get(self, numticks)

    return get_ticks


def _like(tick: Any) -> Any:
    """A tick like another that has just been made, and that nobody has changed."""
    made = _copied(tick)
    for name in _PARTS_OF_TICKS:
        setattr(made, name, _copied(getattr(tick, name)))
    return made


def _copied(artist: Any) -> Any:
    """A copy of an artist; what both share is replaced, never changed."""
    made = object.__new__(type(artist))
    state = vars(made)
    state.update(vars(artist))
    state.update({name: list(value) for name, value in state.items() if type(value) is list})
    state["_callbacks"] = type(state["_callbacks"])(signals=["pchanged"])
    if "_fontproperties" in state:
        state["_fontproperties"] = state["_fontproperties"].copy()
    return made


def _is_plain_axes(axes: Any) -> bool:
    return (
        _is_own(axes, {"Axes"})
        and axes.get_axes_locator() is None
        and axes.get_aspect() == "auto"
        and all(map(_is_plain_part, axes.get_children()))
        and all(map(_is_plain_axis, (axes.xaxis, axes.yaxis)))
    )


def _is_plain_part(part: Any) -> bool:
    if not _is_own(part, _KINDS) or part.get_path_effects() or part.get_agg_filter():
        return False
    kind = type(part).__name__
    if kind == "Legend":  # of which some get their width only when they are drawn
        handles = getattr(part, "legend_handles", [None])
        return part._mode is None and all(_is_own(handle, _KINDS | _HANDLES) for handle in handles)
    if kind == "Annotation":
        return part.arrow_patch is None
    # the size of some collections is known only then, but within axes it does not matter
    return not kind.endswith("Collection") or bool(part._fully_clipped_to_axes())


def _is_plain_axis(axis: Any) -> bool:
    tickers = (axis.major, axis.minor)
    parts = [axis._scale, *(part for each in tickers for part in (each.locator, each.formatter))]
    return all(_is_own(part) and _is_own_function(part) for part in parts)


def _is_own_function(part: Any) -> bool:
    """Whether the function that a formatter or a scale calls, if there is one, is Matplotlib's."""
    if not type(part).__name__.startswith("Func"):
        return True
    function = getattr(part, "func", None)
    return str(getattr(getattr(function, "func", None), "__module__", "")).startswith("matplotlib.")


def _is_own(part: Any, kinds: Any = None) -> bool:
    """Whether it is Matplotlib's own, and draws itself as it always does."""
    kind = type(part)
    is_own = kind.__module__.partition(".")[0] == "matplotlib" and "draw" not in vars(part)
    return is_own and (kinds is None or kind.__name__ in kinds)
