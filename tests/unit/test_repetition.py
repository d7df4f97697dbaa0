"""Posts that run several times, and what does not stay the same."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from haebom import pipeline
from haebom.catalogue import entry
from haebom.model import Cause, Checked, Code
from haebom.render.labels import labels
from haebom.render.panel import panel
from helpers import Bench, Project, Silent, plain_site

POST = "posts/2026-01-01-a.md"
COUNTER = itertools.count()
SAMPLES: dict[str, tuple[str, Cause, int | None]] = {
    "sets": ("print({3} and env['PYTHONHASHSEED'])", Cause.SETS, 4),
    "threads": ("print(float(env['OMP_NUM_THREADS']))", Cause.THREADS, None),
    "listings": ("glob = list\nprint(env.get('HAEBOM_LISTINGS'), glob())", Cause.LISTING, 5),
    "generator": ("Random = list\nRandom()\nprint(next(count))", Cause.GENERATOR, 5),
    "time": ("now = list\nprint(now(), next(count))", Cause.TIME, 5),
    "nobody knows": ("print(next(count))", Cause.UNKNOWN, None),
    "order": ("print([2, 10][:: (-1) ** next(count)], set())", Cause.SETS, 4),
}


@pytest.fixture(autouse=True)
def count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells can ask for a number that is never the same."""
    import builtins

    monkeypatch.setattr(builtins, "count", COUNTER, raising=False)


def _check(bench: Bench, times: int = 1, **options: Any) -> Checked:
    found = pipeline.check(
        bench.site, bench.posts(), bench.workshop, Silent(), times=times, **options
    )
    (checked,) = found
    return checked


def _text(*cells: str, head: str = "") -> str:
    return f"{head}# 글\n" + "".join(f"\n```python\n{cell}\n```\n" for cell in cells)


@pytest.mark.parametrize("name", SAMPLES)
def test_causes(bench: Bench, project: Project, name: str) -> None:
    """An author would look for a reason in the wrong place."""
    code, cause, line = SAMPLES[name]
    project.write(POST, _text(code, "print(1)"))
    checked = _check(bench, 3)
    assert checked.repetition is not None
    assert checked.repetition.runs == 3
    (varying,) = checked.repetition.varying
    assert (varying.step, varying.cause) == (0, cause)
    (finding,) = checked.findings
    assert (finding.code, finding.at.line) == (Code.NOT_REPRODUCIBLE, 4)
    assert "probably" in finding.message
    assert (f"in line {line}." in finding.message) == (line is not None)
    assert finding.hint


def test_the_cause_may_lie_in_an_earlier_cell(bench: Bench, project: Project) -> None:
    """A cell that only prints would be blamed."""
    project.write(POST, _text("Random = list\nRandom()", "print(next(count))", "print(1)"))
    checked = _check(bench, 2)
    (finding,) = checked.findings
    assert (finding.at.line, "in line 5" in finding.message) == (9, True)


def test_what_is_steady(bench: Bench, project: Project) -> None:
    """A post that an author has taken care of would be reported."""
    project.write(
        POST,
        _text(
            "print(0.1 + 1e-9 * next(count))",
            "#| check: false\nprint(next(count))",
            "#| varies: \\d+ ms\nprint(next(count), 'ms')",
            "#| tolerance: 0.9\nprint(100 + next(count) % 3)",
        ),
    )
    checked = _check(bench, 4)
    assert checked.findings == ()
    assert checked.repetition is not None and checked.repetition.varying == ()
    html = panel(entry(checked), pipeline_catalogue(), labels("ko"))
    assert labels("ko").repeats_alike.format(runs=4) in html


def pipeline_catalogue() -> Any:
    """An empty catalogue."""
    from haebom.catalogue import Catalogue

    return Catalogue()


def test_values_count_too(bench: Bench, project: Project) -> None:
    """A sentence would say something else in each build."""
    project.write(POST, _text("x = 1") + "\n값 `{python} next(count)`, `{python} x`\n")
    checked = _check(bench, 2)
    (finding,) = checked.findings
    assert (finding.at.line, finding.at.column) == (7, 3)
    html = panel(entry(checked), pipeline_catalogue(), labels("ko"))
    assert "7: 알 수 없는 원인" in html


def test_it_is_stored_with_the_run(bench: Bench, project: Project) -> None:
    """Posts would be run again and again, or a page forget what is known."""
    project.write(POST, _text("print(next(count))"))
    _check(bench, 3)
    ran = len(bench.kernels.executed)
    assert _check(bench, 3).findings != ()
    assert _check(bench, 2).findings != ()
    checked = _check(bench)
    assert checked.findings == (), "nobody has asked"
    assert checked.repetition is not None and checked.repetition.varying
    assert len(bench.kernels.executed) == ran
    _check(bench, 3, fresh=True)
    assert len(bench.kernels.executed) > ran
    project.write(POST, _text("print(next(count) * 2)"))
    assert _check(bench).repetition is None


def test_lines_are_those_of_now(bench: Bench, project: Project) -> None:
    """A stored result would point to a line where something else stands by now."""
    project.write(POST, _text("x = 1", "print(next(count))"))
    _check(bench, 2)
    text = _text("x = 1", "print(next(count))")
    project.write(POST, text.replace("# 글", "# 글\n\n```python {.no-run}\nx\n```"))
    (finding,) = _check(bench, 2).findings
    assert finding.at.line == 12


def test_a_post_may_ask_for_it(bench: Bench, project: Project) -> None:
    """A post could not promise to be reproducible."""
    project.write(POST, _text("print(next(count))", head="---\nexecute: {repeat: 2}\n---\n"))
    assert [finding.code for finding in _check(bench).findings] == [Code.NOT_REPRODUCIBLE]
    assert [finding.code for finding in _check(bench).findings] == [Code.NOT_REPRODUCIBLE]


def test_what_fails_is_not_repeated(bench: Bench, project: Project) -> None:
    """A failing post would fail many times."""
    project.write(POST, _text("1 / 0"))
    assert [finding.code for finding in _check(bench, 5).findings] == [Code.CELL_ERROR]
    assert bench.kernels.executed == ["1 / 0"]


def test_runs_under_other_circumstances_are_nobodys(project: Project) -> None:
    """A page would show what came out with another number of threads."""
    project.write(POST, _text("print(env['PYTHONHASHSEED'])"))
    bench = Bench(plain_site(project.root))
    _check(bench, 3)
    again = Bench(plain_site(project.root)).one()
    assert again.run is not None and again.run.reused
    assert "'0\\n'" in repr(again.run.cells[0].outputs)
