"""Several posts at once on this machine."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Protocol, Self

import psutil

from haebom.executors.post import Cancelled, run_post
from haebom.inputs import Probe
from haebom.kernels.base import Kernel, KernelFactory, Limits
from haebom.model import Post, Run
from haebom.scratch import forget_abandoned

_MEMORY_OF_A_JOB = 1 << 30
"""Bytes that a post with torch, its data and its figures may well take."""


_AHEAD = 16
"""Posts that get ready while others run."""


class Progress(Protocol):
    """Is told what runs."""

    def started(self, post: Post) -> None:
        """A post has begun to run."""
        ...

    def finished(self, post: Post, run: Run) -> None:
        """A post has ended."""
        ...

    def again(self, posts: int) -> Progress:
        """Give what is told of further runs of posts that have ended already.

        Args:
            posts: How many there will be.
        """
        ...


class LocalExecutor:
    """A pool of threads, each driving one kernel at a time.

    Args:
        root: The project's folder.
        factory: What starts the kernel of a post.
        probe: Knows the environment of posts, and what they depend on.
        limits: How much each post may use.
        jobs: How many posts run at once; 0 means as many as there are cores.
    """

    def __init__(
        self,
        root: Path,
        factory: Callable[[Post], KernelFactory],
        probe: Probe,
        limits: Limits,
        jobs: int = 0,
    ) -> None:
        self.root = root
        self.factory = factory
        self.probe = probe
        self.limits = limits
        self.jobs = jobs or _worth_of_jobs()

    def run(
        self, posts: Sequence[Post], progress: Progress, meanwhile: Callable[[], object]
    ) -> Iterator[tuple[Post, Run]]:
        """Run posts; give each with its run as soon as it has ended.

        Whatever ends the iteration early, Ctrl-C above all, ends all kernels at once.

        Args:
            posts: Which.
            progress: Is told what runs.
            meanwhile: Called while the first kernels start, which take their time.
        """
        forget_abandoned()
        watch, slots = _Watch(), threading.Semaphore(self.jobs)
        places = threading.Semaphore(self.jobs)

        def work(post: Post) -> Run:
            with places, _Turn(slots, watch, lambda: progress.started(post)) as turn:
                watch.check()
                start = self.factory(post)
                run = run_post(post, self.root, start, self.probe, self.limits, watch, turn)
            watch.check()
            progress.finished(post, run)
            return run

        threads = min(self.jobs + _AHEAD, len(posts)) or 1
        pool = ThreadPoolExecutor(threads, thread_name_prefix="haebom")
        try:
            waiting: dict[Future[Run], Post] = {pool.submit(work, post): post for post in posts}
            meanwhile()
            places.release(_AHEAD)  # before that, getting ready would slow down what they wait for
            while waiting:
                # the timeout lets Ctrl-C through on systems where waiting blocks it
                done, _ = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
        finally:
            watch.cancel()
            pool.shutdown(wait=True, cancel_futures=True)


def _worth_of_jobs() -> int:
    """As many as there are cores, fewer where memory is short."""
    by_memory = psutil.virtual_memory().available // _MEMORY_OF_A_JOB
    return max(1, min(os.cpu_count() or 1, by_memory))


class _Turn:
    """One post's turn; see :class:`haebom.executors.post.Turn`.

    Args:
        slots: As many as posts may run at once.
        watch: Knows whether the command was interrupted.
        tell: Called when it has come.
    """

    def __init__(
        self, slots: threading.Semaphore, watch: _Watch, tell: Callable[[], object]
    ) -> None:
        self.began = time.perf_counter()
        self._slots = slots
        self._watch = watch
        self._tell = tell
        self._has_come = False

    def take(self) -> None:
        if not self._has_come:
            self._slots.acquire()
            self._has_come = True
            self._watch.check()
            self.began = time.perf_counter()
            self._tell()

    def end(self) -> None:
        if self._has_come:
            self._slots.release()
            self._has_come = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()


class _Watch:
    """The live kernels; see :class:`haebom.executors.post.Watch`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kernels: set[Kernel] = set()
        self._cancelled = False

    def check(self) -> None:
        if self._cancelled:
            raise Cancelled

    def enter(self, kernel: Kernel) -> None:
        with self._lock:
            self._kernels.add(kernel)
        self.check()

    def leave(self, kernel: Kernel) -> None:
        with self._lock:
            self._kernels.discard(kernel)

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            live = tuple(self._kernels)
        for kernel in live:
            kernel.kill()
