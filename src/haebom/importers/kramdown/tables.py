"""Tables of kramdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from haebom.importers.kramdown import grammar
from haebom.importers.kramdown.nodes import Node
from haebom.importers.kramdown.reader import Reader
from haebom.importers.text import Text

_CODE = re.compile(r"(<code.*?>.*?</code>)")
_SPAN = re.compile(r"(?<!\\)(`+)(.+?)(?<!`)\1(?!`)")
_ELEMENT = re.compile(r"<([^\W\d]\w*)\b[^<>]*>.*?</\1>|<[^\W\d][^<>]*>")
_PIPE = re.compile(r"(?<!\\)\|")
_ROW = re.compile(r"(.*?)[ \t]*\n")


def read_table(reader: Reader) -> bool:
    """A table; its head, and rules between its parts, are optional."""
    if not reader.at(grammar.TABLE_START) or not reader.after_boundary():
        return False
    start, line = reader.pos, reader.line
    table = Node("table", line)
    aligned = _read_rows(reader, table)
    lines = reader.source[start : reader.pos].splitlines()
    has_body = any(part.kind == "tbody" for part in table.children)
    if not reader.before_boundary() or not has_body or not all(map(_has_pipe, lines)):
        reader.pos = start
        return False
    _even_out(table, aligned)
    reader.add(table)
    return True


def _read_rows(reader: Reader, table: Node) -> list[str]:
    """Read the rows into the parts of a table.

    Returns:
        How the columns are aligned.
    """
    rows: list[Node] = []
    aligned: list[str] = []
    has_foot = False
    begins_with_pipe = reader.source[reader.pos :].lstrip(" ").startswith("|")

    def close(kind: str) -> None:
        if rows:
            table.children.append(Node(kind, rows[0].line, children=list(rows)))
            rows.clear()

    first_rule = reader.at(grammar.TABLE_RULE)
    if first_rule:
        reader.pos = first_rule.end()
    while reader.pos < len(reader.source) and reader.at(grammar.TABLE_LINE):
        if rule := reader.at(grammar.TABLE_RULE):
            reader.pos = rule.end()
            if rows and not aligned and not has_foot:
                close("thead")
                aligned = list(_alignments(rule[1]))
            elif not has_foot:
                close("tbody")
        elif foot := reader.at(grammar.TABLE_FOOT):
            reader.pos = foot.end()
            close("tbody")
            has_foot = True
        else:
            match = reader.at(_ROW)
            assert match is not None  # it matches any line
            rows.append(_row(match[1], reader.line, begins_with_pipe))
            reader.pos = match.end()
    close("tfoot" if has_foot else "tbody")
    return aligned


def _alignments(rule: str) -> Iterator[str]:
    for left, right in grammar.TABLE_ALIGN.findall(rule):
        yield {(":", ":"): "center", (":", ""): "left", ("", ":"): "right"}.get((left, right), "")


def _row(source: str, line: int, begins_with_pipe: bool) -> Node:
    cells = [""]
    for number, part in enumerate(_CODE.split(source)):
        if number % 2:
            cells[-1] += part
            continue
        position = 0
        for span in _SPAN.finditer(part):
            _split(cells, part[position : span.start()])
            cells[-1] += span[0]
            position = span.end()
        _split(cells, part[position:])
    if begins_with_pipe and not cells[0].strip():
        del cells[0]
    if cells and not cells[-1].strip():
        del cells[-1]
    row = Node("tr", line)
    row.children = [Node("td", line, inline=Text(cell.strip(), [line])) for cell in cells]
    return row


def _split(cells: list[str], text: str) -> None:
    first, *others = (piece.replace("\\|", "|") for piece in _PIPE.split(text))
    cells[-1] += first
    cells.extend(others)


def _has_pipe(line: str) -> bool:
    """Whether a line is parted anywhere outside of code and elements."""
    return bool(_PIPE.search(_ELEMENT.sub("", _SPAN.sub("", line))))


def _even_out(table: Node, aligned: Sequence[str]) -> None:
    rows = [row for part in table.children for row in part.children]
    width = max(len(row.children) for row in rows)
    for part in table.children:
        for row in part.children:
            missing = width - len(row.children)
            row.children += [Node("td", row.line, inline=Text("", [row.line]))] * missing
            row.children = [_cell(c, part.kind, n, aligned) for n, c in enumerate(row.children)]


def _cell(cell: Node, part: str, number: int, aligned: Sequence[str]) -> Node:
    side = aligned[number] if number < len(aligned) else ""
    return Node(
        "th" if part == "thead" else "td",
        cell.line,
        inline=cell.inline,
        attributes={"style": f"text-align: {side}"} if side else {},
    )
