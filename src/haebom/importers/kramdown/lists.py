"""Lists of kramdown: bulleted, numbered, and of terms with their meanings."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from haebom.importers.kramdown import grammar
from haebom.importers.kramdown.nodes import Node
from haebom.importers.kramdown.reader import Reader
from haebom.importers.text import Text

_SIGNS = {"ul": "[+*-]", "ol": r"\d+\.", "dl": ":"}
_ONLY_LIST = re.compile(rf"(?:{grammar.ITEM_LIST.pattern})?\s*\Z")
_TABS = re.compile(r"^( *)(\t+)")
_INDENT = re.compile(r" *")


@dataclass(slots=True)
class _Item:
    """An item while its lines are collected; its parts are read one after the other."""

    node: Node
    indent: int
    parts: list[list[tuple[str, int]]] = field(default_factory=lambda: [[]])

    def texts(self) -> list[Text]:
        return [
            Text("".join(line for line, _ in part), [number for _, number in part])
            for part in self.parts
            if part
        ]

    def add(self, line: str, number: int) -> None:
        self.parts[-1].append((line, number))

    def ends_blank(self) -> bool:
        lines = [line for part in self.parts for line, _ in part]
        return bool(lines) and not lines[-1].strip()


@functools.cache
def _patterns(indent: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What an item's further lines look like, and those that lazily go on."""
    tabs, blanks = divmod(indent, 4)
    unit = r"(?:\t| {4})"
    content = rf"(?:{unit}{{{tabs}}} {{{blanks}}}|{unit}{{{tabs + 1}}}).*\S.*\n"
    mark = grammar.ATTRIBUTE_LIST.pattern.removeprefix(grammar.OPT)
    lazy = rf"(?! {{0,{min(indent, 3)}}}{mark}).*\S.*\n"
    return re.compile(content), re.compile(lazy)


@functools.cache
def _starts(kind: str, indent: int) -> re.Pattern[str]:
    """What the next item begins with."""
    return re.compile(rf"( {{0,{min(3, indent - 1)}}}{_SIGNS[kind]})([\t| ].*?\n)")


def _first_line(node: Node, sign: str, content: str) -> _Item:
    """Begin an item: how far its text is indented, and its first line."""
    indent = len(sign)
    if _ONLY_LIST.match(content):
        indent = 4
    else:
        while tabs := _TABS.match(content):
            column = len(tabs[1]) + indent
            blanks = 4 - column % 4 + (len(tabs[2]) - 1) * 4
            content = tabs[1] + " " * blanks + content[tabs.end() :]
        indent += len(_INDENT.match(content)[0])  # type: ignore[index]
    content = content.lstrip()
    mark = grammar.ITEM_LIST.match(content)
    if mark:
        node.marks.append(mark[1])
        content = content[mark.end() :]
    item = _Item(node, indent)
    item.add(content if content.endswith("\n") else content + "\n", node.line)
    return item


def _more(reader: Reader, item: _Item, may_be_lazy: bool) -> str | None:
    """A further line of an item, tabs at its beginning expanded."""
    content, lazy = _patterns(item.indent)
    match = reader.at(content)
    if match is None and may_be_lazy and not _ends_with_html(reader, item.indent):
        match = reader.at(lazy)
    if match is None:
        return None
    return re.sub(r"^\t+", lambda tabs: "    " * len(tabs[0]), match[0])


def _ends_with_html(reader: Reader, indent: int) -> bool:
    match = reader.at(grammar.HTML_LINE)
    if match is None or match[0].index("<") > indent:
        return False
    return match[1] not in grammar.SPANS and match[1] != "script"


def read_list(reader: Reader) -> bool:
    """A list of items; task lists where kramdown reads like GitHub."""
    kind = "ul" if reader.at(grammar.BULLET) else "ol" if reader.at(grammar.NUMBER) else ""
    if not kind:
        return False
    node = reader.add(Node(kind, reader.line))
    items, is_cut = _items(reader, node, kind)
    blank = _read_items(reader, items, is_cut)
    if reader.scope.dialect.gfm:
        _mark_tasks(node)
    if blank is not None and not is_cut:
        reader.tree.children.append(blank)
    return True


def _items(reader: Reader, node: Node, kind: str) -> tuple[list[_Item], bool]:
    """Collect the items' lines.

    Returns:
        The items, and whether a boundary ended the list.
    """
    items: list[_Item] = []
    start = grammar.BULLET if kind == "ul" else grammar.NUMBER
    has_nested = is_after_blank = False
    while reader.pos < len(reader.source):
        number = reader.line
        if is_after_blank and reader.at(grammar.RULE):
            break
        if boundary := reader.at(grammar.BOUNDARY):
            reader.pos = boundary.end()
            return items, True
        if match := reader.at(start):
            items.append(_first_line(Node("li", number), match[1], match[2]))
            node.children.append(items[-1].node)
            reader.pos = match.end()
            start = _starts(kind, items[-1].indent)
            has_nested = _begins_list(items[-1].parts[0][0][0])
            is_after_blank = False
        elif (line := _more(reader, items[-1], not is_after_blank)) is not None:
            reader.pos = reader.line_end()
            has_nested = _add_line(items[-1], line, number, has_nested)
            is_after_blank = False
        elif blank := reader.at(grammar.BLANK):
            for offset in range(blank[0].count("\n")):
                items[-1].add("\n", number + offset)
            reader.pos = blank.end()
            has_nested = is_after_blank = True
        else:
            break
    return items, False


