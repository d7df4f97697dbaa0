"""Terms that stand for each other: Korean and English, found in the posts or named by the site.

Three sources, strongest first: the site's own ``search-terms.yml``; the glossary that ships with
haebom, of which only terms that occur are used; and pairs mined from the posts, either written
as 한글(English) or used on the same pages and alike in sound.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from importlib import resources
from pathlib import Path

import yaml

from haebom.search.hangul import HANGUL, likeness, romanise, skeleton
from haebom.search.identifiers import squash

__all__ = ["Alias", "collect", "glossary", "mentions", "mine", "read_terms", "sound_pairs"]

_KOREAN_FIRST = re.compile(r"((?:[가-힣]+ ?){1,3})[(（]\s*([A-Za-z][A-Za-z\- ]{1,30}?)\s*[)）,]")
_ENGLISH_FIRST = re.compile(
    r"([A-Za-z][A-Za-z\-]{1,30}(?: [A-Za-z\-]{2,20})?)\s?[(（]((?:[가-힣]+ ?){1,3})[)）]"
)


@dataclass(frozen=True, slots=True)
class Alias:
    """Two terms that stand for each other, and how surely (0 to 1)."""

    a: str
    b: str
    weight: float


def normal(term: str) -> str:
    """Write a term as the vocabulary does: Korean without spaces, Latin in lower case."""
    text = " ".join(term.split())
    if HANGUL.search(text):
        return re.sub(r"\s+", "", text).lower()
    return text.lower().replace("-", " ") if " " in text else squash(text)


def mentions(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the pairs 한글(English) and English(한글) of a text.

    Args:
        text: Prose.

    Yields:
        ``(korean, english, words)``, with the number of Korean words; for several of them before
        the bracket every ending part, because the text doesn't say how many are meant.
    """
    for match in _KOREAN_FIRST.finditer(text):
        words = match.group(1).split()
        for count in range(1, len(words) + 1):
            yield "".join(words[-count:]), normal(match.group(2)), count
    for match in _ENGLISH_FIRST.finditer(text):
        english, korean = match.group(1), "".join(match.group(2).split())
        last = english.split(" ")[-1]
        alone = " " in english and likeness(korean, last) > 0.6
        yield korean, normal(last if alone else english), len(match.group(2).split())


def mine(counts: Mapping[str, int], known: Callable[[str], bool]) -> Iterator[Alias]:
    """Choose the believable ones of the mentioned pairs.

    Args:
        counts: ``korean TAB english TAB words``, as mentioned, and how often.
        known: Tells whether a term is in the vocabulary.

    Yields:
        Aliases, weighted by how often and how alike.
    """
    by_english: dict[str, list[tuple[str, int, float]]] = defaultdict(list)
    even: set[tuple[str, str]] = set()
    for pair, count in counts.items():
        korean, english, words = pair.split("\t")
        if not known(english) and english.endswith("s") and known(english[:-1]):
            english = english[:-1]
        if len(korean) < 2 or not known(korean) or not known(english):
            continue
        if int(words) == len(english.split(" ")):
            even.add((korean, english))
        alike = likeness(korean, english)
        if alike >= 0.75 or count >= 2 or (korean, english) in even:
            by_english[english].append((korean, count, alike))
    for english, found in by_english.items():
        found.sort(key=lambda x: -(x[1] + 3 * x[2] + ((x[0], english) in even)))
        kept = [x for x in found if not any(_covers(y, x) for y in found)]
        for korean, count, alike in kept[:3]:
            if count * 4 >= kept[0][1] or alike >= 0.75:
                yield Alias(korean, english, 0.95 if alike >= 0.75 else min(0.85, 0.6 + count / 20))


def _covers(better: tuple[str, int, float], worse: tuple[str, int, float]) -> bool:
    """Whether the longer or shorter neighbour explains a pair better: 손실함수, not 함수."""
    if better[0] == worse[0]:
        return False
    if better[0].endswith(worse[0]):
        sounds = worse[2] >= 0.75 and better[2] < worse[2]
        return better[1] * 2 >= worse[1] and not sounds
    return worse[0].endswith(better[0]) and worse[1] * 2 < better[1]


