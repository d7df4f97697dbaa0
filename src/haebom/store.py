"""Stored runs: one file each, written at once or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from haebom.model import Environment, Repetition, Run, digest

_RUN = TypeAdapter(Run)
_REPETITION = TypeAdapter(Repetition)
_ENVIRONMENT = TypeAdapter(Environment)
T = TypeVar("T")
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
            run = _read(path, _RUN)
            if run is not None:
                yield run

    def latest(self, path: str) -> Run | None:
        """The newest run of a post that was stored, or None."""
        return _read(self._latest_path(path), _RUN)

    def put(self, path: str, run: Run) -> None:
        """Store a run of the post at ``path``."""
        data = _RUN.dump_json(run)
        write_atomically(self._folder(run.recipe) / f"{_digest_inputs(run)}.json", data)
        write_atomically(self._latest_path(path), data)
        for outdated in self._paths(run.recipe)[_KEPT:]:
            outdated.unlink(missing_ok=True)

    @property
    def shown(self) -> tuple[Path, ...]:
        """Folders with what pages show besides the runs themselves."""
        return self.folder / "matrix", self.folder / "repeats"

    def repetition(self, run: Run) -> Repetition | None:
        """What repeating a run has shown, if it was repeated."""
        return _read(self._repetition_path(run), _REPETITION)

    def put_repetition(self, run: Run, repetition: Repetition) -> None:
        """Store what repeating a run has shown."""
        write_atomically(self._repetition_path(run), _REPETITION.dump_json(repetition))

    def environments(self) -> tuple[Environment, ...]:
        """The environments of the matrix, by name."""
        paths = sorted(self.folder.glob("matrix/*.json"))
        found = (_read(path, _ENVIRONMENT) for path in paths)
        return tuple(environment for environment in found if environment is not None)

    def put_environment(self, environment: Environment) -> None:
        """Store how the posts did in an environment."""
        path = self.folder / "matrix" / f"{digest(environment.name)}.json"
        write_atomically(path, _ENVIRONMENT.dump_json(environment))

    def _repetition_path(self, run: Run) -> Path:
        return self.folder / "repeats" / run.recipe / f"{_digest_inputs(run)}.json"

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


def _digest_inputs(run: Run) -> str:
    return digest(*(f"{item.kind}\0{item.name}\0{item.value}" for item in run.inputs))


def _read(path: Path, kind: TypeAdapter[T]) -> T | None:
    """A damaged or outdated file counts as absent: the post simply runs again."""
    try:
        return kind.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write_atomically(path: Path, data: bytes, like: Path | None = None) -> None:
    """Write a file so that nobody ever sees a part of it.

    Args:
        path: Where; folders are made.
        data: Its whole content.
        like: A file whose permissions it gets; default: its owner's alone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if like is not None:
            shutil.copymode(like, name)
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
