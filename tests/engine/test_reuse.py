"""Stored runs are reused exactly while all that they read is unchanged; with real kernels."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """\
site_name: reuse
theme: {name: material}
plugins: [{blog: {}}, {haebom: {preload: [], pythonpath: [lib]}}]
"""
POST = """\
# %s

```python
%s
```
"""


class Site:
    """A site whose posts are run by the command line, with a package that can be upgraded."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.packages = root / "packages"
        self.write("mkdocs.yml", CONFIG)
        self.write("docs/index.md", "# home\n")
        self.write("lib/helper.py", "VALUE = 1\n")
        self.install("1.0")
        self.post("a", "print(open('points.csv').read())")
        self.write("posts/2026-01-01-a/points.csv", "1,2\n")
        self.post("b", "import helper\nprint(helper.VALUE)")
        self.post("c", "import helper, tinypkg\nprint(helper.VALUE, tinypkg.V)")

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def post(self, name: str, code: str) -> None:
        self.write(f"posts/2026-01-01-{name}/index.md", POST % (name, code))

    def install(self, version: str) -> None:
        """Put a package in place as pip would: a module, and metadata with its version."""
        for old in self.packages.glob("tinypkg-*"):
            for file in old.iterdir():
                file.unlink()
            old.rmdir()
        info = f"packages/tinypkg-{version}.dist-info"
        self.write("packages/tinypkg.py", f"V = {version!r}\n")
        self.write(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tinypkg\nVersion: {version}\n"
        )
        self.write(f"{info}/RECORD", f"tinypkg.py,,\ntinypkg-{version}.dist-info/METADATA,,\n")

    def haebom(self, *arguments: str) -> str:
        env = {**os.environ, "PYTHONPATH": str(self.packages)}
        command = [sys.executable, "-m", "haebom", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=env, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def ran(self) -> set[str]:
        """Names of the posts that a check runs now."""
        lines = self.haebom("check").splitlines()
        return {Path(line.split()[1]).parent.name[-1] for line in lines if line.startswith("ran ")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that has been checked once."""
    made = Site(tmp_path_factory.mktemp("reuse") / "공부 블로그")
    assert made.ran() == {"a", "b", "c"}
    return made


def test_nothing_changed(site: Site) -> None:
    """A second build would run posts although nothing that they read has changed."""
    assert site.ran() == set()
    assert site.haebom("why").count("reused; nothing changed") == 3


def test_prose(site: Site) -> None:
    """A change of prose, front matter or another post's file would run code again."""
    path = site.root / "posts/2026-01-01-a/index.md"
    path.write_text("---\ntags: [x]\n---\n\n더 쓴 글입니다.\n\n" + path.read_text("utf-8"), "utf-8")
    site.write("posts/2026-01-01-b/unread.csv", "not read\n")
    assert site.ran() == set()


def test_data(site: Site) -> None:
    """A changed CSV would leave an outdated result on the page, or run posts that don't read it."""
    site.write("posts/2026-01-01-a/points.csv", "3,4\n")
    said = site.haebom("why")
    assert "a/index.md: runs, because" in said and "data points.csv:" in said, said
    assert said.count("runs, because") == 1
    assert site.ran() == {"a"}


def test_helper_module(site: Site) -> None:
    """A changed helper module would go unnoticed, as with every peer."""
    site.write("lib/helper.py", "VALUE = 22\n")
    said = site.haebom("why")
    assert said.count("file lib/helper.py:") == 2, said
    assert site.ran() == {"b", "c"}


def test_package_version(site: Site) -> None:
    """An upgraded package would leave old results, or run posts that don't import it."""
    site.install("2.0")
    said = site.haebom("why")
    assert "package tinypkg: 1.0 → 2.0" in said, said
    assert said.count("runs, because") == 1
    assert site.ran() == {"c"}


def test_way_back(site: Site) -> None:
    """Going back to what was there before would run again what is still stored."""
    site.write("lib/helper.py", "VALUE = 4444\n")
    site.ran()
    site.write("lib/helper.py", "VALUE = 55555\n")
    assert site.ran() == {"b", "c"}
    site.write("lib/helper.py", "VALUE = 4444\n")
    assert site.ran() == set()


def test_declared_dependency(site: Site) -> None:
    """What another program reads could not be declared, so its change would go unnoticed."""
    site.write("lib/model.bin", "1")
    site.write(
        "posts/2026-01-01-d/index.md",
        "---\ndepends: [../../lib/model.bin]\n---\n" + POST % ("d", "print(1)"),
    )
    assert site.ran() == {"d"}
    site.write("lib/model.bin", "2")
    assert site.ran() == {"d"}
    assert site.ran() == set()
