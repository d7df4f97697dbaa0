"""Pages of HTML, as other places export them, become posts of haebom."""

from __future__ import annotations

from oldblog import OldFolder

from haebom.frontmatter import parse, split

MEDIUM = """\
<!DOCTYPE html><html><head><title>제목</title><style>p { color: red }</style></head>
<body><article class="h-entry"><header><h1 class="p-name">제목</h1></header>
<section data-field="subtitle" class="p-summary">부제</section>
<section data-field="body" class="e-content">
<p>글 <strong>굵게</strong> <em>기울여</em> $3, 2 &lt; 3, a_b_c, `x`, *y*, `{python} 1`</p>
<pre><code class="language-python">x = 1
print(x)</code></pre>
<ul><li>하나<ul><li>안</li></ul></li><li>둘</li></ul>
<figure><img src="a.png" alt="그림"><figcaption>설명</figcaption></figure>
<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
<iframe src="https://e.org/v"></iframe>
<script>alert(1)</script>
</section>
<footer><a href="https://medium.example/p/1" class="p-canonical">원문</a>
<time class="dt-published" datetime="2019-03-04T05:06:07.000Z">March 4</time></footer>
</article></body></html>
"""


def test_medium(folder: OldFolder) -> None:
    """The text of an exported page would be buried in its surroundings, or its code would run."""
    folder.files = {"posts/a.png"}
    text = folder.write("posts/2019-03-04_a-b.html", MEDIUM).only()
    front, body = split(text)
    meta = parse(front).meta
    assert meta["title"] == "제목"
    assert meta["description"] == "부제"
    assert str(meta["date"]) == "2019-03-04 05:06:07"
    assert meta["aliases"] == ["/p/1"]
    assert body.strip("\n") == (
        "글 **굵게** *기울여* $3, 2 &lt; 3, a\\_b\\_c, \\`x\\`, \\*y\\*, \\`{python} 1\\`\n\n"
        "<!-- more -->\n\n"
        "```python {.ignore}\nx = 1\nprint(x)\n```\n\n- 하나\n    - 안\n- 둘\n\n"
        "![그림](a.png)\n\n*설명*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        '<iframe src="https://e.org/v"></iframe>'
    )
    assert folder.plan().documents[0].target == "posts/2019-03-04-a-b/index.md"


def test_wordpress(folder: OldFolder) -> None:
    """Tags, dates of changes and the address of an exported page would be lost."""
    text = folder.write(
        "2020/01/hello/index.html",
        "<html><head><title>Hello – Site</title>"
        '<link rel="canonical" href="https://e.org/2020/01/hello/">'
        '<meta property="article:published_time" content="2020-01-02T03:04:05+09:00">'
        '<meta property="article:modified_time" content="2020-02-03"></head>'
        '<body><nav>Menu</nav><h1 class="entry-title">Hello</h1><div class="entry-content">'
        '<h1>Hello</h1><p>Text</p><div class="sharedaddy">Share</div></div>'
        '<a rel="tag" href="/t/x">x</a><a rel="category tag" href="/t/y">#y</a></body></html>',
    ).only()
    front, body = split(text)
    meta = parse(front).meta
    assert (meta["title"], meta["tags"]) == ("Hello", ["x", "y"])
    assert {str(day) for day in meta["date"].values()} == {"2020-01-02 03:04:05", "2020-02-03"}
    assert meta["aliases"] == ["/2020/01/hello/"]
    assert body.strip() == "Text"


def test_odd_pages(folder: OldFolder) -> None:
    """Half a page, an empty one or one in another encoding would stop the import."""
    for text in ("", "<p>글", "글 &amp; <b>", "<html><body></body>", "<title></title><pre>"):
        folder.documents.clear()
        assert folder.write("a.html", text).plan().documents[0].target
    folder.documents.clear()
    assert "한글입니다" in folder.write("a.html", "<p>한글입니다 그래서</p>".encode("cp949")).only()
