"""What haebom adds to the pages of any site, built by MkDocs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from helpers import MKDOCS_YML, Done, Project, write_site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("theme")]

ADDRESS = "https://example.org/blog-site/"
POST = """\
---
date: {created: 2026-01-02, updated: 2026-03-04}
series: {name: 걸음, order: 2}
title: 수식이 있는 "글" <하나>
tags: [텐서, "a&b"]
---

# 수식이 있는 글

첫 문장은 손실 $L$의 기울기를 말합니다.

<!-- more -->

$$
\\frac{\\partial L}{\\partial w}
$$

```mermaid
flowchart LR
  A --> B
```
"""
PLAIN = """\
---
description: 요약
comments: false
series: {name: 걸음, order: 1}
---

# 글

[학습 경로](../docs/paths.md)에 있습니다.

| | 값 |
|---|--:|
| 행 | 1 |
"""
INDEX = """\
# 홈

첫 페이지에서 [학습 경로](paths.md)로 갑니다.

<!-- haebom/newest -->

<!-- haebom/series -->

`<!-- haebom/newest -->`
"""
COMMENTS = "      comments: {repo: a/b, repo_id: R_1, category: Q, category_id: D_1}\n"
CONFIG = MKDOCS_YML.replace("  font: false\n", "").replace(
    "features: [", "features: [navigation.footer, "
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Done]:
    """A blog with formulas, a diagram, comments and a repository."""
    files: dict[str, str | bytes] = {
        "posts/2026-01-02-formulas.md": POST,
        "posts/2026-01-03-plain.md": PLAIN,
        "docs/index.md": INDEX,
    }
    config = CONFIG.replace("      jobs: 2\n", f"      jobs: 2\n{COMMENTS}")
    project = write_site(tmp_path_factory.mktemp("theme") / "a site", files, config)
    return project, project.build()


def _head(project: Project, path: str) -> Any:
    return html.fromstring(project.page(path)).find("head")


def _meta(head: Any) -> dict[str, str]:
    found = head.xpath(".//meta[@content]")
    return {m.get("property") or m.get("name"): m.get("content") for m in found}


def _graph(head: Any) -> dict[str, Any]:
    (script,) = head.xpath(".//script[@type='application/ld+json']")
    return {part["@type"]: part for part in json.loads(script.text)["@graph"]}


def test_a_strict_build_is_clean(site: tuple[Project, Done]) -> None:
    """An ordinary site would not build without warnings."""
    assert site[1].code == 0, site[1].text
    assert "WARNING" not in site[1].text


def test_a_post_says_what_it_is(site: tuple[Project, Done]) -> None:
    """A shared link would have neither title nor text, or a search engine take it for no post."""
    head = _head(site[0], "blog/formulas")
    meta = _meta(head)
    assert meta["description"] == "첫 문장은 손실 L의 기울기를 말합니다."
    assert meta["og:title"] == '수식이 있는 "글" <하나>'
    assert meta["og:type"] == "article"
    assert meta["og:locale"] == "ko_KR"
    assert meta["og:url"] == f"{ADDRESS}blog/formulas/"
    assert meta["article:modified_time"] == "2026-03-04T00:00:00+00:00"
    post = _graph(head)["BlogPosting"]
    assert post["headline"] == meta["og:title"]
    assert post["keywords"] == ["텐서", "a&b"]
    assert (post["datePublished"], post["dateModified"]) == (
        "2026-01-02T00:00:00+00:00",
        "2026-03-04T00:00:00+00:00",
    )
    crumbs = _graph(head)["BreadcrumbList"]["itemListElement"]
    assert [crumb["item"].removeprefix(ADDRESS) for crumb in crumbs] == [
        "", "blog/", "blog/formulas/",
    ]  # fmt: skip


def test_the_first_page_says_what_the_site_is(site: tuple[Project, Done]) -> None:
    """The site's name would be unknown."""
    head = _head(site[0], "")
    assert _graph(head)["WebSite"]["url"] == ADDRESS
    assert _meta(head)["og:title"] == "작은 블로그"


