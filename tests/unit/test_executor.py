"""Several posts at once: how many run, which get ready meanwhile, and how all of them end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from haebom.executors.local import LocalExecutor
from haebom.inputs import Probe
from haebom.kernels.base import Kernel, Limits, Workplace
from haebom.model import Input, Post, Run
from helpers import FakeKernel, FakeKernels, Silent, parsed

PATIENCE = 30


@dataclass
class Watched:
    """Kernels of a kind that get ready before their turn, with who lives when.

    Args:
        root: The project's folder.
        jobs: How many posts may run at once.
        wanted: How many have to be ready for cells to go on that wait for ``full``.
    """

    root: Path
    jobs: int
    wanted: int
    is_full: threading.Event = field(default_factory=threading.Event)
    ready: list[str] = field(default_factory=list)
    beside: dict[str, set[str]] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reaches(self, count: int) -> bool:
        """Whether so many kernels have been started, before long."""
        until = time.monotonic() + PATIENCE
        while len(self.started) < count and time.monotonic() < until:
            time.sleep(0.01)
        return len(self.started) >= count

    def factory(self, post: Post) -> Callable[[Workplace], Kernel]:
        def start(workplace: Workplace) -> Kernel:
            with self.lock:
                self.ready.append(post.path)
                self.beside[post.path] = set(self.live)
                if len(self.ready) >= self.wanted:
                    self.is_full.set()
            workplace.turn()
            with self.lock:
                self.started.append(post.path)
                self.live.add(post.path)
                self.most = max(self.most, len(self.live))
            return _Kernel(self, workplace, post.path)

        return start

    def executor(self) -> LocalExecutor:
        return LocalExecutor(self.root, self.factory, Probe(self.root, {}), Limits(), self.jobs)


class _Kernel(FakeKernel):
    def __init__(self, watched: Watched, workplace: Workplace, name: str) -> None:
        super().__init__(FakeKernels(), workplace)
        self._names["full"] = watched.is_full
        self._watched, self._name = watched, name

    def kill(self) -> None:
        self._watched.is_full.set()

    def close(self) -> None:
        with self._watched.lock:
            self._watched.live.discard(self._name)


class Progress(Silent):
    """Wants to hear of a start before it hears of an end."""

    def finished(self, post: Post, run: Run) -> None:
        assert post.path in self.names


def posts(*codes: str, head: str = "") -> list[Post]:
    """Posts with a cell each, in order."""
    return [
        parsed(f"{head}```python\n{code}\n```\n", f"posts/2026-01-{day:02}-a.md")
        for day, code in enumerate(codes, start=1)
    ]


def by_path(runs: Iterator[tuple[Post, Run]]) -> dict[str, Run]:
    """All runs, in the order in which they ended."""
    return {post.path: run for post, run in runs}


def nothing() -> None:
    """What there is to do meanwhile."""


def test_others_get_ready_and_wait_for_their_turn(tmp_path: Path) -> None:
    """Either more posts would run at once than may, or each would begin to get ready only when
    another has ended."""
    watched, progress = Watched(tmp_path, jobs=2, wanted=6), Progress()
    found = posts(*[f"full.wait({PATIENCE})"] * 8)
    ran = by_path(watched.executor().run(found, progress, nothing))
    assert watched.is_full.is_set()
    assert watched.most == 2
    assert sorted(ran) == sorted(watched.started) == [post.path for post in found]
    assert progress.names == watched.started


def test_nothing_gets_ahead_of_what_there_is_to_do(tmp_path: Path) -> None:
    """What the first kernels wait for would be slowed down by those that cannot start yet."""
    watched, seen = Watched(tmp_path, jobs=2, wanted=3), list[int]()

    def meanwhile() -> None:
        watched.reaches(2)
        time.sleep(0.2)
        seen.append(len(watched.ready))

    found = posts(*[f"full.wait({PATIENCE})"] * 5)
    assert len(list(watched.executor().run(found, Progress(), meanwhile))) == 5
    assert seen == [2]


def test_files_are_copied_when_a_post_may_run(tmp_path: Path) -> None:
    """The data of twenty posts would lie in the temporary folder at once."""
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/d.csv").write_text("a")
    watched = Watched(tmp_path, jobs=1, wanted=2)
    first, second = posts(f"full.wait({PATIENCE})", "1")
    data = posts("1", "1", "here.joinpath('d.csv').read_text()", head="---\ndata: [d.csv]\n---\n")
    third = data[-1]
    runs = by_path(watched.executor().run([first, third, second], Progress(), nothing))
    assert watched.beside[third.path] == set()  # it waits without having begun
    (cell,) = runs[third.path].cells
    assert "'a'" in str(cell.outputs)


def test_an_end_ends_those_that_wait(tmp_path: Path) -> None:
    """After Ctrl-C one post after the other would still start, or threads would wait for ever."""
    watched = Watched(tmp_path, jobs=1, wanted=99)
    found = posts("1", *[f"full.wait({PATIENCE})"] * 9)
    running = watched.executor().run(found, Progress(), nothing)
    next(running)
    running.close()  # type: ignore[attr-defined]
    assert len(watched.started) <= 2
    assert watched.live == set()
    assert not [t for t in threading.enumerate() if t.name.startswith("haebom_")]


def test_the_next_starts_while_the_last_is_summed_up(tmp_path: Path) -> None:
    """A core would have nothing to do while the builder hashes what a post has read."""
    watched, has_next = Watched(tmp_path, jobs=1, wanted=99), list[bool]()

    class Slow(Probe):
        def inputs(self, post: Post, *rest: Any) -> tuple[Input, ...]:
            has_next.append(watched.reaches(2))
            return super().inputs(post, *rest)

    executor = watched.executor()
    executor.probe = Slow(tmp_path, {})
    assert len(list(executor.run(posts("1", "2"), Progress(), nothing))) == 2
    assert has_next == [True, True]


def test_waiting_is_not_part_of_a_run(tmp_path: Path) -> None:
    """Readers would be told that the last post of a site takes minutes."""
    watched = Watched(tmp_path, jobs=1, wanted=99)
    found = posts("full.wait(0.5)", "1")
    runs = by_path(watched.executor().run(found, Progress(), lambda: watched.reaches(1)))
    first, second = (runs[post.path] for post in found)
    assert second.seconds < first.seconds / 2


def test_what_cannot_run_here_is_told_too(tmp_path: Path) -> None:
    """The bar would stop short of its end."""
    watched, progress = Watched(tmp_path, jobs=1, wanted=99), Progress()
    found = posts("1", "2", head="---\nneeds: ['package: no-such-package']\n---\n")
    runs = by_path(watched.executor().run(found, progress, nothing))
    assert watched.started == []
    assert sorted(progress.names) == sorted(runs)
