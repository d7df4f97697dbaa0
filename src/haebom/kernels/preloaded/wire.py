"""Frames between the builder and a forked kernel.

They travel over a SOCK_SEQPACKET socket pair. Each packet arrives whole or not at all, so that an
interrupt in the middle of a long frame cannot upset the ones that follow: an unfinished frame is
dropped as soon as a packet of another frame arrives.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

STDOUT, STDERR = b"o", b"e"
"""Kernel to builder: text, after the number of the cell that it belongs to (:data:`CELL`)."""
MESSAGE = b"m"
"""Kernel to builder: a Jupyter message as JSON."""
SYNC, ACK = b"s", b"a"
"""Kernel to builder: "read the pipes before you go on"; builder to kernel: "done"."""
DONE = b"d"
"""Kernel to builder: the cell has ended."""
SETUP, RUN = b"u", b"r"
"""Builder to kernel: where to work; a cell to run. Both JSON."""
READY = b"y"
"""Kernel to builder: it is in its place; or, as text, why it cannot be contained."""
TRACE = b"t"
"""Builder to kernel: tell what was read; kernel to builder: the answer as JSON."""
VALUE = b"v"
"""Builder to kernel: an expression; kernel to builder: what it came to. Both JSON."""

CELL = struct.Struct("!I")
"""Number of a cell, from 1; 0 for text that belongs to none."""

_HEADER = struct.Struct("!c?I")
PAYLOAD = (1 << 16) - _HEADER.size
"""Bytes of a frame that one packet carries."""


class Frame(NamedTuple):
    """A whole frame: its kind, its number and what it carries."""

    kind: bytes
    number: int
    payload: bytes


def packets(kind: bytes, number: int, payload: bytes = b"") -> Iterator[bytes]:
    """Cut a frame into packets.

    Args:
        kind: One of the kinds above.
        number: A number that the frame before did not have.
        payload: What it carries.
    """
    for start in range(0, max(len(payload), 1), PAYLOAD):
        end = start + PAYLOAD
        yield _HEADER.pack(kind, end >= len(payload), number) + payload[start:end]


class Assembler:
    """Puts packets together again."""

    def __init__(self) -> None:
        self._number = -1
        self._parts: list[bytes] = []
        self.size = 0
        """Bytes of the frame that is still on its way."""

    def feed(self, packet: bytes) -> Frame | None:
        """Take a packet, and return the frame that it completes, if it does."""
        kind, last, number = _HEADER.unpack_from(packet)
        part = packet[_HEADER.size :]
        if number != self._number:
            self._number, self._parts, self.size = number, [], 0
        if not last:
            self._parts.append(part)
            self.size += len(part)
            return None
        payload = b"".join([*self._parts, part]) if self._parts else part
        self._number, self._parts, self.size = -1, [], 0
        return Frame(kind, number, payload)
