"""Expressions in prose: where they are found, and what is read out of them."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown

from haebom.expressions import body, parse
from haebom.model import Checked, Code, Error, Run, State, Value
from haebom.parsers.markdown import Settings
from haebom.stage import CELLS
from haebom.verify import verify
from helpers import FULL, TABS, Bench, Project, code_cell, dumped, notebook, parsed, staged
from nestings import NESTINGS

NAMES: dict[str, Any] = {
    "x": [3, 1, 2], "pi": 3.14159, "word": "가", "day": datetime.datetime(2026, 1, 2, 3, 4),
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "pi", "pi:.2f", "pi!r", "pi!r:>9", " pi : .2f", "x[1:]", "x[::-1]", "{1: 2}[1]:03d",
        "(lambda a: a + 1)(1):d", "day:%H:%M", "word!a", "'a:b'", "'!r'", "'a!r':>5", "pi != 3",
        "pi != 3!r", "x[0] if x else 0:02d", "f(1, b=2):+", "{k: v for k, v in [(1, 2)]}",
        "{'a': 1}['a']", "len({*x}):,", "word:!>3", "word:=^5", "[i for i in x if i != 2]!s",
        "'{}'.format(1)", "x[1:2]!r:>10",
    ],
)  # fmt: skip
def test_it_reads_as_an_f_string_does(text: str) -> None:
    """A colon or an exclamation mark would be taken for another's."""
    names = {**NAMES, "f": lambda a, b: a + b}
    expected = eval(f'f"""{{ {text.strip()}}}"""', names)
    parts = parse(text)
    value = eval(parts.code, names)
    convert = {"": lambda v: v, "r": repr, "s": str, "a": ascii}[parts.conversion]
    assert format(convert(value), parts.spec) == expected


@pytest.mark.parametrize(
    "text", ["1 +", "x =", "import os", "a b:c", "", ":d", "!r", "x\0", "del x"]
)
def test_what_is_no_expression(text: str) -> None:
    """A statement would be run where a value is wanted, or end in a traceback."""
    with pytest.raises(SyntaxError):
        parse(text)


TEXT = """\
---
description: 정확도 `{python} acc:.1%`
---

# 제목 `{python} one`

``{python} quoted`` and `` `{python} quoted` `` and `{python}`

\\`{python} escaped`

```python
acc = .972
```

    `{python} indented`

--

\ttab
\t`{python} indented`

<pre>`{python} raw`</pre>
<!-- `{python} comment` -->

| a | b |
|---|---|
| `{python} a | 0` | `{python} b` |

- item `{python} c`[^1]

    !!! note "`{python} d`"
        `{python} e` ``{python} quoted`` `{python} f`

> quote `{python} g(1,
> 2)` end

```text
`{python} fence`
```

```python
`{python} code`
```

=== "a"

        `{python} indented`

    [`{python} h`](#x)

[^1]: foot `{python} i`

open `{python} never closed
"""


@pytest.mark.parametrize("settings", [FULL, TABS], ids=["spaces", "preserve_tabs"])
def test_where_they_are(settings: Settings) -> None:
    """An expression would be missed, or a quotation of one be run; or its place be wrong."""
    post = parsed(TEXT, settings=settings)
    found = {each.text: each for each in post.expressions}
    expected = ["one", "a | 0", "b", "c", "d", "e", "f", "g(1, 2)", "h", "i", "acc:.1%"]
    assert list(found) == expected
    lines = TEXT.split("\n")
    for text in expected[:-1]:
        at = found[text].at
        assert at.column is not None
        assert lines[at.line - 1][at.column - 1 :].startswith(f"`{{python}} {text[:3]}"), text
    assert [found[text].after for text in expected] == [0, *[1] * 7, 2, 2, 2]
    assert (found["acc:.1%"].key, found["acc:.1%"].at.line) == ("description", 2)
    assert post.findings == ()


