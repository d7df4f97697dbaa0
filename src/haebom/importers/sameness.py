"""Whether two pieces of HTML show the same.

They are brought to a normal form: what tools add for themselves (highlighting, anchors of
headings, back links of footnotes, the boxes of task lists) is taken away, white space that a
browser does not show is gone, and a formula is its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

import lxml.html
from lxml import etree

_SPACE = re.compile(r"[\s\u200b]+")
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdo", "big", "br", "button", "cite", "code", "del", "dfn",
    "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "q", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
})  # fmt: skip
_OWN_CLASSES = re.compile(
    r"^(?:footnote\S*|reversefootnote|headerlink|task-list\S*|language-\S+|highlight\S*|arithmatex"
    r"|uri|email|glightbox|tabbed-\S+)$"
)
_TOOLS = frozenset({"headerlink", "footnote-backref", "reversefootnote", "task-list-indicator"})
_OWN_ATTRIBUTES = frozenset({"markdown", "rel", "role", "data-search-exclude"})

_FORMULA = re.compile(r"(\\\[.*?\\\]|\\\(.*?\\\))", re.DOTALL)

Tree = tuple[str, tuple[tuple[str, str], ...], tuple["Tree | str", ...]]
"""An element: its name, its attributes, and what is inside."""


def normal(html: str, is_strict: bool = False) -> Tree:
    """The normal form of a piece of HTML.

    Args:
        html: What stands within ``<body>``.
        is_strict: Whether it counts, too, if items of lists are paragraphs and single elements
            stand in one, how headings are named, what abbreviations stand for, and the parts of
            tables.
    """
    return _element(_body(html), is_strict)


def words(html: str) -> list[str]:
    """The words that a reader sees."""
    root = _body(html)
    etree.strip_elements(root, "script", "style", etree.Comment, with_tail=False)
    return " ".join(root.itertext()).split()


def _body(html: str) -> etree._Element:
    return lxml.html.document_fromstring(f"<html><body>{html}</body></html>").body


def _element(node: etree._Element, is_strict: bool) -> Tree:
    name = str(node.tag)
    if "toc" in node.get("class", "").split():
        return ("toc", (), ())
    if name == "pre" or (name == "div" and node.find(".//pre") is not None and _is_code(node)):
        numbered = node.find(".//td[@class='code']")  # beside the numbers of its lines
        text = "".join((node if numbered is None else numbered).itertext()).expandtabs(4)
        return ("pre", (), ("\n".join(line.rstrip() for line in text.strip("\n").split("\n")),))
    return (name, tuple(_attributes(node, is_strict)), tuple(_inside(node, name, is_strict)))


def _is_code(node: etree._Element) -> bool:
    return any(word in node.get("class", "") for word in ("highlight", "CodeRay", "language-"))


def _attributes(node: etree._Element, is_strict: bool) -> Iterator[tuple[str, str]]:
    if node.tag == "label" or "tabbed-set" in node.get("class", ""):
        return  # how tabs are wired
    for name, value in sorted(node.attrib.items()):
        name, value = str(name), str(value)
        if name == "class":
            kept = sorted(word for word in value.split() if not _OWN_CLASSES.match(word))
            value = " ".join(kept)
            if not value:
                continue
        if name in _OWN_ATTRIBUTES or (name == "alt" and not value):
            continue
        if name == "id" and (
            value.startswith(("fn:", "fnref"))
            or (not is_strict and re.fullmatch("h[1-6]", str(node.tag)))
        ):
            continue
        if name in ("href", "src"):
            value = unquote(value)
        if name == "style":
            value = re.sub(r"\s*([:;])\s*", r"\1", value).strip("; ")
        yield name, _SPACE.sub(" ", value)


def _inside(node: etree._Element, name: str, is_strict: bool) -> list[Tree | str]:
    parts: list[Tree | str] = []
    _add_text(parts, node.text)
    for child in node:
        if isinstance(child.tag, str):
            _add(parts, child, name, is_strict)
        _add_text(parts, child.tail)
    return _trimmed(parts, name)


def _add(parts: list[Tree | str], child: etree._Element, parent: str, is_strict: bool) -> None:
    classes = child.get("class", "").split()
    if _is_of_a_tool(child, classes):
        return
    if child.tag == "div" and {"footnote", "footnotes"} & set(classes):
        for rule in child.findall("hr"):
            child.remove(rule)
    link = child.find("a") if child.tag == "sup" else None
    if link is not None and "footnote" in str(link.get("class")):
        parts.append(("footnote", (), ("".join(child.itertext()),)))
    elif "arithmatex" in classes:
        _add_text(parts, "".join(child.itertext()))
    elif child.tag == "input" and child.get("type") == "checkbox":
        parts.append(("box", (("done", str("checked" in child.attrib)),), ()))
    elif _is_transparent(child, classes, is_strict):
        parts.extend(_inside(child, str(child.tag), is_strict))
    elif child.tag == "p" and parent in ("li", "dd") and not is_strict:
        parts.append("\n")
        parts.extend(_inside(child, "p", is_strict))
        parts.append("\n")
    else:
        parts.append(_element(child, is_strict))


def _is_of_a_tool(node: etree._Element, classes: list[str]) -> bool:
    """Whether an element is there for a tool's own sake, or shows nothing."""
    return (
        bool(_TOOLS.intersection(classes))
        or (node.tag == "input" and node.get("type") == "radio")
        or (node.tag == "thead" and not _text(node))
    )


