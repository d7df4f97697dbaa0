"""What a forked kernel sends, taken in the order of writing and handed to the collector."""

from __future__ import annotations

import base64
import codecs
import fcntl
import json
import os
import socket
import struct
import termios
from typing import Any

from haebom.kernels.base import Limits
from haebom.kernels.collector import Collector
from haebom.kernels.preloaded import wire

_CHUNK = 1 << 18
_FRAMES = 200
"""How many frames are taken before the clock is looked at."""


class Inbox:
    """Frames from the socket and bytes from the pipes of one kernel.

    Args:
        control: The socket.
        pipes: Reading ends of the pipes behind standard output and standard error.
        collector: Where messages and text go.
        limits: How much a cell may put out.
    """

    def __init__(
        self,
        control: socket.socket,
        pipes: tuple[int, int],
        collector: Collector,
        limits: Limits,
    ) -> None:
        self.cell = -1
        """Index of the running cell."""
        self.open = True
        """Whether more frames may come."""
        self.garbled = False
        """Whether something came that no kernel sends; the post is to be ended then."""
        self._control = control
        self._pipes = pipes
        self._collector = collector
        self._limits = limits
        self._assembler = wire.Assembler()
        self._decoders: dict[tuple[str, str], codecs.IncrementalDecoder] = {}
        self._held: tuple[str, int, list[str]] | None = None
        self._held_size = 0

    def in_pipes(self) -> tuple[int, int]:
        """How many bytes the pipes hold now."""
        out, err = map(_available, self._pipes)
        return out, err

    def take_frames(self, wanted: bytes) -> tuple[bytes | None, bool]:
        """Take frames that are here, but not for ever.

        Returns:
            What the wanted frame carried, if it came, and whether bytes that were in the pipes
            before come next: all frames have been taken, and the pipes were not read on the way.
        """
        in_order = True
        for _ in range(_FRAMES):
            try:
                packet = self._control.recv(wire.PAYLOAD * 2, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None, in_order
            except ConnectionResetError:
                continue  # told once; what was sent before is still to be had
            if not packet:
                self.open = False
                return None, in_order
            try:
                frame = self._assembler.feed(packet)
                if frame is None:
                    if self._assembler.size > self._limits.data:
                        self._collector.count_data(self._assembler.size, self.cell)
                elif frame.kind == wanted:
                    return frame.payload, in_order
                elif frame.kind == wire.SYNC:
                    self.read_pipes()
                    in_order = False
                    self._control.send(next(wire.packets(wire.ACK, frame.number)))
                else:
                    self._take(frame)
            except OSError:
                raise
            except Exception:  # a post can write to its kernel's socket whatever it likes
                self.garbled = True
                return None, in_order
        return None, False

    def _take(self, frame: wire.Frame) -> None:
        if frame.kind == wire.MESSAGE:
            self.release_text()
            message = json.loads(frame.payload)
            message["header"] = {"msg_type": message["msg_type"]}
            message["buffers"] = [base64.b64decode(b) for b in message["buffers"]]
            number = message["parent_header"]["msg_id"]
            self._collect(message, int(number) - 1 if number.isdecimal() else self.cell)
        elif frame.kind in (wire.STDOUT, wire.STDERR):
            (number,) = wire.CELL.unpack_from(frame.payload)
            name = "stdout" if frame.kind == wire.STDOUT else "stderr"
            data = frame.payload[wire.CELL.size :]
            self._take_text(name, "frame", data, number - 1 if number else self.cell)

    def read_pipes(self, out: int | None = None, err: int | None = None) -> None:
        """Read the pipes, whole or as many bytes as said."""
        names = ("stdout", "stderr")
        for pipe, name, left in zip(self._pipes, names, (out, err), strict=True):
            while left is None or left > 0:
                try:
                    data = os.read(pipe, _CHUNK if left is None else min(left, _CHUNK))
                except BlockingIOError:
                    break
                if not data:
                    break
                if left is not None:
                    left -= len(data)
                self._take_text(name, "pipe", data, self.cell)
                if self._collector.exceeded:
                    break

    def _take_text(self, name: str, source: str, data: bytes, cell: int) -> None:
        """Hold text back as long as more of the same stream may follow."""
        decoder = self._decoders.get((name, source))
        if decoder is None:
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            self._decoders[name, source] = decoder
        text = decoder.decode(data)
        if self._held is None or self._held[:2] != (name, cell):
            self.release_text()
            self._held = (name, cell, [])
            self._held_size = 0
        self._held[2].append(text)
        self._held_size += len(text)
        if self._held_size > self._limits.text:
            self.release_text()

    def release_text(self) -> None:
        """Hand over text that was held back."""
        if self._held is None:
            return
        name, cell, parts = self._held
        self._held = None
        if any(parts):
            message = {
                "msg_type": "stream",
                "header": {"msg_type": "stream"},
                "parent_header": {"msg_id": str(cell + 1)},
                "metadata": {},
                "content": {"name": name, "text": "".join(parts)},
            }
            self._collect(message, cell)

    def _collect(self, message: dict[str, Any], cell: int) -> None:
        if 0 <= cell < len(self._collector.nb.cells):
            self._collector.process_message(message, self._collector.nb.cells[cell], cell)


def _available(pipe: int) -> int:
    (count,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
    return int(count)
