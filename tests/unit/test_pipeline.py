"""The way through the house: what runs, what is reused, and what stands beside each other."""

from __future__ import annotations

import dataclasses

import pytest

from haebom import pipeline
from helpers import Bench, Project, code_cell, codes, dumped, notebook, plain_site

POST = "posts/2026-01-01-a.md"
TEXT = (
    "# 글\n\n```python\nx = 20\n```\n\n글\n\n글 `{python} x`\n\n```python\nprint(x + 22)\n```\n"
    "\n끝 `{python} x + 1:.1f`\n"
)


def test_an_unchanged_post_is_reused(bench: Bench, project: Project) -> None:
    """Every build would run every post."""
    project.write(POST, TEXT)
    (first,), ran = bench.check()
    assert ran == [POST]
    (second,), ran = bench.check()
    assert ran == []
    assert first.run and second.run
    assert second.run.reused
    assert second.run.cells == first.run.cells
    assert second.run.values == first.run.values
    assert bench.kernels.executed == ["x = 20", "{x}", "print(x + 22)", "{x + 1:.1f}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# 글", "---\ntitle: a\ntags: [x]\n---\n# 다른 글\n\n새 문단"),
        ("\n글\n", "\n긴 글\n\n```bash\nls\n```\n"),
        ("```python\nprint", '```python {.fold-code title="a"}\nprint'),
        ("print", "#| label: a\n#| fig-cap: b\nprint"),
        ("\n글\n", "\n```python {.no-run}\nx\n```\n"),
        ("print(x + 22)\n```\n", "print(x + 22)\n```\n\n```output\n42\n```\n"),
        ("글 `{python}", "``{python} 0`` 다른 글 `{python}"),
        ("글 `{python}", "`` `{python} 0` ``\n\n```python {.ignore}\n?\n```\n\n> `{python}"),
    ],
)
def test_edits_of_prose_and_looks_run_nothing(
    bench: Bench, project: Project, old: str, new: str
) -> None:
    """An author would wait for code that did not change."""
    project.write(POST, TEXT)
    bench.check()
    assert old in TEXT
    project.write(POST, TEXT.replace(old, new))
    (checked,), ran = bench.check()
    assert codes(checked.findings) == []
    assert ran == []
    assert checked.run
    runs = [checked.run.cell(cell.index) for cell in checked.post.runnable]
    assert [run and bool(run.outputs) for run in runs] == [False, True]
    values = [checked.run.value(each.index) for each in checked.post.expressions]
    assert [value and value.text for value in values] == ["20", "21.0"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 20", "x = 21"),
        ("print(x + 22)", "print(x + 22)  # note"),
        ("```python\nprint", "```python {.raises}\nprint"),
        ("# 글", "```python\ny = 1\n```"),
        ("{python} x + 1:.1f", "{python} x + 1:.2f"),
        ("{python} x + 1", "{python} x + 2"),
        ("끝 `", "끝 `{python} 0` `"),
        (
            "글 `{python} x`\n\n```python\nprint(x + 22)\n```",
            "```python\nprint(x + 22)\n```\n\n글 `{python} x`",
        ),
        ("# 글", "---\nexecute: {fresh: true}\n---"),
    ],
)
def test_edits_of_code_run_the_post(bench: Bench, project: Project, old: str, new: str) -> None:
    """A page would show outputs of code that is no longer there."""
    project.write(POST, TEXT)
    bench.check()
    project.write(POST, TEXT.replace(old, new, 1))
    _, ran = bench.check()
    assert ran == [POST]


def test_only_the_changed_post_runs(bench: Bench, project: Project) -> None:
    """A change of one post would run the others."""
    for name in "abc":
        project.write(f"posts/2026-01-01-{name}.md", TEXT.replace("20", str(ord(name))))
    bench.check()
    project.write("posts/2026-01-01-b.md", TEXT)
    assert bench.check()[1] == ["posts/2026-01-01-b.md"]


def test_a_failed_run_is_not_stored_but_remembered(bench: Bench, project: Project) -> None:
    """A failure by accident would stick, or a preview run a failing post at every change."""
    project.write(POST, TEXT.replace("print(x + 22)", "1/0"))
    assert bench.check()[1] == [POST]
    checked, ran = bench.check()
    assert (ran, codes(checked[0].findings)) == ([], ["cell-error"])
    assert Bench(bench.site, bench.kernels).check()[1] == [POST]


def test_cache_off_and_fresh(bench: Bench, project: Project) -> None:
    """A post could not be run on demand."""
    project.write(POST, TEXT)
    bench.check()
    assert bench.check(fresh=True)[1] == [POST]
    project.write(POST, "---\nexecute: {cache: false}\n---\n" + TEXT)
    assert bench.check()[1] == [POST]
    assert bench.check()[1] == [POST]


def test_what_cannot_run_does_not(bench: Bench, project: Project) -> None:
    """A post without its data would run and fail with something misleading."""
    project.write(POST, "---\ndata: [no.csv]\n---\n" + TEXT)
    checked, ran = bench.check()
    assert (ran, codes(checked[0].findings)) == ([], ["missing-data"])


