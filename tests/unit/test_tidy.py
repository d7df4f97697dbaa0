"""Sources in their usual form: what is changed, and that nothing that runs is."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from haebom import frontmatter
from haebom.parsers.notebook import load
from haebom.parsers.post import read
from haebom.tidy import Tidied, tidy
from helpers import FULL, PNG, code_cell, dumped, markdown_cell, notebook, parsed, source

MD, NB, PY = (f"posts/2026-01-02-a.{suffix}" for suffix in ("md", "ipynb", "py"))


def _tidy(
    content: str | bytes, path: str = MD, drop_outputs: bool = False, **fields: Any
) -> Tidied:
    data = content.encode() if isinstance(content, str) else content
    where = source(path, **fields)
    return tidy(data, read(where, data, FULL), where, FULL, drop_outputs)


# -- texts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("글", "글\n"),
        ("\ufeff글\r\n\r\n끝  \r\n\n\n", "글\n\n끝  \n"),
        ("---\ntags: [a]\n---\n글\n", "---\ntags: [a]\n---\n\n글\n"),
        ("---\ntags: [a]\n...\n\n\n\n글\n", "---\ntags: [a]\n---\n\n글\n"),
        ("```py\nx\n```\n", "```python\nx\n```\n"),
        ("~~~  python3   {.no-run}  \nx\n~~~\n", "~~~python {.no-run}\nx\n~~~\n"),
        ('- a\n\n    ```py title="b  c"\n    x\n    ```\n',
         '- a\n\n    ```python title="b  c"\n    x\n    ```\n'),
        ("> ```py\n> x\n> ```\n", "> ```python\n> x\n> ```\n"),
        ("```py\nprint(1)\n```\n\n```  output \n1\n```\n",
         "```python\nprint(1)\n```\n\n```output\n1\n```\n"),
        ("````markdown\n```py\nx\n```\n````\n", "````markdown\n```py\nx\n```\n````\n"),
        ("```py {.ignore}\nx\n```\n", "```py {.ignore}\nx\n```\n"),
        ("<!--\n```py\nx\n```\n-->\n", "<!--\n```py\nx\n```\n-->\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_markdown(before: str, after: str) -> None:
    """A text would not get its usual form, or lose something on the way."""
    assert _tidy(before) == Tidied(after)
    assert _tidy(after) == Tidied(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tags: [a]\ntitle: b\n", "title: b\ntags: [a]\n"),
        ("title : b\ntags:    [a]  \n", "title: b\ntags: [a]\n"),
        ("tags: [a]\n# 제목\n# 둘째 줄\ntitle: 'b: c'  # 뒤\ndate: 2026-01-02\n",
         "# 제목\n# 둘째 줄\ntitle: 'b: c'  # 뒤\ndate: 2026-01-02\ntags: [a]\n"),
        ("# 맨 위\ntags:\n- a\n-  b\n\ndate: 2026-01-02\n",
         "# 맨 위\ndate: 2026-01-02\ntags:\n- a\n-  b\n\n"),
        ("tags: [a,\n  b]\ntitle: |\n  여러\n  줄\n", "title: |\n  여러\n  줄\ntags: [a,\n  b]\n"),
        ("own: 1\ntitle: b\n", "title: b\nown: 1\n"),
        ("execute:\n  timeout:   3\ndata: [a]\n", "data: [a]\nexecute:\n  timeout:   3\n"),
    ],
)  # fmt: skip
def test_front_matter(before: str, after: str) -> None:
    """Keys would not be in order, or a comment, a quote or a line of a value be lost."""
    assert frontmatter.tidy(f"---\n{before}---\n") == f"---\n{after}---\n"


@pytest.mark.parametrize(
    "text",
    [
        "tags: *a\ntitle: &a b\n",
        "tags: &a [x]\ntitle: *b\n",
        "{tags: [a], title: b}\n",
        "? tags\n: [a]\n? title\n: b\n",
        "- a\n",
        "tags: [\n",
        "date: 2026-13-45\n",
        "",
    ],
)
def test_front_matter_that_stays(text: str) -> None:
    """Front matter that cannot be ordered line by line would be damaged."""
    assert frontmatter.tidy(f"---\n{text}---\n") == f"---\n{text}---\n"


@pytest.mark.parametrize("text", ["---\ntags: [a]\n---\n\n# 글\n", "```py\nx\n```\n"])
def test_another_meaning_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in how posts are tidied would change what they are."""
    monkeypatch.setattr(frontmatter, "tidy", lambda block: block.replace("tags", "categories"))
    monkeypatch.setattr("haebom.tidy.PYTHON", ("text", "py"))
    tidied = _tidy(text)
    assert tidied.reason == f"{MD}: in another form it would not mean the same."
    assert tidied.text == text


