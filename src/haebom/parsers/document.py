"""Documents made of cells, notebooks and scripts alike, as one Markdown text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from haebom import frontmatter, options
from haebom.model import (
    Attachment,
    Cell,
    CellOptions,
    Code,
    Finding,
    Location,
    Mode,
    Output,
    Recorded,
)
from haebom.parsers import markdown

_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
Kind = Literal["code", "markdown", "raw"]
_RAW_AS_MARKDOWN = frozenset({"text/markdown", "text/html"})


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as the file holds it.

    Args:
        kind: What it is.
        source: Its text, with LF line ends.
        at: Place of its first line.
        tags: Its tags.
        raw_type: MIME type of a raw cell.
        attachments: MIME bundles by name.
        outputs: Stored outputs.
        margin: How many signs stand before each of its lines in the file.
    """

    kind: Kind
    source: str
    at: Location
    tags: tuple[str, ...] = ()
    raw_type: str = ""
    attachments: Mapping[str, Attachment] | None = None
    outputs: tuple[Output, ...] = ()
    margin: int = 0

    def line(self, number: int) -> Location:
        """Place of a line of the source, from 1."""
        return self.at.down(number - 1)


@dataclass(frozen=True, slots=True)
class Composed:
    """Cells as one Markdown text.

    Args:
        text: The Markdown.
        origins: For each line of the text, the cell it came from and the line in it, from 1.
        fences: Line of the opening fence of each code cell, with the cell and its tags' options.
        findings: What is wrong with the cells' tags.
    """

    text: str
    origins: tuple[tuple[RawCell, int], ...]
    fences: Mapping[int, RawCell]
    findings: tuple[Finding, ...]


def take_front_matter(cells: Sequence[RawCell]) -> tuple[str, Location | None, list[RawCell]]:
    """Part the front matter off the first cell, if it holds one."""
    if not cells or cells[0].kind == "code":
        return "", None, list(cells)
    first = cells[0]
    block, rest = frontmatter.split(first.source.rstrip("\n") + "\n")
    if not block:
        return "", None, list(cells)
    remaining = []
    if rest.strip():
        lines = block.count("\n")
        remaining = [replace(first, source=rest, at=first.at.down(lines))]
    return block, first.at, [*remaining, *cells[1:]]


def compose(cells: Sequence[RawCell], language: str) -> Composed:
    """Write cells one after the other as Markdown.

    Args:
        cells: Without front matter.
        language: Language of the code cells' fences.
    """
    lines: list[str] = []
    origins: list[tuple[RawCell, int]] = []
    fences: dict[int, RawCell] = {}
    findings: list[Finding] = []

    def put(cell: RawCell, texts: Sequence[str], numbers: Sequence[int]) -> None:
        if lines:
            lines.append("")
            origins.append((cell, 1))
        lines.extend(texts)
        origins.extend((cell, number) for number in numbers)

    for cell in cells:
        source = cell.source.split("\n")
        count = len(source)
        if not cell.source.strip():
            continue
        if cell.kind == "code":
            chosen, problems = options.from_tags(cell.tags)
            findings += [Finding(Code.OPTION, cell.at, p.message, p.hint) for p in problems]
            put(
                cell,
                _fenced(source, language + options.to_flags(chosen)),
                [1, *range(1, count + 1), count],
            )
            fences[len(lines) - count - 1] = cell
        elif cell.kind == "markdown" or cell.raw_type in _RAW_AS_MARKDOWN:
            text = closed(_with_attachments(cell)).split("\n")
            put(cell, text, [min(n, count) for n in range(1, len(text) + 1)])
        else:
            put(cell, _fenced(source, "text"), [1, *range(1, count + 1), count])
    return Composed("\n".join(lines) + "\n", tuple(origins), fences, tuple(findings))


def _fenced(source: Sequence[str], info: str) -> list[str]:
    longest = max((len(run) for line in source for run in re.findall(r"`{3,}", line)), default=2)
    fence = "`" * (longest + 1)
    return [fence + info, *source, fence]


def closed(text: str) -> str:
    """Close a fence that a Markdown cell leaves open, as notebooks do at the cell's end."""
    opened = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if not match:
            continue
        if not opened:
            opened = match["fence"]
        elif match["fence"].startswith(opened) and not match["info"].strip():
            opened = ""
    return f"{text}\n{opened}" if opened else text


def _with_attachments(cell: RawCell) -> str:
    text = cell.source
    for name, attachment in (cell.attachments or {}).items():
        text = text.replace(f"attachment:{name}", attachment.name)
    return text


def parse(
    composed: Composed, settings: markdown.Settings, language: str, kernel: str
) -> markdown.Document:
    """Find the cells of a composed text; only the document's own code cells run."""

    def locate(line: int, column: int | None = None) -> Location:
        if not composed.origins:
            return Location("")
        cell, number = composed.origins[min(line, len(composed.origins)) - 1]
        return replace(cell.line(number), column=column and column + cell.margin)

    document = markdown.parse(
        composed.text,
        settings,
        markdown.languages(kernel, language),
        locate,
        composed.fences.__contains__,
    )
    cells, found = _with_sources(document.cells, composed)
    lost = tuple(
        Finding(
            Code.PARSE,
            cell.at,
            "This code cell disappears in the Markdown before it.",
            "A Markdown cell above it leaves a code fence, an HTML element or a comment open.",
        )
        for line, cell in composed.fences.items()
        if line not in found
    )
    if document.findings and not document.cells and document.findings[0].code is Code.PARSE:
        lost = ()  # nothing could be converted; one finding says so
    return replace(document, cells=cells, findings=(*composed.findings, *document.findings, *lost))


def _with_sources(
    cells: Sequence[Cell], composed: Composed
) -> tuple[tuple[Cell, ...], frozenset[int]]:
    """Give the cells their exact source (superfences expands tabs) and their stored outputs.

    Cells are matched with code cells in order of appearance, by place.
    """
    places = {str(raw.at): (line, raw) for line, raw in composed.fences.items()}
    result, found = [], set()
    for cell in cells:
        line, raw = places.get(str(cell.at), (0, None))
        is_hidden = raw is not None and cell.options.mode is Mode.IGNORE and not _is_ignored(raw)
        if raw is None or is_hidden:
            result.append(replace(cell, options=CellOptions(mode=Mode.IGNORE)))
            continue
        found.add(line)
        result.append(
            replace(
                cell,
                source=raw.source,
                code=options.split(raw.source)[1],
                recorded=Recorded(raw.outputs, raw.at) if raw.outputs else cell.recorded,
            )
        )
    return tuple(result), frozenset(found)


def _is_ignored(cell: RawCell) -> bool:
    """Whether its author wants a cell left alone."""
    return options.from_tags(cell.tags)[0].mode is Mode.IGNORE
