"""Cells of Markdown posts: which fences they are, on which lines, with which options."""

from __future__ import annotations

from textwrap import dedent

import pytest
from markdown import Markdown

from haebom.errors import ConfigError
from haebom.fences import PYTHON, install
from haebom.model import Code, Mode, Post, Stream
from haebom.parsers import markdown
from haebom.parsers.markdown import Settings
from helpers import FULL, TABS, codes, line_of, parsed
from nestings import NESTINGS

NOT_CELLS = {
    "indented code": "text\n\n    ```python\n    {MARK}\n    ```\n",
    "comment": "text\n\n<!--\n```python\n{MARK}\n```\n-->\n\ntext\n",
    "fence in a longer fence": "````markdown\n```python\n{MARK}\n```\n````\n",
    "fence in a tilde fence": "~~~markdown\n```python\n{MARK}\n```\n~~~\n",
    "another language": "```bash\n{MARK}\n```\n",
    "no language": "```\n{MARK}\n```\n",
    "text": "`````text\n```python\n{MARK}\n```\n`````\n",
    "inline": "a `python {MARK}` b\n",
    "no blank line": "- item\n```\n{MARK}\n```\n",
}


def _numbered(text: str, settings: Settings = FULL) -> tuple[Post, str]:
    whole = "---\ntitle: a\n---\n\n# 제목\n\n글 하나.\n\n" + text.replace("{MARK}", "y = 'MARK'")
    return parsed(whole + "\n끝.\n", settings=settings), whole


@pytest.mark.parametrize("settings", [FULL, TABS], ids=["spaces", "preserve_tabs"])
@pytest.mark.parametrize("name", NESTINGS)
def test_every_nesting(name: str, settings: Settings) -> None:
    """A cell would be missed, get other code than the page shows, or be told at another line."""
    post, whole = _numbered(NESTINGS[name], settings)
    (cell,) = post.cells
    assert codes(post.findings) == []
    assert cell.runs
    assert cell.code.split("\n")[0] == "x = 1"
    assert cell.code.split("\n")[-1] == "y = 'MARK'"
    lines = cell.code.count("\n") + 1
    assert cell.line(lines).line == line_of(whole, "MARK")
    assert whole.split("\n")[cell.at.line - 1].lstrip("> \t") == "x = 1"
    assert str(cell.at) == f"posts/2026-01-02-a.md:{cell.at.line}"


@pytest.mark.parametrize("settings", [FULL, TABS], ids=["spaces", "preserve_tabs"])
@pytest.mark.parametrize("name", NOT_CELLS)
def test_what_is_no_cell(name: str, settings: Settings) -> None:
    """Something would run that the page does not show as code of a cell."""
    post, _ = _numbered(NOT_CELLS[name], settings)
    assert post.runnable == ()
    assert codes(post.findings) == []


def test_all_nestings_in_one_post() -> None:
    """Fences would shift each other's lines or numbers when they stand in one document."""
    blocks = [
        text.replace("{MARK}", f"y = 'mark {n}!'") for n, text in enumerate(NESTINGS.values())
    ]
    whole = "\n글.\n\n".join(blocks)
    post = parsed(whole)
    assert [cell.index for cell in post.cells] == list(range(len(NESTINGS)))
    lines = {
        cell.line(cell.code.count("\n") + 1).line: cell.code.split("\n")[-1] for cell in post.cells
    }
    expected = {
        number: line.lstrip("> \t")
        for number, line in enumerate(whole.split("\n"), 1)
        if "mark " in line
    }
    # a footnote's text is converted last, wherever it stands
    assert lines == expected


def test_dedented_and_blank_lines_stay() -> None:
    """Blank lines or inner indentation of a cell would get lost."""
    post = parsed("- a\n\n    ```python\n    def f():\n\n        return 1\n\n\n    f()\n    ```\n")
    assert post.cells[0].code == "def f():\n\n    return 1\n\n\nf()"


def test_option_lines_are_not_code() -> None:
    """Option lines would be shown and run, or shift the lines of errors."""
    post = parsed("```python\n#| label: a\n#| timeout: 3\nx = 1\ny\n```\n")
    (cell,) = post.cells
    assert (cell.code, cell.options.label, cell.options.timeout) == ("x = 1\ny", "a", 3.0)
    assert [cell.at.line, cell.line(1).line, cell.line(2).line] == [2, 4, 5]


@pytest.mark.parametrize(
    ("info", "mode"),
    [
        ("python {.no-run}", Mode.NO_RUN),
        ("python {.ignore}", Mode.IGNORE),
        ("{.python .no-run}", Mode.NO_RUN),
        ("python {.raises}", Mode.RUN),
        ('python {.no-run title="a"}', Mode.NO_RUN),
    ],
)
def test_flags_on_the_fence(info: str, mode: Mode) -> None:
    """A flag in braces would drop the fence or be ignored."""
    (cell,) = parsed(f"```{info}\nx\n```\n").cells
    assert cell.options.mode is mode


