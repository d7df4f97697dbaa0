"""Highlighted code whose names lead to their documentation.

Links are put around the spans of Pygments, and the text stays what it is: lines, annotations and
what the copy button takes do not change.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from html import escape, unescape

from haebom.render.page import CodeLink

_CODE = re.compile(r"(?<=<code>).*(?=</code>)", re.DOTALL)
_PIECE = re.compile(
    r"(?P<open><span class=\"\w+\">)(?P<inner>[^<]+)</span>|<[^>]*>|(?P<bare>[^<]+)"
)


@functools.lru_cache(maxsize=4096)  # listings show the same code again
def with_links(html: str, code: str, links: tuple[CodeLink, ...]) -> str:
    """Put links into highlighted code.

    Args:
        html: What Pygments and its formatter made of the code.
        code: The code.
        links: Where the links stand in it.
    """
    found = _CODE.search(html)
    if found is None or not links:
        return html
    text = unescape(re.sub("<[^>]*>", "", found[0])).strip("\n")
    before = code.find(text)  # blank lines are cut off
    if before < 0:
        return html
    starts = _starts(code)
    spans = [
        (starts[link.line - 1] + link.column - before, link.length, link)
        for link in links
        if link.line <= len(starts)
    ]
    inner = "".join(_linked(found[0], spans))
    return html[: found.start()] + inner + html[found.end() :]


def _starts(code: str) -> list[int]:
    """Where each line starts."""
    found = [0]
    for line in code.split("\n"):
        found.append(found[-1] + len(line) + 1)
    return found[:-1]


def _linked(html: str, spans: Sequence[tuple[int, int, CodeLink]]) -> Iterator[str]:
    opening = {start: link for start, _, link in spans}
    closing = {start + length for start, length, _ in spans}
    place = 0
    for piece in _PIECE.finditer(html):
        text = piece["inner"] or piece["bare"]
        if text is None:
            yield piece[0]
            continue
        for part in _cut(unescape(text), place, opening.keys() | closing):
            if place in opening:
                yield _tag(opening[place])
            shown = escape(part, quote=False)
            yield f"{piece['open']}{shown}</span>" if piece["open"] else shown
            place += len(part)
            if place in closing:
                yield "</a>"


def _cut(text: str, place: int, cuts: set[int]) -> Iterator[str]:
    """The parts of a text that starts at a place, cut at other places."""
    inside = sorted(cut - place for cut in cuts if place < cut < place + len(text))
    for start, end in zip([0, *inside], [*inside, len(text)], strict=True):
        yield text[start:end]


def _tag(link: CodeLink) -> str:
    """A link; who goes through a page by keyboard meets each address once."""
    again = ' tabindex="-1"' if link.again else ""
    return f'<a href="{escape(link.address)}" rel="external"{again}>'
