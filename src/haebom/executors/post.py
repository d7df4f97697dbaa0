"""Running one post from its first cell to its last."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from haebom import clock
from haebom.inputs import Probe, changed_since
from haebom.kernels.base import Kernel, KernelError, KernelFactory, Limits, Workplace
from haebom.kernels.processes import MARKER
from haebom.keys import recipe
from haebom.model import CellRun, Output, Post, Run, State, Use
from haebom.normalize import Place, normalize
from haebom.scratch import Scratch, scratch
from haebom.verify import is_failure

_FIXED = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    # one thread sums in one order on every machine, and leaves the cores to the other posts
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONUTF8": "1",
    "COLUMNS": "80",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_LEFT_OUT = frozenset({"PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONINSPECT", "DISPLAY", "LINES"})


class Cancelled(Exception):
    """The whole command was interrupted while this post ran."""


class Watch(Protocol):
    """Knows the live kernels, so that all of them can be ended at once."""

    def enter(self, kernel: Kernel) -> None:
        """A kernel has been started.

        Raises:
            Cancelled: No more kernels may be started.
        """
        ...

    def leave(self, kernel: Kernel) -> None:
        """A kernel has ended."""
        ...


def environment(extra: Mapping[str, str], modules: Sequence[Path] = ()) -> dict[str, str]:
    """The environment that all posts of a site share.

    Args:
        extra: The site's own variables; they win.
        modules: Folders with modules that posts share.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    paths = [*map(str, modules), *filter(None, [inherited.get("PYTHONPATH")])]
    found = {"PYTHONPATH": os.pathsep.join(paths)} if paths else {}
    return {**inherited, **found, **_FIXED, **extra}


def run_post(
    post: Post,
    root: Path,
    start: KernelFactory,
    probe: Probe,
    limits: Limits,
    watch: Watch,
) -> Run:
    """Run a post in a clean process.

    The first cell that fails stops the post; the cells behind it count as skipped.

    Args:
        post: What to run.
        root: The project's folder.
        start: How to get a kernel.
        probe: Knows the environment of posts, and what they depend on.
        limits: How much the post may use.
        watch: Who may end the kernel early.

    Raises:
        Cancelled: The command was interrupted.
    """
    began, moment = time.perf_counter(), time.time()
    key = recipe(post)
    with scratch(post, root) as folders:
        workplace = Workplace(
            post.execution.kernel,
            folders.cwd,
            folders.private,
            _environment(probe.env, folders),
            limits,
        )
        try:
            kernel = start(workplace)
        except KernelError as error:
            reason = f"{error.message} {error.hint}".strip()
            return Run(key, reason=reason, seconds=time.perf_counter() - began)
        try:
            watch.enter(kernel)
            replies, outputs = _run_cells(post, kernel)
            traced = kernel.trace() if _is_traced(post, replies) else None
        finally:
            kernel.close()
            watch.leave(kernel)
        normal = normalize(outputs, (*folders.places, *_machine(root)))
        inputs = probe.inputs(post, traced, folders)
    cells = _complete(replies, normal, traced.uses if traced else (), post)
    stable = not changed_since(post, inputs, root, moment)
    seconds = round(time.perf_counter() - began, 4)
    return Run(key, cells, inputs, seconds, stable=stable, ended=clock.now())


def _is_traced(post: Post, replies: list[CellRun]) -> bool:
    """Whether the kernel can say what was read: a Python kernel that is still there."""
    ended = {State.TIMEOUT, State.LIMIT, State.DIED}
    return "python" in post.execution.kernel and not any(r.state in ended for r in replies)


def _machine(root: Path) -> tuple[Place, ...]:
    """Folders that are called otherwise on every machine, and are nobody's business."""
    return (Place(str(root), "/project"), Place(str(Path.home()), "~"))


def _environment(env: Mapping[str, str], folders: Scratch) -> dict[str, str]:
    own = {
        "TMPDIR": str(folders.temporary),
        "IPYTHONDIR": str(folders.private),
        MARKER: uuid.uuid4().hex,
    }
    return {**env, **own}


def _run_cells(post: Post, kernel: Kernel) -> tuple[list[CellRun], tuple[tuple[Output, ...], ...]]:
    runs: list[CellRun] = []
    end = time.perf_counter() + post.execution.post_timeout
    for cell in post.runnable:
        began = time.perf_counter()
        timeout = cell.options.timeout or post.execution.timeout
        reply = kernel.execute(cell.code, min(timeout, max(end - began, 0.0)))
        seconds = time.perf_counter() - began
        reason = reply.reason
        if reply.state is State.TIMEOUT and end - began < timeout:
            reason = (
                f"The post ran longer than its limit of {post.execution.post_timeout:g} seconds."
            )
        runs.append(CellRun(cell.index, reply.state, (), seconds, reason))
        if reply.state is State.ERROR:
            outputs = kernel.outputs()[len(runs) - 1]
            if is_failure(cell, CellRun(cell.index, reply.state, outputs)):
                break
        elif reply.state is not State.OK:
            break
    return runs, kernel.outputs()


def _complete(
    runs: list[CellRun],
    outputs: tuple[tuple[Output, ...], ...],
    uses: tuple[tuple[Use, ...], ...],
    post: Post,
) -> tuple[CellRun, ...]:
    if len(uses) != len(runs):  # a post that has upset its kernel
        uses = ((),) * len(runs)
    done = tuple(
        replace(run, outputs=own, seconds=round(run.seconds, 4), uses=names)
        for run, own, names in zip(runs, outputs, uses, strict=True)
    )
    skipped = tuple(CellRun(cell.index, State.SKIPPED) for cell in post.runnable[len(done) :])
    return done + skipped
