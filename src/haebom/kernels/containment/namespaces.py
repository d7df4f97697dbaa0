"""Namespaces: a machine of its own, of which a post sees no more than it needs.

Its files are mounts put together on an empty root; its network has no way out; its processes end
with the first of them. Root makes such rooms as it likes, and then becomes nobody; ordinary users
need a user namespace first, which some systems forbid.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from typing import NoReturn

from haebom.kernels.containment import linux, room
from haebom.kernels.containment.plan import ContainmentError, Plan

_FIRST = "/bin/cat"
"""A program that repeats its input until that ends, and is on every system."""

_UNUSED_IDS = 0x70000000
"""Where numbers begin that no user has: https://systemd.io/UIDS-GIDS/."""
_NOBODY = 65534

_IFF_UP = 1
_SIOCSIFFLAGS = 0x8914


def is_privileged() -> bool:
    """Whether this process can make namespaces without one of users."""
    return linux.capable(linux.CAP_SYS_ADMIN)


def become_own_master() -> None:
    """Move this process into a namespace of users, in which it may make others; it must have one
    thread.

    Raises:
        OSError: The system does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    linux.unshare(linux.CLONE_NEWUSER)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _spaces(plan: Plan) -> int:
    """The namespaces that a post gets, as ``CLONE_NEW…``, but that of users."""
    found = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
    return found if plan.network else found | linux.CLONE_NEWNET


def prepare(plan: Plan) -> tuple[int, int]:
    """Put a post's room together around this thread, whose process has to be its own master; what
    it starts from now on is in there with it, and so may be another process that is let in.

    Args:
        plan: What is to be seen.

    Returns:
        Process id of the first process, and the other end of its input.

    Raises:
        OSError: The system does not allow it.
        ContainmentError: What is to be seen cannot be shown.
    """
    owner = _nobody()
    linux.unshare(_spaces(plan))
    first, life = _start_first()
    with contextlib.ExitStack() as failure:
        failure.callback(os.close, life)  # with which it ends
        room.furnish(plan, first)
        socket.sethostname("localhost")  # the one name that can be looked up everywhere
        if not plan.network:
            _raise_loopback()
        if owner is not None:
            os.chown("/tmp", owner, owner)
            for folder in plan.writable:
                _give(folder, owner)
        failure.pop_all()
    return first, life


def _settle() -> None:
    """Be nobody in the room that this process is in: root becomes the user whom it has been given
    to, other users lose what they could do to it.

    Raises:
        OSError: The system does not allow it.
        ContainmentError: Nobody cannot read the interpreter.
    """
    owner = os.stat("/tmp").st_uid
    if owner != os.getuid():
        os.setgroups([])
        os.setresgid(owner, owner, owner)
        os.setresuid(owner, owner, owner)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else /proc/self would belong to root
        for folder in (sys.prefix, sys.base_prefix):
            if not os.access(folder, os.R_OK | os.X_OK):
                raise ContainmentError(f"{folder} can be read by root alone, which no post may be")
    else:
        become_own_master()  # its tasks are counted apart from those of other posts
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)


def enter(first: int, plan: Plan) -> None:
    """Move into a room that another process has prepared, where this one's number already is.

    Args:
        first: A file descriptor that stands for the room's first process.
        plan: What is to be seen.

    Raises:
        OSError: The room is gone, or the system does not allow it.
        ContainmentError: Nobody cannot read the interpreter.
    """
    linux.setns(first, _spaces(plan) & ~linux.CLONE_NEWPID)
    os.chdir(plan.cwd)
    _settle()


def move_in(plan: Plan) -> None:
    """Become the kernel's process in namespaces of its own; returns in that process alone.

    The process that calls it stays outside: it forwards interrupts, waits, and ends as the kernel
    has ended, and everything that the kernel has started ends then too.

    Args:
        plan: What is to be seen.

    Raises:
        OSError: The system does not allow it.
        ContainmentError: What is to be seen cannot be shown.
    """
    if not is_privileged():
        become_own_master()
    first, life = prepare(plan)
    kernel = os.fork()
    if kernel:
        _stand_by(kernel, first, life)
    os.close(life)
    os.setsid()
    _settle()


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _start_first() -> tuple[int, int]:
    """Start the first process of the namespace: when it ends, all others do.

    It ends with its input, and so with whoever holds the other end. Orphans become its children,
    and are forgotten as they end, since it inherits that their ends are ignored.

    It is left alone only when it has repeated what it was told: until then it loads its libraries,
    which disappear with the file system that it was started in.

    Returns:
        Its process id, and the other end of its input.

    Raises:
        ContainmentError: It does not work.
    """
    with contextlib.ExitStack() as stack, contextlib.ExitStack() as failure:
        theirs, mine = os.pipe()
        failure.callback(os.close, mine)
        heard, said = os.pipe()
        stack.callback(os.close, heard)
        actions = [
            (os.POSIX_SPAWN_DUP2, theirs, 0),
            (os.POSIX_SPAWN_DUP2, said, 1),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        try:
            with _ends_ignored():
                pid = os.posix_spawn(_FIRST, [_FIRST], {}, file_actions=actions)
        finally:
            os.close(theirs)
            os.close(said)
        with contextlib.suppress(BrokenPipeError):
            os.write(mine, b"\n")
        if not os.read(heard, 1):
            raise ContainmentError(f"{_FIRST} does not work")
        failure.pop_all()
    return pid, mine


@contextlib.contextmanager
def _ends_ignored() -> Iterator[None]:
    """Let what is started ignore the ends of its children; only a main thread can see to that, and
    where there is another one, its process ignores them for good."""
    before = signal.getsignal(signal.SIGCHLD)
    if before == signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, before)


def _stand_by(kernel: int, first: int, life: int) -> NoReturn:
    """Wait for the kernel outside of its namespaces, and end as it has ended."""
    os.closerange(3, life)  # what the kernel alone may hold open
    os.closerange(life + 1, os.sysconf("SC_OPEN_MAX"))
    signal.signal(signal.SIGINT, lambda *_: os.kill(kernel, signal.SIGINT))
    os.waitid(os.P_PID, kernel, os.WEXITED | os.WNOWAIT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # once it is forgotten, its number is another's
    _, status = os.waitpid(kernel, 0)
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        with contextlib.suppress(OSError):  # SIGKILL has no handler
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _raise_loopback() -> None:
    """Let processes of the post talk to each other over 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


def _nobody() -> int | None:
    """A number that no user has, for root to become; None for others, who cannot.

    In containers there may be few numbers, and none but the usual one for nobody.
    """
    with open("/proc/self/uid_map", encoding="utf-8") as file:
        ranges = [tuple(map(int, line.split())) for line in file]
    for number in (_UNUSED_IDS + threading.get_native_id(), _NOBODY):
        if any(first <= number < first + count for first, _, count in ranges):
            return number
    return None


def _give(folder: str, owner: int) -> None:
    for where, folders, files, handle in os.fwalk(folder):
        os.chown(where, owner, owner)
        for name in (*folders, *files):
            os.chown(name, owner, owner, dir_fd=handle, follow_symlinks=False)
