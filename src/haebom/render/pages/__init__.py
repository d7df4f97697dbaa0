"""Pages that are made from all posts together."""

from __future__ import annotations

from collections.abc import Iterator

from haebom.catalogue import Catalogue, Standing
from haebom.reference import Reference
from haebom.render.labels import labels
from haebom.render.pages.names import names
from haebom.render.pages.page import SitePage
from haebom.render.pages.paths import paths
from haebom.render.pages.status import status
from haebom.render.pages.terms import terms
from haebom.render.study import NAMES, PATHS, TERMS

__all__ = ["MADE", "SitePage", "site_pages"]

MADE = (PATHS, NAMES, TERMS)
"""Where they are within the staged tree."""


def site_pages(catalogue: Catalogue, language: str, reference: Reference) -> Iterator[SitePage]:
    """Make all of them; a site without posts has none.

    Args:
        catalogue: All posts.
        language: Language of haebom's own words.
        reference: What is known of the words in posts.
    """
    words = labels(language)
    if any(entry.standing is not Standing.NO_CODE for entry in catalogue.entries):
        yield status(catalogue, words)
    if catalogue.posts:
        yield paths(catalogue, words)
        yield names(catalogue, reference.documentation, words)
    if reference.glossary.terms:
        yield terms(catalogue, reference.glossary, words)
