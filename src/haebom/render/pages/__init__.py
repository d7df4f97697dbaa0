"""Pages that are made from all posts together."""

from __future__ import annotations

from collections.abc import Iterator

from haebom.apidocs import Documentation
from haebom.catalogue import Catalogue
from haebom.render.labels import labels
from haebom.render.pages.names import names
from haebom.render.pages.page import SitePage
from haebom.render.pages.paths import paths

__all__ = ["SitePage", "site_pages"]


def site_pages(
    catalogue: Catalogue, language: str, documentation: Documentation
) -> Iterator[SitePage]:
    """Make all of them; a site without posts has none.

    Args:
        catalogue: All posts.
        language: Language of haebom's own words.
        documentation: Where the names in code are documented.
    """
    words = labels(language)
    if catalogue.posts:
        yield paths(catalogue, words)
        yield names(catalogue, documentation, words)
