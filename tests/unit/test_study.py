"""What leads from a post to others, and the pages that are made of all."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from haebom.catalogue import Catalogue, catalogue, entry
from haebom.glossary import read
from haebom.model import CellRun, Checked, Run, State, Use
from haebom.reference import Reference
from haebom.render.frame import frame
from haebom.render.pages import site_pages
from helpers import parsed

CODE = "```python\nnn.Linear(1, 1)\nprint(x)\n```\n"
USES = (
    Use("torch.nn.Linear", "class", 1, 0, 9),
    Use("builtins.print", "function", 2, 0, 5),
)


def checked(slug: str, front: str = "", title: str = "") -> Checked:
    """A post with a cell that uses something."""
    text = f"---\n{front}\n---\n# {title or slug}\n\n글.\n\n{CODE}"
    post = parsed(text, f"posts/2026-01-02-{slug}.md")
    runs = tuple(CellRun(cell.index, State.OK, uses=USES) for cell in post.runnable)
    return Checked(post, Run("r", runs, ended="2026-01-02T03:04:05+00:00"))


@pytest.fixture(scope="module")
def known() -> Catalogue:
    """Three posts of a series, and one beside it."""
    posts = [
        checked("a", "series: {name: 첫 <걸음>, order: 1}", "처음 & 시작"),
        checked("b", "series: {name: 첫 <걸음>, order: 2}\nprerequisites: [a]"),
        checked("c", "series: {name: 첫 <걸음>, order: 3}\nprerequisites: [b, a]\ntags: [드문]"),
        checked("한글", "tags: [드문]"),
        checked("z"),
    ]
    return catalogue(entry(post) for post in posts)


def links(html: str) -> dict[str, str]:
    """Texts of links with where they lead, of well-formed markup."""
    root = ElementTree.fromstring(f"<div>{html}</div>")
    return {"".join(a.itertext()).strip(): a.get("href", "") for a in root.iter("a")}


def test_a_post_in_a_series(known: Catalogue) -> None:
    """Readers would not know where they are, what they have to know, and how to go on."""
    made = frame(known.by_slug["b"], known, "ko")
    assert "3편 가운데 2번째 글" in made.top
    assert links(made.top) == {
        "첫 <걸음>": "../../paths.md",
        "처음 & 시작": "2026-01-02-a.md",
    }
    ends = links(made.bottom)
    assert ends["이전 글 처음 & 시작"] == "2026-01-02-a.md"
    assert ends["다음 글 c"] == "2026-01-02-c.md"
    assert ends["nn.Linear"] == "../../api.md#torch.nn.Linear"
    assert "builtins" not in made.bottom


def test_a_post_by_itself(known: Catalogue) -> None:
    """A post without a series would have an empty banner, or related posts without a reason."""
    made = frame(known.by_slug["한글"], known, "ko")
    assert made.top == ""
    assert links(made.bottom)["c"] == "2026-01-02-c.md"
    assert "같은 태그: 드문" in made.bottom
    assert "이전 글" not in made.bottom


def test_the_order_below_a_post(known: Catalogue) -> None:
    """What to do next would stand behind what few read."""
    made = frame(known.by_slug["c"], known, "ko").bottom
    parts = ["haebom-done", "haebom-related", "haebom-names", "haebom-panel", "haebom-neighbours"]
    assert [made.index(part) for part in parts] == sorted(made.index(part) for part in parts)


def test_ordinary_pages(known: Catalogue) -> None:
    """The home page would be marked as read."""
    page = parsed("# 홈\n\n```python\nx\n```\n", "docs/index.md", is_post=False, uri="index.md")
    made = frame(entry(Checked(page, None)), known, "ko")
    assert "haebom-done" not in made.bottom


def test_paths(known: Catalogue) -> None:
    """The map and the list would not lead to the same posts."""
    page = next(p for p in site_pages(known, "ko", Reference()) if p.uri == "paths.md")
    root = ElementTree.fromstring(f"<div>{page.body}</div>")
    cards = root.find("nav")
    assert cards is not None
    assert [a.get("href") for a in cards.iter("a")] == [
        f"blog/posts/2026-01-02-{slug}.md" for slug in "abc"
    ]
    assert len(list(cards.iter("path"))) == 2  # a to c goes through b
    first = root.find("ol")
    assert first is not None
    nested = [(li[0].text, [a.text for a in li.findall("ul/li/a")]) for li in first.findall("li")]
    assert nested == [("처음 & 시작", []), ("b", ["처음 & 시작"]), ("c", ["b", "처음 & 시작"])]
    assert "[처음 \\& 시작](blog/posts/2026-01-02-a.md)" in page.text
    assert "%ED%95%9C%EA%B8%80.md" in page.body


def test_names(known: Catalogue) -> None:
    """A name would not lead to its documentation and to the cells that use it."""
    page = next(p for p in site_pages(known, "ko", Reference()) if p.uri == "api.md")
    root = ElementTree.fromstring(f"<div>{page.body}</div>")
    (row,) = root.findall(".//dl/div")
    assert row.get("id") == "torch.nn.Linear"
    assert [a.get("href") for a in row.iter("a")][:2] == [
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html",
        "blog/posts/2026-01-02-a.md#cell-1",
    ]
    assert len(row.findall("dd/a")) == 5
    assert re.findall("<h2[^>]*>(.*?)</h2>", page.body) == ["PyTorch"]


def test_terms() -> None:
    """A term would not lead to the posts that use it."""
    glossary = read("역전파: {en: backpropagation, text: 거꾸로.}\n가중치: weight\n")
    post = checked("a", title="역전파를 보기")
    known = catalogue([entry(post, glossary=glossary)])
    page = next(
        p for p in site_pages(known, "ko", Reference(glossary=glossary)) if p.uri == "glossary.md"
    )
    assert re.findall('<dt id="(.*?)">', page.body) == ["가중치", "역전파"]
    assert links(page.body) == {"역전파를 보기": "blog/posts/2026-01-02-a.md"}
    assert "거꾸로." in page.body


def test_without_posts() -> None:
    """A site without posts would get empty pages."""
    assert list(site_pages(catalogue([]), "en", Reference())) == []
