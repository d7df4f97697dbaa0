"""Outputs as pieces of a page."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from haebom.model import Cell, CellOptions, Display, Error, Location, Output, Stream
from haebom.render import ansi
from haebom.render.labels import labels
from haebom.render.outputs import Rendered, render
from haebom.render.page import Html, Image
from helpers import PNG

ENGLISH = labels("en")


def _render(*outputs: Output, **options: Any) -> Rendered:
    cell = Cell(0, "python", "x", "x", Location("a.md"), options=CellOptions(**options))
    return render(outputs, cell, ENGLISH)


def _html(*outputs: Output, **options: Any) -> str:
    pieces = _render(*outputs, **options).pieces
    assert all(isinstance(piece, Html) for piece in pieces)
    return "".join(piece.html for piece in pieces if isinstance(piece, Html))


def test_streams() -> None:
    """Printed text would be read as HTML, or errors look like ordinary text."""
    html = _html(Stream("stdout", "<b>&\n"), Stream("stderr", "warn\n"))
    assert "&lt;b&gt;&amp;</pre>" in html
    assert 'class="haebom-text haebom-stdout"' in html
    assert 'class="haebom-text haebom-stderr"' in html
    assert "<code" not in html  # the theme's copy button looks for code


def test_errors() -> None:
    """A traceback would be read as HTML, or lose its colours."""
    html = _html(Error("ValueError", "x", ("\x1b[31mValueError\x1b[0m: <x>",)))
    assert re.search(r'<span class="ansi31">ValueError</span>: &lt;x&gt;', html)
    assert "ValueError: x" in _html(Error("ValueError", "x"))


@pytest.mark.parametrize(
    ("mime", "value", "expected"),
    [
        ("text/plain", "<x>", "&lt;x&gt;</pre>"),
        ("text/html", "<table><tr><td>1</td></tr></table>", '<div class="haebom-html"'),
        ("image/svg+xml", '<?xml version="1.0"?><!DOCTYPE svg><svg><g/></svg>', "><svg><g/></svg>"),
        ("text/markdown", "# 제목\n\n| a |\n|---|\n| 1 |\n", "haebom-heading haebom-h1"),
        ("text/markdown", "| a |\n|---|\n| 1 |\n", "<table>"),
        ("text/latex", "$$x<y$$", r"\[x&lt;y\]"),
        ("text/latex", "$x$", r"\[x\]"),
        ("text/latex", r"\begin{align}x\end{align}", r"\[\begin{align}x\end{align}\]"),
        ("application/json", {"가": ["<b>"]}, '"가": ['),
    ],
)
def test_forms(mime: str, value: Any, expected: str) -> None:
    """A MIME type would not be shown as what it is."""
    assert expected in _html(Display({mime: value})).replace("&quot;", '"')


def test_json_is_escaped() -> None:
    """JSON would be read as HTML."""
    assert "<b>" not in _html(Display({"application/json": "<b>"}))


def test_markdown_has_no_headings() -> None:
    """A heading in an output would appear in the table of contents."""
    assert not re.search(r"<h\d", _html(Display({"text/markdown": "# a\n\n## b\n"})))


RICHEST_FIRST = [
    "text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/latex",
    "application/json", "text/plain",
]  # fmt: skip


@pytest.mark.parametrize("index", range(len(RICHEST_FIRST)))
def test_the_richest_form_wins(index: int) -> None:
    """A table or figure would be shown as plain text though there is something better."""
    values = {
        mime: PNG if mime in ("image/png", "image/jpeg") else f"<i>{mime}</i>"
        for mime in reversed(RICHEST_FIRST[index:])
    }
    alone = _render(Display({RICHEST_FIRST[index]: values[RICHEST_FIRST[index]]}))
    assert _render(Display(values)) == alone
    assert len(alone.pieces) == 1


def test_empty_and_unknown_forms_are_passed_over() -> None:
    """A form without content would hide the one that has some."""
    data = {"text/html": "", "image/png": None, "application/x-own": "z", "text/plain": "y"}
    assert ">y</pre>" in _html(Display(data))
    assert _render(Display({"application/x-own": "z"})).pieces == ()


def test_images_become_files() -> None:
    """An image would be inlined, lose its size, or change its name from run to run."""
    found = _render(Display({"image/png": PNG}), fig_alt="대신", fig_cap="설명")
    (image,), (asset,) = found.pieces, found.assets
    assert isinstance(image, Image)
    assert (image.alt, image.caption, image.width, image.height) == ("대신", "설명", 3, 2)
    assert asset.content == base64.b64decode(PNG)
    assert image.file == asset.name
    assert asset.name.endswith(".png")
    assert _render(Display({"image/png": PNG + "\n"})).assets == (asset,)


def test_size_that_the_kernel_tells() -> None:
    """A picture for a sharp display would appear twice as large."""
    display = Display({"image/png": PNG}, {"image/png": {"width": 30, "height": 20}})
    (image,) = _render(display).pieces
    assert isinstance(image, Image)
    assert (image.width, image.height) == (30, 20)


@pytest.mark.parametrize("content", ["not base64!", "", "QUJD"])
def test_broken_images(content: str) -> None:
    """An image that is none would end the build."""
    found = _render(Display({"image/png": content, "text/plain": "x"}))
    assert len(found.pieces) == 1


def test_captions_and_alternative_texts_are_escaped() -> None:
    """A caption would be read as HTML."""
    html = _html(Display({"image/svg+xml": "<svg/>"}), fig_alt='a"b', fig_cap="<c>")
    assert 'aria-label="a&quot;b"' in html
    assert "<figcaption>&lt;c&gt;</figcaption>" in html


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("31", "ansi31"),
        ("1;32", "ansi32"),
        ("38;5;1", "ansi31"),
        ("38;5;12", "ansi94"),
        ("38;5;196", "ansi31"),
        ("38;5;46", "ansi32"),
        ("38;5;21", "ansi34"),
        ("48;5;226", "ansi43"),
        ("38;2;255;0;255", "ansi35"),
        ("38;2;0;255;255;1", "ansi36"),
    ],
)
def test_colours(code: str, expected: str) -> None:
    """A colour of the 256 or of the true ones would disappear or be another."""
    html = ansi.to_html(f"\x1b[{code}mX\x1b[0m")
    assert re.search(rf'<span class="(?:ansi1 )?(?:[^"]* )?{expected}(?: [^"]*)?">X</span>', html)


@pytest.mark.parametrize("code", ["38;5;240", "38;2;128;128;130"])
def test_greys_are_the_text_colour(code: str) -> None:
    """A grey would be illegible on light or on dark ground."""
    assert "ansi3" not in ansi.to_html(f"\x1b[{code}mX\x1b[0m").replace("ansi39", "")


@pytest.mark.parametrize(
    "text", ["\x1b[2KX", "\x1b]0;title\x07X", "\x1b[1;1HX", "\x1b[?25lX", "\x1b[AX"]
)
def test_other_escapes_go(text: str) -> None:
    """Codes that move the cursor would appear as garbage."""
    assert ansi.to_html(text) == "X"


@pytest.mark.parametrize("text", ["a < b & c", "줄\n\n줄", "  앞", "'\"", "\x1b[31m<\x1b[0m"])
def test_no_text_is_lost(text: str) -> None:
    """Characters of an output would get lost on the page."""
    from html import unescape

    plain = unescape(re.sub(r"<[^>]*>", "", ansi.to_html(text)))
    assert plain == re.sub(r"\x1b\[\d+m", "", text)
