"""The page of what was checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from haebom.catalogue import Entry, catalogue, entry
from haebom.model import (
    CellRun,
    Code,
    Commit,
    Environment,
    Finding,
    Location,
    Notice,
    Outcome,
    Repetition,
    Run,
    State,
    Stream,
    Trial,
    Varying,
)
from haebom.reference import Reference
from haebom.render.labels import labels
from haebom.render.pages import site_pages
from haebom.render.pages.status import status
from haebom.verify import verify
from helpers import parsed

RECORDED = "# {}\n\n```python\n7\n```\n\n```output\n7\n```\n\n```python\n8\n```\n"


def _entry(number: int, title: str = "글", **fields: Any) -> Entry:
    """A post with two cells, of which one is the recorded one."""
    post = parsed(RECORDED.format(title), f"posts/2026-01-0{number}-p{number}.md")
    cells = tuple(
        CellRun(cell.index, State.OK, (Stream("stdout", text),), 0.5)
        for cell, text in zip(post.runnable, ("7\n", "8\n"), strict=True)
    )
    run = Run("r", cells, seconds=2.5, ended="2026-01-05T01:02:03+00:00")
    return replace(entry(verify(post, run)), **fields)


def _page(*entries: Entry, environments: tuple[Environment, ...] = ()) -> ElementTree.Element:
    """The body of the page, as a strict parser reads it."""
    known = catalogue(entries, environments)
    return ElementTree.fromstring(f"<body>{status(known, labels('en')).body}</body>")


def _texts(element: ElementTree.Element) -> list[str]:
    return [" ".join("".join(cell.itertext()).split()) for cell in element]


def _rows(body: ElementTree.Element, table: int = 0) -> list[list[str]]:
    found = body.findall(".//table")[table]
    return [_texts(row) for row in found.iter("tr")]


def test_every_post_is_there() -> None:
    """A post would be missing, or be told to do better or worse than it does."""
    flawed = replace(_entry(2), findings=(Finding(Code.META, Location("x"), "m"),))
    not_run = entry(
        verify(parsed("# 셋\n\n```python {.no-run}\nx\n```\n", "posts/2025-12-03-c.md"), None)
    )
    prose = entry(verify(parsed("# 넷\n", "posts/2025-12-02-d.md"), None))
    body = _page(_entry(1, commit=Commit("c", "2026-01-04")), flawed, not_run, prose)
    assert _rows(body) == [
        ["Post", "State", "Cells", "same as the recorded output", "Time taken", "Run on",
         "Changed on"],
        ["글", "needs mending", "2", "1", "", "2026-01-05", ""],
        ["글", "checked", "2", "1", "", "2026-01-05", "2026-01-04"],
        ["셋", "not run", "", "", "", "", ""],
        ["넷", "no code", "", "", "", "", ""],
    ]  # fmt: skip
    links = [a.get("href") for a in body.findall(".//tbody//a")]
    assert links[0] == "blog/posts/2026-01-02-p2.md"
    counts = body.find("p[@class='haebom-counts']")
    assert counts is not None
    assert _texts(ElementTree.fromstring(f"<x>{ElementTree.tostring(counts).decode()}</x>")) == [
        "same as the recorded output 2 · ran 2 · not run 1"
    ]


def test_what_is_measured_stays_out() -> None:
    """Two builds of the same sources would differ."""
    entries = [_entry(1), _entry(2)]
    run = entries[0].run
    assert run is not None
    later = replace(run, seconds=9.0, reused=True, ended="2026-01-05T23:00:00+00:00")
    words = labels("ko")
    assert status(catalogue(entries), words) == status(
        catalogue([replace(entries[0], run=later), entries[1]]), words
    )


def test_repetitions() -> None:
    """A reader would not see which post is reproducible, or see a column without anything."""
    alike, varying = Repetition(3), Repetition(2, (Varying(0, "line 1", "time"),))
    body = _page(_entry(1, repetition=alike), _entry(2, repetition=varying), _entry(3))
    assert [row[5] for row in _rows(body)] == ["Reproducible", "", "2 times", "3 times"]
    assert "Reproducible" not in _rows(_page(_entry(1)))[0]


def test_other_environments() -> None:
    """The table would say that a post works with a release with which it does not."""
    paths = [f"posts/2026-01-0{number}-p{number}.md" for number in (1, 2, 3)]
    old = Environment(
        "numpy<2",
        (("numpy", "1.26"),),
        "3.11.7",
        "2026-01-06T00:00:00+00:00",
        (Trial(paths[0], Outcome.SAME, "", "r"), Trial(paths[1], Outcome.FAILS, "x:9: no", "r")),
    )
    new = replace(old, name="<new>", trials=(Trial(paths[1], Outcome.DIFFERS, "", "before"),))
    body = _page(_entry(1), _entry(2), _entry(3), environments=(old, new))
    assert _rows(body, 1) == [
        ["Post", "numpy<2", "<new>"],
        ["글", "fails", "differs before a change"],
        ["글", "same", ""],
    ]
    notes = body.find(".//dl")
    assert notes is not None
    assert _texts(notes)[:2] == ["numpy<2 Python 3.11.7, numpy 1.26; 2026-01-06", "x:9: no"]


def test_warnings() -> None:
    """Nobody would learn what will break one day, and where."""
    kept = _entry(1)
    assert kept.run is not None
    notices = tuple(
        Notice(cell.index, 1, "FutureWarning", "`a` & `b` go") for cell in kept.post.cells
    )
    body = _page(replace(kept, run=replace(kept.run, notices=notices)))
    places = "글 posts/2026-01-01-p1.md:4 글 posts/2026-01-01-p1.md:12"
    (row,) = _rows(body, 1)[1:]
    assert [row[0], row[1]] == ["FutureWarning", "`a` & `b` go"]
    assert row[2].replace("md:4글", "md:4 글") == places


def test_relaxed_findings() -> None:
    """A problem that was known at the build would be hidden from readers."""
    finding = Finding(Code.OUTPUT_DRIFT, Location("posts/2026-01-01-p1.md", 8), "It <differs>.")
    body = _page(_entry(1, findings=(finding,)))
    assert _rows(body, 1)[1] == ["output-drift", "It <differs>.", "글 posts/2026-01-01-p1.md:8"]


@pytest.mark.parametrize(
    ("text", "expected"), [("# 글\n\n```python\n1\n```\n", True), ("# 글\n", False)]
)
def test_a_site_without_code_has_no_such_page(text: str, expected: bool) -> None:
    """A site without any code would get an empty page."""
    known = catalogue([entry(verify(parsed(text), None))])
    uris = [page.uri for page in site_pages(known, "ko", Reference())]
    assert ("status.md" in uris) is expected
