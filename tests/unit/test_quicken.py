"""What Material's blog is spared."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from material.plugins.blog.readtime import readtime
from mkdocs.config.defaults import MkDocsConfig

from haebom.hosts.mkdocs.blog import quicken

WORDS = "<p>낱말 하나, <b>word</b> two &amp; three&nbsp;four.</p>\n"


class Archive:
    """As Material calls the page with the posts of a year."""

    posts = ()


class View:
    """As Material calls a page of the blog itself."""

    posts = ()


def config(custom_dir: Path | None = None, **options: Any) -> MkDocsConfig:
    """A configuration with a blog."""
    values = {"post_readtime": True, "post_readtime_words_per_minute": 30, **options}
    found: Any = SimpleNamespace(
        plugins={"material/blog": SimpleNamespace(config=SimpleNamespace(**values))},
        theme=SimpleNamespace(custom_dir=custom_dir and str(custom_dir)),
    )
    return found  # type: ignore[no-any-return]


def post(**facts: Any) -> Any:
    """A post whose excerpt tells for whom it was rendered."""
    rendered: list[Any] = []
    excerpt = SimpleNamespace(
        render=lambda view, separator: rendered.append((view, separator)),
        content="an earlier view's",
        rendered=rendered,
    )
    return SimpleNamespace(config=SimpleNamespace(**{"readtime": None, **facts}), excerpt=excerpt)


@pytest.mark.parametrize("number", [0, 1, 7, 40])
@pytest.mark.parametrize(
    "html",
    [
        "",
        WORDS,
        WORDS * 20,
        '<img src="a"><img src="b"/>',
        '<p><img src="a"></p>' * 14 + WORDS,
        "<script>let unseen = 'word word word'</script>" * 9 + WORDS,
        "<style>p { color: red }</style><svg><text>a b c</text></svg>" * 9 + WORDS,
        '<pre><code><span class="k">def</span> f(x_1):\n    return x</code></pre>' * 5,
        "<table><tr><td>1.5</td><td>2</td></tr></table>" * 30,
        "&lt;p&gt; 3 &lt; 4 <br> <hr> 끝",
        '<object data="x">not read</object><details><summary>읽음</summary></details>',
    ],
)
def test_reading_time_is_materials(html: str, number: int) -> None:
    """Readers would be told another time than Material's blog tells elsewhere."""
    html += WORDS * number
    page = post()
    quicken(page, html, config())
    assert page.config.readtime == readtime(html, 30)


@pytest.mark.parametrize(
    "html", ['<?xml version="1.0" encoding="utf-8"?><p>a</p>', "a\0b", "\ud800"]
)
def test_pages_that_cannot_be_parsed(html: str) -> None:
    """A page with something odd would end the build."""
    page = post()
    quicken(page, html, config())
    assert page.config.readtime in (None, readtime(html, 30))


@pytest.mark.parametrize(
    ("facts", "options"), [({"readtime": 5}, {}), ({}, {"post_readtime": False})]
)
def test_reading_time_that_an_author_decides(facts: Any, options: Any) -> None:
    """What an author says about a post would be written over."""
    page = post(**facts)
    quicken(page, WORDS, config(**options))
    assert page.config.readtime == facts.get("readtime")


def test_lists_need_no_beginnings_of_posts() -> None:
    """Each post would be converted again for each list; or the blog would lose its excerpts."""
    page, blog = post(), View()
    quicken(page, WORDS, config())
    page.excerpt.render(blog, "<!-- more -->")
    assert page.excerpt.rendered == [(blog, "<!-- more -->")]
    page.excerpt.render(Archive(), "<!-- more -->")
    assert page.excerpt.rendered == [(blog, "<!-- more -->")]
    assert page.excerpt.content == ""
    assert list(page.excerpt.toc) == []


def test_lists_of_a_site_with_its_own_template(tmp_path: Path) -> None:
    """A site whose own lists show beginnings of posts would show nothing there."""
    (tmp_path / "blog.html").touch()
    page, archive = post(), Archive()
    quicken(page, WORDS, config(tmp_path))
    page.excerpt.render(archive, "…")
    assert page.excerpt.rendered == [(archive, "…")]
