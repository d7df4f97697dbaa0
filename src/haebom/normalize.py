"""Outputs without what changes from run to run and means nothing to a reader.

Everything that is compared, stored or shown goes through here first.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from haebom.model import JSON, Display, Error, Output, Stream

_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,}")
_COLOURS = "|".join(rf"(?<=\x1b\[[\d;]{{{width}}}m)" for width in range(20))
_BEHIND_COLOUR = f"(?<=m)(?:{_COLOURS})"
# paths are sought from their beginning only: from every place within a long line without blanks,
# such as an image in a page, it would take for ever
_CELL_FILE = re.compile(
    rf"(?:(?:(?<![^\s'\"(])|{_BEHIND_COLOUR})[^\s'\"(\x1b]*[/\\])?ipykernel_\d+[/\\]\d+\.py"
)
_LIBRARY = re.compile(
    rf"(?:(?<![^/\\\s:'\"<>|(=,])|{_BEHIND_COLOUR})"
    r"(?:[A-Za-z]:|~)?(?:[/\\][^/\\\s:'\"<>|(=,\x1b]+)*"
    r"[/\\]lib[/\\]python3\.\d+[/\\](?:(?:site|dist)-packages[/\\])?"
)
_ORDER = re.compile(r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
"""A terminal's window title, a link: what programs tell a terminal and not its reader."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_OVERWRITTEN = re.compile(r"^[^\n]*\r(?=[^\n])", re.MULTILINE)
_UP = re.compile(r"\x1b\[\d*A")
_MOVES = re.compile(rf"(\n|\r|{_UP.pattern})")
_TEXT_TYPES = ("text/", "application/javascript", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of this run, and how it is called in outputs."""

    path: str
    name: str


class _Normalizer:
    """Carries the numbering of addresses from cell to cell, so that identity stays visible."""

    def __init__(self, places: Iterable[Place]) -> None:
        # the longest path first: folders may lie within each other
        ordered = sorted(places, key=lambda place: -len(place.path))
        self.names = {place.path: place.name for place in ordered}
        self.addresses: dict[str, str] = {}

    @functools.cached_property
    def paths(self) -> re.Pattern[str]:
        """Any of the places, of which most outputs name none."""
        return re.compile("|".join(map(re.escape, self.names)))

    def text(self, text: str) -> str:
        text = _CONTROL.sub("", _ORDER.sub("", text))
        text = _CELL_FILE.sub("<cell>", text)
        if any(path in text for path in self.names):
            text = self.paths.sub(lambda match: self.names[match[0]], text)
        text = _LIBRARY.sub(_short_library, text)
        return _ADDRESS.sub(self._address, text)

    def _address(self, match: re.Match[str]) -> str:
        number = len(self.addresses) + 1
        return self.addresses.setdefault(match[0], f"0x{number:06x}")

    def output(self, output: Output) -> Output:
        match output:
            case Stream():
                return replace(output, text=self.text(_as_terminal(output.text)))
            case Display():
                return replace(output, data=self._bundle(output.data))
            case Error():
                return replace(
                    output,
                    message=self.text(output.message),
                    traceback=tuple(map(self.text, output.traceback)),
                )

    def _bundle(self, data: Mapping[str, JSON]) -> Mapping[str, JSON]:
        return {
            mime: self.text(value)
            if isinstance(value, str) and mime.startswith(_TEXT_TYPES)
            else value
            for mime, value in data.items()
        }


def normalize(
    cells: Sequence[Sequence[Output]], places: Iterable[Place] = ()
) -> tuple[tuple[Output, ...], ...]:
    """Normalise the outputs of one post.

    Neighbouring chunks of one stream are joined, lines that a progress bar wrote over are
    dropped, also where something else was printed between, memory addresses become numbers in
    order of appearance, paths of this run get fixed names, and control characters go (they would
    also break the page's placeholders).

    Args:
        cells: Outputs cell by cell.
        places: Folders of this run.
    """
    normalizer = _Normalizer(places)
    # joined again, since a stream may have turned out to be empty
    return tuple(
        tuple(join_streams(map(normalizer.output, _overwritten(join_streams(outputs)))))
        for outputs in cells
    )


def join_streams(outputs: Iterable[Output]) -> list[Output]:
    """Join neighbouring chunks of the same stream; kernels cut them anywhere."""
    joined: list[Output] = []
    for output in outputs:
        if isinstance(output, Stream) and not output.text:
            continue
        last = joined[-1] if joined else None
        if isinstance(output, Stream) and isinstance(last, Stream) and last.name == output.name:
            joined[-1] = replace(last, text=last.text + output.text)
        else:
            joined.append(output)
    return joined


def _overwritten(outputs: Iterable[Output]) -> list[Output]:
    """Drop a line that the same stream writes over later, after something else was printed."""
    found: list[Output] = []
    last: dict[str, int] = {}
    for output in outputs:
        if isinstance(output, Stream):
            before = last.get(output.name)
            if before is not None and output.text.startswith("\r"):
                stream = found[before]
                assert isinstance(stream, Stream)
                found[before] = replace(stream, text=stream.text[: stream.text.rfind("\n") + 1])
            last[output.name] = len(found)
        found.append(output)
    return found


def _short_library(match: re.Match[str]) -> str:
    return "site-packages/" if "-packages" in match[0] else "python/"


def _as_terminal(text: str) -> str:
    """The text as a terminal would leave it, after carriage returns and backspaces."""
    text = text.replace("\r\n", "\n")
    if _UP.search(text):
        text = _on_screen(text)
    if "\b" in text:
        text = _without_backspaces(text)
    return _OVERWRITTEN.sub("", text).replace("\r", "")


def _without_backspaces(text: str) -> str:
    kept: list[str] = []
    for sign in text:
        if sign != "\b":
            kept.append(sign)
        elif kept and kept[-1] != "\n":
            kept.pop()
    return "".join(kept)


def _on_screen(text: str) -> str:
    """The text after a cursor has moved up in it, as nested progress bars make it do."""
    lines, row, is_new = [""], 0, True
    for piece in _MOVES.split(text):
        if piece == "\n":
            row, is_new = row + 1, True
            if row == len(lines):
                lines.append("")
        elif piece == "\r":
            is_new = True
        elif _UP.fullmatch(piece):
            row = max(row - int(piece[2:-1] or 1), 0)
        elif piece:
            lines[row], is_new = piece if is_new else lines[row] + piece, False
    return "\n".join(lines)
