"""Progress and reports as text in a terminal."""

from __future__ import annotations

import threading

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from haebom.model import Post, Run
from haebom.reports.report import Report


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
        self._advance(post)
        if not self._quiet:
            self._console.print(f"ran {escape(post.path)} [dim]({run.seconds:.1f} s)[/dim]")

    def again(self, posts: int) -> _Again:
        """See :class:`haebom.executors.local.Progress`."""
        with self._lock:
            total = self._bar.tasks[self._task].total or 0
            self._bar.update(self._task, total=total + posts, verb="repeat")
        return _Again(self)

    def _advance(self, post: Post) -> None:
        with self._lock:
            self._running.pop(post.path, None)
            self._bar.advance(self._task)
            self._show()

    def _show(self) -> None:
        self._bar.update(self._task, description=escape(", ".join(self._running)))


class _Again:
    """The same bar for runs that are repeated; nothing is printed of them."""

    def __init__(self, progress: TerminalProgress) -> None:
        self._progress = progress

    def started(self, post: Post) -> None:
        self._progress.started(post)

    def finished(self, post: Post, run: Run) -> None:
        self._progress._advance(post)

    def again(self, posts: int) -> _Again:
        return self._progress.again(posts)


def print_report(console: Console, report: Report, quiet: bool = False) -> None:
    """Print findings, one after the other, as ``path:line: code: message``, and the counts.

    Args:
        console: Where.
        report: What was checked.
        quiet: Whether to leave the counts out.
    """
    for finding in report.findings:
        colour = "yellow" if finding.relaxed else "red"
        console.print(
            f"[bold]{escape(finding.place)}[/bold]: [{colour}]{finding.code}[/{colour}]: "
            f"{escape(finding.message)}",
            highlight=False,
            soft_wrap=True,
        )
        if finding.hint:
            console.print(f"    [dim]{escape(finding.hint)}[/dim]", highlight=False, soft_wrap=True)
        if finding.detail:
            lines = escape(finding.detail.strip("\n")).split("\n")
            console.print("\n".join(f"    {line}" for line in lines), highlight=False)
    if not quiet:
        console.print(str(report), highlight=False)
