"""Running posts several times, each time under other circumstances, to see what stays the same.

What is the same to an author is the same here: a cell's tolerance counts, and what varies by its
own word. Where a cell does not stay the same, further runs change one circumstance at a time: that
is evidence for the cause; the rest is told from the code, and is a guess.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from haebom import clock
from haebom.causes import Suspect, imported, suspects
from haebom.closeness import Sameness, Terms, texts
from haebom.compare import as_text
from haebom.model import Cause, Cell, CellRun, Post, Repetition, Run, State, Varying
from haebom.verify import compare_runs

_WORD = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What may be otherwise from run to run without the author knowing.

    Args:
        hash_seed: Seed of the hashes of texts, on which the order of sets depends.
        threads: Number of threads in numerical libraries, which changes the order of sums.
        reversed_listings: Whether folders list their files the other way round.
    """

    hash_seed: int = 0
    threads: int = 1
    reversed_listings: bool = False

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that make them."""
        threads = str(self.threads)
        counts = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        listings = {"HAEBOM_LISTINGS": "reversed"} if self.reversed_listings else {}
        seed = {"PYTHONHASHSEED": str(self.hash_seed)}
        return {**seed, **dict.fromkeys(counts, threads), **listings}


RunAll = Callable[[Sequence[Post], Circumstances], Iterable[tuple[Post, Run]]]
"""Runs posts under given circumstances."""

_ALONE: Mapping[Cause, Circumstances] = {
    Cause.SETS: Circumstances(hash_seed=1),
    Cause.LISTING: Circumstances(reversed_listings=True),
    Cause.THREADS: Circumstances(threads=2),
}
"""Causes that can be told by changing one circumstance."""


@dataclass(slots=True)
class _Case:
    """A post under examination.

    Args:
        post: The post.
        run: Its first run.
        differences: Steps of the post that have differed, with how.
        causes: What has made each step differ when nothing else was changed; None for nothing.
    """

    post: Post
    run: Run
    differences: dict[int, tuple[str, bool]] = field(default_factory=dict)
    causes: dict[int, set[Cause | None]] = field(default_factory=dict)


def repeat(
    first: Iterable[tuple[Post, Run]], times: Callable[[Post], int], run: RunAll
) -> Iterator[tuple[Post, Run, Repetition]]:
    """Run posts again, and say what does not stay the same.

    Args:
        first: The posts with their first runs, in which nothing has failed.
        times: How often each is to run in all, the first time included.
        run: Runs them.

    Yields:
        Each post with its first run and what has come out.
    """
    cases = {post.path: _Case(post, own) for post, own in first}
    for number in range(1, max((times(case.post) for case in cases.values()), default=1)):
        again = [case.post for case in cases.values() if times(case.post) > number]
        random.Random(number).shuffle(again)
        changed = Circumstances(number, 1 + number % 3, number % 2 == 1)
        for post, other in run(again, changed):
            for step, difference in _differences(cases[post.path], other):
                cases[post.path].differences.setdefault(step, difference)
    unsteady = [case.post for case in cases.values() if case.differences]
    trials: list[tuple[Cause | None, Circumstances]] = [(None, Circumstances()), *_ALONE.items()]
    for cause, circumstances in trials if unsteady else ():
        for post, other in run(unsteady, circumstances):
            for step, difference in _differences(cases[post.path], other):
                case = cases[post.path]
                case.differences.setdefault(step, difference)
                case.causes.setdefault(step, set()).add(cause)
    for case in cases.values():
        yield case.post, case.run, Repetition(times(case.post), tuple(_varying(case)), clock.now())


def _differences(case: _Case, other: Run) -> Iterator[tuple[int, tuple[str, bool]]]:
    """The steps that differ: where first, and whether only the order of words does."""
    for number, step in enumerate(case.post.steps):
        if isinstance(step, Cell):
            before, after = case.run.cell(step.index), other.cell(step.index)
            if before and after and after.state is not State.UNMET:
                found = compare_runs(step, before, after)
                if found:
                    yield number, (found, _is_reordered(before, after))
        else:
            old, new = case.run.value(step.index), other.value(step.index)
            if old and new and new.state is not State.UNMET:
                comparison = texts(old.text, new.text, Terms())
                if comparison.sameness is Sameness.DIFFERS or old.state is not new.state:
                    what = comparison.what or f"it ends with {new.state}"
                    yield number, (what, _has_same_words(old.text, new.text))


def _is_reordered(before: CellRun, after: CellRun) -> bool:
    return _has_same_words(as_text(before.outputs), as_text(after.outputs))


def _has_same_words(old: str, new: str) -> bool:
    return old != new and sorted(_WORD.findall(old)) == sorted(_WORD.findall(new))


def _varying(case: _Case) -> Iterator[Varying]:
    cells = [step for step in case.post.steps if isinstance(step, Cell)]
    names = imported([cell.code for cell in cells]) if case.differences else {}
    for number, (what, is_reordered) in sorted(case.differences.items()):
        above = sum(isinstance(step, Cell) for step in case.post.steps[: number + 1])
        told = [
            (position, suspect)
            for position in reversed(range(above))
            for suspect in reversed(suspects(cells[position].code, names))
        ]
        cause, by = _cause(case.causes.get(number, set()), told, is_reordered)
        yield Varying(number, what, cause, by)


_OF_ORDER = frozenset({Cause.SETS, Cause.LISTING, Cause.RACE})
"""Causes that bring the same words in another order, and seldom anything else."""


def _cause(
    made_by: set[Cause | None], told: Sequence[tuple[int, Suspect]], is_reordered: bool
) -> tuple[Cause, tuple[int, int] | None]:
    """The likeliest cause, and the cell and line of code that it lies in, if one can be named.

    Args:
        made_by: What has made a difference alone; None if nothing had to be changed.
        told: What the code says, the nearest first, with the cell.
        is_reordered: Whether only the order of words differs.
    """
    alone = [cause for cause in _ALONE if cause in made_by]
    if None not in made_by and alone:
        place = next(((number, s.line) for number, s in told if s.cause is alone[0]), None)
        return alone[0], place
    by_nature = [pair for pair in told if (pair[1].cause in _OF_ORDER) is is_reordered]
    if not told:
        return Cause.UNKNOWN, None
    number, suspect = (by_nature or told)[0]
    return suspect.cause, (number, suspect.line)
