"""A new site, as somebody would start one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpers import Project

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_new_site_is_sound(tmp_path: Path, language: str) -> None:
    """A new site would have findings, be untidy, or not be built."""
    env = {"GIT_CONFIG_GLOBAL": os.devnull}
    done = Project(tmp_path).haebom("init", "a site", "--language", language, env=env)
    assert done.code == 0, done.text
    site = Project(tmp_path / "a site")
    sources = site.tree("posts")
    checked = site.haebom("check")
    assert checked.code == 0, checked.text
    assert "4 posts: 4 ran, 0 reused, 8 cells, 0 findings" in checked.text
    tidy = site.haebom("fmt", "--check")
    assert tidy.code == 0, tidy.text
    built = site.build()
    assert built.code == 0, built.text
    assert site.tree("posts") == sources
    for slug in ("two-means", "array-shapes", "read-a-table", "read-an-error"):
        assert (site.root / f"site/blog/{slug}/index.html").is_file(), slug
    assert f'<html lang="{language}"' in site.read("site/index.html")
