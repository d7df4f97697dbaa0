"""A glance at posts, before anything is imported that parses them.

A kernel server takes as long to get ready as everything else that a build begins with, so it is
started where the code of posts is not what it was when they last ran. A glance can be wrong: it
knows nothing of data and packages, and takes the code of examples for code that runs. Then a server
starts late, or in vain.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from haebom.kernels.wanted import wanted

_RECORD = "glance.json"
_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)^[ \t]*\1", re.MULTILINE | re.DOTALL)
_SUFFIXES = (".md", ".ipynb", ".py")


class Glance:
    """The files of posts that have other code than at the last build.

    Args:
        root: The project's folder.
        posts: Where the posts lie.
        store: The store, in which the last build has left a record.
    """

    def __init__(self, root: Path, posts: Path, store: Path) -> None:
        self._record = store / _RECORD
        self._seen: dict[str, list[Any]] = {}
        self._changed: list[str] = []
        known = _read(self._record)
        for file in sorted(posts.rglob("*")):
            if file.suffix in _SUFFIXES:
                with contextlib.suppress(OSError, ValueError):  # or what is not the project's
                    name = _name(file.relative_to(root).as_posix())
                    self._look_at(file, name, known.get(name))

    def _look_at(self, file: Path, name: str, known: Any) -> None:
        status = file.stat()
        state = [status.st_size, status.st_mtime_ns]
        if isinstance(known, list) and known[:2] == state:  # as it was, so nobody needs to read it
            self._seen[name] = known
            return
        code = _code(file)
        # not the model's digest, whose import takes longer than all of this
        content = hashlib.blake2b(code.encode("utf-8", "replace"), digest_size=16).hexdigest()
        self._seen[name] = [*state, content]
        if not isinstance(known, list) or known[2:] != [content]:
            self._changed.append(code)

    @property
    def finds_code(self) -> bool:
        """Whether there is code to be run, as it seems."""
        return any(map(str.strip, self._changed))

    def modules(self, preload: Sequence[str]) -> tuple[str, ...]:
        """Modules that it will need.

        Args:
            preload: Full names of those that may be preloaded.
        """
        return wanted("\n".join(self._changed), preload)

    def leave_record(self, but: Collection[str] = ()) -> None:
        """Note for the next build that the posts have run as they are.

        Args:
            but: Paths of posts that will run again.
        """
        from haebom.store import write_if_changed

        again = set(map(_name, but))
        seen = {name: state for name, state in self._seen.items() if name not in again}
        write_if_changed(self._record, json.dumps(seen, ensure_ascii=False).encode("utf-8"))


def _name(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _read(record: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(record.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _code(file: Path) -> str:
    text = file.read_text("utf-8", "replace")
    if file.suffix == ".md":
        return "\n".join(code for _, code in _FENCED.findall(text))
    return text.replace('"', "\n").replace("\\n", "\n") if file.suffix == ".ipynb" else text
