"""The Python-Markdown extension that places outputs behind their code, and values in prose.

It works in any host of Python-Markdown: all that it needs is a staged tree, whose pages name their
cells in a comment on the first line (see :mod:`haebom.stage`).
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString, code_escape

from haebom import options, stage
from haebom.fences import Fence, Highlight, install
from haebom.hosts.explained import explain
from haebom.model import Mode, Show, digest
from haebom.render.code import with_links
from haebom.render.frame import Frame
from haebom.render.labels import labels
from haebom.render.page import Html, Image, Page, PlacedCell, PlacedValue
from haebom.spans import Span

_AFTER_INLINE = 4  # behind everything that reads text, before links are made relative
_LAST = -100
_ANNOTATION = "(1)"
LINKS = {"a": "href", "img": "src"}
"""Elements that link, with the attribute that says where to."""


class HaebomExtension(Extension):
    """Places outputs.

    Args:
        cells: Folder of the staged tree's cells; see :func:`haebom.stage.cells_folder`.
        sanitised: Whether pages lose scripts and whatever else acts.
    """

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "cells": ["haebom/cells", "Folder with the cells of the staged pages."],
            "sanitised": [False, "Whether pages lose scripts and whatever else acts."],
        }
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        """Hook into superfences, which must be registered already.

        Raises:
            ConfigError: It is not.
        """
        placer = _Placer(md, Path(self.getConfig("cells")))
        install(md, placer)
        md.treeprocessors.register(placer, "haebom_outputs", _AFTER_INLINE)
        if self.getConfig("sanitised"):
            md.postprocessors.register(_Sanitiser(md), "haebom_sanitised", _LAST)


def makeExtension(**kwargs: Any) -> HaebomExtension:
    """What Python-Markdown calls to make the extension."""
    return HaebomExtension(**kwargs)


class _Sanitiser(Postprocessor):
    """Looks at the whole page, raw HTML of the post included."""

    def run(self, text: str) -> str:
        from haebom.render.sanitise import sanitise

        return sanitise(text)


def _is_left_alone(cell: PlacedCell) -> bool:
    """Whether a fence is the business of Material alone: nothing of it is shown or hidden here."""
    return cell.mode is Mode.IGNORE and cell.code is Show.SHOWN and not cell.pieces


class _Placer(Treeprocessor):
    """Visits the fences of a page, then puts their outputs into the page's tree."""

    def __init__(self, md: Markdown, folder: Path) -> None:
        super().__init__(md)
        self.folder = folder
        self.page: Page | None = None
        self.frame = Frame()
        self.assets = ""
        self.next = 0
        self.figures = 0
        self.waiting: dict[str, tuple[PlacedCell, bool]] = {}
        self.last: tuple[PlacedCell, bool] | None = None

    # -- fences --------------------------------------------------------------------------------

    def begin(self, lines: list[str]) -> Collection[str]:
        self.page, self.next, self.waiting, self.last = None, 0, {}, None
        self.frame, self.figures = Frame(), 0
        for index, line in enumerate(lines):
            if marker := stage.read_marker(line):
                lines[index] = ""
                self.page = stage.read_page(self.folder, marker.page)
                self.assets = marker.assets
            elif name := stage.read_frame_marker(line):
                lines[index] = ""
                self.frame = stage.read_frame(self.folder, name)
        return self.page.runs if self.page else ()

    def visit(self, fence: Fence, highlight: Highlight) -> str:
        assert self.page is not None
        self.last = None
        words = labels(self.page.language)
        if fence.language not in self.page.runs:
            owner = self._at(fence.index)
            has_own = owner is not None and owner.mode is Mode.RUN
            return "" if has_own else highlight(fence.source)
        cell = self._match(fence)
        if cell is None or _is_left_alone(cell):
            return highlight(fence.source)
        shown = options.split(fence.source)[1]
        self.last = (cell, cell.code is not Show.HIDDEN and _ANNOTATION in shown)
        if cell.code is Show.HIDDEN:
            return ""
        code = _anchored(with_links(highlight(shown), shown, cell.links), cell.anchor)
        return _folded(code, words.show_code) if cell.code is Show.FOLDED else code

    def _at(self, index: int) -> PlacedCell | None:
        assert self.page is not None
        return self.page.cells[index] if 0 <= index < len(self.page.cells) else None

    def _match(self, fence: Fence) -> PlacedCell | None:
        """The cell with this text at this place; if other plugins added or removed fences, the
        next one with this text. Outputs never stand behind code that did not make them."""
        assert self.page is not None
        wanted = digest(fence.source)
        order = [fence.index, *range(self.next, len(self.page.cells))]
        for index in order:
            cell = self._at(index)
            if cell is not None and cell.digest == wanted:
                self.next = index + 1
                return cell
        return None

    def span(self, span: Span) -> ElementTree.Element | None:
        value = self._value(span)
        if value is None:
            return None
        element = ElementTree.Element("span", {"class": "haebom-value"})
        element.text = AtomicString(code_escape(value.text))
        return element

    def _value(self, span: Span) -> PlacedValue | None:
        """The value of this expression at this place; if other plugins added or removed some, of
        the nearest one that reads the same."""
        assert self.page is not None
        same = [v for v in self.page.values if span.is_expression and v.expression == span.text]
        return min(same, key=lambda value: abs(value.number - span.number), default=None)

    def stored(self, fence: Fence, placeholder: str) -> None:
        if self.last is not None:
            self.waiting[placeholder] = self.last
            self.last = None

    def passed(self, language: str, line: int, end: int) -> None:
        pass

    # -- tree ----------------------------------------------------------------------------------

    def run(self, root: ElementTree.Element) -> None:
        """Put each output behind the placeholder of its code."""
        for parent in list(root.iter()):
            for child in list(parent):
                placeholder = (child.text or "").strip()
                if child.tag == "p" and len(child) == 0 and placeholder in self.waiting:
                    self._behind(parent, child, *self.waiting.pop(placeholder))
        for parent in list(root.iter()):
            self._inside(parent)
        for placeholder, (cell, _) in self.waiting.items():
            self._in_raw_html(placeholder, cell)
        if self.page is not None:
            self._relink(root, dict(self.page.links))
            explain(root, self.page.glossary)
        if self.page is not None and self.page.notice:
            root.insert(0, self._stashed(self.page.notice))
        self._put_frame(root)

    def _put_frame(self, root: ElementTree.Element) -> None:
        title = next((i for i, child in enumerate(root) if child.tag == "h1"), -1)
        for place, html in ((title + 1, self.frame.top), (len(root) + 1, self.frame.bottom)):
            # as elements, so that the host makes their links relative like those of the text
            for offset, element in enumerate(ElementTree.fromstring(f"<div>{html}</div>")):
                root.insert(place + offset, element)

    def _relink(self, root: ElementTree.Element, links: Mapping[str, str]) -> None:
        """Make links that are written as repository paths work on the page."""
        for element in root.iter():
            name = LINKS.get(element.tag, "")
            parts = urlsplit(element.get(name, ""))
            link = links.get(unquote(parts.path))
            if link and not parts.scheme and not parts.netloc:
                element.set(name, parts._replace(path=quote(link)).geturl())

    def _behind(
        self,
        parent: ElementTree.Element,
        code: ElementTree.Element,
        cell: PlacedCell,
        annotated: bool,
    ) -> None:
        output = self._output(cell)
        index = list(parent).index(code)
        if output is not None:
            follower = parent[index + 1] if index + 1 < len(parent) else None
            # the theme wants a code annotation's list right behind the code
            skip = annotated and follower is not None and follower.tag == "ol"
            parent.insert(index + 1 + skip, output)
        if cell.code is Show.HIDDEN:
            parent.remove(code)

    def _inside(self, parent: ElementTree.Element) -> None:
        """Place outputs of fences that stand within a paragraph, without a blank line around."""
        for placeholder in [p for p in self.waiting if p in (parent.text or "")]:
            before, _, after = (parent.text or "").partition(placeholder)
            output = self._output(self.waiting.pop(placeholder)[0])
            if output is not None:
                parent.text, output.tail = before + placeholder, after
                parent.insert(0, output)
        for child in list(parent):
            for placeholder in [p for p in self.waiting if p in (child.tail or "")]:
                before, _, after = (child.tail or "").partition(placeholder)
                output = self._output(self.waiting.pop(placeholder)[0])
                if output is not None:
                    child.tail, output.tail = before + placeholder, after
                    parent.insert(list(parent).index(child) + 1, output)

    def _in_raw_html(self, placeholder: str, cell: PlacedCell) -> None:
        """A fence within a raw HTML block is not in the tree; its output joins it in the stash."""
        blocks = self.md.htmlStash.rawHtmlBlocks
        for index, block in enumerate(blocks):
            if isinstance(block, str) and placeholder in block and not block.startswith("<!--"):
                html = "".join(self._piece_html(piece) for piece in cell.pieces)
                output = f'<div class="haebom-output">{html}</div>' if html else ""
                blocks[index] = block.replace(placeholder, placeholder + output, 1)

    def _piece_html(self, piece: Html | Image) -> str:
        if isinstance(piece, Html):
            return piece.html
        # links within raw HTML are not made relative by the host; the image travels along
        content = self.folder.parent / "files" / piece.file
        data = base64.b64encode(content.read_bytes()).decode() if content.is_file() else ""
        suffix = content.suffix.lstrip(".")
        kind = {"jpg": "jpeg", "svg": "svg+xml"}.get(suffix, suffix)
        return f'<img alt="{escape(piece.alt)}" src="data:image/{kind};base64,{data}">'

    def _output(self, cell: PlacedCell) -> ElementTree.Element | None:
        assert self.page is not None
        if not cell.pieces or cell.output is Show.HIDDEN:
            return self._mark(cell) if cell.code is not Show.HIDDEN else None
        box = ElementTree.Element("div", {"class": "haebom-output"})
        if cell.label:
            box.set("id", cell.label)
        if not cell.search:
            box.set("data-search-exclude", "")
        words = labels(self.page.language)
        inner = box
        if cell.predict:
            inner = _closed(box, "haebom-predict", f"{words.predict}: {cell.predict}")
        elif cell.output is Show.FOLDED:
            inner = _closed(box, "haebom-fold", words.show_output)
        for piece in cell.pieces:
            inner.append(
                self._figure(piece) if isinstance(piece, Image) else self._stashed(piece.html)
            )
        mark = self._mark(cell)
        if mark is not None:
            box.append(mark)
        return box

    def _mark(self, cell: PlacedCell) -> ElementTree.Element | None:
        """A sign behind the code, or in the corner of its output, that says how far to trust it."""
        if cell.mark is None or self.page is None:
            return None
        meaning = labels(self.page.language).marks[cell.mark]
        kind = f"haebom-mark haebom-{cell.mark}"
        attributes = {"class": kind, "role": "img", "aria-label": meaning, "title": meaning}
        return ElementTree.Element("span", attributes)

    def _stashed(self, html: str) -> ElementTree.Element:
        """HTML that no Markdown processor touches."""
        holder = ElementTree.Element("p")
        holder.text = self.md.htmlStash.store(html)
        return holder

    def _figure(self, image: Image) -> ElementTree.Element:
        """An image, and the one that dark pages show instead, in a link to the whole.

        The first of a page is likely to be seen at once; the others wait until they are.
        """
        figure = ElementTree.Element("figure", {"class": "haebom-figure"})
        link = ElementTree.SubElement(
            figure, "a", {"class": "haebom-zoom", "href": self.assets + image.file}
        )
        common = {"alt": image.alt, "decoding": "async"}
        if image.width and image.height:
            common |= {"width": str(image.width), "height": str(image.height)}
        shown = {"src": self.assets + image.file, **common}
        if self.figures:
            shown["loading"] = "lazy"
        if image.plate:
            shown["class"] = "haebom-plate"
        self.figures += 1
        ElementTree.SubElement(link, "img", shown)
        if image.dark:
            # hidden where no style sheet knows of dark pages
            only = {"class": "haebom-dark", "loading": "lazy", "hidden": ""}
            dark = {"src": self.assets + image.dark, **common, **only}
            ElementTree.SubElement(link, "img", dark)
        if image.caption:
            ElementTree.SubElement(figure, "figcaption").text = image.caption
        return figure


def _anchored(html: str, anchor: str) -> str:
    """Give the code an anchor, unless it has one."""
    has_own = not anchor or "id=" in html.partition(">")[0]
    return html if has_own else html.replace("<div ", f'<div id="{anchor}" ', 1)


def _closed(box: ElementTree.Element, kind: str, summary: str) -> ElementTree.Element:
    """An element within another that is open only if the reader wants it."""
    inner = ElementTree.SubElement(box, "details", {"class": kind})
    ElementTree.SubElement(inner, "summary").text = summary
    return inner


def _folded(html: str, summary: str) -> str:
    return f'<details class="haebom-fold"><summary>{escape(summary)}</summary>{html}</details>'
