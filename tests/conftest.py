"""Fixtures that all tests share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from helpers import CHROMIUM, FLAGS, MKDOCS_YML, PROJECT, Bench, Project, plain_site, write_site

for _name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):  # else reports look otherwise there
    os.environ.pop(_name, None)

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("explore", deadline=None, database=None, max_examples=2000)
settings.load_profile(os.environ.get("HAEBOM_HYPOTHESIS", "ci"))


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The folder with other projects' notebooks and Markdown documents."""
    folder = Path(os.environ.get("HAEBOM_FIXTURES", PROJECT.parent / "shared" / "fixtures"))
    if not folder.is_dir():
        pytest.skip("the corpus is not here; name its folder in HAEBOM_FIXTURES")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty folder of a site, without MkDocs."""
    for name in ("posts", "docs"):
        (tmp_path / name).mkdir()
    return Project(tmp_path)


@pytest.fixture
def bench(project: Project) -> Bench:
    """The same with the fake kernel."""
    return Bench(plain_site(project.root))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium once."""
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


MakeSite = Callable[..., Project]


@pytest.fixture
def make_site(tmp_path: Path) -> MakeSite:
    """Write a small blog: mkdocs.yml with Material, blog, search and haebom, and given files."""

    def make(files: dict[str, str | bytes], config: str = MKDOCS_YML) -> Project:
        return write_site(tmp_path / "a site", files, config)

    return make
