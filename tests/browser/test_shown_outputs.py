"""Outputs of every kind in Chromium: light and dark, enlarged, folded, interactive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from served import CONTRAST, serve

from helpers import MKDOCS_YML, write_site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("outputs")]

POST = """\
---
title: 모든 출력
---

# 모든 출력

[홈으로](../docs/index.md)

```python
import matplotlib.pyplot as plt
plt.plot([1, 4, 9], "k")
plt.title("제곱")
plt.show()
```

```python
print("\\n".join(f"epoch {n} loss {1 / (n + 1):.3f}" for n in range(240)))
```

```python
import numpy as np, pandas as pd
wide = pd.DataFrame(np.arange(60).reshape(3, 20), columns=[f"아주 긴 열 {n}" for n in range(20)])
wide
```

```python
pd.options.display.max_rows = 500
pd.DataFrame({"수": range(300)})
```

```python
from IPython.display import HTML, display
display(HTML("<p style='background: #eef'>연한 바탕</p>"))
wide.iloc[:, :3].style.highlight_max()
```

```python {.raises}
def outer(): return [][1]
outer()
```

```python
import sys, warnings
warnings.warn("아주 긴 경고 " * 20)
```

```python
from tqdm.auto import tqdm
for _ in tqdm(range(3), desc="학습"): pass
```

```python
import ipywidgets
ipywidgets.IntSlider(3, description="크기")
```

```python
#| fig-alt: 빨간 동그라미
from IPython.display import SVG
SVG('<svg viewBox="0 0 400 300"><circle r="90" cx="200" cy="150" fill="red"/></svg>')
```

```python
import plotly.graph_objects as go
go.Figure(go.Bar(y=[1, 3, 2]), {"title": {"text": "막대"}})
```

```python
import altair as alt
alt.Chart(alt.Data(values=[{"a": 1, "b": 2}])).mark_bar().encode(x="a:O", y="b:Q")
```
"""
TOGGLES = (("default", "weather-night", "어둡게"), ("slate", "weather-sunny", "밝게"))
CONFIG = MKDOCS_YML.replace("features: [", "features: [navigation.instant, ")
for scheme, icon, name in TOGGLES:
    toggle = f"toggle: {{icon: material/{icon}, name: {name}}}"
    CONFIG = CONFIG.replace(f"scheme: {scheme}}}", f"scheme: {scheme}, {toggle}}}")
HOME = "# 홈\n\n[모든 출력](../posts/2026-01-01-out.md)\n"
WIDTHS = (390, 1280)


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served blog."""
    folder = tmp_path_factory.mktemp("outputs")
    # the theme would ask the repository's host for its stars
    own = ("repo_url", "edit_uri")
    config = "".join(line for line in CONFIG.splitlines(True) if not line.startswith(own))
    files: dict[str, str | bytes] = {"posts/2026-01-01-out.md": POST, "docs/index.md": HOME}
    project = write_site(folder / "a", files, config)
    done = project.build()
    assert done.code == 0, done.text
    served = folder / "served"
    served.mkdir()
    (project.root / "site").rename(served / "blog-site")
    with serve(served) as root:
        # the theme swaps those pages in place that the map of the site has
        sitemap = served / "blog-site/sitemap.xml"
        sitemap.write_text(sitemap.read_text("utf-8").replace("https://example.org/", root))
        yield f"{root}blog-site/"


