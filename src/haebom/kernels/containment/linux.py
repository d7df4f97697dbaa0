"""System calls that Python does not offer, through the C library."""

from __future__ import annotations

import ctypes
import os
import struct

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

CAP_SYS_ADMIN = 21

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_SETATTR = 442  # newer system calls have one number on all architectures
_PROCESS_MADVISE = 440
_MADV_POPULATE_WRITE = 23
_VECTOR = 16
_MOST_VECTORS = 1024
_CAPABILITIES_3 = 0x20080522


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Move this process into namespaces of its own.

    Raises:
        OSError: The system does not allow it; so for all functions here.
    """
    _checked(_libc.unshare(flags), "unshare")


def setns(fd: int, spaces: int) -> None:
    """Move this process into another one's namespaces, into that of processes only what it will
    start; from Linux 5.8 on.

    Args:
        fd: What stands for the other process.
        spaces: Which of its namespaces, as ``CLONE_NEW…``.
    """
    _checked(_libc.setns(fd, spaces), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount something; see mount(2)."""
    arguments = (os.fsencode(text) if text else None for text in (source, target, kind))
    data = os.fsencode(options) if options else None
    _checked(_libc.mount(*arguments, ctypes.c_ulong(flags), data), f"mount {target}")


def unmount(target: str) -> None:
    """Take a mount away, as soon as nobody uses it."""
    _checked(_libc.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def restrict_mount(target: str, flags: int) -> None:
    """Add flags (``MS_RDONLY`` …) to a mount and to those below it; from Linux 5.12 on."""
    attributes = struct.pack("=QQQQ", flags, 0, 0, 0)
    _checked(
        _libc.syscall(
            ctypes.c_long(_MOUNT_SETATTR),
            ctypes.c_long(_AT_FDCWD),
            os.fsencode(target),
            ctypes.c_long(_AT_RECURSIVE),
            attributes,
            ctypes.c_long(len(attributes)),
        ),
        "mount_setattr",
    )


def pivot_root(new: str, old: str) -> None:
    """Make a mount the root of everything; the old root appears below it."""
    _checked(_libc.pivot_root(os.fsencode(new), os.fsencode(old)), "pivot_root")


def prctl(option: int, *arguments: int) -> None:
    """See prctl(2)."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    _checked(_libc.prctl(option, *map(ctypes.c_ulong, padded)), f"prctl {option}")


def call(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call by its number."""
    given = (ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
    return _checked(_libc.syscall(ctypes.c_long(number), *given), f"system call {number}")


def populate(vectors: bytes) -> None:
    """Have pages of this process made its own, as its first writing to each would; from Linux 6.13
    on.

    Args:
        vectors: Where they are: addresses and lengths, in the machine's own words.
    """
    own = os.pidfd_open(os.getpid())
    try:
        for at in range(0, len(vectors), _VECTOR * _MOST_VECTORS):
            part = vectors[at : at + _VECTOR * _MOST_VECTORS]
            call(_PROCESS_MADVISE, own, part, len(part) // _VECTOR, _MADV_POPULATE_WRITE, 0)
    finally:
        os.close(own)


def drop_capabilities() -> None:
    """Give up every privilege beyond that of the user."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("=Ii", _CAPABILITIES_3, 0)
    _checked(_libc.capset(header, struct.pack("=6I", *[0] * 6)), "capset")


def capable(capability: int) -> bool:
    """Whether this process has a capability."""
    header = struct.pack("=Ii", _CAPABILITIES_3, 0)
    data = ctypes.create_string_buffer(24)
    _checked(_libc.capget(header, data), "capget")
    effective = struct.unpack("=6I", data.raw)[0]
    return bool(effective >> capability & 1)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def set_filter(code: bytes) -> None:
    """Filter the system calls of this process and its descendants from now on.

    Args:
        code: A BPF program; no_new_privs must be set.
    """
    filter_mode = 2
    program = _Program(len(code) // 8, code)
    _checked(
        _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(filter_mode), ctypes.byref(program), 0, 0),
        "seccomp",
    )
