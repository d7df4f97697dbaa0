"""Terms of the glossary with what they mean, where a page first uses them."""

from __future__ import annotations

from xml.etree import ElementTree

from haebom.glossary import Glossary

_LEFT_ALONE = frozenset(
    {"a", "abbr", "button", "code", "pre", "script", "style", "summary", "svg"}
    | {f"h{level}" for level in range(1, 7)}
)
_FORMULA = "arithmatex"


def explain(root: ElementTree.Element, glossary: Glossary) -> None:
    """Put what a term means around the place where it is first written in running text.

    Args:
        root: The page.
        glossary: The terms that the page uses.
    """
    if glossary.terms:
        _inside(root, glossary, set())


def _inside(element: ElementTree.Element, glossary: Glossary, done: set[str]) -> None:
    if element.tag in _LEFT_ALONE or _FORMULA in (element.get("class") or ""):
        return
    children = list(element)
    element.text, added = _marked(element.text, glossary, done)
    for place, made in enumerate(added):
        element.insert(place, made)
    for child in children:
        _inside(child, glossary, done)
        child.tail, added = _marked(child.tail, glossary, done)
        place = list(element).index(child) + 1
        for offset, made in enumerate(added):
            element.insert(place + offset, made)


def _marked(
    text: str | None, glossary: Glossary, done: set[str]
) -> tuple[str | None, list[ElementTree.Element]]:
    """What is left of a text, and the elements behind it that hold the rest."""
    if not text:
        return text, []
    rest, start = text, 0
    made: list[ElementTree.Element] = []
    for begin, end, term in glossary.find(text):
        if term.name in done:
            continue
        done.add(term.name)
        before = text[start:begin]
        if made:
            made[-1].tail = before
        else:
            rest = before
        element = ElementTree.Element("abbr", {"title": term.title, "tabindex": "0"})
        element.text, element.tail, start = text[begin:end], text[end:], end
        made.append(element)
    return rest, made
