"""The search dialog in a real browser: typing, keys, results, links, and what it loads."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
import unicodedata
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import TimeoutError
from searchable import ENVIRONMENT, build, free_port, serve, write_source

from conftest import desktop_only

pytestmark = pytest.mark.browser

INPUT = "[data-md-component=search-query]"
RESULT = ".md-search-result__item"
Place = tuple[str, list[tuple[str, int]]]


def open_search(page: Any, url: str) -> None:
    """Open the dialog as a reader does: the field, or the magnifier on a phone."""
    page.goto(url)
    page.wait_for_function("window.__worker")
    if page.viewport_size["width"] < 600:
        page.tap("label.md-header__button[for=__search]")
    else:
        page.click(INPUT)
    page.wait_for_function("document.querySelector('#__search').checked")


def open_by_slash(page: Any, patience: int = 20) -> None:
    """Open the dialog by its key; the theme listens for it a moment after its worker exists.

    It also takes a blur and a focus within a millisecond for none, which happens to fast typists on
    busy machines only: the focus is taken away before each attempt.
    """
    for _ in range(patience):
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(50)
        page.keyboard.press("/")
        with contextlib.suppress(TimeoutError):
            page.wait_for_function("document.querySelector('#__search').checked", timeout=1000)
            return
    raise AssertionError("the slash key opens no dialog")


def compose(page: Any, steps: list[str], commit: str, keys: bool = True) -> None:
    """Type one stretch as an input method does: composition steps, then the committed text."""
    session = page.context.new_cdp_session(page)
    page.focus(INPUT)

    def key(kind: str) -> None:
        if keys:
            session.send("Input.dispatchKeyEvent", {
                "type": kind, "key": "Process", "code": "KeyA", "windowsVirtualKeyCode": 229,
            })  # fmt: skip

    for step in steps:
        key("rawKeyDown")
        at = {"text": step, "selectionStart": len(step), "selectionEnd": len(step)}
        session.send("Input.imeSetComposition", at)
        key("keyUp")
    key("rawKeyDown")
    session.send("Input.insertText", {"text": commit})
    key("keyUp")


def ask(page: Any, query: str) -> list[str]:
    """Put a query into the field and return the results' titles."""
    page.evaluate("window.__results = []")
    page.fill(INPUT, "")
    page.fill(INPUT, query)
    page.wait_for_function("window.__results.some(r => r.items.length)")
    page.wait_for_selector(RESULT)
    return [title.inner_text() for title in page.query_selector_all(f"{RESULT} h1")]


def test_composed_korean_is_found(page: Any, served: Place) -> None:
    """Wrong if text that an input method composes, syllable by syllable, brings no results."""
    open_search(page, served[0])
    compose(page, ["ㅇ", "여", "역", "역ㅈ", "역저", "역전", "역전ㅍ", "역전파"], "역전파")
    compose(page, ["ㄹ", "르", "를"], "를")
    page.wait_for_selector(f"{RESULT} h1")
    assert page.input_value(INPUT) == "역전파를"
    page.wait_for_function(
        f"document.querySelector('{RESULT} h1')?.textContent === '역전파 알고리즘'"
    )


def test_half_a_syllable_is_enough(page: Any, served: Place) -> None:
    """Wrong if results wait until the last syllable is complete."""
    open_search(page, served[0])
    compose(page, ["ㄷ", "드", "드ㄹ", "드로", "드롭", "드롭ㅇ", "드롭아"], "드롭앙")
    page.wait_for_selector(f"{RESULT} h1")
    assert "드롭아웃" in page.inner_text(f"{RESULT} h1")


@desktop_only
def test_text_without_keys_is_found(page: Any, served: Place) -> None:
    """Wrong if dictated or pasted text, which brings no key event, is not searched."""
    open_search(page, served[0])
    compose(page, ["소", "소프"], "소프트맥스가", keys=False)
    page.wait_for_selector(f"{RESULT} h1")
    assert "소프트맥스" in page.inner_text(f"{RESULT} h1")


