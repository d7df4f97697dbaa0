"""A filter of system calls: nothing that a study post needs, all that reaches out of its room.

The list follows what container engines refuse by default; the program is classic BPF, put together
here because no kept-up library does it without a compiler.
"""

from __future__ import annotations

import errno
import platform
import socket
import struct
import termios
from collections.abc import Mapping

from haebom.kernels.containment import linux
from haebom.kernels.containment.plan import ContainmentError

_NEW_NUMBERS = {
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "clone3": 435,
    "pidfd_getfd": 438,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "open_tree_attr": 467,
}
"""Newer system calls have one number on all architectures."""

_NUMBERS: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "ioctl": 16, "shmget": 29, "socket": 41, "socketpair": 53, "clone": 56, "ptrace": 101,
            "syslog": 103, "vhangup": 153, "pivot_root": 155, "adjtimex": 159, "chroot": 161,
            "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167,
            "swapoff": 168, "reboot": 169, "sethostname": 170, "setdomainname": 171, "iopl": 172,
            "ioperm": 173, "init_module": 175, "delete_module": 176, "quotactl": 179,
            "clock_settime": 227, "kexec_load": 246, "add_key": 248, "request_key": 249,
            "keyctl": 250, "unshare": 272, "perf_event_open": 298, "fanotify_init": 300,
            "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308, "process_vm_readv": 310,
            "process_vm_writev": 311, "finit_module": 313, "kexec_file_load": 320, "bpf": 321,
            "userfaultfd": 323,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "ioctl": 29, "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "vhangup": 58,
            "quotactl": 60, "acct": 89, "unshare": 97, "kexec_load": 104, "init_module": 105,
            "delete_module": 106, "clock_settime": 112, "syslog": 116, "ptrace": 117,
            "reboot": 142, "sethostname": 161, "setdomainname": 162, "settimeofday": 170,
            "adjtimex": 171, "shmget": 194, "socket": 198, "socketpair": 199, "add_key": 217,
            "request_key": 218, "keyctl": 219, "clone": 220, "swapon": 224, "swapoff": 225,
            "perf_event_open": 241, "fanotify_init": 262, "open_by_handle_at": 265,
            "clock_adjtime": 266, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
            "finit_module": 273, "bpf": 280, "userfaultfd": 282, "kexec_file_load": 294,
        },
    ),
}  # fmt: skip
"""Architecture to its number in filters and those of its system calls."""

_SPECIAL = frozenset({"ioctl", "socket", "socketpair", "clone", "clone3"})
"""What is refused for some of its arguments only, or in another way."""

_NAMESPACES = 0x7E020080
"""The flags of clone(2) that make namespaces."""

_TERMINAL = (termios.TIOCSTI, 0x541C)
"""Requests of ioctl(2) that type into a terminal: TIOCSTI, TIOCLINUX."""

_NETLINK = 16
_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, _NETLINK)

_LOAD, _EQUAL, _AT_LEAST, _ANY, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24
_X32 = 0x40000000


def install(sockets: bool) -> None:
    """Filter the system calls of this process and its descendants.

    Args:
        sockets: Whether sockets of the internet's families may be made.

    Raises:
        ContainmentError: The filter does not know this architecture.
        OSError: The kernel knows no filters.
    """
    linux.set_filter(program(platform.machine(), sockets))


def program(machine: str, sockets: bool) -> bytes:
    """The filter as a BPF program.

    Args:
        machine: The architecture as ``uname -m`` says it.
        sockets: Whether sockets of the internet's families may be made.

    Raises:
        ContainmentError: The filter does not know the architecture.
    """
    if machine not in _NUMBERS:
        raise ContainmentError(f"there is no system call filter for {machine} processors")
    architecture, own = _NUMBERS[machine]
    numbers = {**own, **_NEW_NUMBERS}
    refuse = _result(_REFUSE | errno.EPERM)
    parts = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, architecture, 1, 0),
        _result(_KILL),
        _instruction(_LOAD, _NUMBER),
        _instruction(_AT_LEAST, _X32, 0, 1),
        refuse,
    ]
    for name in sorted(numbers.keys() - _SPECIAL):
        parts += _if_equal(numbers[name], [refuse])
    # its flags lie in memory, out of a filter's sight; the C library then takes clone(2)
    parts += _if_equal(numbers["clone3"], [_result(_REFUSE | errno.ENOSYS)])
    namespaces = [_instruction(_LOAD, _FIRST), _instruction(_ANY, _NAMESPACES, 0, 1), refuse]
    parts += _if_equal(numbers["clone"], [*namespaces, _result(_ALLOW)])
    terminal = [_instruction(_LOAD, _SECOND)]
    for request in _TERMINAL:
        terminal += _if_equal(request, [refuse])
    parts += _if_equal(numbers["ioctl"], [*terminal, _result(_ALLOW)])
    for name, families in (
        ("socket", _FAMILIES if sockets else (socket.AF_UNIX,)),
        ("socketpair", (socket.AF_UNIX,)),
    ):
        known = [_instruction(_LOAD, _FIRST)]
        for family in families:
            known += _if_equal(family, [_result(_ALLOW)])
        parts += _if_equal(numbers[name], [*known, refuse])
    return b"".join([*parts, _result(_ALLOW)])


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _result(value: int) -> bytes:
    return _instruction(_RETURN, value)


def _if_equal(value: int, then: list[bytes]) -> list[bytes]:
    return [_instruction(_EQUAL, value, 0, len(then)), *then]
