"""A Jekyll blog becomes posts of haebom."""

from __future__ import annotations

import datetime

import pytest
from oldblog import OldBlog

from haebom.frontmatter import parse, split
from haebom.importers import addresses
from haebom.importers.plan import Layout

POST = "_posts/2018-02-10-first.md"


def front(text: str) -> dict[str, object]:
    """The front matter of a new post; it has to be right."""
    parsed = parse(split(text)[0])
    assert not parsed.faults
    return dict(parsed.meta)


def body(text: str) -> str:
    """A new post without its front matter."""
    return split(text)[1].lstrip("\n")


def test_front_matter(blog: OldBlog) -> None:
    """Title, tags, dates or the old address would be lost, or written where haebom refuses them."""
    blog.config = "permalink: pretty\ntimezone: Asia/Seoul\n"
    blog.write(
        POST,
        "---\ntitle : 처음\ndate: 2018-02-10 12:00:00 +0900\nlast_modified_at: 2019-1-2\n"
        "categories: 공부\ntags: 가, [나]\nexcerpt: '*요약*'\nlayout: post\n"
        "header: {image: x.png}\n"
        "redirect_from: [/old/]\n---\n글\n",
    )
    assert front(blog.only()) == {
        "title": "처음",
        "date": {
            "created": datetime.datetime(2018, 2, 10, 12),
            "updated": datetime.date(2019, 1, 2),
        },
        "categories": ["공부"],
        "tags": ["가", "[나]"],
        "description": "*요약*",
        "aliases": ["/공부/2018/02/10/first/", "/old/"],
    }
    plan = blog.plan()
    assert plan.documents[0].target == "posts/2018-02-10-first.md"
    assert [(r.line, r.construct) for r in plan.documents[0].remarks] == [(9, "front matter")]


def test_no_front_matter_at_all(blog: OldBlog) -> None:
    """A post without front matter would have neither title nor date."""
    assert front(blog.write("_posts/2018-2-1-hello-world.md", "글\n").only()) == {
        "title": "Hello World",
        "aliases": ["/2018/02/01/hello-world.html"],
    }
    assert blog.plan().documents[0].target == "posts/2018-02-01-hello-world.md"


def test_drafts(blog: OldBlog) -> None:
    """A draft would be published."""
    blog.write("_drafts/idea.md", "글\n").write(POST, "---\npublished: false\n---\n글\n")
    texts, plan = blog.texts()
    assert all(front(text)["draft"] for text in texts)
    assert [d.target for d in plan.documents] == ["posts/idea.md", "posts/2018-02-10-first.md"]
    assert not any("aliases" in front(text) for text in texts)


def test_names_that_meet(blog: OldBlog) -> None:
    """Two posts of different days with one name would claim the same address."""
    blog.write("_posts/2018-01-01-a.md", "1\n").write("x/_posts/2019-01-01-A.md", "2\n")
    texts, plan = blog.texts()
    assert [d.target for d in plan.documents] == [
        "posts/2018-01-01-a.md",
        "posts/2019-01-01-A-2.md",
    ]
    assert front(texts[1])["categories"] == ["x"]
    assert any(r.construct == "name" for r in plan.documents[1].remarks)


@pytest.mark.parametrize("name", ["hash-#1", "빈 칸", "a%20b", "dots...", "(+)", "..", "?"])
def test_odd_names(blog: OldBlog, name: str) -> None:
    """A file could not be written, or would leave the folder of the posts."""
    path = blog.write(f"_posts/2018-01-01-{name}.md", "글\n").plan().files[0].path
    assert path.startswith("posts/2018-01-01-")
    assert not set("#%?*: /") & set(path.removeprefix("posts/"))


def test_links_within_the_blog(blog: OldBlog) -> None:
    """Links between posts would lead back to the old site, or nowhere."""
    blog.config = "url: https://me.github.io\nbaseurl: /blog\npermalink: /:year/:title/\n"
    blog.write("_posts/2018-01-01-a.md", "## 절\n")
    blog.write(
        "_posts/2018-01-02-b.md",
        "[1](https://me.github.io/blog/2018/a/#절) [2](/blog/2018/a) [3](../a/)"
        " [4]({% post_url 2018-01-01-a %}) [5]({{ site.baseurl }}{% link _posts/2018-01-01-a.md %})"
        " [6](https://other.example/2018/a/) [7](/blog/gone/) [r][r] <https://me.github.io/blog/2018/a/>"
        "\n\n[r]: /blog/2018/a/\n",
    )
    text = body(blog.texts()[0][1])
    assert text == (
        "[1](2018-01-01-a.md#절) [2](2018-01-01-a.md) [3](2018-01-01-a.md) [4](2018-01-01-a.md)"
        " [5](2018-01-01-a.md) [6](https://other.example/2018/a/)"
        " [7](https://me.github.io/blog/gone/) [r][r]"
        " [https://me.github.io/blog/2018/a/](2018-01-01-a.md)\n\n[r]: 2018-01-01-a.md\n"
    )
    remarks = blog.plan().documents[1].remarks
    assert [(r.line, r.construct) for r in remarks] == [(1, "own link")]


