"""What a kramdown document is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from haebom.importers.text import Text

Attributes = dict[str, str]
"""Attributes of an element, in order; several classes are parted by blanks."""


@dataclass(slots=True, eq=False)
class Node:
    """An element of a document; a reader may still add to it while it reads on.

    Args:
        kind: The name of the HTML element that it becomes, or one of: ``blank``, ``boundary``
            (something that is not shown but ends what is before it), ``code`` (a block of code
            has the kind ``pre``), ``math``, ``toc``, ``html`` (an element that was written as
            HTML), ``raw``, ``comment``, ``footnote``, ``text``, ``entity``.
        line: Line of the file.
        text: Its text where that is not parsed any further. A ``text`` node's is what is shown.
        raw: How a text, a tag, a delimiter or the label of a link is written in the source.
        name: Name of an HTML element, label of a footnote or a link, language of a block of code,
            kind of definition of a boundary, ``task`` or ``done`` for a paragraph with a box.
        attributes: Of the element.
        marks: Attribute lists that are still to be added to them, as written.
        children: What is inside.
        inline: Source of the text inside, as long as it has not been read.
        level: Of a heading; of a formula or an HTML element 1 if it is a block.
        is_bare: Whether a paragraph shows its text without being one, as in a tight list.
        model: How the inside of an HTML element is read: ``raw``, ``span`` or ``block``.
        is_void: Whether an HTML element has neither content nor end tag.
    """

    kind: str
    line: int
    text: str = ""
    raw: str = ""
    name: str = ""
    attributes: Attributes = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    inline: Text | None = None
    level: int = 0
    is_bare: bool = False
    model: str = ""
    is_void: bool = False

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading."""
        return len(self.kind) == 2 and self.kind[0] == "h" and self.kind[1].isdigit()

    def walk(self) -> Iterator[Node]:
        """This node and everything inside, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def shown(self) -> str:
        """Its text, as a reader would copy it."""
        if self.kind in ("text", "code", "math", "entity"):
            return self.text
        return "".join(child.shown() for child in self.children)


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a link definition says."""

    url: str
    title: str | None
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Dialect:
    """How kramdown is set up.

    Args:
        gfm: Whether it reads like GitHub, as it does in Jekyll: fences with backticks, struck text,
            task lists, and blocks right behind a paragraph.
        hard_wrap: Whether every line end breaks the line.
        block_html: Whether the inside of block elements of HTML is Markdown.
        single_dollars: Whether ``$…$`` is a formula, too, if it looks like one.
        is_tex: Whether it is one whatever it looks like.
    """

    gfm: bool = True
    hard_wrap: bool = False
    block_html: bool = False
    single_dollars: bool = True
    is_tex: bool = False


@dataclass(slots=True)
class Document:
    """A document that has been read.

    Args:
        root: Its blocks.
        source: The text that was read.
        footnotes: Nodes of kind ``footnote`` with the blocks of each, by label.
        links: Link definitions by normalised label.
        abbreviations: Their long forms.
        missing: Labels of footnotes that it refers to and does not have.
        unused: Labels of those that nothing refers to.
        problems: What is odd in it: line and a sentence.
        is_fixed: Whether it is to stay as it is written.
    """

    root: Node
    source: str = ""
    footnotes: dict[str, Node] = field(default_factory=dict)
    links: dict[str, LinkTarget] = field(default_factory=dict)
    abbreviations: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    unused: set[str] = field(default_factory=set)
    problems: list[tuple[int, str]] = field(default_factory=list)
    is_fixed: bool = False
