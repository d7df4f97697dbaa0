"""What a post or a cell may say that it needs: the words, not whether it is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from packaging.requirements import InvalidRequirement, Requirement
from pydantic import ByteSize, TypeAdapter, ValidationError

from haebom.errors import HaebomError

PLATFORMS: Mapping[str, str] = {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}
"""Names of systems, as authors write them and as Python says them."""

_SIZE = TypeAdapter(ByteSize)


class Kind(StrEnum):
    """What can be needed."""

    CUDA = "cuda"
    NETWORK = "network"
    GPU_MEMORY = "gpu-memory"
    PACKAGE = "package"
    PLATFORM = "platform"


class Unknown(HaebomError):
    """A need that nobody can look for."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that must be there.

    Args:
        kind: Which kind of thing.
        value: Bytes as ``8GiB``, a requirement such as ``transformers>=5``, or a system's name.
    """

    kind: Kind
    value: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}" if self.value else str(self.kind)


def parse(text: str) -> Need:
    """Read a need as authors write it, for instance ``cuda`` or ``gpu-memory: 8GiB``.

    Raises:
        Unknown: It says nothing that can be looked for.
    """
    word, _, value = (part.strip() for part in text.partition(":"))
    if word in PLATFORMS and not value:
        return Need(Kind.PLATFORM, word)
    if word in (Kind.CUDA, Kind.NETWORK) and not value:
        return Need(Kind(word))
    if word == Kind.PLATFORM and value in PLATFORMS:
        return Need(Kind.PLATFORM, value)
    if word == Kind.GPU_MEMORY and value:
        try:
            return Need(Kind.GPU_MEMORY, str(_SIZE.validate_python(value).human_readable()))
        except ValidationError:
            raise Unknown(
                f"{value!r} is no amount of memory.", "Write 'gpu-memory: 8GiB'."
            ) from None
    if word == Kind.PACKAGE and value:
        try:
            return Need(Kind.PACKAGE, str(Requirement(value)))
        except InvalidRequirement:
            hint = "Write 'package: transformers>=5'."
            raise Unknown(f"{value!r} is no requirement for a package.", hint) from None
    raise Unknown(
        f"Nobody can look for {text!r}.",
        "Needs: cuda, network, linux, macos, windows, 'gpu-memory: 8GiB', 'package: NAME>=1.0'.",
    )


def bytes_of(need: Need) -> int:
    """The amount of memory that is needed."""
    return int(_SIZE.validate_python(need.value))


def from_yaml(value: object) -> tuple[str, ...]:
    """Needs out of a YAML value: a word, a mapping, or a list of both.

    Raises:
        Unknown: One of them says nothing that can be looked for.
    """
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return tuple(str(parse(f"{key}: {each}")) for key, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(need for each in value for need in from_yaml(each))
    return (str(parse(str(value))),)