def _begins_list(line: str) -> bool:
    return bool(grammar.BULLET.match(line) or grammar.NUMBER.match(line))


def _add_line(item: _Item, line: str, number: int, has_nested: bool) -> bool:
    """Add a line to an item; a list inside it begins a new part."""
    prefix = " " * item.indent
    is_indented = line.startswith(prefix)
    line = line.removeprefix(prefix)
    if _begins_list(line):
        if is_indented and not has_nested:
            item.parts.append([])
            has_nested = True
        elif not is_indented and has_nested:
            line = " " * (item.indent + 4) + line
    item.add(line, number)
    return has_nested


def _read_items(reader: Reader, items: Sequence[_Item], is_cut: bool) -> Node | None:
    """Read what is inside the items, and decide whose first paragraph is bare.

    Returns:
        The blank lines at the end of the last item.
    """
    blank = None
    for item in items:
        for text in item.texts():
            reader.inner(item.node, text)
        blocks = item.node.children
        blank = None
        if not blocks:
            continue
        first = blocks[0]
        if first.kind == "p" and first.marks and len(blocks) > 1 and blocks[1].kind == "boundary":
            del blocks[1]
        if first.kind == "p" and _is_bare(item, items, is_cut):
            first.is_bare = True
        if blocks[-1].kind == "blank":
            blank = blocks.pop()
    return blank


def _is_bare(item: _Item, items: Sequence[_Item], is_cut: bool) -> bool:
    blocks = item.node.children
    is_last = item is items[-1]
    is_tight = (
        len(blocks) < 2
        or blocks[1].kind != "blank"
        or (is_last and len(blocks) == 2 and not is_cut)
    )
    if not is_tight or not is_last or len(items) == 1:
        return is_tight
    others = (other.node.children[:1] for other in items[:-1])
    return any(not first or first[0].kind != "p" or first[0].is_bare for first in others)


def _mark_tasks(node: Node) -> None:
    """Boxes at the beginning of items."""
    for item in node.children:
        first = item.children[0] if item.children else None
        if first is None or first.kind != "p" or first.inline is None:
            continue
        box = grammar.TASK.match(first.inline.content)
        if box:
            end = len(first.inline.content)
            first.inline = first.inline.cut(box.end(), end)
            first.name = "done" if box[1] in "xX" else "task"


def read_meanings(reader: Reader) -> bool:
    """A list of terms, each with its meanings; the terms are the paragraph before."""
    children = reader.tree.children
    if not reader.at(grammar.MEANING) or not children:
        return False
    is_parted = len(children) > 1 and children[-1].kind == "blank" and children[-1].text == "\n"
    terms = children[-2] if is_parted else children[-1]
    if terms.kind != "p" or terms.inline is None:
        return False
    del children[-2 if is_parted else -1 :]
    node = Node("dl", terms.line, marks=terms.marks)
    node.children = [_term(terms.inline, n) for n in range(terms.inline.content.count("\n") + 1)]
    blank = _read_meanings(reader, node, is_parted)
    last = children[-2:] if len(children) > 1 and children[-1].kind == "blank" else children[-1:]
    if last and last[0].kind == "dl":
        last[0].children += node.children
        del children[len(children) - len(last) + 1 :]
    else:
        children.append(node)
    if blank is not None:
        children.append(blank)
    return True


def _term(text: Text, number: int) -> Node:
    line = text.content.split("\n")[number]
    node = Node("dt", text.origins[number])
    mark = grammar.ITEM_LIST.match(line)
    if mark:
        node.marks.append(mark[1])
        line = line[mark.end() :]
    node.inline = Text(line, [node.line])
    return node


def _read_meanings(reader: Reader, node: Node, is_parted: bool) -> Node | None:
    """Collect and read the meanings.

    Returns:
        The blank lines at the end of the last one.
    """
    items: list[tuple[_Item, bool]] = []
    start = grammar.MEANING
    is_after_blank = False
    while reader.pos < len(reader.source) and not reader.at(grammar.BOUNDARY):
        number = reader.line
        if match := reader.at(start):
            items.append((_first_line(Node("dd", number), match[1], match[2]), is_parted))
            node.children.append(items[-1][0].node)
            reader.pos = match.end()
            start = _starts("dl", items[-1][0].indent)
            is_parted = is_after_blank = False
        elif (line := _more(reader, items[-1][0], not is_after_blank)) is not None:
            reader.pos = reader.line_end()
            items[-1][0].add(line.removeprefix(" " * items[-1][0].indent), number)
            is_parted = is_after_blank = False
        elif blank := reader.at(grammar.BLANK):
            for offset in range(blank[0].count("\n")):
                items[-1][0].add("\n", number + offset)
            reader.pos = blank.end()
            is_parted = is_after_blank = True
        else:
            break
    last = None
    for item, is_paragraph in items:
        for text in item.texts():
            reader.inner(item.node, text)
        blocks = item.node.children
        last = blocks.pop() if blocks and blocks[-1].kind == "blank" else None
        if blocks and blocks[0].kind == "p" and not is_paragraph:
            blocks[0].is_bare = True
    return last
