"""Spans of a document, spelled as Python-Markdown reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import quote

from haebom.importers.kramdown.nodes import Document, Node

_SIGNS = re.compile(r"[\\`*_{}\[\]#+.!$-]")
_ESCAPABLE = frozenset("\\`*_{}[]()>#+-.!$")
_NEEDED = re.compile(r"[\\`*_{}\[\]<>$|~^]|&(?=#?\w)|^[#+=:?!-]|(?<=\d)\.(?=\s)", re.MULTILINE)
_BLANKS = re.compile(r"\n[ \t\n]+")
_BREAK = re.compile(r"[ \t\n]*\0[ \t\n]*")
_PIPE = re.compile(r"(?<!\\)\|")
_TICKS = re.compile(r"`+")
_SPECIAL_CODE = re.compile(r"\s*(?:#!|:::|\{)")
_DOLLARS = re.compile(r"(?!\s)(?:\\.|[^\\$])+(?<!\s)")
_UNSAFE = re.compile(r"[\s<>\"|]")
_TEX_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ONLY_IN_KRAMDOWN = re.compile(r"\\(?P<kept>\\)|\\(?P<sign>[<:\"'=~])")
_TAG = re.compile(r"(<[^<>]*>)")


def attribute_list(attributes: Mapping[str, str]) -> str:
    """An attribute list, or an empty string."""
    parts = []
    for key, value in attributes.items():
        if key == "id":
            parts.append(f"#{value}")
        elif key == "class":
            parts += [f".{word}" for word in value.split()]
        else:
            sign = "'" if '"' in value else '"'
            parts.append(f"{key}={sign}{value}{sign}")
    return f"{{: {' '.join(parts)} }}" if parts else ""


def tag(name: str, attributes: Mapping[str, str], markdown: str = "") -> str:
    """A start tag."""
    written = "".join(
        f' {key}="{escape(value, quote=True)}"' if value else f" {key}"
        for key, value in attributes.items()
    )
    return f"<{name}{written}{f' markdown={chr(34)}{markdown}{chr(34)}' if markdown else ''}>"


def comment(text: str) -> str:
    """A comment in HTML."""
    return f"<!--{text.replace('--', '- -')}-->"


class Speller:
    """Spells spans.

    Args:
        document: What they belong to.
        is_plain: Whether text stands as the author wrote it; else everything that might be a sign
            is escaped, and emphasis is written as HTML.
        is_cell: Whether they stand in a cell of a table, which ends at ``|``.
    """

    def __init__(self, document: Document, is_plain: bool, is_cell: bool = False) -> None:
        self.document = document
        self.is_plain = is_plain
        self.is_cell = is_cell

    def spell(self, nodes: Iterable[Node]) -> str:
        """Write spans one after the other; a break of the line is a null sign."""
        return "".join(map(self._one, nodes))

    def lines(self, node: Node) -> list[str]:
        """The spans inside a block, as lines."""
        text = _BLANKS.sub("\n", self.spell(node.children))
        return _BREAK.sub("  \n", text).strip("\n").lstrip().split("\n")

    def line(self, node: Node) -> str:
        """The spans inside a block that has one line only."""
        text = " ".join(self.spell(node.children).split("\n"))
        return _BREAK.sub("<br>", text).strip()

    def _one(self, node: Node) -> str:
        special = getattr(self, f"_{node.kind}", None)
        return str(special(node)) if special else self._marked(node)

    def _text(self, node: Node) -> str:
        text = _ONLY_IN_KRAMDOWN.sub(_unescaped, node.raw) if self.is_plain else escaped(node.text)
        return _PIPE.sub(r"\\|", text) if self.is_cell else text

    def _entity(self, node: Node) -> str:
        return node.text

    def _raw(self, node: Node) -> str:
        if node.raw or self.is_plain:
            return node.raw or node.text
        return "".join(p if n % 2 else escaped(p) for n, p in enumerate(_TAG.split(node.text)))

    def _comment(self, node: Node) -> str:
        return comment(node.text)

    def _br(self, node: Node) -> str:
        return "\0"

    def _marked(self, node: Node) -> str:
        """Emphasis."""
        inside = self.spell(node.children)
        if self.is_plain:
            return f"{node.raw}{inside}{node.raw}{attribute_list(node.attributes)}"
        return f"{tag(node.kind, node.attributes)}{inside}</{node.kind}>"

    def _del(self, node: Node) -> str:
        return f"{tag('del', node.attributes)}{self.spell(node.children)}</del>"

    def _html(self, node: Node) -> str:
        if node.name == "img" and node.attributes.get("src"):
            return self._img(node)
        start = tag(node.name, node.attributes)
        return start if node.is_void else f"{start}{self.spell(node.children)}</{node.name}>"

    def _code(self, node: Node) -> str:
        text = " ".join(node.text.split("\n"))
        if (
            _SPECIAL_CODE.match(text)
            or not text.strip()
            or (not self.is_plain and _SIGNS.search(text))
        ):
            return f"{tag('code', node.attributes)}{entities(text)}</code>"
        return f"{code(text)}{attribute_list(node.attributes)}"

    def _math(self, node: Node) -> str:
        text = tex(" ".join(node.text.split()))
        if node.level:
            text = f"\\displaystyle {text}"
        spelled = f"${text}$" if _DOLLARS.fullmatch(text) else f"\\({text}\\)"
        if node.attributes:
            return f"{tag('span', node.attributes)}{spelled}</span>"
        return spelled

    def _footnote(self, node: Node) -> str:
        return f"[^{node.name}]"

    def _a(self, node: Node) -> str:
        attributes = dict(node.attributes)
        url = attributes.pop("href", "")
        if node.name == "auto":
            return f"<{url.removeprefix('mailto:')}>"
        title = attributes.pop("title", "")
        inside = self.spell(node.children)
        target = self.document.links.get(node.name) if node.name else None
        if self.is_plain and target and target.url == url and not target.attributes:
            return f"[{inside}]{node.raw}{attribute_list(attributes)}"
        if not self.is_plain and "[" in inside.replace("\\[", ""):
            return f"{tag('a', node.attributes)}{inside}</a>"
        return f"[{inside}]({_address(url, title)}){attribute_list(attributes)}"

    def _img(self, node: Node) -> str:
        attributes = dict(node.attributes)
        url, alt, title = (attributes.pop(key, "") for key in ("src", "alt", "title"))
        alt = " ".join(alt.split())
        if "[" in alt or "]" in alt or (not self.is_plain and _NEEDED.search(alt)):
            return tag("img", node.attributes)
        return f"![{alt}]({_address(url, title)}){attribute_list(attributes)}"


def code(text: str) -> str:
    """A code span."""
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if longest and (text.startswith("`") or text.endswith("`")) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def tex(text: str) -> str:
    """A formula in which nothing is taken for HTML."""
    return _TEX_TAG.sub("< ", text)


def escaped(text: str) -> str:
    """Text in which nothing is a sign."""
    return _NEEDED.sub(lambda match: _escape(match[0]), text)


def _escape(sign: str) -> str:
    return f"\\{sign}" if sign in _ESCAPABLE else f"&#{ord(sign)};"


def entities(text: str) -> str:
    """Text for a place where HTML, and nothing else, is read."""
    return _SIGNS.sub(lambda match: f"&#{ord(match[0])};", escape(text, quote=False))


def _address(url: str, title: str) -> str:
    url = _UNSAFE.sub(lambda match: quote(match[0]), url)
    if url.count("(") != url.count(")"):
        url = url.replace("(", "%28").replace(")", "%29")
    if not title:
        return url
    title = " ".join(title.split())
    return f'{url} "{title}"' if '"' not in title else f"{url} '{title}'"


def _unescaped(match: re.Match[str]) -> str:
    """A sign that Python-Markdown does not know how to escape."""
    return match[0] if match["kept"] else match["sign"].replace("<", "&lt;")
