"""The worker's own tests, run by Node."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SEARCH = Path(__file__).parents[2] / "search"
NODE = shutil.which("node")
NEEDS_PACKAGES = {"build.test.js"}


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.parametrize("name", sorted(p.name for p in (SEARCH / "test").glob("*.test.js")))
def test_node(name: str) -> None:
    """The worker would read queries wrongly, or what ships would not be what the sources say."""
    if name in NEEDS_PACKAGES and not (SEARCH / "node_modules" / "esbuild").is_dir():
        pytest.skip("esbuild is not installed: run npm ci in search/")
    done = subprocess.run(
        [str(NODE), "--test", f"test/{name}"],
        cwd=SEARCH,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
