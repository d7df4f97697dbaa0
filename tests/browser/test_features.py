"""Formulas, diagrams, comments, the 404 page and paper, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from helpers import MKDOCS_YML, write_site
from serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("features")]

POST = """\
---
title: 수식
tags: [텐서]
---

# 수식

기울기 $\\nabla L$과 [다른 곳](https://elsewhere.example/page).

$$
\\frac{\\partial L}{\\partial w}
$$

```mermaid
flowchart LR
  데이터 --> 모델
```

```mermaid
sequenceDiagram
  학생->>서버: 질문
```

```python
print("\\n".join(f"줄 {n} " + "가나다 " * 60 for n in range(60)))
```

```python {.fold-output}
print("접힌 출력")
```
"""
FEATURES = "features: [navigation.instant, navigation.tabs, toc.follow, "
COMMENTS = "      comments: {repo: a/b, repo_id: R_1, category: Q, category_id: D_1}\n"
CONFIG = (
    MKDOCS_YML.replace("  font: false\n", "")
    .replace("features: [", FEATURES)
    .replace("      jobs: 2\n", f"      jobs: 2\n{COMMENTS}")
    .replace(
        "scheme: default}", "scheme: default, toggle: {icon: material/weather-night, name: a}}"
    )
    .replace("scheme: slate}", "scheme: slate, toggle: {icon: material/eye, name: b}}")
)
GISCUS = "https://giscus.app/client.js"


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served blog with instant navigation, comments, and a repository."""
    files: dict[str, str | bytes] = {
        "posts/2026-01-01-math.md": POST,
        "docs/index.md": "# 홈\n\n처음.\n\n<!-- haebom/newest -->\n",
    }
    project = write_site(tmp_path_factory.mktemp("features") / "a", files, CONFIG)
    done = project.build()
    assert done.code == 0, done.text
    with served(project.root / "site", base="/blog-site/") as address:
        yield address


class Visit:
    """A page with what went wrong on it and whom it asked."""

    def __init__(self, context: Any, address: str) -> None:
        self.page = context.new_page()
        self.problems: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        own = (address, "data:", "blob:")
        self.foreign = lambda: [url for url in self.asked if not url.startswith(own)]


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    """A visit to the site's first page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    visit = Visit(context, address)
    visit.page.goto(address, wait_until="networkidle")
    yield visit
    context.close()
    assert visit.problems == []


def test_formulas_and_diagrams_with_instant_navigation(visit: Visit) -> None:
    """They would be drawn on the first page of a visit only, or come from elsewhere."""
    page = visit.page
    assert not any("katex" in url or "mermaid" in url for url in visit.asked)
    page.locator("article a", has_text="수식").first.click()
    page.locator("div.mermaid").nth(1).wait_for()
    assert page.locator("pre.mermaid").count() == 0
    assert all(
        box["height"] > 30
        for box in (page.locator("div.mermaid").nth(n).bounding_box() for n in (0, 1))
    )
    font = "getComputedStyle(document.querySelector('article .katex')).fontFamily"
    page.wait_for_function(f"{font}.includes('KaTeX_Main')")
    page.wait_for_function("document.fonts.check('1em KaTeX_Main')")
    assert page.evaluate("window.__same = true")  # no page was loaded anew
    assert visit.foreign() == []


def test_without_scripts(browser: Any, address: str) -> None:
    """Without scripts a page would lack its formulas, or what a diagram says."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}blog/math/")
    assert page.locator("article .katex-display").is_visible()
    assert "데이터 --> 모델" in page.locator("pre.mermaid").first.inner_text()
    context.close()


def test_comments_come_when_they_are_asked_for(visit: Visit) -> None:
    """Comments would be loaded unasked, for the wrong post, or in the wrong colours."""
    page = visit.page
    page.route(GISCUS, lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.locator("article a", has_text="수식").first.click()
    button = page.locator(".haebom-comments button")
    button.wait_for()
    assert GISCUS not in visit.asked
    page.evaluate("document.querySelector('#__palette_1').click()")
    with page.expect_request(GISCUS):
        button.click()
    script = page.locator(f"script[src='{GISCUS}']")
    assert script.evaluate("e => ({...e.dataset})") == {
        "repo": "a/b", "repoId": "R_1", "category": "Q", "categoryId": "D_1", "lang": "ko",
        "mapping": "pathname", "strict": "1", "reactionsEnabled": "1", "inputPosition": "top",
        "theme": "noborder_dark",
    }  # fmt: skip
    assert visit.foreign() == [GISCUS]


def test_comments_follow_the_colour_scheme(visit: Visit) -> None:
    """Comments would stay bright when the page has become dark."""
    page = visit.page
    page.goto(page.url + "blog/math/", wait_until="networkidle")
    page.evaluate(
        """() => {
            const frame = document.createElement('iframe')
            frame.className = 'giscus-frame'
            document.body.append(frame)
            window.told = []
            frame.contentWindow.postMessage = message => window.told.push(message)
        }"""
    )
    page.evaluate("document.querySelector('#__palette_1').click()")
    page.wait_for_function("window.told.length > 0")
    assert page.evaluate("window.told.at(-1)") == {
        "giscus": {"setConfig": {"theme": "noborder_dark"}}
    }


def test_a_lost_reader_finds(visit: Visit, address: str) -> None:
    """The page for what is not found would search nothing."""
    page = visit.page
    page.goto(f"{address}no/such/page/", wait_until="networkidle")
    page.locator(".haebom-lost input").fill("기울기")
    page.locator(".haebom-lost button").click()
    page.locator(".md-search-result__link").first.wait_for()
    assert page.url.startswith(f"{address}?q=")
    assert "수식" in page.locator(".md-search-result__list").inner_text()


def test_paper(visit: Visit, address: str) -> None:
    """Printed pages would have navigation, lack long outputs, or hide where links lead."""
    page = visit.page
    page.goto(f"{address}blog/math/", wait_until="networkidle")
    page.emulate_media(media="print")
    for selector in (".md-header", ".md-tabs", ".md-sidebar", ".md-footer", ".haebom-comments"):
        assert not any(e.is_visible() for e in page.locator(selector).all()), selector
    cut = page.evaluate(
        """() => [...document.querySelectorAll('article pre')].filter(e =>
            e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1).length"""
    )
    assert cut == 0
    assert page.locator("pre", has_text="접힌 출력").last.is_visible()
    link = page.locator("article a", has_text="다른 곳")
    after = link.evaluate("e => getComputedStyle(e, '::after').content")
    assert "https://elsewhere.example/page" in after


def test_a_dark_page_is_printed_as_a_light_one(visit: Visit) -> None:
    """Paper would carry pale letters on white, or the page stay light after printing."""
    page = visit.page
    colour = "getComputedStyle(document.querySelector('article h1')).color"
    page.evaluate("document.querySelector('#__palette_1').click()")
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    dark = page.evaluate(colour)
    page.emulate_media(media="print")
    page.wait_for_function("document.body.dataset.mdColorScheme === 'default'")
    assert page.evaluate(colour) != dark
    page.emulate_media(media="screen")
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    assert page.evaluate(colour) == dark
