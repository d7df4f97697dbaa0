"""A document written as Python-Markdown reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from haebom.importers.kramdown.grammar import is_block
from haebom.importers.kramdown.nodes import Document, Node
from haebom.importers.spelling import Speller, attribute_list, comment, escaped, tag, tex

_INDENT = "    "
_NOTHING = "&#8203;"  # where Python-Markdown wants text before a block
_FENCES = re.compile(r"^ *(`{3,}|~{3,})", re.MULTILINE)
_BLOCK_TAG = re.compile(
    r"\s*</?(?:address|article|aside|blockquote|center|d[dlt]|details|div|f\w+|h\w+|iframe|"
    r"main|nav|ol|p|pre|script|section|style|t\w+|ul|video)\b"
)
_SPANS_ONLY = frozenset({
    "address", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "legend", "li", "p", "summary",
    "td", "th",
})  # fmt: skip
_JOINING = {
    "ul": ("ul", "ol"),
    "ol": ("ul", "ol"),
    "dl": ("dl",),
    "blockquote": ("blockquote",),
    "tabs": ("tabs",),
}
"""Blocks that would be read as one with what follows them."""


class Writer:
    """Writes blocks.

    Args:
        document: What they belong to.
        is_plain: See :class:`haebom.importers.spelling.Speller`.
        info: Gives what stands behind a fence, from the language as written and the attributes.
    """

    def __init__(
        self, document: Document, is_plain: bool, info: Callable[[Node], str] | None = None
    ) -> None:
        self.document = document
        self.speller = Speller(document, is_plain)
        self.in_cells = Speller(document, is_plain, is_cell=True)
        self.info = info or (lambda node: node.name)

    def text(self, nodes: Iterable[Node]) -> str:
        """Write blocks, with blank lines between them."""
        return "\n".join(self.blocks(nodes)) + "\n"

    def blocks(self, nodes: Iterable[Node]) -> list[str]:
        """Write blocks as lines."""
        lines: list[str] = []
        before: Node | None = None
        for node in nodes:
            written = self.block(node)
            if not written:
                continue
            if before is not None:
                lines += ["", comment(" "), ""] if _would_join(before, node) else [""]
            lines += written
            before = node
        return lines

    def block(self, node: Node) -> list[str]:
        """Write a block as lines."""
        special = getattr(self, f"_{node.kind}", None)
        if special is not None:
            return list(special(node))
        if node.is_heading:
            return self._heading(node)
        return [self.speller.spell([node])]

    # -- leaves --------------------------------------------------------------------------------

    def _p(self, node: Node) -> list[str]:
        lines = self.speller.lines(node)
        if len(node.children) == 1 and node.children[0].kind == "math" and node.children[0].level:
            return self._math(node.children[0])
        marks = attribute_list(node.attributes)
        return [*lines, marks] if marks else lines

    def _heading(self, node: Node) -> list[str]:
        text = self.speller.line(node)
        marks = attribute_list(node.attributes)
        return [f"{'#' * node.level} {text}{f' {marks}' if marks else ''}"]

    def _hr(self, node: Node) -> list[str]:
        return [tag("hr", node.attributes)] if node.attributes else ["---"]

    def _pre(self, node: Node) -> list[str]:
        text = node.text.strip("\n")
        longest = max((len(fence) for fence in _FENCES.findall(text)), default=2)
        fence = "`" * (longest + 1)
        return [f"{fence}{self.info(node)}", *text.split("\n"), fence]

    def _math(self, node: Node) -> list[str]:
        lines = ["$$", *filter(None, map(str.strip, tex(node.text).split("\n"))), "$$"]
        return _within("div", node, lines) if node.attributes and node.level == 1 else lines

    def _toc(self, node: Node) -> list[str]:
        return ["[TOC]"]

    def _comment(self, node: Node) -> list[str]:
        return comment(node.text).split("\n")

    def _raw(self, node: Node) -> list[str]:
        text = node.text.strip("\n")
        return (text if _BLOCK_TAG.match(text) else escaped(text)).split("\n")

    # -- blocks with blocks inside -------------------------------------------------------------

    def _blockquote(self, node: Node) -> list[str]:
        if node.attributes:
            return _within("blockquote", node, self.blocks(node.children))
        lines = self.blocks(node.children) or [""]
        return [f"> {line}".rstrip(" ") if not line else f"> {line}" for line in lines]

    def _admonition(self, node: Node) -> list[str]:
        title = node.text.replace('"', "'")
        inside = _indented(self.blocks(node.children))
        return [f'{node.raw} {node.name} "{title}"', "", *inside]

    def _tabs(self, node: Node) -> list[str]:
        lines: list[str] = []
        for tab in node.children:
            title = tab.text.replace('"', "'")
            lines += ["", f'=== "{title}"', "", *_indented(self.blocks(tab.children))]
        return lines[1:]

    def _ul(self, node: Node) -> list[str]:
        return self._list(node)

    def _ol(self, node: Node) -> list[str]:
        return self._list(node)

    def _list(self, node: Node) -> list[str]:
        if node.attributes or any(item.attributes for item in node.children):
            return self._html_list(node)
        is_tight = all(map(_is_tight, node.children))
        lines: list[str] = []
        for number, item in enumerate(node.children, start=1):
            sign = "- " if node.kind == "ul" else f"{number}. "
            inside = self._item(item, is_tight)
            if lines and not is_tight:
                lines.append("")
            lines += [f"{sign}{inside[0]}", *_indented(inside[1:])]
        return lines

    def _item(self, item: Node, is_tight: bool = False) -> list[str]:
        """The lines of an item; its first block stands right behind the sign."""
        first = item.children[0] if item.children else None
        if first is None:
            return [_NOTHING]
        box = {"task": "[ ] ", "done": "[x] "}.get(first.name if first.kind == "p" else "", "")
        if is_tight:
            lines = [line for child in item.children for line in self.block(child)]
        elif first.kind == "math":
            lines = [" ".join(self.block(first)), *self._behind(item)]
        elif first.kind == "p" or len(self.block(first)) == 1:
            lines = self.blocks(item.children)
        else:
            lines = [_NOTHING, "", *self.blocks(item.children)]
        return [box + lines[0], *lines[1:]]

    def _behind(self, item: Node) -> list[str]:
        """What follows the first block of an item."""
        others = self.blocks(item.children[1:])
        return ["", *others] if others else []

    def _html_list(self, node: Node) -> list[str]:
        lines = [tag(node.kind, node.attributes, "1")]
        for item in node.children:
            lines += [tag("li", item.attributes, "block"), ""]
            lines += [*self.blocks(item.children), "", "</li>"]
        return [*lines, f"</{node.kind}>"]

    def _dl(self, node: Node) -> list[str]:
        if any(child.attributes for child in (node, *node.children)):
            return self._html_dl(node)
        lines: list[str] = []
        before = ""
        for child in node.children:
            if child.kind == "dt":
                lines += (
                    ["", self.speller.line(child)] if before == "dd" else [self.speller.line(child)]
                )
            else:
                is_bare = not child.children or child.children[0].is_bare
                if not is_bare:
                    lines.append("")
                inside = self._item(child)
                lines += [f":   {inside[0]}", *_indented(inside[1:])]
            before = child.kind
        return lines

    def _html_dl(self, node: Node) -> list[str]:
        lines = [tag("dl", node.attributes, "1")]
        for child in node.children:
            if child.kind == "dt":
                text = self.speller.line(child)
                lines.append(f"{tag('dt', child.attributes, 'span')}{text}</dt>")
            else:
                lines += [tag("dd", child.attributes, "block"), ""]
                lines += [*self.blocks(child.children), "", "</dd>"]
        return [*lines, "</dl>"]

    # -- tables --------------------------------------------------------------------------------

    def _table(self, node: Node) -> list[str]:
        rows = [row for part in node.children for row in part.children]
        head = next(
            (p.children[0] for p in node.children if p.kind == "thead" and p.children), None
        )
        first = head or rows[0]
        lines = [self._row(first)] if head else [f"|{'  |' * len(first.children)}"]
        lines.append(f"|{'|'.join(map(_alignment, first.children))}|")
        lines += [self._row(row) for row in rows if row is not head]
        return _within("div", node, lines) if node.attributes else lines

    def _row(self, row: Node) -> str:
        cells = map(self.in_cells.line, row.children)
        return f"| {' | '.join(cells)} |"

    # -- definitions ---------------------------------------------------------------------------

    def _boundary(self, node: Node) -> list[str]:
        if node.name == "footnote":
            note = self.document.footnotes[node.text]
            inside = self.blocks(note.children)
            if note.children and note.children[0].kind != "p":
                inside = ["", *inside]
            first, *others = inside or [""]
            return [f"[^{node.text}]: {first}" if first else f"[^{node.text}]:", *_indented(others)]
        if node.name == "abbreviation":
            long = self.document.abbreviations[node.text]
            return [f"*[{node.text}]: {long}"] if long else []
        target = self.document.links[" ".join(node.text.split()).lower()]
        title = f' "{target.title}"' if target.title else ""
        return [f"[{node.text}]: {target.url.replace(' ', '%20')}{title}"]

    # -- HTML ----------------------------------------------------------------------------------

    def _html(self, node: Node) -> list[str]:
        if node.is_void:
            return [tag(node.name, node.attributes)]
        if node.model == "span":
            text = "\n".join(self.speller.lines(node))
            return [f"{tag(node.name, node.attributes, 'span')}{text}</{node.name}>"]
        if node.model == "block":
            return _within(node.name, node, self.blocks(node.children))
        if any(child.model in ("span", "block") for child in node.walk()):
            return self._mixed(node)
        return verbatim(node).strip("\n").split("\n")

    def _mixed(self, node: Node) -> list[str]:
        """HTML that is left alone, but for elements in it that are not."""
        shown = [child for child in node.children if child.kind != "raw" or child.raw.strip()]
        has_blocks_only = all(child.kind == "html" and is_block(child.name) for child in shown)
        lines = [tag(node.name, node.attributes, "1" if has_blocks_only else "span")]
        for child in shown:
            is_raw = child.kind in ("raw", "comment")
            lines += verbatim(child).strip().split("\n") if is_raw else self.block(child)
        return [*lines, f"</{node.name}>"]


def verbatim(node: Node) -> str:
    """HTML as it was written."""
    if node.kind != "html":
        return comment(node.text) if node.kind == "comment" else node.raw
    start = tag(node.name, node.attributes)
    if node.is_void:
        return start
    return f"{start}{''.join(map(verbatim, node.children))}</{node.name}>"


def _within(name: str, node: Node, lines: Sequence[str]) -> list[str]:
    markdown = "block" if name in _SPANS_ONLY else "1"
    return [tag(name, node.attributes, markdown), "", *lines, "", f"</{name}>"]


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (_INDENT + line if line else "" for line in lines)


def _is_tight(item: Node) -> bool:
    """Whether an item can be written without blank lines, and the next one right behind it."""
    if not item.children:
        return True
    first, *others = item.children
    if first.kind != "p" or not first.is_bare or len(others) > 1:
        return False
    return all(
        child.kind in ("ul", "ol") and not child.attributes and all(map(_is_tight, child.children))
        for child in others
    )


def _would_join(before: Node, node: Node) -> bool:
    """Whether two blocks would be read as one."""
    return before.kind in _JOINING and node.kind in _JOINING[before.kind]


def _alignment(cell: Node) -> str:
    style = cell.attributes.get("style", "")
    side = style.removeprefix("text-align: ")
    return {"left": ":---", "right": "---:", "center": ":---:"}.get(side, "---")
