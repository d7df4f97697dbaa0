"""Spans of kramdown that are marked by signs: emphasis, code, formulas, breaks, escapes."""

from __future__ import annotations

import re

from haebom.importers.kramdown.nodes import Node
from haebom.importers.kramdown.spanreader import SpanReader

_ESCAPED = re.compile(r"\\([\\.*_+`<>()\[\]{}#!:|\"'$=~-])")
_DELIMITER = re.compile(r"\*\*?|__?")
_TICKS = re.compile(r"`+")
_WORD_BEFORE = re.compile(r"[^\W\d_]-?[^\W\d_]*_*\Z")
_MATH = re.compile(r"\$\$(.*?)\$\$", re.DOTALL)
_DOLLAR = re.compile(r"\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?![\w{$])")
_TEX = re.compile(r"[\\^_{}=<>+*/]|\A[^\W\d_]'?\Z")
_BACKSLASHED = re.compile(r"\\\\\((.+?)\\\\\)|\\\\\[(.+?)\\\\\]", re.DOTALL)
_BREAK = re.compile(r"(  |\\\\)(?=\n)")
_GFM_BREAK = re.compile(r"\\(?=\n)")
_LINE_END = re.compile(r"[ \\]*\n")
_STRUCK = re.compile(r"~~(?!\s|~).*?[^\s~]~~", re.DOTALL)
_ENTITY = re.compile(r"&(?:[A-Za-z][\w.:-]*|#\d+|#x[0-9a-fA-F]+);")


def unescaped(text: str) -> str:
    """Text without the backslashes that take meaning from signs."""
    return _ESCAPED.sub(r"\1", text)


def read_emphasis(reader: SpanReader, nodes: list[Node]) -> bool:
    """``*``, ``_`` and their doubles."""
    match = reader.at(_DELIMITER)
    if match is None:
        return False
    start, sign = reader.pos, match[0]
    kind = "strong" if len(sign) == 2 else "em"
    reader.pos = match.end()
    before = reader.source[max(start - 40, 0) : start]
    is_text = (
        (sign[0] == "_" and bool(_WORD_BEFORE.search(before)))
        or reader.source[reader.pos : reader.pos + 1].isspace()
        or kind in reader.open
        or reader.is_deep
    )
    found = None if is_text else _emphasised(reader, sign, kind)
    if found is None and not is_text and kind == "strong" and "em" not in reader.open:
        reader.pos = start + 1
        found = _emphasised(reader, sign[0], "em")
    if found is not None:
        nodes.append(found)
    else:
        reader.pos = start + len(sign)
        reader.add_text(nodes, sign)
    return True


def _emphasised(reader: SpanReader, sign: str, kind: str) -> Node | None:
    start, attempt = reader.pos, reader.attempt(sign)
    closing = re.compile(rf"(?<![\s]){re.escape(sign)}")
    if attempt in reader.hopeless or not closing.search(reader.source, start + 1):
        return None
    node = Node(kind, reader.line, raw=sign)

    def stop(inside: list[Node]) -> bool:
        source, here = reader.source, reader.pos
        if not inside or not source.startswith(sign, here) or source[here - 1].isspace():
            return False
        behind = here + len(sign)
        is_double = source.startswith(sign, behind) and not source.startswith(sign, behind + 1)
        is_inner = sign[0] == "_" and source[behind : behind + 1].isalnum()
        return not (kind == "em" and is_double) and not is_inner

    reader.open.append(kind)
    found = reader.read_until(node.children, stop, reader.scope.spans)
    reader.open.pop()
    if not found:
        reader.give_up(attempt)
        return None
    reader.pos += len(sign)
    return node


def read_struck(reader: SpanReader, nodes: list[Node]) -> bool:
    """Text that is struck out, where kramdown reads like GitHub."""
    match = reader.at(_STRUCK) if reader.scope.dialect.gfm else None
    if match is None:
        return False
    inside = reader.text.cut(match.start() + 2, match.end() - 2)
    node = Node("del", reader.line, raw="~~", children=SpanReader(reader.scope, inside).read())
    return reader.add(nodes, node, match.end())


def read_code(reader: SpanReader, nodes: list[Node]) -> bool:
    """Code between backticks."""
    match = reader.at(_TICKS)
    if match is None:
        return False
    start, ticks, inner = reader.pos, match[0], match.end()
    before, after = reader.source[start - 1 : start], reader.source[inner : inner + 1]
    end = reader.source.find(ticks, inner)
    if end < 0 or (len(ticks) == 1 and after.isspace() and (start == 0 or before.isspace())):
        reader.add_text(nodes, ticks)
        reader.pos = inner
        return True
    value = reader.source[inner:end]
    if len(ticks) > 1:
        value = value.removeprefix(" ").removesuffix(" ")
    return reader.add(nodes, Node("code", reader.line, value), end + len(ticks))


def read_math(reader: SpanReader, nodes: list[Node]) -> bool:
    """A formula: in double dollars, or as MathJax finds it in the text."""
    if match := reader.at(_MATH):
        return reader.add(nodes, Node("math", reader.line, match[1].strip()), match.end())
    if match := reader.at(_BACKSLASHED):
        value = unescaped(match[1] or match[2]).strip()
        node = Node("math", reader.line, value, level=2 if match[2] else 0)
        return reader.add(nodes, node, match.end())
    dialect = reader.scope.dialect
    match = reader.at(_DOLLAR) if dialect.single_dollars else None
    if match is None or not (dialect.is_tex or _TEX.search(match[1])):
        return False
    return reader.add(nodes, Node("math", reader.line, match[1]), match.end())


def read_entity(reader: SpanReader, nodes: list[Node]) -> bool:
    """A character by its name in HTML."""
    match = reader.at(_ENTITY)
    return match is not None and reader.add(
        nodes, Node("entity", reader.line, match[0]), match.end()
    )


def read_break(reader: SpanReader, nodes: list[Node]) -> bool:
    """The end of a line that breaks it."""
    dialect = reader.scope.dialect
    if dialect.hard_wrap:
        match = reader.at(_LINE_END)
        if match is None:
            return False
        reader.add(nodes, Node("br", reader.line), match.end())
        reader.add_text(nodes, "\n")
        return True
    match = reader.at(_BREAK) or (reader.at(_GFM_BREAK) if dialect.gfm else None)
    return match is not None and reader.add(nodes, Node("br", reader.line), match.end())


def read_escaped(reader: SpanReader, nodes: list[Node]) -> bool:
    """A sign that means itself."""
    match = reader.at(_ESCAPED)
    if match is None or (match[1] == "~" and not reader.scope.dialect.gfm):
        return False
    reader.add_text(nodes, match[1], match[0])
    reader.pos = match.end()
    return True
