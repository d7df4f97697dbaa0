"""What a build does with the material of people whom nobody knows."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from haebom.discover import Layout
from haebom.project import belongs
from haebom.render.sanitise import sanitise, sanitise_meta

_log = logging.getLogger("mkdocs.plugins.haebom")

_ACTIVE = frozenset(
    {".htm", ".html", ".xht", ".xhtml", ".shtml", ".xml", ".xsl", ".js", ".mjs", ".swf", ".mht"}
)
"""Files that a browser runs when they are opened."""


def check_files(files: Files, config: MkDocsConfig, layout: Layout) -> None:
    """Leave out files that would run in readers' browsers, or that lie elsewhere; calm drawings.

    Args:
        files: All files of the build; what does not come with the posts and pages is left alone.
        config: MkDocs' configuration.
        layout: Where posts and pages lie.
    """
    sources = (layout.root / layout.posts, layout.root / layout.docs)
    for file in list(files):
        path = Path(file.abs_src_path or "/")
        if not any(map(path.is_relative_to, sources)):
            continue
        suffix = path.suffix.lower()
        if suffix in _ACTIVE or (path.is_symlink() and not belongs(path, layout.root)):
            files.remove(file)
            _log.info("%s is not published: it could run something, or lies elsewhere", path)
        elif suffix == ".svg":
            files.remove(file)
            drawing = sanitise(path.read_text("utf-8", "replace"))
            files.append(File.generated(config, file.src_uri, content=drawing))


def check_authors(authors: Mapping[str, Any]) -> None:
    """Let the names of authors be texts: templates put them on pages as they are.

    Args:
        authors: The blog's authors, by name; they are changed.
    """
    for author in authors.values():
        author.data.update(sanitise_meta(author.data))
