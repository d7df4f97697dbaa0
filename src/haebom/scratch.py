"""Scratch folders: where a post runs, with a copy of its files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psutil

from haebom.model import Code, Finding, Post
from haebom.normalize import Place

FROZEN = "frozen"
"""Name of folders that hold runs which came with posts, and nothing else."""

_NAME_IN_OUTPUTS = "/post"


@dataclass(frozen=True, slots=True)
class Scratch:
    """A post's folders for the time of its run.

    Args:
        cwd: Its working directory.
        private: For the kernel's own files.
        temporary: For the temporary files of its code.
    """

    cwd: Path
    private: Path
    temporary: Path

    @property
    def places(self) -> tuple[Place, ...]:
        """How these folders are called in outputs."""
        return (
            Place(str(self.cwd), _NAME_IN_OUTPUTS),
            Place(str(self.temporary), "/tmp"),
            Place(str(self.private), "/kernel"),
        )


def files(post: Post, root: Path) -> tuple[tuple[Path, str], ...]:
    """Files that a post's working directory holds, each with its path there.

    Args:
        post: The post.
        root: The project's folder.
    """
    found: dict[str, Path] = {}
    own = root / post.path
    if post.source.bundle:
        bundle = root / post.source.bundle
        for path in sorted(bundle.rglob("*")):
            where = path.relative_to(bundle)
            is_hidden = path.name.startswith(".") or where.parts[0] == FROZEN
            if path.is_file() and path != own and not is_hidden:
                found[where.as_posix()] = path
    for name in post.data:
        base = PurePosixPath(post.path).parent
        for path in _below(root / name):
            relative = PurePosixPath(path.relative_to(root).as_posix())
            inside = relative.is_relative_to(base)
            below = path.relative_to((root / name).parent).as_posix()
            found[str(relative.relative_to(base)) if inside else below] = path
    return tuple((path, where) for where, path in found.items())


def _below(path: Path) -> list[Path]:
    return sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def missing(post: Post, root: Path) -> tuple[Finding, ...]:
    """Findings for data that a post names and that is not there, or lies outside the project."""
    found = []
    for name in post.data:
        path = root / name
        if not path.resolve().is_relative_to(root.resolve()):
            message = f"The data {name!r} lies outside the project."
        elif not path.exists():
            message = f"There is no data file {name!r}."
        else:
            continue
        hint = "'data:' takes paths relative to the post."
        found.append(Finding(Code.MISSING_DATA, post.at("data"), message, hint))
    for path, where in () if found else files(post, root):
        if not os.access(path, os.R_OK):
            message = f"The file {where!r} cannot be read."
            found.append(
                Finding(Code.MISSING_DATA, post.at("data"), message, "Look at its permissions.")
            )
    return tuple(found)


def forget_abandoned() -> None:
    """Delete the scratch folders of builds that were killed; their names say whose they are."""
    for left in Path(tempfile.gettempdir()).glob("haebom-*-*"):
        pid = left.name.split("-")[1]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def scratch(post: Post, root: Path) -> Iterator[Scratch]:
    """Make a post's folders, with its files in them; they are gone afterwards.

    Args:
        post: The post.
        root: The project's folder.
    """
    prefix = f"haebom-{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        base = Path(name).resolve()
        made = Scratch(base / "post", base / "kernel", base / "tmp")
        for folder in (made.cwd, made.private, made.temporary):
            folder.mkdir()
        for path, where in files(post, root):
            target = made.cwd / where
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        yield made
