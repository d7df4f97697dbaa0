"""The HTML, SVG and MathML that a page may hold whose author nobody knows.

Everything here only shows something. What runs, fetches documents, or sends anything is not here.
"""

from __future__ import annotations

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HTML = _words(
    "a abbr article aside audio b bdi bdo blockquote br button caption center cite code col"
    " colgroup data dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6"
    " header hr i img input ins kbd label li main mark menu meter nav ol option p picture pre"
    " progress q rp rt ruby s samp section select small source span strike strong sub summary sup"
    " table tbody td tfoot th thead time tr track tt u ul var video wbr"
)
SVG = _words(
    "circle clipPath defs desc ellipse feGaussianBlur feMerge feMergeNode feOffset filter g image"
    " line linearGradient marker mask path pattern polygon polyline radialGradient rect stop svg"
    " switch symbol text textPath title tspan use"
)
MATH = _words(
    "annotation math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom"
    " mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder"
    " munderover semantics"
)
"""Elements."""

_EVERYWHERE = "align class dir height hidden id lang role style tabindex title valign width"
_OF_SVG = (
    "clip-path clip-rule clipPathUnits color cx cy d dominant-baseline dx dy fill fill-opacity"
    " fill-rule filter font-family font-size font-style font-weight fx fy gradientTransform"
    " gradientUnits href in in2 letter-spacing marker-end marker-mid marker-start markerHeight"
    " markerUnits markerWidth mask maskUnits offset opacity orient overflow paint-order"
    " patternTransform patternUnits points preserveAspectRatio r refX refY result rotate rx ry"
    " shape-rendering spreadMethod startOffset stdDeviation stop-color stop-opacity stroke"
    " stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit"
    " stroke-opacity stroke-width text-anchor textLength transform vector-effect version viewBox"
    " visibility word-spacing x x1 x2 xmlns y y1 y2"
)
_OF_MATH = (
    "accent columnalign columnlines columnspacing depth display displaystyle encoding fence"
    " linethickness lspace mathbackground mathcolor mathsize mathvariant maxsize minsize"
    " movablelimits notation rowlines rowspacing rspace scriptlevel separator stretchy symmetric"
    " xmlns"
)
_OF_HTML: Mapping[str, str] = {
    "a": "href rel target download hreflang",
    "audio": "src controls loop muted preload",
    "button": "disabled",
    "col": "span",
    "colgroup": "span",
    "data": "value",
    "del": "datetime",
    "details": "open name",
    "img": "src alt loading decoding srcset sizes",
    "input": "autocomplete checked disabled name placeholder",
    "ins": "datetime",
    "label": "for",
    "li": "value",
    "meter": "value min max low high optimum",
    "ol": "start reversed type",
    "option": "value selected",
    "progress": "value max",
    "select": "disabled",
    "source": "src srcset type media sizes",
    "table": "border cellpadding cellspacing rules frame",
    "td": "colspan rowspan headers",
    "th": "colspan rowspan headers scope abbr",
    "time": "datetime",
    "track": "src kind srclang label default",
    "video": "src controls loop muted poster preload playsinline",
}
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **{tag: _words(_OF_HTML.get(tag, "")) for tag in HTML},
    **dict.fromkeys(SVG, _words(_OF_SVG)),
    **dict.fromkeys(MATH, _words(_OF_MATH)),
    "*": _words(_EVERYWHERE),
}
"""Attributes by element."""

PREFIXES = frozenset({"aria-", "data-"})
"""Beginnings of further attributes."""

VALUES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "button": {"type": frozenset({"button"})},
    "input": {"type": frozenset({"radio", "checkbox", "search", "text"})},
}
"""Attributes that may have these values only."""

SCHEMES = frozenset({"http", "https", "mailto", "data"})
"""Beginnings of addresses; what may be data is looked at one by one."""

EMPTIED = frozenset({"script", "style", "template", "iframe", "object", "noscript"})
"""Elements that take their content with them."""