def test_every_kernel_is_closed(bench: Bench, project: Project) -> None:
    """Kernels would pile up."""
    for n in range(3):
        project.write(f"posts/2026-01-0{n + 1}-p{n}.md", TEXT.replace("20", f"{n} / {n}"))
    bench.check()
    assert bench.kernels.closed == len(bench.kernels.started) == 3


def test_the_same_post_in_three_formats(bench: Bench, project: Project) -> None:
    """A post would do something else as a notebook or as a script."""
    project.write("posts/2026-01-01-a.md", TEXT)
    cells = ("# 글", code_cell("x = 20"), "글", code_cell("print(x + 22)"))
    project.write("posts/2026-01-01-b.ipynb", dumped(notebook(*cells)))
    script = "# %% [markdown]\n# # 글\n# %%\nx = 20\n# %% [markdown]\n# 글\n# %%\nprint(x + 22)\n"
    project.write("posts/2026-01-01-c.py", script)
    checked, _ = bench.check()
    outputs = {tuple(cell.outputs for cell in item.run.cells) for item in checked if item.run}
    assert len(checked) == 3
    assert len(outputs) == 1


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({"2026-01-01-a.md": ""}, {"2026-01-02-a.md": ""}, "The slug 'a' is taken by"),
        ({"2026-01-01-a.md": ""}, {"2026-01-02-b.md": "---\nslug: A\n---\n"}, "The slug 'a'"),
        ({"2026-01-01-a.ipynb": '{"cells": []}'}, {"2026-01-01-a.md": ""}, "The page"),
        ({"2026-01-01-한.md": ""}, {"2026-01-02-x.md": "---\nslug: 한\n---\n"}, "The slug"),
    ],
)
def test_duplicates(
    bench: Bench, project: Project, first: dict[str, str], second: dict[str, str], message: str
) -> None:
    """One of two posts with the same address would silently disappear."""
    for name, text in (first | second).items():
        project.write(f"posts/{name}", text)
    checked, _ = bench.check()
    (finding,) = [finding for item in checked for finding in item.findings]
    assert finding.at.path == f"posts/{next(iter(second))}"
    assert finding.message.startswith(message.split(" '")[0])
    assert next(iter(first)) in finding.message
    assert finding.hint


def test_the_line_of_a_duplicate_slug(bench: Bench, project: Project) -> None:
    """A duplicate slug would be told at the first line and not where it is written."""
    project.write("posts/2026-01-01-a.md", "")
    project.write("posts/2026-01-02-b.md", "---\ntitle: b\nslug: a\n---\n")
    project.write("posts/2026-01-03-c.md", "---\nprerequisites:\n  - a\n  - z\n---\n")
    checked, _ = bench.check()
    assert [f.at.line for item in checked for f in item.findings] == [3, 2]
    assert "'z'" in checked[2].findings[0].message


def test_why(bench: Bench, project: Project) -> None:
    """`haebom why` would not say what changed."""
    project.write(POST, TEXT)

    def why() -> pipeline.Reason:
        return pipeline.why(bench.site, bench.posts()[0])

    assert why() == pipeline.Reason(False)
    bench.check()
    assert why() == pipeline.Reason(True)
    project.write(POST, TEXT.replace("20", "21"))
    assert [name for name, _, _ in why().changes] == ["code"]


def test_parsed_content_is_kept_and_never_stale(bench: Bench, project: Project) -> None:
    """A change of the file or of the site's extensions would not be seen."""
    project.write(POST, TEXT)
    first = bench.posts()
    assert bench.posts() == first
    for path in (project.root / ".haebom/parsed").rglob("*.json"):
        path.write_bytes(b"{")
    assert bench.posts() == first
    settings = dataclasses.replace(bench.site.settings, extensions=("pymdownx.superfences",))
    other = Bench(dataclasses.replace(bench.site, settings=settings), bench.kernels)
    nested = "!!! note\n\n    ```python\n    x\n    ```\n"
    project.write(POST, nested)
    assert (len(bench.posts()[0].runnable), len(other.posts()[0].runnable)) == (1, 0)


def test_environment_of_the_site(project: Project) -> None:
    """A post would not see the site's variables, or keep a run made with others."""
    project.write(POST, TEXT)
    bench = Bench(plain_site(project.root, env={"MINE": "1"}))
    bench.check()
    assert bench.kernels.started[0].env["MINE"] == "1"
    assert bench.kernels.started[0].env["PYTHONHASHSEED"] == "0"
    assert Bench(plain_site(project.root, env={"MINE": "1"})).check()[1] == []
    assert Bench(plain_site(project.root, env={"MINE": "2"})).check()[1] == [POST]


def test_drafts() -> None:
    """A draft would be published."""
    from helpers import parsed

    assert pipeline.is_draft(parsed("---\ndraft: true\n---\n"))
    assert not pipeline.is_draft(parsed("---\ndraft: false\n---\n"))
