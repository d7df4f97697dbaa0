"""What every kernel is to the rest of haebom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from haebom.errors import HaebomError
from haebom.kernels.containment.plan import Plan
from haebom.model import Error, Expression, Output, State, Use

ANSWER = 30.0
"""Seconds that an idle kernel may take to answer; machines can be very busy."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one post may use.

    Args:
        text: Bytes of text that one cell may print.
        data: Bytes of displayed data (tables, figures) that one cell may put out.
        grace: Seconds that a cell gets to end after it was interrupted.
        memory: Bytes of memory that the post's processes may use together.
        processes: How many processes may run at once, the kernel included.
        disk: Bytes that the files in the post's folders may take up, its data included.
    """

    text: int = 1_000_000
    data: int = 32_000_000
    grace: float = 2.0
    memory: int = 8 << 30
    processes: int = 128
    disk: int = 4 << 30


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where and how a kernel is to be started.

    Args:
        kernel: Name of the Jupyter kernel, for instance ``python3``.
        cwd: The working directory: a scratch copy of the post's bundle.
        private: A folder of the kernel's own, for temporary files; gone when the post has ended.
        env: The whole environment of the process.
        limits: How much the post may use.
        python: Interpreter of a Python kernel, if it is another than the one that runs haebom.
        plan: How the kernel is contained, or None if it is not.
        imports: Modules that the post probably imports, of those that may be preloaded.
        turn: Called when all is ready but the process itself; returns when that may be started.
    """

    kernel: str
    cwd: Path
    private: Path
    env: Mapping[str, str]
    limits: Limits = field(default_factory=Limits)
    python: Path | None = None
    plan: Plan | None = None
    imports: tuple[str, ...] = ()
    turn: Callable[[], object] = lambda: None

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the post is expected to write, none within another."""
        named = [self.cwd, self.private, *(Path(self.env[n]) for n in ("TMPDIR",) if n in self.env)]
        return tuple(
            folder
            for folder in dict.fromkeys(named)
            if not any(folder.is_relative_to(other) for other in named if other != folder)
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """How a cell ended: its state, and for a cell that was stopped, why, as a sentence."""

    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an expression came to: its value as text, or the exception that it raised."""

    text: str = ""
    error: Error | None = None

    @classmethod
    def from_report(cls, report: Mapping[str, Any]) -> Self:
        """Make an answer of what :func:`haebom.kernels.bootstrap.evaluate` tells."""
        error = report.get("error")
        return cls(report.get("text", ""), error and Error(*error))


@dataclass(frozen=True, slots=True)
class Trace:
    """What a post has read so far, as far as its kernel can see; see :mod:`.tracing`.

    Args:
        files: Absolute paths that were opened for reading, or are the source of an imported
            module. Those of the interpreter, its packages and the kernel are left out, and so are
            files that the post has written itself, and files that do not exist.
        folders: Absolute paths of folders whose content was listed.
        modules: Top-level names of the imported modules, the standard library's left out.
        environment: Names of environment variables that were asked for, set or not.
        subprocesses: Whether processes were started, whose reading cannot be seen.
        uses: For each cell that was run, the names of libraries in its code; see :mod:`.uses`.
        notices: What libraries say they will change: number of the cell and line of its code, both
            from 1, category and text; see :mod:`.notices`.
    """

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    subprocesses: bool = False
    uses: tuple[tuple[Use, ...], ...] = ()
    notices: tuple[tuple[int, int, str, str], ...] = ()

    @classmethod
    def from_report(cls, report: Mapping[str, Any]) -> Self:
        """Make a trace of what :meth:`haebom.kernels.tracing.Tracer.report` tells, and under
        ``uses`` and ``notices`` the reports of these."""
        return cls(
            files=tuple(report["files"]),
            folders=tuple(report["folders"]),
            modules=tuple(report["modules"]),
            environment=tuple(report["environment"]),
            subprocesses=bool(report["subprocesses"]),
            uses=tuple(tuple(Use(*use) for use in cell) for cell in report["uses"]),
            notices=tuple((cell, line, name, text) for cell, line, name, text in report["notices"]),
        )


class Kernel(Protocol):
    """A live process with the namespace of one post.

    A kernel is used by one thread at a time, except for :meth:`kill`.
    """

    def execute(self, source: str, timeout: float) -> Reply:
        """Run one cell.

        After a reply of ``TIMEOUT``, ``LIMIT`` or ``DIED`` nothing more may be executed.

        Args:
            source: The code.
            timeout: Seconds that it may take; then it is interrupted, and killed if that does
                not help within ``limits.grace``.
        """
        ...

    def evaluate(self, expression: Expression, timeout: float) -> Answer | Reply:
        """Work out an expression as it would stand in an f-string, without a trace: it has no
        number, and what it prints is dropped.

        Args:
            expression: The expression.
            timeout: Seconds that it may take, as for a cell.

        Returns:
            What it came to, or why there is nothing: a reply after which nothing may follow.
        """
        ...

    def outputs(self) -> tuple[tuple[Output, ...], ...]:
        """The outputs of each executed cell as they stand now.

        They are asked for after the last cell, because a later cell can update a display of an
        earlier one.
        """
        ...

    def trace(self) -> Trace | None:
        """What the post has read so far, or None if nobody can tell: the kernel has ended, does
        not answer, or knows no tracing.

        It is asked for after the last cell.
        """
        ...

    def kill(self) -> None:
        """End the process and whatever it has started, at once; from any thread, any number of
        times."""
        ...

    def close(self) -> None:
        """Kill, and give back everything that the kernel holds."""
        ...


class KernelFactory(Protocol):
    """Starts kernels of one kind."""

    def __call__(self, workplace: Workplace) -> Kernel:
        """Start a kernel, as soon as it is its turn.

        Raises:
            KernelError: It cannot be started.
        """
        ...


class KernelError(HaebomError):
    """A kernel cannot be started."""
