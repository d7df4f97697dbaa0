"""What lists show of a post."""

from __future__ import annotations

from haebom.importers.kramdown.nodes import Document, Node

MORE = " more "
"""The comment that ends it, as Material knows it."""


def mark(document: Document) -> None:
    """End what lists show behind the first paragraph, unless the author has said where.

    Lists convert that part alone: what it refers to has to be in it.
    """
    blocks = document.root.children
    end = next((n for n, node in enumerate(blocks) if _is_end(node)), None)
    if end is None and not any(map(_is_end, document.root.walk())):
        end = _behind_first_paragraph(blocks)
        if end is not None:
            blocks.insert(end, Node("comment", blocks[end - 1].line, MORE, level=1))
    for block in blocks[:end] if end else ():
        for node in block.walk():
            if node.kind in ("a", "img") and node.name != "auto":
                node.name = ""  # its address is written behind it, and not somewhere below
    if end:
        _take_footnotes(document, end)


def _is_end(node: Node) -> bool:
    return node.kind == "comment" and node.text == MORE


def _behind_first_paragraph(blocks: list[Node]) -> int | None:
    shown = [node for node in blocks if node.kind not in ("boundary", "comment", "toc")]
    if len(shown) > 1 and shown[0].kind in ("p", "admonition"):
        return blocks.index(shown[0]) + 1
    return None


def _take_footnotes(document: Document, end: int) -> None:
    """Put the footnotes of the first blocks right behind them."""
    blocks = document.root.children
    used = [n.name for block in blocks[:end] for n in block.walk() if n.kind == "footnote"]
    notes = [node for node in blocks[end:] if node.name == "footnote" and node.text in used]
    for note in notes:
        blocks.remove(note)
    blocks[end:end] = notes
