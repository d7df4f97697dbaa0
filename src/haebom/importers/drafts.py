"""A document on its way from the old blog to the new one."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from haebom.importers.kramdown.nodes import Document, Node
from haebom.importers.ledger import Ledger
from haebom.importers.notebooks import Notebook


@dataclass(slots=True)
class Draft:
    """What is known of a document; filled step by step.

    Args:
        source: Its path within the old blog.
        ledger: What was met in it.
        stem: Name of its file or folder within the target, without suffix.
        is_post: Whether it is a post, or a page.
        values: Front matter for the new file.
        kept: Front matter of the old file that means nothing to haebom.
        title: Its title.
        is_named: Whether the title is its own, and not made of the name of its file.
        addresses: Where it was on the old site; the first one is the usual one.
        documents: What it says; a notebook has one for each of its text cells.
        notebook: The notebook that it is, if it is one.
        heading_ids: Names of its headings on the old site.
    """

    source: str
    ledger: Ledger
    stem: str
    is_post: bool = True
    values: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    is_named: bool = True
    addresses: Sequence[str] = ()
    documents: list[Document] = field(default_factory=list)
    notebook: Notebook | None = None
    heading_ids: Mapping[Node, str] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder of its old file."""
        return posixpath.dirname(self.source)


@dataclass(frozen=True, slots=True)
class OldSite:
    """What links of an old site may lead to.

    Args:
        url: Its address, scheme and host.
        base: Path below which it lies there.
        files: Paths of all its files that are no documents.
        names: Further names by which documents are linked, such as those of their files.
    """

    url: str = ""
    base: str = ""
    files: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
