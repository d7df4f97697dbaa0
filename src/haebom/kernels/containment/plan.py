"""A plan: all that a process has to know to contain itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self


class Mechanism(StrEnum):
    """What containment is made of, as sentences call it."""

    NAMESPACES = "namespaces"
    LANDLOCK = "Landlock"
    SECCOMP = "a system call filter"


REQUIRED = (Mechanism.NAMESPACES, Mechanism.SECCOMP)
"""What must be there for a post to count as contained; Landlock is a second wall behind the first
where the kernel has it."""


KEEPERS = 2
"""How many processes stand around a kernel in namespaces: the one that waits for it outside, and
the first one inside, which takes in orphans."""


class ContainmentError(Exception):
    """A process cannot contain itself; the message is a clause that names the mechanism."""


def clause(error: OSError | ContainmentError) -> str:
    """What is in the way, as a part of a sentence."""
    if not isinstance(error, OSError):
        return str(error)
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one post is contained.

    Args:
        mechanisms: Which mechanisms are used.
        network: Whether the machine's network can be reached.
        readable: Files and folders that can be read, as absolute paths.
        hidden: Files and folders within them that cannot.
        writable: Folders that can be written to.
        devices: Devices that can be used, besides the harmless ones.
        cwd: The working directory.
        tasks: How many processes and threads there may be at once.
        file_size: Bytes that one file may have.
        shared_memory: Bytes that the files in ``/tmp`` and ``/dev/shm`` may have together.
    """

    mechanisms: tuple[str, ...]
    network: bool
    readable: tuple[str, ...]
    hidden: tuple[str, ...]
    writable: tuple[str, ...]
    devices: tuple[str, ...]
    cwd: str
    tasks: int
    file_size: int
    shared_memory: int

    def uses(self, mechanism: Mechanism) -> bool:
        """Whether a mechanism is used."""
        return mechanism in self.mechanisms

    def as_json(self) -> dict[str, Any]:
        """The plan as values that JSON knows."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The plan that :meth:`as_json` gave."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return cls(**fields)
