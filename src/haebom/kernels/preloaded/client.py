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
        self._process: ServerProcess | None = process
        self._is_ready = False
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
        with server._lock:
            server._reached()
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
        plan = workplace.plan
        if plan is None or not plan.uses(Mechanism.NAMESPACES):
            self._fork(workplace.imports, fds)
            return 0
        room, first = self._room(plan)
        try:
            self._fork(workplace.imports, [*fds, room.first, room.life])
        finally:
            room.close()
        return first

    def _fork(self, imports: Sequence[str], fds: list[int]) -> None:
        """Send the request, to a new server if there is none any more."""
        request = [json.dumps(imports).encode()]
        with self._lock:
            if self._process is not None:
                with contextlib.suppress(OSError):
                    socket.send_fds(self._reached(), request, fds)
                    return
            self._renew()
            try:
                socket.send_fds(self._reached(), request, fds)
            except OSError as error:
                raise KernelError(f"The kernel server cannot be reached: {error}.") from error

    def _room(self, plan: Plan) -> tuple[Room, int]:
        """Have a room made, by a new server's maker if there is none any more."""
        try:
            maker = self._maker()
            try:
                return Room.ask(maker, plan, _ROOM)
            except OSError:
                return Room.ask(self._maker(lost=maker), plan, _ROOM)
        except (OSError, ContainmentError) as error:
            raise KernelError(f"The post cannot be contained: {clause(error)}.") from error

    def _maker(self, lost: socket.socket | None = None) -> socket.socket:
        """The way to what makes rooms, of a new server if there is none any more.

        Args:
            lost: A way that leads nowhere; another thread may have noticed it before.
        """
        if not self.contains:
            raise ContainmentError("the kernel server was started for posts that are not")
        with self._lock:
            if self._process is None or self._process.rooms is lost:
                self._renew()
            assert self._process is not None and self._process.rooms is not None
            return self._process.rooms

    def _renew(self) -> None:
        """Start another process; the lock is held, here and below."""
        if self._closed:
            raise KernelError("The kernel server has been closed.")
        assert self.preloaded is not None
        self._discard()
        self._is_ready = False
        self._process = ServerProcess(self.env, self.contains)
        self._process.tell(self.preloaded, final=True)

    def _reached(self) -> socket.socket:
        """The way to the server, once it has imported everything."""
        assert self._process is not None
        way = self._process.socket
        if self._is_ready:
            return way
        way.settimeout(STARTUP)
        try:
            report = way.recv(1 << 17)
        except OSError:
            report = b""
        if not report:
            reason = self._process.last_words()
            self._discard()
            raise KernelError(
                f"The kernel server did not start{': ' + reason if reason else ''}.",
                f"Its preload list is: {', '.join(self.preloaded or ()) or 'empty'}.",
            )
        way.settimeout(None)
        self._is_ready = True
        self.problems = tuple(json.loads(report)["problems"])
        return way

    def close(self) -> None:
        """End the server and all its kernels."""
        with self._lock:
            self._closed = True
            self._discard()

    def _discard(self) -> None:
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
