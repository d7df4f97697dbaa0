"""HTML among the blocks of kramdown."""

from __future__ import annotations

import re

from haebom.importers.kramdown import grammar
from haebom.importers.kramdown.nodes import Node
from haebom.importers.kramdown.reader import ElementEnd, Reader

_MODELS = {"0": "raw", "1": "", "span": "span", "block": "block"}
_BLANKS = re.compile(r"[ \t]*\n")


def read_html(reader: Reader) -> bool:
    """An element, an end tag or a comment at the beginning of a line."""
    indent = grammar.OPT_INDENT.match(reader.source, reader.pos)
    at = indent.end() if indent else reader.pos
    if comment := grammar.COMMENT.match(reader.source, at):
        reader.add(Node("comment", reader.line, comment[1], raw=comment[0], level=1))
        reader.pos = comment.end()
        _skip_blanks(reader)
        return True
    if tag := grammar.OPEN_TAG.match(reader.source, at):
        if tag[1].lower() in grammar.SPANS:
            return False
        _element(reader, tag)
        return True
    end = grammar.CLOSE_TAG.match(reader.source, at)
    if end and reader.tree.kind == "html" and reader.tree.name == _name(end[1]):
        reader.pos = end.end()
        raise ElementEnd
    return False


def _name(name: str) -> str:
    return name.lower() if name.lower() in grammar.KNOWN else name


def _skip_blanks(reader: Reader) -> None:
    blanks = reader.at(_BLANKS)
    if blanks:
        reader.pos = blanks.end()


def _element(reader: Reader, tag: re.Match[str]) -> None:
    """Read an element with all that is inside."""
    name = _name(tag[1])
    attributes = grammar.html_attributes(tag[2], name in grammar.KNOWN)
    node = Node("html", reader.line, name=name, raw=tag[0], attributes=attributes, level=1)
    is_within_raw = reader.tree.kind == "html" and reader.tree.model == "raw"
    node.model = (
        grammar.inside(name) if reader.scope.dialect.block_html and not is_within_raw else "raw"
    )
    asked = _MODELS.get(attributes.pop("markdown", ""))
    if asked is not None:
        node.model = asked or grammar.inside(name)
    node.is_void = bool(tag[3]) or name in grammar.VOID
    reader.add(node)
    reader.pos = tag.end()
    if reader.is_deep:
        node.is_void = True
    if name in ("script", "style"):
        _verbatim(reader, node)
    elif not node.is_void:
        _content(reader, node)
    if not is_within_raw:
        _skip_blanks(reader)


def _content(reader: Reader, node: Node) -> None:
    if node.model == "block":
        _skip_blanks(reader)
        is_closed = reader.inside(node)
    elif node.model == "span":
        is_closed = _spans(reader, node)
    else:
        is_closed = _raw(reader, node)
    if not is_closed:
        reader.scope.problem(node.line, f"<{node.name}> has no end tag; it ends with its parent.")


def _end(node: Node) -> re.Pattern[str]:
    return re.compile(rf"</{re.escape(node.name)}\s*>", re.IGNORECASE)


def _spans(reader: Reader, node: Node) -> bool:
    end = _end(node).search(reader.source, reader.pos)
    stop = end.start() if end else len(reader.source)
    node.inline = reader.text.cut(reader.pos, stop)
    reader.pos = end.end() if end else stop
    return bool(end)


def _verbatim(reader: Reader, node: Node) -> None:
    """A script or a style sheet."""
    node.model = "raw"
    end = _end(node).search(reader.source, reader.pos)
    stop = end.start() if end else len(reader.source)
    raw = reader.source[reader.pos : stop]
    node.children.append(Node("raw", reader.line, raw, raw=raw))
    reader.pos = end.end() if end else stop


def _raw(reader: Reader, node: Node) -> bool:
    """HTML that is left alone, but for elements in it that ask to be read."""
    outer, reader.tree = reader.tree, node
    reader.depth += 1
    try:
        while reader.pos < len(reader.source):
            sign = grammar.HTML_SIGN.search(reader.source, reader.pos)
            stop = sign.start() if sign else len(reader.source)
            _add_raw(node, reader, stop)
            if sign is None:
                return False
            if comment := reader.at(grammar.COMMENT):
                node.children.append(Node("comment", reader.line, comment[1], raw=comment[0]))
                reader.pos = comment.end()
            elif tag := reader.at(grammar.OPEN_TAG):
                _element(reader, tag)
            elif (end := reader.at(grammar.CLOSE_TAG)) and _name(end[1]) == node.name:
                reader.pos = end.end()
                return True
            else:
                _add_raw(node, reader, end.end() if end else reader.pos + 1)
    finally:
        reader.tree = outer
        reader.depth -= 1
    return False


def _add_raw(node: Node, reader: Reader, stop: int) -> None:
    if stop > reader.pos:
        raw = reader.source[reader.pos : stop]
        node.children.append(Node("raw", reader.line, raw.replace("<", "&lt;"), raw=raw))
        reader.pos = stop
