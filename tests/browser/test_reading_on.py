"""What leads readers on: links in code, marks, the map, terms and questions, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from helpers import MKDOCS_YML, write_site
from serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

FIRST = """\
---
series: 첫걸음
---

# 첫째 글

텐서를 텐서로 봅니다.

```python
from collections import OrderedDict
import math

print(math.sqrt(2) , OrderedDict)
```

```python
#| predict: 무엇이 출력될까요?
print(0.1 + 0.2)
```
"""
SECOND = "---\nseries: 첫걸음\nprerequisites: [first]\n---\n\n# 둘째 글\n\n글.\n"
FILES = {
    "posts/2026-01-01-first.md": FIRST,
    "posts/2026-01-02-second.md": SECOND,
    "glossary.yml": "텐서: {en: tensor, text: 수의 묶음입니다.}\n",
}


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served blog; without a browser nobody needs it."""
    # the theme would ask the repository's host for its stars
    own = ("repo_url", "edit_uri")
    config = "".join(line for line in MKDOCS_YML.splitlines(True) if not line.startswith(own))
    project = write_site(tmp_path_factory.mktemp("study") / "a", FILES, config)
    done = project.build()
    assert done.code == 0, done.text
    with served(project.root / "site", base="/blog-site/") as address:
        yield address


@pytest.fixture
def context(browser: Any, address: str) -> Iterator[Any]:
    """A browser that has seen nothing yet."""
    context = browser.new_context(
        viewport={"width": 390, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
        base_url=address,
    )
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(str(error.error)))
    yield context
    context.close()
    assert problems == []


def opened(context: Any, path: str) -> Any:
    """A page."""
    page = context.new_page()
    page.goto(path, wait_until="networkidle")
    return page


def test_code_with_links(context: Any) -> None:
    """Links would change what is copied, or show themselves before they are asked for."""
    page = opened(context, "blog/first/")
    link = page.locator("code a[rel=external]", has_text="OrderedDict").first
    assert link.get_attribute("href").endswith("/collections.html#collections.OrderedDict")
    beside = page.locator("code span", has_text="math").first
    styles = "e => [getComputedStyle(e).textDecorationLine, getComputedStyle(e).color]"
    line, colour = link.evaluate(styles)
    assert (line, colour) == ("none", beside.evaluate(styles)[1]) or line == "none"
    link.hover()
    assert link.evaluate(styles)[0] == "underline"
    page.locator(".md-code__button, .md-clipboard").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "print(math.sqrt(2) , OrderedDict)" in copied


def test_marks_of_what_was_read(context: Any, address: str) -> None:
    """A mark would not be kept, not be seen elsewhere, or not be taken back."""
    page = opened(context, "blog/first/")
    button = page.locator(".haebom-done button")
    assert button.get_attribute("aria-pressed") == "false"
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    for path, where in (
        ("paths/", ".haebom-map a"),
        ("blog/", ".md-post h2 a"),
        ("blog/second/", ".haebom-series a"),
    ):
        marked = opened(context, path).locator(f"{where} .haebom-read")
        assert marked.count() == 1, path
        assert "읽음" in marked.text_content()
    assert context.cookies() == []
    again = opened(context, "blog/first/")
    again.locator(".haebom-done button").click()
    assert opened(context, "paths/").locator(".haebom-read").count() == 0


def test_a_browser_that_keeps_nothing(browser: Any, address: str) -> None:
    """Where storage is forbidden, a button would promise what cannot be."""
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    )
    page = context.new_page()
    page.goto(address + "blog/second/", wait_until="networkidle")
    assert page.locator(".haebom-done button").is_hidden()
    context.close()


def test_the_map(context: Any) -> None:
    """The map would be wider than the screen, or its lines miss the cards."""
    page = opened(context, "paths/")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    first, second, line = page.evaluate(
        "['a', 'a:nth-of-type(2)', 'path'].map(what => {"
        " const box = document.querySelector(`.haebom-map ${what}`).getBoundingClientRect();"
        " return [box.top, box.bottom] })"
    )
    assert line == [pytest.approx(first[1], abs=1), pytest.approx(second[0], abs=1)]
    page.locator(".haebom-map > a").nth(1).click()
    page.wait_for_function("document.title.includes('둘째 글')")


def test_the_index(context: Any) -> None:
    """The filter would hide what is looked for."""
    page = opened(context, "api/")
    page.locator(".haebom-filter input").fill("ordered collections")
    shown = page.locator(".haebom-index dl > div:visible")
    assert shown.count() == 1
    shown.locator("dd a").click()
    page.wait_for_url("**/blog/first/#cell-1")
    assert page.locator("#cell-1").is_visible()


def test_terms(context: Any) -> None:
    """A term would not say what it means to those who use a keyboard, or touch it."""
    page = opened(context, "blog/first/")
    term = page.locator("abbr", has_text="텐서")
    assert term.count() == 1
    shown = "term => getComputedStyle(term, '::after').content"
    assert term.evaluate(shown) == "none"
    page.keyboard.press("Tab")
    while not term.evaluate("term => document.activeElement === term"):
        page.keyboard.press("Tab")
    assert "수의 묶음입니다." in term.evaluate(shown)
    page.mouse.click(1, 1)
    assert term.evaluate(shown) == "none"
    term.click()
    assert "수의 묶음입니다." in term.evaluate(shown)


@pytest.mark.parametrize(
    ("guess", "verdict"),
    [("0.3", "맞았습니다."), ("0.4", "짐작과 다릅니다"), ("세 개", "짐작과 다릅니다")],
)
def test_a_guess(context: Any, guess: str, verdict: str) -> None:
    """An output would be seen before the reader has guessed, or a right guess be called wrong."""
    page = opened(context, "blog/first/")
    output = page.locator(".haebom-predict .haebom-text")
    assert output.is_hidden()
    field = page.get_by_label("무엇이 출력될까요?")
    field.press("Enter")
    assert output.is_hidden()
    field.fill(guess)
    field.press("Enter")
    assert output.is_visible()
    assert verdict in page.get_by_role("status").last.text_content()


def test_without_scripts(browser: Any, address: str) -> None:
    """Where scripts do not run, outputs and marks would be out of reach."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "blog/first/")
    assert page.locator(".haebom-done button").is_hidden()
    page.locator(".haebom-predict summary").click()
    assert page.locator(".haebom-predict .haebom-text").is_visible()
    context.close()