FORMS = [
    ("손실함수를", "역전파 알고리즘"),
    ("backpropagation", "역전파 알고리즘"),
    ("오버피팅", "드롭아웃으로 과적합 줄이기"),
    ("nn.Sequential", "드롭아웃으로 과적합 줄이기"),
    ("zero grad", "DataLoader 다루기"),
    ("data loader", "DataLoader 다루기"),
    ("불러왔습니다", "상태 저장하고 불러오기"),
    ("파이토취", "파이토치(PyTorch) 시작하기"),
    ("ㅅㅍㅌㅁㅅ", "소프트맥스와 교차 엔트로피"),
    (unicodedata.normalize("NFD", "소프트맥스"), "소프트맥스와 교차 엔트로피"),
    ("과적합은 어떻게 줄이나요", "드롭아웃으로 과적합 줄이기"),
    ("#재현성", "같은 코드, 다른 결과"),
]  # fmt: skip


@desktop_only
def test_every_form_finds_its_page(page: Any, served: Place) -> None:
    """Wrong if one of the ways to type a term no longer finds its page first."""
    open_search(page, served[0])
    found = {query: ask(page, query)[0] for query, _ in FORMS}
    assert found == dict(FORMS)


@desktop_only
def test_excluded_text_is_not_found(page: Any, served: Place) -> None:
    """Wrong if a page or an output that is kept out of search can be found."""
    open_search(page, served[0])
    for number, query in enumerate(["비밀낱말", "출력전용낱말"]):
        page.fill(INPUT, query)
        page.wait_for_function(f"window.__results.length > {number}")
        assert query not in page.inner_text(".md-search-result")


def test_page_load_costs_little_and_the_rest_comes_with_the_first_query(
    page: Any, served: Place
) -> None:
    """Wrong if a page view pays for search: over 10 KB, or shards before anything is typed."""
    url, asked = served
    page.goto(url, wait_until="networkidle")
    before = [(path, size) for path, size in asked if "workers/" in path or "/search/" in path]
    assert sum(size for _, size in before) < 10_000
    assert not any("shards" in path or "engine" in path for path, _ in before)
    if page.viewport_size["width"] < 600:
        page.tap("label.md-header__button[for=__search]")
    ask(page, "역전파")
    assert any("shards" in path for path, _ in asked)


