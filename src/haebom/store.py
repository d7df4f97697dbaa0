"""Stored runs: one file each, written at once or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from haebom.model import Run, digest

_RUN = TypeAdapter(Run)
_KEPT = 8
"""Runs of one recipe that are kept: going back and forth between branches reuses them."""


class Store:
    """A folder of runs, found by recipe; whoever asks looks whether their inputs still hold.

    A run lies at ``runs/<recipe>/<inputs>.json``; ``latest/<post>.json`` repeats the newest run
    of each post, so that one can say what changed since.

    Args:
        folder: Where; made when something is stored.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def candidates(self, recipe: str) -> Iterator[Run]:
        """The stored runs of a recipe, the newest first."""
        for path in self._paths(recipe):
            run = _read(path)
            if run is not None:
                yield run

    def latest(self, path: str) -> Run | None:
        """The newest run of a post that was stored, or None."""
        return _read(self._latest_path(path))

    def put(self, path: str, run: Run) -> None:
        """Store a run of the post at ``path``."""
        data = _RUN.dump_json(run)
        values = (f"{item.kind}\0{item.name}\0{item.value}" for item in run.inputs)
        write_atomically(self._folder(run.recipe) / f"{digest(*values)}.json", data)
        write_atomically(self._latest_path(path), data)
        for outdated in self._paths(run.recipe)[_KEPT:]:
            outdated.unlink(missing_ok=True)

    def _paths(self, recipe: str) -> list[Path]:
        found = []
        for path in self._folder(recipe).glob("*.json"):
            try:
                found.append((path.stat().st_mtime_ns, path))
            except FileNotFoundError:
                continue  # another build has just tidied up
        return [path for _, path in sorted(found, reverse=True)]

    def _folder(self, recipe: str) -> Path:
        return self.folder / "runs" / recipe[:2] / recipe

    def _latest_path(self, path: str) -> Path:
        return self.folder / "latest" / f"{digest(path)}.json"


def _read(path: Path) -> Run | None:
    """A damaged or outdated file counts as absent: the post simply runs again."""
    try:
        return _RUN.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees a part of it.

    Args:
        path: Where; folders are made.
        data: Its whole content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_if_changed(path: Path, data: bytes) -> bool:
    """Write a file only if its content changes, so that watchers and caches stay calm.

    Returns:
        Whether it was written.
    """
    try:
        if path.read_bytes() == data:
            return False
    except OSError:
        pass
    write_atomically(path, data)
    return True
