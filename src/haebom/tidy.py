"""Sources in their usual form, so that a change shows as small as it is.

What runs is never changed: whatever would come out otherwise than it went in is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from haebom import frontmatter
from haebom.fences import PYTHON
from haebom.model import JSON, Code, Execution, Format, Mode, Post, Source, digest
from haebom.outputs import in_lines
from haebom.parsers.markdown import Settings
from haebom.parsers.post import Content, finish, read

_OPENING = re.compile(
    r"^(?P<prefix>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<language>\w+)[ \t]*(?P<rest>.*?)[ \t]*$"
)
_SCRIPT_FRONT = re.compile(
    r"\A(?P<marker>\s*#[ \t]*%%[^\n]*\n)(?P<block># ---[ \t]*\n(?:#[^\n]*\n)*?# ---[ \t]*\n)"
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

CELL_NOISE = frozenset(
    {"collapsed", "scrolled", "hidden", "heading_collapsed", "ExecuteTime", "execution"}
    | {"executionInfo", "outputId", "colab", "vscode", "pycharm"}
)
"""Metadata of cells that editors write for themselves, and rewrite at every turn."""

NOTEBOOK_NOISE = frozenset({"signature", "vscode", "toc", "varInspector", "orig_nbformat"})
"""The same of notebooks."""

_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True, slots=True)
class Tidied:
    """A source in its usual form.

    Args:
        text: The whole source.
        reason: Why it was left as it was although it may not be tidy, or an empty string.
    """

    text: str
    reason: str = ""


def tidy(
    content: bytes, before: Content, source: Source, settings: Settings, drop_outputs: bool = False
) -> Tidied:
    """Bring a source into its usual form: UTF-8 with LF, front matter in order, plain fences.

    Notebooks are written as Jupyter writes them, without execution counts and without what editors
    note for themselves.

    Args:
        content: The file.
        before: What it holds, as its reader has found.
        source: Which file.
        settings: The site's Markdown extensions.
        drop_outputs: Whether a notebook's recorded outputs are left out.
    """
    as_it_was = content.decode("utf-8", "surrogateescape")
    unreadable = next((f for f in before.findings if f.code is Code.PARSE), None)
    if unreadable is not None:
        return Tidied(as_it_was, f"{unreadable.at}: {unreadable.message}")
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    match source.format:
        case Format.MARKDOWN:
            written = _markdown(text, before, source)
        case Format.SCRIPT:
            written = _script(text, source)
        case Format.NOTEBOOK:
            written = _notebook(text, source, drop_outputs)
    if written.encode() == content:
        return Tidied(written)
    after = read(source, written.encode(), settings)
    if _meaning(before, source, drop_outputs) != _meaning(after, source, drop_outputs):
        return Tidied(as_it_was, f"{source.path}: in another form it would not mean the same.")
    return Tidied(written)


def _meaning(content: Content, source: Source, drop_outputs: bool) -> tuple[Any, ...]:
    """What must be the same before and after."""
    post: Post = finish(source, content, Execution())
    cells = tuple(
        (
            cell.source,
            cell.code,
            cell.options,
            None if drop_outputs or cell.recorded is None else cell.recorded.outputs,
        )
        for cell in post.cells
    )
    meta = repr(sorted(post.meta.items()))
    return cells, meta, post.execution, post.data, post.depends, post.attachments


# -- texts -----------------------------------------------------------------------------------------


def _markdown(text: str, content: Content, source: Source) -> str:
    lines = text.split("\n")
    for cell in content.cells:
        if cell.options.mode is not Mode.IGNORE:
            _plain_fence(lines, cell.at.line - 2)
        if cell.recorded is not None:
            _plain_fence(lines, cell.recorded.at.line - 2)
    block, body = frontmatter.split("\n".join(lines))
    if block and source.is_post:
        body = body.lstrip("\n")
        block = frontmatter.tidy(block) + ("\n" if body else "")
    return _ended(block + body)


def _plain_fence(lines: list[str], index: int) -> None:
    """Write the opening line of a fence plainly: one name for the language, single spaces."""
    match = _OPENING.match(lines[index]) if 0 <= index < len(lines) else None
    if match:
        language = PYTHON[0] if match["language"] in PYTHON else match["language"]
        info = f"{language} {match['rest']}".rstrip()
        lines[index] = f"{match['prefix']}{match['fence']}{info}"


def _script(text: str, source: Source) -> str:
    match = _SCRIPT_FRONT.match(text) if source.is_post else None
    if match:
        block = re.sub(r"^# ?", "", match["block"], flags=re.MULTILINE)
        lines = frontmatter.tidy(block).splitlines()
        written = "".join(f"# {line}".rstrip() + "\n" for line in lines)
        text = match["marker"].lstrip() + written + text[match.end() :]
    return _ended(text)


def _ended(text: str) -> str:
    """The text with one line end behind its last line."""
    return text.rstrip("\n") + "\n" if text.strip() else text


# -- notebooks -------------------------------------------------------------------------------------


def _notebook(text: str, source: Source, drop_outputs: bool) -> str:
    """A notebook of format 4 as Jupyter writes it; older ones and odd ones stay as they are."""
    document = json.loads(text)
    cells = document.get("cells")
    if document.get("nbformat") != 4 or not _is_regular(cells):
        return _ended(text)
    metadata = _without(document.get("metadata"), NOTEBOOK_NOISE)
    spec, info = metadata.get("kernelspec"), metadata.get("language_info")
    if isinstance(spec, dict) and "python" in str(spec.get("name", "")).lower():
        metadata["kernelspec"] = _KERNELSPEC
    if isinstance(info, dict) and "name" in info:
        metadata["language_info"] = {"name": info["name"]}
    has_ids = document.get("nbformat_minor", 0) >= 5
    taken: set[str] = set()
    written = [_cell(cell, drop_outputs) for cell in cells]
    if source.is_post and written and written[0]["cell_type"] != "code":
        written[0]["source"] = _front_source(written[0]["source"])
    for cell in written if has_ids else ():
        cell["id"] = _id(cell, taken)
        taken.add(cell["id"])
    document = {**document, "metadata": metadata, "cells": written}
    dumped = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", dumped) + "\n"


def _is_regular(cells: JSON) -> bool:
    return isinstance(cells, list) and all(
        isinstance(cell, dict)
        and isinstance(cell.get("cell_type"), str)
        and isinstance(cell.get("source"), str | list)
        and isinstance(cell.get("outputs", []), list)
        and all(isinstance(output, dict) for output in cell.get("outputs", []))
        for cell in cells
    )


def _without(metadata: JSON, noise: frozenset[str]) -> dict[str, Any]:
    kept = metadata if isinstance(metadata, dict) else {}
    return {key: value for key, value in kept.items() if key not in noise}


def _cell(cell: Mapping[str, JSON], drop_outputs: bool) -> dict[str, Any]:
    metadata = _without(cell.get("metadata"), CELL_NOISE)
    if metadata.get("tags") == []:
        del metadata["tags"]
    source = "".join(map(str, cell["source"]))
    written = {**cell, "metadata": metadata, "source": source.splitlines(keepends=True)}
    if cell["cell_type"] == "code":
        outputs = [] if drop_outputs else cell.get("outputs", [])
        written["execution_count"] = None
        written["outputs"] = [in_lines(output, None) for output in outputs]
    return written


def _front_source(lines: list[str]) -> list[str]:
    block, rest = frontmatter.split("".join(lines))
    if not block:
        return lines
    written = frontmatter.tidy(block if block.endswith("\n") else f"{block}\n")
    return (written + rest if rest else written.rstrip("\n")).splitlines(keepends=True)


def _id(cell: Mapping[str, JSON], taken: set[str]) -> str:
    """The cell's own id if it is one, else one made from its content."""
    own = cell.get("id")
    if isinstance(own, str) and _ID.fullmatch(own) and own not in taken:
        return own
    base = digest("".join(cell["source"]))[:8]
    return next(name for n in range(len(taken) + 1) if (name := f"{base}-{n}") not in taken)
