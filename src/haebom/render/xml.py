"""Text within markup that a strict parser reads."""

from __future__ import annotations

import re
from html import escape

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml(text: object) -> str:
    """Text or the value of an attribute, without the signs that XML 1.0 has no place for."""
    return escape(legal(str(text)))


def legal(text: str) -> str:
    """Text without the signs that XML 1.0 has no place for, such as those that ring a bell."""
    return _ILLEGAL.sub("", text)
