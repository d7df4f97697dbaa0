"""What reads the blocks of a kramdown document: a place in a text, and the node being filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from haebom.importers.kramdown import grammar
from haebom.importers.kramdown.nodes import Dialect, Document, Node
from haebom.importers.text import Text

_DEPTH = 40  # blocks within blocks; whatever lies deeper is taken as text


@dataclass(slots=True)
class Scope:
    """What all readers of a document share.

    Args:
        document: What is being read.
        dialect: How kramdown is set up.
        blocks: What reads one kind of block each, in order of precedence.
        named: Attribute lists that have names.
        boundaries: Where links are defined, by label; attribute lists may follow there.
    """

    document: Document
    dialect: Dialect
    blocks: Sequence[Callable[[Reader], bool]]
    named: dict[str, str] = field(default_factory=dict)
    boundaries: dict[str, Node] = field(default_factory=dict)

    def problem(self, line: int, message: str) -> None:
        """Note something odd."""
        self.document.problems.append((line, message))


class ElementEnd(Exception):
    """The end tag of the HTML element that is being read."""


class Reader:
    """Reads the blocks of one text into one node.

    Args:
        scope: What it shares with others.
        tree: What it fills.
        text: What it reads.
        depth: How many readers wait for it.
    """

    def __init__(self, scope: Scope, tree: Node, text: Text, depth: int = 0) -> None:
        self.scope = scope
        self.tree = tree
        self.text = text if text.content.endswith("\n") else text.closed()
        self.source = self.text.content
        self.pos = 0
        self.depth = depth
        self.pending: list[str] = []

    def read(self) -> None:
        """Read to the end."""
        while self.pos < len(self.source):
            self.block()

    def block(self) -> None:
        """Read one block.

        Raises:
            ElementEnd: The block is an end tag.
        """
        if self.is_deep or not any(read(self) for read in self.scope.blocks):
            end = self.line_end()
            self.add(Node("p", self.line, inline=self.text.cut(self.pos, end - 1)))
            self.pos = end

    def inner(self, node: Node, text: Text) -> Node:
        """Read a text of its own into a node."""
        Reader(self.scope, node, text, self.depth + 1).read()
        return node

    def inside(self, node: Node) -> bool:
        """Read on into an HTML element, until its end tag.

        Returns:
            Whether there was one.
        """
        outer, self.tree = self.tree, node
        pending, self.pending = self.pending, []
        self.depth += 1
        try:
            self.read()
        except ElementEnd:
            return True
        finally:
            self.tree, self.pending = outer, pending
            self.depth -= 1
        return False

    @property
    def is_deep(self) -> bool:
        """Whether nothing may open within what is open already."""
        return self.depth > _DEPTH

    # -- scanning ------------------------------------------------------------------------------

    def at(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What matches here."""
        return pattern.match(self.source, self.pos)

    def line_end(self) -> int:
        """Position behind the end of this line."""
        end = self.source.find("\n", self.pos)
        return len(self.source) if end < 0 else end + 1

    @property
    def line(self) -> int:
        """This line's number in the file."""
        return self.text.line(self.pos)

    @property
    def last(self) -> Node | None:
        """The block before."""
        return self.tree.children[-1] if self.tree.children else None

    def add(self, node: Node) -> Node:
        """Add a block, with the attribute list that stands before it."""
        node.marks += self.pending
        self.pending = []
        self.tree.children.append(node)
        return node

    # -- where blocks begin and end ------------------------------------------------------------

    def after_boundary(self) -> bool:
        """Whether what comes is parted from what is before it."""
        last = self.last
        return (
            last is None
            or last.kind == "blank"
            or (last.kind == "boundary" and not last.name)
            or bool(self.pending)
        )

    def before_boundary(self) -> bool:
        """Whether what was read is parted from what comes."""
        signs = (grammar.BLANK, grammar.BOUNDARY, grammar.ATTRIBUTE_LIST)
        return self.pos >= len(self.source) or any(self.at(sign) for sign in signs)

    def begins_html(self) -> bool:
        """Whether this line begins with a tag that cannot stand within a line."""
        match = self.at(grammar.HTML_LINE)
        return match is not None and match[1] not in grammar.SPANS and match[1] != "script"

    def ends_lazily(self) -> bool:
        """Whether this line is no lazy continuation of the block before it."""
        return self.before_boundary() or self.begins_html()

    def ends_paragraph(self) -> bool:
        """Whether this line is no continuation of the paragraph before it."""
        if self.ends_lazily() or self.at(grammar.MEANING):
            return True
        return self.scope.dialect.gfm and any(self.at(sign) for sign in grammar.INTERRUPTING)
