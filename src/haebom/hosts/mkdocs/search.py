"""Search that knows Korean, in place of Material's where the site has Korean."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError

from haebom.glossary import Glossary
from haebom.search import mkdocs as room

TERMS = "search-terms.yml"
"""The site's own search terms, beside mkdocs.yml."""

_log = logging.getLogger("mkdocs.plugins.haebom")


class SiteSearch:
    """The search of one build.

    Args:
        root: The project's folder.
        store: Folder for what is known of pages already.
    """

    def __init__(self, root: Path, store: Path) -> None:
        self.terms = root / TERMS
        self.cache = store / "search"
        self.worker = ""

    def decide(self, config: MkDocsConfig, language: str, texts: Iterable[str]) -> None:
        """Find out, once all pages have their content, whether this search takes over."""
        self.worker = ""
        if config.plugins.get("material/search") is None:
            return
        offline = config.plugins.get("material/offline")
        is_offline = offline is not None and bool(offline.config.enabled)
        reason = room.reason_to_stand_aside(language, texts, offline=is_offline)
        if reason:
            _log.info("%s", reason)
        else:
            self.worker = room.worker_url()

    def on_page(self, html: str) -> str:
        """Make a page load this search."""
        return room.point_to_worker(html, self.worker) if self.worker else html

    def publish(self, site_dir: Path, glossary: Glossary) -> None:
        """Write the index in place of Material's.

        Args:
            site_dir: The built site.
            glossary: Terms with their names in English.

        Raises:
            PluginError: The site's search terms are malformed.
        """
        if self.worker:
            try:
                groups = [(*term.forms, term.english) for term in glossary.terms]
                room.publish(site_dir, cache=self.cache, terms=self.terms, groups=groups)
            except ValueError as error:
                raise PluginError(f"{TERMS}: {error}") from error
