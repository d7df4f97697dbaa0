"""From Material's search entries to plain text: prose and code apart, formulas readable."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

from haebom.search.entry import PageText, SearchEntry, Section

__all__ = ["pages_of", "plain"]

_TAG = re.compile(r"<[^>]+>")
_PRE = re.compile(r"<pre.*?(?:</pre>|\Z)", re.DOTALL)
_SUP = re.compile(r"(?<=[가-힣])\s*<sup>\s*([A-Za-z][A-Za-z \-]*?)\s*</sup>")
_MATH = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]|\$\$(.+?)\$\$", re.DOTALL)
_LISTING = 0.35
_SPACE = re.compile(r"\s+")
_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta lambda mu nu xi pi rho sigma tau phi chi psi "
    "omega Delta Theta Sigma Phi Omega nabla partial sum infty times cdot leq geq"
)
_GREEK = dict(zip(_NAMES.split(" "), "αβγδεζηθλμνξπρστφχψωΔΘΣΦΩ∇∂∑∞×·≤≥", strict=True))


def _formula(match: re.Match[str]) -> str:
    source = next(group for group in match.groups() if group is not None)
    text = re.sub(r"\\([A-Za-z]+)", lambda m: _GREEK.get(m.group(1), m.group(0)), source)
    text = _SPACE.sub(" ", re.sub(r"[{}]", "", text)).strip()
    return f" {text} " if "\\" not in text and len(text) <= 24 else " … "


def plain(fragment: str) -> str:
    """Turn an HTML fragment into one line of text with readable formulas.

    Args:
        fragment: HTML as in a search entry's title or text.

    Returns:
        Text in Unicode normal form C; a short formula is written out, a long one is an ellipsis.
    """
    text = html.unescape(_TAG.sub(" ", _SUP.sub(r"(\1)", fragment)))
    text = _MATH.sub(_formula, text)
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text)).strip()


def _inline(fragment: str) -> str:
    """As ``plain``, but tags inside a word (``<code>``, ``<sub>``) leave no gap."""
    joined = re.sub(r"</?(?:code|sub|sup|em|strong|span)>", "", _SUP.sub(r"(\1)", fragment))
    return plain(joined)


def _code(fragment: str) -> str:
    blocks = (html.unescape(_TAG.sub("", block)) for block in _PRE.findall(fragment))
    return unicodedata.normalize("NFC", "\n".join(block.strip("\n") for block in blocks))


def pages_of(entries: Iterable[SearchEntry]) -> tuple[PageText, ...]:
    """Group entries by page, in their order, as plain text.

    Args:
        entries: Sections in the order in which Material recorded them: a page's first entry is
            its top.

    Returns:
        One value per page. The home page (an empty location) is a page like any other; a page
        without text of its own, such as a list of posts, counts for less.
    """
    grouped: dict[str, list[SearchEntry]] = {}
    for entry in entries:
        grouped.setdefault(entry.location.partition("#")[0], []).append(entry)
    pages = []
    for location, group in grouped.items():
        sections = tuple(_section(entry) for entry in group)
        written = any(section.prose or section.code for section in sections)
        top, boost = group[0], group[0].boost * (1.0 if written else _LISTING)
        pages.append(PageText(location, sections[0].title, top.tags, boost, sections))
    return tuple(pages)


def _section(entry: SearchEntry) -> Section:
    """One entry as text; the list under a tag says nothing that its posts don't say."""
    anchor = entry.location.partition("#")[2]
    text = "" if anchor.startswith("tag:") else entry.text
    return Section(anchor, _inline(entry.title), _inline(_PRE.sub(" ", text)), _code(text))
