"""Code spans that hold an expression, such as `` `{python} accuracy:.1%` ``.

What is worked out must be what is shown, so there is no second reader of Markdown here: a hook in
Python-Markdown's own reader of code spans hands every span that begins so to a visitor. Since that
reader knows no lines, the places where spans may begin are marked before, with numbers that are
taken away again wherever no span turns out to be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from xml.etree import ElementTree

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

OPENING = "{python}"
"""What a code span begins with that holds an expression."""

_CANDIDATE = re.compile(r"(?<![`\\])`\{py(?:thon)?3?\}(?=[^`]|$)", re.IGNORECASE)
_MARK = re.compile("\x02haebom:\\d+\x03")
_SPAN = re.compile(
    "(?<!`)`(?P<opening>\\{\\w+\\})\x02haebom:(?P<number>\\d+)\x03(?P<text>[^`]+)`(?!`)"
)
_BEFORE_CODE, _AFTER_INLINE = 31, 18  # indented code is highlighted at 30, spans are read at 20


@dataclass(frozen=True, slots=True)
class Span:
    """A code span that holds an expression, or looks as if it did.

    Args:
        number: Position among the places where such a span may begin, from 0.
        line: Line of the opening backtick, from 1, in the text that superfences saw.
        nth: Position among those places on its line, from 0.
        opening: The word in braces, braces included, as written.
        text: What stands behind it, on one line.
        is_apart: Whether a blank stands between the two.
    """

    number: int
    line: int
    nth: int
    opening: str
    text: str
    is_apart: bool

    @property
    def is_expression(self) -> bool:
        """Whether it holds one, as opposed to looking so."""
        return self.opening == OPENING and self.is_apart


class Visitor(Protocol):
    """Looks at spans while a document is converted."""

    def span(self, span: Span) -> ElementTree.Element | None:
        """Give the element for a span, or None to leave it a code span."""
        ...


class Spans:
    """Lets a visitor see the spans of whatever a Markdown instance converts.

    Args:
        md: The instance.
        visitor: Who looks; called in no particular order.
    """

    def __init__(self, md: Markdown, visitor: Visitor) -> None:
        self._md = md
        self._visitor = visitor
        self._places: list[tuple[int, int]] = []
        self._hooked: Any = None
        in_code, anywhere = _Unmark(md, self, "pre/code"), _Unmark(md, self, "*")
        md.treeprocessors.register(in_code, "haebom_unmark_code", _BEFORE_CODE)
        md.treeprocessors.register(anywhere, "haebom_unmark", _AFTER_INLINE)

    @property
    def has_marks(self) -> bool:
        """Whether the text has any place where a span may begin."""
        return bool(self._places)

    def mark(self, lines: Sequence[str], numbers: Sequence[int]) -> list[str]:
        """Mark where spans may begin.

        Args:
            lines: The text without its fences.
            numbers: The number of each line in the text that had them.
        """
        self._hook()
        self._places = []
        return [
            self._marked(line, number) if "`{" in line else line
            for line, number in zip(lines, numbers, strict=True)
        ]

    def _marked(self, line: str, number: int) -> str:
        first = len(self._places)

        def mark(match: re.Match[str]) -> str:
            self._places.append((number, len(self._places) - first))
            return f"{match[0]}\x02haebom:{len(self._places) - 1}\x03"

        return _CANDIDATE.sub(mark, line)

    def _hook(self) -> None:
        """Stand before the reader of code spans; another extension may have put in its own."""
        reader: Any = self._md.inlinePatterns["backtick"]
        if reader is self._hooked:
            return
        self._hooked = reader
        original = reader.handleMatch

        def handle(match: re.Match[str], data: str) -> Any:
            found = _SPAN.match(data, match.start())
            element = self._visitor.span(self._span(found)) if found else None
            if found is None or element is None:
                return original(match, data)
            return element, found.start(), found.end()

        reader.handleMatch = handle

    def _span(self, match: re.Match[str]) -> Span:
        number = int(match["number"])
        line, nth = self._places[number]
        text = " ".join(match["text"].split("\n"))
        return Span(number, line, nth, match["opening"], text.strip(), text[:1].isspace())


class _Unmark(Treeprocessor):
    """Takes the marks away: from code before it is highlighted, and in the end from everything."""

    def __init__(self, md: Markdown, spans: Spans, where: str) -> None:
        super().__init__(md)
        self.spans = spans
        self.where = where

    def run(self, root: ElementTree.Element) -> None:
        if not self.spans.has_marks:
            return
        blocks: list[Any] = self.md.htmlStash.rawHtmlBlocks
        blocks[:] = [_MARK.sub("", b) if isinstance(b, str) else b for b in blocks]
        for element in root.iterfind(f".//{self.where}"):
            for name, value in element.attrib.items():
                element.set(name, _MARK.sub("", value))
            element.text, element.tail = _unmarked(element.text), _unmarked(element.tail)


def _unmarked(text: str | None) -> str | None:
    """The text without marks, and otherwise the very object: it may be one that is not read."""
    return _MARK.sub("", text) if text and _MARK.search(text) else text


def column(line: str, nth: int) -> int:
    """Column, from 1, of the backtick of the n-th place on a line where a span may begin."""
    starts = [match.start() for match in _CANDIDATE.finditer(line)]
    return starts[nth] + 1 if nth < len(starts) else 1
