"""An imported blog builds as it is, and whoever follows an old address finds the post."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

import pytest

from helpers import PNG, Done, Project, article

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("host")]

POST = """\
---
title: "처음: 쓰는 글"
date: 2018-02-10 12:00:00 +0900
categories: 공부 기록
tags: [파이썬, 텐서]
author: kim
header: {teaser: /assets/a.png}
redirect_from: /old/first.html
---

머리말 **굵게** $x^2$ `{python} 1/0` {{ site.title }} [둘]({% post_url 2018-02-11-둘 %}#절-하나).

* 가
  * 나
    1. 다

~~~ python
raise SystemExit("이 코드는 실행되면 안 된다")
~~~

<figure><img src="/assets/a.png" alt="그림"><figcaption>설명</figcaption></figure>

<div><a href="/2018/02/11/%EB%91%98.html"><img src="/assets/b.png"></a></div>

| 가 | 나 |

# 절
{: .no_toc}

주의
{: .notice--info}

{% for p in site.posts %}{{ p.title }}{% endfor %} 각주[^1]

[^1]: 각주 내용
"""


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": "# 노트북\n\n* 가\n  * 나"},
        {
            "cell_type": "code", "metadata": {}, "source": "raise SystemExit('실행되면 안 된다')",
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "예전의 출력\n"}],
        },
        {"cell_type": "markdown", "metadata": {}, "source": "`{python} 1/0`"},
    ],
    "metadata": {"kernelspec": {"name": "no-such", "language": "no-such"}},
    "nbformat": 4, "nbformat_minor": 4,
}  # fmt: skip

QUARTO = """\
---
title: 쿼토
---

## 절 {#sec-a}

::: {.callout-tip}
## 요령
@sec-a 참고
:::

::: {.panel-tabset}
## R
가
## Python
나
:::

```{python}
#| label: fig-a
raise SystemExit("이 코드도 실행되면 안 된다")
```
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Done]:
    """A blog, imported into an empty folder, and built."""
    root = tmp_path_factory.mktemp("import")
    old = Project(root / "옛 블로그")
    old.write("_config.yml", "title: 옛 블로그\nurl: https://old.example\nlang: ko\n")
    old.write("_posts/2018-02-10-first.md", POST)
    old.write("_posts/2018-02-11-둘.md", "---\ntitle: 둘\n---\n## 절 하나\n\n![](/assets/b.png)\n")
    old.write("about.md", "---\ntitle: 소개\npermalink: /about/\n---\n[글](/old/first.html)\n")
    for name in "ab":
        old.write(f"assets/{name}.png", b"\x89PNG\r\n\x1a\n" + PNG.encode())
    new = Project(root / "새 블로그")
    new.root.mkdir()
    others = Project(root / "다른 글")
    others.write("2019-01-01-노트북.ipynb", json.dumps(NOTEBOOK))
    others.write("2019-01-02-쿼토/index.qmd", QUARTO)
    others.write("2019-01-03-페이지.html", "<h1>페이지</h1><p>글 <b>굵게</b></p><ul><li>하나</ul>")
    for kind, folder in (
        ("jekyll", "../옛 블로그"),
        ("notebooks", "../다른 글"),
        ("quarto", "../다른 글"),
        ("html", "../다른 글"),
    ):
        done = new.haebom("import", kind, folder, *(["--pages"] if kind == "jekyll" else []))
        assert done.code == 0, done.text
    return new, new.build()


def test_it_builds_without_a_warning(imported: tuple[Project, Done]) -> None:
    """An author would begin with findings in posts that were fine."""
    _, done = imported
    assert done.code == 0, done.text
    assert "WARNING" not in done.text
    assert "5 posts: 0 ran, 0 reused, 0 cells, 0 findings" in done.text


def test_what_is_on_the_page(imported: tuple[Project, Done]) -> None:
    """Something of a post would not have arrived."""
    project, _ = imported
    page = article(project.page("blog/first"))
    for part in ("처음: 쓰는 글", "<strong>굵게</strong>", "옛 블로그", "SystemExit", "각주 내용"):
        assert part in page
    assert page.count("<li>") >= 3
    assert 'class="admonition info"' in page
    assert "site.posts" not in page.replace("&lt;!--", "").split("<!--")[0]


