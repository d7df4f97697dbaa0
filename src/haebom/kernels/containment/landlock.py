"""Landlock: a process gives up its rights to files, and to reach other processes.

Every Linux from 5.13 on may have it, for ordinary users too, in containers too. What it cannot
refuse: UDP, and sockets that have a path. See https://docs.kernel.org/userspace-api/landlock.html.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator

from haebom.kernels.containment import linux

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE, _READ, _LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_READING = _EXECUTE | _READ | _LIST
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: 1 << 13, 3: _TRUNCATE, 5: _IOCTL}
"""Rights to files by the version that brought them."""
_TCP = {4: 1 << 0 | 1 << 1}
_SCOPES = {6: 1 << 0 | 1 << 1}
"""Abstract sockets and signals of processes outside."""

SCOPED = 6
"""The version from which on processes outside are out of reach."""


def version() -> int:
    """Which version the kernel has; 0 if none."""
    try:
        return linux.call(_CREATE, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], tcp: bool, listed: str = "") -> None:
    """Keep only rights to read and execute some files, and all rights to others.

    Args:
        readable: Files and folders that can be read.
        writable: Files and folders that can be written as well.
        tcp: Whether TCP connections may be made.
        listed: A folder whose names can be listed, those of folders below it too.

    Raises:
        OSError: The kernel has no Landlock.
    """
    found = version()
    handled = _sum(_FILE_RIGHTS, found)
    fields = (handled, 0 if tcp else _sum(_TCP, found), _sum(_SCOPES, found))
    count = 1 if found < min(_TCP) else 2 if found < min(_SCOPES) else 3
    attributes = struct.pack(f"={count}Q", *fields[:count])
    rules = linux.call(_CREATE, attributes, len(attributes), 0)
    try:
        for path in readable:
            _allow(rules, path, _READING)
        for path in writable:
            _allow(rules, path, handled)
        if listed:
            _allow(rules, listed, _LIST)
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.call(_RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _sum(by_version: dict[int, int], found: int) -> int:
    return sum(rights for version, rights in by_version.items() if version <= found)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be allowed
    try:
        if not os.path.isdir(path):
            rights &= _OF_FILES
        linux.call(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", rights, beneath), 0)
    finally:
        os.close(beneath)


def without(readable: Iterable[str], hidden: Iterable[str]) -> Iterator[str]:
    """Paths that cover the readable ones but not those hidden within, as no rule can take back
    what another has allowed.

    Args:
        readable: Files and folders.
        hidden: Files and folders.
    """
    secrets = tuple(hidden)
    for path in readable:
        inside = os.path.join(path, "")
        if path in secrets:
            continue
        if not any(secret.startswith(inside) for secret in secrets):
            yield path
            continue
        try:
            children = [entry.path for entry in os.scandir(path)]
        except OSError:
            continue
        yield from without(children, secrets)
