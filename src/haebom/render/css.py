"""CSS that changes how something looks, and nothing else: it fetches nothing and covers nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import tinycss2
from tinycss2.ast import Node

_PROPERTY = re.compile(
    r"(?:background|border|color|column|fill|flood|font|grid|letter|line|list-style|margin|marker|max"
    r"|min|opacity|outline|overflow|padding|paint|stop|stroke|tab|table|text|vector|vertical|white"
    r"|word)(?:-[a-z-]+)?|align-items|caption-side|clear|clip-path|clip-rule|direction|display"
    r"|dominant-baseline|empty-cells|filter|flex(?:-[a-z]+)?|float|gap|height|hyphens"
    r"|image-rendering|justify-content|mask|object-fit|shape-rendering|visibility|width"
)
_FUNCTIONS = frozenset(
    {"rgb", "rgba", "hsl", "hsla", "linear-gradient", "radial-gradient", "calc", "min", "max"}
    | {"clamp", "blur", "brightness", "drop-shadow", "opacity"}
)
_LOCAL = re.compile(r"#[\w.:-]+")
_UNSAFE = frozenset("<\\")
"""Signs that nobody needs here, and that a browser might read otherwise than this module."""


def sheet(css: str) -> str:
    """A style sheet as an element that reaches no farther than the element in which it stands.

    Args:
        css: The style sheet, from whomever.

    Returns:
        A ``style`` element, or an empty string if nothing is left.
    """
    rules = "".join(_rules(tinycss2.parse_stylesheet(css, True, True)))
    return f"<style>@scope{{{rules}}}</style>" if rules else ""


def _rules(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if node.type != "qualified-rule":
            continue  # @import, @font-face and others reach farther
        selector = tinycss2.serialize(node.prelude).strip()
        kept = _declarations(tinycss2.parse_blocks_contents(node.content))
        if kept and not (_UNSAFE | set("@{}")) & set(selector):
            yield f"{selector}{{{kept}}}"


def declarations(css: str) -> str:
    """The content of a ``style`` attribute.

    Args:
        css: Declarations, from whomever.
    """
    return _declarations(tinycss2.parse_blocks_contents(css))


def _declarations(nodes: Iterable[Node]) -> str:
    found = []
    for node in nodes:
        if node.type != "declaration" or not _PROPERTY.fullmatch(node.lower_name):
            continue
        value = tinycss2.serialize(node.value).strip()
        moves = node.lower_name.startswith("margin") and any(map(_is_negative, node.value))
        if all(map(_is_harmless, node.value)) and not moves and not _UNSAFE & set(value):
            found.append(f"{node.lower_name}: {value}{' !important' if node.important else ''}")
    return "; ".join(found)


def _is_negative(node: Node) -> bool:
    is_number = node.type in ("number", "dimension", "percentage")
    return node.type == "function" or (is_number and node.value < 0)


def _is_harmless(node: Node) -> bool:
    """Whether a part of a value fetches nothing."""
    if node.type == "url":
        return bool(_LOCAL.fullmatch(node.value))
    if node.type == "function" and node.lower_name == "url":
        texts = [part.value for part in node.arguments if part.type == "string"]
        return len(texts) == 1 and bool(_LOCAL.fullmatch(texts[0]))
    if node.type == "function":
        return node.lower_name in _FUNCTIONS and all(map(_is_harmless, node.arguments))
    return node.type not in ("error", "{} block", "[] block")
