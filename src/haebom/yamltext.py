"""YAML as strangers write it: what makes much out of little is no YAML here."""

from __future__ import annotations

import math
from typing import Any

import yaml

_MOST = 10_000
"""Nodes of a document with all aliases written out; front matter has some dozens."""


def compose(text: str) -> yaml.Node | None:
    """The nodes of a document, with their places.

    Args:
        text: The document.

    Raises:
        yaml.YAMLError: It is not YAML, is nested too deeply, or refers to itself too often.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        weight = 0 if node is None else _weight(node, {})
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None
    if weight > _MOST:
        raise yaml.YAMLError("it repeats itself too often")
    return node


def load(text: str) -> Any:
    """The values of a document.

    Args:
        text: The document.

    Raises:
        yaml.YAMLError: As for :func:`compose`.
        ValueError: A value is none, such as the 31st of February.
    """
    compose(text)
    return yaml.safe_load(text)


def _weight(node: yaml.Node, known: dict[int, float]) -> float:
    """How many nodes there are with all aliases written out; endless for one within itself."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = math.inf
    children: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        children = node.value
    elif isinstance(node, yaml.MappingNode):
        children = [each for pair in node.value for each in pair]
    known[id(node)] = 1 + sum(_weight(child, known) for child in children)
    return known[id(node)]
