"""What widely used themes of Jekyll add to Markdown, and what Material has for it.

The names are those of Minimal Mistakes, Chirpy, Just the Docs, fastpages, the documentation theme
and Bootstrap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from haebom.importers.kramdown.nodes import Document, Node
from haebom.importers.ledger import Ledger

_ADMONITIONS = {
    "note": "note", "primary": "abstract", "info": "info", "warning": "warning",
    "danger": "danger", "success": "success", "tip": "tip", "important": "important",
    "error": "failure", "default": "note", "new": "tip", "highlight": "abstract",
    "caution": "warning", "alert": "warning", "hint": "tip", "question": "question",
}  # fmt: skip
_NOTICE = re.compile(
    r"^(?:notice|alert|callout|prompt|bs-callout|message|block)(?:--?|_)?(?P<kind>\w*)$|^(?P<bare>"
    r"note|warning|important|tip|caution|danger|info|new|hint)$"
)
_ALIGNED = {
    "text-left": "left", "text-center": "center", "text-right": "right",
    "text-justify": "justify", "center": "center", "text-centered": "center",
}  # fmt: skip

Widget = Callable[[Mapping[str, str], Mapping[str, Any]], str]
"""From an include's parameters and the post's front matter to kramdown."""


def restyle(document: Document, ledger: Ledger) -> None:
    """Give a document the signs of Material in place of those of the old theme."""
    for root in (document.root, *document.footnotes.values()):
        _restyle(root, ledger)


def _restyle(parent: Node, ledger: Ledger) -> None:
    for index, node in enumerate(parent.children):
        _restyle(node, ledger)
        kind = _admonition(node)
        if kind:
            parent.children[index] = _as_admonition(node, kind)
            ledger.converted("notice")
            continue
        is_tabset = "panel-tabset" in node.attributes.get("class", "").split()
        if is_tabset and (tabs := _as_tabs(node)) is not None:
            parent.children[index] = tabs
            ledger.converted("tabs")
            continue
        if node.kind == "html" and node.model == "raw" and (kind := _kind(node)):
            node.attributes["class"] = f"admonition {kind}"
            ledger.converted("notice")
        _align(node, ledger)
        if node.kind == "a" and _take_class(node, "btn"):
            _add_class(node, "md-button")
            ledger.converted("button")
        if node.is_heading and _take_class(node, "no_toc"):
            message = "The heading is part of the table of contents now; Material has no exception."
            ledger.reported(node.line, "no_toc", message)


def _admonition(node: Node) -> str:
    """The kind of admonition that a block is, or an empty string."""
    if node.kind in ("p", "blockquote"):
        return _kind(node)
    return _kind(node) if node.kind == "html" and node.model == "block" else ""


def _kind(node: Node) -> str:
    if node.kind == "html" and node.name not in ("div", "section", "aside"):
        return ""
    for word in node.attributes.get("class", "").split():
        match = _NOTICE.match(word)
        if match and (match["bare"] or match["kind"] in ("", *_ADMONITIONS)):
            return _ADMONITIONS.get(match["bare"] or match["kind"] or "note", "note")
    return ""


def _as_admonition(node: Node, kind: str) -> Node:
    """A block with a sign for notices; without a title, if it had none."""
    children = node.children
    if node.kind == "p":
        children = [Node("p", node.line, children=node.children)]
    title = node.attributes.get("title", "")
    sign = "???" if "data-fold" in node.attributes else "!!!"
    return Node("admonition", node.line, title, raw=sign, name=kind, children=children)


def _as_tabs(node: Node) -> Node | None:
    """A block in which each heading begins a tab; None if it begins with something else."""
    level = node.children[0].level if node.children and node.children[0].is_heading else 0
    if not level:
        return None
    tabs = Node("tabs", node.line)
    for child in node.children:
        if child.is_heading and child.level == level:
            tabs.children.append(Node("tab", child.line, child.shown()))
        else:
            tabs.children[-1].children.append(child)
    return tabs


def _align(node: Node, ledger: Ledger) -> None:
    for word in node.attributes.get("class", "").split():
        if word in _ALIGNED and node.kind != "img":
            _take_class(node, word)
            _add_style(node, f"text-align: {_ALIGNED[word]}")
            ledger.converted("alignment")
        elif word in ("align-left", "align-right") and node.kind == "img":
            _take_class(node, word)
            node.attributes["align"] = word.removeprefix("align-")
            ledger.converted("alignment")
        elif word == "align-center" or (word in _ALIGNED and node.kind == "img"):
            _take_class(node, word)
            _add_style(node, "display: block; margin-left: auto; margin-right: auto")
            ledger.converted("alignment")


def _take_class(node: Node, name: str) -> bool:
    words = node.attributes.get("class", "").split()
    if name not in words:
        return False
    words.remove(name)
    if words:
        node.attributes["class"] = " ".join(words)
    else:
        del node.attributes["class"]
    return True


def _add_class(node: Node, name: str) -> None:
    node.attributes["class"] = f"{node.attributes.get('class', '')} {name}".strip()


def _add_style(node: Node, style: str) -> None:
    before = node.attributes.get("style", "").rstrip("; ")
    node.attributes["style"] = f"{before}; {style}" if before else style


# -- includes --------------------------------------------------------------------------------------


def widget(name: str, parameters: Mapping[str, str], page: Mapping[str, Any]) -> str | None:
    """What an include of a well-known theme shows, as kramdown.

    Args:
        name: Its name, without folder and suffix.
        parameters: What it is given.
        page: Front matter of the post.

    Returns:
        None if no theme is known to have it, or if it was given something else.
    """
    found = _WIDGETS.get(name.lower())
    return found(parameters, page) if found else None


def _first(parameters: Mapping[str, str], *names: str) -> str:
    return next((parameters[name] for name in names if parameters.get(name)), "")


def _figure(parameters: Mapping[str, str], page: Mapping[str, Any]) -> str | None:
    source = _first(parameters, "image_path", "file", "path", "src", "url", "image", "img")
    if not source:
        return None
    alt = _first(parameters, "alt", "title")
    caption = _first(parameters, "caption", "description", "text")
    image = f'<img src="{escape(source)}" alt="{escape(alt)}">'
    target = _first(parameters, "link", "href") or (
        parameters.get("url", "") if source != parameters.get("url") else ""
    )
    if target:
        image = f'<a href="{escape(target)}">{image}</a>'
    style = parameters.get("class", "")
    start = f'<figure class="{escape(style)}">' if style else "<figure>"
    lines = [start, image]
    if caption:
        lines.append(f'<figcaption markdown="span">{caption}</figcaption>')
    return "\n".join(["", *lines, "</figure>", ""])


def _gallery(parameters: Mapping[str, str], page: Mapping[str, Any]) -> str | None:
    pictures = page.get(parameters.get("id") or "gallery")
    if not isinstance(pictures, list):
        return None
    images = []
    for picture in pictures:
        if isinstance(picture, dict):
            source = str(picture.get("image_path") or picture.get("url") or "")
            image = f'<img src="{escape(source)}" alt="{escape(str(picture.get("alt") or ""))}">'
            url = str(picture.get("url") or "")
            images.append(f'<a href="{escape(url)}">{image}</a>' if url else image)
    caption = parameters.get("caption", "")
    end = [f'<figcaption markdown="span">{caption}</figcaption>'] if caption else []
    return "\n".join(["", "<figure>", *images, *end, "</figure>", ""])


def _notice(kind: str) -> Widget:
    def write(parameters: Mapping[str, str], page: Mapping[str, Any]) -> str:
        text = _first(parameters, "content", "text", "title")
        style = parameters.get("type", kind)
        return f'\n\n<div class="notice--{style}" markdown="block">\n{text}\n</div>\n'

    return write


def _contents(parameters: Mapping[str, str], page: Mapping[str, Any]) -> str:
    return "\n\n* TOC\n{:toc}\n"


_WIDGETS: Mapping[str, Callable[[Mapping[str, str], Mapping[str, Any]], str | None]] = {
    "figure": _figure,
    "image": _figure,
    "img": _figure,
    "gallery": _gallery,
    "toc": _contents,
    "note": _notice("note"),
    "tip": _notice("tip"),
    "info": _notice("info"),
    "warning": _notice("warning"),
    "important": _notice("important"),
    "alert": _notice("warning"),
    "callout": _notice("info"),
}