def sound_pairs(pages: Mapping[str, frozenset[int]], limit: int = 4) -> Iterator[Alias]:
    """Pair Hangul and Latin words that sound alike and stand on the same pages.

    Args:
        pages: For each term the pages that hold it.
        limit: At most so many Latin words for one skeleton are looked at.

    Yields:
        Aliases such as 텐서 and tensor.
    """
    latin: dict[str, list[str]] = defaultdict(list)
    for term, on in pages.items():
        if len(on) > 1 and re.fullmatch(r"[a-z]{4,16}", term):
            latin[skeleton(term)].append(term)
    for term, on in pages.items():
        if len(on) < 2 or not HANGUL.fullmatch(term) or not 2 <= len(term) <= 7:
            continue
        sound = romanise(term)
        bones = skeleton(sound)
        if len(bones) < 2:
            continue
        near = latin.get(bones, [])
        if not near:
            continue
        near = sorted(near, key=lambda word: -len(on & pages[word]))[:limit]
        for word in near:
            together = len(on & pages[word]) / min(len(on), len(pages[word]))
            vowels = _vowel_likeness(sound, word)
            alike_often = min(len(on), len(pages[word])) * 10 >= max(len(on), len(pages[word]))
            if together >= 0.3 and vowels >= 0.6 and alike_often:
                yield Alias(term, word, round(min(0.85, 0.35 + 0.3 * together + 0.3 * vowels), 2))


@lru_cache(maxsize=100_000)
def _vowel_likeness(sound: str, word: str) -> float:
    return SequenceMatcher(None, sound, word).ratio()


def _groups(
    groups: Iterable[tuple[Iterable[str], float]], known: Callable[[str], bool]
) -> Iterator[Alias]:
    """Every pair of a group of which at least one side occurs; a reader may type the other."""
    for group, weight in groups:
        terms = [term for term in dict.fromkeys(map(normal, group)) if term]
        for i, a in enumerate(terms):
            for b in terms[i + 1 :]:
                if known(a) or known(b):
                    yield Alias(a, b, weight)


def glossary() -> list[tuple[list[str], float]]:
    """Read the glossary that ships with haebom: groups of equal terms, and how sure each is."""
    text = resources.files("haebom.search").joinpath("assets/glossary.txt").read_text("utf-8")
    groups = []
    for line in text.splitlines():
        words, _, weight = line.partition("~")
        if words.strip() and not words.startswith("#"):
            groups.append((words.strip().split("|"), float(weight or 0.9)))
    return groups


def read_terms(path: Path) -> list[list[str]]:
    """Read a site's ``search-terms.yml``: a list of groups of equal terms.

    Args:
        path: The file.

    Returns:
        The groups.

    Raises:
        ValueError: The file is no list of lists of words.
    """
    data = yaml.safe_load(path.read_text("utf-8")) or []
    if not isinstance(data, list) or not all(
        isinstance(group, list) and all(isinstance(x, str | int | float) for x in group)
        for group in data
    ):
        raise ValueError(f"{path.name}: a list of groups is wanted, such as '- [훅, hook]'")
    return [[str(term) for term in group] for group in data]


def collect(
    own: Iterable[Iterable[str]],
    counts: Counter[str],
    pages: Mapping[str, frozenset[int]],
) -> list[Alias]:
    """Put the aliases of all sources together, the strongest for each pair.

    Args:
        own: Groups of the site.
        counts: Mentioned pairs.
        pages: For each term the pages that hold it.

    Returns:
        Aliases of which at least one side occurs, sorted.
    """

    def known(term: str) -> bool:
        return term in pages

    named = [*((group, 1.0) for group in own), *glossary()]
    best: dict[tuple[str, str], float] = {}
    settled: set[str] = set()
    sources: tuple[tuple[Iterable[Alias], float], ...] = (
        (_groups(named, known), 0.0),
        (mine(counts, known), 0.9),
        (sound_pairs(pages), 1.0),
    )
    for source, doubt in sources:
        chosen = [
            alias for alias in source
            if alias.weight >= doubt or not settled & {alias.a, alias.b}
        ]  # fmt: skip
        for alias in chosen:
            pair = (min(alias.a, alias.b), max(alias.a, alias.b))
            best[pair] = max(best.get(pair, 0.0), alias.weight)
        settled.update(
            term for alias in chosen if alias.weight >= 0.6 for term in (alias.a, alias.b)
        )
    return [Alias(a, b, weight) for (a, b), weight in sorted(best.items())]
