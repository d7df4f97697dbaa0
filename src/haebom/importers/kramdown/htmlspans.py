"""HTML, attribute lists and extensions within a line of kramdown."""

from __future__ import annotations

import re

from haebom.importers.kramdown import grammar
from haebom.importers.kramdown.nodes import Node
from haebom.importers.kramdown.spanreader import SpanReader

_ANGLES = re.compile(r"\\?(<<|>>)")
_MODELS = {"0": False, "1": True, "span": True}


def read_angles(reader: SpanReader, nodes: list[Node]) -> bool:
    """Two angle brackets are guillemets, and begin no tag."""
    match = reader.at(_ANGLES)
    if match is None:
        return False
    reader.add_text(nodes, match[1], match[0])
    reader.pos = match.end()
    return True


def read_html(reader: SpanReader, nodes: list[Node]) -> bool:
    """A comment, or an element that may stand within a line."""
    if match := reader.at(grammar.COMMENT):
        return reader.add(nodes, Node("comment", reader.line, match[1]), match.end())
    if match := reader.at(grammar.CLOSE_TAG):
        reader.add_text(nodes, match[0])
        reader.pos = match.end()
        return True
    match = reader.at(grammar.OPEN_TAG)
    if match is None:
        return False
    name = match[1].lower() if match[1].lower() in grammar.KNOWN else match[1]
    if grammar.is_block(name) or reader.is_deep:
        reader.add_text(nodes, match[0])
        reader.pos = match.end()
    else:
        nodes.append(_element(reader, match, name))
    return True


def _element(reader: SpanReader, tag: re.Match[str], name: str) -> Node:
    node = Node("html", reader.line, raw=tag[0], name=name)
    node.attributes = grammar.html_attributes(tag[2], name in grammar.KNOWN)
    is_read = grammar.inside(name) != "raw" and "raw" not in reader.open
    is_read = _MODELS.get(node.attributes.pop("markdown", ""), is_read)
    node.model = "span" if is_read else "raw"
    node.is_void = bool(tag[3]) or name in grammar.VOID
    reader.pos = tag.end()
    if node.is_void:
        return node
    end = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE if name in grammar.KNOWN else 0)
    reader.open.append(node.model)
    spans = reader.scope.spans if is_read else {"<": (read_html,)}
    found = reader.read_until(node.children, lambda _: bool(reader.at(end)), spans)
    reader.open.pop()
    if not is_read:
        node.children = [_verbatim(child) for child in node.children]
    closing = reader.at(end)
    if found and closing is not None:
        reader.pos = closing.end()
    else:
        reader.problem(node.line, f"<{name}> has no end tag; it ends with its paragraph.")
    return node


def _verbatim(node: Node) -> Node:
    """Text within an element that is left alone."""
    if node.kind != "text":
        return node
    return Node("raw", node.line, node.raw.replace("<", "&lt;"), raw=node.raw)


def read_list(reader: SpanReader, nodes: list[Node]) -> bool:
    """An attribute list, for the span before it, or an extension."""
    if not reader.source.startswith("{:", reader.pos):
        return False
    if match := reader.at(grammar.EXTENSION_SPAN):
        return _extension(reader, nodes, match)
    match = reader.at(grammar.SPAN_LIST)
    if match is None or not nodes or nodes[-1].kind == "text":
        return False
    if nodes[-1].kind == "img" and "standalone" in match[1].split():
        nodes[-1].name = "standalone"
    grammar.apply(nodes[-1].attributes, match[1], reader.scope.named)
    reader.pos = match.end()
    return True


def _extension(reader: SpanReader, nodes: list[Node], match: re.Match[str]) -> bool:
    name, options, is_void = match[1], match[2] or "", match[3]
    if name not in ("comment", "nomarkdown", "options"):
        return False
    body, end = "", match.end()
    if not is_void:
        closing = re.compile(rf"\{{:/(?:{name})?\}}").search(reader.source, end)
        if closing is None:
            return False
        body, end = reader.source[end : closing.start()], closing.end()
    if name == "comment" and not is_void:
        nodes.append(Node("comment", reader.line, body))
    elif name == "nomarkdown" and not is_void:
        kinds = grammar.value_of(options, "type")
        if not kinds or "html" in kinds.split():
            nodes.append(Node("raw", reader.line, body))
        else:
            reader.problem(reader.line, f"What is there for {kinds} only is left out.")
    elif name == "options":
        reader.problem(reader.line, f"The options {{::options {options}}} are left out.")
    reader.pos = end
    return True
