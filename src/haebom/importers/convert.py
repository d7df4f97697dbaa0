"""Chooses how a document is written, by reading it again.

Python-Markdown does not read everything as kramdown does.  So each block is written as plainly as
it can be, read with the site's own extensions, and compared with what it was; where it reads
otherwise, it is written more explicitly, and in the end as HTML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown import Markdown

from haebom.importers.kramdown.expected import expected_html
from haebom.importers.kramdown.nodes import Document, Node
from haebom.importers.sameness import normal, words
from haebom.importers.writer import Writer
from haebom.parsers.document import closed

Info = Callable[[Node], str]
"""Gives what stands behind the fence of a block of code."""

_CODE, _CODE_HTML = "```\ncode\n```", "<pre><code>code\n</code></pre>"
_FAR = re.compile(r"[`<]|~~~")


@dataclass(frozen=True, slots=True)
class Written:
    """A document as Markdown.

    Args:
        text: The Markdown.
        odd: Lines of blocks that read otherwise than before.
        as_html: Lines of blocks that had to be written as HTML.
    """

    text: str
    odd: tuple[int, ...] = ()
    as_html: tuple[int, ...] = ()


class Converter:
    """Writes documents for one site.

    Args:
        markdown: Python-Markdown with the site's extensions.
    """

    def __init__(self, markdown: Markdown) -> None:
        self.markdown = markdown

    def write(self, document: Document, info: Info) -> Written:
        """Write a document.

        Args:
            document: What to write.
            info: Gives what stands behind fences.
        """
        nodes = document.root.children
        text = Writer(document, True, info).text(nodes)
        if self.reads(text, expected_html(nodes, document)):
            return Written(text)
        return _Choice(self, document, info).write()

    def html(self, text: str) -> str:
        """What the site makes of a text."""
        self.markdown.reset()
        return self.markdown.convert(text)

    def reads(self, text: str, html: str) -> bool:
        """Whether a text shows the same as a piece of HTML."""
        return normal(self.html(text)) == normal(html)


class CellConverter(Converter):
    """Writes text cells of notebooks: the code cell that follows must not become part of one."""

    def reads(self, text: str, html: str) -> bool:
        """Whether a text cell with code after it shows the same as a piece of HTML with code."""
        return super().reads(f"{closed(text)}\n\n{_CODE}", f"{html}\n{_CODE_HTML}")


class _Choice:
    """Writes a document block by block."""

    def __init__(self, converter: Converter, document: Document, info: Info) -> None:
        self.converter = converter
        self.document = document
        self.plain = Writer(document, True, info)
        self.explicit = Writer(document, False, info)
        self.odd: list[int] = []
        self.as_html: list[int] = []
        roots = (document.root, *document.footnotes.values())
        found = [n for root in roots for n in root.walk() if n.kind == "boundary"]
        self.notes = {n.text: "\n".join(self.plain.block(n)) for n in found if n.name == "footnote"}
        others = ("\n".join(self.plain.block(n)) for n in found if n.name != "footnote")
        self.definitions = "\n\n".join(others)

    def write(self) -> Written:
        nodes = self.document.root.children
        writer = _Given(self.document, {id(node): self.block(node) for node in nodes})
        html = expected_html(nodes, self.document)
        if not self.odd and not self.converter.reads(writer.text(nodes), html):
            for before, node in pairwise(nodes):
                self.part(writer, before, node)
            if not self.converter.reads(writer.text(nodes), html):
                self.guard(writer)
                if not self.converter.reads(writer.text(nodes), html):
                    self.odd.append(nodes[0].line)
        return Written(writer.text(nodes), tuple(self.odd), tuple(self.as_html))

    def guard(self, writer: _Given) -> None:
        """Escape signs that may have to do with others far away, such as half a fence."""
        for node in self.document.root.children:
            if any(child.kind == "text" and _FAR.search(child.text) for child in node.walk()):
                writer.chosen[id(node)] = self.explicit.block(node)

    def part(self, writer: _Given, before: Node, node: Node) -> None:
        """Write a block so that it does not join the one before it."""
        if before.line in self.odd or node.line in self.odd or node.kind == "boundary":
            return
        pair = Node("pair", before.line, children=[before, node])
        wanted = expected_html(pair.children, self.document)
        given = writer.chosen[id(node)]
        for lines in (given, self.explicit.block(node), ["<!-- -->", "", *given]):
            writer.chosen[id(node)] = lines
            if self.converter.reads(writer.text(pair.children) + self.defined(pair), wanted):
                return
        writer.chosen[id(node)] = given

    def block(self, node: Node) -> list[str]:
        """The plainest way of writing a block that reads as it should."""
        if node.kind in ("boundary", "pre", "hr", "toc"):
            return self.plain.block(node)
        html = expected_html([node], self.document)
        wanted = normal(html)
        definitions = self.defined(node)
        readable: list[str] | None = None
        for lines in self.ways(node):
            again = self.converter.html("\n".join(lines) + definitions)
            if normal(again) == wanted:
                return lines
            if readable is None and words(again) == words(html):
                readable = lines
        if readable is not None:
            self.odd.append(node.line)
            return readable
        if node.kind != "raw":
            self.as_html.append(node.line)
        return html.split("\n")

    def defined(self, node: Node) -> str:
        """The definitions that a block needs to be read alone."""
        notes = (self.notes[name] for name in self.noted(node))
        return "\n\n".join(["", *notes, self.definitions])

    def noted(self, node: Node) -> dict[str, None]:
        """The footnotes that a block refers to, those within its footnotes included."""
        found: dict[str, None] = {}
        waiting = [node]
        while waiting:
            for child in waiting.pop().walk():
                if child.kind == "footnote" and child.name and child.name not in found:
                    found[child.name] = None
                    waiting.append(self.document.footnotes[child.name])
        return found

    def ways(self, node: Node) -> Iterator[list[str]]:
        yield self.plain.block(node)
        yield self.explicit.block(node)


class _Given(Writer):
    """Puts blocks together that have been written already."""

    def __init__(self, document: Document, chosen: dict[int, list[str]]) -> None:
        super().__init__(document, True)
        self.chosen = chosen

    def block(self, node: Node) -> list[str]:
        return self.chosen[id(node)]
