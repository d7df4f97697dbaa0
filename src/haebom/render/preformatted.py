"""Text as a terminal shows it: long ones folded, errors down to where they happened."""

from __future__ import annotations

import re
import unicodedata
from html import escape

from haebom.model import Error
from haebom.render import ansi
from haebom.render.labels import Labels

LONGEST = 40
"""Lines that a reader gets to see without asking."""

_HEAD, _TAIL = 20, 8
_NARROW = 36  # columns that a phone shows
_SHORT_TRACE = 14  # lines
_PROGRESS = re.compile(r".*\d+%\|.*\|.*\[.*\]\s*|.*\bit \[.*\]\s*|\s*")
_OWN_FRAME = "Cell In"


def text(text: str, kind: str, words: Labels) -> str:
    """Preformatted text; of a long one the beginning and the end, with the rest to unfold.

    Args:
        text: The text, with a terminal's colour codes.
        kind: ``stdout``, ``stderr``, ``result``, ``json`` or ``error``.
        words: haebom's own words.
    """
    if kind == "stderr" and all(map(_PROGRESS.fullmatch, text.split("\n"))):
        kind = "progress"  # nothing to be warned of
    count = text.count("\n") + 1
    if count <= LONGEST:
        return _pre(text, kind, words)
    head, middle, tail = ansi.parts(text, _HEAD, count - _TAIL)
    rest = _fold(_pre(middle, kind, words), words.all_lines.format(count=count))
    return (
        f'<div class="haebom-long">{_pre(head, kind, words)}{rest}{_pre(tail, kind, words)}</div>'
    )


def error(error: Error, words: Labels) -> str:
    """A traceback: the frame of the cell and the message, with the whole to unfold if it is long.

    Args:
        error: The error.
        words: haebom's own words.
    """
    parts = [part.strip("\n") for part in error.traceback]
    whole = "\n".join(part for part in parts if ansi.plain(part).strip("-")).strip("\n")
    if not whole:
        return _pre(f"{error.name}: {error.message}", "error", words)
    count = whole.count("\n") + 1
    own = [part for part in parts if ansi.plain(part).startswith(_OWN_FRAME)]
    if count <= _SHORT_TRACE or not own:
        return text(whole, "error", words)
    brief = f"{own[-1]}\n\n{parts[-1]}"
    rest = _fold(_pre(whole, "error", words), words.whole_trace.format(count=count))
    return f'<div class="haebom-long">{text(brief, "error", words)}{rest}</div>'


def _fold(html: str, summary: str) -> str:
    return (
        f'<details class="haebom-fold haebom-rest"><summary>{escape(summary)}</summary>'
        f"{html}</details>"
    )


def _pre(text: str, kind: str, words: Labels) -> str:
    """Without a ``code`` element it is no target of the theme's copy button; with a tabindex one
    that is too wide can be scrolled by keyboard."""
    names = {"error": words.error, "stderr": words.messages, "progress": words.messages}
    name = names.get(kind, words.output)
    html = ansi.to_html(text) if kind != "json" else escape(text)
    focus = 'tabindex="0" ' if _is_wide(ansi.plain(text)) else ""
    return (
        f'<pre class="haebom-text haebom-{kind}" {focus}role="group" '
        f'aria-label="{escape(name)}">{html}</pre>'
    )


def _is_wide(text: str) -> bool:
    return any(
        len(line) > _NARROW
        or len(line) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in line) > _NARROW
        for line in text.split("\n")
    )
