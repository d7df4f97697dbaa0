"""Where a post runs, and what it finds there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from haebom.scratch import files, missing, scratch
from helpers import Bench, Project, codes, parsed


def _bundle(project: Project) -> None:
    project.write("posts/2026-01-01-b/index.md", "---\ndata: [../shared/d.csv]\n---\n")
    project.write("posts/2026-01-01-b/own.csv", "own")
    project.write("posts/2026-01-01-b/deep/x.txt", "x")
    project.write("posts/2026-01-01-b/.secret", "s")
    project.write("posts/shared/d.csv", "d")


def test_files_of_a_bundle(bench: Bench, project: Project) -> None:
    """A post would not find its own files, or find what is not meant for it."""
    _bundle(project)
    (post,) = bench.posts()
    assert {where for _, where in files(post, project.root)} == {"own.csv", "deep/x.txt", "d.csv"}
    with scratch(post, project.root) as made:
        found = {p.relative_to(made.cwd).as_posix(): p.read_text() for p in made.cwd.rglob("*.*")}
        assert found == {"own.csv": "own", "deep/x.txt": "x", "d.csv": "d"}
        (made.cwd / "own.csv").write_text("changed")
        (made.cwd / "new").write_text("new")
    assert not made.cwd.parent.exists()
    assert project.read("posts/2026-01-01-b/own.csv") == "own"


def test_it_is_gone_after_an_error(bench: Bench, project: Project) -> None:
    """A failing post would leave its folder behind."""
    _bundle(project)
    (post,) = bench.posts()
    places: list[Path] = []
    with pytest.raises(ValueError, match="x"), scratch(post, project.root) as made:
        places.append(made.cwd)
        raise ValueError("x")
    assert not places[0].parent.exists()


def test_data_of_a_single_file(project: Project) -> None:
    """Data named by a post would lie elsewhere than where its code looks."""
    project.write("posts/data/a.csv", "a")
    project.write("posts/data/deep/b.csv", "b")
    project.write("other/c.csv", "c")
    post = parsed("---\ndata: [data, ../other/c.csv]\n---\n")
    assert {where for _, where in files(post, project.root)} == {
        "data/a.csv", "data/deep/b.csv", "c.csv",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "message"),
    [("no.csv", "no data file 'posts/no.csv'"), ("../../x", "lies outside the project"),
     ("/etc/passwd", "lies outside the project"), ("link", "lies outside the project")],
)  # fmt: skip
def test_missing(project: Project, name: str, message: str) -> None:
    """A post could read what is not part of the project, or start without its data."""
    (project.root / "posts/link").symlink_to("/etc/passwd")
    post = parsed(f"---\ntitle: a\ndata:\n  - {name}\n---\n")
    (finding,) = missing(post, project.root)
    assert message in finding.message
    assert (str(finding.code), finding.at.line) == ("missing-data", 3)


def test_unreadable_data(bench: Bench, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data file that may not be read would end the command."""
    _bundle(project)
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: "own" not in str(path) and access(path, mode)
    )
    checked, ran = bench.check()
    assert codes(checked[0].findings) == ["missing-data"]
    assert "'own.csv' cannot be read" in checked[0].findings[0].message
    assert ran == []
