"""Names of headings: links from elsewhere are to find them again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from markdown import Markdown

from haebom.importers.kramdown.nodes import Document, Node

_NOT_IN_GFM = re.compile(r"[^\w\- \t]")
_NOT_IN_PLAIN = re.compile(r"[^a-zA-Z0-9 -]")


def headings(document: Document) -> list[Node]:
    """All headings, in order."""
    return [node for node in document.root.walk() if node.is_heading]


def old_ids(document: Document, is_gfm: bool) -> dict[Node, str]:
    """The names that kramdown gives the headings of a document, by heading.

    Args:
        document: Whose headings.
        is_gfm: Whether it names them as GitHub does.
    """
    nodes = headings(document)
    return dict(zip(nodes, _ids(nodes, is_gfm), strict=True))


def _ids(nodes: Sequence[Node], is_gfm: bool) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for node in nodes:
        if "id" in node.attributes:
            yield node.attributes["id"]
            continue
        text = node.shown()
        if is_gfm:
            name = _NOT_IN_GFM.sub("", text.lower()).replace(" ", "-").replace("\t", "-")
        else:
            begin = re.sub(r"^[^a-zA-Z]+", "", text)
            name = _NOT_IN_PLAIN.sub("", begin).replace(" ", "-").lower() or "section"
        yield f"{name}-{seen[name]}" if seen[name] else name
        seen[name] += 1


def keep_ids(document: Document, wanted: Mapping[Node, str], markdown: Markdown) -> bool:
    """Write down the names that the site would not give the headings by itself.

    Args:
        document: Whose headings.
        wanted: Their old names.
        markdown: The site's converter, right after it has converted the document.

    Returns:
        Whether there was any.
    """
    nodes = headings(document)
    given = list(_given(getattr(markdown, "toc_tokens", [])))
    if len(given) != len(nodes):
        given = [""] * len(nodes)
    changed = False
    for node, new in zip(nodes, given, strict=True):
        old = wanted.get(node, "")
        if old and old != new and "id" not in node.attributes and re.fullmatch(r"[^\s{}\"']+", old):
            node.attributes["id"] = old
            changed = True
    return changed


def _given(tokens: Sequence[dict[str, object]]) -> Iterator[str]:
    for token in tokens:
        yield str(token["id"])
        yield from _given(token["children"])  # type: ignore[arg-type]


def first(documents: Sequence[Document]) -> str:
    """The heading of the highest level that a page begins with, or an empty string."""
    blocks = (node for document in documents for node in document.root.children)
    begin = next(blocks, None)
    return begin.shown() if begin is not None and begin.kind == "h1" else ""


def make_room(documents: Sequence[Document], title: str) -> Node | None:
    """Move headings down by one where the page's title is the only one of its level.

    Args:
        documents: Whose headings; one after the other they are one page.
        title: The page's title.

    Returns:
        The first heading that was moved, or None.
    """
    nodes = [node for document in documents for node in headings(document)]
    highest = [node for node in nodes if node.level == 1]
    blocks = [node for document in documents for node in document.root.children]
    is_title = len(highest) == 1 and highest[0] is blocks[0] and highest[0].shown() == title
    if not highest or is_title:
        return None
    for node in nodes:
        node.level = min(node.level + 1, 6)
        node.kind = f"h{node.level}"
    return nodes[0]
