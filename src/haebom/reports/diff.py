"""How a post changed, as text: notebooks cell by cell, with short outputs."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Sequence

from haebom.model import Display, Error, Format, Output, Source, Stream
from haebom.parsers import notebook
from haebom.parsers.document import RawCell

_LINES = 20
"""Lines of an output that are shown; of a longer one a hash tells whether the rest changed."""


def compared(before: bytes | None, after: bytes | None, source: Source) -> Iterator[str]:
    """Lines of a unified diff; none if nothing changed that can be read.

    Args:
        before: The file as it was; None if it was not there.
        after: The file as it is; None if it is gone.
        source: Which file.
    """
    old, new = (_lines(content, source) for content in (before, after))
    a = f"a/{source.path}" if before is not None else "/dev/null"
    b = f"b/{source.path}" if after is not None else "/dev/null"
    return difflib.unified_diff(old, new, a, b, lineterm="")


def _lines(content: bytes | None, source: Source) -> Sequence[str]:
    text = (content or b"").decode("utf-8-sig", "replace")
    if source.format is not Format.NOTEBOOK or not text:
        return text.splitlines()
    try:
        cells = notebook.cells(notebook.load(text), text, source.path)
    except notebook.Unreadable:
        return text.splitlines()  # somebody has to mend the JSON itself
    return [line for cell in cells for line in _cell(cell)]


def _cell(cell: RawCell) -> Iterator[str]:
    tags = f" {' '.join(cell.tags)}" if cell.tags else ""
    yield f"%% {cell.kind}{tags}"
    yield from cell.source.split("\n")
    for output in cell.outputs:
        yield from _output(output)


def _output(output: Output) -> Iterator[str]:
    match output:
        case Stream(name=name, text=text):
            yield f"%% output {name}"
            yield from _shortened(text)
        case Error(name=name, message=message):
            yield "%% output error"
            yield from _shortened(f"{name}: {message}")
        case Display(data=data):
            for mime, value in data.items():
                yield f"%% output {mime}"
                if mime == "text/plain":
                    yield from _shortened(str(value))
                else:
                    yield _summary(str(value))


def _shortened(text: str) -> Iterator[str]:
    lines = text.rstrip("\n").split("\n")
    yield from lines[:_LINES]
    if len(lines) > _LINES:
        yield f"({len(lines) - _LINES} more lines) {_summary(text)}"


def _summary(text: str) -> str:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"({len(text):,} characters, {digest})"
