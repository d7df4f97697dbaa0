"""Relative links and images: where they lead, and whether anything is there."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from haebom.model import Code, Finding, Post


@dataclass(frozen=True, slots=True)
class Targets:
    """Where the files of a project are among the host's pages.

    Args:
        docs_dir: Project path of the host's pages.
        pages: Project path, in normal form C, to path among the pages, of whatever is staged.
    """

    docs_dir: str = "docs"
    pages: Mapping[str, str] = field(default_factory=dict)

    def resolve(self, target: str, source_path: str, page_uri: str) -> str:
        """The link that works on the page, or an empty string where it works as it is.

        Args:
            target: The link's path as written.
            source_path: Project path of the file that holds it.
            page_uri: Path of its page.
        """
        uri = self.uri(target, source_path, page_uri)
        link = posixpath.relpath(uri, posixpath.dirname(page_uri) or ".") if uri else ""
        return "" if link == target else link

    def uri(self, target: str, source_path: str, page_uri: str) -> str:
        """What a link leads to, as a path among the pages; an empty string for nothing known.

        Args:
            target: The link's path as written.
            source_path: Project path of the file that holds it.
            page_uri: Path of its page.
        """
        for path in candidates(target, source_path, page_uri, self.docs_dir):
            if path in self.pages:
                return self.pages[path]
            if path.startswith(f"{self.docs_dir}/"):
                return path[len(self.docs_dir) + 1 :]
        return ""


def link(uri: str, page: str) -> str:
    """The path that leads from one page of the staged tree to another, for an ``href``.

    Args:
        uri: Path of the page or file that is linked to.
        page: Path of the page that links.
    """
    return quote(posixpath.relpath(uri, posixpath.dirname(page) or "."))


def address_file(address: str) -> str:
    """The file that a host gives out at an address.

    Args:
        address: From the site's root, as in ``/2018/02/10/title/``.
    """
    path = unicodedata.normalize("NFC", unquote(address)).strip("/")
    name = posixpath.basename(path)
    if not address.endswith("/") and name.lower().endswith((".html", ".htm")):
        return path
    return posixpath.join(path, "index.html")


def address_key(address: str) -> str:
    """An address in the form in which addresses are compared."""
    return address_file(address).removesuffix("/index.html").casefold()


def candidates(target: str, source_path: str, page_uri: str, docs_dir: str) -> tuple[str, ...]:
    """Project paths that a relative link may mean, the likeliest first.

    Links are written as repository paths, so that they also work where the repository is shown;
    links as MkDocs counts them, relative to the page within docs_dir, are understood too.

    Args:
        target: The link's path.
        source_path: Project path of the file that holds it.
        page_uri: Path of the page within docs_dir.
        docs_dir: Project path of the host's pages.
    """
    target = unicodedata.normalize("NFC", target)
    as_path = posixpath.normpath(posixpath.join(posixpath.dirname(source_path), target))
    as_page = posixpath.normpath(posixpath.join(posixpath.dirname(page_uri), target))
    return as_path, posixpath.normpath(posixpath.join(docs_dir, as_page))


def check(post: Post, docs_dir: str, exists: Callable[[str], bool]) -> Iterator[Finding]:
    """Findings for links that lead nowhere.

    Args:
        post: Whose links.
        docs_dir: Project path of the host's pages.
        exists: Whether a project path names a file or folder.
    """
    for link in post.links:
        paths = candidates(link.target, post.path, post.source.uri, docs_dir)
        if any(exists(path) for path in paths):
            continue
        if link.is_image:
            yield Finding(
                Code.MISSING_ASSET,
                link.at,
                f"There is no image {link.target!r}.",
                f"It was looked for at {paths[0]}.",
            )
        else:
            yield Finding(
                Code.BROKEN_LINK,
                link.at,
                f"The link {link.target!r} leads nowhere.",
                f"Write it as a path from this file; it was looked for at {paths[0]}.",
            )
