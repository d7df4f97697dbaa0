"""What stands around a post: above its text, and below it.

Frames are well-formed XML without namespaces. Their links are paths of Markdown files, relative to
the page's own, as in its text: the host makes addresses of them (see :func:`haebom.links.link`).
"""

from __future__ import annotations

from dataclasses import dataclass

from haebom.catalogue import Catalogue, Entry
from haebom.render import study
from haebom.render.download import offer
from haebom.render.labels import labels
from haebom.render.panel import panel


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
    words = labels(language)
    parts = (
        study.ending(entry, catalogue, words),
        offer(entry, catalogue.published, words),
        panel(entry, catalogue, words),
        study.neighbours(entry, catalogue, words),
    )
    return Frame(study.banner(entry, catalogue, words), "".join(parts))
