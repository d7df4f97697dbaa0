"""The server's children with everything that they start."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

from haebom.kernels.containment.rooms import Room
from haebom.kernels.processes import descendants

_TAG = resource.RLIMIT_MSGQUEUE
"""The inherited trait that tells whose process an orphan is: a soft limit that nobody feels.

It is kept through fork, exec and a new session, where a process group or an environment is not."""

_TAGS = 500_000


@dataclass(frozen=True, slots=True)
class Family:
    """One post's processes.

    Args:
        pid: The kernel's.
        life: Socket to the builder's kernel object: its end is the family's end.
        tag: What marks the processes.
        room: What they are in, if the kernel is contained in namespaces.
        kind: The modules that the post imports.
    """

    pid: int
    life: socket.socket
    tag: int
    room: Room | None = None
    kind: frozenset[str] = frozenset()


class Families:
    """All posts' processes. The server adopts whatever loses its parent.

    Args:
        maker: Process id of a child that is nobody's family, or 0.
    """

    def __init__(self, maker: int = 0) -> None:
        self._maker = maker
        self._count = 0
        self._by_pid: dict[int, Family] = {}
        self._with_rooms: set[Family] = set()

    def next_tag(self) -> int:
        """A mark for the next family."""
        self._count += 1
        return self._count % _TAGS + 1

    def add(self, family: Family) -> None:
        """Know a family."""
        self._by_pid[family.pid] = family
        if family.room is not None:
            self._with_rooms.add(family)

    def forget(self, family: Family) -> None:
        """Know no more of a family whose room has been closed."""
        self._with_rooms.discard(family)

    def rooms(self) -> Iterator[int]:
        """File descriptors of all rooms that have not been closed."""
        for family in self._with_rooms:
            assert family.room is not None
            yield from (family.room.first, family.room.life)

    def runs(self, family: Family) -> bool:
        """Whether its kernel still runs; else the number may be another process's by now."""
        return family.pid in self._by_pid

    def kill(self, family: Family) -> None:
        """End a kernel that still runs, with what it has started."""
        if self.runs(family):
            members = descendants(family.pid)
            _kill_group(family.pid)
            for pid in [family.pid, *members]:
                _kill(pid)

    def interrupt(self, family: Family) -> None:
        """Interrupt the kernel."""
        if self.runs(family):
            os.kill(family.pid, signal.SIGINT)

    def reap(self) -> list[tuple[Family, int]]:
        """Collect children that have ended; return the kernels among them with their status."""
        ended = []
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    break
                if pid in self._by_pid:
                    ended.append((self._by_pid.pop(pid), os.waitstatus_to_exitcode(status)))
        self._end_orphans()
        return ended

    def _end_orphans(self) -> None:
        """Kill adopted processes whose family has ended."""
        tags = {family.tag for family in self._by_pid.values()}
        for pid in descendants(os.getpid(), depth=1):
            if pid not in {self._maker, *self._by_pid} and (not tags or tag_of(pid) not in tags):
                _kill(pid)

    def end_all(self, patience: float = 0.8) -> None:
        """Kill everything below this process.

        Args:
            patience: Seconds after which processes that do not die are given up.
        """
        until = time.monotonic() + patience
        while (members := descendants(os.getpid())) and time.monotonic() < until:
            for pid in members:
                _kill(pid)
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            time.sleep(0.005)


def put_on(tag: int) -> None:
    """Mark this process, and what it will start."""
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(_TAG, (tag, resource.getrlimit(_TAG)[1]))


def tag_of(pid: int) -> int:
    """The mark of a process, or 0."""
    with contextlib.suppress(OSError):
        return resource.prlimit(pid, _TAG)[0]
    return 0


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
