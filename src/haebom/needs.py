"""What this machine has of what posts need, and what of a post can therefore not run here."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from haebom import need
from haebom.effects import effects
from haebom.model import Cell, Post
from haebom.need import Kind

_NOWHERE = (("192.0.2.1", socket.AF_INET), ("2001:db8::1", socket.AF_INET6))
"""Addresses that are nobody's (RFC 5737, RFC 3849): whether there is a way is all that is asked."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A CUDA device: its name, and its memory in bytes."""

    name: str
    memory: int


class Machine:
    """What is here.

    Args:
        env: The environment that posts get to see.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._known: dict[str, bool] = {}

    def lacks(self, wanted: str) -> bool:
        """Whether something is not here.

        Args:
            wanted: A need in the words of :mod:`haebom.need`.
        """
        if wanted not in self._known:
            self._known[wanted] = not self._has(need.parse(wanted))
        return self._known[wanted]

    def _has(self, wanted: need.Need) -> bool:
        match wanted.kind:
            case Kind.CUDA:
                return bool(self.gpus)
            case Kind.GPU_MEMORY:
                return any(gpu.memory >= need.bytes_of(wanted) for gpu in self.gpus)
            case Kind.NETWORK:
                return _has_network()
            case Kind.PLATFORM:
                return platform.system() == need.PLATFORMS[wanted.value]
            case Kind.PACKAGE:
                return self._has_package(Requirement(wanted.value))

    @functools.cached_property
    def gpus(self) -> tuple[Gpu, ...]:
        """The CUDA devices that posts get to see, as NVIDIA's own tool tells them."""
        tool = shutil.which("nvidia-smi", path=self._env.get("PATH"))
        visible = self._env.get("CUDA_VISIBLE_DEVICES")
        if tool is None or visible in ("", "-1"):
            return ()
        query = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
        try:
            done = subprocess.run(query, capture_output=True, text=True, timeout=30, check=True)
        except (OSError, subprocess.SubprocessError):
            return ()  # the tool is there, but no device that it could talk to
        rows = (line.rpartition(",") for line in done.stdout.splitlines())
        found = [
            Gpu(name.strip(), int(size) << 20) for name, _, size in rows if size.strip().isdigit()
        ]
        chosen = [int(each) for each in (visible or "").split(",") if each.strip().isdigit()]
        return (
            tuple(found[each] for each in chosen if each < len(found)) if chosen else tuple(found)
        )

    @property
    def device(self) -> str:
        """Names of the CUDA devices, or an empty string."""
        return ", ".join(dict.fromkeys(gpu.name for gpu in self.gpus))

    def _has_package(self, wanted: Requirement) -> bool:
        if wanted.marker is not None and not wanted.marker.evaluate():
            return True  # it is not needed here
        own = self._env.get("PYTHONPATH", "").split(os.pathsep)
        folders = [*filter(None, own), *sys.path]
        name = canonicalize_name(wanted.name)
        found = importlib.metadata.distributions(name=name, path=folders)
        version = next((each.version for each in found), None)
        return version is not None and wanted.specifier.contains(version, prereleases=True)


def _has_network() -> bool:
    for address, family in _NOWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))  # nothing is sent
                return True
        except OSError:
            continue
    return False


@dataclass(frozen=True, slots=True)
class Blocked:
    """What of a post cannot run.

    Args:
        cells: Indices of cells, each with what is missing.
        values: Indices of expressions, likewise.
    """

    cells: Mapping[int, str] = field(default_factory=dict)
    values: Mapping[int, str] = field(default_factory=dict)

    def covers(self, post: Post) -> bool:
        """Whether nothing is left of a post."""
        return len(self.cells) == len(post.runnable) and len(self.values) == len(post.expressions)


def of(post: Post) -> tuple[str, ...]:
    """Everything that a post and its cells need."""
    own = (wanted for cell in post.runnable for wanted in cell.options.needs)
    return tuple(dict.fromkeys((*post.execution.needs, *own)))


def blocked(post: Post, lacks: Callable[[str], bool]) -> Blocked:
    """Say what of a post cannot run where something is missing.

    A cell cannot run that needs what is missing, or that uses what such a cell would have made or
    changed; and so on.

    Args:
        post: The post.
        lacks: Whether something is missing.
    """
    everywhere = [wanted for wanted in post.execution.needs if lacks(wanted)]
    if not everywhere and not any(lacks(wanted) for wanted in of(post)):
        return Blocked()
    cells: dict[int, str] = {}
    values: dict[int, str] = {}
    tainted: dict[str, list[str]] = {}
    defined: set[str] = set()
    for step in post.steps:
        found = effects(step.code)
        missing = [
            *everywhere,
            *(tainted_by for name in sorted(found.reads) for tainted_by in tainted.get(name, ())),
        ]
        if not isinstance(step, Cell):
            if missing:
                values[step.index] = _joined(missing)
            continue
        missing = [*filter(lacks, step.options.needs), *missing]
        defined |= found.defines
        if missing:
            cells[step.index] = _joined(missing)
            changed = found.binds | (found.changes - defined)
            tainted.update(dict.fromkeys(changed, missing))
        else:
            for name in found.binds:
                tainted.pop(name, None)
    return Blocked(cells, values)


def _joined(missing: list[str]) -> str:
    return ", ".join(dict.fromkeys(missing))
