"""The HTML that kramdown would make of a document, to compare a conversion with."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from haebom.importers.kramdown.nodes import Document, Node

_BOXES = {"task": "<input type='checkbox'> ", "done": "<input type='checkbox' checked> "}


def expected_html(nodes: Iterable[Node], document: Document) -> str:
    """HTML of blocks, with the footnotes that they refer to behind them.

    Args:
        nodes: Blocks of a document.
        document: With its footnotes.
    """
    writer = _Writer(document)
    body = "\n".join(map(writer.html, nodes))
    return body + writer.footnotes()


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.numbers: dict[str, int] = {}

    def footnotes(self) -> str:
        items: list[str] = []
        while len(items) < len(self.numbers):  # there may be notes within notes
            label = list(self.numbers)[len(items)]
            items.append(f"<li>{self.inside(self.document.footnotes[label])}</li>")
        return f'<div class="footnote"><ol>{"".join(items)}</ol></div>' if items else ""

    def inside(self, node: Node) -> str:
        return "".join(map(self.html, node.children))

    def html(self, node: Node) -> str:
        special = getattr(self, f"_{node.kind}", None)
        if special is not None:
            return str(special(node))
        name = node.name if node.kind == "html" else node.kind
        start = f"<{name}{_attributes(node)}>"
        if node.is_void or name in ("br", "hr", "img"):
            return start
        return f"{start}{self.inside(node)}</{name}>"

    def _p(self, node: Node) -> str:
        inside = _BOXES.get(node.name, "") + self.inside(node)
        return inside if node.is_bare else f"<p{_attributes(node)}>{inside}</p>"

    def _text(self, node: Node) -> str:
        return escape(node.text, quote=False)

    def _entity(self, node: Node) -> str:
        return node.text

    def _raw(self, node: Node) -> str:
        return node.text

    def _code(self, node: Node) -> str:
        return f"<code{_attributes(node)}>{escape(node.text)}</code>"

    def _comment(self, node: Node) -> str:
        return ""

    def _boundary(self, node: Node) -> str:
        return ""

    def _table(self, node: Node) -> str:
        """Attributes of a table are those of an element around it."""
        table = f"<table>{self.inside(node)}</table>"
        return f"<div{_attributes(node)}>{table}</div>" if node.attributes else table

    def _admonition(self, node: Node) -> str:
        title, inside = escape(node.text), self.inside(node)
        if node.raw == "???":
            return f'<details class="{node.name}"><summary>{title}</summary>{inside}</details>'
        head = f'<p class="admonition-title">{title}</p>' if title else ""
        return f'<div class="admonition {node.name}">{head}{inside}</div>'

    def _tabs(self, node: Node) -> str:
        names = "".join(f"<label>{escape(tab.text)}</label>" for tab in node.children)
        blocks = "".join(f"<div>{self.inside(tab)}</div>" for tab in node.children)
        return f'<div class="tabbed-set"><div>{names}</div><div>{blocks}</div></div>'

    def _toc(self, node: Node) -> str:
        return '<div class="toc"></div>'

    def _pre(self, node: Node) -> str:
        return f"<pre>{escape(node.text)}</pre>"

    def _math(self, node: Node) -> str:
        left, right = ("\\[", "\\]") if node.level else ("\\(", "\\)")
        text = f"{left}{escape(node.text)}{right}"
        if not node.attributes:
            return text
        name = "div" if node.level else "span"
        return f"<{name}{_attributes(node)}>{text}</{name}>"

    def _footnote(self, node: Node) -> str:
        number = self.numbers.setdefault(node.name, len(self.numbers) + 1)
        return f'<sup><a class="footnote-ref">{number}</a></sup>'


def _attributes(node: Node) -> str:
    return "".join(f' {k}="{escape(v)}"' for k, v in node.attributes.items())
