"""Outputs as pieces of a page."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from haebom.model import Cell, CellOptions, Display, Error, Location, Output, Stream
from haebom.outputs import FIGURE, WIDGET
from haebom.render import ansi
from haebom.render.labels import labels
from haebom.render.outputs import Rendered, render
from haebom.render.page import Html, Image
from helpers import PNG

ENGLISH = labels("en")
OTHER_PNG = base64.b64encode(base64.b64decode(PNG) + b"x").decode()
SEE_THROUGH = base64.b64encode(base64.b64decode(PNG).replace(b"\x08\x02", b"\x08\x06")).decode()


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


def _image(data: dict[str, Any], **options: Any) -> Image:
    (image,) = _render(Display(data), **options).pieces
    assert isinstance(image, Image)
    return image


@pytest.mark.parametrize(
    ("drawing", "size"),
    [
        ('<?xml version="1.0"?><!DOCTYPE svg><svg width="30" height="20"><g/></svg>', (30, 20)),
        ('<svg width="3in" height="2in" viewBox="0 0 9 9"/>', (288, 192)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30.4 20"/>', (30, 20)),
        ('<svg width="60" viewBox="0,0,30,20"/>', (60, 40)),
        ('<svg height="40" viewBox="0 0 30 20"/>', (60, 40)),
        ('<svg width="100%" height="auto"/>', (0, 0)),
        ("<svg><use xlink:href='#a'/><text>&nbsp;<b>x</svg>", (0, 0)),
    ],
)
def test_drawings_become_files(drawing: str, size: tuple[int, int]) -> None:
    """A drawing would be no image to a browser, move the page when it comes, or run a script."""
    found = _render(Display({"image/svg+xml": drawing}))
    (image,), (asset,) = found.pieces, found.assets
    assert isinstance(image, Image)
    assert (image.width, image.height) == size
    root = ElementTree.fromstring(asset.content)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("mime", ["image/png", "image/svg+xml"])
def test_figures_for_dark_pages(mime: str) -> None:
    """The figure that was drawn for dark pages would be lost, or another shown in its place."""
    contents = (PNG, OTHER_PNG) if mime == "image/png" else ("<svg/>", "<svg id='dark'/>")
    figure = {"plots": [], "missing": "", "dark": {mime: contents[1]}}
    found = _render(Display({mime: contents[0], FIGURE: figure}))
    (image,) = found.pieces
    assert isinstance(image, Image)
    assert [asset.name for asset in found.assets] == [image.file, image.dark]
    assert image.file != image.dark
    assert not image.plate


@pytest.mark.parametrize(
    ("data", "is_on_plate"),
    [
        ({"image/png": PNG}, False),
        ({"image/png": SEE_THROUGH}, True),
        ({"image/png": SEE_THROUGH, FIGURE: {"dark": {}, "missing": "", "plots": []}}, False),
        ({"image/svg+xml": "<svg/>"}, True),
        ({"image/jpeg": "QUJD"}, False),
    ],
)
def test_plates(data: dict[str, Any], is_on_plate: bool) -> None:
    """Black lines on nothing would be invisible on a dark page, or a photo get a white frame."""
    assert _image(data).plate is is_on_plate


LOSS = {
    "plots": [{"title": "Loss", "kinds": ["line"], "x": "epoch", "y": "loss", "legend": ["a", "b"]}]
}


@pytest.mark.parametrize(
    ("figure", "options", "alt"),
    [
        (LOSS, {}, "Loss: line plot. x axis: epoch. y axis: loss. Legend: a, b."),
        (LOSS, {"fig_alt": "own"}, "own"),
        (LOSS, {"fig_cap": "cap"}, "Loss: line plot. x axis: epoch. y axis: loss. Legend: a, b."),
        ({"plots": [{"kinds": ["bar"]}]}, {"fig_cap": "cap"}, "cap"),
        ({"plots": [{"kinds": ["bar"]}]}, {}, "Figure drawn by the code"),
        ({"title": "T", "plots": [{"kinds": ["bar"]}]}, {}, "T. bar chart."),
        (
            {"plots": [{"title": "A", "kinds": ["bar"]}, {"names": ["cat"]}]},
            {},
            "2 plots: (1) A: bar chart. (2) Entries: cat.",
        ),
        (
            {"plots": [{"title": str(n), "kinds": ["image"]} for n in range(5)], "more": 4},
            {},
            "9 plots (image): 0, 1, 2, 3, 4, ….",
        ),
    ],
)
def test_alternative_texts(figure: Any, options: dict[str, str], alt: str) -> None:
    """A reader who cannot see a figure would learn less of it than stands in it."""
    assert _image({"image/png": PNG, FIGURE: figure}, **options).alt == alt


def test_long_outputs_are_folded() -> None:
    """A training log would push the rest of the post away, or lose lines or colours."""
    lines = [f"line {number}" for number in range(240)]
    lines[10] = "\x1b[31mred from here"
    html = _html(Stream("stdout", "\n".join(lines) + "\n"))
    assert "<summary>Show all 240 lines of output</summary>" in html
    assert [f"line {n}" in html for n in range(240) if n != 10] == [True] * 239
    head, _, rest = html.partition("<details")
    middle, _, tail = rest.partition("</details>")
    assert "line 19" in head
    assert "line 20<" not in head
    assert "line 239" in tail
    for part in (middle, tail):
        assert '<span class="ansi31">' in part
    assert "<details" not in _html(Stream("stdout", "x\n" * 40))


TRACE = (
    "---------",
    "RuntimeError                   Traceback (most recent call last)",
    "Cell In[6], line 2\n      1 model\n----> 2 model(x)\n",
    *(f"File site-packages/torch/module.py:{n}, in call\n    {n} lines\n" for n in range(20)),
    "RuntimeError: shapes cannot be multiplied",
)


def test_long_tracebacks_are_brief() -> None:
    """A reader would have to look for the one line of the post among those of libraries."""
    html = _html(Error("RuntimeError", "shapes cannot be multiplied", TRACE))
    brief, _, rest = html.partition("<details")
    for part in ("2 model(x)", "RuntimeError: shapes cannot be multiplied"):
        assert part.replace(">", "&gt;") in brief
    assert "module.py" not in brief
    assert "Show all 45 lines of the traceback" in rest
    assert "module.py:19" in rest
    short = _html(Error("RuntimeError", "x", (*TRACE[:3], TRACE[-1])))
    assert "<details" not in short
    assert "-----<" not in short


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("100%|████| 30/30 [00:00<00:00, 7.29it/s]", "progress"),
        ("학습: 100%|████| 30/30 [00:00<00:00, 7.29it/s]\n", "progress"),
        ("a.py:1: UserWarning: careful", "stderr"),
        ("100%|████| 30/30 [00:00<00:00, 7.29it/s]\ncareful", "stderr"),
    ],
)
def test_progress_is_no_warning(text: str, kind: str) -> None:
    """A finished progress bar would look like a warning, or a warning like progress."""
    assert f"haebom-{kind}" in _html(Stream("stderr", text))


@pytest.mark.parametrize(
    ("text", "scrolls"),
    [("x" * 36, False), ("x" * 37, True), ("가" * 18, False), ("가" * 19, True)],
)
def test_only_what_scrolls_is_a_stop_for_the_keyboard(text: str, scrolls: bool) -> None:
    """A wide output could not be scrolled by keyboard, or every short one stop the reader."""
    assert ("tabindex" in _html(Stream("stdout", text))) is scrolls


def _pandas(rows: str) -> str:
    return (
        '<div>\n<style scoped>\n .dataframe th { color: red; }\n</style>\n<table border="1" '
        f'class="dataframe">\n<thead><tr><th>a</th></tr></thead>\n<tbody>{rows}</tbody>\n</table>'
        "\n</div>"
    )


def test_tables_of_pandas() -> None:
    """Every table would carry the same style sheet, or a long one push the post away."""
    html = _html(Display({"text/html": _pandas("<tr><td>1</td></tr>")}))
    assert "<style" not in html
    assert "border=" not in html
    assert "haebom-plate" not in html
    assert "haebom-tall" not in html
    long = _html(Display({"text/html": _pandas("<tr><td>1</td></tr>" * 1200)}))
    assert "haebom-tall" in long
    assert "1,200 rows" in long


@pytest.mark.parametrize(
    ("html", "is_on_plate"),
    [
        ("<style>#T_1 {background-color: yellow}</style><table id='T_1'></table>", True),
        ('<p style="color: black">x</p>', True),
        ('<td bgcolor="#fff">x</td>', True),
        ('<p style="text-align: right">x</p>', False),
        ("<p>background: none</p>", False),
        ("<style>@media (prefers-color-scheme: dark) {p {color: white}}</style>", False),
    ],
)
def test_what_brings_colours_keeps_its_ground(html: str, is_on_plate: bool) -> None:
    """A cell marked yellow would have white text on a dark page."""
    assert ("haebom-plate" in _html(Display({"text/html": html}))) is is_on_plate


@pytest.mark.parametrize(
    ("mime", "library", "spec", "title"),
    [
        ("application/vnd.plotly.v1+json", "plotly", {"layout": {"title": {"text": "T"}}}, "T"),
        ("application/vnd.plotly.v1+json", "plotly", {"layout": {"height": 300}}, "Interactive"),
        ("application/vnd.vegalite.v6+json", "vega", {"title": "T"}, "T"),
        ("application/vnd.vegalite.v5+json", "vega", {}, "Interactive"),
    ],
)
def test_charts(mime: str, library: str, spec: Any, title: str) -> None:
    """An interactive figure would be shown as text, or its data weigh upon the page."""
    data = {"text/html": "<p>", mime: spec, "text/plain": "x"}
    found = _render(Display(data))
    (piece,), (asset,) = found.pieces, found.assets
    assert found.libraries == (library,)
    assert isinstance(piece, Html)
    assert f'data-spec="{asset.name}"' in piece.html
    assert f'aria-label="{title}' in piece.html
    assert json.loads(asset.content) == spec


PRINTED = {"output_type": "stream", "name": "stdout", "text": "6"}


def _widget(model: str, *children: Any, **state: Any) -> Any:
    return {"model": f"{model}Model", "state": state, "children": list(children)}


@pytest.mark.parametrize(
    ("widget", "shown"),
    [
        (_widget("IntSlider", description="n", value=3), "n 3"),
        (_widget("IntRangeSlider", value=[1, 4]), "1 – 4"),
        (_widget("Dropdown", _options_labels=["a", "b"], index=1), "b"),
        (_widget("SelectMultiple", _options_labels=["a", "b"], index=[0, 1]), "a, b"),
        (_widget("Checkbox", description="c", value=True), "c ☑"),
        (_widget("Label", value="<b>"), "&lt;b&gt;"),
        (_widget("HTML", value="<b>x</b>"), "<b>x</b>"),
        (_widget("Button", description="go"), "go"),
        (_widget("FloatProgress", value=5, min=0, max=10), 'value="0.5"'),
        (
            _widget("Output", outputs=[PRINTED]),
            "6",
        ),
        (_widget("Tab", _widget("Label", value="in"), titles=["T"]), "<strong>T</strong>"),
        (_widget("HBox", _widget("HTML", value="100%"), _widget("IntProgress", value=9)), "100%"),
    ],
)
def test_widgets_show_their_last_state(widget: Any, shown: str) -> None:
    """A widget would be an empty place or a Python expression."""
    html = _html(Display({WIDGET: widget, "text/plain": "IntSlider(value=0)"}))
    assert shown in html.replace('<span class="haebom-control">', "")
    assert "IntSlider(" not in html


@pytest.mark.parametrize(
    ("widget", "moves"),
    [
        (_widget("VBox", _widget("IntSlider", value=3), _widget("Output", outputs=[])), True),
        (_widget("HBox", _widget("HTML", value="x"), _widget("FloatProgress", value=1)), False),
    ],
)
def test_widgets_that_would_move_say_so(widget: Any, moves: bool) -> None:
    """A reader would pull at a slider that is none, or be told so of a progress bar."""
    assert (ENGLISH.widget in _html(Display({WIDGET: widget}))) is moves


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
