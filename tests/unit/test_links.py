"""Relative links: where they lead."""

from __future__ import annotations

import unicodedata

from haebom.links import candidates, check
from helpers import Bench, Project, codes, parsed


def test_candidates() -> None:
    """A link would be sought in another folder."""
    found = candidates("../docs/a.md", "posts/b/index.md", "blog/posts/b/index.md", "docs")
    assert found[0] == "posts/docs/a.md"
    assert candidates("x.png", "posts/a.md", "blog/posts/a.md", "docs") == (
        "posts/x.png", "docs/blog/posts/x.png",
    )  # fmt: skip
    assert candidates("../../g.md", "posts/a.md", "blog/posts/a.md", "docs")[1] == "docs/g.md"


def test_names_are_composed() -> None:
    """A link typed on macOS would lead nowhere on Linux."""
    target = unicodedata.normalize("NFD", "가.png")
    assert candidates(target, "posts/a.md", "a.md", "docs")[0] == "posts/가.png"


def test_findings() -> None:
    """A broken link would pass, or an image be called a link."""
    post = parsed("[a](yes.md) [b](no.md)\n\n![c](no.png)\n")
    found = list(check(post, "docs", lambda path: path == "posts/yes.md"))
    assert codes(found) == ["broken-link", "missing-asset"]
    assert [finding.at.line for finding in found] == [1, 3]
    assert "posts/no.md" in found[0].hint


def test_links_to_posts_pages_folders_and_files(bench: Bench, project: Project) -> None:
    """A link to something that is there would be a finding."""
    project.write("docs/guide.md", "# 안내\n")
    project.write("posts/img/그림.png", b"x")
    project.write("posts/2026-01-02-b/index.md", "[위](../2026-01-01-a.md)\n")
    project.write(
        "posts/2026-01-01-a.md",
        "[a](2026-01-02-b/index.md#x) [b](../docs/guide.md) [c](../../guide.md) [d](img/)\n"
        "![e](img/%EA%B7%B8%EB%A6%BC.png) [f](?q=1) [g](#here) [h](/root) [i](tel:1)\n"
        "[j](../docs/paths.md), which is made\n",
    )
    checked, _ = bench.check()
    assert [codes(item.findings) for item in checked] == [[], []]
