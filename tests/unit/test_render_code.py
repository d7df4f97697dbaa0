"""Links in highlighted code."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from haebom.render.code import with_links
from haebom.render.page import CodeLink

CODE = """\
import torch.nn as nn  # (1)
나무 = nn.Sequential(a < b, '''"&amp;"''', nn . Linear(1, 1))

@torch.no_grad()
def f(x): return f"{x.sum()}" """
STYLES = [
    {},
    {"anchor_linenums": True},
    {"linenums": True, "linenums_style": "table"},
    {"linenums": True, "linenums_style": "pymdownx-inline", "line_spans": "__s"},
]


def highlighted(code: str, style: dict[str, object]) -> str:
    """Code as superfences shows it."""
    extensions = ["pymdownx.highlight", "pymdownx.superfences"]
    md = Markdown(extensions=extensions, extension_configs={"pymdownx.highlight": style})
    return md.convert(f'```python hl_lines="2 4" title="글"\n{code}\n```\n')


def text(html: str) -> str:
    """What a reader copies."""
    code = re.search(r"<code[^>]*>(.*)</code>", html, re.DOTALL)
    assert code
    return unescape(re.sub("<[^>]*>", "", code[1]))


def link(line: int, text: str, again: bool = False) -> CodeLink:
    """A link on a text of the code."""
    column = CODE.split("\n")[line - 1].index(text)
    return CodeLink(line, column, len(text), f"https://example.org/?a&{line}", again)


@pytest.mark.parametrize("style", STYLES)
def test_links_stand_on_their_names(style: dict[str, object]) -> None:
    """Names would lead elsewhere, or the code would not be what it was."""
    html = highlighted(CODE, style)
    links = [link(1, "torch"), link(2, "nn.Sequential"), link(4, "torch.no_grad", True)]
    found = with_links(html, CODE, tuple(links))
    assert text(found) == text(html)
    shown = re.findall(
        r'<a href="https://example.org/\?a&amp;(\d)" rel="external"( tab[^>]*)?>(.*?)</a>', found
    )
    assert [
        (number, bool(again), unescape(re.sub("<[^>]*>", "", inner)))
        for number, again, inner in shown
    ] == [
        ("1", False, "torch"),
        ("2", False, "nn.Sequential"),
        ("4", True, "torch.no_grad"),
    ]
    assert all(inner.count("<span") == inner.count("</span>") for _, _, inner in shown)
    assert found.count("<span") == found.count("</span>")


def test_without_highlighting() -> None:
    """Code that a host shows in its own way would be broken."""
    html = '<pre><code class="language-python">import torch.nn as nn</code></pre>'
    assert with_links(html, CODE, (link(1, "torch"),)) == html


@given(st.text("ab.<&\"' \n한", max_size=40), st.data())
def test_text_stays(code: str, data: st.DataObject) -> None:
    """Wherever links stand, the code that readers copy would change."""
    lines = code.split("\n")
    places = st.tuples(st.integers(1, len(lines) + 1), st.integers(0, 10), st.integers(1, 5))
    links = [
        CodeLink(*place, "https://example.org/")
        for place in data.draw(st.lists(places, max_size=3))
    ]
    html = highlighted(code, {})
    if "<code" in html:
        assert text(with_links(html, code, tuple(links))) == text(html)
