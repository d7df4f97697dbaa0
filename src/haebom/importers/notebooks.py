"""Jupyter notebooks, also as fastpages and nbdev have written posts in them."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from haebom import options
from haebom.importers import matter
from haebom.importers.ledger import Ledger
from haebom.importers.text import Text
from haebom.model import digest
from haebom.parsers import notebook as reader

IGNORE = "ignore"
"""The tag of cells that are left alone; see :data:`haebom.options.TAGS`."""

_TITLE = re.compile(r"^#[ \t]+(?P<title>.+?)[ \t]*#*$")
_SUMMARY = re.compile(r"^>[ \t]?(?P<text>.*)$")
_ITEM = re.compile(r"^-[ \t]+(?P<key>[\w-]+)[ \t]*:[ \t]*(?P<value>.*)$")
_BLOCK = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook whose text cells are being brought along.

    Args:
        content: The notebook, in format 4, without its front matter.
        cells: Indices of its text cells.
        lines: Where they stand in the file.
    """

    content: Mapping[str, Any]
    cells: tuple[int, ...]
    lines: tuple[int, ...]

    @property
    def code_cells(self) -> int:
        """How many cells could run."""
        return sum(cell.get("cell_type") == "code" for cell in self.content["cells"])

    def texts(self) -> Iterator[Text]:
        """The sources of the text cells."""
        for index, line in zip(self.cells, self.lines, strict=True):
            yield Text.of(_source(self.content["cells"][index]), line)

    def write(self, front: str, texts: Sequence[str | None]) -> str:
        """The file.

        Args:
            front: Front matter, or an empty string.
            texts: New sources of the text cells; None for those that stay.
        """
        content = copy.deepcopy(dict(self.content))
        for index, text in zip(self.cells, texts, strict=True):
            if text is not None:
                content["cells"][index]["source"] = text.splitlines(keepends=True)
        for cell in content["cells"]:
            if cell.get("cell_type") == "code":
                cell["metadata"]["tags"] = list(dict.fromkeys([*cell["metadata"]["tags"], IGNORE]))
        if front:
            content["cells"].insert(0, _raw_cell(front.rstrip("\n"), content))
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _raw_cell(source: str, content: Mapping[str, Any]) -> dict[str, Any]:
    cell = {"cell_type": "raw", "metadata": {}, "source": source.splitlines(keepends=True)}
    minor = content.get("nbformat_minor")
    has_ids = isinstance(minor, int) and (content.get("nbformat"), minor) >= (4, 5)
    return {"cell_type": "raw", "id": digest(source)[:8], **cell} if has_ids else cell


@dataclass(frozen=True, slots=True)
class Read:
    """A notebook and what stands at its top.

    Args:
        notebook: The notebook.
        values: Its front matter.
        lines: Lines of the keys.
    """

    notebook: Notebook
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


def read(text: str, ledger: Ledger) -> Read:
    """Read a notebook.

    Args:
        text: The file's text.
        ledger: Is told what is wrong.

    Raises:
        haebom.parsers.notebook.Unreadable: It is none.
    """
    content = dict(reader.load(text))
    content["cells"] = [cell for cell in content["cells"] if isinstance(cell, dict)]
    content.setdefault("nbformat", 4)
    content.setdefault("nbformat_minor", 4)
    content.setdefault("metadata", {})
    values, lines = _front_matter(content["cells"], ledger)
    places = [cell.at.line for cell in reader.cells(content, text, "")]
    cells = []
    for index, (cell, line) in enumerate(zip(content["cells"], places, strict=True)):
        if cell.get("cell_type") == "markdown" and _source(cell).strip():
            cells.append(index)
        elif cell.get("cell_type") == "code":
            _tag(cell, line, ledger)
    notebook = Notebook(content, tuple(cells), tuple(places[index] for index in cells))
    return Read(notebook, values, lines)


def _tag(cell: dict[str, Any], line: int, ledger: Ledger) -> None:
    """Give the tags of a code cell the spelling that they have here."""
    if not isinstance(cell.get("metadata"), dict):
        cell["metadata"] = {}
    given = cell["metadata"].get("tags")
    tags = []
    for tag in map(str, given if isinstance(given, list) else ()):
        name = tag.lower().replace("_", "-")
        if name in options.TAGS:
            tags.append(name)
            ledger.converted("tag")
        elif options.from_tags([tag])[1]:
            ledger.reported(line, "tag", f"The tag {tag!r} means nothing here; it is left out.")
        else:
            tags.append(tag)
    cell["metadata"]["tags"] = tags


def _front_matter(
    cells: list[dict[str, Any]], ledger: Ledger
) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    """Take front matter out of the first cell: YAML, or as fastpages has it."""
    if not cells or cells[0].get("cell_type") not in ("raw", "markdown"):
        return {}, {}
    source = _source(cells[0])
    if _BLOCK.match(source):
        given = matter.read(source + "\n", ledger)
        _keep(cells, given.body)
        return given.values, given.lines
    if cells[0].get("cell_type") != "markdown":
        return {}, {}
    values, rest = _fastpages(source)
    if values:
        _keep(cells, rest)
    return values, {}


def _keep(cells: list[dict[str, Any]], rest: str) -> None:
    if rest.strip():
        cells[0]["source"] = rest.strip("\n").splitlines(keepends=True)
    else:
        del cells[0]


def _fastpages(source: str) -> tuple[Mapping[str, Any], str]:
    """``# Title``, ``> summary`` and ``- key: value``: only the three together are front matter."""
    first, *others = source.strip("\n").split("\n")
    title = _TITLE.match(first)
    values: dict[str, Any] = {}
    summary: list[str] = []
    while others:
        if quoted := _SUMMARY.match(others[0]):
            summary.append(quoted["text"])
        elif item := _ITEM.match(others[0]):
            values[item["key"]] = _value(item["value"])
        elif others[0].strip():
            break
        del others[0]
    if title is None or not values:
        return {}, source
    values = {"title": title["title"].strip("\"'"), **values}
    if summary:
        values.setdefault("description", " ".join(summary).strip("\"' "))
    return values, "\n".join(others)


def _value(text: str) -> Any:
    try:
        return matter.load(text)
    except (yaml.YAMLError, ValueError):
        return text


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
