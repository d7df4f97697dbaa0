"""The panel under a post and the page of what was checked, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from served import CONTRAST

from haebom.model import Environment, Outcome, Trial
from haebom.store import Store
from helpers import MKDOCS_YML, Project, write_site
from serving import served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("status")]

RECORDED = "```\n\n```output\n7\n```\n"
FILES: dict[str, str | bytes] = {
    "posts/2026-01-01-slow.md": "# 느린 글\n\n```python\n"
    f"import time\ntime.sleep(0.3)\nprint(7)\n{RECORDED}",
    "posts/2026-01-02-drifts.md": "# 변한 글\n\n```python\nx = 8\n```\n\n"
    f"```python\nprint(x)\n{RECORDED}",
    "posts/2026-01-03-not-run.md": "# 실행하지 않은 글\n\n```python {.no-run}\nx\n```\n",
}
ENTRY = "numpy==1.0"
OPTIONS = (
    f"      jobs: 2\n      warn_only: [output-drift]\n      matrix: [{{requirements: [{ENTRY}]}}]\n"
)
CONFIG = "".join(
    line
    for line in MKDOCS_YML.replace("      jobs: 2\n", OPTIONS).splitlines(True)
    if not line.startswith(("repo_url", "edit_uri"))
)


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served blog with a post that holds, one that does not, and one that did not run."""
    project: Project = write_site(tmp_path_factory.mktemp("status") / "a", FILES, CONFIG)
    store = Store(project.root / ".haebom")
    trials = (
        Trial("posts/2026-01-01-slow.md", Outcome.SAME),
        Trial("posts/2026-01-02-drifts.md", Outcome.FAILS, "posts/2026-01-02-drifts.md:4: no"),
    )
    made = Environment(ENTRY, (("numpy", "1.0"),), "3.12", "2026-01-05T00:00:00+00:00", trials)
    store.put_environment(made)
    done = project.run("mkdocs", "build")
    assert done.code == 0, done.text
    with served(project.root / "site", base="/blog-site/") as address:
        yield address


@pytest.fixture(
    params=[(w, s) for w in (390, 1280) for s in ("light", "dark")],
    ids=lambda value: f"{value[0]}-{value[1]}",
)
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """A phone or a desktop, light or dark; errors fail."""
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    yield page
    context.close()
    assert problems == []


one = pytest.mark.parametrize("page", [(1280, "light")], indirect=True, ids=["1280-light"])
MEASURED = "haebom/status.json"


