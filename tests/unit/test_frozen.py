"""Runs that came with their posts, shown where their cells cannot run."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from haebom import frozen, pipeline
from haebom.catalogue import Standing, entry
from haebom.discover import discover
from haebom.marks import Mark, marks
from haebom.model import Checked, Code, Display, Elsewhere, State, Stream
from haebom.render.labels import labels
from haebom.render.page import Html
from haebom.render.post import render_page
from haebom.scratch import files
from helpers import PNG, Bench, Project, package, plain_site, source

NEED = "package: haebom-fake>=1"
POST = "posts/2026-01-01-a.md"
TEXT = f"""\
# 글

```python
kept = "여기"
print(kept)
```

```python
#| needs: {{package: haebom-fake>=1}}
big = 40 + 2
print("위\\n아래")
display(image__png="{PNG}")
big
```

```python
print(big)
```

값은 `{{python}} big`이고 `{{python}} kept`이다.
"""


def _bench(project: Project, *, has: bool = False) -> Bench:
    """A machine that has what the post needs, or lacks it."""
    shutil.rmtree(project.root / "lib", ignore_errors=True)
    if has:
        package(project.root / "lib", "haebom_fake", "1.5")
    return Bench(plain_site(project.root, pythonpath=["lib"]))


def _freeze(project: Project) -> str:
    bench = _bench(project, has=True)
    checked = replace(bench.one(), findings=())
    assert checked.run is not None
    return pipeline.freeze(bench.site, replace(checked, run=replace(checked.run, device="T4")))


def _states(checked: Checked) -> list[str]:
    assert checked.run is not None
    return [str(cell.state) for cell in checked.run.cells]


def _notes(checked: Checked, language: str = "en") -> list[str]:
    page, _ = render_page(checked, language)
    pieces = [p.html for cell in page.cells for p in cell.pieces if isinstance(p, Html)]
    return [html for html in pieces if "haebom-note" in html]


def test_what_is_not_there_does_not_run(project: Project) -> None:
    """A cell would fail for what the machine lacks, or a page show nothing in its place."""
    project.write(POST, TEXT)
    bench = _bench(project)
    checked = bench.one()
    assert checked.findings == ()
    assert _states(checked) == ["ok", "unmet", "unmet"]
    assert bench.kernels.executed[0].startswith("kept")
    assert bench.kernels.executed[1:] == ["{kept}"]
    notes = _notes(checked)
    assert len(notes) == 2
    assert all(f"lacks: {NEED.replace('>', '&gt;')}." in note for note in notes)
    page, _ = render_page(checked, "ko")
    assert [value.text for value in page.values] == [labels("ko").no_value, "여기"]
    assert marks(checked) == (Mark.RAN, Mark.NOT_RUN, Mark.NOT_RUN)
    assert bench.check()[1] == [], "it is not run again and again"


def test_it_runs_once_it_is_there(project: Project) -> None:
    """A stored run without the cells would stand for one with them."""
    project.write(POST, TEXT)
    _bench(project).one()
    checked = _bench(project, has=True).one()
    assert _states(checked) == ["ok", "ok", "ok"]
    assert _states(_bench(project).one()) == ["ok", "unmet", "unmet"]


def test_a_frozen_run_is_shown(project: Project) -> None:
    """A page would say that a cell was not run although its author has run it."""
    project.write(POST, TEXT)
    assert _freeze(project) == "posts/frozen/2026-01-01-a"
    checked = _bench(project).one()
    assert checked.run is not None and not checked.run.frozen
    assert _states(checked) == ["ok", "ok", "ok"]
    here, there, after = checked.run.cells
    assert here.elsewhere is None
    assert there.elsewhere is not None and there.elsewhere.device == "T4"
    assert there.outputs[0] == Stream("stdout", "위\n아래\n")
    assert there.outputs[1] == Display({"image/png": PNG})
    assert there.outputs[2] == Display({"text/plain": "42"}, is_result=True)
    assert after.outputs == (Stream("stdout", "42\n"),)
    assert [value.text for value in checked.run.values] == ["42", "여기"]
    assert marks(checked) == (Mark.RAN, Mark.ELSEWHERE, Mark.ELSEWHERE)
    day = there.elsewhere.ended[:10]
    assert f"{day}에 다른 컴퓨터 (T4)에서 실행한 결과입니다." in _notes(checked, "ko")[0]


def test_the_file(project: Project) -> None:
    """A diff of stored runs would be unreadable, or change without reason."""
    project.write(POST, TEXT)
    folder = project.root / _freeze(project)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["cell-2-1.png", "run.json"]
    data = (folder / "run.json").read_bytes()
    assert b"\r" not in data and data.endswith(b"\n")
    assert str(project.root).encode() not in data
    document = json.loads(data)
    assert [cell is None for cell in document["cells"]] == [True, False, False]
    assert document["cells"][1]["outputs"][0]["text"] == ["위\n", "아래\n"]
    assert document["cells"][1]["outputs"][1]["data"] == {"image/png": {"file": "cell-2-1.png"}}
    assert document["values"] == ["42", None]
    (folder / "old.png").write_bytes(b"x")
    _freeze(project)
    assert sorted(path.name for path in folder.iterdir()) == names


CHANGES = {
    "code": lambda p: p.write(POST, TEXT.replace("40 + 2", "41 + 1")),
    "code that runs here": lambda p: p.write(POST, TEXT.replace('"여기"', '"저기"')),
    "what it needs": lambda p: p.write(POST, TEXT.replace("fake>=1", "fake>=1.1")),
    "a value": lambda p: p.write(POST, TEXT.replace("{python} big", "{python} big + 1")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_run_of_other_code_is_not_shown(project: Project, change: str) -> None:
    """A page would show what other code has put out."""
    project.write(POST, TEXT)
    _freeze(project)
    CHANGES[change](project)
    checked = _bench(project).one()
    assert checked.findings == ()
    assert _states(checked) == ["ok", "unmet", "unmet"]
    assert "have changed since" in _notes(checked)[0]
    assert "(T4)" in _notes(checked)[0]


def test_prose_may_change(project: Project) -> None:
    """A run on another machine would have to be repeated for a comma."""
    project.write(POST, TEXT)
    _freeze(project)
    fence = "```python {.no-run}\nx\n```\n\n`` `{python} big` ``"
    project.write(POST, TEXT.replace("# 글", f"# 다른 글\n\n{fence}"))
    checked = _bench(project).one()
    assert checked.run is not None
    assert [c.index for c in checked.run.cells] == [c.index for c in checked.post.runnable]
    assert _states(checked) == ["ok", "ok", "ok"]
    assert [value.text for value in checked.run.values] == ["42", "여기"]


BUNDLE = "posts/2026-01-02-b/index.md"
WHOLE = f"---\nneeds: {{{NEED}}}\n---\n# 글\n\n```python\nwarn('FutureWarning', 'w')\n1\n```\n"


def test_a_bundle_that_cannot_run_at_all(project: Project) -> None:
    """A kernel would be started for nothing, or the run be taken for the post's data."""
    project.write(BUNDLE, WHOLE)
    project.write("posts/2026-01-02-b/data.csv", "1")
    bench = _bench(project)
    checked = bench.one()
    assert (_states(checked), bench.kernels.started) == (["unmet"], [])
    assert entry(checked).standing is Standing.NOT_RUN
    assert _freeze(project) == "posts/2026-01-02-b/frozen"
    bench = _bench(project)
    checked = bench.one()
    assert bench.kernels.started == []
    assert checked.run is not None and checked.run.frozen
    assert (checked.run.device, len(checked.run.notices)) == ("T4", 1)
    assert any(item.name == "ipykernel" for item in checked.run.inputs)
    assert entry(checked).standing is Standing.ELSEWHERE
    assert discover(bench.site.layout).assets == ("posts/2026-01-02-b/data.csv",)
    assert [where for _, where in files(checked.post, project.root)] == ["data.csv"]


