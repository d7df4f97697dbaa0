"""Text that remembers which line of its file each of its lines came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a file.

    Args:
        content: The text; lines end in LF.
        origins: For each line, the line of the file that it came from, from 1.
    """

    content: str
    origins: Sequence[int]

    @classmethod
    def of(cls, content: str, first: int = 1) -> Text:
        """A text whose lines follow one another in the file."""
        return cls(content, range(first, first + content.count("\n") + 1))

    @classmethod
    def fitted(cls, content: str, origins: Sequence[int]) -> Text:
        """A text that stands for lines of the file that may be fewer or more than its own."""
        known = list(origins) or [1]
        count = content.count("\n") + 1
        return cls(content, known[:count] + known[-1:] * (count - len(known)))

    @classmethod
    def join(cls, pieces: Sequence[Text]) -> Text:
        """Put pieces one right after the other; a line is from where it begins."""
        origins: list[int] = []
        content = "".join(piece.content for piece in pieces)
        is_begun = False
        for piece in pieces:
            origins.extend(piece.origins[1:] if is_begun else piece.origins)
            is_begun = True
        return cls(content, origins)

    def line(self, position: int) -> int:
        """The line of the file that a position of the text came from."""
        index = self.content.count("\n", 0, position)
        return self.origins[min(index, len(self.origins) - 1)] if self.origins else 1

    def cut(self, start: int, end: int) -> Text:
        """The part between two positions."""
        first = self.content.count("\n", 0, start)
        piece = self.content[start:end]
        return Text(piece, self.origins[first : first + piece.count("\n") + 1])

    def closed(self) -> Text:
        """The same with a line end."""
        return Text(self.content + "\n", self.origins)

    def each(self, change: Callable[[str], str]) -> Text:
        """The same with every line changed, its line end left out of the matter."""
        return Text("\n".join(map(change, self.content.split("\n"))), self.origins)


def indented(lines: Sequence[str], prefix: str) -> Iterator[str]:
    """Lines with a prefix; blank ones stay empty."""
    return (prefix + line if line.strip() else "" for line in lines)
