"""What git knows of a site's folder; paths are relative to it, in NFC."""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from haebom.errors import UsageError
from haebom.model import Commit

_LOG = ("-c", "core.quotePath=false", "log", "--name-only", "--relative", "--format=%x01%H %cs")
_MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def merge_base(root: Path, base: str = "") -> str:
    """The commit at which the work in a folder left a revision.

    Args:
        root: The folder.
        base: The revision; default: the main branch.

    Raises:
        UsageError: There is no repository, or no such revision.
    """
    for name in (base,) if base else _MAIN:
        found = _run(root, "merge-base", "--end-of-options", name, "HEAD")
        if found is not None:
            return found.decode().strip()
    if not base:
        _demand_repository(root)
        raise UsageError("The main branch is not known here.", "Name a revision to compare with.")
    resolve(root, base)
    raise UsageError(
        f"This work and {base!r} have no commit in common.",
        "A shallow clone may lack it: fetch the whole history.",
    )


def resolve(root: Path, revision: str) -> str:
    """The commit that a revision names.

    Args:
        root: A folder of the repository.
        revision: As git takes it.

    Raises:
        UsageError: There is no repository, or no such revision.
    """
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = _run(root, *words)
    if found is None:
        _demand_repository(root)
        raise UsageError(f"There is no revision {revision!r}.", "Name a commit, branch or tag.")
    return found.decode().split()[-1]


def _demand_repository(root: Path) -> None:
    if _run(root, "rev-parse", "--git-dir") is None:
        raise UsageError(f"{root} is in no git repository.", "This needs git and its history.")


def changed(root: Path, commit: str) -> frozenset[str]:
    """Files that differ from a commit: committed, staged or not, deleted, and not yet added.

    Args:
        root: The folder.
        commit: What to compare with.
    """
    differing = _run(root, "diff", "--name-only", "--no-renames", "-z", "--relative", commit, "--")
    untracked = _run(root, "ls-files", "--others", "--exclude-standard", "-z")
    return frozenset((*_names(differing), *_names(untracked)))


def content(root: Path, commit: str, path: str) -> bytes | None:
    """A file as it was in a commit, or None if it was not there.

    Args:
        root: The folder.
        commit: Which commit.
        path: The file, relative to the folder.
    """
    for form in ("NFC", "NFD"):
        found = _run(root, "show", f"{commit}:./{unicodedata.normalize(form, path)}")
        if found is not None:
            return found
    return None


def prefix(root: Path) -> str:
    """Path from the root of the repository to a folder, ending in a slash; empty at the root."""
    return _line(_run(root, "rev-parse", "--show-prefix") or b"")


def head(root: Path) -> str:
    """The commit that is checked out, or an empty string.

    Args:
        root: A folder of the repository.
    """
    return (_run(root, "rev-parse", "HEAD") or b"").decode().strip()


def history(root: Path) -> dict[str, Commit]:
    """The last commit of each file that is there just as it was committed.

    Args:
        root: The folder; nothing is known where it is in no repository.
    """
    wanted = set(_names(_run(root, "ls-files", "-z"))) - changed(root, "HEAD")
    found: dict[str, Commit] = {}
    if not wanted:
        return found
    ends = _ends(root)
    with subprocess.Popen(["git", *_LOG], cwd=root, stdout=subprocess.PIPE) as log:
        assert log.stdout is not None
        for line in map(_line, log.stdout):
            if line.startswith("\x01"):
                name, day = line[1:].split()
                commit = Commit(name, "" if name in ends else day)
            elif line in wanted:
                wanted.remove(line)
                found[line] = commit
                if not wanted:
                    break
    return found


def _ends(root: Path) -> frozenset[str]:
    """Commits that a shallow clone begins with: each seems to have made all files that it has."""
    path = root / _line(_run(root, "rev-parse", "--git-path", "shallow") or b"")
    return frozenset(path.read_text("ascii").split()) if path.is_file() else frozenset()


def _line(line: bytes) -> str:
    return unicodedata.normalize("NFC", line.decode("utf-8", "surrogateescape").rstrip("\n"))


def _names(listing: bytes | None) -> Iterator[str]:
    for name in (listing or b"").split(b"\0"):
        if name:
            yield _line(name)


def _run(root: Path, *words: str) -> bytes | None:
    """What git prints, or None if it fails or is not there."""
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