@pytest.fixture(
    params=[(width, scheme) for width in WIDTHS for scheme in ("light", "dark")],
    ids=lambda value: f"{value[0]}-{value[1]}",
)
def page(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """The post; errors and requests to other hosts fail, and nothing answers those."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, has_touch=width < 600
    )
    problems: list[str] = []

    def only_own(route: Any) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            problems.append(route.request.url)
            route.abort()

    context.route("**/*", only_own)
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on(
        "console", lambda m: problems.append(f"{m.type}: {m.text}") if m.type == "error" else None
    )
    page.goto(address + "blog/out/", wait_until="networkidle")
    yield page
    context.close()
    assert problems == []


one = pytest.mark.parametrize("page", [(1280, "light")], indirect=True, ids=["1280-light"])
phone = pytest.mark.parametrize("page", [(390, "dark")], indirect=True, ids=["390-dark"])
light = pytest.mark.parametrize(
    "page", [(width, "light") for width in WIDTHS], indirect=True, ids=lambda v: f"{v[0]}-{v[1]}"
)

SHOWN = """() => [...document.querySelectorAll('.haebom-figure')].map(figure =>
    [...figure.querySelectorAll('img')].filter(each => each.offsetWidth).map(each => each.src))"""


def _see_all(page: Any) -> None:
    """Go through the page as a reader does, until everything is drawn."""
    page.wait_for_selector("[data-haebom-chart]")
    for chart in page.locator("[data-haebom-chart]").all():
        chart.scroll_into_view_if_needed()
    page.wait_for_selector("[data-haebom-chart=plotly] .main-svg")
    page.wait_for_selector("[data-haebom-chart=vega] canvas, [data-haebom-chart=vega] svg")


@one
def test_figures_follow_the_reader_between_light_and_dark(page: Any) -> None:
    """A reader who goes over to dark would keep the light figures, or see both."""
    before = page.evaluate(SHOWN)
    page.locator("label[title='어둡게']").click()
    page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    after = page.evaluate(SHOWN)
    assert [len(each) for each in before] == [len(each) for each in after] == [1, 1]
    assert before[0] != after[0]
    page.wait_for_function(
        "() => document.querySelector('.haebom-dark').naturalWidth > 0"
    )  # it is there, and not just asked for
    page.locator("label[title='밝게']").click()
    page.wait_for_function("document.body.dataset.mdColorScheme !== 'slate'")
    assert page.evaluate(SHOWN) == before


@pytest.mark.parametrize(
    "selector",
    [".haebom-text", ".haebom-text span[class*=ansi]", ".haebom-html :is(th, td, p)",
     ".haebom-note", ".haebom-fold > summary", ".haebom-widget span"],
)  # fmt: skip
def test_outputs_are_legible(page: Any, selector: str) -> None:
    """Text of an output would be too faint on its ground (WCAG AA asks for 4.5)."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    ratios = page.evaluate(CONTRAST, f"article .haebom-output {selector}")
    assert ratios
    assert min(ratios) >= 4.5, ratios


def test_nothing_overflows(page: Any) -> None:
    """A table, a figure or a chart would make the whole page scroll sideways."""
    _see_all(page)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    wide = page.evaluate(
        """() => [...document.querySelectorAll('article .haebom-output, article .haebom-output *')]
            .filter(each => !each.closest('.haebom-html *, pre *, svg *, .haebom-chart *'))
            .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
            .map(each => each.outerHTML.slice(0, 80))"""
    )
    assert wide == []


@light
def test_figures_keep_their_place_while_they_load(page: Any) -> None:
    """Text would jump away under the reader's eyes when a figure arrives."""
    page.add_init_script(
        """window.shifts = []
        new PerformanceObserver(list => { for (const each of list.getEntries())
            for (const source of each.sources || [])
                if (source.node?.closest?.('article')) window.shifts.push(each.value) })
            .observe({type: 'layout-shift', buffered: true})"""
    )
    page.reload(wait_until="networkidle")
    height = page.evaluate("document.querySelector('.haebom-figure').offsetHeight")
    assert height > 150
    for figure in page.locator(".haebom-figure").all():
        figure.scroll_into_view_if_needed()
    page.wait_for_function(
        """() => [...document.querySelectorAll('.haebom-figure img')]
            .every(image => !image.offsetWidth || image.complete)"""
    )
    assert page.evaluate("window.shifts") == []
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('.haebom-figure img')].map(
            image => [image.getAttribute('width'), image.getAttribute('height'), image.loading])"""
    )
    assert all(width and height for width, height, _ in sizes)
    assert [loading for *_, loading in sizes] == ["auto", "lazy", "lazy"]


def test_figures_can_be_enlarged_by_keyboard(page: Any) -> None:
    """A reader could not look closely at a figure, or not get out again."""
    link = page.locator(".haebom-zoom").first
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.haebom-lightbox")
    assert dialog.is_visible()
    assert dialog.get_attribute("aria-label") == "제곱: 선 그래프."
    shown = dialog.locator("img").evaluate("image => [image.src, image.offsetWidth]")
    assert [shown[0]] == page.evaluate(SHOWN)[0]
    assert shown[1] > link.evaluate("link => link.offsetWidth")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.evaluate("document.activeElement.href") == link.evaluate("link => link.href")


@phone
def test_figures_can_be_enlarged_by_touch(page: Any) -> None:
    """On a phone, where figures are small, nothing would happen, or the page be left."""
    here = page.url
    page.locator(".haebom-zoom").first.tap()
    dialog = page.locator("dialog.haebom-lightbox")
    assert dialog.is_visible()
    assert dialog.locator("img").evaluate("image => image.offsetWidth") > 390
    dialog.locator("button").tap()
    dialog.wait_for(state="detached")
    assert page.url == here


@one
def test_long_outputs_say_how_long_they_are(page: Any) -> None:
    """A log of 240 lines would have to be scrolled past, or its end be out of reach."""
    log = page.locator(".haebom-long", has_text="epoch 0 loss")
    assert log.evaluate("box => box.offsetHeight") < 900
    assert log.get_by_text("epoch 239 loss").is_visible()
    assert not log.get_by_text("epoch 120 loss").is_visible()
    log.get_by_text("출력 240줄 모두 보기").click()
    assert log.get_by_text("epoch 120 loss").is_visible()


def test_long_and_wide_tables_scroll_within_themselves(page: Any) -> None:
    """A table would be cut off, or push the rest of the post away."""
    wide, tall = page.locator(".haebom-html").first, page.locator(".haebom-tall")
    assert wide.evaluate("box => box.scrollWidth > box.clientWidth")
    assert tall.evaluate("box => box.scrollHeight > box.clientHeight && box.clientHeight < 900")
    assert page.get_by_text("300행의 표입니다.").is_visible()
    tall.evaluate("box => box.scrollTo(0, 2000)")
    head = tall.locator("thead")
    place = "e => e.getBoundingClientRect().top"
    assert abs(head.evaluate(place) - tall.evaluate(place)) < 2


def test_errors_and_warnings_can_be_read_at_once(page: Any) -> None:
    """The message of an error, or a warning, would be cut off at the edge of a phone."""
    for kind in ("error", "stderr"):
        for box in page.locator(f"article pre.haebom-{kind}").all():
            assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), kind


@one
def test_widgets_show_their_last_state(page: Any) -> None:
    """A progress bar or a slider would be an empty place."""
    bar, slider = (page.locator(".haebom-widget").nth(number) for number in (0, 1))
    assert re.search(r"학습:\s*100%", bar.inner_text())
    assert bar.locator("progress").evaluate("bar => bar.value") == 1
    assert slider.inner_text().split() == ["크기", "3"]


def test_interactive_figures_are_drawn_from_the_site_alone(page: Any) -> None:
    """A chart would be empty, or be drawn by a script from another host."""
    _see_all(page)
    bars = page.locator("[data-haebom-chart=plotly] .bars .point")
    assert bars.count() == 3
    ground = "e => getComputedStyle(e).backgroundColor"
    is_dark = page.evaluate("document.body.dataset.mdColorScheme === 'slate'")
    painted = page.locator("[data-haebom-chart=plotly] .main-svg").first.evaluate(ground)
    assert painted == ("rgba(0, 0, 0, 0)" if is_dark else "rgb(255, 255, 255)")


@one
def test_interactive_figures_after_instant_navigation(page: Any, address: str) -> None:
    """Who comes from another page, which Material swaps in place, would see no chart."""
    page.goto(address, wait_until="networkidle")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("link", name="모든 출력").first.click()
    page.wait_for_url("**/blog/out/")
    _see_all(page)
    assert page.evaluate("window.sameDocument")
    page.locator(".haebom-zoom").first.click()
    assert page.locator("dialog.haebom-lightbox").is_visible()


@one
def test_interactive_figures_follow_the_reader_between_light_and_dark(page: Any) -> None:
    """A chart would stay white on a dark page."""
    _see_all(page)
    page.locator("label[title='어둡게']").click()
    page.wait_for_function(
        """() => getComputedStyle(document.querySelector('[data-haebom-chart] .main-svg'))
            .backgroundColor === 'rgba(0, 0, 0, 0)'"""
    )


def test_pages_without_interactive_figures_load_no_library(browser: Any, address: str) -> None:
    """Every page would pay for what one shows."""
    page = browser.new_page()
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(address, wait_until="networkidle")
    page.close()
    assert not [url for url in urls if re.search(r"plotly|vega", url)]


def test_without_scripts_everything_but_charts_is_there(browser: Any, address: str) -> None:
    """A reader without JavaScript would see less than there is."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "blog/out/")
    assert page.locator(".haebom-figure img").first.is_visible()
    assert page.locator(".haebom-dark").first.is_hidden()
    page.get_by_text("출력 240줄 모두 보기").click()
    assert page.get_by_text("epoch 120 loss").is_visible()
    assert page.get_by_text("이 그림은 자바스크립트로 그립니다.").first.is_visible()
    context.close()
