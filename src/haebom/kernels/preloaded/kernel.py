"""One post's kernel, as the builder sees it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import Any, Self

from haebom.kernels.base import ANSWER, Answer, KernelError, Reply, Trace, Workplace
from haebom.kernels.collector import MADE_UP, UPSET, Collector
from haebom.kernels.preloaded import wire
from haebom.kernels.preloaded.inbox import Inbox
from haebom.kernels.processes import MARKER, end_family
from haebom.kernels.watch import TICK, Watch
from haebom.model import Expression, Output, State
from haebom.seed import SEED

_PIPE_SIZE = 1 << 20
_SENDING = 30
"""Seconds that a kernel may take to read."""
STARTUP = 60.0
"""Seconds that a forked kernel may take to be in its place; machines can be very busy."""

_FOREVER = 3e8
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The builder's ends of what connects it with one kernel.

    Args:
        life: Socket to the server, which tells how the process ends, and ends it when this closes.
        control: Socket to the process.
        out: Reading end of the pipe behind its standard output.
        err: The same for standard error.
    """

    life: socket.socket
    control: socket.socket
    out: int
    err: int

    @classmethod
    def pairs(cls) -> tuple[Self, list[int]]:
        """Make the connections; return the ends to keep and those to give away."""
        life, their_life = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control, their_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        (out, their_out), (err, their_err) = os.pipe(), os.pipe()
        # a post that reads nothing must not make the builder wait for ever
        control.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _SENDING, 0))
        for pipe in (out, err):
            os.set_blocking(pipe, False)
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
        mine = cls(life, control, out, err)
        return mine, [their_life.detach(), their_control.detach(), their_out, their_err]

    @property
    def pipes(self) -> tuple[int, int]:
        """The reading ends for standard output and standard error."""
        return self.out, self.err

    def close(self) -> None:
        """Close them all."""
        self.life.close()
        self.control.close()
        os.close(self.out)
        os.close(self.err)


class _EndedError(Exception):
    """The process is gone."""


