"""Scratch folders: where a post runs, with a copy of its files."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psutil

from haebom.model import Code, Finding, Location, Post
from haebom.normalize import Place
from haebom.project import belongs

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
            Place(str(self.private / "home"), "~"),
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
    for name in (name for name in post.data if belongs(root / name, root)):
        base = PurePosixPath(post.path).parent
        for path in _below(root / name):
            relative = PurePosixPath(path.relative_to(root).as_posix())
            inside = relative.is_relative_to(base)
            below = path.relative_to((root / name).parent).as_posix()
            found[str(relative.relative_to(base)) if inside else below] = path
    return tuple((path, where) for where, path in found.items() if belongs(path, root))


def _below(path: Path) -> list[Path]:
    return sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def missing(post: Post, root: Path) -> tuple[Finding, ...]:
    """Findings for files that a post needs and that are not there, or are not the project's."""
    found = [*_unusable("data", post.data, post, root), *_stray(post, root)]
    found += _unusable("depends", post.depends, post, root)
    for path, where in () if found else files(post, root):
        if not os.access(path, os.R_OK):
            message = f"The file {where!r} cannot be read."
            found.append(
                Finding(Code.MISSING_DATA, post.at("data"), message, "Look at its permissions.")
            )
    return tuple(found)


def _unusable(key: str, names: Iterable[str], post: Post, root: Path) -> Iterator[Finding]:
    for name in names:
        if not belongs(root / name, root):
            what = "data" if key == "data" else "file"
            message = f"The {what} {name!r} lies outside the project, or is hidden in it."
        elif not (root / name).exists() and key == "data":
            message = f"There is no data file {name!r}."
        else:
            continue
        hint = f"'{key}:' takes paths relative to the post."
        yield Finding(Code.MISSING_DATA, post.at(key), message, hint)


def _stray(post: Post, root: Path) -> Iterator[Finding]:
    """Links in a bundle that lead out of the project."""
    bundle = root / post.source.bundle
    for path in sorted(bundle.rglob("*")) if post.source.bundle else ():
        if path.is_symlink() and not belongs(path, root):
            where = path.relative_to(bundle).as_posix()
            message = f"The file {where!r} is a link that leads out of the project."
            hint = "Put the file itself into the bundle."
            yield Finding(Code.MISSING_DATA, Location(post.path), message, hint)


def forget_abandoned() -> None:
    """Delete the scratch folders of builds that were killed; their names say whose they are."""
    for left in Path(tempfile.gettempdir()).glob("haebom-*-*"):
        pid = left.name.split("-")[1]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            _remove(left, functools.partial(shutil.rmtree, left, ignore_errors=True))


def _remove(folder: Path, remove: Callable[[], object]) -> None:
    """Delete a folder, however deep a post has made it."""
    try:
        remove()
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", folder], check=False)


@contextmanager
def scratch(post: Post, root: Path, turn: Callable[[], object] = lambda: None) -> Iterator[Scratch]:
    """Make a post's folders, with its files in them; they are gone afterwards.

    Args:
        post: The post.
        root: The project's folder.
        turn: Called before files are copied, if there are any: they take up space.
    """
    prefix = f"haebom-{os.getpid()}-"
    holder = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
    base = Path(holder.name).resolve()
    try:
        made = Scratch(base / "post", base / "kernel", base / "tmp")
        for folder in (made.cwd, made.private, made.temporary):
            folder.mkdir()
        own = files(post, root)
        if own:
            turn()
        for path, where in own:
            target = made.cwd / where
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        yield made
    finally:
        _remove(base, holder.cleanup)
