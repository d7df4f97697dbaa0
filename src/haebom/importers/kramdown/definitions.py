"""What a kramdown document defines besides what it shows, and its extensions."""

from __future__ import annotations

import re
from dataclasses import replace

from haebom.importers.kramdown import grammar
from haebom.importers.kramdown.nodes import LinkTarget, Node
from haebom.importers.kramdown.reader import Reader

_QUOTED = re.compile(r"[ \t]+[\"']")
_WITH_LISTS = frozenset({"link", "abbreviation", "footnote"})


def read_footnote(reader: Reader) -> bool:
    """A footnote."""
    match = reader.at(grammar.FOOTNOTE)
    if match is None:
        return False
    label, line = match[1], reader.line
    inside = reader.text.cut(match.start(2), match.end(2))
    node = Node("footnote", line, name=label)
    reader.inner(node, inside.each(lambda text: grammar.without(grammar.INDENTED, text)))
    if label in reader.scope.document.footnotes:
        reader.scope.problem(line, f"The footnote {label!r} is defined twice; the last one counts.")
    reader.scope.document.footnotes[label] = node
    reader.add(Node("boundary", line, label, name="footnote"))
    reader.pos = match.end()
    return True


def read_link(reader: Reader) -> bool:
    """Where a link leads."""
    match = reader.at(grammar.LINK)
    if match is None or _QUOTED.search(match[3] or ""):
        return False
    label = grammar.label(match[1])
    url = match[2] if match[2] is not None else match[3]
    reader.scope.document.links[label] = LinkTarget(url, match[5], {})
    boundary = reader.add(Node("boundary", reader.line, match[1], name="link"))
    reader.scope.boundaries[label] = boundary
    reader.pos = match.end()
    return True


def read_abbreviation(reader: Reader) -> bool:
    """What an abbreviation stands for."""
    match = reader.at(grammar.ABBREVIATION)
    if match is None:
        return False
    reader.scope.document.abbreviations[match[1]] = match[2].strip()
    reader.add(Node("boundary", reader.line, match[1], name="abbreviation"))
    reader.pos = match.end()
    return True


def read_extension(reader: Reader) -> bool:
    """An attribute list, for the block before or after it or with a name, or an extension."""
    if match := reader.at(grammar.DEFINED_LIST):
        named = reader.scope.named
        named[match[1]] = f"{named.get(match[1], '')} {match[2]}".strip()
        reader.add(Node("boundary", reader.line, name="named"))
        reader.pos = match.end()
        return True
    if match := reader.at(grammar.EXTENSION_BLOCK):
        return _extension(reader, match)
    if match := reader.at(grammar.ATTRIBUTE_LIST):
        _attribute_list(reader, match)
        return True
    return False


def _attribute_list(reader: Reader, match: re.Match[str]) -> None:
    last, line = reader.last, reader.line
    reader.pos = match.end()
    belongs = last is not None and last.kind != "blank"
    if belongs and last is not None and last.kind == "boundary":
        belongs = last.name in _WITH_LISTS
    if last is None or not belongs:
        reader.pending.append(match[1])
        return
    last.marks.append(match[1])
    if not reader.at(grammar.ATTRIBUTE_LIST):
        reader.add(Node("boundary", line, name="list"))


def _extension(reader: Reader, match: re.Match[str]) -> bool:
    name, options, is_void = match[1], match[2] or "", match[3]
    start, line = reader.pos, reader.line
    body = ""
    reader.pos = match.end()
    if not is_void:
        end = re.compile(
            rf"^{grammar.OPT}\{{:/(?:{re.escape(name)})?\}}[^\S\n]*\n", re.MULTILINE
        ).search(reader.source, reader.pos)
        if end is None:
            reader.scope.problem(line, f"The extension {{::{name}}} has no end.")
            reader.pos = start
            return False
        body = reader.source[reader.pos : end.start()].removesuffix("\n")
        reader.pos = end.end()
    if name == "comment":
        reader.tree.children.append(Node("comment", line, body, level=1))
    elif name == "nomarkdown":
        kinds = grammar.value_of(options, "type")
        if not kinds or "html" in kinds.split():
            reader.tree.children.append(Node("raw", line, body, level=1))
        else:
            reader.scope.problem(line, f"What is there for {kinds} only is left out.")
    elif name == "options":
        inside = grammar.value_of(options, "parse_block_html")
        if inside:
            reader.scope.dialect = replace(reader.scope.dialect, block_html=inside == "true")
        reader.scope.problem(line, f"The options {{::options {options}}} are left out.")
        reader.add(Node("boundary", line, name="options"))
    else:
        reader.scope.problem(line, f"There is no extension {{::{name}}}.")
        reader.pos = start
        return False
    return True