@one
def test_the_panel_asks_only_when_it_is_opened(page: Any, address: str) -> None:
    """Each reader of each post would load what hardly anybody looks at, or never see the time."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}blog/slow/", wait_until="networkidle")
    panel = page.locator(".haebom-panel")
    assert panel.locator("dl").is_hidden()
    assert not any(url.endswith(MEASURED) for url in asked)
    panel.locator("summary").click()
    row = panel.locator('[data-haebom="seconds"]')
    row.wait_for()
    assert row.inner_text().split() == ["걸린", "시간", row.locator("dd").inner_text()]
    assert row.locator("dd").inner_text().endswith("초")
    assert sum(url.endswith(MEASURED) for url in asked) == 1


def test_panel_and_marks_are_legible(page: Any, address: str) -> None:
    """A reader could not make out how far a post can be trusted."""
    for post in ("slow", "drifts", "not-run"):
        page.goto(f"{address}blog/{post}/", wait_until="networkidle")
        page.locator(".haebom-panel summary").click()
        page.locator(".haebom-panel dl").wait_for()
        ratios = page.evaluate(CONTRAST, ".haebom-panel :is(summary, dt, dd, code)")
        assert min(ratios) >= 4.5, (post, ratios)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("article .haebom-mark[role=img]").first.is_visible()


@one
def test_marks(page: Any, address: str) -> None:
    """A mark would say nothing to who listens, cover the code, or be taken along with it."""
    page.goto(f"{address}blog/drifts/", wait_until="networkidle")
    marks = page.locator("article .haebom-mark[role=img]")
    names = [mark.get_attribute("aria-label") for mark in marks.all()]
    assert names == ["실행함", "기록된 출력과 다름"]
    for mark, code in zip(marks.all(), page.locator("article .highlight").all(), strict=True):
        assert (
            mark.bounding_box()["y"] >= code.bounding_box()["y"] + code.bounding_box()["height"] - 1
        )


def test_the_page_is_legible(page: Any, address: str) -> None:
    """The page would be too pale, or wider than a phone."""
    page.goto(f"{address}status/", wait_until="networkidle")
    selector = "article :is(th, td, button, small, p, dt, dd, li, code, select)"
    ratios = page.evaluate(CONTRAST, selector)
    assert min(ratios) >= 4.5, ratios
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _order(page: Any) -> list[str]:
    rows = page.locator("table.haebom-sortable").first.locator("tbody tr")
    return [row.locator("th").inner_text() for row in rows.all() if row.is_visible()]


@pytest.mark.parametrize("page", [(390, "light"), (1280, "light")], indirect=True, ids=str)
def test_order(page: Any, address: str) -> None:
    """A click on a heading would not put the posts in its order, or not say so."""
    page.goto(f"{address}status/", wait_until="networkidle")
    assert _order(page) == ["실행하지 않은 글", "변한 글", "느린 글"]
    time = page.locator("table.haebom-sortable th button", has_text="걸린 시간").first
    time.click()
    head = page.locator("th[aria-sort]")
    assert head.get_attribute("aria-sort") == "ascending"
    assert _order(page) == ["변한 글", "느린 글", "실행하지 않은 글"]
    time.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert _order(page) == ["느린 글", "변한 글", "실행하지 않은 글"]
    page.locator("th button", has_text="글").first.press("Enter")
    assert _order(page) == ["느린 글", "변한 글", "실행하지 않은 글"]


@one
def test_search_and_states(page: Any, address: str) -> None:
    """A maintainer of many posts could not find those that need mending."""
    page.goto(f"{address}status/", wait_until="networkidle")
    field, states = page.locator(".haebom-tools input"), page.locator(".haebom-tools select")
    field.fill("글 변한")
    assert _order(page) == ["변한 글"]
    field.fill("posts/2026-01-01")
    assert _order(page) == ["느린 글"]
    field.fill("")
    states.select_option(label="고칠 곳 있음 1")
    assert _order(page) == ["변한 글"]


@one
def test_slowest_cells(page: Any, address: str) -> None:
    """The cell that takes longest would not be told, or lead elsewhere."""
    page.goto(f"{address}status/", wait_until="networkidle")
    items = page.locator('[data-haebom="slowest"] li')
    seconds = [float(text.split()[-1].removesuffix("초")) for text in items.all_inner_texts()]
    assert len(seconds) == 3
    assert seconds == sorted(seconds, reverse=True)
    item = items.filter(has_text="느린 글")
    assert item.locator("code").inner_text() == ":4"
    item.locator("a").click()
    assert page.url == f"{address}blog/slow/"


@one
def test_a_page_is_seen_twice(page: Any, address: str) -> None:
    """The theme may tell of a page again: buttons would be doubled, or cells listed twice."""
    page.goto(f"{address}status/", wait_until="networkidle")
    page.evaluate("document$.next(document)")
    page.wait_for_timeout(200)
    assert page.locator("th button button").count() == 0
    assert page.locator('[data-haebom="slowest"] li').count() == 3


def test_without_scripts(browser: Any, address: str) -> None:
    """A reader whose browser runs no scripts would not learn what holds."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}blog/slow/")
    assert "실행하여 확인했습니다" in page.locator(".haebom-panel summary").inner_text()
    page.goto(f"{address}status/")
    text = page.locator("article").inner_text()
    assert "고칠 곳 있음" in text
    assert "output-drift" in text
    assert "posts/2026-01-02-drifts.md:4: no" in text
    assert page.locator(".haebom-tools").is_hidden()
    assert page.locator('[data-haebom="slowest"]').is_hidden()
    context.close()
