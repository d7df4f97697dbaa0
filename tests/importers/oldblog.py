"""Old blogs in memory, and the site that they are brought to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pymdownx.slugs import slugify

from haebom.importers import folders, jekyll
from haebom.importers.plan import Layout, OldFile, Plan
from haebom.parsers.markdown import Settings

SETTINGS = Settings(
    (
        "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc",
        "pymdownx.arithmatex", "pymdownx.details", "pymdownx.highlight", "pymdownx.inlinehilite",
        "pymdownx.superfences", "pymdownx.tabbed", "pymdownx.tasklist",
    ),
    {
        "pymdownx.arithmatex": {"generic": True},
        "pymdownx.superfences": {"preserve_tabs": True},
        "toc": {"permalink": True, "slugify": slugify(case="lower")},
        "pymdownx.tabbed": {"alternate_style": True},
        "pymdownx.tasklist": {"custom_checkbox": True},
    },
)  # fmt: skip
"""Extensions as the site around imported posts has them."""


class OldBlog:
    """A Jekyll blog in memory."""

    def __init__(self) -> None:
        self.config = ""
        self.documents: list[OldFile] = []
        self.includes: dict[str, str] = {}
        self.data: dict[str, str] = {}
        self.files: set[str] = set()

    def write(self, path: str, text: str | bytes) -> OldBlog:
        """Add a post or page."""
        content = text.encode("utf-8") if isinstance(text, str) else text
        self.documents.append(OldFile(path, content, "2020-01-02"))
        return self

    def plan(self, layout: Layout = Layout(), pages: bool = False) -> Plan:  # noqa: B008 - frozen
        """What an import would write."""
        blog = jekyll.Blog(
            self.config, self.documents, self.includes, self.data, frozenset(self.files)
        )
        return jekyll.plan(blog, layout, SETTINGS, pages)[0]

    def only(self) -> str:
        """The text that the only document becomes."""
        ((text,), _) = self.texts()
        return text

    def texts(self) -> tuple[list[str], Plan]:
        """The texts of all documents, in order of their paths."""
        plan = self.plan()
        written = {file.path: file.content for file in plan.files}
        targets = [d.target for d in plan.documents if d.target]
        return [(written[target] or b"").decode("utf-8") for target in targets], plan


class OldFolder:
    """A folder of notebooks, Quarto's documents or HTML in memory."""

    def __init__(self) -> None:
        self.config = ""
        self.documents: list[OldFile] = []
        self.files: set[str] = set()

    def write(self, path: str, text: str | bytes) -> OldFolder:
        """Add a document."""
        content = text.encode("utf-8") if isinstance(text, str) else text
        self.documents.append(OldFile(path, content, "2020-01-02"))
        return self

    def notebook(self, path: str, *cells: str, **metadata: Any) -> OldFolder:
        """Add a notebook.

        Args:
            path: Its path.
            cells: Sources; those that begin with ``>>>`` are code and show ``out``.
            metadata: Of all its code cells.
        """
        content = {
            "cells": [_cell(source, metadata) for source in cells],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
        }  # fmt: skip
        return self.write(path, json.dumps(content, ensure_ascii=False, indent=1))

    def plan(self) -> Plan:
        """What an import would write."""
        folder = folders.Folder(self.documents, frozenset(self.files), self.config)
        return folders.plan(folder, Layout(), SETTINGS)[0]

    def only(self) -> str:
        """The text that the only document becomes."""
        plan = self.plan()
        (document,) = plan.documents
        written = {file.path: file.content for file in plan.files}
        return (written[document.target] or b"").decode("utf-8")

    def cells(self) -> list[tuple[str, str]]:
        """Kinds and sources of the cells of the only notebook."""
        cells = json.loads(self.only())["cells"]
        return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


def _cell(source: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    if not source.startswith(">>>"):
        return {"cell_type": "markdown", "metadata": {}, "source": source}
    output = {"output_type": "stream", "name": "stdout", "text": "out\n"}
    return {
        "cell_type": "code", "metadata": dict(metadata), "source": source.removeprefix(">>>"),
        "execution_count": 1, "outputs": [output],
    }  # fmt: skip
