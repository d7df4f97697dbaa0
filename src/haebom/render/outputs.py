"""Outputs as pieces of a page: the richest form that a page can show wins."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from xml.etree import ElementTree

import imagesize
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from haebom.model import JSON, Cell, Display, Error, Output, Stream
from haebom.render import ansi
from haebom.render.labels import Labels
from haebom.render.page import Asset, Html, Image

_IMAGES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
}
_PROLOG = re.compile(r"<\?xml.*?\?>|<!DOCTYPE[^>\[]*(?:\[.*?\])?[^>]*>", re.DOTALL)
_DOLLARS = re.compile(r"\A\s*(\${1,2})(?P<math>.*?)\1\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Pieces of a page, and the files that they refer to."""

    pieces: tuple[Html | Image, ...]
    assets: tuple[Asset, ...] = ()


def render(outputs: tuple[Output, ...], cell: Cell, labels: Labels) -> Rendered:
    """Render the outputs of one cell.

    Args:
        outputs: Normalised outputs.
        cell: The cell, for its captions and alternative texts.
        labels: Words for what has none.
    """
    pieces: list[Html | Image] = []
    assets: list[Asset] = []
    for output in outputs:
        rendered = _Renderer(cell, labels).output(output)
        pieces += rendered.pieces
        assets += rendered.assets
    return Rendered(tuple(pieces), tuple(assets))


class _Renderer:
    def __init__(self, cell: Cell, labels: Labels) -> None:
        self.cell = cell
        self.labels = labels

    def output(self, output: Output) -> Rendered:
        match output:
            case Stream(name=name, text=text):
                return _html(_pre(ansi.to_html(text.rstrip("\n")), name, self.labels.output))
            case Error():
                text = "\n".join(output.traceback) or f"{output.name}: {output.message}"
                return _html(_pre(ansi.to_html(text.strip("\n")), "error", self.labels.error))
            case Display(data=data):
                for mime, draw in self.forms():
                    if data.get(mime) not in (None, ""):
                        return draw(data[mime], output.metadata.get(mime) or {})
        return Rendered(())

    def forms(self) -> Iterator[tuple[str, Callable[[JSON, Mapping[str, JSON]], Rendered]]]:
        """MIME types that a page can show with what draws them, the richest first."""
        yield "text/html", self.html
        yield "image/svg+xml", self.svg
        for mime, suffix in _IMAGES.items():
            yield mime, functools.partial(self.image, suffix=suffix)
        yield "text/markdown", self.markdown
        yield "text/latex", self.latex
        yield "application/json", self.json
        yield "text/plain", self.plain

    def html(self, value: JSON, metadata: Mapping[str, JSON]) -> Rendered:
        return _html(
            f'<div class="haebom-html" role="group" tabindex="0" '
            f'aria-label="{escape(self.labels.output)}">{value}</div>'
        )

    def svg(self, value: JSON, metadata: Mapping[str, JSON]) -> Rendered:
        drawing = _PROLOG.sub("", str(value)).strip()
        return _html(
            f'<figure class="haebom-figure"><div class="haebom-svg" role="img" '
            f'aria-label="{escape(self.alt)}">{drawing}</div>{self.caption_html}</figure>'
        )

    def image(self, value: JSON, metadata: Mapping[str, JSON], suffix: str) -> Rendered:
        try:
            content = base64.b64decode(str(value))
        except (binascii.Error, ValueError):
            return self.plain(f"({suffix}: {self.labels.error})", {})
        name = f"{hashlib.blake2b(content, digest_size=12).hexdigest()}.{suffix}"
        width, height = _size(content, metadata)
        image = Image(name, self.alt, self.cell.options.fig_cap, width, height)
        return Rendered((image,), (Asset(name, content),))

    def markdown(self, value: JSON, metadata: Mapping[str, JSON]) -> Rendered:
        md = Markdown(extensions=["tables", "fenced_code", "sane_lists", _NoHeadings()])
        return _html(f'<div class="haebom-markdown">{md.convert(str(value))}</div>')

    def latex(self, value: JSON, metadata: Mapping[str, JSON]) -> Rendered:
        match = _DOLLARS.match(str(value))
        math = match["math"] if match else str(value)
        return _html(f'<div class="arithmatex">\\[{escape(math.strip())}\\]</div>')

    def json(self, value: JSON, metadata: Mapping[str, JSON]) -> Rendered:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        return _html(_pre(escape(text), "json", self.labels.output))

    def plain(self, value: JSON, metadata: Mapping[str, JSON]) -> Rendered:
        return _html(_pre(ansi.to_html(str(value)), "result", self.labels.output))

    @property
    def alt(self) -> str:
        options = self.cell.options
        return options.fig_alt or options.fig_cap or self.labels.figure

    @property
    def caption_html(self) -> str:
        caption = self.cell.options.fig_cap
        return f"<figcaption>{escape(caption)}</figcaption>" if caption else ""


def _html(html: str) -> Rendered:
    return Rendered((Html(html),))


def _pre(html: str, kind: str, label: str) -> str:
    """Preformatted text. Without a ``code`` element it is no target of the theme's copy button;
    with a tabindex it can be scrolled by keyboard."""
    return (
        f'<pre class="haebom-text haebom-{kind}" tabindex="0" role="group" '
        f'aria-label="{escape(label)}">{html}</pre>'
    )


def _size(content: bytes, metadata: Mapping[str, JSON]) -> tuple[int, int]:
    """Width and height in CSS pixels; what the kernel says wins, as it knows about retina."""
    try:
        width, height = imagesize.get(io.BytesIO(content))
    except (ValueError, OSError, KeyError):
        width, height = 0, 0
    said_width, said_height = metadata.get("width"), metadata.get("height")
    if isinstance(said_width, int) and isinstance(said_height, int):
        return said_width, said_height
    return max(width, 0), max(height, 0)


class _NoHeadings(Extension):
    """Outputs are not sections of the post: their headings become paragraphs."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_Demote(md), "haebom_demote", 1)


class _Demote(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                element.set("class", f"haebom-heading haebom-{element.tag}")
                element.tag = "p"