def test_images(blog: OldBlog) -> None:
    """Images would stay behind, or be copied where two posts fight for them."""
    blog.files = {"assets/한 장.png", "assets/both.png", "assets/x/index.png"}
    blog.write(
        "_posts/2018-01-01-a.md", "![](/assets/%ED%95%9C%20%EC%9E%A5.png)\n![](/assets/both.png)\n"
    )
    blog.write(
        "_posts/2018-01-02-b.md", "<img src='/assets/both.png'> ![](/assets/Both.png) ![](no.png)\n"
    )
    texts, plan = blog.texts()
    assert {f.path: f.copy_of for f in plan.files if f.copy_of} == {
        "posts/2018-01-01-a/한-장.png": "assets/한 장.png",
        "docs/assets/both.png": "assets/both.png",
    }
    assert body(texts[0]) == "![](한-장.png)\n![](../../docs/assets/both.png)\n"
    assert "![](../docs/assets/both.png) ![](../docs/assets/both.png)" in texts[1]
    assert plan.documents[0].target == "posts/2018-01-01-a/index.md"
    assert [r.construct for r in plan.documents[1].remarks] == ["own file"]


def test_code_does_not_run(blog: OldBlog) -> None:
    """Somebody's old code would run because a folder was imported."""
    blog.write(
        POST,
        "```python\n1\n```\n\n~~~ Python3\n2\n~~~\n\n    3\n{: .language-python}\n\n"
        "{% highlight py linenos %}\n4\n{% endhighlight %}\n\n``` python:main.py {1,3}\n5\n```\n\n"
        "<details>\n\n```python\n6\n```\n\n</details>\n\n* ```ipython\n  7\n  ```\n\n"
        "`{python} 8`\n",
    )
    from helpers import FULL, parsed  # the parser that the site uses

    post = parsed(blog.only(), settings=FULL)
    assert len(post.cells) == 7
    assert not post.runnable
    assert not post.findings
    assert '```python {.ignore linenums="1"}\n4\n' in post.body
    assert '```python {.ignore title="main.py" hl_lines="1 3"}\n5\n' in post.body
    assert blog.plan().documents[0].fences == 7


def test_headings(blog: OldBlog) -> None:
    """Links to a heading would no longer find it, or the title would drown among headings."""
    blog.write(POST, "---\ntitle: 제목\n---\n# 하나 (1)!\n\n# 하나 (1)!\n\n## 둘 {#b}\n")
    assert body(blog.only()) == "## 하나 (1)!\n\n## 하나 (1)! {: #하나-1-1 }\n\n### 둘 {: #b }\n"


def test_title_that_is_the_first_heading(blog: OldBlog) -> None:
    """A title would stand twice."""
    blog.write(POST, "---\ntitle: 제목\n---\n# 제목\n\n## 둘\n")
    assert body(blog.only()) == "# 제목\n\n## 둘\n"


def test_excerpt(blog: OldBlog) -> None:
    """Lists of posts would show whole posts."""
    blog.write("_posts/2018-01-01-a.md", "하나\n\n둘\n")
    blog.write("_posts/2018-01-02-b.md", "하나\n\n둘\n\n<!--more-->\n\n셋\n")
    texts = blog.texts()[0]
    assert body(texts[0]) == "하나\n\n<!-- more -->\n\n둘\n"
    assert body(texts[1]) == "하나\n\n둘\n\n<!-- more -->\n\n셋\n"


def test_notices_and_alignment(blog: OldBlog) -> None:
    """Signs of the old theme would be signs of nothing."""
    blog.write(
        POST,
        "글\n{: .notice--warning}\n\n> 인용\n{: .prompt-tip}\n\n가운데\n{: .text-center}\n\n"
        "![](http://a/b.png){: .align-right}\n\n[단추](#){: .btn .btn--info}\n",
    )
    assert body(blog.only()) == (
        '!!! warning ""\n\n    글\n\n<!-- more -->\n\n!!! tip ""\n\n    인용\n\n가운데\n'
        '{: style="text-align: center" }\n\n![](http://a/b.png){: align="right" }\n\n'
        "[단추](#){: .btn--info .md-button }\n"
    )


