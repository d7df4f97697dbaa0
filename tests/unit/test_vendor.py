"""Libraries for pages, as they lie in the package."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from haebom.hosts.mkdocs import vendor
from helpers import PROJECT


def test_the_copies_are_what_npm_has() -> None:
    """A copy would be older than web/package.json says, or somebody's own."""
    if not (PROJECT / "web" / "node_modules").is_dir():
        pytest.skip("run npm ci in web/")
    words = [sys.executable, str(PROJECT / "scripts" / "vendor.py"), "--check"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_licences_lie_beside_the_copies(tmp_path: Path) -> None:
    """A site would publish others' work without its licence."""
    vendor.put_katex(tmp_path / "katex")
    vendor.put_mermaid(tmp_path / "mermaid")
    for name in ("katex", "mermaid"):
        assert "MIT" in (tmp_path / name / "LICENSE").read_text("utf-8")


def test_no_part_of_mermaid_is_missing(tmp_path: Path) -> None:
    """A diagram would ask for a part that is not there, and not be drawn."""
    vendor.put_mermaid(tmp_path)
    asked = {
        (part.parent / name).resolve()
        for part in tmp_path.rglob("*.js")
        for name in re.findall(r'(?:from|import)\s*\(?"(\.[^"]+)"', part.read_text("utf-8"))
    }
    assert len(asked) > 50
    assert [path for path in asked if not path.is_file()] == []
