"""The way through a site's posts: series, and what has to be read before.

A post names its series, with its place in it or without: then series go by date. It names the posts
that it builds on as prerequisites, by slug.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import pairwise

from haebom.model import Code, Finding, Post


@dataclass(frozen=True, slots=True)
class Curriculum:
    """The posts of a site in the order in which they can be read.

    Args:
        order: Slugs of all posts, each behind its prerequisites; where these leave it open, a
            series goes in one go, and posts go by date.
        series: Slugs of the posts of each series in their order, by its name.
        before: For each slug those of the posts that it builds on and that exist; no cycles.
    """

    order: tuple[str, ...] = ()
    series: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def after(self, slug: str) -> tuple[str, ...]:
        """The posts that build on a post."""
        return tuple(other for other in self.order if slug in self.before[other])


def membership(post: Post) -> tuple[str, int | None]:
    """The series of a post and its place in it, as its front matter says; an empty name if none."""
    given = post.meta.get("series")
    if isinstance(given, dict):
        return str(given.get("name") or ""), given.get("order")
    return str(given or ""), None


def prerequisites(post: Post) -> tuple[str, ...]:
    """Slugs of the posts that a post builds on, as its front matter says."""
    return tuple(dict.fromkeys(map(str, post.meta.get("prerequisites") or ())))


def curriculum(posts: Iterable[Post]) -> Curriculum:
    """Put posts in order.

    Args:
        posts: The posts, drafts left out if they are not to be read.
    """
    by_date = _by_date(posts)
    series = {name: tuple(p.source.slug for p in own) for name, own in _series(by_date).items()}
    known = {post.source.slug for post in by_date}
    wanted = {
        post.source.slug: [slug for slug in prerequisites(post) if slug in known]
        for post in by_date
    }
    for cycle in _cycles(wanted):
        wanted[cycle[0]].remove(cycle[1])
    together = sorted(known, key=_places(by_date, series).__getitem__)
    order = tuple(_ordered(together, _with_series(wanted, series)))
    return Curriculum(order, series, {slug: tuple(wanted[slug]) for slug in order})


def findings(posts: Iterable[Post]) -> Iterator[tuple[Post, Finding]]:
    """What is wrong with the way through posts, with the post whose front matter says so.

    Args:
        posts: All posts, drafts included.
    """
    by_date = _by_date(posts)
    posts_by_slug = {post.source.slug: post for post in by_date}
    yield from _missing(by_date, posts_by_slug)
    known = {
        post.source.slug: [slug for slug in prerequisites(post) if slug in posts_by_slug]
        for post in by_date
    }
    for cycle in _cycles(known):
        post = posts_by_slug[cycle[0]]
        message = f"The posts to read first lead in a circle: {' → '.join(cycle)}."
        hint = "Read an arrow as 'builds on'; take one of them out."
        yield post, Finding(Code.META, post.at("prerequisites"), message, hint)
    for name, members in _series(by_date).items():
        yield from _contradictions(name, members)


def _missing(posts: Sequence[Post], known: Mapping[str, Post]) -> Iterator[tuple[Post, Finding]]:
    for post in posts:
        for slug in prerequisites(post):
            if slug not in known:
                message = f"There is no post {slug!r} to read first."
            elif known[slug].meta.get("draft") and not post.meta.get("draft"):
                message = f"The post {slug!r}, to be read first, is a draft."
            else:
                continue
            yield post, Finding(Code.BROKEN_LINK, post.at("prerequisites"), message)


def _contradictions(name: str, members: Sequence[Post]) -> Iterator[tuple[Post, Finding]]:
    """Places in a series that cannot be."""
    taken: dict[int, Post] = {}
    places = {post.source.slug: number for number, post in enumerate(members)}
    has_orders = any(membership(post)[1] is not None for post in members)
    for post in members:
        at, place = post.at("series"), membership(post)[1]
        if place is None and has_orders:
            hint = "Give all posts of a series an order, or none: then they go by date."
            message = f"The post has no order in the series {name!r}, while others have."
            yield post, Finding(Code.META, at, message, hint)
        elif place is not None and taken.setdefault(place, post) is not post:
            message = f"Place {place} in the series {name!r} is taken by {taken[place].path}."
            yield post, Finding(Code.META, at, message)
        for slug in prerequisites(post):
            if places.get(slug, -1) > places[post.source.slug]:
                message = f"The post builds on {slug!r}, which comes later in the series {name!r}."
                yield post, Finding(Code.META, post.at("prerequisites"), message)


def _by_date(posts: Iterable[Post]) -> list[Post]:
    return sorted(posts, key=lambda post: (post.date, post.path))


def _series(by_date: Sequence[Post]) -> Mapping[str, list[Post]]:
    found: dict[str, list[Post]] = defaultdict(list)
    for post in by_date:
        name, _ = membership(post)
        if name:
            found[name].append(post)
    for members in found.values():
        members.sort(key=lambda post: membership(post)[1] or 0)
    return found


def _places(
    by_date: Sequence[Post], series: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[int, int]]:
    """Where posts stand if nothing has to be read before anything: a series where it begins."""
    dated = {post.source.slug: number for number, post in enumerate(by_date)}
    places = {slug: (number, 0) for slug, number in dated.items()}
    for members in series.values():
        start = min(dated[slug] for slug in members)
        places |= {slug: (start, number) for number, slug in enumerate(members)}
    return places


def _with_series(
    before: Mapping[str, Sequence[str]], series: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    """What comes before what, in series too where nothing speaks against it."""
    found = {slug: list(earlier) for slug, earlier in before.items()}

    def is_behind(slug: str, other: str) -> bool:
        seen, waiting = set(), [slug]
        while waiting:
            here = waiting.pop()
            waiting += [earlier for earlier in found[here] if earlier not in seen]
            seen.add(here)
        return other in seen

    for members in series.values():
        for earlier, later in pairwise(members):
            if not is_behind(earlier, later):
                found[later].append(earlier)
    return found


def _ordered(wanted: Sequence[str], before: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The order that is wanted, but each behind those that come before it."""
    places = {slug: place for place, slug in enumerate(wanted)}
    sorter = TopologicalSorter(before)
    sorter.prepare()
    ready: list[int] = []
    while sorter.is_active():
        for slug in sorter.get_ready():
            heappush(ready, places[slug])
        slug = wanted[heappop(ready)]
        yield slug
        sorter.done(slug)


def _cycles(wanted: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Circles in what builds on what, as ``a``, what that builds on … and ``a`` again.

    Each circle is told once, and as if the ones told before had been broken.
    """
    left = {slug: list(others) for slug, others in wanted.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = error.args[1][::-1]
            first = min(circle)
            start = circle.index(first)
            turned = (*circle[start:-1], *circle[:start], first)
            left[turned[0]].remove(turned[1])
            yield turned
        else:
            return
