"""Which code of imported posts would run, before anybody has let it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from haebom import pipeline
from haebom.executors.local import Progress
from haebom.fences import PYTHON
from haebom.model import CellOptions, CellRun, Checked, Error, Location, Mode, Post, State
from haebom.pipeline import Site, Workshop
from haebom.verify import error_line


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that does not run.

    Args:
        at: The line.
        reason: What is wrong with it.
    """

    at: Location
    reason: str


@dataclass(frozen=True, slots=True)
class Tried:
    """How a post's code does.

    Args:
        path: The post.
        cells: How many blocks of code it has.
        failures: Those that do not run.
    """

    path: str
    cells: int
    failures: tuple[Failure, ...]

    @property
    def ran(self) -> int:
        """How many blocks run."""
        return self.cells - len(self.failures)


def try_out(site: Site, posts: Sequence[Post], progress: Progress) -> Iterator[Tried]:
    """Run posts with their flags ``{.ignore}`` lifted, in memory; nothing is stored.

    Every cell gets its turn, whether or not those before it have failed.

    Args:
        site: Whose posts.
        posts: Which.
        progress: Is told what runs.
    """
    lifted = [post for post in map(_lift, posts) if post.runnable]
    with tempfile.TemporaryDirectory(prefix="haebom-try-") as folder:
        config = site.config.model_copy(update={"store": folder})
        aside = replace(site, config=config)
        with Workshop(aside) as workshop:
            for checked in pipeline.check(aside, lifted, workshop, progress, fresh=True):
                yield _tried(checked)


def _lift(post: Post) -> Post:
    cells = tuple(
        replace(cell, options=CellOptions(raises=""))
        if cell.options.mode is Mode.IGNORE and cell.language in PYTHON
        else cell
        for cell in post.cells
    )
    return replace(post, cells=cells, findings=())


def _tried(checked: Checked) -> Tried:
    runs = {run.index: run for run in (checked.run.cells if checked.run else ())}
    failures = []
    for cell in checked.post.runnable:
        run = runs.get(cell.index)
        reason, line = _reason(run), 1
        error = next((o for o in run.outputs if isinstance(o, Error)), None) if run else None
        if error is not None:
            reason, line = f"{error.name}: {error.message}".split("\n")[0], error_line(error, cell)
        elif run is None and checked.run is not None:
            reason = checked.run.reason or "it was not reached"
        if reason:
            failures.append(Failure(cell.line(line), reason))
    return Tried(checked.post.path, len(checked.post.runnable), tuple(failures))


def _reason(run: CellRun | None) -> str:
    if run is None:
        return "it was not reached"
    return "" if run.state is State.OK else run.reason or str(run.state)
