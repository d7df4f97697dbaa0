"""Pages without anything that acts: for looking at what strangers have sent.

What a page is made of comes through an allow-list, whoever wrote it: the post's Markdown with raw
HTML in it, and the outputs of its code. Tables of pandas, drawings, formulas and what the theme
needs for its own blocks stay; scripts, styles, frames and event handlers go.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import nh3

from haebom.model import JSON

_TEXT = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "cite", "code", "del", "dfn", "div", "em"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "mark", "p", "pre", "q", "rp"}
    | {"rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt"}
    | {"u", "var", "wbr", "center", "dd", "dl", "dt", "li", "ol", "ul", "details", "summary"}
    | {"figure", "figcaption", "img", "picture", "nav", "section", "progress"}
)
_TABLES = frozenset(
    {"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"}
)
_CONTROLS = frozenset({"input", "label", "button", "select", "option"})
_DRAWINGS = frozenset(
    {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"}
    | {"tspan", "defs", "clipPath", "use", "symbol", "marker", "pattern", "mask", "title", "desc"}
    | {"linearGradient", "radialGradient", "stop"}
)
_FORMULAS = frozenset(
    {"math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "msub"}
    | {"msup", "msubsup", "mfrac", "msqrt", "mroot", "mover", "munder", "munderover", "mtable"}
    | {"mtr", "mtd", "mpadded", "mphantom", "mstyle", "menclose"}
)
_PAINT = frozenset(
    {"d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy"}
    | {"width", "height", "viewBox", "preserveAspectRatio", "transform", "gradientTransform"}
    | {"gradientUnits", "offset", "fill", "fill-opacity", "fill-rule", "clip-path", "clip-rule"}
    | {"stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin"}
    | {"stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit", "opacity", "stop-color"}
    | {"stop-opacity", "font-size", "font-family", "font-weight", "text-anchor", "mask"}
    | {"dominant-baseline", "marker-start", "marker-mid", "marker-end", "xmlns", "version", "href"}
)
_EVERYWHERE = frozenset(
    {"id", "class", "title", "lang", "dir", "role", "tabindex", "style", "hidden", "align"}
)
_OWN: Mapping[str, frozenset[str]] = {
    "a": frozenset({"href", "hreflang", "download"}),
    "abbr": frozenset({"title"}),
    "button": frozenset({"type", "disabled"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "details": frozenset({"open"}),
    "img": frozenset({"src", "alt", "width", "height", "loading", "decoding"}),
    "input": frozenset({"name", "checked", "disabled", "placeholder", "autocomplete"}),
    "label": frozenset({"for"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start", "type"}),
    "option": frozenset({"value", "selected"}),
    "progress": frozenset({"value", "max"}),
    "td": frozenset({"colspan", "rowspan", "headers"}),
    "th": frozenset({"colspan", "rowspan", "headers", "scope"}),
    "time": frozenset({"datetime"}),
    "math": frozenset({"display", "xmlns"}),
    "annotation": frozenset({"encoding"}),
}
_STYLES = frozenset(
    {"color", "background-color", "text-align", "vertical-align", "font-weight", "font-style"}
    | {"font-size", "text-decoration", "white-space", "width", "height", "min-width", "max-width"}
    | {"min-height", "margin-right", "margin-left", "top", "border", "border-bottom", "padding"}
    | {"padding-left", "border-bottom-width", "border-top-width", "border-right-width"}
)
_ACTING = frozenset({"data-haebom-chart", "data-spec"})


def _kept(tag: str, name: str, value: str) -> str | None:
    """An attribute as it may stay; None for one that may not."""
    if name in _ACTING:
        return None  # a chart's own texts are drawn by a library that nobody has looked through
    if tag in ("use", *_DRAWINGS) and name in ("href", "xlink:href") and tag != "a":
        return value if value.startswith("#") else None
    return value


@cache
def _cleaner() -> nh3.Cleaner:
    drawn = {tag: set(_PAINT) for tag in _DRAWINGS | _FORMULAS}
    own = {tag: set(names) for tag, names in _OWN.items()}
    return nh3.Cleaner(
        tags=set(_TEXT | _TABLES | _CONTROLS | _DRAWINGS | _FORMULAS),
        clean_content_tags={"script", "style", "iframe", "object", "embed", "template", "noscript"},
        attributes={"*": set(_EVERYWHERE), **drawn, **own},
        tag_attribute_values={"input": {"type": {"radio", "checkbox", "search", "text"}}},
        attribute_filter=_kept,
        filter_style_properties=set(_STYLES),
        generic_attribute_prefixes={"data-", "aria-"},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def sanitised(html: str) -> str:
    """HTML of a page without anything that acts."""
    return _cleaner().clean(html)


def plain(value: JSON) -> JSON:
    """A value of front matter without marks: templates put it into pages as it is."""
    if isinstance(value, str):
        return nh3.clean(value, tags=set(), clean_content_tags={"script", "style"})
    if isinstance(value, dict):
        return {str(plain(key)): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value