def test_a_page_keeps_its_front_matter() -> None:
    """An ordinary page, whose keys are its host's business, would be rewritten."""
    text = "---\ntags: [a]\ntitle: b\n---\n글\n"
    assert _tidy(text, is_post=False).text == text


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"[]"])
def test_what_cannot_be_read_stays(content: bytes) -> None:
    """A file that is not what it claims to be would be overwritten."""
    tidied = _tidy(content, NB)
    assert tidied.reason.startswith(f"{NB}:1: ")
    assert tidied.text.encode("utf-8", "surrogateescape") == content


def test_script() -> None:
    """A script's front matter would not be tidied, or its code be."""
    before = "# %% [raw]\n# ---\n# tags: [a]\n#\n# title : b\n# ---\n\n# %%\nx = 1   \n\n\n"
    after = "# %% [raw]\n# ---\n# title: b\n# tags: [a]\n#\n# ---\n\n# %%\nx = 1   \n"
    assert _tidy(before, PY) == Tidied(after)
    assert _tidy(after, PY) == Tidied(after)


# -- notebooks -------------------------------------------------------------------------------------

STREAM = {"output_type": "stream", "name": "stdout", "text": "하나\n둘\n"}
RESULT = {
    "output_type": "execute_result",
    "execution_count": 7,
    "metadata": {},
    "data": {
        "text/plain": "1",
        "image/png": PNG + "\n",
        "application/json": {"b": [1], "a": "x\ny"},
    },
}


def test_notebook() -> None:
    """An editor's notes would stay, or something that the author wrote be lost."""
    messy = notebook(
        "---\ntags: [a]\ntitle: b\n---",
        code_cell("1", "hide-input", outputs=[STREAM, RESULT], execution_count=3),
        code_cell("2"),
    )
    messy["cells"][1]["metadata"] |= {
        "collapsed": True,
        "vscode": {"languageId": "python"},
        "mine": 1,
    }
    messy["cells"][2]["metadata"]["tags"] = []
    messy["cells"][2]["id"] = messy["cells"][1]["id"]
    messy["metadata"] = {
        "kernelspec": {"display_name": ".venv (3.12)", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.12.1", "nbconvert_exporter": "python"},
        "vscode": {"interpreter": {"hash": "x"}},
        "widgets": {"state": {}},
    }
    tidied = _tidy(json.dumps(messy, indent=4), NB)
    assert not tidied.reason
    found = json.loads(tidied.text)
    first, second, third = found["cells"]
    assert first["source"] == ["---\n", "title: b\n", "tags: [a]\n", "---"]
    assert second["metadata"] == {"mine": 1, "tags": ["hide-input"]}
    assert second["execution_count"] is None
    assert second["id"] == messy["cells"][1]["id"]
    assert second["outputs"][0]["text"] == ["하나\n", "둘\n"]
    assert second["outputs"][1]["execution_count"] is None
    assert second["outputs"][1]["data"] == {**RESULT["data"], "text/plain": ["1"]}  # type: ignore[dict-item]
    assert third["metadata"] == {}
    assert third["id"] != second["id"]
    assert found["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "widgets": {"state": {}},
    }
    assert tidied.text == json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert _tidy(tidied.text, NB) == tidied
    load(tidied.text)


def test_dropped_outputs() -> None:
    """--drop-outputs would leave outputs, or the default drop them."""
    text = dumped(notebook(code_cell("1", outputs=[STREAM])))
    assert json.loads(_tidy(text, NB).text)["cells"][0]["outputs"]
    assert json.loads(_tidy(text, NB, drop_outputs=True).text)["cells"][0]["outputs"] == []


def test_another_kernel_stays() -> None:
    """A notebook in another language would run in another kernel afterwards."""
    spec = {"display_name": "R", "language": "R", "name": "ir"}
    info = {"name": "R", "version": "4"}
    text = dumped(notebook(code_cell("1"), metadata={"kernelspec": spec, "language_info": info}))
    metadata = json.loads(_tidy(text, NB).text)["metadata"]
    assert metadata == {"kernelspec": spec, "language_info": {"name": "R"}}


@pytest.mark.parametrize(
    "document",
    [
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]},
        {"cells": [1], "nbformat": 4},
        {"cells": [{"cell_type": "code", "source": 3}], "nbformat": 4},
        {"cells": [{"cell_type": "code", "source": "x", "outputs": [3]}], "nbformat": 4},
    ],
)
def test_an_odd_notebook_stays(document: dict[str, Any]) -> None:
    """A notebook of an old format, or one that is none, would be rewritten into something else."""
    text = json.dumps(document) + "\n"
    assert _tidy(text, NB).text == text


