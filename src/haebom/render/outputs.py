"""Outputs as pieces of a page: the richest form that a page can show wins."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Self
from xml.etree import ElementTree

import imagesize
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from haebom.model import JSON, Cell, Display, Error, Output, Stream
from haebom.outputs import FIGURE, IMAGES, PLOTLY, VEGA, WIDGET, image_type
from haebom.render import drawings, preformatted, tables, widgets
from haebom.render.alt import alternative
from haebom.render.labels import Labels
from haebom.render.page import Asset, Html, Image

_SVG = "image/svg+xml"
_DOLLARS = re.compile(r"\A\s*(\${1,2})(?P<math>.*?)\1\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Pieces of a page, and what they refer to.

    Args:
        pieces: The pieces.
        assets: Files.
        libraries: Scripts; see :mod:`haebom.libraries`.
    """

    pieces: tuple[Html | Image, ...] = ()
    assets: tuple[Asset, ...] = ()
    libraries: tuple[str, ...] = ()

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.pieces + other.pieces,
            self.assets + other.assets,
            tuple(dict.fromkeys(self.libraries + other.libraries)),
        )


def render(outputs: Iterable[Output], cell: Cell, labels: Labels) -> Rendered:
    """Render the outputs of one cell.

    Args:
        outputs: Normalised outputs.
        cell: The cell, for its captions and alternative texts.
        labels: Words for what has none.
    """
    renderer = _Renderer(cell, labels)
    return sum(map(renderer.output, outputs), start=Rendered())


class _Renderer:
    def __init__(self, cell: Cell, labels: Labels) -> None:
        self.cell = cell
        self.labels = labels

    def output(self, output: Output) -> Rendered:
        match output:
            case Stream(name=name, text=text):
                return _html(preformatted.text(text.rstrip("\n"), name, self.labels))
            case Error():
                return _html(preformatted.error(output, self.labels))
            case Display():
                return self.display(output)

    def display(self, display: Display) -> Rendered:
        mime = image_type(display)
        if mime is not None:
            return self.image(display, mime)
        for known, draw in self._forms().items():
            for given, value in display.data.items():
                if given.startswith(known) and value not in (None, ""):
                    return draw(value)
        return Rendered()

    def _forms(self) -> Mapping[str, Callable[[JSON], Rendered]]:
        """Types that a page can show besides images with what draws them, the richest first."""
        return {
            WIDGET: self.widget,
            PLOTLY: self.plotly,
            VEGA: self.vega,
            "text/html": self.html,
            "text/markdown": self.markdown,
            "text/latex": self.latex,
            "application/json": self.json,
            "text/plain": self.plain,
        }

    def html(self, value: JSON) -> Rendered:
        return _html(tables.html(str(value), self.labels))

    def widget(self, value: JSON) -> Rendered:
        def inner(outputs: tuple[Output, ...]) -> str:
            pieces = render(outputs, self.cell, self.labels).pieces
            return "".join(piece.html for piece in pieces if isinstance(piece, Html))

        return _html(widgets.html(value, self.labels, inner))

    def plotly(self, value: JSON) -> Rendered:
        layout = value.get("layout") or {}
        height = layout.get("height")
        return self.chart("plotly", value, layout, height if isinstance(height, int) else 450)

    def vega(self, value: JSON) -> Rendered:
        return self.chart("vega", value, value, 300)

    def chart(self, library: str, spec: JSON, titled: Mapping[str, JSON], height: int) -> Rendered:
        """A drawing that the page itself draws, from a file, when it comes into view."""
        content = json.dumps(spec, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        asset = _asset(content, "json")
        options = self.cell.options
        title = titled.get("title")
        title = title.get("text") if isinstance(title, dict) else title
        said = title if isinstance(title, str) else ""
        name = options.fig_alt or said or options.fig_cap or self.labels.chart
        caption = f"<figcaption>{escape(options.fig_cap)}</figcaption>" if options.fig_cap else ""
        html = (
            f'<figure class="haebom-chart"><div data-haebom-chart="{library}" '
            f'data-spec="{asset.name}" role="group" aria-label="{escape(name)}" '
            f'style="min-height:{height}px"><p class="haebom-note">'
            f"{escape(self.labels.chart_script)}</p></div>{caption}</figure>"
        )
        return Rendered((Html(html),), (asset,), (library,))

    def image(self, display: Display, mime: str) -> Rendered:
        figure = display.data.get(FIGURE) or {}
        try:
            content = _decoded(mime, display.data[mime])
            dark = _decoded(mime, figure.get("dark", {}).get(mime, ""))
        except (binascii.Error, ValueError):
            return self.plain(f"({IMAGES[mime]}: {self.labels.error})")
        assets = [_asset(each, IMAGES[mime]) for each in (content, dark) if each]
        if not assets:
            return Rendered()
        image = Image(
            assets[0].name,
            alternative(self.cell.options, figure, self.labels),
            self.cell.options.fig_cap,
            *_size(mime, content, display.metadata.get(mime) or {}),
            dark=assets[1].name if dark else "",
            plate=not figure and _is_see_through(mime, content),
        )
        return Rendered((image,), tuple(assets))

    def markdown(self, value: JSON) -> Rendered:
        md = Markdown(extensions=["tables", "fenced_code", "sane_lists", _NoHeadings()])
        return _html(f'<div class="haebom-markdown">{md.convert(str(value))}</div>')

    def latex(self, value: JSON) -> Rendered:
        match = _DOLLARS.match(str(value))
        math = match["math"] if match else str(value)
        return _html(f'<div class="arithmatex">\\[{escape(math.strip())}\\]</div>')

    def json(self, value: JSON) -> Rendered:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        return _html(preformatted.text(text, "json", self.labels))

    def plain(self, value: JSON) -> Rendered:
        return _html(preformatted.text(str(value), "result", self.labels))


def _html(html: str) -> Rendered:
    return Rendered((Html(html),))


def _asset(content: bytes, suffix: str) -> Asset:
    return Asset(f"{hashlib.blake2b(content, digest_size=12).hexdigest()}.{suffix}", content)


def _decoded(mime: str, value: JSON) -> bytes:
    """The content of an image file.

    Raises:
        ValueError: It is not base64 text.
    """
    if mime == _SVG:
        return drawings.as_file(str(value)).encode("utf-8") if value else b""
    return base64.b64decode(str(value))


def _size(mime: str, content: bytes, metadata: Mapping[str, JSON]) -> tuple[int, int]:
    """Width and height in CSS pixels; what the kernel says wins, as it knows about retina."""
    said_width, said_height = metadata.get("width"), metadata.get("height")
    if isinstance(said_width, int) and isinstance(said_height, int):
        return said_width, said_height
    if mime == _SVG:
        return drawings.size(content.decode("utf-8"))
    try:
        width, height = imagesize.get(io.BytesIO(content))
    except (ValueError, OSError, KeyError):
        return 0, 0
    return max(width, 0), max(height, 0)


def _is_see_through(mime: str, content: bytes) -> bool:
    """Whether what an image was drawn for may show through it."""
    if mime == "image/png":
        colour_type = content[25:26]
        return colour_type in (b"\x04", b"\x06") or b"tRNS" in content[:2048]
    return mime != "image/jpeg"


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
