"""Hangul syllables taken apart: letters, initials, and how a word would sound in Latin letters.

The browser does the same in ``search/src/hangul.js``; ``search/test/vectors.json`` holds the
cases that both must agree on.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

__all__ = ["HANGUL", "has_hangul", "initials", "jamo", "likeness", "romanise", "skeleton"]

HANGUL = re.compile(r"[가-힣]+")


def _row(text: str) -> list[str]:
    return text.split(" ")


_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = _row("ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ")
_FINALS = _row(
    " ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ "
    "ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ"
)
_LATIN_INITIALS = _row("g gg n d dd l m b bb s ss  j jj ch k t p h")
_LATIN_VOWELS = _row("a e ya e eo e ye ye o wa we we yo u wo we wi yu eu ui i")
_LATIN_FINALS = _row(" k k k n n n t l k m p l l p l m p p t t ng t t k t p t")
_SOUNDS = (
    ("ph", "p"), ("th", "t"), ("sh", "s"), ("ch", "j"), ("ck", "k"), ("tion", "sn"), ("x", "ks"),
    ("c", "k"), ("q", "k"), ("f", "p"), ("v", "b"), ("z", "j"), ("r", "l"), ("gg", "k"),
    ("g", "k"), ("dd", "t"), ("d", "t"), ("bb", "b"), ("b", "p"), ("ng", "n"), ("jj", "j"),
)  # fmt: skip


def has_hangul(text: str) -> bool:
    """Tell whether any Hangul syllable occurs in ``text``."""
    return HANGUL.search(text) is not None


def _parts(char: str) -> tuple[int, int, int] | None:
    code = ord(char) - 0xAC00
    return (code // 588, code % 588 // 28, code % 28) if 0 <= code < 11172 else None


def jamo(text: str) -> str:
    """Write every syllable as its letters, compound vowels and finals as two: 과 → ㄱㅗㅏ."""
    out = []
    for char in text:
        p = _parts(char)
        out.append(_INITIALS[p[0]] + _VOWELS[p[1]] + _FINALS[p[2]] if p else char)
    return "".join(out)


def initials(text: str) -> str:
    """Write every syllable as its initial consonant: 역전파 → ㅇㅈㅍ."""
    return "".join(_INITIALS[p[0]] if (p := _parts(char)) else char for char in text)


@lru_cache(maxsize=100_000)
def romanise(text: str) -> str:
    """Write Hangul in Latin letters, roughly as it sounds; other characters are dropped."""
    found = (_parts(char) for char in text)
    return "".join(
        _LATIN_INITIALS[p[0]] + _LATIN_VOWELS[p[1]] + _LATIN_FINALS[p[2]] for p in found if p
    )


@lru_cache(maxsize=200_000)
def skeleton(latin: str) -> str:
    """Reduce a Latin word to the consonants that a Korean transliteration would keep."""
    text = re.sub(r"r(?![aeiouy])", "", latin.lower())  # torch is 토치, tensor is 텐서
    for old, new in _SOUNDS:
        text = text.replace(old, new)
    text = re.sub(r"[aeiouywh\- ]", "", text)
    return re.sub(r"(.)\1+", r"\1", text)


def likeness(korean: str, latin: str) -> float:
    """Say how much a Hangul word sounds like a Latin one, from 0 to 1."""
    a, b = skeleton(romanise(korean)), skeleton(latin)
    if not a or not b:
        return 0.0
    return SequenceMatcher(None, a, b).ratio()