def test_places_in_notebooks_and_scripts() -> None:
    """A finding would point to a line of the Markdown that is nobody's file."""
    first = "# 제목\n\n글 `{python} 1 +`"
    text = dumped(notebook(code_cell("x"), first, "`{python} x`"))
    post = parsed(text, "posts/2026-01-02-a.ipynb")
    at = post.findings[0].at
    assert (at.cell, at.cell_line, at.column) == (2, 3, 3)
    assert str(at).endswith("(cell 2, line 3, column 3)")
    assert [each.after for each in post.expressions] == [1]
    script = "# %% [markdown]\n# ---\n# tags: [a]\n# ---\n#\n# # 제목\n#\n# 글 `{python} 1 +`\n"
    at = parsed(script, "posts/2026-01-02-a.py").findings[0].at
    assert str(at) == "posts/2026-01-02-a.py:8:5"
    script = '# %% [markdown]\n"""\n글 `{python} 1 +`\n"""\n\n# %%\nx\n'
    assert str(parsed(script, "posts/2026-01-02-a.py").findings[0].at).endswith("a.py:3:3")


@pytest.mark.parametrize("text", ["`{Python} x`", "`{py} x`", "`{python3} x`", "`{python}x`"])
def test_near_misses(text: str) -> None:
    """An author would publish code where a value is meant."""
    (finding,) = parsed(f"a\n\n글 {text}\n").findings
    assert (finding.code, str(finding.at)) == (Code.NEAR_MISS, "posts/2026-01-02-a.md:3:3")
    assert "{python} x" in finding.hint


def test_other_languages_are_left_alone() -> None:
    """A post in another language could not quote such a thing."""
    post = parsed("---\nkernel: bash\n---\n`{python} x`\n")
    assert (post.expressions, post.findings) == ((), ())


# -- what happens to them --------------------------------------------------------------------------


def test_they_are_worked_out_behind_the_cells_above_them(bench: Bench, project: Project) -> None:
    """A value would be of another moment than its sentence."""
    cell = "```python\nx = {}\n```\n\n"
    text = f"{cell.format(1)}a `{{python}} x`\n\n{cell.format(2)}b `{{python}} x`\n"
    project.write("posts/2026-01-01-a.md", f"---\ntitle: '`{{python}} x:02`'\n---\n{text}")
    checked = bench.one()
    assert checked.run is not None
    assert [value.text for value in checked.run.values] == ["1", "2", "02"]


def test_errors_are_findings_at_their_place(bench: Bench, project: Project) -> None:
    """An author would look for a slip in the wrong line, or a page show a hole."""
    text = "```python\nx = 1\n```\n\n글 `{python} x` `{python} y`\n\n`{python} x:q`\n"
    project.write("posts/2026-01-01-a.md", text + "\n```python\nprint(x)\n```\n")
    checked = bench.one()
    places = [(str(finding.code), str(finding.at)) for finding in checked.findings]
    path = "posts/2026-01-01-a.md"
    assert places == [("cell-error", f"{path}:5:16"), ("cell-error", f"{path}:7:1")]
    assert "name 'y' is not defined" in checked.findings[0].message
    assert checked.run is not None and len(checked.run.cells) == 2
    assert not any(bench.site.store.candidates(checked.run.recipe)), "it failed"


def test_one_that_is_stopped_stops_the_post(bench: Bench, project: Project) -> None:
    """A dead kernel would be asked for more."""
    text = "`{python} end('timeout', 'Too long.')`\n\n```python\nx\n```\n\n`{python} 2`\n"
    project.write("posts/2026-01-01-a.md", text)
    checked = bench.one()
    (finding,) = checked.findings
    assert (finding.code, finding.message, finding.at.line) == (Code.TIMEOUT, "Too long.", 1)
    assert checked.run is not None
    assert [cell.state for cell in checked.run.cells] == [State.SKIPPED]
    assert [value.state for value in checked.run.values] == [State.TIMEOUT]


def test_values_are_normalised(bench: Bench, project: Project) -> None:
    """A page would change with every build."""
    text = "```python\no = object()\nprint(o)\n```\n\n`{python} o` `{python} here`\n"
    project.write("posts/2026-01-01-a.md", text)
    checked = bench.one()
    assert checked.run is not None
    values = [value.text for value in checked.run.values]
    assert values == ["<object object at 0x000001>", "/post"]


def test_a_run_without_a_value_is_told() -> None:
    """A finding would have no message."""
    post = parsed("`{python} x`\n")
    run = Run("r", values=(Value(0, State.ERROR, error=Error("E", "one\ntwo")),))
    (finding,) = verify(post, run).findings
    assert finding.message == "The value of 'x' cannot be worked out: E: one."


# -- the page --------------------------------------------------------------------------------------

MEANT = "<a> & *b* _c_ [d](e) `f` $g$ &amp;"


