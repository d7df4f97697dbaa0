"""Posts as a map: each below those that it builds on, two side by side at most, and lines between.

The map is as wide as the page, on a phone as on a desk: cards lie in a grid whose rows are of one
height, and the lines in a drawing that is stretched behind it. Lines that lead past other cards go
around them, in lanes at the sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from haebom.curriculum import Curriculum

WIDTH, ROW, CARD = 100, 100, 70
"""Units of the drawing: its width, from row to row, and the height of a card."""

LEFT, MIDDLE, RIGHT = 28.0, 50.0, 72.0
"""Where the middle of a card can be: within a margin of six units, half as wide as what is left."""

_FIRST_LANE, _LANE, _LANES = 4.4, 1.5, 3
_ABREAST = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line from a post to one that builds on it.

    Args:
        path: Its way, as the ``d`` of an SVG path.
        is_series: Whether only the order of a series says so.
    """

    path: str
    is_series: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """A post on the map: its row, from 0, and where the middle of its card is."""

    slug: str
    row: int
    x: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A laid out map."""

    stops: tuple[Stop, ...]
    lines: tuple[Line, ...]
    rows: int


def chart(curriculum: Curriculum) -> Chart:
    """Lay out the posts that have to do with others.

    Args:
        curriculum: The order of all posts.
    """
    lines = {**_series_lines(curriculum), **_reduced(curriculum.before)}
    linked = {slug for line in lines for slug in line}
    linked |= {slug for members in curriculum.series.values() for slug in members}
    order = [slug for slug in curriculum.order if slug in linked]
    parents: dict[str, list[str]] = defaultdict(list)
    for earlier, later in lines:
        parents[later].append(earlier)
    rows = _rows(order, parents)
    stops = _stops(rows, parents)
    return Chart(tuple(stops.values()), tuple(_draw(lines, stops)), len(rows))


def _series_lines(curriculum: Curriculum) -> Mapping[tuple[str, str], bool]:
    """Lines of the order of series, to posts that build on nothing else of theirs."""
    places = {slug: place for place, slug in enumerate(curriculum.order)}
    found = {}
    for members in curriculum.series.values():
        for earlier, later in pairwise(members):
            if not set(members) & set(curriculum.before[later]) and places[earlier] < places[later]:
                found[earlier, later] = True
    return found


def _reduced(before: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, str], bool]:
    """The lines that say something new: not to where one gets through others anyway."""
    all_before: dict[str, set[str]] = {}
    found: dict[tuple[str, str], bool] = {}
    for slug, earlier in before.items():
        all_before[slug] = set(earlier).union(*(all_before[other] for other in earlier))
        found |= {
            (other, slug): False
            for other in earlier
            if not any(other in all_before[between] for between in earlier)
        }
    return found


def _rows(order: Iterable[str], parents: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Each post in the first row with room below those that lead to it."""
    row_of: dict[str, int] = {}
    rows: list[list[str]] = []
    for slug in order:
        row = max((row_of[parent] + 1 for parent in parents.get(slug, ())), default=0)
        while row < len(rows) and len(rows[row]) == _ABREAST:
            row += 1
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row].append(slug)
        row_of[slug] = row
    return rows


def _stops(
    rows: Sequence[Sequence[str]], parents: Mapping[str, Sequence[str]]
) -> Mapping[str, Stop]:
    """Where in its row a post stands: as near as can be to those that lead to it."""
    stops: dict[str, Stop] = {}
    for number, row in enumerate(rows):

        def wish(slug: str) -> float:
            above = [stops[parent].x for parent in parents.get(slug, ())]
            return sum(above) / len(above) if above else MIDDLE

        places = [MIDDLE] if len(row) == 1 else [LEFT, RIGHT]
        for slug, x in zip(sorted(row, key=wish), places, strict=True):
            stops[slug] = Stop(slug, number, x)
    return stops


def _draw(lines: Mapping[tuple[str, str], bool], stops: Mapping[str, Stop]) -> Iterable[Line]:
    taken: dict[float, list[tuple[int, int]]] = defaultdict(list)
    for (earlier, later), is_series in lines.items():
        start, end = stops[earlier], stops[later]
        y, to = start.row * ROW + CARD, end.row * ROW
        if end.row == start.row + 1:
            path = f"M{start.x:g} {y}C{start.x:g} {y + 18} {end.x:g} {to - 18} {end.x:g} {to}"
        else:
            lane = _lane(start, end, taken)
            path = (
                f"M{start.x:g} {y}C{start.x:g} {y + 22} {lane:g} {y + 4} {lane:g} {y + 34}"
                f"V{to - 34}C{lane:g} {to - 4} {end.x:g} {to - 22} {end.x:g} {to}"
            )
        yield Line(path, is_series)


def _lane(start: Stop, end: Stop, taken: dict[float, list[tuple[int, int]]]) -> float:
    """A lane at the nearer side in which nothing else goes along the same rows."""
    is_left = start.x + end.x <= 2 * MIDDLE
    lanes = [_FIRST_LANE - _LANE * number for number in range(_LANES)]
    lanes = lanes if is_left else [WIDTH - lane for lane in lanes]
    free = (
        lane
        for lane in lanes
        if all(end.row <= first or start.row >= last for first, last in taken[lane])
    )
    lane = next(free, lanes[-1])
    taken[lane].append((start.row, end.row))
    return lane
