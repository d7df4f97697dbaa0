"""Pages of people whom nobody knows: HTML in which nothing runs.

It goes through nh3, which parses HTML as browsers do. nh3 knows nothing of CSS, with which pandas
colours tables and Matplotlib every line of a drawing: that is :mod:`haebom.render.css`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape

import nh3

from haebom.model import JSON, CellRun, Checked, Display
from haebom.outputs import PLOTLY, VEGA
from haebom.render import allowed, css

_TAKEN = ("data-md-", "data-clipboard-", "data-haebom-chart", "data-spec")
"""Attributes by which scripts of the theme and of haebom find what they work on; what they draw
would have texts of its own, which nobody has looked through."""

_OWN_IDS = re.compile(r"__(?:tabbed|codelineno|span|code|blockquote|highlight)[-_][\w-]+")
_OWN_CLASSES = re.compile(r"md-(?:button(?:--primary)?|input|tag|typeset)")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_LOCAL_URL = re.compile(r"url\(['\"]?#[\w.:-]+['\"]?\)")

_DRAWING = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]*>(?P<css>.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!-- [\w/-]+ -->")
"""What hosts look for in pages: the end of an excerpt, the place of a list."""
_KEPT = re.compile(r'<data class="haebom-kept" value="(?P<number>\d+)"></data>')


def sanitise(html: str) -> str:
    """HTML as a page may hold it whose author nobody knows.

    Args:
        html: A page's content, or a part of it.
    """
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f'<data class="haebom-kept" value="{len(kept) - 1}"></data>'

    def keep_style(match: re.Match[str]) -> str:
        return keep(css.sheet(match["css"]))

    def before_drawing(match: re.Match[str]) -> str:
        styles = "".join(map(keep_style, _STYLE.finditer(match[0])))
        return styles + _STYLE.sub("", match[0])

    html = _DRAWING.sub(before_drawing, _KEPT.sub("", html))
    html = _STYLE.sub(keep_style, html)
    html = _COMMENT.sub(lambda match: keep(match[0]), html)
    clean = _CLEANER.clean(html)
    # quotes within attributes have become entities, so this can be nothing but an element
    return _KEPT.sub(lambda match: kept[int(match["number"])], clean)


def sanitise_meta(meta: Mapping[str, JSON]) -> dict[str, JSON]:
    """Front matter without marks: templates put its texts on the page as they are.

    Args:
        meta: What the author wrote.
    """
    return {key: _links(value) if key == "links" else _plain(value) for key, value in meta.items()}


def plain(text: str) -> str:
    """A text without any mark of HTML, now or when entities in it are read, as filters of templates
    read them."""
    while (read := unescape(text)) != text:
        text = read
    return text.translate(_LOOKALIKES)


def _plain(value: JSON) -> JSON:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _links(value: JSON) -> JSON:
    """Related links: their titles are texts, too."""
    if isinstance(value, str):
        scheme = _squeezed(value).partition(":")[0]
        return "" if scheme in ("javascript", "vbscript", "data") else plain(value)
    if isinstance(value, Mapping):
        return {plain(str(key)): _links(each) for key, each in value.items()}
    return [_links(each) for each in value] if isinstance(value, list | tuple) else value


def tamed(checked: Checked) -> Checked:
    """A post whose front matter and outputs run nothing; its prose is sanitised with the page.

    Args:
        checked: The post with its run.
    """
    post = replace(checked.post, meta=sanitise_meta(checked.post.meta))
    run = checked.run and replace(checked.run, cells=tuple(map(_tamed_cell, checked.run.cells)))
    return replace(checked, post=post, run=run)


def _tamed_cell(cell: CellRun) -> CellRun:
    outputs = (
        replace(output, data=_tamed_bundle(output.data)) if isinstance(output, Display) else output
        for output in cell.outputs
    )
    return replace(cell, outputs=tuple(outputs))


def _tamed_bundle(data: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """What would need a script gives way to a picture or a text of it."""
    calm = {mime: value for mime, value in data.items() if not mime.startswith(_DRAWN_BY_SCRIPT)}
    for mime in ("text/html", "image/svg+xml"):
        if mime in calm:
            calm[mime] = sanitise(str(calm[mime]))
    if _SCRIPT.search(str(data.get("text/html", ""))):
        has_more = any(mime.startswith(("image/", "text/markdown", "text/latex")) for mime in calm)
        if has_more or not _SHOWN.search(str(calm["text/html"])):
            del calm["text/html"]
    return calm


_SHOWN = re.compile(r">[^<]*[^<\s]|\A[^<]*[^<\s]|<(?:img|svg|video|audio|table)\b")
"""Something to be seen."""

_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_DRAWN_BY_SCRIPT = (PLOTLY, VEGA, "application/javascript", "text/javascript")
_LOOKALIKES = str.maketrans("<>\"'", "‹›”’")


def _squeezed(address: str) -> str:
    """An address as browsers read it: blanks and control characters do not count."""
    return re.sub(r"[\x00-\x20]", "", address).lower()


def _filtered(tag: str, name: str, value: str) -> str | None:
    """An attribute's value as it may stay, or None."""
    if name == "style":
        return css.declarations(value) or None
    if name == "id":
        is_taken = value.startswith("__") and not _OWN_IDS.fullmatch(value)
        return None if is_taken else value
    if name == "class":
        own = (w for w in value.split() if not w.startswith("md-") or _OWN_CLASSES.fullmatch(w))
        return " ".join(own) or None
    if name in ("href", "src", "poster", "srcset"):
        return value if _leads_well(tag, value) else None
    if name.startswith(_TAKEN):
        return None
    if tag in allowed.SVG and "url(" in value.lower() and not _LOCAL_URL.fullmatch(value):
        return None
    return value


def _leads_well(tag: str, address: str) -> bool:
    if _squeezed(address).startswith("data:"):
        return tag in ("img", "image") and bool(_PICTURE.fullmatch(address))
    return tag == "a" or tag not in allowed.SVG or address.startswith("#")


_CLEANER = nh3.Cleaner(
    tags=set(allowed.HTML | allowed.SVG | allowed.MATH),
    clean_content_tags=set(allowed.EMPTIED),
    attributes={tag: set(names) for tag, names in allowed.ATTRIBUTES.items()},
    attribute_filter=_filtered,
    tag_attribute_values={
        tag: {name: set(values) for name, values in by_name.items()}
        for tag, by_name in allowed.VALUES.items()
    },
    generic_attribute_prefixes=set(allowed.PREFIXES),
    url_schemes=set(allowed.SCHEMES),
    strip_comments=True,
    link_rel=None,
)
