"""Recorded outputs written anew: those that differ, and not a byte besides."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haebom import pipeline
from haebom.model import CellRun, Checked, Code, Display, Output, Run, State, Stream
from haebom.parsers.markdown import Settings
from haebom.record import rerecord
from helpers import FULL, TABS, Bench, Project, parsed, plain_site

PATH = "posts/2026-01-01-a.md"


def _checked(text: str, *outputs: str, path: str = PATH, settings: Settings = FULL) -> Checked:
    """The post with runs whose cells print these texts."""
    post = parsed(text, path, settings=settings)
    runs = tuple(
        CellRun(cell.index, State.OK, (Stream("stdout", output),) if output else ())
        for cell, output in zip(post.runnable, outputs, strict=True)
    )
    return Checked(post, Run("recipe", runs))


def _rerecorded(text: str, *outputs: str, path: str = PATH) -> str:
    return rerecord(text, _checked(text, *outputs, path=path)).text


@pytest.mark.parametrize(
    ("before", "output", "after"),
    [
        ("```output\nold\n```\n", "new\n", "```output\nnew\n```\n"),
        ("```output\nold\n```", "new\n", "```output\nnew\n```"),
        ("~~~output\nold\n~~~\n", "a\n\nb\n", "~~~output\na\n\nb\n~~~\n"),
        ("```output\n```\n", "new\n", "```output\nnew\n```\n"),
        ("```output\nold\n```\n", "", "```output\n```\n"),
        ("```output\nold\n```\n", "```\n", "````output\n```\n````\n"),
        ("```output\nx 1.0\n```\n", "x 1.0000000001\n", "```output\nx 1.0\n```\n"),
        ("```output\na ... c\n```\n", "a b c\n", "```output\na ... c\n```\n"),
    ],
)
def test_fences(before: str, output: str, after: str) -> None:
    """A fence would be broken, or one that holds would be rewritten."""
    code = "# 글\n\n```python\nrun()\n```\n\n"
    assert _rerecorded(code + before, output) == code + after


@pytest.mark.parametrize("prefix", ["    ", "> ", "> > ", ">     "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_nested_fences_and_line_ends(prefix: str, end: str) -> None:
    """A fence would leave its list or quotation, or a file would get mixed line ends."""
    lead = ["- a", ""] if prefix == "    " else ["> - a", ">"] if prefix == ">     " else []
    lines = ["```python", "run()", "```", "", "```output", "{}", "```"]
    inner = [(prefix + line).rstrip() for line in lines]
    text = end.join(["# 글", "", *lead, *inner, "", "끝"])
    expected = text.format(f"one{end}{prefix.rstrip()}{end}{prefix}two")
    checked = _checked(text.format("old"), "one\n\ntwo\n")
    assert checked.post.runnable[0].recorded is not None, "the sample is not what it should be"
    assert rerecord(text.format("old"), checked).text == expected


def test_several_fences() -> None:
    """A longer output would shift the places of the fences behind it."""
    piece = "```python\nrun()\n```\n\n```output\n{}\n```\n\n"
    text = "".join(piece.format(f"old {n}") for n in range(3))
    new = ["a\nb\nc", "old 1", "d"]
    assert _rerecorded(text, *new) == "".join(map(piece.format, new))


@pytest.mark.parametrize("settings", [FULL, TABS], ids=["spaces", "preserve_tabs"])
def test_empty_fences(settings: Settings) -> None:
    """A fence that waits for its first output would never get it."""
    text = (
        "```python\nx\n```\n\n```output\n{}```\n\n- 글\n\n"
        "    ```python\n    y\n    ```\n\n    ```output\n{}    ```\n"
    )
    checked = _checked(text.format("", ""), "1\n", "2\n", settings=settings)
    assert rerecord(text.format("", ""), checked).text == text.format("1\n", "    2\n")


def test_scripts() -> None:
    """A fence in a comment would lose its comment signs, and the script would not run."""
    text = "# %%\nrun()\n\n# %% [markdown]\n# ```output\n# old\n# ```\n"
    path = "posts/2026-01-01-a.py"
    assert _rerecorded(text, "new\n", path=path) == text.replace("old", "new")


def test_cells_that_failed_keep_what_was_recorded() -> None:
    """A broken cell would become the truth."""
    text = "```python\nrun()\n```\n\n```output\nold\n```\n"
    post = parsed(text, PATH)
    run = Run("recipe", (CellRun(0, State.TIMEOUT, (Stream("stdout", "half"),)),))
    assert rerecord(text, Checked(post, run)).text == text


# -- notebooks -------------------------------------------------------------------------------------


def _notebook(*stored: str, **options: object) -> str:
    cells = [
        nbformat.v4.new_code_cell(
            "run()",
            execution_count=n,
            id=f"c{n}",
            outputs=[nbformat.v4.new_output("stream", name="stdout", text=text)] if text else [],
        )
        for n, text in enumerate(stored, start=1)
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"cells": [{"outputs": "여기"}]})
    return json.dumps(notebook, **{"ensure_ascii": False, "indent": 1, **options}) + "\n"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options",
    [{}, {"indent": 2}, {"indent": "\t"}, {"indent": None}, {"sort_keys": True}],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_notebooks(options: dict[str, object], end: str) -> None:
    """A notebook would be formatted anew, and its diff would hide what changed."""
    path = "posts/2026-01-01-a.ipynb"
    before = _notebook("하나\n", "둘\n", "셋\n", **options).replace("\n", end)
    after = _rerecorded(before, "하나\n", "two\n2\n", "셋\n", path=path)
    assert json.loads(after)["cells"][1]["outputs"][0]["text"] == ["two\n", "2\n"]
    assert nbformat.validate(json.loads(after)) is None
    start, stop = before.index("둘"), before.index("둘") - len(before)
    head = before[:start].rindex('"text"')
    assert after.startswith(before[:head].rpartition("{")[0])
    tail = before[stop:]
    assert after.endswith(tail[tail.index("cell_type") :])


def test_execution_counts_stay() -> None:
    """A result would get another number than its cell, and each update would change it."""
    text = _notebook("x")
    path = "posts/2026-01-01-a.ipynb"
    shown: tuple[Output, ...] = (Display({"text/plain": "3\n4"}, is_result=True),)
    checked = Checked(parsed(text, path), Run("r", (CellRun(0, State.OK, shown),)))
    (output,) = json.loads(rerecord(text, checked).text)["cells"][0]["outputs"]
    assert output["execution_count"] == 1
    assert output["data"]["text/plain"] == ["3\n", "4"]


def test_old_notebooks_are_left_alone() -> None:
    """Outputs of format 4 would be written into a notebook of format 3."""
    cell = {
        "cell_type": "code", "input": "run()", "language": "python",
        "outputs": [{"output_type": "stream", "stream": "stdout", "text": "old"}],
    }  # fmt: skip
    text = json.dumps({"nbformat": 3, "worksheets": [{"cells": [cell]}], "metadata": {}})
    path = "posts/2026-01-01-a.ipynb"
    written = rerecord(text, _checked(text, "new", path=path))
    assert (written.text, written.cells, len(written.left)) == (text, 0, 1)


PRINTED = st.text(st.sampled_from("ab`~ \n#>-*{}[]\\\"'가1"), max_size=40)


@given(PRINTED, st.sampled_from(["", "    ", "> "]))
def test_what_is_written_is_read_back(printed: str, prefix: str) -> None:
    """An update would have to be repeated, since what it writes is not what it compares."""
    lead = "- a\n\n" if prefix == "    " else ""
    lines = ["```python", "run()", "```", "", "```output", "something else", "```"]
    text = lead + "".join(f"{prefix}{line}".rstrip() + "\n" for line in lines)
    after = _rerecorded(text, printed)
    again = _checked(after, printed)
    assert rerecord(after, again).cells == 0
    assert again.post.runnable[0].recorded is not None


def test_update_through_the_pipeline(project: Project) -> None:
    """A post would lose its permissions, or keep a finding that is mended."""
    file: Path = project.write(PATH, "# 글\n\n```python\nprint(2)\n```\n\n```output\n1\n```\n")
    file.chmod(0o640)
    bench = Bench(plain_site(project.root))
    checked = bench.one()
    assert [finding.code for finding in checked.findings] == [Code.OUTPUT_DRIFT]
    assert checked.findings[0].at.line == 8
    left, count = pipeline.update(bench.site, checked)
    assert (left.findings, count) == ((), 1)
    assert file.stat().st_mode & 0o777 == 0o640
    assert bench.one().findings == ()
