"""A build of a site in which nothing changed makes nothing, and only then."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from haebom.model import Environment, Repetition
from haebom.store import Store

CONFIG = """\
site_name: calm
site_url: https://calm.example/
theme: {name: material, font: false, custom_dir: theme}
plugins: [search, {blog: {}}, {haebom: {preload: [], env: {CALM: !ENV [CALM, one]}}}]
"""
POST = """\
---
data: [../data/points.csv]
---
# Post

```python
print(open("points.csv").read())
```
"""
SAID = "nothing changed"


def write(root: Path, path: str, text: str) -> None:
    """Write a file of the site."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


def build(root: Path, *arguments: str, **env: str) -> str:
    """Build the site; give what was said."""
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", *arguments],
        cwd=root,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **env},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site."""
    root = tmp_path_factory.mktemp("calm")
    write(root, "mkdocs.yml", CONFIG)
    write(root, "docs/index.md", "# Home\n")
    write(root, "docs/blog/index.md", "# Blog\n")  # else the blog plugin writes one
    write(root, "theme/partials/note.html", "x")
    write(root, "data/points.csv", "1,2\n")
    write(root, "posts/2026-01-01-post.md", POST)
    assert SAID not in build(root)
    return root


def _repeat(store: Store) -> None:
    run = store.latest("posts/2026-01-01-post.md")
    assert run is not None
    store.put_repetition(run, Repetition(3, (), "2026-01-01T00:00:00+00:00"))


def _commit(root: Path) -> None:
    person = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q"], ["add", "posts"], [*person, "commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=root, check=True)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a page": lambda root: write(root, "docs/index.md", "# Changed\n"),
    "a new page": lambda root: write(root, "docs/new.md", "# New\n"),
    "a post's prose": lambda root: write(root, "posts/2026-01-01-post.md", POST + "\nmore\n"),
    "data from elsewhere": lambda root: write(root, "data/points.csv", "3,4\n"),
    "the configuration": lambda root: write(root, "mkdocs.yml", CONFIG + "copyright: me\n"),
    "a template": lambda root: write(root, "theme/partials/note.html", "changed"),
    "a file of the site": lambda root: (root / "site/index.html").unlink(),
    "another environment": lambda root: Store(root / ".haebom").put_environment(
        Environment("a", (), "3.12", "2026-01-01T00:00:00+00:00", ())
    ),
    "a repetition": lambda root: _repeat(Store(root / ".haebom")),
    "a commit": lambda root: _commit(root),
    "search terms": lambda root: write(root, "search-terms.yml", "{}\n"),
}


def test_nothing(site: Path) -> None:
    """A build would render every page again although the site is complete and up to date."""
    before = (site / "site/index.html").stat().st_mtime_ns
    assert SAID in build(site)
    assert (site / "site/index.html").stat().st_mtime_ns == before


@pytest.mark.parametrize("change", CHANGES)
def test_something(site: Path, change: str) -> None:
    """A change would not reach the site."""
    build(site)
    CHANGES[change](site)
    assert SAID not in build(site)
    assert SAID in build(site)


def test_other_arguments(site: Path, tmp_path: Path) -> None:
    """A strict build, one into another folder, or another environment would be left out."""
    build(site)
    assert SAID not in build(site, "--strict")
    build(site)
    assert SAID not in build(site, "-d", str(tmp_path / "elsewhere"))
    build(site)
    assert SAID not in build(site, CALM="two")


def test_unknown_plugin(site: Path) -> None:
    """A hook whose workings are unknown might make another site of the same sources."""
    write(site, "hook.py", "def on_page_markdown(markdown, **_): return markdown\n")
    write(site, "mkdocs.yml", CONFIG + "hooks: [hook.py]\n")
    build(site)
    assert SAID not in build(site)
