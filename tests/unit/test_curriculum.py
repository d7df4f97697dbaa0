"""The way through posts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haebom.curriculum import curriculum, findings
from haebom.model import Post
from haebom.render.pages.chart import CARD, ROW, WIDTH, chart
from helpers import parsed


def post(slug: str, *before: str, day: int = 1, **meta: object) -> Post:
    """A post with prerequisites."""
    lines = [f"{key}: {value}" for key, value in meta.items()]
    front = "\n".join(["---", f"prerequisites: [{', '.join(before)}]", *lines, "---"])
    return parsed(f"{front}\n# {slug}\n", f"posts/2026-01-{day:02}-{slug}.md")


def told(*posts: Post) -> list[str]:
    """The findings, each with the file that has to change."""
    return [f"{finding.at}: {finding.message}" for _, finding in findings(posts)]


def test_order() -> None:
    """Readers would meet a post before what it builds on, or series torn apart."""
    posts = [
        post("late", day=9),
        post("b", "a", day=1, series="첫걸음"),
        post("other", day=2),
        post("c", day=3, series="첫걸음"),
        post("a", day=4),
    ]
    found = curriculum(posts)
    assert found.order == ("other", "a", "b", "c", "late")
    assert found.series == {"첫걸음": ("b", "c")}
    assert found.after("a") == ("b",)


def test_explicit_places() -> None:
    """A series could only go by date."""
    posts = [post(s, day=d, series=f"{{name: 첫걸음, order: {n}}}") for s, d, n in
             [("a", 1, 30), ("b", 2, 10), ("c", 3, 20)]]  # fmt: skip
    assert told(*posts) == []
    assert curriculum(posts).series["첫걸음"] == ("b", "c", "a")


def test_circles() -> None:
    """A circle would stop the site with an error, or go unseen."""
    posts = [post("c", "a"), post("a", "b"), post("b", "c"), post("d", "d")]
    assert told(*posts) == [
        "posts/2026-01-01-a.md:2: The posts to read first lead in a circle: a → b → c → a.",
        "posts/2026-01-01-d.md:2: The posts to read first lead in a circle: d → d.",
    ]
    assert set(curriculum(posts).order) == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("posts", "part"),
    [
        ([post("a", "nothing")], "no post 'nothing'"),
        ([post("a", "b"), post("b", draft="true")], "is a draft"),
        ([post("a", series="x"), post("b", series="{name: x, order: 1}")], "has no order"),
        (
            [post(s, series="{name: x, order: 1}") for s in "ab"],
            "Place 1 in the series 'x' is taken by posts/2026-01-01-a.md",
        ),
        ([post("a", "b", series="x"), post("b", day=2, series="x")], "comes later"),
    ],
)
def test_contradictions(posts: list[Post], part: str) -> None:
    """Readers would be led to nowhere, or astray."""
    (message,) = told(*posts)
    assert part in message


def test_drafts_may_build_on_drafts() -> None:
    """An author could not write two posts at once."""
    assert told(post("a", "b", draft="true"), post("b", draft="true")) == []


@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.sets(st.integers(0, 11), max_size=4), st.integers(0, 2)),
        max_size=12,
    )
)
def test_charts(given: list[tuple[int, set[int], int]]) -> None:
    """Cards would lie on one another or above what they build on, or lines lead off the map."""
    posts = [
        post(f"p{n}", *(f"p{b}" for b in sorted(before)), day=day, **({"series": s} if s else {}))
        for n, (day, before, s) in enumerate(given)
    ]
    order = curriculum(posts)
    assert sorted(order.order) == sorted(p.source.slug for p in posts)
    drawn = chart(order)
    stops = {stop.slug: stop for stop in drawn.stops}
    assert len({(stop.row, stop.x) for stop in drawn.stops}) == len(drawn.stops)
    for slug, stop in stops.items():
        assert all(stops[before].row < stop.row for before in order.before[slug])
    height = max(drawn.rows - 1, 0) * ROW + CARD
    for line in drawn.lines:
        numbers = [
            float(n) for n in line.path.replace("M", " ").replace("C", " ").split("V")[0].split()
        ]
        assert all(0 <= x <= WIDTH for x in numbers[::2])
        assert all(0 <= y <= height for y in numbers[1::2])
