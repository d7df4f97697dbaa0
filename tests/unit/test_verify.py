"""Findings of posts that have been run: which, on which line, with which hint."""

from __future__ import annotations

from typing import Any

import pytest

from haebom.model import CellRun, Checked, Code, Display, Error, Finding, Run, State, Stream
from haebom.outputs import FIGURE
from haebom.verify import verify
from helpers import Bench, Project, parsed, plain_site

PATH = "posts/2026-01-01-a.md"


def _checked(project: Project, text: str) -> Checked:
    project.write(PATH, "# 글\n\n" + text)
    return Bench(plain_site(project.root)).one()


def _only(project: Project, text: str) -> Finding:
    (finding,) = _checked(project, text).findings
    return finding


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("```python\nx = 1\ny = undefined\nz = 1\n```\n", 5),
        ("```python\n#| label: a\nx = 1\n\nundefined\n```\n", 7),
        ("```python\nx = 1\n```\n\n- a\n\n    ```python\n    x\n    undefined\n    ```\n", 11),
        ("```python\ndef f():\n    return undefined\n\nf()\n```\n", 5),
    ],
)
def test_cell_error(project: Project, text: str, line: int) -> None:
    """An error would be told at another line than the one that raised it."""
    finding = _only(project, text)
    assert (finding.code, finding.at.line, finding.at.path) == (Code.CELL_ERROR, line, PATH)
    assert finding.message == "NameError: name 'undefined' is not defined"
    assert "NameError" in finding.detail


def test_the_first_failure_stops_the_post(project: Project) -> None:
    """One mistake would be told many times."""
    checked = _checked(project, "```python\n1/0\n```\n\n```python\nundefined\n```\n")
    assert [f.code for f in checked.findings] == [Code.CELL_ERROR]
    assert checked.run is not None
    assert [cell.state for cell in checked.run.cells] == [State.ERROR, State.SKIPPED]


@pytest.mark.parametrize(
    ("flags", "code", "finding"),
    [
        (".raises", "1/0", None),
        ('.raises expect="ZeroDivisionError"', "1/0", None),
        ('.raises expect="builtins.ZeroDivisionError"', "1/0", None),
        ('.raises expect="ValueError"', "1/0", Code.CELL_ERROR),
        (".raises", "1", Code.UNEXPECTED_PASS),
        ('.raises expect="ValueError"', "1", Code.UNEXPECTED_PASS),
    ],
)
def test_raises(project: Project, flags: str, code: str, finding: Code | None) -> None:
    """A cell that has to fail would be a finding, or may pass unnoticed."""
    checked = _checked(project, f"```python {{{flags}}}\n{code}\n```\n\n```python\n2\n```\n")
    assert [f.code for f in checked.findings] == ([finding] if finding else [])
    if finding:
        assert "ValueError" in checked.findings[0].message or flags == ".raises"


def test_behind_an_expected_error_the_post_goes_on(project: Project) -> None:
    """Cells behind an expected error would be skipped."""
    checked = _checked(project, "```python {.raises}\n1/0\n```\n\n```python\n2\n```\n")
    assert checked.run is not None
    assert [cell.state for cell in checked.run.cells] == [State.ERROR, State.OK]


@pytest.mark.parametrize(
    ("state", "code", "hint"),
    [
        ("timeout", Code.TIMEOUT, "timeout:"),
        ("limit", Code.LIMIT, ""),
        ("died", Code.CELL_ERROR, ""),
    ],
)
def test_stopped_cells(project: Project, state: str, code: Code, hint: str) -> None:
    """A cell that was stopped would pass, or not say why."""
    finding = _only(project, f"```python\n1\n```\n\n```python\nend({state!r}, 'Why.')\n```\n")
    assert (finding.code, finding.message, finding.at.line) == (code, "Why.", 8)
    assert hint in finding.hint


@pytest.mark.parametrize(
    ("code", "line"), [("x = (", 5), ("x = 1\n\nfor", 7), ("%time x\n!ls\nx = = 1", 7)]
)
def test_code_that_does_not_run_is_compiled(project: Project, code: str, line: int) -> None:
    """A misspelt example would be published because it does not run."""
    finding = _only(project, f"\n```python {{.no-run}}\n{code}\n```\n")
    assert (finding.code, finding.at.line) == (Code.SYNTAX, line)
    assert "{.ignore}" in finding.hint


