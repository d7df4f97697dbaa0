"""All or nothing: how a new site takes the old one's place."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mkdocs.utils import CountHandler

from haebom.hosts.mkdocs.publish import Publication


@pytest.fixture
def config(tmp_path: Path) -> Any:
    """A configuration with an old site."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("old")
    (tmp_path / "site/gone.html").write_text("old")
    (tmp_path / "site/.nojekyll").write_text("")
    return SimpleNamespace(site_dir=str(tmp_path / "site"))


def _build(config: Any) -> None:
    folder = Path(config.site_dir)
    folder.mkdir()
    (folder / "index.html").write_text("new")


def test_the_old_site_stays_until_the_new_one_is_complete(config: Any, tmp_path: Path) -> None:
    """Readers would see half a site."""
    publication = Publication(config)
    _build(config)
    assert (tmp_path / "site/index.html").read_text() == "old"
    assert publication.finish()
    assert config.site_dir == str(tmp_path / "site")
    assert {p.name: p.read_text() for p in (tmp_path / "site").iterdir()} == {
        "index.html": "new", ".nojekyll": "",
    }  # fmt: skip
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_abandon(config: Any, tmp_path: Path) -> None:
    """A failed build would damage the old site or leave rubbish."""
    publication = Publication(config)
    _build(config)
    publication.abandon()
    assert (tmp_path / "site/index.html").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


def test_the_first_build(tmp_path: Path) -> None:
    """A site could not be built where there is none."""
    config: Any = SimpleNamespace(site_dir=str(tmp_path / "site"))
    publication = Publication(config)
    _build(config)
    assert publication.finish()
    assert (tmp_path / "site/index.html").read_text() == "new"


def test_strict_warnings(config: Any, tmp_path: Path) -> None:
    """A strict build with warnings would be published although MkDocs aborts it."""
    publication = Publication(config)
    _build(config)
    counter, logger = CountHandler(), logging.getLogger("mkdocs")
    counter.setLevel(logging.WARNING)
    logger.addHandler(counter)
    try:
        logger.warning("something")
        assert not publication.finish()
    finally:
        logger.removeHandler(counter)
    assert (tmp_path / "site/index.html").read_text() == "old"


def test_what_killed_builds_left(config: Any, tmp_path: Path) -> None:
    """Folders of killed builds would pile up, or a running build lose its own."""
    dead, alive = tmp_path / ".site.999999999.new", tmp_path / f".site.{os.getppid()}.new"
    for folder in (dead, alive):
        folder.mkdir()
    Publication(config)
    assert (dead.exists(), alive.exists()) == (False, True)
