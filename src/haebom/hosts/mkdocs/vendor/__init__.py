"""Libraries for pages, as npm has them; ``scripts/vendor.py`` copies them here."""

from __future__ import annotations

import importlib.resources
import io
import zipfile
from pathlib import Path

_HERE = importlib.resources.files(__name__)


def katex() -> str:
    """The source of KaTeX."""
    return (_HERE / "katex" / "katex.min.js").read_text("utf-8")


def put_katex(folder: Path) -> None:
    """Write what pages with formulas load: the style sheet, and the fonts that it names."""
    source = _HERE / "katex"
    (folder / "fonts").mkdir(parents=True, exist_ok=True)
    for name in ("LICENSE", "katex.min.css"):
        (folder / name).write_bytes((source / name).read_bytes())
    for font in (source / "fonts").iterdir():
        (folder / "fonts" / font.name).write_bytes(font.read_bytes())


def put_mermaid(folder: Path) -> None:
    """Write Mermaid, in the parts that a browser loads as a page's diagrams need them."""
    content = (_HERE / "mermaid.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
