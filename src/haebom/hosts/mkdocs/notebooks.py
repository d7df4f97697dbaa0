"""Standalone notebooks among the pages: executed here, shown by mkdocs-jupyter."""

from __future__ import annotations

import glob
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from haebom import expressions
from haebom.discover import Layout, page
from haebom.model import Checked, Format, Source
from haebom.outputs import to_notebook
from haebom.parsers import notebook
from haebom.store import write_if_changed

PLUGIN = "mkdocs-jupyter"


def configure(config: MkDocsConfig, layout: Layout, store: Path) -> bool:
    """Leave mkdocs-jupyter the pages that are its own, and nothing to execute.

    By default it also reads every Markdown file, and would take over posts that are notebooks.

    Returns:
        Whether mkdocs-jupyter is there at all.
    """
    plugin = config.plugins.get(PLUGIN)
    if plugin is None:
        return False
    plugin.config["execute"] = False
    plugin.config["cache_dir"] = str(store / "mkdocs-jupyter")
    posts = glob.escape(str(layout.root / layout.posts))
    # PurePath.match has no '**': one pattern for each depth that a post may lie at
    below = [f"{posts}/{'*/' * depth}*" for depth in range(6)]
    plugin.config["ignore"] = [*plugin.config["ignore"], "*.md", *below]
    return True


def sources(layout: Layout, taken: Sequence[Source]) -> tuple[Source, ...]:
    """Notebooks among the pages that do not take part in haebom's own way."""
    docs = layout.root / layout.docs
    others = {source.path for source in taken}
    found = (
        page(path, layout) for path in sorted(docs.rglob("*.ipynb")) if not _hidden(path, docs)
    )
    return tuple(source for source in found if source.path not in others)


def _hidden(path: Path, base: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(base).parts)


def write_executed(checked: Checked, layout: Layout, folder: Path) -> None:
    """Write a copy of a notebook with the outputs of its run.

    Args:
        checked: The notebook with its run.
        layout: Where the site lies.
        folder: Folder of the copies; they lie there as they lie among the pages.
    """
    assert checked.post.source.format is Format.NOTEBOOK
    path = layout.root / checked.post.path
    document: dict[str, Any] = dict(notebook.load(path.read_text("utf-8-sig")))
    for cell in document["cells"]:
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
    for number, cell in enumerate(checked.post.runnable, start=1):
        run = checked.run.cell(cell.index) if checked.run else None
        if run is not None and cell.at.cell is not None:
            target = document["cells"][cell.at.cell - 1]
            target["outputs"] = to_notebook(run.outputs, number)
            target["execution_count"] = number
    for number, values in _values(checked).items():
        cell = document["cells"][number - 1]
        cell["source"] = expressions.put("".join(cell["source"]), values)
    relative = path.relative_to(layout.root / layout.docs)
    write_if_changed(folder / relative, json.dumps(document, ensure_ascii=False).encode("utf-8"))


def _values(checked: Checked) -> dict[int, dict[tuple[int, int], str]]:
    """The values of text cells, by number of the cell, then by line and column."""
    found: dict[int, dict[tuple[int, int], str]] = {}
    for expression, value in expressions.known(checked.post, checked.run):
        at = expression.at
        if at.cell is not None and at.cell_line is not None and at.column is not None:
            found.setdefault(at.cell, {})[at.cell_line, at.column] = value
    return found


def swap_in(files: Files, folder: Path) -> None:
    """Show MkDocs the executed copies instead of the notebooks."""
    for file in files:
        if file.src_uri.endswith(".ipynb") and (folder / file.src_uri).is_file():
            file.src_dir = str(folder)
            file.__dict__.pop("abs_src_path", None)  # computed from src_dir, and kept
