"""Notebooks of every version, and how they go wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from haebom.model import Code, Display, Mode, Post, Show, Stream
from haebom.parsers.notebook import Unreadable, kernel, language, load
from helpers import PNG, code_cell, codes, dumped, line_of, markdown_cell, notebook, parsed

PATH = "posts/2026-01-02-a.ipynb"
FRONT = "---\ntitle: 제목\ntags: [x]\n---\n"


def _read(document: dict[str, Any] | str | bytes) -> Post:
    content = dumped(document) if isinstance(document, dict) else document
    return parsed(content, PATH)


def test_cells_tags_and_outputs() -> None:
    """A notebook's cell would lose its code, tags, place or stored output."""
    output = {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]}
    document = notebook(
        FRONT,
        "# 머리말",
        code_cell("print(1)\nprint(2)", "hide-input", outputs=[output]),
        code_cell("1/0", "raises-exception"),
        code_cell("later()", "skip-execution"),
        code_cell("  \n"),
    )
    post = _read(document)
    assert codes(post.findings) == []
    assert dict(post.meta)["tags"] == ["x"]
    assert [cell.code for cell in post.cells] == ["print(1)\nprint(2)", "1/0", "later()"]
    first, second, third = post.cells
    assert (first.options.code, second.options.raises) == (Show.FOLDED, "")
    assert third.options.mode is Mode.NO_RUN
    assert first.recorded is not None
    assert first.recorded.outputs == (Stream("stdout", "1\n2\n"),)
    assert second.recorded is None
    assert (first.at.cell, first.at.cell_line) == (3, 1)
    assert first.at.line == line_of(dumped(document), '"print(1)')
    assert str(first.line(2)).endswith(f":{first.at.line + 1} (cell 3, line 2)")


def test_left_alone_with_its_output() -> None:
    """An imported cell would run, or lose the output that came with it."""
    output = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}
    post = _read(notebook("글", code_cell("print(", "ignore", outputs=[output])))
    assert codes(post.findings) == []
    (cell,) = post.cells
    assert cell.options.mode is Mode.IGNORE
    assert cell.recorded is not None
    assert not post.runs


@pytest.mark.parametrize("as_text", [False, True], ids=["lines", "one text"])
@pytest.mark.parametrize("minor", [0, 1, 2, 4, 5, 9])
def test_minor_versions(minor: int, as_text: bool) -> None:
    """A notebook without cell ids, or of a newer format, would not be read."""
    cells = [markdown_cell("글"), code_cell("x = 1\nx")]
    for cell in cells:
        if minor < 5:
            del cell["id"]
        if as_text:
            cell["source"] = "".join(cell["source"])
    post = _read(notebook(*cells, nbformat_minor=minor))
    assert [cell.code for cell in post.runnable] == ["x = 1\nx"]
    assert codes(post.findings) == []


def _old(code: str, version: int) -> dict[str, Any]:
    cells = [
        {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Old"]},
        {
            "cell_type": "code",
            "collapsed": False,
            "input": [code],
            "language": "python",
            "metadata": {},
            "outputs": [
                {"output_type": "pyout", "prompt_number": 1, "text": ["4"], "metadata": {}}
            ],
            "prompt_number": 1,
        },
    ]
    if version == 2:
        cells[1]["input"] = code
    return {
        "metadata": {"name": "old"},
        "nbformat": version,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


@pytest.mark.parametrize("version", [2, 3])
def test_old_formats(version: int) -> None:
    """A notebook of IPython's days would not be read, or its lines not be found."""
    document = _old("2 + 2", version)
    post = _read(document)
    assert [cell.code for cell in post.runnable] == ["2 + 2"]
    assert post.cells[0].at.line == line_of(dumped(document), '"2 + 2"')
    assert "## Old" in post.body


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, ("python", "python3")),
        ({"kernelspec": {"name": "torch-env", "language": "python"}}, ("python", "python3")),
        ({"kernelspec": {"name": "my-python"}}, ("python", "python3")),
        ({"kernelspec": {"name": "ir", "language": "R"}}, ("r", "ir")),
        ({"kernelspec": {"name": "ir"}}, ("r", "ir")),
        ({"language_info": {"name": "julia"}}, ("julia", "julia")),
        ({"kernelspec": None, "language_info": []}, ("python", "python3")),
        ({"kernelspec": {"name": "xcpp17", "language": "C++ 17"}}, ("c++-17", "xcpp17")),
    ],
)
def test_language_and_kernel(metadata: dict[str, Any], expected: tuple[str, str]) -> None:
    """A notebook would run in a kernel of another language, or demand its author's own."""
    document = {"metadata": metadata, "cells": []}
    assert (language(document), kernel(document)) == expected


