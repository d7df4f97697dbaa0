"""Rooms for kernels that are forked from a large process.

To move into namespaces of processes, a process has to be forked once more, and a copy of a server
that has imported torch takes as long as all else that containment needs. So a small process, forked
from the server before that has grown, puts the rooms together, and the server forks each kernel
right into its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
from dataclasses import dataclass
from typing import NoReturn, Self

from haebom.kernels.containment import enter, linux, namespaces
from haebom.kernels.containment.plan import ContainmentError, Plan, clause

_LONGEST = 1 << 17
"""Bytes of a plan."""


@dataclass(frozen=True, slots=True)
class Room:
    """Namespaces that a kernel can be put into.

    Args:
        first: File descriptor that stands for the first process, with which all others end.
        life: The other end of its input, with which it ends.
    """

    first: int
    life: int

    @classmethod
    def ask(cls, maker: socket.socket, plan: Plan, patience: float) -> tuple[Self, int]:
        """Have a room made.

        Args:
            maker: The way to what :func:`start` has started.
            plan: What is to be seen in it.
            patience: Seconds that it may take.

        Returns:
            The room, and the process id of its first process.

        Raises:
            OSError: The maker is gone.
            ContainmentError: It cannot be made, or not in that time.
        """
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with mine:
            with theirs:
                socket.send_fds(maker, [json.dumps(plan.as_json()).encode()], [theirs.fileno()])
            mine.settimeout(patience)
            try:
                answer, fds, _, _ = socket.recv_fds(mine, _LONGEST, 2)
            except TimeoutError:
                raise ContainmentError(f"it is not ready in {patience:g} seconds") from None
        if not answer:
            raise ConnectionResetError("what makes rooms has ended")
        if not fds:
            raise ContainmentError(answer.decode("utf-8", "replace"))
        return cls(*fds), int(answer)

    def await_child(self) -> None:
        """Have what this process forks from now on begin in the room.

        Ordinary users cannot go back to where they were before, but into another room.

        Raises:
            OSError: The room is gone.
        """
        linux.setns(self.first, linux.CLONE_NEWPID)

    def end(self) -> None:
        """End all that is in it; ``first`` can be read when that has happened."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.first, signal.SIGKILL)

    def close(self) -> None:
        """Let go of it."""
        os.close(self.first)
        os.close(self.life)


def start(requests: int, others: int) -> int:
    """Start what makes rooms; it ends with this process, which can then fork into its rooms.

    Args:
        requests: File descriptor of the socket that brings plans.
        others: Another one, which it has nothing to do with.

    Returns:
        Its process id.
    """
    if not namespaces.is_privileged():
        with contextlib.suppress(OSError):  # then it can make no rooms, and says so when asked
            namespaces.become_own_master()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.close(others)
        _serve(socket.socket(fileno=requests))
    os.close(requests)
    return pid


def _serve(requests: socket.socket) -> NoReturn:
    """Make rooms until nobody is there to ask for one: plans come with the socket to answer to."""
    requests.set_inheritable(False)
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)  # first processes are this one's
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # and forgotten when they end
    enter.own_folders()  # looked up once for all rooms
    while True:
        plan, fds, _, _ = socket.recv_fds(requests, _LONGEST, 1)
        if not plan:
            os._exit(0)
        with socket.socket(fileno=fds[0]) as answer:
            answer.set_inheritable(False)
            # each in a thread of its own, which takes the namespaces that it is in along
            maker = threading.Thread(target=_make, args=(Plan.from_json(json.loads(plan)), answer))
            maker.start()
            maker.join()


def _make(plan: Plan, answer: socket.socket) -> None:
    """Make a room around this thread, and tell of it."""
    try:
        with contextlib.ExitStack() as stack:
            pid, life = namespaces.prepare(enter.with_own_folders(plan))
            stack.callback(os.close, life)
            first = os.pidfd_open(pid)
            stack.callback(os.close, first)
            socket.send_fds(answer, [str(pid).encode()], [first, life])
    except (OSError, ContainmentError) as error:
        with contextlib.suppress(OSError):
            answer.send(clause(error).encode("utf-8", "surrogateescape"))
