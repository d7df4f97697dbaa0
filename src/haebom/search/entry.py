"""What goes into the search index, and what comes out of building it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["IndexReport", "PageText", "SearchEntry", "Section"]


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One section of one page, as Material's search plugin records it.

    Args:
        location: The page's URL relative to the site, with ``#anchor`` for a section below the
            first.
        title: The heading, as an HTML fragment.
        text: The section's body, as an HTML fragment of ``p``, ``code``, ``pre``, lists, ``sub``
            and ``sup``.
        tags: The page's tags.
        boost: The page's ``search.boost``; 1.0 changes nothing.
    """

    location: str
    title: str
    text: str
    tags: tuple[str, ...] = ()
    boost: float = 1.0

    @classmethod
    def from_material(cls, entry: Mapping[str, object]) -> SearchEntry:
        """Make an entry from one dictionary of ``SearchPlugin.search_index.entries``.

        Args:
            entry: A mapping with ``location``, ``title``, ``text`` and maybe ``tags``, ``boost``.

        Returns:
            The same facts, frozen. A boost that is no number counts as 1.0.
        """
        tags = entry.get("tags")
        boost = entry.get("boost", 1.0)
        return cls(
            location=str(entry.get("location", "")),
            title=str(entry.get("title", "")),
            text=str(entry.get("text", "")),
            tags=tuple(str(tag) for tag in tags) if isinstance(tags, list | tuple) else (),
            boost=float(boost) if isinstance(boost, int | float) and boost > 0 else 1.0,
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A section as plain text: its anchor (empty for the top), heading, prose and code."""

    anchor: str
    title: str
    prose: str
    code: str


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as plain text, section by section."""

    location: str
    title: str
    tags: tuple[str, ...]
    boost: float
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one build of the index did.

    Args:
        pages: Pages in the index.
        sections: Sections in the index.
        analysed: Pages whose words were analysed now; the others came from the cache.
        terms: Terms in the vocabulary that the first search loads.
        rare_terms: Terms in the shards that are fetched only when such a term is typed.
        aliases: Pairs of terms that stand for each other.
        first_search_bytes: Bytes of manifest and vocabulary, which every first search loads.
        total_bytes: Bytes of all files written.
        manifest: The manifest's file name, relative to the index folder.
        seconds: Wall time.
    """

    pages: int
    sections: int
    analysed: int
    terms: int
    rare_terms: int
    aliases: int
    first_search_bytes: int
    total_bytes: int
    manifest: str
    seconds: float