class PreloadedKernel:
    """A forked kernel; see :class:`haebom.kernels.base.Kernel`.

    Args:
        workplace: Where it is to work.
        ends: What connects it with the builder.
        adopter: Process id of the first process in its room, or 0 if it has none.

    Raises:
        KernelError: It has not come to life.
    """

    def __init__(self, workplace: Workplace, ends: Ends, adopter: int) -> None:
        self._workplace = workplace
        self._ends = ends
        self._lock = threading.Lock()
        self._closed = False
        self._pid = 0
        self._code: int | None = None
        self._gone = False
        self._number = 0
        self._collector = Collector(workplace.limits, self.kill)
        self._collector.kc = _Frontend()
        self._inbox = Inbox(ends.control, ends.pipes, self._collector, workplace.limits)
        self._watch = Watch(workplace, adopter=adopter)
        self._next_look = time.monotonic() + TICK
        self._poll = select.poll()
        for fd in (ends.life.fileno(), ends.control.fileno(), ends.out, ends.err):
            self._poll.register(fd, select.POLLIN)
        setup = {
            "env": dict(workplace.env),
            "cwd": str(workplace.cwd),
            "private": str(workplace.private),
            "seed": SEED,
            "plan": workplace.plan.as_json() if workplace.plan else None,
        }
        try:
            self._send(wire.SETUP, json.dumps(setup).encode())
            answer = self._wait(wire.READY, STARTUP)
            problem = f"It did not answer in {STARTUP:g} seconds."
        except (_EndedError, OSError):
            self._finish()
            answer, problem = None, self._collector.exceeded or f"It ended{self._how()}."
        if answer == b"":
            return
        self.close()
        if answer is None:
            raise KernelError(f"The kernel did not start. {problem}")
        reason = answer.decode("utf-8", "replace")
        raise KernelError(f"The post cannot be contained: {reason}.")

    def execute(self, source: str, timeout: float) -> Reply:
        """See :meth:`haebom.kernels.base.Kernel.execute`."""
        self._inbox.cell = self._collector.add_cell(source)
        comms = self._collector.kc.taken()
        command = {"cell": self._inbox.cell + 1, "code": source, "comms": comms}
        done = self._ask(wire.RUN, command, wire.DONE, timeout)
        if isinstance(done, Reply):
            return done
        outputs = self._collector.nb.cells[self._inbox.cell].outputs
        failed = any(output.output_type == "error" for output in outputs)
        return Reply(State.ERROR if failed else State.OK)

    def evaluate(self, expression: Expression, timeout: float) -> Answer | Reply:
        """See :meth:`haebom.kernels.base.Kernel.evaluate`."""
        self._inbox.release_text()
        self._inbox.cell = -1  # what C code prints now belongs to no cell
        parts = [expression.code, expression.conversion, expression.spec]
        told = self._ask(wire.VALUE, parts, wire.VALUE, timeout)
        if isinstance(told, Reply):
            return told
        try:
            return Answer.from_report(json.loads(told))
        except MADE_UP:
            self._finish()
            return UPSET

    def _ask(self, kind: bytes, command: Any, answer: bytes, timeout: float) -> bytes | Reply:
        """Have something done that takes its time; give the answer, or why there is none."""
        try:
            self._send(kind, json.dumps(command).encode())
            found = self._wait(answer, timeout)
            if found is None:
                self._tell(b"interrupt")
                self._wait(answer, self._workplace.limits.grace)
                self._finish()
                return Reply(State.TIMEOUT, f"It ran longer than its limit of {timeout:g} seconds.")
        except (_EndedError, OSError):
            self._finish()
            if self._collector.exceeded:
                return Reply(State.LIMIT, self._collector.exceeded)
            if self._inbox.garbled:
                return UPSET
            return Reply(State.DIED, f"The kernel ended while it ran{self._how()}.")
        self._inbox.release_text()
        if self._collector.exceeded:
            return Reply(State.LIMIT, self._collector.exceeded)
        return found

    def outputs(self) -> tuple[tuple[Output, ...], ...]:
        """See :meth:`haebom.kernels.base.Kernel.outputs`."""
        return self._collector.gathered()

    def trace(self) -> Trace | None:
        """See :meth:`haebom.kernels.base.Kernel.trace`."""
        try:
            self._send(wire.TRACE)
            answer = self._wait(wire.TRACE, ANSWER)
            return None if answer is None else Trace.from_report(json.loads(answer))
        except (_EndedError, OSError, *MADE_UP):
            return None

    def kill(self) -> None:
        """See :meth:`haebom.kernels.base.Kernel.kill`."""
        self._tell(b"kill")

    def close(self) -> None:
        """See :meth:`haebom.kernels.base.Kernel.close`."""
        with self._lock:
            if self._closed:
                return
        self._finish()
        with self._lock:
            self._closed = True
            self._ends.close()

    def _finish(self) -> None:
        """Kill, take what is still on its way, and wait for the end."""
        if not self._gone:
            self.kill()
            with contextlib.suppress(_EndedError, OSError):
                self._wait(b"", self._workplace.limits.grace)
        self._inbox.release_text()
        if self._code is None and self._pid:  # the server is gone too, or does not answer
            end_family(self._pid, self._workplace.env.get(MARKER, ""))

    def _tell(self, wish: bytes) -> None:
        with self._lock, contextlib.suppress(OSError):
            if not self._closed:
                self._ends.life.send(wish)

    def _send(self, kind: bytes, payload: bytes = b"") -> None:
        self._number += 1
        for packet in wire.packets(kind, self._number, payload):
            self._ends.control.send(packet)

    def _how(self) -> str:
        if self._code is None:
            return ""
        return f" (signal {-self._code})" if self._code < 0 else f" (exit code {self._code})"

    def _wait(self, kind: bytes, timeout: float) -> bytes | None:
        """Take what comes until a frame of that kind does.

        Returns:
            What the frame carried, or None if the time is over.

        Raises:
            _EndedError: The process has ended, and everything that it has sent has been taken.
        """
        deadline = time.monotonic() + min(timeout, _FOREVER)
        while True:
            left = deadline - time.monotonic()
            ready = dict(self._poll.poll(max(min(left, TICK), 0) * 1000))
            self._look_at_limits()
            found = self._take(kind, ready) if ready else None
            if found is not None:
                return found
            if self._gone or self._inbox.garbled:
                raise _EndedError
            if left <= 0:
                return None

    def _take(self, kind: bytes, ready: dict[int, int]) -> bytes | None:
        """Take what is there; return what a frame of the wanted kind carried, if one came."""
        if self._ends.life.fileno() in ready:
            self._hear()
        # Bytes that are in the pipes now were written before any frame that is not here yet.
        held = self._inbox.in_pipes()
        found, in_order = self._inbox.take_frames(kind)
        while self._gone and found is None and not in_order and not self._collector.exceeded:
            found, in_order = self._inbox.take_frames(kind)
        hung_up = [pipe for pipe in self._ends.pipes if ready.get(pipe, 0) & ~select.POLLIN]
        if self._gone or hung_up or found is not None:
            self._inbox.read_pipes()
        elif in_order:
            self._inbox.read_pipes(*held)
        # What nobody can write to any more would be told as ready for ever.
        for fd in [*hung_up, *([] if self._inbox.open else [self._ends.control.fileno()])]:
            with contextlib.suppress(KeyError):
                self._poll.unregister(fd)
        return found

    def _look_at_limits(self) -> None:
        if time.monotonic() < self._next_look or not self._pid or self._collector.exceeded:
            return
        self._next_look = time.monotonic() + TICK
        reason = self._watch.breach(self._pid)
        if reason:
            self._collector.exceed(reason)

    def _hear(self) -> None:
        """Take what the server has to say about the process."""
        try:
            word, _, value = self._ends.life.recv(64).partition(b" ")
        except OSError:
            word, value = b"", b""
        if word == b"pid":
            self._pid = int(value)
        else:
            self._code = int(value) if word == b"exit" else None
            self._gone = True
            self._poll.unregister(self._ends.life.fileno())


class _Frontend:
    """What nbclient needs of a client: it takes what a front end sends to widgets."""

    def __init__(self) -> None:
        self.session = self.shell_channel = self
        self._messages: list[dict[str, Any]] = []

    def msg(
        self, msg_type: str, content: Any = None, parent: Any = None, metadata: Any = None
    ) -> dict[str, Any]:
        """See :meth:`jupyter_client.session.Session.msg`."""
        return {
            "header": {"msg_type": msg_type},
            "msg_type": msg_type,
            "parent_header": parent or {},
            "content": content,
            "metadata": metadata or {},
            "buffers": [],
        }

    def send(self, message: dict[str, Any]) -> None:
        """Keep a message until the next cell starts."""
        self._messages.append(message)

    def taken(self) -> list[dict[str, Any]]:
        """The messages that have not been delivered yet."""
        messages, self._messages = self._messages, []
        return messages