@pytest.mark.parametrize("change", ["bom", "crlf", "both", "compact"])
def test_how_the_file_is_written(change: str) -> None:
    """A byte order mark, Windows line ends or JSON on one line would break the notebook."""
    document = notebook(FRONT, code_cell("x = 1\ny = 2"))
    text = dumped(document) if change != "compact" else json.dumps(document)
    if change in ("crlf", "both"):
        text = text.replace("\n", "\r\n")
    data = text.encode("utf-8-sig" if change in ("bom", "both") else "utf-8")
    post = _read(data)
    assert codes(post.findings) == []
    assert post.runnable[0].code == "x = 1\ny = 2"
    expected = 1 if change == "compact" else line_of(dumped(document), '"x = 1')
    assert post.runnable[0].at.line == expected


def test_crlf_within_cells() -> None:
    """A cell with Windows line ends inside would reach the kernel with them."""
    cell = code_cell("")
    cell["source"] = ["a = 1\r\n", "b = 2\r\n", "a"]
    assert _read(notebook(cell)).runnable[0].code == "a = 1\nb = 2\na"


def test_equal_cells_have_their_own_lines() -> None:
    """Of two cells with the same text, an error would be told at the first."""
    document = notebook(code_cell("x = 1"), "글", code_cell("x = 1"))
    post = _read(document)
    lines = [n for n, line in enumerate(dumped(document).split("\n"), 1) if '"x = 1"' in line]
    assert [cell.at.line for cell in post.cells] == lines
    assert [cell.at.cell for cell in post.cells] == [1, 3]


def test_attachments() -> None:
    """An image within a notebook would be a broken link."""
    cell = markdown_cell("![a](attachment:그림.png)", attachments={"그림.png": {"image/png": PNG}})
    post = _read(notebook(cell))
    (attachment,) = post.attachments
    assert attachment.content == PNG
    assert attachment.name.endswith(".png")
    assert f"![a]({attachment.name})" in post.body
    assert (post.links, codes(post.findings)) == ((), [])


def test_raw_cells() -> None:
    """A raw cell would be run, or raw HTML not reach the page."""
    raw = {"cell_type": "raw", "id": "r", "metadata": {}, "source": ["\\LaTeX"]}
    html = {**raw, "metadata": {"raw_mimetype": "text/html"}, "source": ["<b>html</b>"]}
    post = _read(notebook(raw, html))
    assert post.cells == ()
    assert "```text\n\\LaTeX\n```" in post.body
    assert "\n<b>html</b>\n" in post.body


def test_fences_in_text_cells_are_illustrations() -> None:
    """Code in a Markdown cell of a notebook would run."""
    post = _read(notebook("```python\nboom()\n```", code_cell("x")))
    assert [cell.code for cell in post.runnable] == ["x"]
    assert [cell.options.mode for cell in post.cells] == [Mode.IGNORE, Mode.RUN]


def test_backticks_in_code() -> None:
    """A code cell that holds a fence itself would be cut there."""
    text = 's = """\n```python\nx\n```\n"""'
    assert _read(notebook(code_cell(text))).runnable[0].code == text


