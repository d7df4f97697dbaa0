"""What holds for every post that can be written."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from haebom import options
from haebom.model import (
    CellOptions,
    CellRun,
    Checked,
    Display,
    Error,
    Mode,
    Output,
    Post,
    Run,
    Show,
    State,
    Stream,
)
from haebom.normalize import Place, normalize
from haebom.parsers.markdown import Settings
from haebom.stage import CELLS
from helpers import FULL, TABS, dumped, notebook, parsed, staged

# -- any bytes -----------------------------------------------------------------------------------

# ruff: noqa: E501
PIECES = st.sampled_from(
    [
        "---\n", "title: a\n", "date: 2026\n", "```python\n", "```\n", "~~~py\n", "~~~\n", "    ",
        "\t", "> ", "- ", "1. ", "!!! note\n", '=== "a"\n', "??? x\n", "#| eval: false\n", "x = 1\n",
        "# %%\n", "# %% [markdown]\n", "<!-- ", " -->\n", "<div markdown>\n", "</div>\n", "[a](b.md)",
        "![c](d.png)\n", "한글\n", "```output\n", " {.no-run}", "\r\n", "\x02", "\x03", "\ufeff", "|",
        '{"cells": [', '{"cell_type": "code", "source": ', '"x"', "]", "}", ",", "null", "\u2028",
        "[^1]", "[^1]: ", "*[a]: b\n", ":   ", "/// x\n", "wzxhzdk:0", "\x00", "&amp;", "`",
    ]
)  # fmt: skip
ANYTHING = st.one_of(
    st.binary(max_size=200),
    st.lists(PIECES, max_size=25).map(lambda pieces: "".join(pieces).encode()),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["cells", "worksheets", "source", "input", "cell_type", "metadata", "tags", "outputs",
             "attachments", "nbformat", "kernelspec", "language_info", "name", "output_type",
             "data", "text", "language"]
        ) | st.text(max_size=4),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize("suffix", ["md", "ipynb", "py"])
@given(content=ANYTHING)
def test_parsing_never_raises(suffix: str, content: bytes) -> None:
    """Some file would end the command instead of becoming a finding."""
    post = parsed(content, f"posts/2026-01-02-a.{suffix}")
    _holds_together(post, content)


@given(cells=st.lists(JSON_VALUES, max_size=4), rest=JSON_VALUES)
def test_parsing_never_raises_on_json(cells: list[Any], rest: Any) -> None:
    """Some JSON would end the command instead of becoming a finding."""
    document = {**(rest if isinstance(rest, dict) else {}), "cells": cells}
    for value in (document, rest, {"worksheets": cells}):
        content = json.dumps(value).encode()
        _holds_together(parsed(content, "posts/2026-01-02-a.ipynb"), content)


def _holds_together(post: Post, content: bytes) -> None:
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    for finding in post.findings:
        assert finding.at.path == post.path
        assert 1 <= finding.at.line <= lines + 1
        assert finding.message
    indices = [cell.index for cell in post.cells]
    assert indices == sorted(set(indices))


# -- nested documents ----------------------------------------------------------------------------

WORDS = st.sampled_from(["글", "x_y", "*굵게*", "`코드`", "a < b & c", "[x](#y)", "끝."])
CODE_LINES = st.sampled_from(
    ["x = 1", "    y", "", "print('<b>&')", "# note", "s = '''", "a\tb", "*no*", "1. x", "> y",
     "!!! no", "[a]: b", "\\", "''' # 한글"]
)  # fmt: skip
CODE = st.lists(CODE_LINES, min_size=1, max_size=5).filter(
    lambda lines: bool(lines[0].strip()) and bool(lines[-1].strip()) and lines[0][0] != " "
)
INFO = st.sampled_from(
    ["python", "py", "python3", "python {.no-run}", "python {.raises}", "python {.ignore}",
     'python title="a b"', 'python hl_lines="1"', "{.python .fold-code}", "bash", "text", ""]
)  # fmt: skip


@st.composite
def _fences(draw: st.DrawFn) -> list[str]:
    fence = draw(st.sampled_from(["```", "````", "~~~", "~~~~~"]))
    return [f"{fence}{draw(INFO)}", *draw(CODE), fence]


PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=4).map(lambda words: [" ".join(words)])
LEAVES = st.one_of(PARAGRAPHS, _fences())


def _inside(blocks: list[list[str]]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        lines += [*block, ""]
    return lines[:-1]


def _indented(head: str, blocks: list[list[str]]) -> list[str]:
    return [head, "", *(f"    {line}" if line else "" for line in _inside(blocks))]


def _nested(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    blocks = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(_indented, st.sampled_from(
            ["- 항목", "1. 항목", "!!! note", '??? tip "열기"', '=== "하나"', '!!! warning ""']
        ), blocks),
        blocks.map(lambda b: [f"> {line}".rstrip() for line in _inside(b)]),
    )  # fmt: skip


BLOCKS = st.recursive(LEAVES, _nested, max_leaves=6)
DOCUMENTS = st.lists(BLOCKS, min_size=1, max_size=4).map(lambda b: "\n".join(_inside(b)) + "\n")


def _page(text: str, settings: Settings, outputs: bool) -> tuple[Post, str]:
    post = parsed(text, settings=settings)
    shown = (Stream("stdout", "OUT\n"), Display({"text/html": "<i>OUT</i>"})) if outputs else ()
    run = Run("r", tuple(CellRun(cell.index, State.OK, shown) for cell in post.runnable))
    with TemporaryDirectory() as name:
        page = staged(Checked(post, run), Path(name))
        whole = (Path(name) / page.uri).read_text("utf-8").split("---\n", 2)[2]
        configs = {key: dict(value) for key, value in settings.configs.items()}
        configs["haebom"] = {"cells": f"{name}/{CELLS}"}
        md = Markdown(extensions=[*settings.extensions, "haebom"], extension_configs=configs)
        return post, md.convert(whole)


def _plain(text: str, settings: Settings) -> str:
    configs = {key: dict(value) for key, value in settings.configs.items()}
    return Markdown(extensions=list(settings.extensions), extension_configs=configs).convert(text)


SETTINGS = st.sampled_from([FULL, TABS])


@given(text=DOCUMENTS, settings=SETTINGS)
def test_what_runs_is_what_is_shown(text: str, settings: Settings) -> None:
    """A cell would run that the page does not show, or with other text or in another order."""
    post, html = _page(text, settings, outputs=True)
    shown = [
        unescape(re.sub(r"<[^>]+>", "", code)).strip("\n")
        for code in re.findall(r"</span><code>(.*?)</code></pre>", html, re.DOTALL)
    ]
    remaining = iter(shown)
    for cell in post.cells:
        if cell.options.mode is not Mode.IGNORE:
            # every cell is found again, in order
            assert any(code == cell.code.strip("\n") for code in remaining), (cell.code, shown)
    assert html.count("<i>OUT</i>") == len(post.runnable)
    assert "wzxhzdk" not in html


@given(text=DOCUMENTS, settings=SETTINGS)
def test_lines_of_cells(text: str, settings: Settings) -> None:
    """A cell would be told at a line where it does not stand."""
    lines = text.split("\n")
    for cell in parsed(text, settings=settings).runnable:
        for number, line in enumerate(cell.code.split("\n"), start=1):
            there = lines[cell.line(number).line - 1].lstrip("> \t").expandtabs(4)
            assert there.rstrip().endswith(line.lstrip("> ").expandtabs(4).rstrip()) or (
                line.split() == there.split()
            ), (line, there)


@given(text=DOCUMENTS, settings=SETTINGS)
def test_without_outputs_the_page_stays_the_same(text: str, settings: Settings) -> None:
    """haebom would change how a post's own Markdown is rendered."""
    for flag, other in ((".no-run", ".raises"), (".fold-code", ".raises"), (" {.ignore}", "")):
        text = text.replace(flag, other)
    _, html = _page(text, settings, outputs=False)
    plain = _plain(text.replace(" .raises", "").replace(" {.raises}", ""), settings)
    html = re.sub(r'\s*<span [^>]*class="haebom-mark[^>]*></span>', "", html)
    assert _squeezed(html.replace("raises highlight", "highlight")) == _squeezed(plain)


