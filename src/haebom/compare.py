"""Whether a cell puts out what its author recorded.

Two outputs are *exact* if their texts are the same once what means nothing is taken away:
addresses, temporary paths, what ``%%time`` measures, white space at line ends, the cutting of
streams. They are *close* if
besides that only numbers differ, within a tolerance, or the white space between words. Images
count by what they show, tables cell by cell, errors by type and message.

What goes to standard error is left out: it holds progress bars and warnings, which have a list of
their own.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import io
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import lxml.etree
import lxml.html
from PIL import Image, ImageChops, ImageStat, UnidentifiedImageError

from haebom.model import Display, Error, Output, Recorded, Stream
from haebom.normalize import normalize

TOLERANCE = 1e-5
"""Relative difference of two fractional numbers that is no difference."""

ROUNDING = 1e-12
"""Below this, a number is what rounding left of nothing."""

LOOKS_ALIKE = 0.05
"""Difference of two images, from 0 to 1, that other fonts and another anti-aliasing make."""

_SIDE = 48  # pixels: coarse enough for fonts to vanish, fine enough for a curve to be seen
_STRETCH = 0.1
_DIFF_LINES = 24

_NUMBER = r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?(?!\.?\w)"
_TOKEN = re.compile(rf"(?P<number>{_NUMBER})|(?P<any>(?<!\.)\.\.\.(?!\.))|\w+|[^\w\s]")
_INTEGER = re.compile(r"[-+]?\d+")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_TEMPORARY = re.compile(r"(?<![\w/])(?:/private)?(?:/tmp|/var/folders|/var/tmp)/[^\s'\",:)]+")
_LINE_END = re.compile(r"[ \t]+$", re.MULTILINE)
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_LIVE = re.compile(r"application/vnd\.jupyter\.widget|text/html\+widget")
_SVG, _HTML = "image/svg+xml", "text/html"
_SHAPE = (
    *("d", "points", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry"),
    *("width", "height", "fill", "stroke"),
)
_PLACEHOLDER = re.compile(r"<[\w.]+(?: object)?(?: at 0x\w+)?>")
_TIMING = re.compile(
    r"^(?:CPU times: .*|Wall time: .*|[\d.]+ [nµμm]?s ± .* per loop .*)$", re.MULTILINE
)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


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


_BY_EYE = Terms(tolerance=1e-3)
"""Numbers of a drawing that nobody could tell apart."""

_SAME = Comparison(Sameness.EXACT)


def compare(recorded: Recorded, outputs: Sequence[Output], terms: Terms) -> Comparison:
    """Compare the recorded outputs of a cell with those of a run.

    Args:
        recorded: What the source says.
        outputs: Normalised outputs of the run.
        terms: On which terms; its ``dots`` follow from what was recorded.
    """
    terms = Terms(terms.tolerance, terms.varies, recorded.is_text)
    if recorded.is_text:
        return _texts(as_text(recorded.outputs), as_text(outputs), terms)
    (before,) = normalize([recorded.outputs])
    return _worst(
        itertools.chain(
            [_texts(_printed(before), _printed(outputs), terms)],
            _displays(_shown(before), _shown(outputs), terms),
            [_errors(before, outputs, terms)],
        )
    )


def as_text(outputs: Sequence[Output]) -> str:
    """What a reader of plain text gets of a cell: an ``output`` fence holds just that."""
    parts: list[str] = []
    for output in outputs:
        match output:
            case Stream(name="stdout", text=text):
                parts.append(text)
            case Display(data=data) if not any(mime in data for mime in (*_IMAGES, _SVG)):
                text = str(data.get("text/markdown") or data.get("text/plain") or "")
                parts += ["\n" if parts and not parts[-1].endswith("\n") else "", text, "\n"]
            case Error(name=name, message=message):
                parts.append(f"{name}: {message}\n")
    return _ANSI.sub("", "".join(parts)).rstrip("\n")


def _worst(comparisons: Iterator[Comparison]) -> Comparison:
    worst = _SAME
    for each in comparisons:
        if each.sameness > worst.sameness:
            worst = each
    return worst


# -- text ------------------------------------------------------------------------------------------


def _canonical(text: str, terms: Terms) -> str:
    """A text without what means nothing."""
    text = _ANSI.sub("", text)
    text = _TIMING.sub("…", text)
    if terms.varies:
        text = re.sub(terms.varies, "…", text)
    text = _TEMPORARY.sub("/tmp", _ADDRESS.sub("0x…", text))
    return _LINE_END.sub("", text).strip("\n")


def _texts(before: str, after: str, terms: Terms) -> Comparison:
    old, new = _canonical(before, terms), _canonical(after, terms)
    if old == new:
        return _SAME
    if _matches(_tokens(old), _tokens(new), terms):
        return Comparison(Sameness.CLOSE)
    return _difference(old.split("\n"), new.split("\n"), terms)


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
        return True
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
    if terms.tolerance is None and _INTEGER.fullmatch(old) and _INTEGER.fullmatch(new):
        return int(old) == int(new)
    tolerance = TOLERANCE if terms.tolerance is None else terms.tolerance
    return math.isclose(float(old), float(new), rel_tol=tolerance, abs_tol=ROUNDING)


def _difference(old: Sequence[str], new: Sequence[str], terms: Terms) -> Comparison:
    """A small diff, in which lines that are close count as equal."""
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
    if len(lines) > _DIFF_LINES:
        lines = [*lines[:_DIFF_LINES], f"  … {len(lines) - _DIFF_LINES} more lines"]
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
        return f"{_quoted(new[new_start])} is new behind line {old_start}"
    if new_start == new_end:
        return f"line {old_start + 1}, {_quoted(old[old_start])}, is gone"
    before, after = _tokens(old[old_start]), _tokens(new[new_start])
    pairs = [
        (a.text, b.text) for a, b in zip(before, after, strict=False) if not _is_same(a, b, terms)
    ]
    if len(before) == len(after) and len(pairs) == 1:
        return f"line {old_start + 1}: {_quoted(pairs[0][0])} is now {_quoted(pairs[0][1])}"
    return f"line {old_start + 1}: {_quoted(old[old_start])} is now {_quoted(new[new_start])}"


def _quoted(text: str, longest: int = 60) -> str:
    text = text.strip()
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")


# -- other forms -----------------------------------------------------------------------------------


def _printed(outputs: Sequence[Output]) -> str:
    return "".join(o.text for o in outputs if isinstance(o, Stream) and o.name == "stdout")


def _shown(outputs: Sequence[Output]) -> list[Display]:
    """Displays that say something by themselves; widgets are drawn by a live kernel only."""
    return [
        output
        for output in outputs
        if isinstance(output, Display) and not any(map(_LIVE.match, output.data))
    ]


def _displays(old: Sequence[Display], new: Sequence[Display], terms: Terms) -> Iterator[Comparison]:
    for number, (before, after) in enumerate(itertools.zip_longest(old, new), start=1):
        if before is None or after is None:
            there = after or before
            verb = "is new" if before is None else "is gone"
            yield Comparison(
                Sameness.DIFFERS,
                f"output {number}, {_form(there)}, {verb}",
                f"{'+' if before is None else '-'} {_plain(there) or _form(there)}",
            )
        else:
            yield _display(before, after, terms)


def _form(display: Display) -> str:
    if any(mime in display.data for mime in (*_IMAGES, _SVG)):
        return "an image"
    return "a table" if _table(display) else "a value"


def _plain(display: Display) -> str:
    text = str(display.data.get("text/plain", ""))
    return text if text.count("\n") < _DIFF_LINES else ""


def _display(old: Display, new: Display, terms: Terms) -> Comparison:
    for mime in _IMAGES:
        if mime in old.data and mime in new.data:
            return images(str(old.data[mime]), str(new.data[mime]))
    before, after = _table(old), _table(new)
    if before and after:
        return _tables(before, after, terms)
    if _SVG in old.data and _SVG in new.data:
        drawn = _texts(_drawing(str(old.data[_SVG])), _drawing(str(new.data[_SVG])), _BY_EYE)
        differs = drawn.sameness is Sameness.DIFFERS
        return Comparison(drawn.sameness, "an SVG drawing looks different" if differs else "")
    if _HTML in old.data and _HTML in new.data and not (_speaks(old) and _speaks(new)):
        return _texts(_words(str(old.data[_HTML])), _words(str(new.data[_HTML])), terms)
    for mime in ("text/latex", "text/markdown", "application/javascript", "text/plain"):
        if mime in old.data and mime in new.data:
            return _texts(str(old.data[mime]), str(new.data[mime]), terms)
    if set(old.data) & set(new.data):
        return _SAME  # nothing that anybody could compare: a script, say
    return Comparison(Sameness.DIFFERS, f"{', '.join(old.data)} is now {', '.join(new.data)}")


def _speaks(display: Display) -> bool:
    """Whether the plain text says more than what kind of thing is shown."""
    text = str(display.data.get("text/plain", "")).strip()
    return bool(text) and not _PLACEHOLDER.fullmatch(text)


def _words(html: str) -> str:
    """What a reader of the HTML gets to see as text."""
    try:
        root = lxml.html.fromstring(f"<div>{html}</div>")
    except (lxml.etree.LxmlError, ValueError):
        return html
    lxml.etree.strip_elements(root, "script", "style", with_tail=False)
    return "\n".join(filter(None, (text.strip() for text in root.itertext())))


def _drawing(svg: str) -> str:
    """The shapes and texts of a drawing, without the names that its parts have."""
    try:
        root = lxml.etree.fromstring(svg.encode("utf-8"))
    except (lxml.etree.LxmlError, ValueError):
        return svg
    lxml.etree.strip_elements(root, "{*}metadata", "{*}style", with_tail=False)
    lines = []
    for element in root.iter("{*}*"):
        shape = [f"{name}={element.get(name)}" for name in _SHAPE if element.get(name)]
        text = (element.text or "").strip()
        lines.append(" ".join([lxml.etree.QName(element).localname, *shape, text]))
    return "\n".join(lines)


Table = tuple[tuple[str, ...], ...]


def _table(display: Display) -> Table:
    """The texts of an HTML table's cells, row by row; empty if there is no table."""
    html = str(display.data.get(_HTML, ""))
    if "<table" not in html:
        return ()
    try:
        root = lxml.html.fromstring(html)
    except (lxml.etree.LxmlError, ValueError):
        return ()
    return tuple(
        tuple(" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td"))
        for row in root.iter("tr")
    )


