"""Figures that look different from the recorded ones."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from haebom import looks
from haebom.closeness import Sameness
from haebom.model import Display, Output

_SVG = "image/svg+xml"
_MIMES = (_SVG, "image/png", "image/jpeg", "image/gif", "image/webp")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as a cell put it out.

    Args:
        mime: Its type.
        content: Text, or base64 text for types that are binary.
    """

    mime: str
    content: str

    @property
    def suffix(self) -> str:
        """What the name of a file with it ends with."""
        return self.mime.removeprefix("image/").partition("+")[0]

    @property
    def data(self) -> bytes:
        """What a file with it holds; nothing if it is malformed."""
        if self.mime == _SVG:
            return self.content.encode("utf-8", "replace")
        try:
            return base64.b64decode(self.content)
        except ValueError:
            return b""


def changed(
    before: Sequence[Output], after: Sequence[Output]
) -> Iterator[tuple[Figure | None, Figure | None]]:
    """Pairs of figures that look different; None for one that is not there.

    Args:
        before: What is recorded.
        after: What came out.
    """
    for old, new in itertools.zip_longest(_figures(before), _figures(after)):
        if old is None or new is None or _looks_different(old, new):
            yield old, new


def _figures(outputs: Sequence[Output]) -> Iterator[Figure]:
    for output in outputs:
        if isinstance(output, Display):
            mime = next((mime for mime in _MIMES if output.data.get(mime)), None)
            if mime is not None:
                yield Figure(mime, str(output.data[mime]))


def _looks_different(old: Figure, new: Figure) -> bool:
    if old.mime != new.mime:
        return True
    look = looks.drawings if old.mime == _SVG else looks.images
    return look(old.content, new.content).sameness is Sameness.DIFFERS