@desktop_only
def test_keyboard(page: Any, served: Place) -> None:
    """Wrong if slash, arrows, Enter or Escape no longer work in the dialog."""
    page.goto(served[0])
    page.wait_for_function("window.__worker")
    open_by_slash(page)
    ask(page, "연쇄 법칙")
    page.keyboard.press("ArrowDown")
    assert "md-search-result__link" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('#__search').checked")
    open_by_slash(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/backprop/**")
    assert page.evaluate("decodeURIComponent(location.hash)") == "#연쇄-법칙"


@desktop_only
def test_results_mark_and_unfold(page: Any, served: Place) -> None:
    """Wrong if excerpts lose their marks, show raw formulas, or further sections don't unfold."""
    open_search(page, served[0])
    ask(page, "역전파")
    assert page.query_selector(f"{RESULT} mark").inner_text() == "역전파"
    more = page.query_selector(f"{RESULT} details.md-search-result__more")
    assert more.query_selector("a") and not more.query_selector("a").is_visible()
    more.query_selector("summary").click()
    assert more.query_selector("a").is_visible()
    ask(page, "소프트맥스")
    assert "\\(" not in page.inner_text(".md-search-result")


@desktop_only
def test_missing_words_are_told_only_when_they_are_missing(page: Any, served: Place) -> None:
    """Wrong if a word that the page has in another form is called missing, or none is told."""
    open_search(page, served[0])
    ask(page, "역전파의 손실함수")
    assert not page.query_selector(f"{RESULT}:first-child del")
    ask(page, "역전파 소프트맥스")
    assert page.query_selector(f"{RESULT}:first-child del")


@desktop_only
def test_highlight_on_the_page(page: Any, served: Place) -> None:
    """Wrong if the page behind a result doesn't mark what was searched."""
    open_search(page, served[0])
    ask(page, "드롭아웃이")
    page.click(f"{RESULT} a")
    page.wait_for_url("**/dropout/**")
    page.wait_for_selector(".md-content article mark")
    assert page.inner_text(".md-content article mark") == "드롭아웃"


@desktop_only
def test_instant_navigation_keeps_the_worker(page: Any, served: Place) -> None:
    """Wrong if following a result loads the page anew or search dies after it."""
    open_search(page, served[0])
    ask(page, "드롭아웃")
    page.evaluate("window.__mark = true")
    page.click(f"{RESULT} a")
    page.wait_for_url("**/dropout/**")
    assert page.evaluate("window.__mark")
    page.click(INPUT)
    assert ask(page, "역전파를")[0] == "역전파 알고리즘"


@desktop_only
def test_share_and_deep_link(page: Any, served: Place) -> None:
    """Wrong if the share link doesn't bring the query back."""
    open_search(page, served[0])
    ask(page, "역전파")
    link = page.get_attribute("[data-md-component=search-share]", "href")
    page.goto(link)
    page.wait_for_selector(RESULT)
    assert page.input_value(INPUT) == "역전파"


@desktop_only
def test_suggestion_completes(page: Any, served: Place) -> None:
    """Wrong if the grey completion is gone or the right arrow doesn't take it."""
    open_search(page, served[0])
    compose(page, ["ㅅ", "소", "소ㅍ", "소프"], "소프")
    compose(page, ["ㅌ", "트"], "트")
    page.wait_for_function(
        "document.querySelector('[data-md-component=search-suggest]').textContent === '소프트맥스'"
    )
    page.keyboard.press("ArrowRight")
    assert page.input_value(INPUT) == "소프트맥스"


@desktop_only
def test_page_not_found_can_search(page: Any, served: Place) -> None:
    """Wrong if the 404 page, whose links are absolute, loads no worker."""
    open_search(page, served[0] + "no/such/page/")
    assert ask(page, "역전파")[0] == "역전파 알고리즘"


@desktop_only
def test_an_open_page_survives_a_deployment(
    page: Any, built: Path, port: int, tmp_path: Path
) -> None:
    """Wrong if a page opened before a deployment finds nothing once the old shards are gone."""
    source = tmp_path / "source"
    write_source(source, port)
    shutil.copytree(built, tmp_path / "out")
    with serve(tmp_path / "out", port) as (url, _):
        open_search(page, url)
        page.wait_for_function("window.__answered")
        page.wait_for_load_state("networkidle")
        (source / "docs/new.md").write_text("# 새로 올린 글\n\n양자화를 다룹니다.\n", "utf-8")
        build(source, tmp_path / "new")
        (tmp_path / "out/sub").rename(tmp_path / "old")
        (tmp_path / "new").rename(tmp_path / "out/sub")
        assert ask(page, "양자화")[0] == "새로 올린 글"


@desktop_only
def test_development_server(page: Any, tmp_path: Path) -> None:
    """Wrong if `mkdocs serve` has no search, or doesn't find what was just written."""
    port = free_port()
    write_source(tmp_path, port)
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "mkdocs", "serve", "-q", "-a", address]
    server = subprocess.Popen(command, cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    url = f"http://{address}/sub/"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(url).close()
                break
            except OSError:
                time.sleep(0.1)
        open_search(page, url)
        assert ask(page, "역전파를")[0] == "역전파 알고리즘"
        page.goto("about:blank")  # the server would reload it while we navigate
        (tmp_path / "docs/new.md").write_text("# 갓 쓴 글\n\n양자화를 다룹니다.\n", "utf-8")
        for _ in range(200):
            with urllib.request.urlopen(url + "sitemap.xml") as answer:
                if b"/new/" in answer.read():
                    break
            time.sleep(0.1)
        open_search(page, url)
        assert ask(page, "양자화는")[0] == "갓 쓴 글"
    finally:
        server.terminate()
        server.wait(10)
