"""What stands around a post: above its text, and below it."""

from __future__ import annotations

from dataclasses import dataclass

from haebom.catalogue import Catalogue, Entry


@dataclass(frozen=True, slots=True)
class Frame:
    """HTML around the text of a page; both may be empty.

    Args:
        top: Below the title.
        bottom: At the end.
    """

    top: str = ""
    bottom: str = ""


def frame(entry: Entry, catalogue: Catalogue, language: str) -> Frame:
    """Make the frame of a page.

    Args:
        entry: The page's.
        catalogue: All posts.
        language: Language of haebom's own words.
    """
    return Frame()
