"""What reads the spans of a kramdown document: a place in a text, and the elements around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from haebom.importers.kramdown.nodes import Dialect, Document, Node
from haebom.importers.text import Text

_DEPTH = 30  # spans within spans; whatever lies deeper is taken as text
_PATIENCE = 500_000  # characters read in vain, looking for the ends of what does not end
_SIGN = re.compile(r"[*_`<>\[\]!$\\{&~ \n]")

Spans = Mapping[str, Sequence[Callable[["SpanReader", list[Node]], bool]]]
Stop = Callable[[list[Node]], bool]
"""Whether reading ends here, given what has been read."""


@dataclass(frozen=True, slots=True)
class SpanScope:
    """What all readers of spans of a document share.

    Args:
        document: With the definitions of links and footnotes.
        dialect: How kramdown is set up.
        named: Attribute lists that have names.
        spans: What reads spans that begin with a sign, in order of precedence.
    """

    document: Document
    dialect: Dialect
    named: Mapping[str, str]
    spans: Spans


class SpanReader:
    """Reads the spans of one text.

    Args:
        scope: What it shares with others.
        text: What to read.
    """

    def __init__(self, scope: SpanScope, text: Text) -> None:
        self.scope = scope
        self.text = text
        self.source = text.content
        self.pos = 0
        self.open: list[str] = []
        self.hopeless: set[tuple[int, str, frozenset[str]]] = set()
        self.in_vain = 0

    def attempt(self, sign: str) -> tuple[int, str, frozenset[str]]:
        """What decides whether something that opens here is closed again."""
        return self.pos, sign, frozenset(self.open)

    def give_up(self, attempt: tuple[int, str, frozenset[str]]) -> None:
        """Remember that something does not close, and go back to where it opened."""
        self.hopeless.add(attempt)
        self.in_vain += self.pos - attempt[0]
        self.pos = attempt[0]

    @property
    def is_deep(self) -> bool:
        """Whether nothing may open within what is open already."""
        return len(self.open) > _DEPTH or self.in_vain > _PATIENCE

    def read(self) -> list[Node]:
        """Read everything."""
        nodes: list[Node] = []
        self.read_until(nodes, None, self.scope.spans)
        return nodes

    def read_until(
        self,
        nodes: list[Node],
        stop: Stop | None,
        spans: Spans,
    ) -> bool:
        """Read until something stops it.

        Args:
            nodes: What is read is added to them.
            stop: What stops it; None to read to the end.
            spans: What may be read.

        Returns:
            Whether it was stopped.
        """
        while self.pos < len(self.source):
            if stop is not None and stop(nodes):
                return True
            if any(read(self, nodes) for read in spans.get(self.source[self.pos], ())):
                continue
            following = _SIGN.search(self.source, self.pos + 1)
            end = following.start() if following else len(self.source)
            self.add_text(nodes, self.source[self.pos : end])
            self.pos = end
        return stop is not None and stop(nodes)

    def at(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What matches here."""
        return pattern.match(self.source, self.pos)

    @property
    def line(self) -> int:
        """This line's number in the file."""
        return self.text.line(self.pos)

    def add(self, nodes: list[Node], node: Node, end: int) -> bool:
        """Add a span that ends at a position; for readers to return."""
        nodes.append(node)
        self.pos = end
        return True

    def add_text(self, nodes: list[Node], value: str, raw: str | None = None) -> None:
        """Add text.

        Args:
            nodes: What has been read.
            value: What is shown.
            raw: How it is written, if that is something else.
        """
        raw = value if raw is None else raw
        if nodes and nodes[-1].kind == "text":
            nodes[-1].text += value
            nodes[-1].raw += raw
        else:
            nodes.append(Node("text", self.line, value, raw))

    def problem(self, line: int, message: str) -> None:
        """Note something odd."""
        self.scope.document.problems.append((line, message))
