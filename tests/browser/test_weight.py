"""How many bytes a reader loads."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from helpers import PROJECT, clean_environment
from serving import visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("site"),
]


def test_a_post_beside_the_same_notebook(browser: Any) -> None:
    """A page with six cells, a table and a figure would have grown."""
    words = [sys.executable, str(PROJECT / "scripts" / "page_weight.py"), "--json"]
    done = subprocess.run(words, env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    weights = json.loads(done.stdout)
    ours, theirs = weights["haebom"], weights["mkdocs-jupyter"]
    assert ours["html"] <= 12_000
    assert ours["first"] <= 100_000
    assert ours["second"] <= 15_000
    assert ours["foreign"] == 0
    assert theirs["html"] > 10 * ours["html"]


def test_the_study_site(browser: Any, site: Any) -> None:
    """Its first page or its posts would have grown."""
    for path in ("", "blog/", site.long_post()):
        with visitor(browser, site.address) as visit:
            assert visit(path).size <= 100_000, path
            assert visit("about/").size <= 15_000
