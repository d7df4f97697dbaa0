"""Recorded outputs, written anew into the source that holds them; every other byte stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from haebom.closeness import Sameness
from haebom.compare import as_text
from haebom.model import JSON, Cell, CellRun, Checked, Format, State
from haebom.outputs import in_lines, to_notebook
from haebom.verify import compare_cell, is_failure

_OPENING = re.compile(r"^(?P<prefix>[ \t>#]*)(?P<fence>`{3,}|~{3,})[ \t]*\{?[ \t.]*output\b")
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_UNSTABLE = ("application/vnd.jupyter.widget-view+json",)


@dataclass(frozen=True, slots=True)
class Rerecorded:
    """A source with outputs written anew.

    Args:
        text: The whole source.
        cells: How many cells have another recorded output now.
        left: Cells whose recorded output could not be found in the source.
    """

    text: str
    cells: int = 0
    left: tuple[Cell, ...] = ()


def rerecord(text: str, checked: Checked) -> Rerecorded:
    """Write what cells put out where their recorded outputs differ.

    Outputs that still count as the same are left as they are, and so are those of cells that
    failed.

    Args:
        text: The source, with its own line ends.
        checked: The post, with a run of this very source.
    """
    changed = [
        (cell, run)
        for cell in checked.post.runnable
        if (run := _differing(cell, checked)) is not None
    ]
    if not changed:
        return Rerecorded(text)
    if checked.post.source.format is Format.NOTEBOOK:
        return _in_notebook(text, changed)
    return _in_text(text, changed)


def _differing(cell: Cell, checked: Checked) -> CellRun | None:
    run = checked.run.cell(cell.index) if checked.run else None
    if run is None or run.state not in (State.OK, State.ERROR) or is_failure(cell, run):
        return None
    found = compare_cell(cell, run)
    return run if found is not None and found.sameness is Sameness.DIFFERS else None


# -- fences ----------------------------------------------------------------------------------------


def _in_text(text: str, changed: Sequence[tuple[Cell, CellRun]]) -> Rerecorded:
    lines = _LINES.findall(text)
    left: list[Cell] = []
    # from the end, so that the lines above keep their numbers
    for cell, run in sorted(changed, key=lambda pair: -_line(pair[0])):
        opening = _line(cell) - 2
        match = _OPENING.match(lines[opening]) if 0 <= opening < len(lines) else None
        closing = _closing(lines, opening, match["prefix"], match["fence"]) if match else None
        if match is None or closing is None:
            left.append(cell)
            continue
        end = lines[opening][len(lines[opening].rstrip("\r\n")) :]
        content = as_text(run.outputs)
        fence = _long_enough(match["fence"], content)
        prefix = match["prefix"]
        body = [
            (prefix + line if line else prefix.rstrip()) + end
            for line in (content.split("\n") if content else [])
        ]
        if fence != match["fence"]:
            lines[opening] = lines[opening].replace(match["fence"], fence, 1)
            lines[closing] = lines[closing].replace(match["fence"], fence, 1)
        lines[opening + 1 : closing] = body
    return Rerecorded("".join(lines), len(changed) - len(left), tuple(left))


def _line(cell: Cell) -> int:
    return cell.recorded.at.line if cell.recorded else 0


def _closing(lines: Sequence[str], opening: int, prefix: str, fence: str) -> int | None:
    """Index of the closing fence's line."""
    for index in range(opening + 1, len(lines)):
        if lines[index].strip().removeprefix(prefix.strip()).strip() == fence:
            return index
    return None


def _long_enough(fence: str, content: str) -> str:
    longest = max((len(run) for run in re.findall(rf"{fence[0]}{{3,}}", content)), default=0)
    return fence[0] * max(len(fence), longest + 1)


# -- notebooks -------------------------------------------------------------------------------------


def _in_notebook(text: str, changed: Sequence[tuple[Cell, CellRun]]) -> Rerecorded:
    notebook = json.loads(text.removeprefix("\ufeff"))
    spans = list(_spans(text)) if notebook.get("nbformat") == 4 else []
    left: list[Cell] = []
    pieces: list[tuple[int, int, str]] = []
    for cell, run in changed:
        number = cell.at.cell or 0
        span = spans[number - 1] if number <= len(spans) else None
        if span is None or (cell.recorded and cell.recorded.is_text):
            left.append(cell)
            continue
        count = notebook["cells"][number - 1].get("execution_count")
        pieces.append((*span, _outputs_json(text, span, run, count)))
    for start, end, piece in sorted(pieces, reverse=True):
        text = text[:start] + piece + text[end:]
    return Rerecorded(text, len(pieces), tuple(left))


def _spans(text: str) -> Iterator[tuple[int, int] | None]:
    """Where the list of outputs of each cell of the notebook stands in its text."""
    cells = _member(text, text.index("{"), "cells")
    position = cells[0] + 1 if cells else len(text)
    while True:
        position = _skip_blanks(text, position)
        if text[position : position + 1] != "{":
            return
        yield _member(text, position, "outputs")
        _, end = _DECODER.raw_decode(text, position)
        position = _skip_blanks(text, end)
        if text[position : position + 1] != ",":
            return
        position += 1


def _skip_blanks(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def _member(text: str, start: int, wanted: str) -> tuple[int, int] | None:
    """Where the value of a member stands of the JSON object that starts here."""
    position = start + 1
    while True:
        position = _skip_blanks(text, position)
        if text[position : position + 1] != '"':
            return None
        name, position = _DECODER.raw_decode(text, position)
        position = text.index(":", position) + 1
        position = _skip_blanks(text, position)
        _, end = _DECODER.raw_decode(text, position)
        if name == wanted:
            return position, end
        position = _skip_blanks(text, end)
        if text[position : position + 1] != ",":
            return None
        position += 1


def _outputs_json(text: str, span: tuple[int, int], run: CellRun, count: JSON) -> str:
    """The outputs as the notebook around them is written: indentation, line ends, escapes."""
    outputs = [
        in_lines(output, count)
        for output in to_notebook(run.outputs, 0)
        if not any(mime in output.get("data", {}) for mime in _UNSTABLE)
    ]
    line = text.rfind("\n", 0, span[0]) + 1
    lead = re.match(r"[ \t]*", text[line:])
    prefix = lead[0] if lead else ""
    step = _step(text)
    written = json.dumps(
        outputs, ensure_ascii=text.isascii() and "\\u" in text, indent=step, sort_keys=True
    )
    end = "\r\n" if "\r\n" in text else "\n"
    return written.replace("\n", end + prefix) if step is not None else written


def _step(text: str) -> str | None:
    """The indentation of the notebook's first member, or None if it stands on one line."""
    match = re.match(r"\s*\{\r?\n(?P<step>[ \t]+)", text)
    return match["step"] if match else None
