"""Warnings: noted with the run, listed, and findings where a post says so."""

from __future__ import annotations

import pytest

from haebom.ledger import ledger
from haebom.model import Code
from helpers import Bench, Project, plain_site

FIRST = "posts/2026-01-01-a.md"
SECOND = "posts/2026-01-02-b.md"
OLD = "warn('FutureWarning', 'old is gone in 3.0')"
TEXT = f"# 글\n\n```python\nx = 1\n{OLD}\n```\n\n```python\n#| echo: false\n{OLD}\n```\n"


def test_ledger(bench: Bench, project: Project) -> None:
    """A maintainer would not see which lines break with the next release."""
    project.write(FIRST, TEXT)
    project.write(SECOND, f"```python\nwarn('DeprecationWarning', 'b')\n{OLD}\n```\n")
    checked, _ = bench.check()
    found = ledger((item.post, item.run) for item in checked)
    assert [(warned.category, warned.message) for warned in found] == [
        ("FutureWarning", "old is gone in 3.0"),
        ("DeprecationWarning", "b"),
    ]
    assert [str(place) for place in found[0].places] == [f"{FIRST}:5", f"{FIRST}:10", f"{SECOND}:3"]
    assert all(item.findings == () for item in checked), "they are only listed"


def test_they_stay_where_they_are(bench: Bench, project: Project) -> None:
    """A reused run would tell of lines that are elsewhere by now."""
    project.write(FIRST, TEXT)
    bench.one()
    project.write(FIRST, TEXT.replace("# 글", "# 글\n\n```python {.no-run}\nx\n```\n"))
    checked = bench.one()
    assert checked.run and checked.run.reused
    places = ledger([(checked.post, checked.run)])[0].places
    assert [place.line for place in places] == [10, 15]


@pytest.mark.parametrize("where", ["post", "site"])
def test_strict_warnings_are_findings(project: Project, where: str) -> None:
    """A site that wants to be warned early would be told nothing."""
    head = "---\nexecute: {warnings: error}\n---\n" if where == "post" else ""
    project.write(FIRST, head + TEXT)
    config = {"execute": {"warnings": "error"}} if where == "site" else {}
    findings = Bench(plain_site(project.root, **config)).one().findings
    offset = head.count("\n")
    assert [(f.code, f.at.line - offset) for f in findings] == [
        (Code.WARNING, 5),
        (Code.WARNING, 10),
    ]
    assert findings[0].message == "FutureWarning: old is gone in 3.0"
