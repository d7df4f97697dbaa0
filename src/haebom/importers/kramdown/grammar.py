"""The signs of kramdown, as its documentation describes them.

Source: https://kramdown.gettalong.org/syntax.html and, for what Jekyll reads,
https://github.com/kramdown/parser-gfm. There is no reader of kramdown for Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

OPT = r" {0,3}"
OPT_INDENT = re.compile(OPT)
_ANY = r"(?:\\\}|[^}])"
_ID = r"\w[\w-]*"
_TAIL = r"[\t| ].*?\n"
_TAG = r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?"

BLANK = re.compile(r"(?:[^\S\n]*\n)+")
BOUNDARY = re.compile(r"\^[^\S\n]*\n")
INDENTED = re.compile(r"(?:\t| {4})")
CODE_LINE = re.compile(r"(?:\t| {4})[ \t]*\S.*\n")
PARAGRAPH = re.compile(rf"{OPT}(?=[^ \t\n])")
ATTRIBUTE_LIST = re.compile(rf"{OPT}\{{:(?![:/])({_ANY}+)\}}[^\S\n]*\n")
DEFINED_LIST = re.compile(rf"{OPT}\{{:({_ID}):({_ANY}+)\}}[^\S\n]*\n")
ITEM_LIST = re.compile(rf"\s*\{{:(?!(?:{_ID})?:|/)({_ANY}+)\}}\s*")
SPAN_LIST = re.compile(rf"\{{:({_ANY}+)\}}")
EXTENSION = rf"\{{::(\w+)(?:\s({_ANY}*?))?(/)?\}}"
EXTENSION_BLOCK = re.compile(rf"{OPT}{EXTENSION}[^\S\n]*\n")
EXTENSION_SPAN = re.compile(EXTENSION)

ATX = re.compile(r"(#{1,6})[\t ]*([^ \t\n].*)\n")
ATX_GFM = re.compile(r"(#{1,6})[\t ]+(.*)\n")
SETEXT = re.compile(rf"{OPT}([^ \t\n].*)\n([-=])[-=]*[ \t\r\f\v]*\n")
HEADING_ID = re.compile(r"[\t ]\{#([^\W\d][\w:.-]*)\}\Z")
RULE = re.compile(rf"{OPT}([*_-])[ \t]*\1[ \t]*\1(?:\1|[ \t])*\n")
QUOTE = re.compile(rf"{OPT}> ?")
FENCE = re.compile(r"(~{3,})[^\S\n]*(\S*)[^\S\n]*\n(.*?)^\1~*[^\S\n]*\n", re.DOTALL | re.MULTILINE)
FENCE_GFM = re.compile(
    rf"{OPT}(~{{3,}}|`{{3,}})[^\S\n]*([^`\n]*?)[^\S\n]*\n(.*?)^{OPT}\1[~`]*[^\S\n]*\n",
    re.DOTALL | re.MULTILINE,
)
FENCE_GFM_START = re.compile(rf"{OPT}[~`]{{3,}}")

BULLET = re.compile(rf"({OPT}[+*-])({_TAIL})")
NUMBER = re.compile(rf"({OPT}\d+\.)({_TAIL})")
MEANING = re.compile(rf"({OPT}:)({_TAIL})")
TASK = re.compile(r"\s*\[([ xX])\]\s+")

INTERRUPTING = (BULLET, NUMBER, ATX_GFM, QUOTE, FENCE_GFM_START)
"""What may follow a paragraph without a blank line when reading like GitHub."""

TABLE_SIGN = r"(?:\||.*?[^\\\n]\|)"
TABLE_LINE = re.compile(rf"{TABLE_SIGN}.*?\n")
TABLE_START = re.compile(rf"{OPT}(?=\S){TABLE_SIGN}.*?\n")
TABLE_RULE = re.compile(r"([+|: \t-]*?-[+|: \t-]*?)[ \t]*\n")
TABLE_FOOT = re.compile(r"[+|: \t=]*?=[+|: \t=]*?[ \t]*\n")
TABLE_ALIGN = re.compile(r"[ \t]?(:?)-+(:?)[ \t]?")

MATH = re.compile(rf"{OPT}(\\)?\$\$(.*?)\$\$([^\S\n]*\n)?", re.DOTALL)
_CODE_LINES = (
    r"(?:(?:[^\S\n]*\n)*(?:(?:\t| {4})[ \t]*\S.*\n)+"
    rf"(?:(?!{OPT}\{{:(?![:/]){_ANY}+\}}[^\S\n]*\n|\^[^\S\n]*\n|{OPT}</?[^\W\d])[ \t]*\S.*\n)*)*"
)
FOOTNOTE = re.compile(rf"{OPT}\[\^({_ID})\]:[^\S\n]*(.*\n{_CODE_LINES})")
LINK = re.compile(
    rf"{OPT}\[([^\n\]]+)\]:[ \t]*(?:<(.*?)>|([^\n]*?\S[^\n]*?))"
    r"(?:(?:[ \t]*?\n|[ \t]+?)[ \t]*?([\"'])(.+?)\4)?[ \t]*?\n"
)
ABBREVIATION = re.compile(rf"{OPT}\*\[(.+?)\]:(.*?)\n")

COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
INSTRUCTION = re.compile(r"<\?(.*?)\?>", re.DOTALL)
OPEN_TAG = re.compile(
    rf"<({_TAG})\s*((?:\s+{_TAG}(?:\s*=\s*(?:\w+|\"[^\"]*\"|'[^']*'))?)*)\s*(/)?>", re.DOTALL
)
CLOSE_TAG = re.compile(rf"</({_TAG})\s*>")
ATTRIBUTE = re.compile(rf"\s*({_TAG})(?:\s*=\s*(?:(\w+)|\"([^\"]*)\"|'([^']*)'))?", re.DOTALL)
HTML_LINE = re.compile(rf"{OPT}</?({_TAG})")
HTML_SIGN = re.compile(rf"<(?:{_TAG}|!--|/|\?)")

_PART = re.compile(
    rf"(?:\A|(?<=\s))(?:({_ID})=([\"'])((?:\\\}}|\\\2|(?!\2)[^}}])*?)\2|({_ID})"
    r"|((?:#[A-Za-z][\w:-]*|\.[^\s.#]+)+))(?=\s|\Z)"
)
_ID_OR_CLASS = re.compile(r"#([A-Za-z][\w:-]*)|\.([^\s.#]+)")

SPANS = frozenset({
    "a", "abbr", "acronym", "b", "big", "bdo", "br", "button", "cite", "code", "del", "dfn",
    "em", "i", "img", "input", "ins", "kbd", "label", "mark", "option", "q", "rb", "rbc", "rp",
    "rt", "rtc", "ruby", "samp", "select", "small", "span", "strong", "sub", "sup", "tt", "u",
    "var",
})  # fmt: skip
"""HTML elements that stand within a line."""

_BLOCKS = frozenset({
    "address", "article", "aside", "applet", "body", "blockquote", "caption", "col", "colgroup",
    "dd", "div", "dl", "dt", "fieldset", "figcaption", "footer", "form", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hgroup", "hr", "html", "head", "iframe", "legend", "menu", "li",
    "main", "map", "nav", "ol", "optgroup", "p", "pre", "section", "summary", "table", "tbody",
    "td", "th", "thead", "tfoot", "tr", "ul",
})  # fmt: skip
VOID = frozenset({
    "area", "base", "br", "col", "command", "embed", "hr", "img", "input", "keygen", "link",
    "meta", "param", "source", "track", "wbr",
})  # fmt: skip
"""HTML elements without content."""

_WITH_BLOCKS = frozenset({
    "address", "applet", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl",
    "fieldset", "figure", "figcaption", "footer", "form", "header", "hgroup", "iframe", "li",
    "main", "map", "menu", "nav", "noscript", "object", "section", "summary", "td",
})  # fmt: skip
_WITH_SPANS = frozenset({
    "a", "abbr", "acronym", "b", "bdo", "big", "button", "cite", "caption", "del", "dfn", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "label", "legend", "optgroup", "p",
    "q", "rb", "rbc", "rp", "rt", "rtc", "ruby", "select", "small", "span", "strong", "sub",
    "sup", "th", "tt",
})  # fmt: skip
RAW = frozenset({
    "script", "style", "math", "option", "textarea", "pre", "code", "kbd", "samp", "var",
})  # fmt: skip
"""HTML elements whose inside is never Markdown."""

KNOWN = SPANS | _BLOCKS | VOID | _WITH_BLOCKS | _WITH_SPANS | RAW
"""Elements of HTML, whose names are written in either case."""


def is_block(name: str) -> bool:
    """Whether an HTML element may not stand within a line."""
    return name in _BLOCKS


def inside(name: str) -> str:
    """How the inside of an HTML element is read if it is read."""
    return "block" if name in _WITH_BLOCKS else "span" if name in _WITH_SPANS else "raw"


def without(sign: re.Pattern[str], line: str) -> str:
    """A line without what it begins with."""
    match = sign.match(line)
    return line[match.end() :] if match else line


def label(text: str) -> str:
    """A link's label as it is looked up."""
    return re.sub(r"\s+", " ", text).lower()


