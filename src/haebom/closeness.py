"""When two texts count as the same.

They are *exact* if they are the same once what means nothing is taken away: addresses, temporary
paths, what ``%%time`` measures, white space at line ends. They are *close* if besides that only
numbers differ, within a tolerance, and with them the white space around.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

TOLERANCE = 1e-5
"""Relative difference of two fractional numbers that is no difference."""

ROUNDING = 1e-12
"""Below this, a number is what rounding left of nothing."""

DIFF_LINES = 24
"""Lines of a diff that anybody reads."""

_NUMBER = r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?!\.?\w)"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|(?P<any>(?<!\.)\.\.\.(?!\.))|\w+|[^\w\s]")
_INTEGER = re.compile(r"[-+]?\d+")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_TEMPORARY = re.compile(
    r"(?<![\w/])(?:/private)?(?:/tmp|/var/folders|/var/tmp)/[^\s'\",:)]+"
    r"|\b[A-Za-z]:(?:\\{1,2}[^\\\s]+)*\\{1,2}Temp\\[^\s'\",:)]+"
)
_LINE_END = re.compile(r"[ \t]+$", re.MULTILINE)
_TIMING = re.compile(
    r"^(?:CPU times: .*|Wall time: .*|[\d.]+ [nµμm]?s ± .* per loop .*)$", re.MULTILINE
)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
"""Colour codes."""


class Sameness(IntEnum):
    """How much two outputs have in common."""

    EXACT = 0
    CLOSE = 1
    DIFFERS = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms outputs are compared.

    Args:
        tolerance: Relative difference of numbers that is none. None means :data:`TOLERANCE` for
            fractional numbers, and that whole numbers have to be the same.
        varies: Regular expression of text that may differ, or an empty string.
        dots: Whether ``...`` in what was recorded stands for anything.
    """

    tolerance: float | None = None
    varies: str = ""
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing has shown.

    Args:
        sameness: How much they have in common.
        what: Where they differ first, as a clause such as ``line 2: '1.5' is now '1.7'``.
        diff: Lines that begin with ``-`` (recorded), ``+`` (now) or a blank, or an empty string.
        line: Line of the recorded text where they differ first, from 0.
    """

    sameness: Sameness
    what: str = ""
    diff: str = ""
    line: int = 0


SAME = Comparison(Sameness.EXACT)


def _canonical(text: str, terms: Terms) -> str:
    """A text without what means nothing."""
    text = ANSI.sub("", text)
    text = _TIMING.sub("…", text)
    if terms.varies:
        text = re.sub(terms.varies, "…", text)
    text = _TEMPORARY.sub("/tmp", _ADDRESS.sub("0x…", text))
    return _LINE_END.sub("", text).strip("\n")


def texts(before: str, after: str, terms: Terms) -> Comparison:
    """Compare two texts.

    Args:
        before: The recorded one.
        after: The one of the run.
        terms: On which terms.
    """
    old, new = _canonical(before, terms), _canonical(after, terms)
    if old == new:
        return SAME
    if _matches(_tokens(old), _tokens(new), terms):
        return Comparison(Sameness.CLOSE)
    lines = [text.split("\n") if text else [] for text in (old, new)]
    found = difference(lines[0], lines[1], terms)
    above = len(before) - len(before.lstrip("\n"))  # blank lines at the top mean nothing
    return replace(found, line=found.line + above)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    is_number: bool = False
    is_any: bool = False


def _tokens(text: str) -> tuple[_Token, ...]:
    return tuple(
        _Token(match[0], match["number"] is not None, match["any"] is not None)
        for match in _TOKEN.finditer(text)
    )


def _matches(old: Sequence[_Token], new: Sequence[_Token], terms: Terms) -> bool:
    if _all_equal(old, new, terms):
        # numbers of other widths move what stands beside them; nothing else moves by itself
        return [each.text for each in old] != [each.text for each in new]
    return terms.dots and any(token.is_any for token in old) and _fits(old, new, terms)


def _fits(old: Sequence[_Token], new: Sequence[_Token], terms: Terms) -> bool:
    """Whether the pieces between the dots stand in the new text one after the other."""
    pieces: list[list[_Token]] = [[]]
    for token in old:
        if token.is_any:
            pieces.append([])
        else:
            pieces[-1].append(token)
    first, *middle, last = pieces
    start, end = len(first), len(new) - len(last)
    if start > end:
        return False
    if not _all_equal(first, new[:start], terms) or not _all_equal(last, new[end:], terms):
        return False
    for piece in middle:
        size = len(piece)
        found = next(
            (
                at
                for at in range(start, end - size + 1)
                if _all_equal(piece, new[at : at + size], terms)
            ),
            None,
        )
        if found is None:
            return False
        start = found + size
    return True


def _all_equal(old: Sequence[_Token], new: Sequence[_Token], terms: Terms) -> bool:
    return len(old) == len(new) and all(
        _is_same(a, b, terms) for a, b in zip(old, new, strict=True)
    )


def _is_same(old: _Token, new: _Token, terms: Terms) -> bool:
    if old.text == new.text:
        return True
    return old.is_number and new.is_number and _near(old.text, new.text, terms)


def _near(old: str, new: str, terms: Terms) -> bool:
    wholes = [number for number in (old, new) if _INTEGER.fullmatch(number)]
    if terms.tolerance is None and wholes:
        if len(wholes) == 2:
            return int(old) == int(new)
        # 3 and 3.0 are read as different things, but rounding may leave 1e-17 of 0
        return not int(wholes[0]) and 0 < abs(float(old) - float(new)) < ROUNDING
    tolerance = TOLERANCE if terms.tolerance is None else terms.tolerance
    return math.isclose(float(old), float(new), rel_tol=tolerance, abs_tol=ROUNDING)


def difference(old: Sequence[str], new: Sequence[str], terms: Terms) -> Comparison:
    """Show where texts differ, line by line; lines that are close count as equal."""
    shared = [_stand_in(line, new, terms) for line in old]
    matcher = difflib.SequenceMatcher(None, shared, new, autojunk=False)
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    lines: list[str] = []
    for _, old_start, old_end, new_start, new_end in blocks:
        if old_start > 0 and not lines:
            lines.append(f"  {old[old_start - 1]}")
        elif lines:
            lines.append("  …")
        lines += [f"- {line}" for line in old[old_start:old_end]]
        lines += [f"+ {line}" for line in new[new_start:new_end]]
    at = blocks[0] if blocks else ("", 0, len(old), 0, len(new))
    if len(lines) > DIFF_LINES:
        lines = [*lines[:DIFF_LINES], f"  … {len(lines) - DIFF_LINES} more lines"]
    return Comparison(Sameness.DIFFERS, _first(old, new, at, terms), "\n".join(lines), at[1])


def _stand_in(line: str, new: Sequence[str], terms: Terms) -> str:
    """The new line that this one is close to, for the two to count as equal."""
    if line in new:
        return line
    tokens = _tokens(line)
    near = (other for other in new if tokens and _matches(tokens, _tokens(other), terms))
    return next(near, line)


def _first(
    old: Sequence[str], new: Sequence[str], at: tuple[str, int, int, int, int], terms: Terms
) -> str:
    _, old_start, old_end, new_start, new_end = at
    if old_start == old_end:
        place = f" behind line {old_start}" if old else ""
        return f"{quoted(new[new_start])} is new{place}"
    if new_start == new_end:
        return f"line {old_start + 1}, {quoted(old[old_start])}, is gone"
    before, after = old[old_start].split(), new[new_start].split()
    pairs = [
        (a, b)
        for a, b in zip(before, after, strict=False)
        if a != b and not _matches(_tokens(a), _tokens(b), terms)
    ]
    if len(before) == len(after) and len(pairs) == 1:
        return f"line {old_start + 1}: {quoted(pairs[0][0])} is now {quoted(pairs[0][1])}"
    return f"line {old_start + 1}: {quoted(old[old_start])} is now {quoted(new[new_start])}"


def quoted(text: str, longest: int = 60) -> str:
    """A text as it is quoted in a sentence, cut where it is long."""
    text = text.strip()
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")
