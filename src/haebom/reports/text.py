"""Findings and progress as text in a terminal."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from haebom.model import Checked, Code, Finding, Post, Run


class TerminalProgress:
    """A bar that names what runs; plain lines where nobody watches a terminal.

    Args:
        console: Where to draw.
        total: How many posts there are.
        quiet: Whether to say nothing.
    """

    def __init__(self, console: Console, total: int, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._running: dict[str, None] = {}
        self._lock = threading.Lock()
        self._bar = Progress(
            TextColumn("[bold]{task.fields[verb]}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.description}"),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total, verb="run")

    def __enter__(self) -> TerminalProgress:
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def started(self, post: Post) -> None:
        """See :class:`haebom.executors.local.Progress`."""
        with self._lock:
            self._running[post.path] = None
            self._show()

    def finished(self, post: Post, run: Run) -> None:
        """See :class:`haebom.executors.local.Progress`."""
        with self._lock:
            self._running.pop(post.path, None)
            self._bar.advance(self._task)
            self._show()
        if not self._quiet:
            self._console.print(f"ran {escape(post.path)} [dim]({run.seconds:.1f} s)[/dim]")

    def _show(self) -> None:
        self._bar.update(self._task, description=escape(", ".join(self._running)))


def print_findings(
    console: Console, findings: Sequence[Finding], warn_only: frozenset[Code] = frozenset()
) -> None:
    """Print findings, one after the other, as ``path:line: code: message``."""
    for finding in findings:
        colour = "yellow" if finding.code in warn_only else "red"
        console.print(
            f"[bold]{escape(str(finding.at))}[/bold]: [{colour}]{finding.code}[/{colour}]: "
            f"{escape(finding.message)}",
            highlight=False,
            soft_wrap=True,
        )
        if finding.hint:
            console.print(f"    [dim]{escape(finding.hint)}[/dim]", highlight=False, soft_wrap=True)
        if finding.detail:
            lines = escape(finding.detail.strip("\n")).split("\n")
            console.print("\n".join(f"    {line}" for line in lines), highlight=False)


class Tally:
    """Findings of many posts, and counts of what happened; the posts themselves are let go."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._posts = self._ran = self._reused = self._cells = 0

    def add(self, checked: Checked) -> None:
        """Count a post."""
        self._findings += checked.findings
        self._posts += 1
        if checked.run is not None:
            self._cells += len(checked.run.cells)
            self._reused += checked.run.reused
            self._ran += not checked.run.reused

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, by place."""
        return tuple(sorted(self._findings, key=lambda f: (f.at.path, f.at.line, f.code)))

    def __str__(self) -> str:
        return (
            f"{_count(self._posts, 'post')}: {self._ran} ran, {self._reused} reused, "
            f"{_count(self._cells, 'cell')}, {_count(len(self._findings), 'finding')}"
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
