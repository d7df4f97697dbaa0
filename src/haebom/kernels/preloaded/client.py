"""The builder's side of a kernel server."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from haebom.kernels.base import KernelError, Workplace
from haebom.kernels.containment.plan import ContainmentError, Mechanism, Plan, clause
from haebom.kernels.containment.rooms import Room
from haebom.kernels.preloaded.process import ServerProcess

if TYPE_CHECKING:
    from haebom.kernels.preloaded.kernel import PreloadedKernel

STARTUP = 120.0
"""Seconds that the preloaded packages may take to be imported."""

_ROOM = 60.0
"""Seconds that a room may take; machines can be very busy."""


class KernelServer:
    """Starts kernels by forking a process that has imported the heavy packages.

    It is a factory of kernels (:class:`haebom.kernels.base.KernelFactory`) for any number of
    threads, and a context manager. Should the server die, the next kernel starts another.

    Args:
        process: A process that has been told nothing yet; it belongs to the server from now on.
            What libraries read from its environment when they are imported holds for all posts, so
            posts with another one need another server. If it makes rooms, all kernels have to be
            contained in namespaces once one was.
    """

    def __init__(self, process: ServerProcess) -> None:
        self.env = process.env
        self.contains = process.contains
        self.preloaded: tuple[str, ...] | None = None
        """What it has been told to import, or None."""
        self._lock = threading.Lock()
        """Held for moments; the others for as long as what they are called after takes."""
        self._reaching, self._making = threading.Lock(), threading.Lock()
        self._process: ServerProcess | None = process
        self._ready: ServerProcess | None = None
        self._closed = False
        self.problems: tuple[str, ...] = ()
        """What went wrong while modules were imported, as sentences."""

    @classmethod
    def start(cls, preload: Sequence[str], env: Mapping[str, str], contains: bool = False) -> Self:
        """Start a server and wait until it has imported everything.

        Raises:
            KernelError: It cannot be started.
        """
        server = cls(ServerProcess(env, contains))
        server.preload(preload)
        server._reached(server._current())
        return server

    def expect(self, names: Sequence[str]) -> None:
        """Say what it will probably have to import, for it to begin with that.

        Args:
            names: Full names of modules; those not installed are left out.
        """
        with self._lock:
            assert self._process is not None
            self._process.tell(names, final=False)

    def preload(self, names: Sequence[str]) -> None:
        """Say what to import, once and before the first kernel, and return at once.

        Args:
            names: Full names of modules; those not installed are left out.
        """
        with self._lock:
            assert self._process is not None
            self.preloaded = tuple(names)
            self._process.tell(self.preloaded, final=True)

    def __call__(self, workplace: Workplace) -> PreloadedKernel:
        """Fork a kernel; see :class:`haebom.kernels.base.KernelFactory`."""
        from haebom.kernels.preloaded.kernel import Ends, PreloadedKernel

        assert self.preloaded is not None, "it waits for what it is to import"
        mine, theirs = Ends.pairs()
        try:
            adopter = self._start(workplace, theirs)
        except BaseException:
            mine.close()
            raise
        finally:
            for fd in theirs:
                os.close(fd)
        return PreloadedKernel(workplace, mine, adopter)

    def _start(self, workplace: Workplace, fds: list[int]) -> int:
        """Have a kernel forked; return the process id of the first process in its room, or 0."""
        process = self._current()
        try:
            return self._start_in(process, workplace, fds)
        except OSError:
            process = self._current(lost=process)
        try:
            return self._start_in(process, workplace, fds)
        except OSError as error:
            raise KernelError(f"The kernel server cannot be reached: {error}.") from error

    def _start_in(self, process: ServerProcess, workplace: Workplace, fds: list[int]) -> int:
        """The same with a certain process; its rooms are good for its own kernels alone.

        Raises:
            OSError: It has ended.
        """
        plan, first = workplace.plan, 0
        with contextlib.ExitStack() as stack:
            if plan is not None and plan.uses(Mechanism.NAMESPACES):
                room, first = self._room(process, plan)
                stack.callback(room.close)
                fds = [*fds, room.first, room.life]
            way = self._reached(process)
            workplace.turn()
            socket.send_fds(way, [json.dumps(workplace.imports).encode()], fds)
        return first

    def _room(self, process: ServerProcess, plan: Plan) -> tuple[Room, int]:
        """Have a room made; one after the other, since what runs meanwhile is not to be slowed
        down by those that are made ahead."""
        try:
            if process.rooms is None:
                raise ContainmentError("the kernel server was started for posts that are not")
            with self._making:
                return Room.ask(process.rooms, plan, _ROOM)
        except ContainmentError as error:
            raise KernelError(f"The post cannot be contained: {clause(error)}.") from error

    def _current(self, lost: ServerProcess | None = None) -> ServerProcess:
        """The server's process, a new one if there is none any more.

        Args:
            lost: One that has ended; another thread may have noticed it before.

        Raises:
            KernelError: The server has been closed.
        """
        with self._lock:
            if self._process is None or self._process is lost:
                if self._closed:
                    raise KernelError("The kernel server has been closed.")
                assert self.preloaded is not None
                self._discard()
                self._process = ServerProcess(self.env, self.contains)
                self._process.tell(self.preloaded, final=True)
            return self._process

    def _reached(self, process: ServerProcess) -> socket.socket:
        """The way to a process, once it has imported everything.

        Raises:
            KernelError: It cannot do that.
            OSError: It has been given up meanwhile.
        """
        with self._reaching:
            if process is self._ready:
                return process.socket
            process.socket.settimeout(STARTUP)
            try:
                report = process.socket.recv(1 << 17)
            except OSError:
                report = b""
            with self._lock:
                if process is not self._process:
                    raise ConnectionResetError("it has been given up")
                if not report:
                    reason = process.last_words()
                    self._discard()
                    raise KernelError(
                        f"The kernel server did not start{': ' + reason if reason else ''}.",
                        f"Its preload list is: {', '.join(self.preloaded or ()) or 'empty'}.",
                    )
            process.socket.settimeout(None)
            self._ready = process
            self.problems = tuple(json.loads(report)["problems"])
            return process.socket

    def close(self) -> None:
        """End the server and all its kernels."""
        with self._lock:
            self._closed = True
            self._discard()

    def _discard(self) -> None:
        """End the process; the lock is held."""
        if self._process is not None:
            self._process.close(at_once=self.preloaded is None)
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
