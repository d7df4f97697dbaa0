"""Front matter and its one schema."""

from __future__ import annotations

import datetime

import pytest

from haebom import frontmatter
from haebom.frontmatter import FrontMatter


def _parse(text: str, is_post: bool = True) -> frontmatter.Parsed:
    block, _ = frontmatter.split(f"---\n{text}---\n")
    return frontmatter.parse(block, is_post)


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("---\na: 1\n---\nbody\n", "---\na: 1\n---\n"),
        ("---\na: 1\n...\nbody\n", "---\na: 1\n...\n"),
        ("---\r\na: 1\r\n---\r\nbody", "---\r\na: 1\r\n---\r\n"),
        ("---\n---\nbody", "---\n---\n"),
        ("---\na: 1\n---", "---\na: 1\n---"),
        ("body\n---\na: 1\n---\n", ""),
        ("---\nnever closed\n", ""),
        ("\n---\na: 1\n---\n", ""),
        ("----\na: 1\n----\n", ""),
    ],
)
def test_split(text: str, block: str) -> None:
    """Prose would be read as front matter, or front matter be shown as prose."""
    assert frontmatter.split(text) == (block, text[len(block) :])


def test_everything_that_may_stand_there() -> None:
    """A documented key would be refused, or its value be changed."""
    found = _parse(
        "title: 제목\ndate: {created: 2026-01-02, updated: 2026-02-03}\nauthors: [a]\n"
        "categories: [딥러닝]\ntags: [x]\ndraft: true\npin: false\nlinks: [a.md]\nslug: s\n"
        "readtime: 3\nsearch: {exclude: true, boost: 2}\nseries: 입문\nprerequisites: [b]\n"
        "data: [d.csv]\nexecute: {timeout: 5, cache: false}\nkernel: ir\nhide: [toc]\n"
    )
    assert found.faults == ()
    assert isinstance(found.values, FrontMatter)
    assert found.values.execute.timeout == 5
    assert found.values.date is not None
    assert found.meta["date"] == {
        "created": datetime.date(2026, 1, 2),
        "updated": datetime.date(2026, 2, 3),
    }
    assert list(found.meta)[:3] == ["title", "date", "authors"]


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("title: a\ncatagories: [x]\n", 3, "no front matter key 'catagories'", "'categories'"),
        (
            "title: a\n\n# note\nzzz: 1\n",
            5,
            "no front matter key 'zzz'",
            "Known keys: aliases, authors",
        ),
        ("execute:\n  timeout: 1\n  cahce: true\n", 4, "key 'execute.cahce'", "'cache'"),
        ("title: a\ndraft: perhaps\n", 3, "value of 'draft' is unusable", "draft: Leave"),
        ("execute:\n  cache: true\n  timeout: -1\n", 4, "value of 'execute'", "execute: How"),
        ("date: yesterday\n", 2, "value of 'date' is unusable", "date: Day"),
        ("tags: one\n", 2, "value of 'tags' is unusable", "tags: Tags"),
        ("title: a\ntags: [x]\ntitle: b\n", 4, "key 'title' stands twice", ""),
        ("execute:\n  cache: true\n  cache: false\n", 4, "key 'cache' stands twice", ""),
        ("title: a\nslug: b: c\n", 3, "not YAML", "quotes"),
        ("title: [a\ntags: b\n", 3, "not YAML", "quotes"),
        ("- a\n- b\n", 2, "not a mapping", "key: value"),
        ("just text\n", 2, "not a mapping", "key: value"),
        ("title: !!python/object:os.x {}\n", 2, "not YAML", "quotes"),
    ],
)
def test_faults(text: str, line: int, message: str, hint: str) -> None:
    """A fault would be told without its line or without what to do."""
    fault = _parse(text).faults[0]
    assert (fault.line, message in fault.message, hint in fault.hint) == (line, True, True), fault


def test_several_faults_come_in_order() -> None:
    """Only the first fault would be told, so that mending takes many rounds."""
    found = _parse("draft: perhaps\nzzz: 1\npin: 7\ntitle: ok\n")
    assert [fault.line for fault in found.faults] == [2, 3, 4]
    assert found.meta == {"title": "ok"}


def test_pages_may_have_other_keys() -> None:
    """An ordinary page could not keep the keys of its theme and other plugins."""
    found = _parse("hide: [toc]\nmy_plugin: 1\nexecute: {timeout: 3}\n", is_post=False)
    assert found.faults == ()
    assert found.values.execute.timeout == 3
    assert _parse("execute: {timeout: no}\n", is_post=False).faults[0].line == 2


@pytest.mark.parametrize("text", ["", "# only a comment\n", "~\n"])
def test_empty(text: str) -> None:
    """Empty front matter would be a finding."""
    found = _parse(text)
    assert (found.meta, found.faults) == ({}, ())


def test_keys_that_are_no_texts() -> None:
    """A number or null as a key would end the command."""
    assert _parse("1: a\nnull: b\n").faults
    assert _parse("? [a, b]\n: c\n").faults
