"""Containing the process that becomes a post's kernel."""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace

from haebom.kernels.containment import landlock, linux, namespaces, seccomp
from haebom.kernels.containment.plan import Mechanism, Plan

_FREE_TO_USE = (
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx",
    "/dev/pts", "/dev/shm",
)  # fmt: skip


def contain(plan: Plan, room: int | None = None) -> None:
    """Contain this process and whatever it will start; it must have one thread.

    With namespaces, and no room made for it, it returns in another process than the one that calls
    it, which stays outside and ends when that one has ended.

    Args:
        plan: How.
        room: File descriptor that stands for the first process of the room, where there is one.

    Raises:
        OSError: A mechanism is not there.
        ContainmentError: The same, or it does not suffice.
    """
    if room is not None:
        namespaces.enter(room, plan)
    else:
        plan = with_own_folders(plan)
        if plan.uses(Mechanism.NAMESPACES):
            namespaces.move_in(plan)
    _limit(plan)
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if plan.uses(Mechanism.LANDLOCK):
        _restrict_files(plan)
    if plan.uses(Mechanism.SECCOMP):
        seccomp.install(sockets=plan.network or plan.uses(Mechanism.NAMESPACES))


def with_own_folders(plan: Plan) -> Plan:
    """The plan with the folders of this interpreter among those that can be read."""
    return replace(plan, readable=(*plan.readable, *_shown(plan)))


@functools.cache
def own_folders() -> tuple[str, ...]:
    """Where this interpreter and its modules lie, and what links among these lead to."""
    folders = dict.fromkeys(filter(None, (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path)))
    for folder in list(folders):
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            links = [entry.path for entry in entries if entry.is_symlink()]
            folders.update(dict.fromkeys(os.path.dirname(os.path.realpath(p)) for p in links))
    return tuple(folders)


def _shown(plan: Plan) -> Iterator[str]:
    """The interpreter's folders, but none that holds what is to be hidden."""
    for path in own_folders():
        inside = os.path.join(path, "")
        if not any(os.path.join(each, "").startswith(inside) for each in plan.hidden):
            yield path


def _restrict_files(plan: Plan) -> None:
    if plan.uses(Mechanism.NAMESPACES):
        writable = (*plan.writable, "/tmp", "/dev", "/proc")
        landlock.restrict(("/",), writable, tcp=True)
        return
    readable = landlock.without(plan.readable, plan.hidden)
    writable = (*plan.writable, *_FREE_TO_USE, *plan.devices)
    landlock.restrict((*readable, "/proc"), writable, plan.network)


def _limit(plan: Plan) -> None:
    """Limits that the system itself keeps, and so at any moment."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_FSIZE, plan.file_size)
    if plan.uses(Mechanism.NAMESPACES):  # elsewhere all processes of the user would count
        _lower(resource.RLIMIT_NPROC, plan.tasks)
    with contextlib.suppress(OSError):  # let it be the post that is ended when memory runs out
        handle = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(handle, b"1000")
        os.close(handle)


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
