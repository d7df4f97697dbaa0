"""The learning paths: the posts as a map to click on, and the same as a list."""

from __future__ import annotations

from collections.abc import Iterable

from haebom.catalogue import Catalogue, Entry
from haebom.curriculum import Curriculum, membership
from haebom.links import link
from haebom.render.labels import Labels
from haebom.render.pages.chart import CARD, LEFT, MIDDLE, RIGHT, ROW, WIDTH, Chart, Stop, chart
from haebom.render.pages.page import SitePage, head
from haebom.render.study import PATHS
from haebom.render.xml import xml

_COLUMNS = {LEFT: "1/3", MIDDLE: "2/4", RIGHT: "3/5"}
"""The columns, of four, that a card takes up."""


def paths(catalogue: Catalogue, words: Labels) -> SitePage:
    """Make the page.

    Args:
        catalogue: All posts.
        words: haebom's own.
    """
    order = catalogue.curriculum
    drawn = chart(order)
    on_map = {stop.slug for stop in drawn.stops}
    alone = [slug for slug in order.order if slug not in on_map]
    body = _map(drawn, catalogue, words) if drawn.stops else ""
    body += _list(words.in_order, [s for s in order.order if s in on_map], catalogue, words)
    body += _list(words.other_posts, alone, catalogue, words)
    return SitePage(
        PATHS, head(words.paths, words.paths_intro) + _beginnings(drawn, catalogue, words), body
    )


def _beginnings(drawn: Chart, catalogue: Catalogue, words: Labels) -> str:
    """The posts that build on nothing, and on which others build."""
    order = catalogue.curriculum
    firsts = [
        stop.slug
        for stop in drawn.stops
        if not order.before[stop.slug] and _leads(stop.slug, order)
    ]
    links = " · ".join(
        f"[{_escaped(entry.title)}]({link(entry.uri, PATHS)})"
        for entry in _entries(firsts, catalogue)
    )
    return f"{words.begin_here}: {links}\n" if links else ""


def _leads(slug: str, order: Curriculum) -> bool:
    return bool(order.after(slug)) or any(members[0] == slug for members in order.series.values())


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|&~" else sign for sign in text)


def _entries(slugs: Iterable[str], catalogue: Catalogue) -> list[Entry]:
    return [catalogue.by_slug[slug] for slug in slugs]


def _map(drawn: Chart, catalogue: Catalogue, words: Labels) -> str:
    kinds = {True: ' class="haebom-implied"', False: ""}
    lines = "".join(f'<path{kinds[line.is_series]} d="{line.path}"/>' for line in drawn.lines)
    height = (drawn.rows - 1) * ROW + CARD
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="none" aria-hidden="true">'
        f"{lines}</svg>"
    )
    by_slug = catalogue.by_slug
    cards = "".join(_card(stop, by_slug[stop.slug], catalogue.curriculum) for stop in drawn.stops)
    label = xml(words.paths)
    return f'<nav class="haebom-map" aria-label="{label}" data-haebom-read="">{svg}{cards}</nav>'


def _card(stop: Stop, entry: Entry, order: Curriculum) -> str:
    name, _ = membership(entry.post)
    place = f"<small>{xml(name)} {order.series[name].index(stop.slug) + 1}</small>" if name else ""
    return (
        f'<a href="{link(entry.uri, PATHS)}" style="grid-row:{stop.row + 1};'
        f'grid-column:{_COLUMNS[stop.x]}">{place}<span>{xml(entry.title)}</span></a>'
    )


def _list(title: str, slugs: Iterable[str], catalogue: Catalogue, words: Labels) -> str:
    """Posts in their order, each with those to read first."""
    items = ""
    for entry in _entries(slugs, catalogue):
        first = _entries(catalogue.curriculum.before[entry.slug], catalogue)
        inner = "".join(f"<li>{_link(other)}</li>" for other in first)
        nested = f"<br/><small>{xml(words.read_first)}</small><ul>{inner}</ul>" if inner else ""
        items += f"<li>{_link(entry)}{nested}</li>"
    heading = f'<h2 id="{xml(title.replace(" ", "-"))}">{xml(title)}</h2>'
    return f'{heading}<ol class="haebom-order" data-haebom-read="">{items}</ol>' if items else ""


def _link(entry: Entry) -> str:
    return f'<a href="{link(entry.uri, PATHS)}">{xml(entry.title)}</a>'
