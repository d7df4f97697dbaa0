"""Pages that are made from all posts together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from haebom.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of the staged tree that no file stands behind.

    Args:
        uri: Its path within the tree, ending in ``.md``.
        text: Its Markdown, front matter included.
        body: HTML at its end, as in a :class:`haebom.render.frame.Frame`.
    """

    uri: str
    text: str
    body: str = ""


def site_pages(catalogue: Catalogue, language: str) -> Iterator[SitePage]:
    """Make all of them.

    Args:
        catalogue: All posts.
        language: Language of haebom's own words.
    """
    yield from ()
