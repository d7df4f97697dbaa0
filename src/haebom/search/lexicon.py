"""The vocabulary: which terms are kept, where they occur, which of them every search loads."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from haebom.search.aliases import Alias, collect
from haebom.search.analysis import HEADING, TAG, TITLE, PageTerms

__all__ = ["Lexicon", "Posting", "build_lexicon"]

_CORE_LIMIT = 60_000
_SMALL = 8_000


class Posting(NamedTuple):
    """A term on a page.

    Args:
        page: The page's number.
        frequency: How often, on a scale of four steps to a doubling (0–63).
        flags: Bits 0–2 the share of the title, 3–4 how many headings (up to 3), 5 a tag, 6 the
            title begins with it.
    """

    page: int
    frequency: int
    flags: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All terms with their postings.

    Args:
        core: Terms that every search loads, sorted.
        rare: Terms that are loaded when typed, sorted.
        postings: For each term its pages, ascending.
        aliases: Terms that stand for each other.
        verbs: Verbs of the core.
        lengths: For each page the weight of its terms.
    """

    core: tuple[str, ...]
    rare: tuple[str, ...]
    postings: dict[str, tuple[Posting, ...]]
    aliases: tuple[Alias, ...]
    verbs: tuple[str, ...]
    lengths: tuple[int, ...]


def build_lexicon(pages: Sequence[PageTerms], own: Iterable[Iterable[str]] = ()) -> Lexicon:
    """Merge the terms of all pages.

    Args:
        pages: The pages' terms.
        own: The site's groups of equal terms.

    Returns:
        The vocabulary; compounds that their parts already stand for are left out.
    """
    where: dict[str, dict[int, tuple[int, ...]]] = defaultdict(dict)
    compounds: dict[str, list[str]] = {}
    phrase_where: dict[str, dict[int, tuple[int, ...]]] = defaultdict(dict)
    mentions: Counter[str] = Counter()
    for number, page in enumerate(pages):
        for term, counts in page.counts.items():
            where[term][number] = counts
        for phrase, counts in page.phrases.items():
            phrase_where[phrase][number] = counts
        compounds.update(page.compounds)
        mentions.update(page.mentions)
    _drop_chance(where, compounds, {key.partition("\t")[0] for key in mentions})
    on = {term: frozenset(places) for term, places in (*phrase_where.items(), *where.items())}
    aliases = collect(own, mentions, on)
    named = {term for alias in aliases for term in (alias.a, alias.b)}
    where.update({p: phrase_where[p] for p in named if p in phrase_where and p not in where})
    core = _core(where, named)
    return Lexicon(
        core=tuple(sorted(core)),
        rare=tuple(sorted(where.keys() - core)),
        postings={t: _postings(t, places, pages) for t, places in where.items()},
        aliases=tuple(aliases),
        verbs=tuple(sorted({verb for page in pages for verb in page.verbs} & core)),
        lengths=tuple(page.length for page in pages),
    )


def _prominent(places: dict[int, tuple[int, ...]]) -> bool:
    return any(c[TITLE] or c[HEADING] or c[TAG] for c in places.values())


def _drop_chance(
    where: dict[str, dict[int, tuple[int, ...]]], compounds: dict[str, list[str]], defined: set[str]
) -> None:
    """Forget compounds and dotted names that occur once, in no title, and whose parts remain.

    A compound with its English name in brackets stays: somebody defined it.
    """
    for term in list(where):
        places = where[term]
        if len(places) > 1 or _prominent(places):
            continue
        if term in compounds:
            if (
                term not in defined
                and sum(*places.values()) < 4
                and all(len(part) > 1 for part in compounds[term])
            ):
                del where[term]
        elif len(term) > 30 or ("." in term and not term[0].isdigit()):
            del where[term]


def _core(where: dict[str, dict[int, tuple[int, ...]]], named: set[str]) -> set[str]:
    """Terms worth loading always: on two pages, or in a title, heading, tag or alias."""
    chosen = {t for t, p in where.items() if len(p) > 1 or t in named or _prominent(p)}
    if len(where) <= _SMALL:
        return set(where)
    if len(chosen) > _CORE_LIMIT:
        ranked = sorted(chosen, key=lambda t: (not _prominent(where[t]), -len(where[t]), t))
        chosen = set(ranked[:_CORE_LIMIT])
    return chosen


@cache
def _scaled(body: int, code: int) -> int:
    """A frequency in halves on the scale of a posting; code counts for less than prose."""
    return min(63, round(4 * math.log2(1 + (body + 0.6 * code) / 2)))


def _postings(
    term: str, places: dict[int, tuple[int, ...]], pages: Sequence[PageTerms]
) -> tuple[Posting, ...]:
    out = []
    for number in sorted(places):
        title, heading, tag, body, code = places[number]
        flags = 0
        if title or heading or tag:
            page = pages[number]
            if title:
                flags = max(1, min(7, round(7 * len(term) / max(1, page.title_size))))
                flags |= (term in page.lead[:2]) << 6
            flags |= min(3, (heading + 1) // 2) << 3 | (tag > 0) << 5
        out.append(Posting(number, _scaled(body, code), flags))
    return tuple(out)
