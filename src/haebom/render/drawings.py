"""SVG drawings as files: an image shows them as they are, and they cannot meddle with the page."""

from __future__ import annotations

import re

import lxml.etree

_PROLOG = re.compile(r"<\?xml.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.DOTALL)
_ROOT = re.compile(r"<svg\b(?P<attributes>[^>]*)>")
_LENGTH = re.compile(r"\s*(?P<number>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>px|pt|pc|mm|cm|in)?\s*")
_PIXELS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_NAMESPACES = {"": "http://www.w3.org/2000/svg", ":xlink": "http://www.w3.org/1999/xlink"}


def as_file(drawing: str) -> str:
    """A drawing that stands for itself: with its namespaces, and well-formed.

    Args:
        drawing: SVG, perhaps as it stands in a page of HTML.
    """
    drawing = _PROLOG.sub("", drawing).strip()
    root = _ROOT.search(drawing)
    for suffix, address in _NAMESPACES.items():
        used = f"{suffix[1:]}:" in drawing if suffix else True
        if root and used and f"xmlns{suffix}=" not in root["attributes"]:
            drawing = drawing.replace("<svg", f'<svg xmlns{suffix}="{address}"', 1)
    try:
        lxml.etree.fromstring(drawing)
    except lxml.etree.XMLSyntaxError:
        parser = lxml.etree.XMLParser(recover=True)
        mended = lxml.etree.fromstring(drawing.encode("utf-8"), parser)
        return "" if mended is None else lxml.etree.tostring(mended, encoding="unicode")
    return drawing


def size(drawing: str) -> tuple[int, int]:
    """Width and height in CSS pixels; 0 for what the drawing does not say."""
    root = _ROOT.search(drawing)
    given = root["attributes"] if root else ""
    width, height = _pixels(given, "width"), _pixels(given, "height")
    box = re.search(r"""\bviewBox=["']([^"']+)""", given)
    numbers = re.split(r"[\s,]+", box[1].strip()) if box else []
    if not (width and height) and len(numbers) == 4:
        wide, high = (_number(number) for number in numbers[2:])
        if wide and high:
            return round(width or (height * wide / high if height else wide)), round(
                height or (width * high / wide if width else high)
            )
    return round(width), round(height)


def _pixels(attributes: str, name: str) -> float:
    match = re.search(rf"""\b{name}=["']([^"']*)["']""", attributes)
    length = _LENGTH.fullmatch(match[1]) if match else None
    return float(length["number"]) * _PIXELS[length["unit"] or "px"] if length else 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
