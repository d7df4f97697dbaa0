"""From bytes to a post."""

from __future__ import annotations

import datetime
import unicodedata

import pytest

from haebom.model import Code, Execution
from haebom.parsers.post import finish, read
from helpers import FULL, codes, parsed


def test_date_and_slug_from_the_file_name() -> None:
    """The blog would not get the date that the file name tells."""
    post = parsed("# 글\n", "posts/2026-01-02-한글-이름.md")
    assert post.meta == {"date": datetime.date(2026, 1, 2), "slug": "한글-이름"}
    assert post.source.slug == "한글-이름"


def test_front_matter_wins_over_the_file_name() -> None:
    """A date or slug that the author wrote would be overwritten."""
    post = parsed("---\ndate: 2025-05-05\nslug: 다른\n---\n", "posts/2026-01-02-a.md")
    assert (post.meta["date"], post.source.slug) == (datetime.date(2025, 5, 5), "다른")


def test_slugs_are_composed() -> None:
    """A file from macOS would get another address than the same file from Linux."""
    name = unicodedata.normalize("NFD", "가나")
    post = parsed(f"---\nslug: {name}\n---\n")
    assert post.source.slug == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("path", ["posts/a.md", "posts/2026-13-41-a.md"])
def test_no_date(path: str) -> None:
    """A post without a date would end the build within the blog plugin."""
    post = parsed("# 글\n", path)
    assert codes(post.findings) == ["meta"]
    assert post.meta["date"] == datetime.date(1970, 1, 1)


def test_pages_need_no_date() -> None:
    """An ordinary page would have to be a post."""
    post = parsed("---\nmine: 1\n---\n# 글\n", "docs/a.md", is_post=False)
    assert (post.findings, dict(post.meta)) == ((), {"mine": 1})


def test_execution() -> None:
    """The site's defaults would win over what a post asks for."""
    text = "---\nexecute: {timeout: 5, cache: false}\nkernel: ir\n---\n"
    assert parsed(text).execution == Execution("ir", 5.0, cache=False)
    source = parsed("").source
    defaults = Execution(timeout=7, cache=False)
    assert finish(source, read(source, b"", FULL), defaults).execution == defaults


def test_data_is_relative_to_the_post() -> None:
    """Data would be sought at the project's root."""
    text = "---\ndata: [d.csv, ../data/e.csv]\ndepends: [f.txt]\n---\n"
    post = parsed(text, "posts/deep/2026-01-02-a.md")
    assert post.data == ("posts/deep/d.csv", "posts/data/e.csv")
    assert post.depends == ("posts/deep/f.txt",)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a\nb\n\xff\n", 3),
        ("---\ntitle: 가\n---\n".encode("euc-kr"), 2),
        ("글".encode("utf-16"), 1),
    ],
)
@pytest.mark.parametrize("suffix", ["md", "ipynb", "py"])
def test_not_utf8(content: bytes, line: int, suffix: str) -> None:
    """A file in another encoding would end the command or be read wrongly."""
    post = parsed(content, f"posts/2026-01-02-a.{suffix}")
    (finding,) = post.findings
    assert (finding.code, finding.at.line) == (Code.PARSE, line)
    assert post.cells == ()


def test_crlf_and_bom() -> None:
    """A post from Windows would lose its front matter or its lines."""
    text = "---\ntitle: a\n---\n\n글\n\n```python\nx\ny\n```\n"
    post = parsed(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert (post.meta["title"], post.cells[0].code, post.cells[0].at.line) == ("a", "x\ny", 8)
