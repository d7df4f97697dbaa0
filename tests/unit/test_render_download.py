"""Posts to take along: their text and their code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from haebom.model import CellRun, Display, Error, Output, Run, State, Stream
from haebom.render.download import Needs, notebook, resolve, script
from haebom.render.labels import labels
from helpers import parsed

WORDS = labels("en")


def _run(text: str, *outputs: tuple[Output, ...]) -> tuple[Any, Run]:
    post = parsed(text, "posts/2026-01-02-a.md")
    found = (*outputs, *[()] * (len(post.runnable) - len(outputs)))
    cells = zip(post.runnable, found, strict=True)
    return post, Run("r", tuple(CellRun(c.index, State.OK, own) for c, own in cells))


def _cells(text: str, *outputs: tuple[Output, ...], needs: Needs = Needs()) -> list[dict[str, Any]]:  # noqa: B008
    post, run = _run(text, *outputs)
    found: list[dict[str, Any]] = json.loads(notebook(post, run, needs, WORDS))["cells"][1:]
    return found


def _code(text: str, *outputs: tuple[Output, ...]) -> str:
    """The code of the first cell as plain Python."""
    post, run = _run(text, *outputs)
    found = script(post, run, Needs(), WORDS)
    assert found is not None
    return found.partition("# %%\n")[2].rstrip("\n")


NESTED = """\
# 제목 { #own }

글. <!-- 남는 말 -->

<!-- more -->

!!! note "알림"

    안에서.

    ```python
    a = 1
    ```

    뒤에서.

=== "하나"

    ```python {.no-run}
    b = 2
    ```

1. 목록

    ```python
    c = 3
    ```

    ```output
    ```

    이어서.

    - 안쪽

밖에서.
"""


def test_text_between_cells() -> None:
    """Text would be lost, become code through its indentation, or keep marks of Material's."""
    cells = _cells(NESTED)
    assert [(cell["cell_type"], cell["source"]) for cell in cells] == [
        ("markdown", "# 제목\n\n글. <!-- 남는 말 -->\n\n**알림**\n\n안에서."),
        ("code", "a = 1"),
        ("markdown", "뒤에서.\n\n**하나**\n\n```python\nb = 2\n```\n\n1. 목록"),
        ("code", "c = 3"),
        ("markdown", "이어서.\n\n- 안쪽\n\n밖에서."),
    ]


def test_a_title_of_the_front_matter() -> None:
    """A notebook would begin without a title."""
    cells = _cells("---\ntitle: 위 제목\n---\n글.\n\n```python\nx = 1\n```\n")
    assert cells[0]["source"].startswith("# 위 제목\n\n글.")


def test_links() -> None:
    """A link would lead nowhere in a notebook far from the site."""
    needs = Needs(links={"2026-01-05-b.md": "blog/posts/가 나.md", "p.png": "blog/posts/p.png"})
    cells = _cells(
        "# A\n\n[b](2026-01-05-b.md#절), ![그림](p.png), [밖](https://x.example/)\n\n"
        "```python\nx = 1\n```\n",
        needs=needs,
    )
    text = resolve(cells[0]["source"], lambda uri: f"https://a.example/{uri.replace(' ', '_')}")
    assert "[b](https://a.example/blog/posts/가_나.md#절)" in text
    assert "![그림](https://a.example/blog/posts/p.png), [밖](https://x.example/)" in text


def test_outputs_in_a_notebook() -> None:
    """A notebook would lack what came out, or hold what only the site's pages can show."""
    shown = Display({"text/plain": "t", "image/png": "QQ==", "image/png;scheme=dark": "QQ=="})
    (_, cell) = _cells("# A\n\n```python {.raises}\nx\n```\n", (Stream("stdout", "1\n"), shown))
    stream, display = cell["outputs"]
    assert stream["text"] == "1\n"
    assert set(display["data"]) == {"text/plain", "image/png"}
    assert cell["metadata"]["tags"] == ["raises-exception"]
    assert cell["execution_count"] == 1


RESULT = (Display({"text/plain": "1"}, is_result=True),)


@pytest.mark.parametrize(
    ("code", "outputs", "expected"),
    [
        ("x = 1", (), "x = 1"),
        ("y = 2\n(x +\n  1)  # 말", RESULT, "y = 2\ndisplay((x +\n  1))  # 말"),
        ("'한글'; z", RESULT, "'한글'; display(z)"),
        ("x.run()", (), "x.run()"),
        ("%matplotlib inline\nx = 1", (), "x = 1"),
        ("%%time\nx = 1", (), "x = 1"),
    ],
)
def test_plain_code(code: str, outputs: tuple[Output, ...], expected: str) -> None:
    """A script would print something else than the notebook shows, or not be Python."""
    assert _code(f"# A\n\n```python\n{code}\n```\n", outputs) == expected


def test_cells_that_are_meant_to_fail() -> None:
    """A script would end at the first example of an error, or change a long string."""
    code = 'text = """a\nb"""\nint(text)'
    found = _code(f"# A\n\n```python {{.raises}}\n{code}\n```\n", (Error("ValueError", "no"),))
    assert found == (
        'try:\n    text = """a\nb"""\n    int(text)\n'
        "except BaseException as error:\n    print(f'{type(error).__name__}: {error}')"
    )
    compile(found, "<script>", "exec")


def test_a_syntax_error_on_purpose() -> None:
    """One example of a syntax error would spoil the whole script."""
    found = _code("# A\n\n```python {.raises}\nx = = 1\n```\n", (Error("SyntaxError", "no"),))
    assert found == "# x = = 1"


@pytest.mark.parametrize(
    "code", ["!ls", "%run x.py", "x = !ls", "await y", "get_ipython().run_cell('1')", "x?"]
)
def test_no_script_for_what_needs_ipython(code: str) -> None:
    """A reader would download a script that does not even start."""
    post, run = _run(f"# A\n\n```python\n{code}\n```\n")
    assert script(post, run, Needs(), WORDS) is None


def test_what_it_needs_comes_first() -> None:
    """A reader would have to find out the packages, and get other numbers."""
    needs = Needs(("numpy==2.4.6",), "import random\n\nrandom.seed(0)", {"수.csv": "blog/수.csv"})
    post, run = _run("# A\n\n```python\nprint(1)\n```\n")
    text = script(post, run, needs, WORDS)
    assert text is not None
    head = resolve(text, lambda uri: f"https://a.example/{uri}").partition("# %%")[0]
    assert '# /// script\n# dependencies = [\n#     "numpy==2.4.6",\n# ]\n# ///\n' in head
    assert head.index("random.seed(0)") < head.index('"수.csv": "https://a.example/blog/수.csv"')
    first = json.loads(notebook(post, run, needs, WORDS))["cells"][0]["source"]
    assert "%pip install --quiet numpy==2.4.6" in first
    assert "random.seed(0)" in first
