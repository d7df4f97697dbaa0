"""How the outputs of posts changed between two states of a site's stored runs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from haebom import git
from haebom.closeness import Sameness, Terms
from haebom.compare import compare
from haebom.keys import recipe
from haebom.model import (
    JSON,
    Cell,
    CellChange,
    Display,
    Execution,
    Output,
    Post,
    PostChange,
    Recorded,
    Run,
)
from haebom.parsers.post import finish, read
from haebom.pipeline import Site
from haebom.store import Store


def changes(site: Site, posts: Iterable[Post], before: Path, commit: str) -> Iterator[PostChange]:
    """The posts that ran since, and how their outputs changed.

    Args:
        site: Whose posts.
        posts: Which.
        before: A copy of the site's store, made before the posts ran.
        commit: The commit of that time, whose code tells which cell is which.
    """
    stored = Store(before)
    for post in posts:
        now, then = site.store.latest(post.path), stored.latest(post.path)
        if now is None or now == then or now.recipe != recipe(post):
            continue
        if then is None:
            yield PostChange(post.path, now.seconds, new_cells=len(post.runnable))
            continue
        pairs = list(_pairs(_cells_then(site, post, then, commit), post.runnable))
        found = tuple(filter(None, (_change(old, new, then, now) for old, new in pairs)))
        new = sum(old is None for old, _ in pairs)
        yield PostChange(post.path, now.seconds, then.seconds, found, new)


def _cells_then(site: Site, post: Post, then: Run, commit: str) -> Sequence[Cell]:
    """The cells of the run of that time; none if nobody knows the text that it was a run of."""
    if then.recipe == recipe(post):
        return post.runnable
    content = git.content(site.layout.root, commit, post.path)
    if content is None:
        return ()
    old = finish(post.source, read(post.source, content, site.settings), Execution())
    return old.runnable if recipe(old) == then.recipe else ()


def _pairs(old: Sequence[Cell], new: Sequence[Cell]) -> Iterator[tuple[Cell | None, Cell]]:
    """Each new cell with the one that it was before, if it was one."""
    matcher = difflib.SequenceMatcher(
        None, [cell.code for cell in old], [cell.code for cell in new], autojunk=False
    )
    for _, start_old, end_old, start, end in matcher.get_opcodes():
        olds: list[Cell | None] = [*old[start_old:end_old]]
        olds += [None] * (end - start - len(olds))
        yield from zip(olds, new[start:end], strict=False)


def _change(old: Cell | None, new: Cell, then: Run, now: Run) -> CellChange | None:
    before = then.cell(old.index) if old else None
    after = now.cell(new.index)
    if before is None or after is None:
        return None
    terms = Terms(new.options.tolerance, new.options.varies)
    found = compare(Recorded(before.outputs, new.at), after.outputs, terms)
    if found.sameness is Sameness.DIFFERS:
        return CellChange(new.at, found.what, found.diff, before.outputs, after.outputs)
    if _images(before.outputs) != _images(after.outputs):
        return CellChange(new.at, "a figure looks otherwise", "", before.outputs, after.outputs)
    return None


def _images(outputs: Sequence[Output]) -> list[JSON]:
    """Content of the figures: both were drawn by the same packages, so that bytes can tell."""
    return [
        value
        for output in outputs
        if isinstance(output, Display)
        for mime, value in output.data.items()
        if mime.startswith("image/")
    ]
