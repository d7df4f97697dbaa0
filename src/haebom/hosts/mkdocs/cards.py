"""Cards: the pictures that messengers and networks show with a link to a page.

They are drawn here, offline, with the Korean font that a package brings.
"""

from __future__ import annotations

import functools
import importlib.util
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL import __version__ as pillow

from haebom.model import digest
from haebom.store import write_if_changed

FOLDER = "assets/cards"
WIDTH, HEIGHT = 1200, 630
_PACKAGE = "koreanize_matplotlib"
_BOLD, _REGULAR = "NanumGothicBold.ttf", "NanumGothic.ttf"
_GROUND, _INK, _QUIET, _ACCENT = "#fffaf6", "#1d1f24", "#5f6670", "#ff6e40"
_MARGIN, _SIZES, _LINES = 88, (76, 66, 56), 3
_JOINERS = "\u200d\ufe0f"
_DRAWING = "1"
"""Changes with how cards are drawn, so that none is taken for what would be drawn now."""


@dataclass(frozen=True, slots=True)
class Card:
    """A picture for links.

    Args:
        url: Its complete address.
        width: In pixels.
        height: In pixels.
    """

    url: str
    width: int = WIDTH
    height: int = HEIGHT


class Cards:
    """Draws cards, each once.

    Args:
        store: Folder of those that are drawn already.
        site_name: Name of the site, on every card.
    """

    def __init__(self, store: Path, site_name: str) -> None:
        self._store = store
        self._site_name = site_name
        self._used: set[str] = set()

    @staticmethod
    def can_draw() -> bool:
        """Whether the font is there."""
        return _fonts() is not None

    def draw(self, title: str, note: str) -> str:
        """Draw a card, unless it is there.

        Args:
            title: In large letters.
            note: A line below it; may be empty.

        Returns:
            Path of the picture among the site's files.
        """
        name = f"{digest(_DRAWING, pillow, self._site_name, title, note)[:16]}.png"
        self._used.add(name)
        if not (self._store / name).is_file():
            write_if_changed(self._store / name, _png(title, note, self._site_name))
        return f"{FOLDER}/{name}"

    def publish(self, site_dir: Path) -> None:
        """Copy the cards of this build into the site, and forget those that nobody needs now."""
        for path in self._store.glob("*.png"):
            if path.name in self._used:
                target = site_dir / FOLDER / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
            else:
                path.unlink()


def _png(title: str, note: str, site_name: str) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 20, HEIGHT), fill=_ACCENT)
    sun = _sun()
    image.paste(_ACCENT, (WIDTH - _MARGIN - sun.width, HEIGHT - 76 - sun.height), sun)
    font, lines = _fitted(title)
    top = _MARGIN + 6
    for line in lines:
        draw.text((_MARGIN, top), line, font=font, fill=_INK)
        top += round(font.size * 1.4)
    if note:
        small = _font(_REGULAR, 32)
        text = next(_wrapped(note, small, WIDTH - 2 * _MARGIN))
        draw.text((_MARGIN, top + 16), text, font=small, fill=_QUIET)
    draw.text((_MARGIN, HEIGHT - 128), site_name, font=_font(_BOLD, 42), fill=_INK)
    out = io.BytesIO()
    image.quantize(32, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _sun() -> Image.Image:
    """A sun that rises over a line, drawn four times as large for smooth edges."""
    mask = Image.new("L", (4 * 160, 4 * 160))
    draw = ImageDraw.Draw(mask)
    draw.circle((4 * 80, 4 * 74), 4 * 32, fill=255)
    draw.rounded_rectangle((4 * 4, 4 * 132, 4 * 156, 4 * 144), 4 * 6, fill=255)
    for x, y, to_x, to_y in ((80, 4, 80, 24), (24, 20, 38, 34), (136, 20, 122, 34)):
        draw.line((4 * x, 4 * y, 4 * to_x, 4 * to_y), fill=255, width=4 * 10)
    return mask.resize((160, 160), Image.Resampling.LANCZOS)


def _fitted(title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest font in which a title fits; if there is none, the title is cut."""
    for size in _SIZES:
        font = _font(_BOLD, size)
        lines = list(_wrapped(title, font, WIDTH - 2 * _MARGIN))
        if len(lines) <= _LINES:
            return font, lines
    return font, [*lines[: _LINES - 1], f"{lines[_LINES - 1].rstrip()}…"]


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """Lines of whole words; a word that is wider than a line is broken.

    Pictures among the letters are left out, since the font has none.
    """
    text = "".join(sign for sign in text if ord(sign) <= 0xFFFF and sign not in _JOINERS)
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            yield line
        line = word
        while font.getlength(line) > width:
            fits = next(n for n in range(len(line), 0, -1) if font.getlength(line[:n]) <= width)
            yield line[:fits]
            line = line[fits:]
    yield line


@functools.cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    folder = _fonts()
    assert folder is not None
    return ImageFont.truetype(folder / name, size)


def _fonts() -> Path | None:
    """Where the fonts are; the package is not imported, for it would import Matplotlib."""
    spec = importlib.util.find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0], "fonts") if places else None