def test_every_page_has_what_a_link_to_it_shows(site: tuple[Project, Done]) -> None:
    """A page would have no description, or a card that is not there."""
    pages = [path for path in site[0].tree() if path.endswith("index.html")]
    assert len(pages) == 8
    for path in pages:
        meta = _meta(_head(site[0], path.removesuffix("index.html")))
        assert meta["og:title"], path
        card = meta["og:image"].removeprefix(ADDRESS)
        assert (site[0].root / "site" / card).is_file(), path


def test_formulas_and_diagrams_come_from_the_site(site: tuple[Project, Done]) -> None:
    """A page would show TeX, load KaTeX without need, or Mermaid from elsewhere."""
    with_formulas, without = site[0].page("blog/formulas"), site[0].page("blog/plain")
    assert '<span class="katex">' in with_formulas
    assert '<pre class="mermaid">' in with_formulas
    assert "katex.min.css" not in without
    files = site[0].tree()
    style = files["assets/katex/katex.min.css"].decode()
    for font in re.findall(r"url\(([^)]+)\)", style):
        assert f"assets/katex/{font}" in files
    assert "assets/mermaid/mermaid.esm.min.js" in files
    assert "katex" in site[0].page("blog")  # excerpts have formulas too


def test_nothing_on_the_pages_is_loaded_from_elsewhere(site: tuple[Project, Done]) -> None:
    """Readers would be seen by hosts of fonts, scripts or repositories."""
    for path in site[0].tree():
        if path.endswith(".html"):
            root = html.fromstring(site[0].read(f"site/{path}"))
            loaded = root.xpath("//@src | //link[@rel='stylesheet' or @rel='preconnect']/@href")
            assert [url for url in loaded if urlsplit(url).netloc] == [], path
            assert root.xpath("//*[@data-md-component='source']") == []


def test_comments_wait_for_the_reader(site: tuple[Project, Done]) -> None:
    """Comments would be loaded unasked, lack their place, or be where they are not wanted."""
    root = html.fromstring(site[0].page("blog/formulas"))
    (button,) = root.xpath("//section[@class='haebom-comments']/button")
    assert button.get("data-repo") == "a/b"
    assert button.get("data-category-id") == "D_1"
    for path in ("blog/plain", "", "blog"):
        assert "haebom-comments" not in site[0].page(path), path


def test_the_newest_posts_are_listed(site: tuple[Project, Done]) -> None:
    """The first page would list posts by hand, or in the wrong order."""
    (found,) = html.fromstring(site[0].page("")).xpath("//ol[@class='haebom-posts']")
    assert found.xpath(".//a/@href") == ["blog/plain/", "blog/formulas/"]
    assert found.xpath(".//p/text()") == ["요약", "첫 문장은 손실 L의 기울기를 말합니다."]
    assert "<code>&lt;!-- haebom/newest --&gt;</code>" in site[0].page("")


def test_a_year_is_a_list(site: tuple[Project, Done]) -> None:
    """An archive would repeat the posts' beginnings, or its contents lead nowhere."""
    root = html.fromstring(site[0].page("blog/archive/2026"))
    (found,) = root.xpath("//ol[@class='haebom-posts']")
    assert found.xpath(".//a/@href") == ["../../plain/", "../../formulas/"]
    assert root.xpath("//a[starts-with(@href, '#') and @class='md-nav__link']") == []
    assert "haebom-posts" not in site[0].page("blog")


def test_series_are_listed(site: tuple[Project, Done]) -> None:
    """The first page would not say where to begin, or in the wrong order."""
    root = html.fromstring(site[0].page(""))
    (found,) = root.xpath("//ol[@class='haebom-lessons']")
    assert found.getprevious().text == "걸음"
    assert found.xpath(".//a/@href") == ["blog/plain/", "blog/formulas/"]
    assert root.xpath("//a[@href='paths/']")


