"""What stands around a post: above its text, and below it.

Frames are well-formed XML without namespaces. Their links are paths of Markdown files, relative to
the page's own, as in its text: the host makes addresses of them (see :func:`link`).
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import quote

from haebom.catalogue import Catalogue, Entry


def link(uri: str, page: str) -> str:
    """The path that leads from one page of the staged tree to another, for an ``href``.

    Args:
        uri: Path of the page or file that is linked to.
        page: Path of the page that links.
    """
    return quote(posixpath.relpath(uri, posixpath.dirname(page) or "."))


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
