"""Terminal text as HTML whose colours come from the style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansi2html import Ansi2HTMLConverter

_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_OTHER_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-ln-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])"
)
_MARKED = re.compile(r"\x1b\[39;49m(\x1b\[30;43m)")  # IPython marks each sign for itself
_EXTENDED = re.compile(r"(?<![0-9])([34])8;(?:5;(\d+)|2;(\d+);(\d+);(\d+))")


def to_html(text: str) -> str:
    """Escape a text and turn its colour codes into spans with ansi2html's class names.

    Colours of the 256-colour cube and true colours become the nearest of the eight basic ones, so
    that the style sheet can draw them legibly on light and on dark ground.
    """
    text = _MARKED.sub("", text)
    basic = _SGR.sub(lambda match: f"\x1b[{_EXTENDED.sub(_nearest, match[1])}m", text)
    converter = Ansi2HTMLConverter(inline=False, dark_bg=False, linkify=False)
    return str(
        converter.convert(_OTHER_ESCAPE.sub("", basic), full=False, ensure_trailing_newline=False)
    )


def plain(text: str) -> str:
    """The text without colours and other commands to a terminal."""
    return _OTHER_ESCAPE.sub("", _SGR.sub("", text))


def parts(text: str, *lines: int) -> Iterator[str]:
    """Cut a text into parts that keep their colours.

    Args:
        text: The text.
        lines: Numbers of the lines, from 0, that begin a part, in order; the first part begins
            with the text.
    """
    rows = text.split("\n")
    active = ""
    for start, end in zip((0, *lines), (*lines, len(rows)), strict=True):
        part = active + "\n".join(rows[start:end])
        yield part
        codes = _SGR.findall(part)
        resets = [number for number, code in enumerate(codes, start=1) if not code.strip("0;")]
        active = "".join(f"\x1b[{code}m" for code in codes[max(resets, default=0) :])


def _nearest(match: re.Match[str]) -> str:
    ground = match[1]
    if match[2] is None:
        rgb = tuple(int(value) for value in match.group(3, 4, 5))
    else:
        number = int(match[2])
        if number < 8:
            return f"{ground}{number}"
        if number < 16:
            return f"{'9' if ground == '3' else '10'}{number - 8}"
        if number >= 232:
            rgb = (8 + 10 * (number - 232),) * 3
        else:
            steps = (number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6
            rgb = tuple(0 if step == 0 else 55 + 40 * step for step in steps)
    if max(rgb) - min(rgb) < 48:
        return f"{ground}9"  # a grey: the text's own colour
    middle = (max(rgb) + min(rgb)) / 2
    bits = sum(1 << index for index, value in enumerate(rgb) if value > middle)
    return f"{ground}{bits}"