def test_a_table_has_no_header_without_words(site: tuple[Project, Done]) -> None:
    """A screen reader would announce a header that says nothing."""
    (table,) = html.fromstring(site[0].page("blog/plain")).xpath("//article//table")
    assert [cell.tag for cell in table.xpath("thead/tr/*")] == ["td", "th"]


def test_a_post_leads_on_once(site: tuple[Project, Done]) -> None:
    """A post of a series would lead to its neighbours by date, too."""
    config = site[0].read("mkdocs.yml")
    assert "navigation.footer" in config
    (by_date,) = html.fromstring(site[0].page("blog/plain")).xpath("//footer/nav")
    assert by_date.get("hidden") is not None


def test_the_sitemap_knows_when_posts_changed(site: tuple[Project, Done]) -> None:
    """Each build would say that every page is new."""
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    root = etree.fromstring(site[0].read("site/sitemap.xml").encode())
    days = {
        url.findtext("s:loc", None, names): url.findtext("s:lastmod", None, names)
        for url in root.iterfind("s:url", names)
    }
    assert days[f"{ADDRESS}blog/formulas/"] == "2026-03-04"
    assert days[ADDRESS] is None


def test_a_page_that_is_not_there_searches(site: tuple[Project, Done]) -> None:
    """Readers with an old link would be left alone, or search engines list the page."""
    root = html.fromstring(site[0].read("site/404.html"))
    (form,) = root.xpath("//form[@class='haebom-lost']")
    assert form.get("action") == "/blog-site/"
    assert form.xpath("input/@name") == ["q"]
    assert root.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert len(root.xpath("//ol[@class='haebom-posts']/li")) == 2


def test_a_site_has_the_last_word(tmp_path: Path) -> None:
    """A site could not have its own templates, fonts, way with formulas, or cards."""
    config = (
        CONFIG.replace("  name: material\n", "  name: material\n  custom_dir: own\n")
        .replace(
            "  language: ko\n", "  language: ko\n  font: {text: Noto Sans KR, code: D2Coding}\n"
        )
        .replace("      jobs: 2\n", "      math: false\n      cards: false\n")
    )
    files = {
        "posts/2026-01-02-a.md": "# 글\n\n$x$ 글.\n",
        "own/404.html": "우리 것",
        "own/partials/search.html": "",
    }
    project = write_site(tmp_path, files, config)
    done = project.build()
    assert done.code == 0, done.text
    assert project.read("site/404.html") == "우리 것"
    page = project.page("blog/a")
    assert 'class="md-search"' not in page
    assert "Noto+Sans+KR" in page
    assert "katex" not in page and "$x$" in page
    assert "og:image" not in page


@pytest.mark.parametrize("name", ["mkdocs", "readthedocs"])
def test_other_themes(tmp_path: Path, name: str) -> None:
    """A site with another theme would fail, or get templates that are not its own."""
    config = f"site_name: S\nsite_url: {ADDRESS}\ntheme: {name}\nplugins: [search, haebom]\n"
    project = write_site(tmp_path, {"docs/index.md": "# 홈\n\n글 $x$.\n"}, config)
    done = project.build()
    assert done.code == 0, done.text
    meta = _meta(_head(project, ""))
    assert meta["og:description"] == "글 x."
    assert '<span class="katex">' in project.page("")
    assert "haebom" not in project.read("site/404.html").replace("haebom.", "")


def test_a_formula_that_cannot_be_typeset_is_told(tmp_path: Path) -> None:
    """An author would find out about a slip in a formula from readers."""
    files = {"posts/2026-01-02-a.md": "# 글\n\n글 $\\nosuch$.\n"}
    project = write_site(tmp_path, files)
    done = project.build()
    assert done.code == 1
    assert "blog/posts/2026-01-02-a.md: KaTeX parse error: Undefined control sequence" in done.text
