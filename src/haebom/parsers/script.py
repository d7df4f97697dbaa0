"""Percent scripts: Python files with ``# %%`` between their cells, read by jupytext."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from haebom.model import JSON, Location
from haebom.parsers.document import RawCell
from haebom.parsers.notebook import Unreadable

_MARKER = re.compile(r"^#[ \t]*%%", re.MULTILINE)


def is_percent(text: str) -> bool:
    """Whether a Python file is a percent script and not a module."""
    return bool(_MARKER.search(text))


def load(text: str) -> Mapping[str, JSON]:
    """Read a script as a notebook.

    Raises:
        Unreadable: jupytext cannot make sense of it.
    """
    import jupytext

    try:
        return cast(Mapping[str, JSON], jupytext.reads(text, fmt="py:percent"))
    except Exception as error:
        raise Unreadable(f"The percent script cannot be read: {error}.") from error


def cells(notebook: Mapping[str, JSON], text: str, path: str) -> list[RawCell]:
    """The cells with their places in the file; see :func:`haebom.parsers.notebook.cells`."""
    lines = text.split("\n")
    position = 0
    found = []
    for item in notebook["cells"]:
        source = str(item["source"])
        own = source.split("\n")
        position = _find(own, lines, position)
        pairs = zip(lines[position:], own, strict=False)
        margins = (len(line) - len(text) for line, text in pairs if text)
        metadata: dict[str, Any] = item.get("metadata", {})
        found.append(
            RawCell(
                kind=item["cell_type"],
                source=source,
                at=Location(path, position + 1),
                tags=tuple(str(tag) for tag in metadata.get("tags", ())),
                raw_type=str(metadata.get("raw_mimetype", "")),
                margin=next(margins, 0),
            )
        )
        position += len(own)
    return found


def _find(source: list[str], lines: list[str], start: int) -> int:
    """Index of the line where a cell's source begins, at or behind ``start``.

    Text cells stand behind ``# `` and magics may be commented out, so lines are compared with
    and without their comment signs.
    """
    for index in range(start, len(lines)):
        window = lines[index : index + len(source)]
        fits = not _MARKER.match(lines[index]) and len(window) == len(source)
        if fits and all(map(_is_line, window, source)):
            return index
    return min(start, len(lines) - 1)


def _is_line(line: str, text: str) -> bool:
    line, text = line.strip(), text.strip()
    return line == text or line.removeprefix("#").strip() == text
