"""What is placed on a page: the cells of a post with their outputs as pieces of HTML."""

from __future__ import annotations

from dataclasses import dataclass, field

from haebom.glossary import Glossary
from haebom.marks import Mark
from haebom.model import Mode, Show


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML that no Markdown processor may touch."""

    html: str


@dataclass(frozen=True, slots=True)
class Image:
    """An image file.

    Args:
        file: Name of the file among the assets.
        alt: Alternative text.
        caption: Caption, or an empty string.
        width: Width in CSS pixels, or 0 if unknown.
        height: Height in CSS pixels, or 0 if unknown.
        dark: Name of the file that dark pages show instead, or an empty string.
        plate: Whether it needs a light ground on dark pages.
    """

    file: str
    alt: str
    caption: str
    width: int
    height: int
    dark: str = ""
    plate: bool = False


@dataclass(frozen=True, slots=True)
class CodeLink:
    """A name in the shown code that is documented somewhere.

    Args:
        line: Line of the shown code, from 1.
        column: First character, from 0.
        length: Number of characters.
        address: Where it is documented.
        again: Whether the page has linked to it before.
    """

    line: int
    column: int
    length: int
    address: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A fence of the page, and what stands behind it.

    Args:
        digest: Hash of the fence's text; pieces go behind no other text.
        mode: Whether it is a cell at all.
        code: How the code is shown.
        output: How the outputs are shown.
        predict: A question that the reader answers before the outputs are shown, or an empty
            string.
        label: Anchor of the outputs, or an empty string.
        search: Whether the outputs are part of the search text.
        mark: How far they may be trusted.
        pieces: The outputs.
        anchor: Anchor of the code, or an empty string.
        links: Names in the code that are documented somewhere.
    """

    digest: str
    mode: Mode = Mode.IGNORE
    code: Show = Show.SHOWN
    output: Show = Show.SHOWN
    predict: str = ""
    label: str = ""
    search: bool = False
    mark: Mark | None = None
    pieces: tuple[Html | Image, ...] = ()
    anchor: str = ""
    links: tuple[CodeLink, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedValue:
    """An expression in the prose of the page, and what stands in its place.

    Args:
        number: Position among the places where one may begin, from 0.
        expression: What is written there; the value takes the place of no other.
        text: The value.
    """

    number: int
    expression: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """All fences and expressions of a page, in order.

    Args:
        language: Language of haebom's own words.
        runs: Languages of fences that are cells.
        cells: The fences.
        values: The expressions.
        notice: HTML at the top of the page, or an empty string.
        links: Relative links as written, each with what it has to be on the page.
        glossary: The terms that it uses.
        libraries: Scripts that its outputs need; see :mod:`haebom.libraries`.
    """

    language: str
    runs: tuple[str, ...]
    cells: tuple[PlacedCell, ...] = ()
    values: tuple[PlacedValue, ...] = ()
    notice: str = ""
    links: tuple[tuple[str, str], ...] = ()
    glossary: Glossary = field(default_factory=Glossary)
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """A file made from an output; its name is a hash of its content."""

    name: str
    content: bytes
