"""Blocks of kramdown without blocks inside, and quotes."""

from __future__ import annotations

import re

from haebom.importers.kramdown import grammar
from haebom.importers.kramdown.nodes import Node
from haebom.importers.kramdown.reader import Reader
from haebom.importers.text import Text

_INDENT = re.compile(r"^(?:\t| {4})", re.MULTILINE)
_LAZY_CODE = re.compile(r"\n( {0,3}\S)")


def read_blank(reader: Reader) -> bool:
    """Blank lines."""
    match = reader.at(grammar.BLANK)
    if match is None:
        return False
    if reader.last is not None and reader.last.kind == "blank":
        reader.last.text += match[0]
    else:
        reader.add(Node("blank", reader.line, match[0]))
    reader.pos = match.end()
    return True


def read_boundary(reader: Reader) -> bool:
    """A ``^`` on its own line, which parts what would be one block."""
    return _simple(reader, grammar.BOUNDARY, "boundary")


def read_rule(reader: Reader) -> bool:
    """A horizontal rule."""
    return _simple(reader, grammar.RULE, "hr")


def _simple(reader: Reader, pattern: re.Pattern[str], kind: str) -> bool:
    match = reader.at(pattern)
    if match is not None:
        reader.add(Node(kind, reader.line))
        reader.pos = match.end()
    return match is not None


def read_indented(reader: Reader) -> bool:
    """Indented code; blank lines and lines that lazily go on are part of it."""
    if not reader.at(grammar.INDENTED):
        return False
    start, line = reader.pos, reader.line
    while _code_lines(reader):
        pass
    code = _INDENT.sub("", _LAZY_CODE.sub(r" \1", reader.source[start : reader.pos]))
    reader.add(Node("pre", line, code))
    return True


def _code_lines(reader: Reader) -> bool:
    start = reader.pos
    blank = reader.at(grammar.BLANK)
    reader.pos = blank.end() if blank else start
    code = reader.at(grammar.CODE_LINE)
    if code is None:
        reader.pos = start
        return False
    reader.pos = code.end()
    while not reader.ends_lazily() and not reader.at(grammar.INDENTED):
        reader.pos = reader.line_end()
    return True


def read_fence(reader: Reader) -> bool:
    """Code between fences; backticks are fences where kramdown reads like GitHub."""
    match = reader.at(grammar.FENCE_GFM if reader.scope.dialect.gfm else grammar.FENCE)
    if match is None:
        return False
    reader.add(Node("pre", reader.line, match[3], raw=match[1], name=match[2]))
    reader.pos = match.end()
    return True


def read_quote(reader: Reader) -> bool:
    """A quotation; its last paragraph may lazily go on."""
    if not reader.at(grammar.QUOTE):
        return False
    start, line = reader.pos, reader.line
    reader.pos = reader.line_end()
    while not reader.ends_lazily():
        reader.pos = reader.line_end()
    inside = reader.text.cut(start, reader.pos)
    node = reader.add(Node("blockquote", line))
    reader.inner(node, inside.each(lambda text: grammar.without(grammar.QUOTE, text)))
    return True


def read_heading(reader: Reader) -> bool:
    """A heading that begins with number signs."""
    gfm = reader.scope.dialect.gfm
    match = reader.at(grammar.ATX_GFM if gfm else grammar.ATX)
    if match is None or not (gfm or reader.after_boundary()):
        return False
    closing = r"[\t ]#+\Z" if gfm else r"(?<!\\)#+\Z"
    return _heading(reader, match, match[2], len(match[1]), closing)


def read_underlined(reader: Reader) -> bool:
    """A heading that is underlined."""
    match = reader.at(grammar.SETEXT)
    if match is None or not reader.after_boundary():
        return False
    return _heading(reader, match, match[1], 1 if match[2] == "=" else 2)


def _heading(
    reader: Reader, match: re.Match[str], text: str, level: int, closing: str = ""
) -> bool:
    text = text.rstrip()
    named = grammar.HEADING_ID.search(text)
    text = text[: named.start()].rstrip() if named else text
    text = re.sub(closing, "", text).rstrip() if closing else text
    if not text:
        return False
    attributes = {"id": named[1]} if named else {}
    inline = Text(text, [reader.line])
    reader.add(Node(f"h{level}", reader.line, level=level, inline=inline, attributes=attributes))
    reader.pos = match.end()
    return True


def read_formula(reader: Reader) -> bool:
    """A formula between double dollars that is a block of its own."""
    match = reader.at(grammar.MATH)
    if match is None or match[1] or not reader.after_boundary():
        return False
    start, line = reader.pos, reader.line
    reader.pos = match.end()
    if not reader.before_boundary():
        reader.pos = start
        return False
    reader.add(Node("math", line, match[2].strip(), level=1))
    return True


def read_paragraph(reader: Reader) -> bool:
    """A paragraph, or more lines of the one before."""
    match = reader.at(grammar.PARAGRAPH)
    if match is None:
        return False
    begin, start = reader.pos, match.end()
    line = reader.line
    reader.pos = reader.line_end()
    while not reader.ends_paragraph():
        reader.pos = reader.line_end()
    end = len(reader.source[: reader.pos].rstrip())
    piece = reader.text.cut(start, end)
    last = reader.last
    if last is None or last.kind != "p" or last.inline is None:
        reader.add(Node("p", line, inline=piece))
        return True
    joiner = "  \n" if reader.source[max(begin - 3, 0) : begin] == "  \n" else "\n"
    before = last.inline
    last.inline = Text(before.content + joiner + piece.content, [*before.origins, *piece.origins])
    return True