def test_an_open_fence_ends_with_its_cell() -> None:
    """A fence left open in a Markdown cell would swallow the code cells behind it."""
    post = _read(notebook("```text\nopen", code_cell("x = 1")))
    assert [cell.code for cell in post.runnable] == ["x = 1"]
    assert codes(post.findings) == []


def test_an_open_element_is_told() -> None:
    """A code cell that disappears in an open comment would silently not run."""
    document = notebook("<!-- open", code_cell("x = 1"), "--> close")
    post = _read(document)
    assert post.runnable == ()
    (finding,) = post.findings
    assert (finding.code, finding.at.cell) == (Code.PARSE, 2)
    assert finding.at.line == line_of(dumped(document), '"x = 1"')


def test_tab_signs_in_code() -> None:
    """A tab within a string would reach the kernel as spaces."""
    assert _read(notebook(code_cell("s = 'a\tb'"))).runnable[0].code == "s = 'a\tb'"


def test_a_misspelt_tag() -> None:
    """A tag that means nothing would be ignored without a word."""
    document = notebook("글", code_cell("x", "skip_execution"))
    (finding,) = _read(document).findings
    assert finding.code is Code.OPTION
    assert (finding.at.cell, "'skip-execution'" in finding.hint) == (2, True)


def test_front_matter_faults_have_their_place() -> None:
    """A fault in a notebook's front matter would be told at the file's first line."""
    document = notebook("---\ntitle: a\ndarft: true\n---\n# 글\n", code_cell("x"))
    (finding,) = [f for f in _read(document).findings if f.code is Code.META]
    assert finding.at.line == line_of(dumped(document), "darft")
    assert (finding.at.cell, finding.at.cell_line) == (1, 3)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{\n "cells": [\n  {,\n', 3, "not JSON"),
        ("", 1, "not JSON"),
        ("[]", 1, "no list of cells"),
        ('{"cells": 3}', 1, "no list of cells"),
        ('{"a": 1}', 1, "no list of cells"),
        ("[" * 100_000, 1, "not JSON"),
        ('{"worksheets": [3]}', 1, "format 4"),
    ],
)
def test_what_is_no_notebook(text: str, line: int, message: str) -> None:
    """A broken notebook would end the command, or not say where it is broken."""
    (finding,) = [f for f in _read(text).findings if f.code is Code.PARSE]
    assert (finding.at.line, message in finding.message) == (line, True), finding


@pytest.mark.parametrize(
    "cell",
    [
        {},
        3,
        None,
        {"cell_type": "code"},
        {"cell_type": "code", "source": 3},
        {"cell_type": "code", "source": None, "metadata": None, "outputs": None},
        {"cell_type": "code", "source": "x", "outputs": [{"output_type": "display_data"}]},
        {"cell_type": "markdown", "source": ["a"], "attachments": {"a": 3}},
        {"cell_type": "markdown", "source": [["a"], 3]},
    ],
)
def test_odd_cells(cell: Any) -> None:
    """A cell that breaks the format would end the command."""
    document = {**notebook(code_cell("x = 1")), "metadata": None}
    document["cells"].append(cell)
    assert _read(document).runnable[0].code == "x = 1"


def test_stored_displays() -> None:
    """The stored output of a notebook would not be what its author saw."""
    display = {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": ["<a\n", "b>"], "application/json": {"a": [1]}},
    }
    (cell,) = _read(notebook(code_cell("x", outputs=[display]))).cells
    assert cell.recorded is not None
    bundle = {"text/plain": "<a\nb>", "application/json": {"a": [1]}}
    assert cell.recorded.outputs == (Display(bundle, {}, True),)


def test_load_says_where() -> None:
    """The error of the reader would not carry the line."""
    with pytest.raises(Unreadable) as caught:
        load('{\n\n"cells": }')
    assert caught.value.line == 3
