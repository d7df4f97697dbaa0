"""The ledger: what will break one day, and where, since libraries have said so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from haebom.model import Location, Post, Run


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a library will change or drop.

    Args:
        category: Name of the warning's class.
        message: What the library says.
        places: The lines that it is about, by file and line.
    """

    category: str
    message: str
    places: tuple[Location, ...]


def ledger(runs: Iterable[tuple[Post, Run | None]]) -> tuple[Warned, ...]:
    """Bring together what the runs of posts have heard, what concerns most lines first.

    Args:
        runs: Posts with what they did.
    """
    places: dict[tuple[str, str], dict[Location, None]] = defaultdict(dict)
    for post, run in runs:
        cells = {cell.index: cell for cell in post.cells}
        for notice in run.notices if run else ():
            at = cells[notice.cell].line(notice.line)
            places[notice.category, notice.message][at] = None
    found = [
        Warned(category, message, tuple(sorted(own, key=lambda at: (at.path, at.line))))
        for (category, message), own in places.items()
    ]
    return tuple(sorted(found, key=lambda warned: (-len(warned.places), str(warned.places[0]))))
