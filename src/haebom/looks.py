"""When displays that are looked at, not read, count as the same: tables, drawings, images."""

from __future__ import annotations

import base64
import binascii
import io
import math
from collections.abc import Iterator

import lxml.etree
import lxml.html
from PIL import Image, ImageChops, ImageStat, UnidentifiedImageError

from haebom.closeness import SAME, Comparison, Sameness, Terms, difference, quoted, texts

LOOKS_ALIKE, PART_LOOKS_ALIKE = 0.05, 0.06
"""Difference of two images, and of one of their parts, from 0 to 1, that other fonts and another
anti-aliasing make: a curve that has moved is little of the whole, but much of where it is."""

BY_EYE = Terms(tolerance=1e-3)
"""Numbers of a drawing that nobody could tell apart."""

_SIDE = 48  # pixels: coarse enough for fonts to vanish, fine enough for a curve to be seen
_PART = 6  # pixels
_STRETCH = 0.1
_SHAPE = (
    *("d", "points", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry"),
    *("width", "height", "fill", "stroke"),
)

Table = tuple[tuple[str, ...], ...]


def words(html: str) -> str:
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


def drawings(old: str, new: str) -> Comparison:
    """Compare two SVG drawings by their shapes and texts."""
    drawn = texts(_drawing(old), _drawing(new), BY_EYE)
    differs = drawn.sameness is Sameness.DIFFERS
    return Comparison(drawn.sameness, "an SVG drawing looks different" if differs else "")


def table(html: str) -> Table:
    """The texts of an HTML table's cells, row by row; empty if there is no table."""
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


def tables(old: Table, new: Table, terms: Terms) -> Comparison:
    """Compare two tables cell by cell."""
    if old == new:
        return SAME
    shapes = [_shape(table) for table in (old, new)]
    diff = difference(_rows(old), _rows(new), terms).diff
    if shapes[0] != shapes[1]:
        sizes = [f"{shape[0]} rows by {max(shape[1:])} columns" for shape in shapes]
        return Comparison(Sameness.DIFFERS, f"a table of {sizes[0]} is now {sizes[1]}", diff)
    for number, (before, after) in enumerate(zip(old, new, strict=True), start=1):
        for column, (a, b) in enumerate(zip(before, after, strict=True), start=1):
            if texts(a, b, terms).sameness is Sameness.DIFFERS:
                what = f"row {number}, column {column}: {quoted(a)} is now {quoted(b)}"
                return Comparison(Sameness.DIFFERS, what, diff)
    return Comparison(Sameness.CLOSE)


def _rows(table: Table) -> list[str]:
    return ["\t".join(row) for row in table]


def _shape(table: Table) -> tuple[int, ...]:
    return len(table), *(len(row) for row in table)


def images(old: str, new: str) -> Comparison:
    """Compare two images by what they show.

    Both are reduced to a few pixels a side, in colour, on white; the measure is the root of the
    mean squared difference, from 0 to 1, of the whole and of each of its parts. A difference in
    size within a tenth comes from fonts.

    Args:
        old: Content of the recorded image file, as base64 text.
        new: The same of the run's.
    """
    if old.split() == new.split():
        return SAME
    try:
        before, after = _picture(old), _picture(new)
    except (UnidentifiedImageError, OSError, ValueError, binascii.Error):
        return Comparison(Sameness.DIFFERS, "an image cannot be read")
    sizes = [f"{picture.width} × {picture.height}" for picture in (before, after)]
    if any(abs(a - b) > _STRETCH * max(a, b) for a, b in zip(before.size, after.size, strict=True)):
        return Comparison(Sameness.DIFFERS, f"an image of {sizes[0]} pixels is now {sizes[1]}")
    small = [picture.resize((_SIDE, _SIDE), Image.Resampling.BOX) for picture in (before, after)]
    gap = ImageChops.difference(*small)
    distance, worst = _strength(gap), max(map(_strength, _parts(gap)))
    if distance > LOOKS_ALIKE or worst > PART_LOOKS_ALIKE:
        much = f"{distance:.1%} on the whole, {worst:.0%} in one part"
        what = f"an image of {sizes[0]} pixels looks different ({much})"
        return Comparison(Sameness.DIFFERS, what)
    return Comparison(Sameness.CLOSE)


def _strength(gap: Image.Image) -> float:
    bands = ImageStat.Stat(gap).rms
    return math.sqrt(sum(band * band for band in bands) / len(bands)) / 255


def _parts(image: Image.Image) -> Iterator[Image.Image]:
    for top in range(0, image.height, _PART):
        for left in range(0, image.width, _PART):
            yield image.crop((left, top, left + _PART, top + _PART))


def _picture(content: str) -> Image.Image:
    picture = Image.open(io.BytesIO(base64.b64decode(content))).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")
