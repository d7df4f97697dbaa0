"""The panel under a post, and what is measured."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from haebom.catalogue import Catalogue, Entry, catalogue, entry
from haebom.marks import Mark
from haebom.model import (
    Cause,
    CellRun,
    Commit,
    Elsewhere,
    Environment,
    Input,
    InputKind,
    Outcome,
    Repetition,
    Run,
    State,
    Stream,
    Trial,
    Varying,
)
from haebom.render.labels import labels
from haebom.render.measured import measured
from haebom.render.panel import panel
from haebom.verify import verify
from helpers import parsed

TEXT = "# 글\n\n```python\n7\n```\n\n```output\n7\n```\n\n```python {.no-run}\nx\n```\n"
PATH = "posts/2026-01-02-a&b.md"
INPUTS = (
    Input(InputKind.INTERPRETER, "CPython", "3.12.1 Linux x86_64"),
    Input(InputKind.DISTRIBUTION, "ipykernel", "7.0"),
    Input(InputKind.DISTRIBUTION, "numpy", "2.4.6"),
    Input(InputKind.VARIABLE, "SECRET", "1234"),
)
RUN = Run(
    "r",
    (CellRun(0, State.OK, (Stream("stdout", "7\n"),), 1.25),),
    inputs=INPUTS,
    seconds=3.5,
    ended="2026-01-05T01:02:03+00:00",
)


def _entry(run: Run | None = RUN, **fields: Any) -> Entry:
    return replace(entry(verify(parsed(TEXT, PATH), run)), **fields)


def _rows(kept: Entry, known: Catalogue = Catalogue(), language: str = "en") -> dict[str, str]:  # noqa: B008
    """The rows that are shown without a script, after looking whether a strict parser reads it."""
    root = ElementTree.fromstring(panel(kept, known, labels(language)))
    shown = [row for row in root.iter("div") if "hidden" not in row.attrib]
    rows = {"".join(row[0].itertext()): "".join(row[1].itertext()).strip() for row in shown}
    return {"": "".join(root.find("details/summary").itertext()), **rows}  # type: ignore[union-attr]


def test_what_a_reader_sees_without_scripts() -> None:
    """A reader could not tell whether a post holds, since when, and with what."""
    assert _rows(_entry()) == {
        "": "Run and checked on 2026-01-05.",
        "Cells": "same as the recorded output 1 ·  not run 1",
        "Python": "CPython 3.12.1 Linux x86_64",
        "Packages": "numpy 2.4.6",
        "Device": "CPU",
        "Seed": "0 (random, NumPy, PyTorch)",
        "Source": PATH,
    }


def test_what_is_measured_stays_out_of_the_page() -> None:
    """Two builds of the same sources would differ by what a clock said."""
    other = replace(RUN, seconds=4.5, ended="2026-01-05T11:12:13+00:00", reused=True)
    assert panel(_entry(), Catalogue(), labels("ko")) == panel(
        _entry(other), Catalogue(), labels("ko")
    )
    assert measured(catalogue([_entry(other)])) == {
        "posts": {
            PATH: {"ended": "2026-01-05T11:12:13+00:00", "seconds": 4.5},
        },
        "slowest": [{"post": PATH, "line": 4, "cell": None, "seconds": 1.25}],
    }


def test_secrets_stay_secret() -> None:
    """The page would tell the reader environment variables."""
    assert "SECRET" not in panel(_entry(), Catalogue(), labels("ko"))


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/a/b", "https://github.com/a/b/commit/0123456789"),
        ("https://gitlab.example/a/b/", "https://gitlab.example/a/b/-/commit/0123456789"),
        ("https://bitbucket.org/a/b", "https://bitbucket.org/a/b/commits/0123456789"),
    ],
)
def test_the_commit_is_linked(repository: str, address: str) -> None:
    """A link to the source as it was checked would lead nowhere."""
    kept = _entry(commit=Commit("0123456789"))
    assert _rows(kept)["Source"] == f"{PATH}, 0123456"
    html = panel(kept, catalogue([kept], repository=repository), labels("ko"))
    assert re.findall('href="([^"]+)"', html) == [address]


def test_repetition() -> None:
    """A reader would take a result for reproducible that is not, or not know that it is."""
    alike = _entry(repetition=Repetition(3))
    assert _rows(alike)["Reproducible"] == "3 runs gave the same each time."
    varying = _entry(repetition=Repetition(3, (Varying(0, "line 1", Cause.TIME),)))
    assert "3 runs differ." in _rows(varying)["Reproducible"]
    assert "4: the time" in _rows(varying)["Reproducible"], "the line of the cell"


def test_cells_from_another_computer() -> None:
    """A reader would take what an accelerator gave elsewhere for what the panel's device gave."""
    text = TEXT + "\n```python\n8\n```\n\n```python\n9\n```\n"
    post = parsed(text, PATH)
    known, outdated = Elsewhere("2026-01-01T00:00:00+00:00", "A100"), Elsewhere("2025", "old")
    cells = (
        RUN.cells[0],
        CellRun(post.runnable[1].index, State.OK, elsewhere=known),
        CellRun(post.runnable[2].index, State.UNMET, elsewhere=outdated),
    )
    rows = _rows(entry(verify(post, replace(RUN, cells=cells))))
    assert rows[""] == "Run and checked on 2026-01-05."
    assert rows["ran on another computer"] == "2026-01-01 A100"
    whole = replace(RUN, cells=tuple(replace(c, elsewhere=known) for c in RUN.cells), frozen=True)
    assert _rows(_entry(whole))[""] == "These results come from another computer, on 2026-01-05."


def test_other_environments() -> None:
    """A reader would not learn that another release gives something else."""
    trials = (Trial(PATH, Outcome.DIFFERS, "x", "r"), Trial("posts/other.md", Outcome.FAILS))
    known = catalogue([_entry()], [Environment("numpy<2", (), "3.12", "", trials)])
    assert _rows(_entry(), known)["Other versions"] == "numpy<2 differs"
    changed = _entry(replace(RUN, recipe="another"))
    assert "Other versions" not in _rows(changed, known), "it was another post then"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_did_not_run_is_plain_to_see(language: str) -> None:
    """A post that nobody ran would look like one that was checked."""
    words = labels(language)
    for kept in (_entry(None), _entry(replace(RUN, cells=(CellRun(0, State.UNMET),)))):
        rows = _rows(kept, language=language)
        assert rows.pop("") in words.standings.values()
        assert rows == {words.cells: f"{words.marks[Mark.NOT_RUN]} 2", words.source: PATH}


def test_odd_signs() -> None:
    """A sign that XML has no place for would end the build with an error of a parser."""
    odd = replace(RUN, device="a\x07<b>\ud800")
    assert _rows(_entry(odd))["Device"] == "a<b>"
