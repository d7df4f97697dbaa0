"""Recipes: what an author wrote that decides what a run does."""

from __future__ import annotations

from haebom.model import Post, digest

RUN_FORMAT = "5"
"""Raised whenever runs of an older haebom can no longer stand for new ones."""


def recipe(post: Post) -> str:
    """Hash of the code that runs, in order, and of how it is run. Prose does not count."""
    cells = [part for cell in post.runnable for part in (cell.code, repr(cell.options.raises))]
    return digest(RUN_FORMAT, post.execution.kernel, repr(post.execution.fresh), *cells)
