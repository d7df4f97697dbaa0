"""The study site as it is published, built and served once for all tests that look at it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers import PROJECT, clean_environment
from serving import served

WEB = PROJECT / "web" / "node_modules"


@dataclass(frozen=True)
class Site:
    """A built site on a server.

    Args:
        root: Its files.
        address: Where it is served.
    """

    root: Path
    address: str

    def pages(self) -> list[str]:
        """The paths of all pages but the one for what is not found."""
        found = sorted(path.parent for path in self.root.rglob("index.html"))
        paths = (path.relative_to(self.root).as_posix() for path in found)
        return ["" if path == "." else f"{path}/" for path in paths]

    def file(self, page: str) -> Path:
        """The file of a page."""
        return self.root / page / "index.html" if not page.endswith(".html") else self.root / page

    def long_post(self) -> str:
        """The longest of the posts."""
        posts = [page for page in self.pages() if page.startswith("blog/") and page.count("/") == 2]
        return max(posts, key=lambda page: self.file(page).stat().st_size)

    def kinds(self) -> list[str]:
        """One page of each kind: every page but all posts, and but one list of each sort."""
        sorts = {}
        for page in self.pages():
            parts = page.split("/")
            if parts[0] != "blog":
                sorts[page] = page
            elif len(parts) > 3:  # archive, category, author, further pages of the list
                sorts.setdefault(parts[1], page)
        return [*sorts.values(), "blog/", self.long_post(), "404.html"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The study site."""
    root = tmp_path_factory.mktemp("site") / "built"
    words = ["-m", "mkdocs", "build", "--strict", "--site-dir", str(root)]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=PROJECT,
        env=clean_environment(),
        capture_output=True,
        timeout=800,
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")
    with served(root) as address:
        yield Site(root, address)


@pytest.fixture(scope="session")
def web() -> Path:
    """What npm has brought."""
    if not WEB.is_dir():
        pytest.skip("run npm ci in web/")
    return WEB