def _is_transparent(node: etree._Element, classes: list[str], is_strict: bool) -> bool:
    """Whether only what is inside counts."""
    if "task-list-control" in classes or node.tag in ("tbody", "colgroup"):
        return True
    return not is_strict and (node.tag in ("abbr", "tfoot") or _is_wrapper(node))


def _text(node: etree._Element) -> str:
    return "".join(node.itertext()).strip()


def _is_wrapper(node: etree._Element) -> bool:
    """Whether a paragraph is there for one element only."""
    return (
        node.tag == "p"
        and not node.attrib
        and len(node) == 1
        and not (node.text or "").strip()
        and not (node[0].tail or "").strip()
    )


def _add_text(parts: list[Tree | str], text: str | None) -> None:
    for number, piece in enumerate(_FORMULA.split(text or "")):
        if number % 2:
            parts.append(("math", (), (piece[:2] + "".join(piece[2:-2].split()),)))
        elif piece:
            parts.append(_SPACE.sub(" ", piece))


def _is_block(part: Tree | str) -> bool:
    return part == "\n" or (
        not isinstance(part, str) and part[0] not in _INLINE | {"footnote", "box", "math"}
    )


def _trimmed(parts: list[Tree | str], name: str) -> list[Tree | str]:
    """Join texts, and drop blanks where nothing shows them."""
    joined: list[Tree | str] = []
    for part in parts:
        if (
            isinstance(part, str)
            and part != "\n"
            and joined
            and isinstance(joined[-1], str)
            and (joined[-1] != "\n")
        ):
            joined[-1] = _SPACE.sub(" ", joined[-1] + part)
        else:
            joined.append(part)
    result: list[Tree | str] = []
    for index, part in enumerate(joined):
        if isinstance(part, str) and part != "\n":
            before = joined[index - 1] if index else "\n"
            after = joined[index + 1] if index + 1 < len(joined) else "\n"
            is_edge = name not in _INLINE
            if (_is_block(before) and (index or is_edge)) or _is_break(before):
                part = part.lstrip(" ")
            if (_is_block(after) and (index + 1 < len(joined) or is_edge)) or _is_break(after):
                part = part.rstrip(" ")
            if not part:
                continue
        if part == "\n" and (not result or _is_block(result[-1])):
            continue
        if result and result[-1] == "\n" and _is_block(part):
            result.pop()
        result.append(part)
    while result and (result[-1] == "\n" or (result[-1] == ("br", (), ()) and name not in _INLINE)):
        result.pop()  # nothing shows a break at the end
    return result


def _is_break(part: Tree | str) -> bool:
    """Whether blanks beside it are not seen."""
    return not isinstance(part, str) and part[0] in ("br", "box")