@pytest.mark.parametrize(
    "code", ["await f()", "%matplotlib inline\n!ls", "%%bash\nls |", "import x?", "f(1)"]
)
def test_what_ipython_takes_is_no_syntax_error(project: Project, code: str) -> None:
    """Magics or top-level await would be findings."""
    code = code.replace("import x?", "len?")
    assert _checked(project, f"```python {{.no-run}}\n{code}\n```\n").findings == ()


def test_unknown_kernel(project: Project) -> None:
    """A kernel that is not there would end the command."""
    project.write(PATH, "---\nkernel: no-such-kernel\n---\n글\n\n```no\nx\n```\n")
    (finding,) = Bench(plain_site(project.root)).one().findings
    assert (finding.code, finding.at.line) == (Code.KERNEL, 2)
    assert "no-such-kernel" in finding.message and "python3" in finding.hint


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("import sys\n\nsys.exit(1)", 6),
        ("# exit\nfrom sys import exit\nexit()", 6),
        ("x = 1\nraise SystemExit", 5),
    ],
)
def test_exit_has_its_line(code: str, line: int) -> None:
    """IPython tells no line for an exit; the cell's first would be named."""
    post = parsed(f"# 글\n\n```python\n{code}\n```\n")
    error = Error("SystemExit", "1", ("SystemExit: 1",))
    run = Run("r", (CellRun(0, State.ERROR, (error,)),))
    (finding,) = verify(post, run).findings
    assert finding.at.line == line


def test_findings_come_in_order(project: Project) -> None:
    """Findings would jump about in the file."""
    text = (
        "```python\n1/0\n```\n\n[a](no.md)\n\n```Python\nx\n```\n\n```python {.no-run}\n(\n```\n"
        "\n![b](no.png)\n"
    )
    findings: Any = _checked(project, text).findings
    lines = [finding.at.line for finding in findings]
    assert lines == sorted(lines)
    assert {str(f.code) for f in findings} == {
        "cell-error", "broken-link", "near-miss", "syntax", "missing-asset",
    }  # fmt: skip


def _with_outputs(code: str, *outputs: Display | Stream) -> list[Code]:
    post = parsed(f"```python\n{code}\n```\n")
    run = Run("", (CellRun(0, State.OK, outputs),))
    return [finding.code for finding in verify(post, run).findings]


def _figure(**said: Any) -> Display:
    return Display({"image/png": "x", "text/plain": "<Figure>", FIGURE: {"missing": "", **said}})


@pytest.mark.parametrize(
    ("code", "output", "found"),
    [
        ("x", _figure(plots=[{"title": "loss", "kinds": ["line"]}]), []),
        ("x", _figure(plots=[{"kinds": ["line"]}], title="loss"), []),
        ("x", _figure(plots=[{"kinds": ["line"]}]), [Code.MISSING_ALT]),
        ("x", Display({"image/png": "x"}), [Code.MISSING_ALT]),
        ("x", Display({"image/svg+xml": "<svg/>"}), [Code.MISSING_ALT]),
        ("x", Display({"image/png": "x", "text/html": "<p>"}), []),
        ("x", Display({"text/plain": "x"}), []),
        ("#| fig-alt: A picture.\nx", Display({"image/png": "x"}), []),
        ("#| fig-cap: A picture.\nx", Display({"image/png": "x"}), []),
        ("#| output: false\nx", Display({"image/png": "x"}), []),
    ],
)
def test_figures_without_words(code: str, output: Display, found: list[Code]) -> None:
    """A figure would say nothing to readers who cannot see it, or one that speaks be refused."""
    assert _with_outputs(code, output) == found


@pytest.mark.parametrize(
    "output",
    [
        _figure(title="x", missing="🔥"),
        Stream("stderr", "a.py:1: UserWarning: Glyph 128293 (\\N{FIRE}) missing from font(s) X.\n"),
        Stream("stderr", "Font 'default' does not have a glyph for '\\u1f525' [U+1f525], s\n"),
    ],
)
def test_missing_glyphs(output: Display | Stream) -> None:
    """A box in place of a character would be published."""
    assert _with_outputs("x", output) == [Code.MISSING_GLYPH]
