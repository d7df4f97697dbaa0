"""Old blogs as they lie on disk, and what an import writes."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from haebom import usual
from haebom.errors import UsageError
from haebom.importers.folders import Folder
from haebom.importers.jekyll import HTML, MARKDOWN, OTHERS, Blog
from haebom.importers.plan import NewFile, OldFile
from haebom.store import write_atomically

_LEFT_OUT = frozenset({"_site", "node_modules", "vendor", "__pycache__", "site-packages", "venv"})
_LONGEST_TEXT = 10_000_000  # bytes; a longer file is no post
_LONGEST_NOTEBOOK = 100_000_000
_SUFFIXES = {
    "notebooks": frozenset({".ipynb"}),
    "quarto": frozenset({".qmd"}),
    "html": frozenset({".html", ".htm"}),
}
_CONFIGS = ("_quarto.yml", "_quarto.yaml", "_config.yml")
_IN_PROJECTS = frozenset({".ipynb", ".md"})  # what Quarto makes pages of besides its own
_NOTED = "imported.json"


class Outcome(StrEnum):
    """What happens to a file of the target."""

    NEW = "new"
    SAME = "same"
    RENEWED = "renewed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Found:
    """The files below a folder.

    Args:
        root: The folder.
        paths: Real paths by path within it, in normal form C.
    """

    root: Path
    paths: Mapping[str, Path]

    def read(self, path: str) -> bytes:
        """A file's bytes; none if it cannot be read."""
        try:
            return self.paths[path].read_bytes()
        except OSError:
            return b""

    def text(self, path: str) -> str:
        """A file's text, whatever in it is not UTF-8 replaced."""
        return self.read(path).decode("utf-8-sig", "replace").replace("\r\n", "\n")

    def old(self, path: str) -> OldFile:
        """A document."""
        changed = datetime.date.fromtimestamp(self.paths[path].stat().st_mtime)
        return OldFile(path, self.read(path), changed.isoformat())


def look(root: Path, but: Path | None = None) -> Found:
    """Walk a folder; hidden folders and what tools have put there are left out.

    Args:
        root: The folder.
        but: A folder within it that is left out, too: the target.

    Raises:
        UsageError: It is no folder.
    """
    if not root.is_dir():
        raise UsageError(f"There is no folder {root}.", "Name the folder of the old blog.")
    home, left_out = root.resolve(), but.resolve() if but else None
    paths: dict[str, Path] = {}
    for folder, names, files in os.walk(home):
        here = Path(folder)
        names[:] = sorted(
            name for name in names if _is_looked_at(name) and (here / name) != left_out
        )
        for name in sorted(files):
            path = here / name
            if path.is_file() and path.resolve().is_relative_to(home):  # no links that lead out
                inner = unicodedata.normalize("NFC", path.relative_to(home).as_posix())
                paths.setdefault(inner, path)
    return Found(home, paths)


def _is_looked_at(name: str) -> bool:
    return not name.startswith(".") and name not in _LEFT_OUT


def jekyll(found: Found) -> Blog:
    """The Jekyll blog in a folder."""
    config = next((found.text(p) for p in ("_config.yml", "_config.yaml") if p in found.paths), "")
    documents, files = [], set()
    includes, data = {}, {}
    for path, real in found.paths.items():
        suffix = real.suffix.lower()
        if path.startswith("_includes/"):
            includes[path.removeprefix("_includes/")] = found.text(path)
        elif path.startswith("_data/") and suffix in (".yml", ".yaml", ".json"):
            data[path.removeprefix("_data/")] = found.text(path)
        elif path.startswith(("_layouts/", "_sass/", "_plugins/", "_config")):
            continue
        elif suffix in MARKDOWN | HTML | OTHERS and real.stat().st_size < _LONGEST_TEXT:
            documents.append(found.old(path))
        else:
            files.add(path)
    return Blog(config, documents, includes, data, frozenset(files))


def folder(found: Found, kind: str) -> Folder:
    """A folder of notebooks, of Quarto's documents, or of pages of HTML.

    Args:
        found: What is there.
        kind: ``notebooks``, ``quarto`` or ``html``.
    """
    config = next((name for name in _CONFIGS if name in found.paths), "")
    wanted = _SUFFIXES[kind]
    if kind == "quarto" and config.startswith("_quarto"):
        wanted |= _IN_PROJECTS
    documents = [
        found.old(path)
        for path, real in found.paths.items()
        if real.suffix.lower() in wanted
        and not (kind == "quarto" and _is_no_page(path))
        and real.stat().st_size < _LONGEST_NOTEBOOK
    ]
    known = {file.path for file in documents}
    text = found.text(config) if config else ""
    return Folder(documents, frozenset(found.paths) - known, text)


def _is_no_page(path: str) -> bool:
    """Whether Quarto makes no page of a file: it is a part of others, or speaks of the folder."""
    *folders, name = path.split("/")
    return name.upper().startswith("README") or any(
        part.startswith("_") for part in (*folders, name)
    )


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one file.

    Args:
        path: Within the target.
        outcome: What happens.
    """

    path: str
    outcome: Outcome


def steps(files: Iterable[NewFile], found: Found, target: Path, write: bool) -> Iterator[Step]:
    """Write files into a target, or say what would happen.

    A file that is there and is not as the last import has left it stays as it is.

    Args:
        files: What to write.
        found: Where copies come from.
        target: The site's folder; nothing outside is touched.
        write: Whether to write.
    """
    noted = target / usual.STORE / _NOTED
    before = _notes(noted)
    after = dict(before)
    home = target.resolve()
    for file in files:
        content = found.read(file.copy_of) if file.content is None else file.content
        path = _existing(target / file.path)
        if not path.resolve().is_relative_to(
            home
        ):  # a folder of the target is a link that leads out
            yield Step(file.path, Outcome.KEPT)
            continue
        outcome = _outcome(path, content, before.get(file.path, ""))
        if outcome is not Outcome.KEPT:
            after[file.path] = _hash(content)
        if write and outcome in (Outcome.NEW, Outcome.RENEWED):
            write_atomically(path, content)
            path.chmod(0o644)
        yield Step(file.path, outcome)
    if write and after != before:
        data = json.dumps(after, ensure_ascii=False, indent=1, sort_keys=True)
        write_atomically(noted, data.encode("utf-8"))


def _outcome(path: Path, content: bytes, noted: str) -> Outcome:
    if not path.exists():
        return Outcome.NEW
    there = path.read_bytes() if path.is_file() else None
    if there == content:
        return Outcome.SAME
    is_ours = there is not None and _hash(there) == noted
    return Outcome.RENEWED if is_ours else Outcome.KEPT


def _existing(path: Path) -> Path:
    """The path under which a file is there already, in whatever normal form."""
    decomposed = Path(unicodedata.normalize("NFD", str(path)))
    return decomposed if not path.exists() and decomposed.exists() else path


def _notes(path: Path) -> dict[str, str]:
    """What earlier imports have written: hashes by path."""
    try:
        notes = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in notes.items()} if isinstance(notes, dict) else {}


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
