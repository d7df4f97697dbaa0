"""Words on the way into the index: text, identifiers, morphemes, and what the browser does too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from haebom.search import SearchEntry, hangul, identifiers
from haebom.search.morphemes import Analyser
from haebom.search.text import pages_of, plain

VECTORS = json.loads(
    (Path(__file__).resolve().parents[2] / "search/test/vectors.json").read_text("utf-8")
)
SHARED: dict[str, Callable[[str], Any]] = {
    "jamo": hangul.jamo,
    "initials": hangul.initials,
    "romanise": hangul.romanise,
    "skeleton": hangul.skeleton,
    "squash": identifiers.squash,
    "subwords": identifiers.subwords,
}


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    """Load Kiwi once."""
    pytest.importorskip("kiwipiepy")
    return Analyser()


def test_every_shared_case_has_a_function() -> None:
    """Wrong if a case that the browser checks is not checked here."""
    assert SHARED.keys() == VECTORS.keys()


@pytest.mark.parametrize("name", SHARED)
def test_build_and_browser_agree(name: str) -> None:
    """Wrong if the build writes a word otherwise than the browser looks it up."""
    assert {word: SHARED[name](word) for word in VECTORS[name]} == VECTORS[name]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("torch.nn.Linear(3)", {"torch.nn.linear", "nn.linear", "linear", "nn", "torch"}),
        ("zero_grad()", {"zerograd", "zero", "grad"}),
        ("DataLoader", {"dataloader", "data", "loader"}),
        ("t-SNE", {"tsne"}),
        ("C++", {"c++"}),
        ("Python 3.12", {"python", "3.12"}),
    ],
)
def test_identifiers_in_every_spelling(text: str, wanted: set[str]) -> None:
    """Wrong if a spelling that readers type is not among an identifier's terms."""
    assert wanted <= {term for term, _ in identifiers.latin_terms(text)}


def test_phrases_end_at_punctuation() -> None:
    """Wrong if words of two sentences become one phrase."""
    assert set(identifiers.phrases("the loss function. Next")) == {
        "the loss",
        "loss function",
        "the loss function",
    }


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>값 \\(y\\)는</p>", "값 y 는"),
        ("\\(\\alpha + 1\\)", "α + 1"),
        ("\\[\\frac{a}{b}\\]", "…"),
        ("동시성<sup>Concurrency</sup>", "동시성(Concurrency)"),
        ("&lt;b&gt;", "<b>"),
        ("\u1100\u1161", "가"),
    ],
)
def test_plain_text_is_readable(html: str, text: str) -> None:
    """Wrong if excerpts show raw formulas, entities or decomposed Hangul."""
    assert plain(html) == text


def test_code_is_apart_from_prose_and_keeps_its_lines() -> None:
    """Wrong if code lands in the prose, or loses its line ends."""
    entry = SearchEntry(
        "a/", "제목", "<p>말 <code>x</code></p><pre><code>a = 1\nb = 2</code></pre>"
    )
    (page,) = pages_of([entry])
    assert page.sections[0].prose == "말 x"
    assert page.sections[0].code == "a = 1\nb = 2"


def test_lists_of_posts_stand_behind_posts() -> None:
    """Wrong if a category or the list of tags outranks the posts that it lists."""
    entries = [
        SearchEntry("blog/category/a/", "재현성", ""),
        SearchEntry("tags/", "태그", ""),
        SearchEntry("tags/#tag:재현성", "재현성", "<ul><li>글</li></ul>"),
        SearchEntry("blog/post/", "재현성", "<p>글입니다.</p>"),
    ]
    category, tags, post = pages_of(entries)
    assert category.boost == tags.boost < post.boost == 1.0


def test_sections_belong_to_their_page() -> None:
    """Wrong if a section becomes a page of its own or loses its anchor."""
    entries = [
        SearchEntry("a/", "가", ""),
        SearchEntry("a/#b", "나", ""),
        SearchEntry("", "다", ""),
    ]
    first, home = pages_of(entries)
    assert [section.anchor for section in first.sections] == ["", "b"]
    assert home.location == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("손실 함수를 줄입니다", {"손실", "함수", "손실함수", "줄이다"}),
        ("역전파를 했다", {"역전파"}),
        ("가중치를 초기화한다", {"가중치", "초기화", "초기"}),
        ("모델을 불러와서", {"모델", "불러오다"}),
        ("이벤트 핸들러를 추가합니다", {"핸들러", "이벤트핸들러"}),
        ("데이터로더에서", {"데이터로더"}),
        ("넘파이 배열을", {"넘파이", "배열", "넘파이배열"}),
    ],
)
def test_korean_words_as_terms(analyser: Analyser, text: str, wanted: set[str]) -> None:
    """Wrong if a noun, a compound, a verb or a loanword is not found in a sentence."""
    (terms,) = analyser.terms([text])
    assert wanted <= {term.text for term in terms}


def test_verbs_show_their_stems(analyser: Analyser) -> None:
    """Wrong if a form such as 골라 or 도와 does not lead to its verb."""
    assert {"고르", "골라", "골랐", "고른"} <= set(analyser.surfaces("고르다"))
    assert "도와" in analyser.surfaces("돕다")