def test_notebooks_show_what_their_authors_saw(imported: tuple[Project, Done]) -> None:
    """Outputs would be gone, since nothing runs; or pass for those of this site."""
    page = article(imported[0].page("blog/노트북"))
    assert "예전의 출력" in page
    assert page.count("저장된 결과 (다시 실행하지 않음)") == 1
    assert page.index("SystemExit") < page.index("예전의 출력") < page.index("1/0</code>")
    assert page.count("<ul>\n<li>가") == 1
    assert page.count("<ul>\n<li>나") == 1


def test_other_kinds(imported: tuple[Project, Done]) -> None:
    """Quarto's boxes and tabs would be text, or a page of HTML lose what it says."""
    page = article(imported[0].page("blog/쿼토"))
    assert '<p class="admonition-title">요령</p>' in page
    assert '<a href="#sec-a">절 a</a>' in page
    assert 'class="tabbed-set' in page
    page = article(imported[0].page("blog/페이지"))
    assert "<strong>굵게</strong>" in page
    assert "<li>하나</li>" in page


def test_links_in_raw_html(imported: tuple[Project, Done]) -> None:
    """Images and links within raw HTML would be right in the repository and broken on the site."""
    project, _ = imported
    page = project.page("blog/first")
    for link in ("../2018-02-10-first/a.png", "../../assets/b.png", "../%EB%91%98/"):
        assert f'"{link}"' in page
        assert (project.root / "site/blog/first" / unquote(link)).exists()


def test_old_addresses(imported: tuple[Project, Done]) -> None:
    """Links from elsewhere would end in a page that is not there."""
    project, _ = imported
    for path in ("공부/기록/2018/02/10/first.html", "old/first.html"):
        text = project.read(f"site/{path}")
        assert '<link rel="canonical" href="https://old.example/blog/first/">' in text
        assert 'http-equiv="refresh"' in text
    assert project.read("site/old/first.html").count('="../blog/first/"') == 1


def test_imported_again(imported: tuple[Project, Done]) -> None:
    """The second import would undo what the author has written since."""
    project, _ = imported
    path = "posts/2018-02-11-둘.md"
    text = project.read(path) + "\n새 문단\n"
    project.write(path, text)
    done = project.haebom("import", "jekyll", "../옛 블로그", "--pages")
    assert f"{path}: kept as it is" in done.text
    assert project.read(path) == text


@pytest.fixture(scope="module")
def address(imported: tuple[Project, Done]) -> Iterator[str]:
    """Serve the site."""
    folder = str(imported[0].root / "site")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.browser
@pytest.mark.parametrize("with_script", [True, False])
def test_following_an_old_address(browser: Any, address: str, with_script: bool) -> None:
    """A reader with a bookmark, with JavaScript or without, would not get to the post."""
    context = browser.new_context(java_script_enabled=with_script)
    page = context.new_page()
    page.goto(f"{address}/old/first.html#절")
    page.wait_for_url("**/blog/first/*" if with_script else "**/blog/first/")
    assert "처음: 쓰는 글" in page.content()
    if with_script:  # the part of the page that was asked for comes along
        assert page.evaluate("decodeURIComponent(location.hash)") == "#절"
    context.close()


def test_aliases_that_clash(make_site: Any) -> None:
    """Of two posts that claim one old address, one would never be found."""
    post = "---\naliases: [/old/]\n---\n\n# 가\n"
    project = make_site({"posts/2026-01-01-a.md": post, "posts/2026-01-02-b.md": post})
    done = project.build()
    assert done.code != 0
    assert "2026-01-02-b.md:2: duplicate: The address '/old/' already leads to" in done.text


def test_alias_of_another_page(make_site: Any) -> None:
    """An old address would overwrite a page of the site."""
    project = make_site({"posts/2026-01-01-a.md": "---\naliases: [/tags/]\n---\n\n# 가\n"})
    done = project.build()
    assert "The alias /tags/index.html is the address of another page." in done.text
    assert done.code != 0