def test_problems_of_options_have_their_line() -> None:
    """A misspelt flag or option would be told at the wrong line, or not at all."""
    text = "글\n\n- a\n\n    ```python {.norun}\n    #| echo: true\n    #| tiemout: 3\n    x\n"
    text += "    ```\n"
    post = parsed(text)
    assert [(str(f.code), f.at.line) for f in post.findings] == [("option", 5), ("option", 7)]
    assert "'no-run'" in post.findings[0].hint
    assert "'timeout'" in post.findings[1].hint


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("글\n\n```Python\nx\n```\n", 3, "'python'"),
        ("글\n\n```python,no_run\nx\n```\n", 3, "braces"),
        ("글\n\n```python title=x\ny\n```\n", 3, "title="),
        ("글\n\n```python no-run\ny\n```\n", 3, "braces"),
        ("글\n\n```python\nx\n", 3, "Close the fence"),
        ("- 글\n\n    ```Py\n    x\n    ```\n", 3, "'py'"),
        ("!!! note\n\n    ```python,no_run\n    x\n    ```\n", 3, "braces"),
        ("> ```Python3\n> x\n> ```\n", 1, "'python3'"),
    ],
)
@pytest.mark.parametrize("settings", [FULL, TABS], ids=["spaces", "preserve_tabs"])
def test_near_misses(text: str, line: int, hint: str, settings: Settings) -> None:
    """A fence that looks like Python would silently not run."""
    post = parsed(text, settings=settings)
    assert post.runnable == ()
    (finding,) = post.findings
    assert (finding.code, finding.at.line) == (Code.NEAR_MISS, line)
    assert hint in finding.hint


@pytest.mark.parametrize(
    "text",
    [
        "    ```python,no_run\n    x\n    ```\n",
        "````markdown\n```Python\nx\n```\n````\n",
        "<!--\n```Python\nx\n```\n-->\n",
        "```pycon\n>>> 1\n```\n",
        "```python-repl\n>>> 1\n```\n",
        "글에서 ` ```python,no_run ` 이라고 쓰면\n",
    ],
)
def test_what_is_no_near_miss(text: str) -> None:
    """A quotation of Markdown would be a finding."""
    assert codes(parsed(text).findings) == []


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1)\n```\n\n```output\n1\n```\n",
        "```python\nprint(1)\n```\n```output\n1\n```\n",
        "- a\n\n    ```python\n    print(1)\n    ```\n\n    ```output\n    1\n    ```\n",
        "> ```python\n> print(1)\n> ```\n>\n> ```output\n> 1\n> ```\n",
    ],
)
def test_recorded_output(text: str) -> None:
    """The recorded output right behind a cell would not be known as such."""
    (cell,) = parsed(text).cells
    assert cell.recorded is not None
    assert cell.recorded.outputs == (Stream("stdout", "1\n"),)
    assert text.split("\n")[cell.recorded.at.line - 1].lstrip("> ") == "1"


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1)\n```\n\n글\n\n```output\n1\n```\n",
        "```output\n1\n```\n\n```python\nprint(1)\n```\n",
        "- a\n\n    ```python\n    print(1)\n    ```\n\n```output\n1\n```\n",
        "```python\nprint(1)\n```\n\n```bash\nls\n```\n\n```output\n1\n```\n",
    ],
)
def test_output_of_something_else(text: str) -> None:
    """An output fence that does not follow a cell would be taken for its recorded output."""
    (cell,) = parsed(text).cells
    assert cell.recorded is None


def test_lines_behind_a_snippet() -> None:
    """Lines that pymdownx.snippets puts in would shift the lines of cells and findings."""
    settings = Settings(
        (*FULL.extensions, "pymdownx.snippets"),
        {**FULL.configs, "pymdownx.snippets": {"base_path": [str(SNIPPETS)], "check_paths": True}},
    )
    SNIPPETS.mkdir(exist_ok=True)
    (SNIPPETS / "part.md").write_text("하나\n\n둘\n\n셋\n", "utf-8")
    text = '글\n\n--8<-- "part.md"\n\n```python\nx = 1\n```\n\n```Python\nx\n```\n'
    post = parsed(text, settings=settings)
    assert [cell.at.line for cell in post.cells] == [6]
    assert [finding.at.line for finding in post.findings] == [9]


@pytest.fixture(autouse=True)
def _snippets(tmp_path_factory: pytest.TempPathFactory) -> None:
    global SNIPPETS
    SNIPPETS = tmp_path_factory.getbasetemp() / "snippets"


def test_links_and_images() -> None:
    """A link would be missed or told at another line, or an outer address be checked."""
    text = dedent("""\
        [a](other.md#part "title") ![b](그림%201.png)

        - in a list [c](data/x.csv?raw=1)
        <img src="d.png" alt="">

        [e]: ref.md
        [e] [out](https://example.org/a.md) [mail](mailto:a@b) [root](/x) [here](#part)

        ```python
        "[no](no.md)"
        ```
        <!-- [no](never.md) -->
        """)
    links = {(link.target, link.is_image, link.at.line) for link in parsed(text).links}
    assert links == {
        ("other.md", False, 1),
        ("그림 1.png", True, 1),
        ("data/x.csv", False, 3),
        ("d.png", True, 4),
        ("ref.md", False, 6),
    }


def test_an_extension_that_fails() -> None:
    """A broken Markdown extension would end the command instead of naming the post."""
    settings = Settings(("no.such.extension",))
    (finding,) = parsed("```python\nx\n```\n", settings=settings).findings
    assert finding.code is Code.PARSE
    assert "no" in finding.message


def test_without_superfences() -> None:
    """haebom would fail without saying which extension it lacks."""
    with pytest.raises(ConfigError, match=r"pymdownx\.superfences"):
        install(Markdown(), object())  # type: ignore[arg-type]


def test_languages() -> None:
    """The fences of another kernel's language would not run, or Python's would."""
    assert markdown.languages("python3") == PYTHON
    assert markdown.languages("my-python-env") == PYTHON
    assert markdown.languages("ir") == ("r", "R")
    assert markdown.languages("bash") == ("bash", "sh")
    assert markdown.languages("julia-1.9") == ("julia",)


def test_kernel_of_another_language() -> None:
    """A post with another kernel would run its Python fences in it."""
    post = parsed("---\nkernel: bash\n---\n```bash\nls\n```\n\n```python\nx\n```\n")
    assert [cell.code for cell in post.runnable] == ["ls"]
    assert post.execution.kernel == "bash"
