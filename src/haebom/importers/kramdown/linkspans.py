"""Spans of kramdown that lead somewhere: links, images, footnotes."""

from __future__ import annotations

import re
from html import unescape

from haebom.importers.kramdown import grammar
from haebom.importers.kramdown.marks import unescaped
from haebom.importers.kramdown.nodes import Node
from haebom.importers.kramdown.spanreader import SpanReader

_AUTOLINK = re.compile(r"<((mailto|https?|ftps?):.+?|[\w.-]+?@[\w.-]+?)>")
_FOOTNOTE = re.compile(r"\[\^(\w[\w-]*)\]")
_LINK = re.compile(r"!?\[(?=[^^])")
_BRACKET = re.compile(r"(\])|!?\[")
_REFERENCE = re.compile(r"\s*?\[([^\]]+)?\]")
_ANGLED = re.compile(r"\(<(.*?)>")
_PAREN = re.compile(r"(\()|(\))|\s(?=['\"])")
_TITLE = re.compile(r"\s*?([\"'])(.+?)\1\s*?\)", re.DOTALL)


def read_autolink(reader: SpanReader, nodes: list[Node]) -> bool:
    """An address in angle brackets."""
    match = reader.at(_AUTOLINK)
    if match is None:
        return False
    address = unescape(match[1])
    shown = address.removeprefix("mailto:")
    node = Node("a", reader.line, name="auto", children=[Node("text", reader.line, shown, shown)])
    node.attributes["href"] = address if match[2] else f"mailto:{address}"
    return reader.add(nodes, node, match.end())


def read_footnote(reader: SpanReader, nodes: list[Node]) -> bool:
    """A sign that leads to a footnote."""
    match = reader.at(_FOOTNOTE)
    if match is None:
        return False
    if match[1] in reader.scope.document.footnotes:
        return reader.add(nodes, Node("footnote", reader.line, name=match[1]), match.end())
    reader.scope.document.missing.add(match[1])
    reader.problem(reader.line, f"There is no footnote {match[1]!r}.")
    reader.add_text(nodes, match[0])
    reader.pos = match.end()
    return True


def read_link(reader: SpanReader, nodes: list[Node]) -> bool:
    """A link or an image."""
    match = reader.at(_LINK)
    if match is None:
        return False
    kind = "img" if match[0].startswith("!") else "a"
    attempt = reader.attempt(kind)
    is_nested = kind == "a" and bool({"a", "img"}.intersection(reader.open))
    node = None
    if not (is_nested or reader.is_deep or attempt in reader.hopeless):
        node = _link(reader, kind, match.end())
        if node is None:
            reader.give_up(attempt)
    if node is None:
        reader.pos = match.end()
        reader.add_text(nodes, match[0])
    else:
        nodes.append(node)
    return True


def _link(reader: SpanReader, kind: str, start: int) -> Node | None:
    if reader.source.find("]", start) < 0:
        return None
    node = Node(kind, reader.line)
    reader.pos = start
    depth = 1

    def stop(inside: list[Node]) -> bool:
        nonlocal depth
        bracket = reader.at(_BRACKET)
        if bracket is None:
            return False
        depth += -1 if bracket[1] else 1
        return depth - sum(child.kind == "img" for child in inside) == 0

    reader.open.append(kind)
    found = reader.read_until(node.children, stop, reader.scope.spans)
    reader.open.pop()
    if not found:
        return None
    shown = unescaped(reader.source[start : reader.pos])
    reader.pos += 1
    reference = reader.at(_REFERENCE)
    if reference or not reader.source.startswith("(", reader.pos):
        return _reference(reader, node, shown, reference)
    target = _target(reader)
    return _linked(node, *target, shown) if target else None


def _reference(
    reader: SpanReader, node: Node, shown: str, match: re.Match[str] | None
) -> Node | None:
    label = grammar.label((match[1] if match else None) or shown)
    target = reader.scope.document.links.get(label)
    if target is None:
        return None
    if match:
        reader.pos = match.end()
    node.name = label
    node.raw = match[0].strip() if match else ""
    node.attributes.update(target.attributes)
    return _linked(node, target.url, target.title, shown)


def _target(reader: SpanReader) -> tuple[str, str | None] | None:
    """The address and title in parentheses."""
    if angled := reader.at(_ANGLED):
        reader.pos = angled.end()
        url = angled[1]
        if reader.source.startswith(")", reader.pos):
            reader.pos += 1
            return url, None
    else:
        start, depth = reader.pos, 0
        while sign := _PAREN.search(reader.source, reader.pos):
            reader.pos = sign.end()
            depth += bool(sign[1]) - bool(sign[2])
            if (sign[2] and depth == 0) or not (sign[1] or sign[2]):
                break
        url = reader.source[start + 1 : reader.pos - 1].strip()
        if depth == 0:
            return url, None
    title = reader.at(_TITLE)
    if title is None:
        return None
    reader.pos = title.end()
    return url, title[2]


def _linked(node: Node, url: str, title: str | None, shown: str) -> Node:
    if node.kind == "a":
        node.attributes["href"] = url
    else:
        node.attributes |= {"src": url, "alt": shown}
        node.children = []
    if title:
        node.attributes["title"] = title
    return node
