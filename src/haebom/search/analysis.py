"""A page's terms: how often each occurs, and where."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from haebom.search.aliases import mentions
from haebom.search.cache import AnalysisCache
from haebom.search.entry import PageText
from haebom.search.hangul import has_hangul
from haebom.search.identifiers import latin_terms, phrases
from haebom.search.morphemes import Analyser, Term

__all__ = ["BODY", "CODE", "HEADING", "TAG", "TITLE", "PageTerms", "analyse"]

TITLE, HEADING, TAG, BODY, CODE = range(5)
_HANGUL_IN_CODE = re.compile(r"[가-힣][가-힣 ]*")
_VERSION = "9"
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class PageTerms:
    """What one page says, in terms.

    Args:
        counts: For each term its weight in the title, headings, tags, body and code, in halves.
        compounds: For each compound the parts that it was made of.
        verbs: The verbs, in dictionary form.
        phrases: Latin words in a row and where they stand, as in ``counts``.
        mentions: Pairs 한글(English) and how often each occurs.
        length: The weight of all terms of the body, in halves.
        lead: The title's first terms.
        title_size: How many letters and digits the title has.
    """

    counts: dict[str, tuple[int, ...]]
    compounds: dict[str, list[str]]
    verbs: list[str]
    phrases: dict[str, tuple[int, ...]]
    mentions: dict[str, int]
    length: int
    lead: list[str]
    title_size: int

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON-able values."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PageTerms:
        """Make the value that ``as_json`` wrote; equal terms of many pages share their memory."""
        rows = {
            name: {intern(key): tuple(row) for key, row in data[name].items()}
            for name in ("counts", "phrases")
        }
        return cls(**{**data, **rows})


class _Collector:
    """Adds up a page's terms while its texts come by."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}
        self.compounds: dict[str, list[str]] = {}
        self.verbs: set[str] = set()
        self.phrases: dict[str, list[int]] = {}
        self.mentions: Counter[str] = Counter()
        self.lead: list[str] = []
        self.length = 0
        self.title_size = 0

    def add(self, term: str, field: int, weight: float) -> None:
        halves = int(2 * weight)
        self.counts.setdefault(intern(term), [0] * 5)[field] += halves
        if field in (BODY, CODE):
            self.length += halves

    def add_text(self, text: str, field: int, korean: Sequence[Term]) -> None:
        for term in korean:
            if term.parts:
                self.compounds[term.text] = list(term.parts)
            elif term.verb:
                self.verbs.add(term.text)
            self.add(term.text, field, 1.0)
        for latin, weight in latin_terms(text):
            self.add(latin, field, weight)
        if field != CODE:
            for phrase in phrases(text):
                self.phrases.setdefault(intern(phrase), [0] * 5)[field] += 2
            self.mentions.update("\t".join(map(str, found)) for found in mentions(text))
        if field == TITLE:
            self.lead = [t.text for t in korean[:6]] + [t for t, _ in latin_terms(text[:40])][:4]
            self.title_size = sum(char.isalnum() for char in text)

    def result(self) -> PageTerms:
        return PageTerms(
            counts={term: tuple(row) for term, row in self.counts.items()},
            compounds=self.compounds,
            verbs=sorted(self.verbs),
            phrases={phrase: tuple(row) for phrase, row in self.phrases.items()},
            mentions=dict(self.mentions),
            length=self.length,
            lead=self.lead,
            title_size=self.title_size,
        )


def _texts(page: PageText) -> Iterator[tuple[int, str]]:
    """Every text of a page with its field."""
    yield TITLE, page.title
    for tag in page.tags:
        yield TAG, tag
    for number, section in enumerate(page.sections):
        if number:
            yield HEADING, section.title
        yield BODY, section.prose
        if section.code:
            yield CODE, section.code


def _key(page: PageText) -> str:
    text = json.dumps([_VERSION, *_texts(page)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def analyse(
    pages: Sequence[PageText], cache: AnalysisCache, analyser: Analyser | None
) -> tuple[list[PageTerms], int]:
    """Find the terms of every page, from the cache where its text is unchanged.

    Args:
        pages: The pages.
        cache: Results of earlier builds.
        analyser: The Korean analyser, or ``None`` to leave Hangul out.

    Returns:
        One value per page, in order, and how many were analysed now.
    """
    keys = [_key(page) + ("" if analyser else "-") for page in pages]
    found = {key: PageTerms.from_json(data) for key, data in cache.load(keys)}
    fresh = {key: page for key, page in zip(keys, pages, strict=True) if key not in found}
    todo = list(fresh.items())
    for start in range(0, len(todo), _CHUNK):
        new = _analyse(todo[start : start + _CHUNK], analyser)
        cache.store({key: terms.as_json() for key, terms in new.items()})
        found.update(new)
    cache.forget_others(keys)
    return [found[key] for key in keys], len(fresh)


def _analyse(
    pages: Sequence[tuple[str, PageText]], analyser: Analyser | None
) -> dict[str, PageTerms]:
    jobs = [(key, field, text) for key, page in pages for field, text in _texts(page)]
    collectors = {key: _Collector() for key, _ in pages}
    for (key, field, text), terms in zip(jobs, _korean(jobs, analyser), strict=True):
        collectors[key].add_text(text, field, terms)
    return {key: collector.result() for key, collector in collectors.items()}


def _korean(
    jobs: Sequence[tuple[str, int, str]], analyser: Analyser | None
) -> Iterator[list[Term]]:
    """The Korean terms of each text; texts without Hangul don't reach the analyser."""
    chosen = [
        " . ".join(_HANGUL_IN_CODE.findall(text)) if field == CODE else text
        for _, field, text in jobs
    ]
    wanted = [text for text in chosen if analyser and has_hangul(text)]
    found = analyser.terms(wanted) if analyser and wanted else iter(())
    for text in chosen:
        yield next(found) if analyser and has_hangul(text) else []
