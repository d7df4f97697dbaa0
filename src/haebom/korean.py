"""Korean words as far as it goes without a dictionary: particles are told from what they follow.

The search knows more (see :mod:`haebom.search.morphemes`), but needs an analyser for it; what is
written here works for every site.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping

_PARTICLES = (
    *("은", "는", "이", "가", "을", "를", "의", "에", "에서", "에게", "로", "으로", "와", "과"),
    *(
        "도",
        "만",
        "보다",
        "부터",
        "까지",
        "처럼",
        "마다",
        "조차",
        "이나",
        "나",
        "이란",
        "란",
        "라는",
    ),
    *(
        "이라는",
        "라고",
        "이라고",
        "이며",
        "며",
        "이고",
        "고",
        "인",
        "일",
        "이다",
        "입니다",
        "이므로",
    ),
    *("뿐", "들", "씩", "이라면", "라면", "이라", "라", "대로", "밖에", "든", "이든", "하고"),
)
_ENDING = "(?:" + "|".join(sorted(_PARTICLES, key=len, reverse=True)) + ")"
_SUFFIX = re.compile(rf"(?P<stem>[가-힣]{{2,}}?){_ENDING}{{0,3}}")
_WORD = re.compile(r"[가-힣]+|[A-Za-z][\w.]*[A-Za-z]|[A-Za-z]")
_LINK = re.compile(r"\]\([^)\s]*\)|https?://\S+|<[^>]+>")


def occurrences(term: str, text: str) -> Iterator[tuple[int, int]]:
    """Where a term stands in Korean prose: start and end, particles left out.

    It stands where no word goes on into it, and where nothing but particles follows: ``역전파`` in
    ``역전파를``, but not ``전파``, and not ``텐서`` in ``텐서플로``.

    Args:
        term: The term; a space in it may be any white space, or none between Hangul.
        text: The prose.
    """
    for match in _pattern(term).finditer(text):
        before = text[match.start() - 1 : match.start()]
        if not (before.isalnum() or before == "_"):
            yield match.span()


@functools.lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str]:
    spaces = re.sub(r"(?<=[가-힣])\\ (?=[가-힣])", r"\\s*", re.escape(term))
    body = re.sub(r"\\ ", r"\\s+", spaces)
    return re.compile(rf"{body}(?={_ENDING}{{0,3}}(?!\w))")


def stem(word: str) -> str:
    """A word without its particles; what would be shorter than two syllables stays whole."""
    match = _SUFFIX.fullmatch(word)
    return match["stem"] if match else word


def words(text: str) -> Mapping[str, int]:
    """How often the words of a text stand in it: nouns of two syllables or more, and Latin words.

    Args:
        text: Markdown without code.
    """
    found = _WORD.findall(_LINK.sub(" ", text))
    stems = (stem(word) if word[0] >= "가" else word.lower() for word in found)
    return Counter(word for word in stems if len(word) > 1)