def _squeezed(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\s*(<[^>]*>)\s*", r"\1", html)).strip()


@given(text=DOCUMENTS, settings=SETTINGS)
def test_no_text_is_lost(text: str, settings: Settings) -> None:
    """A word of a post would be missing on its page."""
    _, html = _page(text, settings, outputs=True)
    seen = unescape(re.sub(r"<[^>]+>", "", html))
    for word in ("글", "굵게", "코드", "a < b & c", "끝.", "항목", "한글"):
        assert seen.count(word) >= text.count(word), word


CELLS_OF_NOTEBOOKS = st.lists(
    st.one_of(
        PARAGRAPHS.map(lambda p: p[0]),
        CODE.map(lambda lines: {"cell_type": "code", "metadata": {}, "outputs": [],
                                "source": "\n".join(lines)}),
    ), max_size=6,
)  # fmt: skip


@given(cells=CELLS_OF_NOTEBOOKS)
def test_notebooks_keep_all_cells(cells: list[Any]) -> None:
    """A notebook's cell would be lost, changed or told at another place."""
    document = notebook(*cells)
    post = parsed(dumped(document), "posts/2026-01-02-a.ipynb")
    code = [
        (number, cell["source"])
        for number, cell in enumerate(document["cells"], 1)
        if cell["cell_type"] == "code"
    ]
    ran = [(cell.at.cell, cell.source) for cell in post.cells if cell.options.mode is Mode.RUN]
    assert ran == code
    for cell in document["cells"]:
        if cell["cell_type"] == "markdown":
            assert "".join(cell["source"]) in post.body


# -- values --------------------------------------------------------------------------------------

TERMINAL = st.lists(
    st.sampled_from(["a", "한", "\r", "\n", "\b", "\x1b[31m", "\x00", " at 0x7fff0001", "/tmp/x/y",
                     "/usr/lib/python3.11/os.py", "ipykernel_1/2.py", " ", "\x02", "/"]),
    max_size=30,
).map("".join)  # fmt: skip
OUTPUTS: st.SearchStrategy[Output] = st.one_of(
    st.builds(Stream, st.sampled_from(["stdout", "stderr"]), TERMINAL),
    st.builds(Display, st.dictionaries(st.sampled_from(["text/plain", "text/html"]), TERMINAL)),
    st.builds(Error, st.just("E"), TERMINAL, st.lists(TERMINAL, max_size=3).map(tuple)),
)
PLACES = (Place("/tmp/x", "/post"),)


@given(cells=st.lists(st.lists(OUTPUTS, max_size=5), max_size=4))
def test_normalisation_is_idempotent(cells: list[list[Output]]) -> None:
    """A reused run would look different from the run itself."""
    once = normalize(cells, PLACES)
    assert normalize(once, PLACES) == once


@given(cells=st.lists(st.lists(OUTPUTS, max_size=5), max_size=4), data=st.data())
def test_how_streams_are_cut_does_not_matter(
    cells: list[list[Output]], data: st.DataObject
) -> None:
    """The same run would come out differently by how the kernel cut its text."""
    cut: list[list[Output]] = []
    for outputs in cells:
        cut.append([])
        for output in outputs:
            if isinstance(output, Stream):
                at = data.draw(st.integers(0, len(output.text)))
                cut[-1] += [
                    Stream(output.name, output.text[:at]), Stream(output.name, output.text[at:]),
                ]  # fmt: skip
            else:
                cut[-1].append(output)
    assert normalize(cut, PLACES) == normalize(cells, PLACES)


@given(
    chosen=st.builds(
        CellOptions,
        mode=st.sampled_from(Mode),
        code=st.sampled_from(Show),
        output=st.sampled_from(Show),
        raises=st.sampled_from([None, ""]),
    )
)
def test_options_round_trip(chosen: CellOptions) -> None:
    """What a tag asked for would get lost in the fence's flags."""
    braces = options.to_flags(chosen).strip().strip("{}").split()
    assert options.from_flags([flag.lstrip(".") for flag in braces], {}) == (chosen, ())


@given(text=st.text(max_size=100))
def test_splitting_options_loses_nothing(text: str) -> None:
    """A line of code would be lost between options and code."""
    head, rest = options.split(text)
    assert text in ((head,) if not rest and head else (rest, f"{head}\n{rest}"))
    assert head or rest == text
