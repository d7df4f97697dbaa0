"""Reports on GitHub Actions: annotations on the lines of a change, and the summary of a job.

Whatever a job prints is also read for commands. What comes from posts is therefore escaped where
it is part of a command, and printed while commands are stopped everywhere else; see
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from haebom.catalogue import Standing
from haebom.marks import Mark
from haebom.model import Code
from haebom.reports.report import Report, ReportedFigures, ReportedFinding, ReportedPost

_LONGEST = 1_000_000
"""Bytes of a summary; GitHub takes a mebibyte, and drops one that is longer."""

_LINES = 60
_SIGNS = {
    Standing.SOUND: "✓ ran",
    Standing.ELSEWHERE: "↗ ran elsewhere",
    Standing.NO_CODE: "no code",
    Standing.NOT_RUN: "– not run",
    Standing.FLAWED: "✗ findings",
}


def is_here() -> bool:
    """Whether this is a job of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextlib.contextmanager
def without_commands(say: Callable[[str], object]) -> Iterator[None]:
    """Print lines that nobody reads for commands, while this lasts.

    Args:
        say: Prints a line to the same stream.
    """
    if not is_here():
        yield
        return
    token = secrets.token_hex(16)
    say(f"::stop-commands::{token}")
    try:
        yield
    finally:
        say(f"::{token}::")


def annotated(report: Report) -> str:
    """A line for each finding that shows it where it is.

    Args:
        report: The report, with paths that are relative to the root of the repository.
    """
    return "".join(f"{_annotation(finding)}\n" for finding in report.findings)


def _annotation(finding: ReportedFinding) -> str:
    where = f" (cell {finding.cell}, line {finding.cell_line})" if finding.cell else ""
    properties = {
        "file": finding.path,
        "line": str(finding.line),
        "col": str(finding.column or ""),
        "title": f"haebom: {finding.code}{where}",
    }
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    lines = (
        f"{finding.place}: {finding.code}: {finding.message}",
        finding.hint,
        finding.detail,
    )
    message = _message("\n".join(filter(None, lines)))
    return f"::{'warning' if finding.relaxed else 'error'} {told}::{message}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def add_summary(report: Report) -> None:
    """Add a report to the summary of this job, if there is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(summary(report))


def summary(report: Report) -> str:
    """A report as Markdown, HTML for the most part, so that no text of a post is Markdown."""
    parts = [f"## haebom: {report}\n\n"]
    length = 0
    for part in itertools.chain(_posts(report), _findings(report)):
        length += len(part.encode("utf-8"))
        if length > _LONGEST:
            return "".join([*parts, "\n\n(too long to be shown whole)\n"])
        parts.append(part)
    return "".join(parts)


def _posts(report: Report) -> Iterator[str]:
    """Those that nobody has touched are folded."""
    calm: list[ReportedPost] = []
    others: list[ReportedPost] = []
    for post in report.posts:
        (calm if post.reused and not post.findings else others).append(post)
    if others:
        yield from _table(others)
    if calm:
        yield f"<details><summary>{len(calm)} reused, nothing changed</summary>\n\n"
        yield from _table(calm)
        yield "</details>\n\n"


def _table(posts: list[ReportedPost]) -> Iterator[str]:
    heads = ("post", "state", "cells", "time", "findings")
    yield f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>\n"
    for post in posts:
        ran = [cell for cell in post.cells if cell.mark is not Mark.NOT_RUN]
        seconds = f"{post.seconds:.1f} s" if ran else ""
        values = (
            f"{escape(post.title)}<br><code>{escape(post.path)}</code>",
            _SIGNS[post.standing] + (", reused" if post.reused else ""),
            f"{len(ran)} of {len(post.cells)}",
            seconds,
            len(post.findings) or "",
        )
        yield f"<tr>{''.join(f'<td>{value}</td>' for value in values)}</tr>\n"
    yield "</table>\n\n"


def _findings(report: Report) -> Iterator[str]:
    if not report.findings:
        return
    yield "### Findings\n\n"
    for finding in report.findings:
        relaxed = " (relaxed)" if finding.relaxed else ""
        yield (
            f"<p><code>{escape(finding.place)}</code> <b>{finding.code}</b>{relaxed}: "
            f"{escape(finding.message)} {escape(finding.hint)}</p>\n\n"
        )
        yield _pre(finding.detail, "diff" if finding.code is Code.OUTPUT_DRIFT else "text")
        if finding.figures:
            yield f"<ul>{''.join(map(_figures, finding.figures))}</ul>\n\n"


def _figures(figures: ReportedFigures) -> str:
    recorded, now = (
        f"<code>{escape(path)}</code>" if path else "none"
        for path in (figures.before, figures.after)
    )
    return f"<li>figure recorded: {recorded}, now: {now}</li>"


def _pre(text: str, language: str) -> str:
    """Preformatted text as a block of its own; within another, a blank line would end it."""
    if not text:
        return ""
    lines = text.split("\n")
    if len(lines) > _LINES:
        lines = [*lines[:_LINES], f"… ({len(lines) - _LINES} more lines)"]
    return f'<pre lang="{language}">{escape(chr(10).join(lines))}</pre>\n\n'
