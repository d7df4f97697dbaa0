"""Recipes: what an author wrote that decides what a run does."""

from __future__ import annotations

from collections.abc import Iterator

from haebom.model import Expression, Post, digest

RUN_FORMAT = "8"
"""Raised whenever runs of an older haebom can no longer stand for new ones."""


def recipe(post: Post) -> str:
    """Hash of the code that runs, in order, and of how it is run. Prose does not count."""
    cells = [
        part
        for cell in post.runnable
        for part in (cell.code, repr(cell.options.raises), repr(cell.options.public))
    ]
    values = [
        repr((_cells_above(post, each), each.code, each.conversion, each.spec))
        for each in post.expressions
    ]
    needs = [repr(own) for own in (post.execution.needs, *_needs(post)) if own]
    how = (post.execution.kernel, repr(post.execution.fresh))
    return digest(RUN_FORMAT, *how, *cells, *values, *needs)


def _needs(post: Post) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, cell in enumerate(post.runnable):
        if cell.options.needs:
            yield number, cell.options.needs


def _cells_above(post: Post, expression: Expression) -> int:
    return sum(cell.index < expression.after for cell in post.runnable)
