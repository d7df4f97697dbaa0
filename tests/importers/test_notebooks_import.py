"""Notebooks become posts of haebom; their outputs come along, and nothing runs."""

from __future__ import annotations

import json

import pytest
from oldblog import SETTINGS, OldFolder

from haebom.frontmatter import parse
from haebom.model import Format, Mode, Source
from haebom.parsers.post import Content, read

NAME = "_notebooks/2020-02-20-test.ipynb"


def content_of(folder: OldFolder) -> Content:
    """What haebom reads in the only notebook."""
    source = Source("posts/a.ipynb", "blog/posts/a.md", Format.NOTEBOOK)
    return read(source, folder.only().encode("utf-8"), SETTINGS)


def front(source: str) -> dict[str, object]:
    """Front matter of a cell; it has to be right."""
    parsed = parse(source + "\n")
    assert not parsed.faults
    return dict(parsed.meta)


def test_front_matter_of_fastpages(folder: OldFolder) -> None:
    """The title cell of a fastpages post would stay text, and its options would be lost."""
    folder.config = "url: https://e.org\nbaseurl: /blog\n"
    folder.notebook(
        NAME,
        '# "제목: 하나"\n> 요약\n\n- toc: true\n- categories: [jupyter, 공부]\n- badges: true\n'
        "- image: images/x.png\n\n남은 글",
        ">>>1",
    )
    (kind, source), *others = folder.cells()
    assert kind == "raw"
    assert front(source) == {
        "title": "제목: 하나",
        "description": "요약",
        "categories": ["jupyter", "공부"],
        "aliases": ["/jupyter/공부/2020/02/20/test.html"],
    }
    assert others == [("markdown", "남은 글"), ("code", "1")]
    assert "image" in source


def test_front_matter_as_yaml(folder: OldFolder) -> None:
    """Front matter of nbdev or Quarto would be shown as text."""
    folder.notebook("a.ipynb", "---\ntitle: 가\ndate: 2020-01-01\nskip_exec: true\n---\n", "글")
    (_, source), text = folder.cells()
    assert source.startswith("---\ntitle: 가\ndate: 2020-01-01\n#")
    assert text == ("markdown", "글")
    assert folder.plan().documents[0].target == "posts/2020-01-01-a.ipynb"


def test_ordinary_headings_stay(folder: OldFolder) -> None:
    """A first cell with a heading and a quotation would be taken for front matter."""
    folder.notebook("a.ipynb", "# 제목\n\n> 인용\n\n글")
    assert folder.cells()[1] == ("markdown", "# 제목\n\n> 인용\n\n글")
    assert "title" not in front(folder.cells()[0][1])


@pytest.mark.parametrize(
    "text",
    [
        "평범한 *글*과 $a, b$, `코드`\n\n* 하나\n* 둘\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "글[^1]",
        "[^1]: 다른 셀의 각주",
        "```python\nx = 1\n```",
        "<div>html</div>",
    ],
)
def test_text_that_reads_the_same_stays(folder: OldFolder, text: str) -> None:
    """Notebooks would change although they need not."""
    notes = () if text[-1] != "]" and "각주" not in text else ("[^1]: 각주", "글[^1]")
    folder.notebook("a.ipynb", "# 글", text, *notes)
    assert ("markdown", text) in folder.cells()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("* 하나\n  * 안", "- 하나\n    - 안"),
        ("글 `{python} 1 + 1`", "글 <code>&#123;python&#125; 1 &#43; 1</code>"),
        ("<details>\n<summary>가</summary>", "<details>\n<summary>가</summary>\n</details>"),
        ("![그림](b%20c.png)", "![그림](b-c.png)"),
        ("글\n```{x}\n가\n```## 나", "글\n<code>&#123;x&#125; 가 </code>## 나"),
    ],
)
def test_text_that_would_read_otherwise(folder: OldFolder, old: str, new: str) -> None:
    """Lists would fall apart, values would be worked out, or a cell swallow the next one."""
    folder.files = {"b c.png"}
    folder.notebook("2020-01-01-a.ipynb", "# 글", old, ">>>1")
    assert folder.cells()[1][1] == new
    content = content_of(folder)
    assert not content.findings
    assert [cell.options.mode for cell in content.cells] == [Mode.IGNORE]
    assert not content.expressions


def test_nothing_runs_and_outputs_stay(folder: OldFolder) -> None:
    """Code of a stranger would run, or the outputs that he saw would be gone."""
    folder.notebook("a.ipynb", "# 글", ">>>import os\n", ">>>#| echo: false\n%time 1")
    content = content_of(folder)
    assert [cell.options.mode for cell in content.cells] == [Mode.IGNORE] * 2
    assert [bool(cell.recorded and cell.recorded.outputs) for cell in content.cells] == [True] * 2
    assert folder.plan().documents[0].fences == 2


def test_tags_of_other_tools(folder: OldFolder) -> None:
    """Tags as nbconvert spells them would be refused when the site is built."""
    folder.notebook("a.ipynb", ">>>1", tags=["remove_cell", "hide-imput", "mine", 3])
    (_, cell) = json.loads(folder.only())["cells"]
    assert cell["metadata"]["tags"] == ["remove-cell", "mine", "3", "ignore"]
    assert "hide-imput" in folder.plan().documents[0].remarks[-1].message
    assert not content_of(folder).findings


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"cells": 1}',
        '{"cells": [1, null, {}]}',
        '{"cells": [{"cell_type": "code", "metadata": 1, "source": [1, "a\\n"], "outputs": 3}]}',
        '{"cells": [{"cell_type": "markdown", "source": null}], "metadata": []}',
        '{"worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": "a"}]}]}',
    ],
)
def test_odd_notebooks(folder: OldFolder, content: str) -> None:
    """A file that is hardly a notebook would stop the import."""
    (document,) = folder.write("a.ipynb", content).plan().documents
    if document.target:
        assert not content_of(folder).findings
    else:
        assert "stays behind" in document.remarks[0].message
