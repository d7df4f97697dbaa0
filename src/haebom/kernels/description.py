"""Runs inside every Python kernel: says what a Matplotlib figure shows, in its author's words.

From what this finds haebom makes the alternative text of a figure. Like
:mod:`haebom.kernels.bootstrap` it must not import anything of haebom.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any

_LONGEST = 120  # characters of one text
_MOST = 12  # entries of a legend or an axis; plots of a figure
_NUMBER = re.compile(r"[\s\d.,:%+\-\u2212eE×]*")
_MATH = re.compile(r"[${}]|\\(?:mathdefault|mathrm|text)\b")


def describe(figure: Any) -> dict[str, Any]:
    """What a figure shows.

    Args:
        figure: The figure, which has been drawn.

    Returns:
        ``title`` of the whole, and for each of its ``plots`` what is there of ``title``, ``kinds``
        (``line``, ``bar`` …), ``x``, ``y``, ``z`` (what the axes are called), ``names`` (words
        along the axes), ``legend`` and ``texts``; ``more`` is the number of plots left out.
    """
    plots = [axes for axes in figure.axes if axes.get_visible() and not _is_colorbar(axes)]
    found: dict[str, Any] = {"plots": [_plot(axes) for axes in plots[:_MOST]]}
    title = _words(figure.get_suptitle())
    if title:
        found["title"] = title
    if len(plots) > _MOST:
        found["more"] = len(plots) - _MOST
    return found


def _is_colorbar(axes: Any) -> bool:
    return hasattr(axes, "_colorbar") or axes.get_label() == "<colorbar>"


def _plot(axes: Any) -> dict[str, Any]:
    legend = axes.get_legend()
    titles = (axes.get_title(loc) for loc in ("left", "center", "right"))
    parts: dict[str, Any] = {
        "title": " ".join(filter(None, map(_words, titles))),
        "kinds": list(dict.fromkeys(_kinds(axes))),
        "legend": _texts(legend.get_texts()) if legend else [],
        "texts": _names(axes.texts),
    }
    if axes.axison:
        for name in axes._axis_names:
            parts[name] = _words(getattr(axes, f"get_{name}label")())
        labels = [label for axis in axes._axis_map.values() for label in axis.get_ticklabels()]
        parts["names"] = _names(labels)
    return {name: part for name, part in parts.items() if part}


def _kinds(axes: Any) -> Iterator[str]:
    """What kinds of marks are there, by what draws them."""
    if axes.images:
        yield "image"
    containers = [type(each).__name__ for each in axes.containers]
    if "BarContainer" in containers:
        bars = next(each for each in axes.containers if type(each).__name__ == "BarContainer")
        yield "histogram" if _touch(bars.patches) else "bar"
    if any(type(patch).__name__ == "Wedge" for patch in axes.patches):
        yield "pie"
    for collection in axes.collections:
        name = type(collection).__name__
        kind = next((kind for part, kind in _COLLECTIONS if part in name), None)
        if kind:
            yield kind
    for line in axes.lines:
        if len(line.get_xdata()) > 1:
            yield "points" if line.get_linestyle() in ("None", "", " ") else "line"


_COLLECTIONS = (
    ("PathCollection", "points"),
    ("Path3DCollection", "points"),
    ("QuadMesh", "mesh"),
    ("ContourSet", "contour"),
    ("Poly3DCollection", "surface"),
    ("Line3DCollection", "surface"),
    ("Quiver", "arrows"),
    ("FillBetween", "area"),
)


def _touch(bars: list[Any]) -> bool:
    """Whether bars stand side by side without a gap."""
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
    pairs = itertools.pairwise(ends)
    return len(ends) > 2 and all(abs(a[1] - b[0]) <= 1e-6 * abs(b[1] - b[0]) for a, b in pairs)


def _texts(artists: Iterable[Any]) -> list[str]:
    words = (_words(artist.get_text()) for artist in artists if artist.get_visible())
    return list(dict.fromkeys(filter(None, words)))[:_MOST]


def _names(artists: Iterable[Any]) -> list[str]:
    return [text for text in _texts(artists) if not _NUMBER.fullmatch(text)]


def _words(text: str) -> str:
    plain = " ".join(_MATH.sub("", str(text)).split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
