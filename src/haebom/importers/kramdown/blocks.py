"""Reads a kramdown document."""

from __future__ import annotations

from dataclasses import replace

from haebom.importers.kramdown import (
    definitions,
    grammar,
    html,
    htmlspans,
    leaves,
    linkspans,
    lists,
    marks,
    tables,
)
from haebom.importers.kramdown.nodes import Dialect, Document, Node
from haebom.importers.kramdown.reader import Reader, Scope
from haebom.importers.kramdown.spanreader import SpanReader, SpanScope
from haebom.importers.text import Text

_BLOCKS = (
    leaves.read_blank,
    leaves.read_indented,
    leaves.read_fence,
    leaves.read_quote,
    leaves.read_heading,
    leaves.read_rule,
    lists.read_list,
    lists.read_meanings,
    html.read_html,
    leaves.read_underlined,
    leaves.read_formula,
    tables.read_table,
    definitions.read_footnote,
    definitions.read_link,
    definitions.read_abbreviation,
    definitions.read_extension,
    leaves.read_boundary,
    leaves.read_paragraph,
)
_EMPHASIS, _ANGLED = (marks.read_emphasis,), (linkspans.read_autolink, htmlspans.read_angles)
_SPANS = {
    "*": _EMPHASIS,
    "_": _EMPHASIS,
    "`": (marks.read_code,),
    "<": (*_ANGLED, htmlspans.read_html),
    ">": (htmlspans.read_angles,),
    "[": (linkspans.read_footnote, linkspans.read_link),
    "!": (linkspans.read_link,),
    "$": (marks.read_math,),
    "{": (htmlspans.read_list,),
    "&": (marks.read_entity,),
    "~": (marks.read_struck,),
    " ": (marks.read_break,),
    "\n": (marks.read_break,),
    "\\": (htmlspans.read_angles, marks.read_math, marks.read_break, marks.read_escaped),
}
_DEFINITIONS = ("footnote", "link", "abbreviation")


def parse(text: Text, dialect: Dialect) -> Document:
    """Read a document.

    Args:
        text: Markdown without front matter.
        dialect: How kramdown is set up.
    """
    document = Document(Node("root", 1), text.content)
    scope = Scope(document, dialect, _BLOCKS)
    Reader(scope, document.root, text).read()
    roots = (document.root, *document.footnotes.values())
    for root in roots:
        for node in root.walk():
            _apply_marks(node, scope)
    for label, boundary in scope.boundaries.items():
        document.links[label] = replace(document.links[label], attributes=boundary.attributes)
    spans = SpanScope(document, dialect, scope.named, _SPANS)
    for root in roots:
        for node in list(root.walk()):
            if node.inline is not None:
                node.children = SpanReader(spans, node.inline).read()
            if node.kind in ("td", "th"):
                _free_of_pipes(node)
            _stand_alone(node)
            node.children = [child for child in node.children if _is_kept(child)]
    _order_footnotes(document)
    return document


def _stand_alone(node: Node) -> None:
    """A paragraph with nothing but an image that is to stand alone becomes a figure."""
    if node.kind == "p" and len(node.children) == 1 and node.children[0].name == "standalone":
        image = node.children[0]
        caption = Node("html", image.line, name="figcaption", model="span", level=1)
        alt = image.attributes.get("alt", "")
        caption.children = [Node("text", image.line, alt, alt)]
        node.kind, node.name, node.model, node.level = "html", "figure", "raw", 1
        if not node.attributes:
            names = [name for name in ("id", "class") if name in image.attributes]
            node.attributes = {name: image.attributes.pop(name) for name in names}
        node.children = [image, caption]


def _free_of_pipes(cell: Node) -> None:
    """Write the sign that ends a cell by its name where a formula has it."""
    for node in cell.walk():
        if node.kind == "math":
            node.text = node.text.replace("\\|", "\\Vert ").replace("|", "\\vert ")


def _is_kept(node: Node) -> bool:
    """Whether a node is more than a mark for the reader; definitions are kept in their places."""
    return node.kind != "blank" and (node.kind != "boundary" or node.name in _DEFINITIONS)


def _apply_marks(node: Node, scope: Scope) -> None:
    marks, node.marks = node.marks, []
    for mark in marks:
        if not grammar.apply(node.attributes, mark, scope.named):
            scope.problem(node.line, f"The attribute list {{:{mark}}} says nothing.")
    if node.kind in ("ul", "ol") and "toc" in " ".join(marks).split():
        node.kind, node.children = "toc", []


def _order_footnotes(document: Document) -> None:
    """Put the definitions of footnotes in the order in which they are referred to.

    Python-Markdown numbers footnotes by their definitions, and shows those that nothing refers to;
    kramdown does neither.
    """
    used: dict[str, None] = {}
    waiting = [document.root]
    while waiting:
        for node in waiting.pop(0).walk():
            is_known = node.kind == "footnote" and node.name in document.footnotes
            if is_known and node.name not in used:
                used[node.name] = None
                waiting.append(document.footnotes[node.name])
    roots = (document.root, *document.footnotes.values())
    found: dict[str, Node] = {}
    for note in [node for root in roots for node in root.walk() if _is_note(node)]:
        if note.text in found:
            note.kind = "blank"
        elif note.text in used:
            found[note.text] = note
        else:
            node = document.footnotes[note.text]
            document.unused.add(note.text)
            document.problems.append((node.line, f"Nothing refers to the footnote {note.text!r}."))
            note.kind, note.text = "comment", f" [^{note.text}]: {node.shown()} "
    is_in_order = list(found) == list(used)
    for root in roots:
        for node in root.walk():
            node.children = [
                child
                for child in node.children
                if child.kind != "blank" and (is_in_order or not _is_note(child))
            ]
    if not is_in_order:
        document.root.children += [found[label] for label in used]


def _is_note(node: Node) -> bool:
    return node.kind == "boundary" and node.name == "footnote"
