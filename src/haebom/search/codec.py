"""The index's files: variable-length integers, front-coded words, gzip.

``search/src/codec.js`` reads what this writes.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Sequence
from itertools import takewhile

from haebom.search.lexicon import Posting

__all__ = ["front_coded", "named", "pack_postings", "varint"]


_SMALL = [bytes([number]) for number in range(128)]


def varint(number: int) -> bytes:
    """Write a number in groups of seven bits, the lowest first."""
    if number < 128:
        return _SMALL[number]
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def pack_postings(postings: Sequence[Posting]) -> bytes:
    """Write a term's pages: their count, then gap, frequency and flags (if any) of each."""
    out = bytearray(varint(len(postings)))
    last = -1
    for posting in postings:
        out += varint(posting.page - last - 1)
        last = posting.page
        out += varint(posting.frequency << 1 | (posting.flags > 0))
        if posting.flags:
            out.append(posting.flags)
    return bytes(out)


def front_coded(term: str, previous: str) -> bytes:
    """Write a term as the length that it shares with the one before, and the rest."""
    alike = zip(term[:255], previous, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], alike))
    rest = term[shared:].encode()
    return bytes([shared]) + varint(len(rest)) + rest


def named(prefix: str, content: bytes, level: int = 9) -> tuple[str, bytes]:
    """Compress a file and name it by its content.

    Args:
        prefix: What kind of file it is.
        content: The bytes.
        level: How hard to compress, up to 9.

    Returns:
        The name, such as ``p-0123456789ab.bin``, and the compressed bytes.
    """
    digest = hashlib.sha256(content).hexdigest()[:12]
    return f"{prefix}-{digest}.bin", gzip.compress(content, level, mtime=0)


def shards(items: Iterable[tuple[str, bytes]], target: int) -> list[tuple[list[str], list[bytes]]]:
    """Cut a sorted row of terms and their bytes into pieces of about ``target`` bytes."""
    out: list[tuple[list[str], list[bytes]]] = []
    size = target
    for term, data in items:
        if size + len(data) > target:
            out.append(([], []))
            size = 0
        out[-1][0].append(term)
        out[-1][1].append(data)
        size += len(data)
    return out