def test_defaults_of_the_configuration(blog: OldBlog) -> None:
    """What the configuration says for all posts would be forgotten."""
    blog.config = (
        "defaults:\n- scope: {path: '', type: posts}\n"
        "  values: {author: me, permalink: /p/:slug/}\n"
        "- scope: {path: other}\n  values: {tags: x}\n"
    )
    values = front(blog.write(POST, "글\n").only())
    assert values["aliases"] == ["/p/first/"]
    assert values["authors"] == ["me"]
    assert "tags" not in values


def test_authors_that_the_new_site_knows(blog: OldBlog) -> None:
    """A name that the site does not know would stop its build."""
    blog.write(POST, "---\nauthors: [kim, lee]\n---\n글\n")
    plan = blog.plan(Layout(authors=frozenset({"kim"})))
    assert front((plan.files[0].content or b"").decode())["authors"] == ["kim"]
    assert [r.construct for r in plan.documents[0].remarks] == ["author"]


def test_pages(blog: OldBlog) -> None:
    """Pages would be lost without a word, or come along although nobody asked."""
    blog.write("about.md", "---\ntitle: 소개\npermalink: /me/\n---\n[글](/2018/02/10/first.html)\n")
    blog.write("README.md", "# 읽기\n").write(POST, "[소개](/me/)\n")
    left, taken = sorted(blog.plan().documents, key=lambda document: document.target)
    assert (left.source, [r.construct for r in left.remarks]) == ("about.md", ["page"])
    assert taken.source == POST
    plan = blog.plan(pages=True)
    written = {file.path: (file.content or b"").decode() for file in plan.files}
    assert body(written["docs/me.md"]) == "[글](../posts/2018-02-10-first.md)\n"
    assert body(written["posts/2018-02-10-first.md"]) == "[소개](../docs/me.md)\n"


def test_other_languages_stay_behind(blog: OldBlog) -> None:
    """A post in Textile would vanish without a word, or be shown as it is."""
    plan = blog.write("_posts/2018-01-01-a.textile", "h1. a\n").plan()
    assert not plan.files
    assert [(d.target, d.remarks[0].construct) for d in plan.documents] == [("", "post")]


def test_html_posts(blog: OldBlog) -> None:
    """A post in HTML would stay HTML."""
    blog.write(
        "_posts/2018-01-01-a.html",
        "---\ntitle: a\n---\n<h2>제목</h2><p>글 <b>굵게</b></p>"
        "<ul><li>가<ul><li>나</li></ul></li></ul>"
        '<pre><code class="language-python">x = 1</code></pre>',
    )
    assert body(blog.only()) == (
        "## 제목\n\n글 **굵게**\n\n- 가\n    - 나\n\n```python {.ignore}\nx = 1\n```\n"
    )


STYLES = {
    "date": "/cat/2009/01/07/a-Title.html",
    "pretty": "/cat/2009/01/07/a-Title/",
    "ordinal": "/cat/2009/007/a-Title.html",
    "weekdate": "/cat/2009/W02/Wed/a-Title.html",
    "none": "/cat/a-Title.html",
    "/:categories/:i_month-:i_day-:short_year/:slug": "/cat/1-7-09/a-title",
    "/blog/:title/": "/blog/a-Title/",
    "/:year_x/:nothing/../:title": "/2009_x/:nothing/a-Title",
}


@pytest.mark.parametrize("style", STYLES)
def test_addresses(style: str) -> None:
    """The old address of a post would lead nowhere."""
    moment = datetime.datetime(2009, 1, 7, 3, 4, 5)
    assert addresses.of_post(style, moment, "a Title", ["Cat"]) == STYLES[style]


SLUGS = {
    "/:title/": "/C++_-그림/",
    "/:slug/": "/c-그림/",
    "/:name/": "/2009-01-07-c-그림/",
}


@pytest.mark.parametrize("style", SLUGS)
def test_signs_in_addresses(style: str) -> None:
    """Jekyll keeps some signs in titles, and none in slugs and names; letters of all languages."""
    moment = datetime.datetime(2009, 1, 7)
    made = addresses.of_post(style, moment, "C++_ 그림", [], "2009-01-07-C++_ 그림")
    assert made == SLUGS[style]
