"""Reports as JUnit XML: a post is a test suite, and each of its cells a test case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from haebom.marks import Mark
from haebom.render.xml import legal
from haebom.reports.report import Report, ReportedCell, ReportedFinding, ReportedPost

OTHERS = "front matter, links and files"
"""The test case of what no cell is to blame for."""


def junit(report: Report) -> str:
    """Write a report; findings that stop nothing are no failures."""
    document = JUnitXml("haebom")
    for post in report.posts:
        document.append(_suite(post))
    return str(document.tostring(), "utf-8")


def _suite(post: ReportedPost) -> TestSuite:
    suite = TestSuite(legal(post.path))
    if post.ended:
        suite.timestamp = post.ended.partition("+")[0]  # the schema knows no time zone: it is UTC
    for case in _cases(post):
        suite.add_testcase(case)
    return suite


def _cases(post: ReportedPost) -> Iterator[TestCase]:
    strict = [finding for finding in post.findings if not finding.relaxed]
    for number, cell in enumerate(post.cells):
        own = [finding for finding in strict if finding.of_cell == number]
        yield _case(post, _name(cell, number), cell.seconds, own, cell.mark is Mark.NOT_RUN)
    others = [finding for finding in strict if finding.of_cell is None]
    if others or not post.cells:
        yield _case(post, OTHERS, 0.0, others)


def _name(cell: ReportedCell, number: int) -> str:
    return f"cell {cell.cell or number + 1} (line {cell.line})"


def _case(
    post: ReportedPost,
    name: str,
    seconds: float,
    findings: Sequence[ReportedFinding],
    skipped: bool = False,
) -> TestCase:
    case = TestCase(name, legal(post.path), round(seconds, 3))
    if findings:
        failure = Failure(legal(findings[0].message), str(findings[0].code))
        failure.text = legal("\n\n".join(map(_told, findings)))
        case.result = [failure]
    elif skipped:
        case.result = [Skipped("not run")]
    return case


def _told(finding: ReportedFinding) -> str:
    first = f"{finding.place}: {finding.code}: {finding.message}"
    return "\n".join(filter(None, (first, finding.hint, finding.detail)))
