"""A built blog in Chromium: what readers see, copy and find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from served import CONTRAST, serve

from helpers import MKDOCS_YML, Project, write_site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

POST = """\
---
title: 출력
---

# 출력

Some proseonlyword here.

```python
print("hidden" + "output", "가" * 200)
print("\\x1b[31m빨강\\x1b[0m \\x1b[38;5;46m초록\\x1b[0m")
```

## 표

```python
from IPython.display import HTML, Markdown, display
cells = "".join(f"<th>column {n}</th>" for n in range(40))
display(HTML(f"<table><tr>{cells}</tr></table><h2>출력의 제목</h2>"))
display(Markdown("# 출력의 제목 둘"))
```

!!! note

    - 목록

        ```python
        #| search: true
        print("found" + "output")
        ```

```python {.fold-output}
print("접힌출력")
```

```python {.raises}
1 / 0
```
"""


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served blog; without a browser nobody needs it."""
    folder = tmp_path_factory.mktemp("browser")
    # the theme would ask the repository's host for its stars
    own = ("repo_url", "edit_uri")
    config = "".join(line for line in MKDOCS_YML.splitlines(True) if not line.startswith(own))
    project: Project = write_site(folder / "a", {"posts/2026-01-01-out.md": POST}, config)
    done = project.build()
    assert done.code == 0, done.text
    served = folder / "served"
    served.mkdir()
    (project.root / "site").rename(served / "blog-site")
    with serve(served) as address:
        yield f"{address}blog-site/"


@pytest.fixture(
    params=[(w, s) for w in (390, 1280) for s in ("light", "dark")],
    ids=lambda value: f"{value[0]}-{value[1]}",
)
def page(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """The post, on a phone or a desktop, light or dark; errors and foreign requests fail."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on(
        "console", lambda m: problems.append(f"{m.type}: {m.text}") if m.type == "error" else None
    )
    page.on(
        "request",
        lambda r: None if r.url.startswith((address, "data:", "blob:")) else problems.append(r.url),
    )
    page.goto(address + "blog/out/", wait_until="networkidle")
    yield page
    context.close()
    assert problems == []


one = pytest.mark.parametrize("page", [(1280, "light")], indirect=True, ids=["1280-light"])


def test_outputs_are_visible_under_their_code(page: Any) -> None:
    """An output would be invisible, stand above its code, or be illegible in one scheme."""
    boxes = page.locator("article .haebom-output")
    assert boxes.count() == 5
    places = page.evaluate(
        """() => [...document.querySelectorAll('article .haebom-output')].map(output => {
            const code = output.previousElementSibling.getBoundingClientRect()
            const box = output.getBoundingClientRect()
            return [code.bottom, box.top, box.height, box.width]
        })"""
    )
    for bottom, top, height, width in places:
        assert top >= bottom - 1
        assert height > 10
        assert width > 100
    for text in ("hiddenoutput", "column 3", "foundoutput", "ZeroDivisionError"):
        assert page.locator("article .haebom-output", has_text=text).first.is_visible(), text


@pytest.mark.parametrize("selector", [".haebom-text", ".haebom-text span[class*=ansi]",
                                      ".haebom-html", ".haebom-markdown p"])  # fmt: skip
def test_outputs_are_legible(page: Any, selector: str) -> None:
    """Text of an output would be too faint on its ground (WCAG AA asks for 4.5)."""
    ratios = page.evaluate(CONTRAST, f"article .haebom-output {selector}")
    assert ratios
    assert min(ratios) >= 4.5, ratios


def test_nothing_overflows(page: Any) -> None:
    """A wide table or a long line would make the whole page scroll sideways."""
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0
    wide = page.evaluate(
        """() => [...document.querySelectorAll('article .haebom-output')].filter(
            output => output.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert wide == 0


@one
def test_folded_outputs_open(page: Any) -> None:
    """A folded output could not be opened, or be open from the start."""
    folded = page.locator("article", has_text="접힌출력").locator("pre", has_text="접힌출력").last
    assert not folded.is_visible()
    page.locator("details.haebom-fold summary").click()
    assert folded.is_visible()


@one
def test_the_copy_button_copies_code_alone(page: Any) -> None:
    """Readers would paste outputs between their code."""
    assert page.locator("article .haebom-output .md-clipboard, .haebom-output button").count() == 0
    block = page.locator("article .highlight").nth(2)
    block.hover()
    page.locator(
        "article .highlight .md-code__button[title], article .highlight .md-clipboard"
    ).nth(2).click()
    page.wait_for_function("() => navigator.clipboard.readText().then(text => text.length > 0)")
    assert page.evaluate("navigator.clipboard.readText()").strip() == 'print("found" + "output")'


@one
def test_outputs_are_not_in_the_contents(page: Any) -> None:
    """A heading within an output would appear in the table of contents."""
    contents = page.locator(".md-sidebar--secondary").inner_text()
    assert "표" in contents
    assert "출력의 제목" not in contents


@one
@pytest.mark.parametrize(
    ("word", "is_found"), [("proseonlyword", True), ("hiddenoutput", False), ("foundoutput", True)]
)
def test_search(page: Any, address: str, word: str, is_found: bool) -> None:
    """Search would find numbers of outputs, or not find what an author wants to be found."""
    page.goto(address)
    page.locator("input.md-search__input").first.fill(word)
    results = page.locator(".md-search-result__meta")
    page.wait_for_function(
        "() => !/초기화|Initializing/.test("
        "document.querySelector('.md-search-result__meta').textContent)"
    )
    page.wait_for_function(
        """() => { const meta = document.querySelector('.md-search-result__meta').textContent
                   return !/입력|Type to/.test(meta) }"""
    )
    assert results.inner_text()
    assert bool(page.locator(".md-search-result__link").count()) is is_found