def apply(attributes: dict[str, str], mark: str, defined: Mapping[str, str]) -> bool:
    """Add what an attribute list says to an element's attributes.

    Args:
        attributes: Changed in place.
        mark: What stands between ``{:`` and ``}``.
        defined: Attribute lists that have names.

    Returns:
        Whether there was anything in it.
    """
    parts = _PART.findall(mark)
    for _, _, _, name, _ in parts:
        if name in defined:
            apply(attributes, defined[name], {k: v for k, v in defined.items() if k != name})
    for key, sign, value, _, signs in parts:
        if key:
            attributes[key] = re.sub(rf"\\(\}}|{sign})", r"\1", value)
        for identifier, style in _ID_OR_CLASS.findall(signs):
            if identifier:
                attributes["id"] = identifier
            else:
                attributes["class"] = f"{attributes.get('class', '')} {style}".strip()
    return bool(parts)


def value_of(mark: str, key: str) -> str:
    """The value of one key of an attribute list."""
    found: dict[str, str] = {}
    apply(found, mark, {})
    return found.get(key, "")


def html_attributes(source: str, is_html: bool = True) -> dict[str, str]:
    """The attributes of a tag."""
    found: dict[str, str] = {}
    for name, bare, double, single in ATTRIBUTE.findall(source):
        found[name.lower() if is_html else name] = bare or double or single
    return found