# -- whatever is written ---------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.dates()
META = st.dictionaries(
    st.sampled_from([*frontmatter.ORDER, "own", "y"]),
    SCALARS | st.lists(SCALARS, max_size=2)
    | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2),
    max_size=6,
)  # fmt: skip
STYLES = st.fixed_dictionaries(
    {"default_flow_style": st.sampled_from([None, True, False]), "width": st.sampled_from([8, 80]),
     "default_style": st.sampled_from([None, '"', "'", "|"])}
)  # fmt: skip


@given(meta=META, style=STYLES)
def test_front_matter_says_the_same(meta: dict[str, Any], style: dict[str, Any]) -> None:
    """Some front matter would say something else after it was put in order."""
    text = yaml.safe_dump(meta, allow_unicode=True, sort_keys=False, **style)
    block = f"---\n{text}---\n"
    written = frontmatter.tidy(block)
    assert yaml.safe_load(written[4:-4]) == yaml.safe_load(text)
    assert frontmatter.tidy(written) == written


CODE = st.text(st.sampled_from("xy=1 \t\n'\"#|`~{}.글\\가\u2028\x0c\r"), max_size=30)
JUNK = st.dictionaries(
    st.sampled_from(["tags", "collapsed", "scrolled", "vscode", "mine"]),
    st.just([]) | st.just(["a"]),
)  # fmt: skip
CELLS = st.lists(
    st.builds(code_cell, CODE, metadata=JUNK, execution_count=st.none() | st.integers(1, 9),
              outputs=st.lists(st.sampled_from([STREAM, RESULT]), max_size=2))
    | st.builds(markdown_cell, CODE),
    max_size=4,
)  # fmt: skip


def _what_runs(content: str | bytes, path: str) -> Any:
    post = parsed(content, path)
    recorded = [cell.recorded and cell.recorded.outputs for cell in post.cells]
    return (
        [(c.source, c.code, c.options) for c in post.cells],
        recorded,
        repr(sorted(post.meta.items())),
    )


@given(cells=CELLS, indent=st.sampled_from([None, 1, 4]), minor=st.integers(0, 5))
def test_notebooks_run_the_same(cells: list[Any], indent: int | None, minor: int) -> None:
    """Some notebook would run something else, or be changed again the next time."""
    text = json.dumps(notebook(*cells, nbformat_minor=minor), indent=indent)
    tidied = _tidy(text, NB)
    assert _what_runs(tidied.text, NB) == _what_runs(text, NB)
    assert _tidy(tidied.text, NB) == tidied
    if not tidied.reason:
        assert all(cell.get("execution_count") is None for cell in json.loads(tidied.text)["cells"])


LINES = st.sampled_from(
    ["---", "tags: [a]", "title : b", "```py", "```python3 {.no-run}", "```", "~~~ py", "~~~",
     "    ", "    ```py", "    ```", "> ```py", "> ```", "x = 1", "  y", "", "# %%",
     "# %% [markdown]", "글", "```output", "#| eval: false", "- a", "!!! note", "<!--", "-->",
     "\ufeff", "\r", "\u2028"]
)  # fmt: skip


@pytest.mark.parametrize("path", [MD, PY])
@given(lines=st.lists(LINES, max_size=14), end=st.sampled_from(["\n", "\r\n"]))
def test_texts_run_the_same(path: str, lines: list[str], end: str) -> None:
    """Some text would run something else, or be changed again the next time."""
    text = end.join(lines)
    tidied = _tidy(text, path)
    assert _what_runs(tidied.text, path) == _what_runs(text, path)
    assert _tidy(tidied.text, path) == tidied
