"""The child's way out: frames to the builder, and standard streams that write them."""

from __future__ import annotations

import contextvars
import ctypes
import fcntl
import os
import socket
import sys
import termios
import threading
import time
from typing import Any

from ipykernel import iostream

from haebom.kernels.preloaded import wire

_BATCH = 16_384
"""Characters that are sent at once in a flood."""
_CALM = 2_000
"""Lines of a cell that are sent one by one, before a flood is joined to batches."""
_BURST = 0.002
"""Seconds without a line after which a flood is over."""
_HIGH = 200
"""Lowest number of the kernel's own file descriptors, out of the way of a post's own."""

libc = ctypes.CDLL(None)


class Channel:
    """The child's end of the socket pair and of the pipes behind file descriptors 1 and 2.

    Python's output travels in frames, the output of C code and of subprocesses through the pipes.
    Before each frame the child looks whether a pipe holds bytes; if so it asks the builder to read
    them first, so that the order stays the order of writing.

    Args:
        control: File descriptor of the socket.
        pipes: Writing ends of the pipes for standard output and standard error.
    """

    def __init__(self, control: int, pipes: tuple[int, int]) -> None:
        self._socket = socket.socket(fileno=_aloft(control))
        for target, pipe in zip((1, 2), pipes, strict=True):
            os.dup2(pipe, target)
        self._pipes = tuple(_aloft(pipe) for pipe in pipes)
        self._assembler = wire.Assembler()
        self._number = 0
        self.pid = os.getpid()
        self.lock = threading.RLock()
        os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        """In a process that the post has forked: let go, it must not speak for the kernel."""
        self.lock = threading.RLock()
        self._socket.close()
        for pipe in self._pipes:
            os.close(pipe)

    def fileno(self) -> int:
        """File descriptor that becomes readable with the next command."""
        return self._socket.fileno()

    def send(self, kind: bytes, payload: bytes = b"") -> None:
        """Send a frame; if nobody is there to take it, end."""
        with self.lock:
            try:
                if any(_holds_bytes(pipe) for pipe in self._pipes):
                    self._sync()
                self._send(kind, payload)
            except OSError:
                os._exit(1)

    def send_text(self, kind: bytes, cell: int, text: str) -> None:
        """Send text in frames of one packet each, so that the builder can stop a flood."""
        data = text.encode("utf-8", "backslashreplace")
        step = wire.PAYLOAD - wire.CELL.size
        for start in range(0, len(data), step):
            self.send(kind, wire.CELL.pack(cell) + data[start : start + step])

    def receive(self) -> wire.Frame:
        """Wait for the next command; if the builder is gone, end."""
        while True:
            packet = self._socket.recv(wire.PAYLOAD * 2)
            if not packet:
                os._exit(0)
            frame = self._assembler.feed(packet)
            if frame and frame.kind != wire.ACK:
                return frame

    def _send(self, kind: bytes, payload: bytes = b"") -> None:
        self._number = (self._number + 1) & 0xFFFFFFFF
        for packet in wire.packets(kind, self._number, payload):
            self._socket.send(packet)

    def _sync(self) -> None:
        self._send(wire.SYNC)
        asked = self._number
        while True:
            packet = self._socket.recv(wire.PAYLOAD * 2)
            if not packet:
                os._exit(0)
            frame = self._assembler.feed(packet)
            if frame and frame.kind == wire.ACK and frame.number == asked:
                return


class OutStream(iostream.OutStream):  # type: ignore[misc]
    """ipykernel's stream, sending frames instead of messages and without a thread.

    Args:
        channel: Where to send.
        kind: Which stream it is, as a kind of frame.
    """

    _lines = 0

    def __init__(self, channel: Channel, kind: bytes) -> None:
        # ipykernel's own initialisation would start a thread and a socket.
        self.name = "stdout" if kind == wire.STDOUT else "stderr"
        self.pub_thread: Channel | None = channel  # None means "closed"
        self.other: OutStream | None = None
        """The other stream, whose text goes out first."""
        self._fileno = 1 if kind == wire.STDOUT else 2
        self._parent_header: contextvars.ContextVar[dict[str, Any]]
        self._parent_header = contextvars.ContextVar("parent_header")
        self._parent_header_global: dict[str, Any] = {}
        self._local = threading.local()
        self._channel = channel
        self._kind = kind
        self._parts: list[str] = []
        self._held = 0
        self._header: Any = None
        self._cell = 0
        self._sent = 0.0

    def fileno(self) -> int:
        """The file descriptor that C code and subprocesses write to."""
        return self._fileno

    def isatty(self) -> bool:
        """No terminal."""
        return False

    def start_cell(self) -> None:
        """A new cell may print line by line again."""
        self._lines = 0

    def write(self, string: str) -> int:
        """Hold text back up to the end of the line, or in a flood up to a full batch."""
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        if self.closed:
            raise ValueError("I/O operation on closed file")
        with self._channel.lock:
            if self.other is not None and self.other._parts:
                self.other.flush()
            header = self.parent_header
            if header is not self._header:
                self.flush()
                self._header, self._cell = header, cell_of(header)
            self._parts.append(string)
            self._held += len(string)
            if self._held > _BATCH or ("\n" in string and not self._in_flood()):
                self.flush()
        return len(string)

    def _in_flood(self) -> bool:
        self._lines += 1
        return self._lines > _CALM and time.monotonic() - self._sent < _BURST

    def flush(self) -> None:
        """Send what was held back."""
        with self._channel.lock:
            if not self._parts:
                return
            text = "".join(self._parts)
            self._parts, self._held = [], 0
            if os.getpid() == self._channel.pid:
                self._channel.send_text(self._kind, self._cell, text)
            else:
                _write_all(self._fileno, text.encode("utf-8", "backslashreplace"))
            self._sent = time.monotonic()

    def close(self) -> None:
        """Take no more text."""
        self.flush()
        self.pub_thread = None


def cell_of(header: Any) -> int:
    """Number of the cell that a message's parent header names, or 0."""
    number = str(header.get("msg_id", "")) if header else ""
    return int(number) if number.isdecimal() else 0


def flush_all() -> None:
    """Send everything that Python's streams and C's hold back."""
    libc.fflush(None)
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # the post has closed or replaced it


def _aloft(fd: int) -> int:
    """Move a file descriptor out of the way; programs that the post starts do not inherit it."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    os.close(fd)
    return moved


def _holds_bytes(pipe: int) -> bool:
    empty = bytes(4)
    return fcntl.ioctl(pipe, termios.FIONREAD, empty) != empty


def _write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]
