"""What a page's head says of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haebom.hosts.mkdocs import head


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>제목</h1><p>첫 문장.</p><p>둘째 문장.</p>", "첫 문장. 둘째 문장."),
        ("<p><img src='a.png'></p><p>글.</p>", "글."),
        ("<div><p>상자 안.</p></div><p>글.</p>", "글."),
        ("<div class='haebom-output'><p>출력</p></div><pre>코드</pre>", ""),
        ('<p><span class="arithmatex">\\(x\\)</span>의 제곱</p>', "x의 제곱"),
        ('<p class="haebom-done"><button>읽음</button></p><p class="lead">글.</p>', "글."),
        ("<p>a &amp; b <code>&lt;c&gt;</code></p>", "a & b <c>"),
        ("", ""),
    ],
)
def test_descriptions_are_the_text_alone(html: str, text: str) -> None:
    """A description would tell of code, outputs or boxes instead of the page's subject."""
    assert head.describe(html) == text


def test_descriptions_are_cut_between_words() -> None:
    """Search engines would cut a description in the middle of a word."""
    found = head.describe(f"<p>{'해 보고 쓴다 ' * 40}</p>")
    assert 100 < len(found) <= 160
    assert found.endswith((" …", "다 …"))
    assert len(head.describe(f"<p>{'가' * 500}</p>")) == 160


@given(st.text())
def test_text_cannot_leave_the_script(text: str) -> None:
    """A title could end the script element, and put markup into the head."""
    assert "<" not in head._script(iter([{"name": text}]))