def _page(text: str, folder: Path, *values: str, settings: Settings = FULL) -> str:
    post = parsed(text, settings=settings)
    pairs = zip(post.expressions, values, strict=False)
    run = Run("r", values=tuple(Value(each.index, State.OK, text) for each, text in pairs))
    page = staged(Checked(post, run), folder)
    staged_text = (folder / page.uri).read_text("utf-8").split("---\n", 2)[2]
    configs = {name: dict(own) for name, own in settings.configs.items()}
    configs["haebom"] = {"cells": str(folder / CELLS)}
    md = Markdown(extensions=[*settings.extensions, "haebom"], extension_configs=configs)
    html = md.convert(staged_text)
    assert "haebom:" not in html, "a mark is left"
    return html


SHOWN = '<span class="haebom-value">&lt;a&gt; &amp; *b* _c_ [d](e) `f` $g$ &amp;amp;</span>'


@pytest.mark.parametrize("settings", [FULL, TABS], ids=["spaces", "preserve_tabs"])
@pytest.mark.parametrize("name", NESTINGS)
def test_placing_in_every_nesting(name: str, settings: Settings, tmp_path: Path) -> None:
    """A value would be missing, stand elsewhere, or be changed by Markdown."""
    fence = re.compile(r"(?P<lead>^[ \t>]*|^:   )(?:```+|~~~+).*?(?:```+|~~~+)$", re.M | re.S)
    text = fence.sub(r"\g<lead>글 `{python} v` 끝", NESTINGS[name])
    html = _page(text, tmp_path, MEANT, settings=settings)
    assert html.count(f"글 {SHOWN} 끝") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| a |\n|---|\n| `{python} v` |\n", f"<td>{SHOWN}</td>"),
        ("**`{python} v`**", f"<strong>{SHOWN}</strong>"),
        ("[`{python} v`](#x)", f'<a href="#x">{SHOWN}</a>'),
        ("a[^1]\n\n[^1]: `{python} v`\n", f"<p>{SHOWN}"),
        ("`{python} v`,`{python} v`", f"{SHOWN},{SHOWN}"),
        ('=== "`{python} v`"\n\n    a\n', SHOWN),
        ("word\n:   `{python} v`\n", f"<dd>{SHOWN}</dd>"),
    ],
)
def test_placing_in_all_kinds_of_text(text: str, expected: str, tmp_path: Path) -> None:
    """A value would be missing where an author may well want one."""
    assert expected in _page(text, tmp_path, MEANT, MEANT)


def test_a_heading_takes_its_anchor_from_the_value(tmp_path: Path) -> None:
    """An anchor would hold an expression."""
    html = _page("## About `{python} v` {: .x}\n", tmp_path, "42%")
    assert '<h2 class="x" id="about-42">About <span class="haebom-value">42%</span></h2>' in html


def test_quotations_stay_as_they_are(tmp_path: Path) -> None:
    """A guide could not explain how to write one."""
    html = _page(TEXT, tmp_path, *"0123456789")
    plain = Markdown(extensions=list(FULL.extensions), extension_configs=dict(FULL.configs))  # type: ignore[arg-type]
    for line in ("``{python} quoted`` and `` `{python} quoted` ``", "\\`{python} escaped`"):
        assert plain.convert(line).removeprefix("<p>").removesuffix("</p>") in html
    for quoted in ("indented", "raw", "comment", "fence"):
        assert f"`{{python}} {quoted}`" in html
    assert "<p>open `{python} never closed</p>" in html
    assert html.count("haebom-value") == 10


def test_a_value_that_nobody_knows(tmp_path: Path) -> None:
    """A page that an author looks at would show an empty place."""
    assert '<span class="haebom-value">(no value)</span>' in _page("`{python} v`\n", tmp_path)


def test_texts_that_others_show(tmp_path: Path) -> None:
    """A notebook to take along, or one that another plugin shows, would hold expressions."""
    text = "# 글 `{python} v`\n\n`` `{python} v` `` a `{python} v` b\n\n> `{python} f(1,\n> 2)` c\n"
    post = parsed(text)
    run = Run("r", values=tuple(Value(e.index, State.OK, "*1*\n2") for e in post.expressions))
    meant = r"\*1\* 2"
    expected = f"# 글 {meant}\n\n`` `{{python}} v` `` a {meant} b\n\n> {meant}\n>  c\n"
    assert body(post, run) == expected
    assert body(post, None) == text