def _tables(old: Table, new: Table, terms: Terms) -> Comparison:
    if old == new:
        return _SAME
    shapes = [_shape(table) for table in (old, new)]
    diff = _difference(_rows(old), _rows(new), terms).diff
    if shapes[0] != shapes[1]:
        sizes = [f"{shape[0]} rows by {max(shape[1:])} columns" for shape in shapes]
        return Comparison(Sameness.DIFFERS, f"a table of {sizes[0]} is now {sizes[1]}", diff)
    for number, (before, after) in enumerate(zip(old, new, strict=True), start=1):
        for column, (a, b) in enumerate(zip(before, after, strict=True), start=1):
            if _texts(a, b, terms).sameness is Sameness.DIFFERS:
                what = f"row {number}, column {column}: {_quoted(a)} is now {_quoted(b)}"
                return Comparison(Sameness.DIFFERS, what, diff)
    return Comparison(Sameness.CLOSE)


def _rows(table: Table) -> list[str]:
    return ["\t".join(row) for row in table]


def _shape(table: Table) -> tuple[int, ...]:
    return len(table), *(len(row) for row in table)


def images(old: str, new: str) -> Comparison:
    """Compare two images by what they show.

    Both are reduced to a few pixels a side, in colour, on white; the measure is the root of the
    mean squared difference, from 0 to 1. A difference in size within a tenth comes from fonts.

    Args:
        old: Content of the recorded image file, as base64 text.
        new: The same of the run's.
    """
    if old.split() == new.split():
        return _SAME
    try:
        before, after = _picture(old), _picture(new)
    except (UnidentifiedImageError, OSError, ValueError, binascii.Error):
        return Comparison(Sameness.DIFFERS, "an image cannot be read")
    sizes = [f"{picture.width} × {picture.height}" for picture in (before, after)]
    if any(abs(a - b) > _STRETCH * max(a, b) for a, b in zip(before.size, after.size, strict=True)):
        return Comparison(Sameness.DIFFERS, f"an image of {sizes[0]} pixels is now {sizes[1]}")
    small = [picture.resize((_SIDE, _SIDE), Image.Resampling.BOX) for picture in (before, after)]
    bands = ImageStat.Stat(ImageChops.difference(*small)).rms
    distance = math.sqrt(sum(band * band for band in bands) / len(bands)) / 255
    if distance > LOOKS_ALIKE:
        what = f"an image of {sizes[0]} pixels looks different ({distance:.0%})"
        return Comparison(Sameness.DIFFERS, what)
    return Comparison(Sameness.CLOSE)


def _picture(content: str) -> Image.Image:
    picture = Image.open(io.BytesIO(base64.b64decode(content))).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _errors(old: Sequence[Output], new: Sequence[Output], terms: Terms) -> Comparison:
    before, after = (
        "\n".join(f"{o.name}: {o.message}" for o in outputs if isinstance(o, Error))
        for outputs in (old, new)
    )
    return _texts(before, after, terms)
