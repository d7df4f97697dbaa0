"""Jupyter notebooks: any version of the format, as leniently as it can be read."""

from __future__ import annotations

import json
import mimetypes
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from haebom.model import JSON, Attachment, Location, digest
from haebom.outputs import from_notebook
from haebom.parsers.document import Kind, RawCell

_KINDS: Mapping[str, Kind] = {"code": "code", "markdown": "markdown"}
_NOT_IN_INFO = re.compile(r"[^\w#.+-]")  # what superfences does not take for a language
_SAVE_AGAIN = "Open it in Jupyter and save it again, or look for the traces of a merge conflict."
_SOURCE_KEY = re.compile(r'"(?:source|input)"\s*:\s*')


class Unreadable(ValueError):
    """A file is not a notebook.

    Args:
        message: One sentence.
        line: Line of the file where reading stopped.
        hint: What to do about it.
    """

    def __init__(self, message: str, line: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


def load(text: str) -> Mapping[str, JSON]:
    """Read a notebook and bring it to nbformat 4.

    Args:
        text: The file's text.

    Raises:
        Unreadable: It is not JSON, or not a notebook.
    """
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        reason = getattr(error, "msg", str(error))
        raise Unreadable(f"The notebook is not JSON: {reason}.", line, _SAVE_AGAIN) from None
    if not isinstance(notebook, dict) or not (
        isinstance(notebook.get("cells"), list) or isinstance(notebook.get("worksheets"), list)
    ):
        message = "The file is JSON, but not a notebook: it has no list of cells."
        raise Unreadable(message, 1, _SAVE_AGAIN)
    if "cells" not in notebook:
        return _upgraded(notebook)
    return notebook


def _upgraded(notebook: dict[str, Any]) -> Mapping[str, JSON]:
    """Bring nbformat 1 to 3 to 4, with Jupyter's own converter."""
    import nbformat.reader

    notebook.setdefault("metadata", {})
    notebook.setdefault("nbformat", 3)
    notebook.setdefault("nbformat_minor", 0)
    try:
        for worksheet in notebook["worksheets"]:
            worksheet.setdefault("cells", [])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            converted = nbformat.convert(nbformat.reader.reads(json.dumps(notebook)), 4)
    except Exception as error:
        message = f"The notebook cannot be upgraded to format 4: {error}."
        raise Unreadable(message, 1, _SAVE_AGAIN) from error
    return dict(converted)


def language(notebook: Mapping[str, JSON]) -> str:
    """The language of the notebook's code; Python where it says nothing."""
    metadata = _mapping(notebook.get("metadata"))
    kernelspec, info = (_mapping(metadata.get(key)) for key in ("kernelspec", "language_info"))
    name = str(kernelspec.get("name", ""))
    found = kernelspec.get("language") or info.get("name")
    if "python" in name.lower() or not (found or name):
        return "python"
    spoken = str(found or {"ir": "r"}.get(name, name.split("-")[0])).lower()
    return _NOT_IN_INFO.sub("-", spoken)


def kernel(notebook: Mapping[str, JSON]) -> str:
    """The kernel's name; whatever a Python notebook calls its environment, it runs in ours."""
    if language(notebook) == "python":
        return "python3"
    kernelspec = _mapping(_mapping(notebook.get("metadata")).get("kernelspec"))
    return str(kernelspec.get("name") or language(notebook))


def cells(notebook: Mapping[str, JSON], text: str, path: str) -> list[RawCell]:
    """The cells with their places in the file.

    Args:
        notebook: As :func:`load` gives it.
        text: The file's text.
        path: Path for the locations.
    """
    places, position = list(_places(text)), 0
    found: list[RawCell] = []
    for number, item in enumerate(map(_mapping, notebook["cells"]), start=1):
        source = _text(item.get("source", ""))
        # upgrading an old format rewrites some cells; those are nowhere in the file
        index = next((i for i in range(position, len(places)) if places[i][0] == source), None)
        line = 1 if index is None else places[index][1]
        position = position if index is None else index + 1
        metadata = _mapping(item.get("metadata"))
        found.append(
            RawCell(
                kind=_KINDS.get(str(item.get("cell_type")), "raw"),
                source=source.replace("\r\n", "\n").replace("\r", "\n"),
                at=Location(path, line, number, 1),
                tags=tuple(str(tag) for tag in _list(metadata.get("tags"))),
                raw_type=str(metadata.get("raw_mimetype") or metadata.get("format") or ""),
                attachments=dict(_attachments(_mapping(item.get("attachments")), path)),
                outputs=_outputs(item.get("outputs")),
            )
        )
    return found


def _places(text: str) -> Iterator[tuple[str, int]]:
    """Each source in the file's order, with the line of its first line."""
    decoder = json.JSONDecoder()
    position, line = 0, 1
    for match in _SOURCE_KEY.finditer(text):
        line += text.count("\n", position, match.end())
        position = match.end()
        try:
            value, _ = decoder.raw_decode(text, position)
        except ValueError:
            continue
        if isinstance(value, list):
            first = re.compile(r"\[\s*").match(text, position)
            inner = text.count("\n", position, first.end()) if first and value else 0
            yield _text(value), line + inner
        elif isinstance(value, str):
            yield value, line


def _attachments(bundles: Mapping[str, JSON], path: str) -> Iterator[tuple[str, Attachment]]:
    for name, bundle in bundles.items():
        for mime, content in _mapping(bundle).items():
            body = _text(content)
            suffix = mimetypes.guess_extension(str(mime)) or ""
            yield name, Attachment(f"{digest(path, name, body)}{suffix}", body)
            break


def _outputs(value: JSON) -> Any:
    try:
        return from_notebook([_mapping(output) for output in _list(value)])
    except (KeyError, TypeError, AttributeError):
        return ()  # what is stored is not an output; the run will tell what the output is


def _mapping(value: JSON) -> Mapping[str, JSON]:
    return value if isinstance(value, dict) else {}


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _text(value: JSON) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
