"""What git knows of a site's files."""

from __future__ import annotations

import os
import subprocess
import unicodedata
from pathlib import Path

import pytest

from haebom.git import head, history
from haebom.model import Commit

NAME = "posts/2026-01-02-둘 째.md"


def _git(root: Path, *words: str, day: str = "2026-01-05") -> str:
    env = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        env |= {
            f"GIT_{role}_NAME": "a",
            f"GIT_{role}_EMAIL": "a",
            f"GIT_{role}_DATE": f"{day}T12:00Z",
        }
    done = subprocess.run(["git", *words], cwd=root, env=env, capture_output=True, check=True)
    return done.stdout.decode().strip()


def _write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")


def _repository(root: Path) -> Path:
    """Two commits; the site lies in a folder of the repository."""
    site = root / "site of mine"
    _write(site, "posts/2026-01-01-a.md", "1")
    _write(site, unicodedata.normalize("NFD", NAME), "1")
    _git(root, "init", "-q")
    _git(root, "add", ".")
    _git(root, "commit", "-qm", "one", day="2026-01-03")
    _write(site, "posts/2026-01-01-a.md", "2")
    _write(site, "posts/2026-01-03-c.md", "1")
    _git(root, "commit", "-qam", "two", day="2026-01-04")
    return site


def test_the_last_commit_of_each_file(tmp_path: Path) -> None:
    """A panel would name a commit that does not hold the post, or miss one with a Korean name."""
    site = _repository(tmp_path)
    first, second = (Commit(_git(tmp_path, "rev-parse", rev), day) for rev, day in (
        ("HEAD~1", "2026-01-03"), ("HEAD", "2026-01-04")
    ))  # fmt: skip
    assert history(site) == {"posts/2026-01-01-a.md": second, NAME: first}
    assert head(site) == second.name


def test_what_is_not_committed(tmp_path: Path) -> None:
    """A post would seem to be in a commit that holds another version of it."""
    site = _repository(tmp_path)
    _write(site, "posts/2026-01-01-a.md", "3")
    assert set(history(site)) == {NAME}
    _git(tmp_path, "add", ".")
    assert set(history(site)) == {NAME}


def test_a_shallow_clone(tmp_path: Path) -> None:
    """On CI every post would seem to have been changed by the newest commit, on its day."""
    site = _repository(tmp_path / "whole")
    url = f"file://{tmp_path / 'whole'}"
    _git(tmp_path, "clone", "-q", "--depth", "1", url, "clone")
    found = history(tmp_path / "clone" / site.name)
    assert {commit.day for commit in found.values()} == {""}
    assert {commit.name for commit in found.values()} == {head(site)}


def test_no_repository(tmp_path: Path) -> None:
    """A site that is in no repository, or in one without a commit, could not be built."""
    assert (history(tmp_path), head(tmp_path)) == ({}, "")
    _git(tmp_path, "init", "-q")
    _write(tmp_path, "a", "1")
    _git(tmp_path, "add", ".")
    assert (history(tmp_path), head(tmp_path)) == ({}, "")


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site could not be built where git is not installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (history(tmp_path), head(tmp_path)) == ({}, "")
