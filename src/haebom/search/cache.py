"""What the analyser said about each page, kept by a hash of the page's text."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

__all__ = ["AnalysisCache"]


class AnalysisCache:
    """A small key–value file; losing it costs time, never correctness.

    Args:
        path: The file, made when missing; ``None`` keeps everything in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def _connect(self) -> sqlite3.Connection:
        assert self._path is not None
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("CREATE TABLE IF NOT EXISTS page (key TEXT PRIMARY KEY, value BLOB)")
        return connection

    def load(self, keys: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """Yield what is known for ``keys``; a damaged or locked file counts as empty."""
        if self._path is None or not self._path.is_file():
            return
        try:
            with closing(self._connect()) as connection:
                for key in dict.fromkeys(keys):
                    row = connection.execute(
                        "SELECT value FROM page WHERE key = ?", (key,)
                    ).fetchone()
                    if row is not None:
                        yield key, json.loads(zlib.decompress(row[0]))
        except (sqlite3.Error, zlib.error, ValueError):
            return

    def store(self, values: dict[str, Any]) -> None:
        """Add results, JSON-able; a file that can't be written is left alone."""
        rows = (
            (key, zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 3))
            for key, value in values.items()
        )
        self._write(
            lambda connection: connection.executemany(
                "INSERT OR REPLACE INTO page VALUES (?, ?)", rows
            )
        )

    def forget_others(self, keys: Iterable[str]) -> None:
        """Drop every key that is not among ``keys``."""

        def drop(connection: sqlite3.Connection) -> None:
            connection.execute("CREATE TEMP TABLE used (key TEXT PRIMARY KEY)")
            connection.executemany(
                "INSERT OR IGNORE INTO used VALUES (?)", ((key,) for key in keys)
            )
            connection.execute("DELETE FROM page WHERE key NOT IN (SELECT key FROM used)")

        self._write(drop)

    def _write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        if self._path is None:
            return
        try:
            with closing(self._connect()) as connection, connection:
                work(connection)
        except sqlite3.OperationalError:
            return
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)
