"""Latin words and identifiers, in all the spellings a reader may type.

``torch.nn.Linear`` is found as a whole, by ``nn.Linear``, by ``linear``; ``zero_grad`` also as
``zero grad``; ``DataLoader`` also as ``data loader``. The browser squashes a query's words the
same way (``search/src/identifiers.js``, shared cases in ``search/test/vectors.json``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["latin_terms", "phrases", "squash", "subwords"]

WORD = re.compile(
    r"[A-Za-z]\+\+|\bC#"
    r"|[A-Za-z_][A-Za-z0-9_]*(?:[.\-][A-Za-z_][A-Za-z0-9_]*)*"
    r"|\d+(?:\.\d+)*[A-Za-z][A-Za-z0-9_]*|\d+(?:\.\d+)+|\d{2,4}"
)
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MIXED = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z']*")
MAX_LENGTH = 48


def squash(word: str) -> str:
    """Write a word as it is looked up: lower case, without ``_`` and ``-``.

    Args:
        word: An identifier or word, dots allowed between its parts.

    Returns:
        The key; empty when the word holds nothing but punctuation.
    """
    return re.sub(r"[_\-]+", "", word).lower().strip(".")


def subwords(word: str) -> list[str]:
    """List the words inside one undotted identifier: ``DataLoader`` → ``data``, ``loader``."""
    out: list[str] = []
    for piece in re.split(r"[_\-]+", word):
        found = _CAMEL.findall(piece) if _MIXED.search(piece) else [piece]
        out.extend(part.lower() for part in found if part)
    return out if len(out) > 1 else []


def latin_terms(text: str) -> Iterator[tuple[str, float]]:
    """Yield every term of the Latin words in ``text`` with its weight.

    Args:
        text: Prose or code.

    Yields:
        ``(term, weight)``: 1.0 for whole words and dotted parts, 0.5 for words inside an
        identifier.
    """
    for match in WORD.finditer(text):
        word = match.group(0)
        if len(word) > MAX_LENGTH:
            continue
        parts = word.split(".") if not word[0].isdigit() else [word]
        whole = squash(word)
        if len(whole) > 1:
            yield whole, 1.0
        if len(parts) > 1:
            for part in parts:
                if len(key := squash(part)) > 1:
                    yield key, 1.0
            if len(parts) > 2:
                yield squash(".".join(parts[-2:])), 1.0
        for part in parts:
            inner = subwords(part)
            if len(inner) <= 6:
                yield from ((sub, 0.5) for sub in inner if len(sub) > 1)


def phrases(text: str) -> Iterator[str]:
    """Yield two and three Latin words in a row, as in ``loss function``; for aliases.

    Args:
        text: Prose.
    """
    row: list[str] = []
    end = -1
    for match in _PLAIN.finditer(text):
        if text[end : match.start()] not in (" ", "-"):
            row.clear()
        row.append(match.group(0).lower())
        end = match.end()
        for count in (2, 3):
            if len(row) >= count:
                yield " ".join(row[-count:])
        del row[:-2]
