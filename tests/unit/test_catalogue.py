"""The catalogue: what is kept of each post."""

from __future__ import annotations

import datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import markdown

from haebom.catalogue import _PLAIN, _TAG, catalogue, entry, title
from haebom.model import CellRun, Checked, Display, Run, State
from helpers import PNG, parsed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: 위 제목\n---\n# 아래 제목\n", "위 제목"),
        ("# `nn.Linear`와 **기울기** #\n", "nn.Linear와 기울기"),
        ("# 속성 { #own .wide }\n", "속성"),
        ("글.\n\n밑줄 제목\n=====\n", "밑줄 제목"),
        ("```text\n# 주석\n```\n\n# 진짜\n", "진짜"),
        ("# A &amp; B\n", "A & B"),
        ("## 작은 제목\n", "a"),
        ("# 가 *나*\n", "가 나"),
        ("# 가 _나_\n", "가 나"),
        ("# 가 \\# 나\n", "가 # 나"),
        ("# 가 `나`\n", "가 나"),
        ("# 가 [나](b.md)\n", "가 나"),
        ("# 가 <i>나</i>\n", "가 나"),
    ],
)
def test_title(text: str, expected: str) -> None:
    """A post would be listed under another name than its page has."""
    assert title(parsed(text, "posts/2026-01-02-a.md")) == expected


@given(st.text(st.sampled_from("가나 ab12.,:;!?()'\"~-+#=|/^$%@_*`[]<>&\\{}"), min_size=1))
def test_a_plain_title_is_what_markdown_makes_of_it(text: str) -> None:
    """A title in which Markdown sees something would be listed as it is written."""
    written = " ".join(text.split())
    if _PLAIN.fullmatch(written):
        assert unescape(_TAG.sub("", markdown(written))).strip() == written


def test_outputs_are_let_go() -> None:
    """The memory of a build would grow with the figures of all posts."""
    post = parsed("# 글\n\n```python\nx\n```\n\n```output\n" + "9" * 5000 + "\n```\n")
    runs = tuple(CellRun(c.index, State.OK, (Display({"image/png": PNG}),)) for c in post.runnable)
    kept = entry(Checked(post, Run("r", runs)))
    assert kept.run is not None
    assert [cell.state for cell in kept.run.cells] == [State.OK]
    assert PNG not in repr(kept)
    assert "9" * 5000 not in repr(kept)


def test_order() -> None:
    """Newest posts would not come first, or a date with a time upset the order."""
    dates = {"a": "2026-01-03", "b": "{created: 2026-01-05 10:00:00}", "c": "2026-01-03"}
    posts = [
        entry(Checked(parsed(f"---\ndate: {date}\n---\n# {name}\n", f"posts/{name}.md"), None))
        for name, date in dates.items()
    ]
    ordered = catalogue(reversed(posts)).posts
    assert [kept.title for kept in ordered] == ["b", "a", "c"]
    assert ordered[0].date == datetime.date(2026, 1, 5)
