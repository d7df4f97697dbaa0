"""Running one post from its first cell to its last."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from haebom import clock, need
from haebom.executors.course import Course, outcome
from haebom.inputs import Probe, changed_since
from haebom.kernels.base import Kernel, KernelError, KernelFactory, Limits, Workplace
from haebom.kernels.processes import MARKER
from haebom.keys import recipe
from haebom.model import Input, InputKind, Post, Run
from haebom.needs import blocked, of
from haebom.normalize import Place
from haebom.scratch import Scratch, scratch


class Cancelled(Exception):
    """The whole command was interrupted while this post ran."""


class Turn(Protocol):
    """When a post may take up the machine; until then it can get ready."""

    began: float
    """When it came, or else when getting ready began, by :func:`time.perf_counter`."""

    def take(self) -> None:
        """Wait for it, unless it has come already.

        Raises:
            Cancelled: The command was interrupted.
        """
        ...

    def end(self) -> None:
        """Let the next one have its turn."""
        ...


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


def run_post(
    post: Post,
    root: Path,
    start: KernelFactory,
    probe: Probe,
    limits: Limits,
    watch: Watch,
    turn: Turn,
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
        turn: When it may start its kernel.

    Raises:
        Cancelled: The command was interrupted.
    """
    key, moment = recipe(post), time.time()
    missing = blocked(post, probe.machine.lacks)
    if missing.covers(post):
        turn.take()
        return replace(outcome(post, key, missing), inputs=probe.needed(post))
    with scratch(post, root, turn.take) as folders:
        workplace = Workplace(
            post.execution.kernel,
            folders.cwd,
            folders.private,
            _environment(probe.env, folders),
            limits,
            turn=turn.take,
        )
        try:
            kernel = start(workplace)
        except KernelError as error:
            reason = f"{error.message} {error.hint}".strip()
            return Run(key, reason=reason, seconds=time.perf_counter() - turn.began)
        try:
            watch.enter(kernel)
            course = Course(post, kernel, missing)
            course.run()
            traced = kernel.trace() if course.is_alive and _is_python(post) else None
        finally:
            kernel.close()
            watch.leave(kernel)
            turn.end()
        run = course.outcome(key, (*folders.places, *_machine(root)), traced)
        inputs = probe.inputs(post, traced, folders)
    return replace(
        run,
        inputs=inputs,
        seconds=round(time.perf_counter() - turn.began, 4),
        stable=not changed_since(post, inputs, root, moment),
        ended=clock.now(),
        device=probe.machine.device if _used_device(post, inputs) else "",
    )


def _used_device(post: Post, inputs: Sequence[Input]) -> bool:
    """Whether a post may have used an accelerator, if there was one."""
    kinds = {need.parse(wanted).kind for wanted in of(post)}
    has_asked = bool(kinds & {need.Kind.CUDA, need.Kind.GPU_MEMORY})
    return has_asked or any(item.kind == InputKind.DEVICE for item in inputs)


def _is_python(post: Post) -> bool:
    """Whether its kernel can say what was read."""
    return "python" in post.execution.kernel


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
