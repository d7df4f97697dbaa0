"""What an import would write, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from haebom.importers.ledger import Count, Remark


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file of an old blog.

    Args:
        path: POSIX path within the blog, in normal form C.
        content: Its bytes.
        day: ISO date of its last change, for what has no other date.
    """

    path: str
    content: bytes
    day: str = ""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that an import writes.

    Args:
        path: POSIX path within the target.
        content: What it holds; None if it is a copy.
        copy_of: Path within the old blog of the file that it is a copy of.
    """

    path: str
    content: bytes | None = None
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one document.

    Args:
        source: Its path within the old blog.
        target: Where it goes within the target, or an empty string if it stays behind.
        remarks: What wants a look, by line.
        counts: What was met in it.
        fences: How many blocks of code could run if the author lets them.
    """

    source: str
    target: str = ""
    remarks: tuple[Remark, ...] = ()
    counts: Mapping[str, Count] = field(default_factory=dict)
    fences: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that an import would do.

    Args:
        documents: What becomes of each document, by path.
        files: What is written.
    """

    documents: tuple[Imported, ...]
    files: tuple[NewFile, ...]

    def counts(self) -> Mapping[str, Count]:
        """What was met in all documents together."""
        return total(document.counts for document in self.documents)


def total(parts: Iterable[Mapping[str, Count]]) -> Mapping[str, Count]:
    """Add up counts."""
    converted, reported = Counter[str](), Counter[str]()
    for counts in parts:
        for name, count in counts.items():
            converted[name] += count.converted
            reported[name] += count.reported
    names = sorted({*converted, *reported})
    return {name: Count(converted[name], reported[name]) for name in names}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things go within a target.

    Args:
        posts: Folder of the posts.
        docs: Folder of the pages.
        blog: Folder of the blog within the pages.
        authors: Names that the target knows; None if it has no file of authors yet.
    """

    posts: str = "posts"
    docs: str = "docs"
    blog: str = "blog"
    authors: frozenset[str] | None = None
