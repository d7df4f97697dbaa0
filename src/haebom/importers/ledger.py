"""What an import has found in a file, and what it could not bring along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that wants a look.

    Args:
        line: Line of the old file, from 1.
        construct: What stands there, for instance ``include gist``.
        message: One sentence that says what became of it.
    """

    line: int
    construct: str
    message: str


@dataclass(frozen=True, slots=True)
class Count:
    """How often a construct was met.

    Args:
        converted: How often it was brought along.
        reported: How often a remark was made instead.
    """

    converted: int = 0
    reported: int = 0

    @property
    def found(self) -> int:
        """How often it was there."""
        return self.converted + self.reported


@dataclass(slots=True)
class Ledger:
    """Takes down what is met in one file."""

    done: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)

    def converted(self, construct: str, times: int = 1) -> None:
        """Note that a construct was brought along."""
        self.done[construct] += times

    def reported(self, line: int, construct: str, message: str) -> None:
        """Note a construct that was not, or not quite."""
        self.remarks.append(Remark(line, construct, message))

    def counts(self) -> Mapping[str, Count]:
        """Every construct, by name."""
        left = Counter(remark.construct for remark in self.remarks)
        return {name: Count(self.done[name], left[name]) for name in sorted({*self.done, *left})}
