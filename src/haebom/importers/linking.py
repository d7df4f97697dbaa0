"""Where links and images of an old site lead, and what they are on the new one."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from haebom.importers import addresses
from haebom.importers.drafts import Draft, OldSite
from haebom.importers.kramdown.nodes import Document, Node

_ATTRIBUTES = ("href", "src", "poster", "data-src", "data-original", "data-lazy-src")
_DOCUMENTS = frozenset(
    {".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".html", ".htm", ".qmd", ".ipynb"}
)
_UNSAFE = re.compile(r"[\s%#?<>\"|\[\]]")


@dataclass(frozen=True, slots=True)
class Place:
    """One address in a document.

    Args:
        node: The element that holds it, or None for the definition of a link.
        name: Its attribute, or the label of the definition.
        address: As it is written.
        line: Line of the old file.
        is_image: Whether it shows something there.
    """

    node: Node | None
    name: str
    address: str
    line: int
    is_image: bool


def places(document: Document) -> Iterator[Place]:
    """Every address in a document."""
    for root in (document.root, *document.footnotes.values()):
        for node in root.walk():
            for name in _ATTRIBUTES:
                if node.kind in ("a", "img", "html") and node.attributes.get(name):
                    is_image = name != "href"
                    yield Place(node, name, node.attributes[name], node.line, is_image)
            if node.kind == "boundary" and node.name == "link":
                label = " ".join(node.text.split()).lower()
                target = document.links.get(label)
                if target is not None:
                    yield Place(None, label, target.url, node.line, False)


@dataclass(frozen=True, slots=True)
class Found:
    """What an address leads to.

    Args:
        draft: A document.
        file: Path of another file.
        path: Path on the old site, where nothing is known there.
        fragment: The part of the page, with its sign.
    """

    draft: Draft | None = None
    file: str = ""
    path: str = ""
    fragment: str = ""


class Finder:
    """Knows where everything of an old site is.

    Args:
        site: The old site.
        drafts: Its documents.
    """

    def __init__(self, site: OldSite, drafts: Sequence[Draft]) -> None:
        self.site = site
        self.host = urlsplit(site.url).netloc.lower().removeprefix("www.")
        self.base = site.base.rstrip("/")
        self.by_address: dict[str, Draft] = {}
        self.by_path = {addresses.cleaned(f"/{draft.source}"): draft for draft in drafts}
        for draft in drafts:
            for address in draft.addresses:
                self.by_address.setdefault(addresses.key(address), draft)
        self.by_case = {path.lower(): path for path in sorted(site.files)}

    def find(self, address: str, draft: Draft) -> Found | None:
        """What an address in a document leads to; None if that is somewhere else.

        Args:
            address: As it is written.
            draft: The document.
        """
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            return None
        if parts.netloc and (
            not self.host or parts.netloc.lower().removeprefix("www.") != self.host
        ):
            return None
        if (parts.scheme and not parts.netloc) or not (parts.path or parts.netloc):
            return None
        path = unicodedata.normalize("NFC", unquote(parts.path)) or "/"
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        for candidate in self._candidates(path, draft):
            if draft_found := self.by_path.get(candidate):
                return Found(draft_found, fragment=fragment)
            file = candidate.lstrip("/")
            if file in self.site.files:
                return Found(file=file)
            if draft_found := self.by_address.get(addresses.key(candidate)):
                return Found(draft_found, fragment=fragment)
            if file.lower() in self.by_case:
                return Found(file=self.by_case[file.lower()])
        whole = next(self._candidates(path, draft))
        query = f"?{parts.query}" if parts.query else ""
        return Found(path=addresses.cleaned(whole) + query, fragment=fragment)

    def _candidates(self, path: str, draft: Draft) -> Iterator[str]:
        """Paths on the old site that a path may mean, the likeliest first."""
        if path.startswith("/"):
            inner = path
            while self.base and f"{inner}/".startswith(f"{self.base}/"):  # some put it in twice
                inner = inner[len(self.base) :] or "/"
            yield addresses.cleaned(inner)
            yield addresses.cleaned(path)
            return
        if draft.addresses:
            yield _joined(_folder(draft), path)
        yield _joined(f"/{draft.folder}", path)
        yield _joined("/", path)

    def old(self, found: Found) -> str:
        """The address on the old site of something that is not brought along."""
        path = quote(found.path, safe="/%?=&+,;:@!$'()*~")
        return (
            f"{self.site.url.rstrip('/')}{self.base}{path}{found.fragment}"
            if self.host
            else (f"{path}{found.fragment}")
        )


def _folder(draft: Draft) -> str:
    """The folder that relative addresses of a document start from."""
    if not draft.addresses:
        return f"/{draft.folder}"
    return posixpath.dirname(draft.addresses[0])


def _joined(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join("/", folder, path))
    return addresses.cleaned(joined + ("/" if path.endswith("/") else ""))


def is_document(path: str) -> bool:
    """Whether a file is one that could become a page."""
    return posixpath.splitext(path)[1].lower() in _DOCUMENTS


def relative(path: str, start: str) -> str:
    """A path as it is written in a document.

    Args:
        path: Within the target.
        start: Path of the document within the target.
    """
    link = posixpath.relpath(path, posixpath.dirname(start) or ".")
    return _UNSAFE.sub(lambda match: quote(match[0]), link)