def test_data_may_not_change(project: Project) -> None:
    """A page would show what came of other data."""
    text = WHOLE.replace("1\n```", "(here / 'data.csv').read_text()\n```")
    project.write(BUNDLE, text)
    data = project.write("posts/2026-01-02-b/data.csv", "1")
    bench = _bench(project, has=True)
    checked = bench.one()
    assert checked.run is not None
    traced = bench.workshop.probe.value(checked.post, "data", "data.csv")
    from haebom.model import Input, InputKind

    inputs = (*checked.run.inputs, Input(InputKind.DATA, "data.csv", traced))
    pipeline.freeze(bench.site, replace(checked, run=replace(checked.run, inputs=inputs)))
    assert _states(_bench(project).one()) == ["ok"]
    data.write_text("2")
    assert _states(_bench(project).one()) == ["unmet"]


@pytest.mark.parametrize(
    "damage",
    [b"", b"<<<<<<< HEAD\n", b"{}", b"[1]", b"\xff", b'{"recipe": "x", "cells": 3}'],
)
def test_a_damaged_run_is_a_finding(project: Project, damage: bytes) -> None:
    """A merge conflict would end in a traceback, or take the outputs away without a word."""
    project.write(POST, TEXT)
    folder = project.root / _freeze(project)
    (folder / "run.json").write_bytes(damage)
    checked = _bench(project).one()
    (finding,) = checked.findings
    assert (finding.code, finding.at.path) == (Code.PARSE, "posts/frozen/2026-01-01-a/run.json")
    assert POST in finding.message
    assert _states(checked) == ["ok", "unmet", "unmet"]


