"""Pages without anything that acts."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from haebom.render.sanitised import plain, sanitised


@pytest.mark.parametrize(
    "html",
    [
        "<script>steal()</script>",
        "<img src=x onerror=steal()>",
        "<svg><script>steal()</script></svg>",
        "<svg onload=steal()></svg>",
        "<svg><use href='https://evil.example/x.svg#a'></use></svg>",
        "<a href='javascript:steal()'>a</a>",
        "<a href='  JaVa\tScript:steal()'>a</a>",
        "<iframe src='https://evil.example'></iframe>",
        "<object data='https://evil.example'></object>",
        "<form action='https://evil.example'><input type=password></form>",
        "<input type=image src='https://evil.example/x' formaction='https://evil.example'>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<base href='https://evil.example/'>",
        "<link rel=stylesheet href='https://evil.example/x.css'>",
        "<style>@import 'https://evil.example/x.css'</style>",
        "<div style='background-image:url(https://evil.example/x)'>a</div>",
        "<div style='position:fixed;inset:0'>a</div>",
        "<math><mtext><style><img src=x onerror=steal()></style></mtext></math>",
        "<noscript><p title='</noscript><img src=x onerror=steal()>'></noscript>",
        "<template><script>steal()</script></template>",
        "<div data-haebom-chart='plotly' data-spec='x.json'>a</div>",
    ],
)
def test_what_acts_goes(html: str) -> None:
    """A stranger's page would run a script, fetch something, or cover the page."""
    found = sanitised(html)
    assert not re.search(r"<(?:script|iframe|object|form|meta|base|link|style|template)", found)
    assert not re.search(r"\son\w+=|javascript:|evil\.example|position|haebom-chart", found)


TABLE = pd.DataFrame({"값": [1.5, 2.0]}).to_html()
KEPT = [
    TABLE,
    '<svg viewBox="0 0 9 9"><path d="M0 0h9" fill="#fff" clip-path="url(#c)"></path></svg>',
    '<svg><defs><path id="a" d="M0 0"></path></defs><use href="#a" x="1"></use></svg>',
    '<span class="katex"><math><semantics><mrow><mi>x</mi></mrow></semantics></math></span>',
    '<details class="haebom-fold" open=""><summary>코드</summary></details>',
    '<div class="tabbed-set"><input checked="" id="a" name="b" type="radio"></div>',
    '<td style="color:red;text-align:right">1</td>',
    '<div class="admonition note" id="절" data-x="1" aria-label="알림">글</div>',
]


@pytest.mark.parametrize("html", KEPT)
def test_what_shows_stays(html: str) -> None:
    """Tables, drawings, formulas or the theme's blocks would be missing on a preview."""
    if html.startswith("<td"):
        html = f"<table><tbody><tr>{html}</tr></tbody></table>"
    wanted = set(re.findall(r"<(\w+)", html))
    found = sanitised(html)
    assert set(re.findall(r"<(\w+)", found)) == wanted
    for name in ("viewBox", "clip-path", 'href="#a"', "checked", "text-align:right", 'id="절"'):
        assert (name in html.replace(": ", ":")) == (name in found.replace(": ", ":")), name


@given(st.text(alphabet="<>/\"'= abdeimoprstu:&;#x0\n", max_size=200))
def test_cleaning_again_changes_nothing(html: str) -> None:
    """Something could come into being by what is taken away."""
    once = sanitised(html)
    assert sanitised(once) == once


def test_front_matter() -> None:
    """A title would bring a script, since templates put it into the page as it is."""
    meta = {"title": "a <script>steal()</script>제목", "tags": ["<b>x</b>"], "pin": True}
    assert plain(meta) == {"title": "a 제목", "tags": ["x"], "pin": True}
