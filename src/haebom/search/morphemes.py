"""Korean words as terms, by way of the morphological analyser Kiwi.

Kiwi is optional (``haebom[ko]``) and is imported when the first text is analysed, because its
model takes about a second to load.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from haebom.search.hangul import HANGUL, initials

__all__ = ["Analyser", "Term", "available"]

_NOUN_LIKE = frozenset({"NNG", "NNP", "NNB", "XR", "NR", "XSN", "XPN"})
_VERBS = frozenset({"VV", "VA"})
_PARTICLES = frozenset("은는이가을를의에와과로도만")
_LONGEST_COMPOUND = 10
_ENDINGS = (("었", "EP"), ("ᆫ", "ETM"), ("는", "ETM"), ("어", "EC"), ("습니다", "EF"), ("면", "EC"))


def available() -> bool:
    """Tell whether the analyser is installed."""
    return importlib.util.find_spec("kiwipiepy") is not None


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a Korean text.

    Args:
        text: The term without spaces; a verb ends in 다.
        parts: For a compound its parts, otherwise empty.
        verb: Whether it is a verb or adjective in its dictionary form.
    """

    text: str
    parts: tuple[str, ...] = ()
    verb: bool = False


class _Token(NamedTuple):
    """A morpheme and where it stands."""

    form: str
    tag: str
    start: int
    end: int


@dataclass(slots=True)
class _Unit:
    """A noun with the affixes written onto it."""

    text: str
    pieces: list[str]
    end: int
    prefix: bool = False


@cache
def _kiwi() -> Any:
    """The analyser's model: a second to load, so one for the process."""
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=2)


class Analyser:
    """Kiwi, loaded when first needed."""

    def terms(self, texts: Iterable[str]) -> Iterator[list[Term]]:
        """Analyse texts.

        Args:
            texts: Plain texts in normal form C.

        Yields:
            For each text its terms, in order, one for each occurrence.

        Raises:
            ModuleNotFoundError: Kiwi is not installed.
        """
        kept = list(texts)
        for text, tokens in zip(kept, _kiwi().tokenize(kept), strict=True):
            plain = [_Token(t.form, t.tag, t.start, t.start + t.len) for t in tokens]
            yield list(_terms(_mended(plain, text), _kiwi()))

    def surfaces(self, verb: str) -> tuple[str, ...]:
        """List the stems that a verb shows in front of its endings.

        Args:
            verb: The dictionary form, such as 고르다.

        Returns:
            The stems, such as 고르, 골라, 골랐, 고른, 고릅; longest common endings cut off.
        """
        kiwi = _kiwi()
        stem = verb[:-1]
        found = {stem}
        for tag in ("VV", "VV-I"):
            for ending, kind in _ENDINGS:
                form: str = kiwi.join([(stem, tag), (ending, kind)])
                for tail in ("니다", "는", "면"):
                    form = form.removesuffix(tail)
                if HANGUL.fullmatch(form) and initials(form)[0] == initials(stem)[0]:
                    found.add(form)
            if tag == "VV" and not _irregular(stem):
                break
        return tuple(sorted(found))


def _irregular(stem: str) -> bool:
    """Whether the last syllable ends in a consonant that irregular verbs change (ㄷ ㅂ ㅅ)."""
    return (ord(stem[-1]) - 0xAC00) % 28 in (7, 17, 19)


def _words(tokens: list[_Token]) -> Iterator[list[_Token]]:
    """Tokens that are written together."""
    word: list[_Token] = []
    for token in tokens:
        if word and token.start > word[-1].end:
            yield word
            word = []
        word.append(token)
    if word:
        yield word


def _mended(tokens: list[_Token], text: str) -> list[_Token]:
    """Put loanwords together that the analyser took apart: 핸들 + 러 + 를, 데이터 + 로 + 더."""
    out: list[_Token] = []
    for word in _words(tokens):
        size = len(word)
        while size > 1 and (word[size - 1].tag[0] == "J" or word[size - 1].form in _PARTICLES):
            size -= 1
        stem = word[:size]
        surface = text[stem[0].start : stem[-1].end]
        if size > 1 and _broken(stem) and 2 < len(surface) < 9 and HANGUL.fullmatch(surface):
            out.append(_Token(surface, "NNG", stem[0].start, stem[-1].end))
            out.extend(word[size:])
        else:
            out.extend(word)
    return out


def _broken(stem: list[_Token]) -> bool:
    """Whether the tokens make no word: an ending without a verb, a particle or adverb inside."""
    tags = [token.tag.split("-")[0] for token in stem]
    if not any(tag.startswith("NN") for tag in tags):
        return False
    if any(tag[0] in "VS" or tag in ("XSV", "XSA", "EF", "ETM", "ETN", "EP") for tag in tags):
        return False
    if "EC" in tags:
        return True
    glued = any(a in ("MAG", "MM") and b.startswith("NN") for a, b in pairwise(tags))
    return glued or any(tag.startswith("J") for tag in tags)


def _terms(tokens: list[_Token], kiwi: Any) -> Iterator[Term]:
    run: list[_Unit] = []
    verb: list[tuple[str, str]] = []
    verb_end = -1
    for token in tokens:
        tag: str = token.tag.split("-")[0]
        form: str = token.form.replace(" ", "")
        start, end = token.start, token.end
        if verb:
            if start == verb_end and tag in ("EC", "VX"):
                verb.append((token.form, token.tag))
                verb_end = end
                if tag == "VX":
                    yield from _compound_verb(verb, kiwi)
                continue
            verb = []
        if tag in _NOUN_LIKE and HANGUL.fullmatch(form):
            _extend(run, form, tag, start, end)
            if len(run) > 1 and start - run[-2].end > 1:
                unit = run.pop()
                yield from _run_terms(run)
                run = [unit]
            continue
        yield from _run_terms(run)
        run = []
        if tag in _VERBS and HANGUL.fullmatch(form):
            yield Term(form + "다", verb=True)
            verb, verb_end = [(token.form, token.tag)], end
        elif tag == "MAG" and len(form) > 1 and HANGUL.fullmatch(form):
            yield Term(form)
    yield from _run_terms(run)


def _extend(run: list[_Unit], form: str, tag: str, start: int, end: int) -> None:
    """Add a noun to the run; an affix joins its neighbour when they are written together."""
    last = run[-1] if run else None
    if last is not None and last.end == start and (tag == "XSN" or last.prefix):
        last.text += form
        last.pieces.append(form)
        last.end = end
        last.prefix = False
    else:
        run.append(_Unit(form, [form], end, prefix=tag == "XPN"))


def _run_terms(run: list[_Unit]) -> Iterator[Term]:
    """The units of a run of nouns, their pieces, and all that neighbours make together."""
    for i, unit in enumerate(run):
        yield Term(unit.text)
        if len(unit.pieces) > 1:
            yield from (Term(piece) for piece in unit.pieces if len(piece) > 1)
        for j in range(i + 2, min(len(run), i + 4) + 1):
            whole = "".join(part.text for part in run[i:j])
            if len(whole) > _LONGEST_COMPOUND:
                break
            yield Term(whole, parts=tuple(part.text for part in run[i:j]))


def _compound_verb(chain: list[tuple[str, str]], kiwi: Any) -> Iterator[Term]:
    """불러오다 from 부르 + 어 + 오, when a second verb is written onto the first."""
    if chain[-1][0] in ("하", "있", "보", "주", "않", "지", "버리", "놓", "두"):
        return
    stem: str = kiwi.join(chain)
    if HANGUL.fullmatch(stem) and len(stem) <= 5:
        yield Term(stem + "다", verb=True)