@pytest.mark.parametrize("name", ["gone.png", "../../../mkdocs.yml"])
def test_a_file_that_is_not_there(project: Project, name: str) -> None:
    """A stored run could show any file of the machine, or end in a traceback."""
    project.write(POST, TEXT)
    project.write("mkdocs.yml", "secret")
    path = project.root / _freeze(project) / "run.json"
    path.write_text(path.read_text("utf-8").replace("cell-2-1.png", name), "utf-8")
    (finding,) = _bench(project).one().findings
    assert finding.code is Code.PARSE


def test_a_failed_run_is_not_kept(project: Project) -> None:
    """A failure would become what readers see."""
    project.write(POST, TEXT.replace("print(big)", "1 / 0"))
    assert _freeze(project) == ""
    assert not (project.root / "posts/frozen").exists()


@pytest.mark.parametrize(
    ("path", "bundle", "expected"),
    [
        ("posts/2026-01-01-a.ipynb", "", "posts/frozen/2026-01-01-a"),
        ("posts/2026/b.md", "", "posts/frozen/2026/b"),
        ("posts/c/index.md", "posts/c", "posts/c/frozen"),
        ("docs/guide/d.md", "", "posts/frozen/docs/guide/d"),
    ],
)
def test_where_they_lie(path: str, bundle: str, expected: str) -> None:
    """Two posts would share a run."""
    assert frozen.folder(source(path, bundle=bundle), "posts") == expected


def test_figures_keep_what_pages_add(project: Project, tmp_path: Path) -> None:
    """A figure from elsewhere would be white on a dark page, or be stored within the text."""
    project.write(POST, TEXT)
    bench = _bench(project, has=True)
    checked = bench.one()
    assert checked.run is not None
    figure: dict[str, Any] = {
        "title": "제목",
        "dark": {"image/png": PNG, "image/svg+xml": "<svg/>"},
    }
    shown = Display({"image/png": PNG, "application/vnd.haebom.figure+json": figure})
    cells = tuple(replace(cell, outputs=(shown,)) for cell in checked.run.cells)
    frozen.write(checked.post, replace(checked.run, cells=cells), tmp_path / "x")
    assert PNG not in (tmp_path / "x/run.json").read_text("utf-8")
    shutil.copytree(tmp_path / "x", project.root / "posts/frozen/2026-01-01-a")
    again = _bench(project).one()
    assert again.run is not None
    assert again.run.cells[1].outputs == (shown,)
    assert again.run.cells[1].elsewhere == Elsewhere(checked.run.ended)
    assert again.run.cells[1].state is State.OK
