"""Cells, expressions and links of a Markdown text, found by converting it with the site's own
extensions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from markdown import Markdown

from haebom import expressions, options, spans
from haebom.fences import PYTHON, Fence, Highlight, install
from haebom.model import (
    Cell,
    CellOptions,
    Code,
    Expression,
    Finding,
    Link,
    Location,
    Mode,
    Recorded,
    Stream,
    digest,
)

_LOOKS_LIKE_FENCE = r"^(?P<prefix>[ \t>]*)(?:`{{3,}}|~{{3,}})[ \t]*(?:\{{[ \t]*)?\.?(?:{})\b"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Locate(Protocol):
    """Gives the place in the true source of a line and column, from 1, of the Markdown text."""

    def __call__(self, line: int, column: int | None = None) -> Location:
        """A line, or a place on it."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """The Markdown extensions of a site.

    Args:
        extensions: Names or extension objects, as Python-Markdown takes them.
        configs: Their options by name.
    """

    extensions: Sequence[Any] = ("tables", "attr_list", "admonition", "pymdownx.superfences")
    configs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def converter(self) -> Markdown:
        """A fresh Python-Markdown instance, always with superfences."""
        extensions = list(self.extensions)
        if "pymdownx.superfences" not in extensions:
            extensions.append("pymdownx.superfences")
        configs = {name: dict(options) for name, options in self.configs.items()}
        return Markdown(extensions=extensions, extension_configs=configs)


@dataclass(frozen=True, slots=True)
class Document:
    """What a Markdown text holds."""

    cells: tuple[Cell, ...] = ()
    expressions: tuple[Expression, ...] = ()
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()


def in_file(path: str, above: int = 0) -> Locate:
    """Places in a file that holds the text as it is.

    Args:
        path: Its path.
        above: How many lines stand above the text.
    """

    def locate(line: int, column: int | None = None) -> Location:
        return Location(path, above + line, column=column)

    return locate


def languages(kernel: str, language: str = "") -> tuple[str, ...]:
    """Fence languages that a kernel runs.

    Args:
        kernel: Name of the Jupyter kernel.
        language: Its language where the source says so.
    """
    if "python" in kernel or language == "python":
        return PYTHON
    named = {"ir": ("r", "R"), "bash": ("bash", "sh")}.get(kernel)
    return named or (language or kernel.split("-")[0],)


def parse(
    text: str,
    settings: Settings,
    run: Collection[str] = PYTHON,
    locate: Locate | None = None,
    is_cell: Callable[[int], bool] = lambda line: True,
) -> Document:
    """Find the cells, expressions and links of a text.

    Args:
        text: Markdown without front matter.
        settings: The site's extensions.
        run: Languages of fences that are cells.
        locate: Where lines come from; default: the text itself, as ``<text>``.
        is_cell: Whether the fence on that line is a cell, or only an illustration.
    """
    locate = locate or in_file("<text>")
    collector = _Collector(text, run)
    try:
        md = settings.converter()
        install(md, collector)
        html = md.convert(text)
    except Exception as error:
        message = f"The Markdown cannot be converted: {type(error).__name__}: {error}."
        return Document(findings=(Finding(Code.PARSE, locate(1), message),))
    visible = _COMMENT.sub("", html)
    return _Reading(collector, visible, locate, is_cell).document()


class _Collector:
    """Notes fences; leaves a token on the page where each one stands."""

    def __init__(self, text: str, run: Collection[str]) -> None:
        self.text = text
        self.run = frozenset(run)
        self.near = re.compile(
            _LOOKS_LIKE_FENCE.format("|".join(map(re.escape, sorted(run)))), re.IGNORECASE
        )
        self.fences: list[Fence] = []
        self.recorded: list[Fence] = []
        self.spans: list[spans.Span] = []
        self.others: list[tuple[str, int, int]] = []
        self.candidates: dict[int, str] = {}
        self.lines: tuple[str, ...] = ()
        self.origin: Sequence[int] = ()

    def begin(self, lines: list[str]) -> Collection[str]:
        self.lines = tuple(lines)
        self.origin = _origins(self.text.split("\n"), lines)
        for index, line in enumerate(lines):
            if self.near.match(line):
                self.candidates[index + 1] = line.strip()
        return self.run

    def visit(self, fence: Fence, highlight: Highlight) -> str:
        if fence.language in self.run:
            self.fences.append(fence)
            return f"<div>{_token(fence.index)}</div>"
        if fence.index >= 0:
            self.recorded.append(fence)
        return "<div></div>"

    def stored(self, fence: Fence, placeholder: str) -> None:
        pass

    def passed(self, language: str, line: int, end: int) -> None:
        self.others.append((language, line, end))

    def span(self, span: spans.Span) -> None:
        if self.run.issuperset(PYTHON):
            self.spans.append(span)


def _token(index: int) -> str:
    return f"haebom-cell-{index}-here"


def _origins(before: list[str], after: list[str]) -> Sequence[int]:
    """For each line that superfences sees, the line of the text that it came from, from 1.

    They differ only where a preprocessor, for instance pymdownx.snippets, put lines in.
    """
    old = [line.expandtabs(4).rstrip() for line in before]
    new = [line.expandtabs(4).rstrip() for line in after]
    if new[: len(old)] == old:
        return range(1, len(new) + 1)
    origins, last = [], 1
    matched = dict[int, int]()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for start_old, start_new, size in matcher.get_matching_blocks():
        matched.update((start_new + n, start_old + n + 1) for n in range(size))
    for index in range(len(new)):
        last = matched.get(index, last)
        origins.append(last)
    return origins


class _Reading:
    """Makes a document of what the collector noted."""

    def __init__(
        self,
        collector: _Collector,
        visible: str,
        locate: Locate,
        is_cell: Callable[[int], bool],
    ) -> None:
        self.collector = collector
        self.visible = visible
        self.locate = locate
        self.is_cell = is_cell
        self.findings: list[Finding] = []

    def document(self) -> Document:
        recorded = {fence.index: self.recorded(fence) for fence in self.collector.recorded}
        cells = tuple(self.cell(fence, recorded) for fence in self.collector.fences)
        found = tuple(self.expressions())
        self.findings += self.near_misses()
        return Document(cells, found, tuple(self.links()), tuple(self.findings))

    def at(self, line: int) -> Location:
        return self.locate(self.line(line))

    def line(self, number: int) -> int:
        """The line of the text that a line came from which superfences sees."""
        origin = self.collector.origin
        return origin[number - 1] if number <= len(origin) else number

    def place(self, span: spans.Span) -> tuple[int, int]:
        """Line and column in the text where a span begins."""
        line = self.line(span.line)
        text = self.collector.text.split("\n")[line - 1]
        return line, spans.column(text, span.nth)

    def recorded(self, fence: Fence) -> Recorded:
        first = self.at(fence.line).down(1)  # an empty fence has no line of its own to look up
        return Recorded((Stream("stdout", fence.source + "\n"),), first, True)

    def cell(self, fence: Fence, recorded: Mapping[int, Recorded]) -> Cell:
        at = self.at(min(fence.line + 1, fence.end))
        cell = Cell(
            index=fence.index,
            language=fence.language,
            source=fence.source,
            code=fence.source,
            at=at,
            digest=digest(fence.source),
            options=CellOptions(mode=Mode.IGNORE),
            lines=(self.line(fence.line), self.line(self.last_line(fence))),
        )
        if _token(fence.index) not in self.visible or not self.may_run(fence.line):
            return cell
        chosen, problems = options.from_flags(fence.flags, fence.attributes)
        if chosen.mode is Mode.IGNORE:
            return replace(cell, options=chosen)
        chosen, more = options.from_source(fence.source, chosen)
        for problem in (*problems, *more):
            where = self.at(fence.line + problem.line)
            self.findings.append(Finding(Code.OPTION, where, problem.message, problem.hint))
        return replace(
            cell,
            code=options.split(fence.source)[1],
            options=chosen,
            recorded=recorded.get(fence.index),
        )

    def may_run(self, line: int) -> bool:
        """Whether a fence on that line, as superfences counts, can be a cell."""
        return self.is_cell(self.line(line))

    def last_line(self, fence: Fence) -> int:
        own = (other.end for other in self.collector.recorded if other.index == fence.index)
        return max(own, default=fence.end)

    def expressions(self) -> Iterator[Expression]:
        for span in sorted(self.collector.spans, key=lambda span: span.number):
            place = self.place(span)
            at = self.locate(*place)
            if not span.is_expression:
                self.findings.append(_near_miss(span, at))
                continue
            after = sum(fence.line < span.line for fence in self.collector.fences)
            found = expression(span.number, span.text, after, at)
            if isinstance(found, Finding):
                self.findings.append(found)
            else:
                yield replace(found, place=place)

    def near_misses(self) -> Iterator[Finding]:
        """Fences that look as if they ran, but would silently not."""
        inside = [(f.line, f.end) for f in (*self.collector.fences, *self.collector.recorded)]
        inside += [(line, end) for _, line, end in self.collector.others]
        hidden = self.commented_out(inside)
        for language, line, _ in self.collector.others:
            right = language.lower()
            if right in self.collector.run and line not in hidden and self.may_run(line):
                yield Finding(
                    Code.NEAR_MISS,
                    self.at(line),
                    f"A fence in {language!r} does not run.",
                    f"Write {right!r}, or add {{.ignore}} to {right!r} if it is not meant to.",
                )
        for line, text in self.collector.candidates.items():
            if any(start <= line <= end for start, end in inside) or not self.may_run(line):
                continue
            if not _is_shown_as_text(text, self.visible):
                continue
            yield Finding(
                Code.NEAR_MISS,
                self.at(line),
                f"{text!r} looks like a code fence but is not one, so it would not run.",
                "Close the fence at its own indentation; write options as 'title=\"…\"' and flags"
                " in braces, for instance ```python {.no-run}.",
            )

    def commented_out(self, fences: Collection[tuple[int, int]]) -> frozenset[int]:
        """Lines of HTML comments that begin outside all fences."""
        hidden: set[int] = set()
        text = "\n".join(self.collector.lines)
        for match in _COMMENT.finditer(text):
            first = text.count("\n", 0, match.start()) + 1
            if not any(start <= first <= end for start, end in fences):
                hidden.update(range(first, first + match[0].count("\n") + 1))
        return frozenset(hidden)

    def links(self) -> Iterator[Link]:
        reader = _LinkReader()
        reader.feed(self.visible)
        reader.close()
        lines = self.collector.text.split("\n")
        for raw, is_image in dict.fromkeys(reader.found):
            parts = urlsplit(raw)
            if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
                continue
            written = {raw, unquote(raw), parts.path, unquote(parts.path)}
            line = next(
                (n for n, line in enumerate(lines, 1) if any(text in line for text in written)), 1
            )
            yield Link(unquote(parts.path), is_image, self.locate(line))


def expression(
    index: int, text: str, after: int, at: Location, key: str = ""
) -> Expression | Finding:
    """Read what stands in a span; it is a finding if it is no Python.

    The arguments are the fields of :class:`haebom.model.Expression`.
    """
    try:
        parts = expressions.parse(text)
    except SyntaxError as problem:
        message = f"{text!r} is no Python expression: {problem.msg}."
        hint = "Put it between two backticks on either side if it is not meant to be one."
        return Finding(Code.SYNTAX, at, message, hint)
    return Expression(index, text, parts.code, parts.conversion, parts.spec, after, at, key=key)


def _near_miss(span: spans.Span, at: Location) -> Finding:
    written = f"{span.opening}{' ' if span.is_apart else ''}{span.text}"
    return Finding(
        Code.NEAR_MISS,
        at,
        f"{written!r} looks like an expression but is shown as it stands.",
        f"Write '{spans.OPENING} {span.text}', or put it between two backticks on either side"
        " if it is not meant to be one.",
    )


def _is_shown_as_text(text: str, html: str) -> bool:
    """Whether a line that is no fence reached the page as running text.

    A fence in an indented code block is a quotation of Markdown; it stands in a ``pre``.
    """
    mark = re.sub(r"[`~{}.]", " ", text.lstrip("> \t")).split()
    pattern = r"[^<]*?".join(map(re.escape, mark))
    outside = re.sub(r"<pre\b.*?</pre>", "", html, flags=re.DOTALL)
    unescaped = outside.replace("&quot;", '"').replace("&amp;", "&")
    return bool(re.search(pattern, unescaped))


class _LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = {"a": "href", "img": "src"}.get(tag)
        value = dict(attrs).get(name or "")
        if name and value:
            self.found.append((value, tag == "img"))
