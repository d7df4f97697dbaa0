"""Which posts are like which: by tags, by the names of libraries, and by the words that they share.

Everything is counted, nothing is drawn by lot: the same posts always have the same relations. A
thing that many posts share says little about each of them, so it counts for little.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MOST = 3
"""Related posts that are told of each."""

_FEW, _PART = 8, 10
"""What more posts share than these few, or than this part of all, says nothing of any of them."""

_WORDS = 40
"""Words that stand for a post."""

_SHARED = 3
"""Things that are told as the reason."""

_WEIGHTS = {"tags": 0.4, "names": 0.3, "words": 0.3}
_SAME_SERIES = 0.05
_LEAST = 0.04
"""Below this two posts are strangers."""


class Reason(StrEnum):
    """Why two posts are related: what counts for most."""

    TAGS = "tags"
    NAMES = "names"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Traits:
    """What a post is compared by.

    Args:
        slug: Which.
        tags: Its tags.
        names: The names of libraries that its code uses.
        words: How often words stand in its prose.
        series: The series that it belongs to, or an empty string.
        near: Slugs of the posts right before and behind it in its series, which readers are led to
            anyway.
    """

    slug: str
    tags: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    words: Mapping[str, int] = field(default_factory=dict)
    series: str = ""
    near: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kin:
    """A related post.

    Args:
        slug: Which.
        reason: Why.
        shared: What both have, the rarest first.
    """

    slug: str
    reason: Reason
    shared: tuple[str, ...]


Weights = Mapping[str, float]


def relate(posts: Iterable[Traits]) -> Mapping[str, tuple[Kin, ...]]:
    """Find the related posts of each.

    Args:
        posts: The posts, the one first that is to win where two are as near.

    Returns:
        For each slug at most :data:`MOST` posts, the nearest first.
    """
    posts = tuple(posts)
    sides = {
        Reason.TAGS: _weigh([Counter(post.tags) for post in posts]),
        Reason.NAMES: _weigh([Counter(post.names) for post in posts]),
        Reason.WORDS: [_loudest(side) for side in _weigh([post.words for post in posts])],
    }
    near = {reason: _products(side) for reason, side in sides.items()}
    found = {}
    for index, post in enumerate(posts):
        closeness: dict[int, float] = defaultdict(float)
        for reason in Reason:
            for other, product in near[reason][index].items():
                closeness[other] += _WEIGHTS[reason] * product
        for other in closeness:
            closeness[other] += _SAME_SERIES * (post.series != "" == posts[other].series)
        best = sorted(
            (other for other, value in closeness.items() if value >= _LEAST),
            key=lambda other: (-round(closeness[other], 9), other),
        )
        allowed = [other for other in best if posts[other].slug not in post.near]
        found[post.slug] = tuple(
            _kin(posts[other].slug, index, other, sides, near) for other in allowed[:MOST]
        )
    return found


def _weigh(counts: Sequence[Mapping[str, int]]) -> list[Weights]:
    """For each post how much each thing says of it, as a vector of length one."""
    spread = Counter(thing for count in counts for thing in count)
    common = max(_FEW, len(counts) // _PART)
    rarity = {
        thing: math.log((1 + len(counts)) / (1 + many))
        for thing, many in spread.items()
        if 1 < many <= common and many < len(counts)
    }
    found: list[Weights] = []
    for count in counts:
        raw = {
            thing: (1 + math.log(many)) * rarity[thing]
            for thing, many in count.items()
            if thing in rarity
        }
        length = math.sqrt(math.fsum(value * value for value in raw.values())) or 1.0
        found.append({thing: value / length for thing, value in raw.items()})
    return found


def _loudest(weights: Weights) -> Weights:
    best = sorted(weights, key=lambda thing: (-weights[thing], thing))[:_WORDS]
    return {thing: weights[thing] for thing in best}


def _products(side: Sequence[Weights]) -> list[dict[int, float]]:
    """How near each post is to each other that it shares anything with."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index, weights in enumerate(side):
        for thing in weights:
            holders[thing].append(index)
    found: list[dict[int, float]] = []
    for index, weights in enumerate(side):
        near: dict[int, float] = defaultdict(float)
        for thing, weight in weights.items():
            for other in holders[thing]:
                if other != index:
                    near[other] += weight * side[other][thing]
        found.append(near)
    return found


def _kin(
    slug: str,
    index: int,
    other: int,
    sides: Mapping[Reason, Sequence[Weights]],
    near: Mapping[Reason, Sequence[Mapping[int, float]]],
) -> Kin:
    reason = max(Reason, key=lambda r: _WEIGHTS[r] * near[r][index].get(other, 0.0))
    one, two = sides[reason][index], sides[reason][other]
    shared = sorted(one.keys() & two.keys(), key=lambda thing: (-one[thing] * two[thing], thing))
    return Kin(slug, reason, tuple(shared[:_SHARED]))
