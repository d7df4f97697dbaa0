"""The forms in which a report can be had."""

from __future__ import annotations

from enum import StrEnum
from io import StringIO

from rich.console import Console

from haebom.reports import github
from haebom.reports.report import Report


class ReportFormat(StrEnum):
    """Whom a report is for."""

    TEXT = "text"  # people
    JSON = "json"  # programs of one's own
    JUNIT = "junit"  # what collects results of tests
    SARIF = "sarif"  # what collects results of code analysis
    GITHUB = "github"  # annotations of GitHub Actions
    SUMMARY = "summary"  # Markdown, as the summary of a job


def default() -> ReportFormat:
    """The form that suits where this runs."""
    return ReportFormat.GITHUB if github.is_here() else ReportFormat.TEXT


def written(report: Report, form: ReportFormat, folder: str = "") -> str:
    """Write a report.

    Args:
        report: What was checked.
        form: In which form.
        folder: Path from the root of the repository to the site, for forms whose paths begin
            there; empty or ending in a slash.
    """
    match form:
        case ReportFormat.TEXT:
            return _text(report)
        case ReportFormat.JSON:
            return report.model_dump_json(indent=1) + "\n"
        case ReportFormat.JUNIT:
            from haebom.reports.junit import junit

            return junit(report)
        case ReportFormat.SARIF:
            from haebom.reports.sarif import sarif

            return sarif(report.within(folder))
        case ReportFormat.GITHUB:
            return github.annotated(report.within(folder))
        case ReportFormat.SUMMARY:
            return github.summary(report)


def _text(report: Report) -> str:
    from haebom.reports.text import print_report

    text = StringIO()
    print_report(Console(file=text, width=100, no_color=True), report)
    return text.getvalue()
