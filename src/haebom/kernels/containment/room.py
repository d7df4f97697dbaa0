"""The files that a post gets to see: mounts on an empty root, most of them read-only."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Container, Iterable, Iterator
from typing import NoReturn

from haebom.kernels.containment import linux
from haebom.kernels.containment.plan import Plan

_OLD = "/.old"
_MEMORY = "/.memory"
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_LINKS = (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2"))

_READ_ONLY = linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV
_WRITABLE = linux.MS_NOSUID | linux.MS_NODEV


def furnish(plan: Plan, first: int) -> None:
    """Put the file system of this thread's mount namespace together; what it starts is in another
    namespace of processes than it is.

    Args:
        plan: What is to be seen.
        first: Process id of the first process in that other namespace.

    Raises:
        OSError: The system does not allow it.
    """
    readable = dict.fromkeys(map(os.path.realpath, plan.readable))
    hidden = {os.path.realpath(path) for path in plan.hidden} - readable.keys()
    masks = {path: os.path.isdir(path) for path in hidden}
    if os.getuid() == 0:
        readable = dict.fromkeys(_opened(readable, hidden))
    shown = [(path, _READ_ONLY) for path in readable]
    shown += [(os.path.realpath(path), _WRITABLE) for path in plan.writable]
    links = dict(_links((*plan.readable, *plan.writable)))
    linux.mount("", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    stage = plan.writable[0]
    linux.mount("tmpfs", stage, "tmpfs", _WRITABLE, "mode=755,size=4m")
    os.mkdir(stage + _OLD)
    linux.pivot_root(stage, stage + _OLD)
    os.chdir("/")
    _keep_in_memory(("/tmp", "/dev/shm"), plan.shared_memory)
    places = [*shown, *((path, 0) for path in masks)]
    bound: list[str] = []
    for path, flags in sorted(places, key=lambda place: (place[0].count("/"), place[0])):
        if not flags:
            _mask(path, masks[path])
        elif flags == _WRITABLE or not _is_shown(path, bound, masks):
            _show(path, path, flags)
            bound.append(path)
    _make_devices(plan)
    os.makedirs("/proc", exist_ok=True)
    _show_processes(first)
    for path, target in links.items():
        if not os.path.lexists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(target, path)
    linux.unmount(_OLD)
    os.rmdir(_OLD)
    linux.mount("", "/", flags=linux.MS_REMOUNT | linux.MS_RDONLY)
    os.chdir(plan.cwd)


def _opened(paths: Iterable[str], hidden: Container[str]) -> Iterator[str]:
    """Paths with what lies in a folder in the folder's place, where root keeps it to itself."""
    others = stat.S_IROTH | stat.S_IXOTH
    for path in paths:
        if not os.path.isdir(path) or os.stat(path).st_mode & others == others:
            yield path
            continue
        inside = (entry.path for entry in os.scandir(path) if entry.path not in hidden)
        yield from _opened(inside, hidden)


def _show(source: str, target: str, flags: int) -> None:
    """Let a file or folder of the machine appear in the room."""
    try:
        is_folder = stat.S_ISDIR(os.stat(_OLD + source).st_mode)
    except OSError:
        return  # what is not there, or not for this user, need not be shown
    _make_place(target, is_folder)
    linux.mount(_OLD + source, target, flags=linux.MS_BIND | linux.MS_REC)
    linux.restrict_mount(target, flags)


def _make_place(path: str, is_folder: bool) -> None:
    if is_folder:
        os.makedirs(path, exist_ok=True)
    elif not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))


def _mask(path: str, is_folder: bool) -> None:
    """Put something empty in the place of what is not to be seen."""
    if not os.path.lexists(path):
        return
    empty = f"/.masks{path}"
    _make_place(empty, is_folder)
    linux.mount(empty, path, flags=linux.MS_BIND)


def _is_shown(path: str, bound: Iterable[str], masks: Iterable[str]) -> bool:
    """Whether a folder that is shown already holds it, and no mask stands between them."""
    nearest = max((each for each in bound if _holds(each, path)), key=len, default="")
    return bool(nearest) and not any(_holds(m, path) and _holds(nearest, m) for m in masks)


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _links(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Symbolic links on the way to paths, as ``/bin`` is one on most systems."""
    for path in paths:
        here = "/"
        for part in path.strip("/").split("/"):
            here = os.path.join(here, part)
            if os.path.islink(here):
                yield here, os.path.realpath(here)
                here = os.path.realpath(here)


def _show_processes(first: int) -> None:
    """Mount the namespace's processes: from Linux 6.18 on as those of its first one, before that as
    a mount does that is made by one of them."""
    try:
        _mount_processes(f"pidns={_OLD}/proc/{first}/ns/pid")
        return
    except OSError:
        theirs, mine = os.pipe()
    with open(theirs, encoding="ascii") as answer:
        try:
            pid = os.fork()
            if pid == 0:
                _mount_processes_from_within(mine)
        finally:
            os.close(mine)
        code = int(answer.read() or 0)
    with contextlib.suppress(ChildProcessError):  # where the ends of processes are ignored
        os.waitpid(pid, 0)
    if code:
        raise OSError(code, f"mount /proc: {os.strerror(code)}")


def _mount_processes_from_within(answer: int) -> NoReturn:
    """Do it in a process of its own, and write the number of the error, if there is one."""
    try:
        _mount_processes()
    except OSError as error:
        os.write(answer, str(error.errno).encode())
    finally:
        os._exit(0)


def _mount_processes(options: str = "") -> None:
    linux.mount("proc", "/proc", "proc", _WRITABLE | linux.MS_NOEXEC, options)


def _keep_in_memory(paths: Iterable[str], size: int) -> None:
    """Make folders whose files are kept in memory, and which share a limit.

    Args:
        paths: Where they appear.
        size: Bytes that their files may have together.
    """
    os.mkdir(_MEMORY)
    linux.mount("tmpfs", _MEMORY, "tmpfs", _WRITABLE, f"mode=755,size={size}")
    for path in paths:
        os.makedirs(path)
        os.makedirs(_MEMORY + path)
        os.chmod(_MEMORY + path, 0o1777)
        linux.mount(_MEMORY + path, path, flags=linux.MS_BIND)
    linux.unmount(_MEMORY)
    os.rmdir(_MEMORY)


def _make_devices(plan: Plan) -> None:
    os.makedirs("/dev/pts")
    for path in (*(f"/dev/{name}" for name in _DEVICES), *plan.devices):
        _show(path, path, linux.MS_NOSUID | linux.MS_NOEXEC)
    options = "newinstance,ptmxmode=0666,mode=0620"
    linux.mount("devpts", "/dev/pts", "devpts", linux.MS_NOSUID | linux.MS_NOEXEC, options)
    for name, target in (("ptmx", "pts/ptmx"), *_LINKS):
        os.symlink(target, f"/dev/{name}")
