"""What a run depended on, and whether it is still so.

A kernel traces what the code reads. From that trace follow the *inputs* of a run: names with the
values that they had. A stored run is reused exactly while every one of its inputs still has that
value.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import inspect
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from haebom.kernels.base import Trace
from haebom.model import Input, InputKind, Post, digest
from haebom.needs import Machine, of
from haebom.scratch import Scratch, files

HERE, ABSENT = "here", "absent"
"""Values of an input that is only there or not."""

_KERNEL = ("ipykernel", "ipython", "psutil")
"""What every kernel uses itself, so that no trace can tell whether the post does."""

_MACHINE = frozenset(
    {"HOME", "USER", "LOGNAME", "PATH", "PWD", "OLDPWD", "SHELL", "TERM", "HOSTNAME", "SHLVL"}
    | {"LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "CI", "NO_COLOR", "FORCE_COLOR", "COLORTERM"}
)
"""Variables that say who runs a post, not what it computes."""


_NAME = re.compile(r"^Name: *(.+?) *$", re.MULTILINE)
_VERSION = re.compile(r"^Version: *(.+?) *$", re.MULTILINE)


class Probe:
    """Looks up the present value of inputs; remembers what it has looked up.

    Args:
        root: The project's folder.
        env: The environment that posts get to see.
        chosen: Names of the variables in it that the site has chosen.
    """

    def __init__(self, root: Path, env: Mapping[str, str], chosen: Iterable[str] = ()) -> None:
        self.root = root
        self.env = env
        self.chosen = tuple(chosen)
        self.machine = Machine(env)
        self._hashes: dict[tuple[str, int, int], str] = {}

    def get_ready(self) -> None:
        """Look up what takes long, while there is nothing else to do."""
        distributions()

    def value(self, post: Post | None, kind: str, name: str) -> str:
        """The present value of an input, or :data:`ABSENT`.

        Args:
            post: Whose input it is; None for one that does not lie in a working directory.
            kind: What the name means.
            name: Which one.
        """
        match kind:
            case InputKind.DATA:
                path = dict(_by_place(post, self.root)).get(name)
                return self._hash(path) if path else ABSENT
            case InputKind.FILE:
                return self._hash(self.root / name)
            case InputKind.FOLDER:
                return self._names(post, name)
            case InputKind.DISTRIBUTION:
                return version(name)
            case InputKind.VARIABLE:
                return digest(self.env[name])[:12] if name in self.env else ABSENT
            case InputKind.INTERPRETER:
                return _interpreter()
            case InputKind.DEVICE:
                return self.machine.device or ABSENT
            case InputKind.NEED:
                return ABSENT if self.machine.lacks(name) else HERE
        return ABSENT

    def holds(self, post: Post | None, inputs: Sequence[Input]) -> bool:
        """Whether every input of a run still has the value that it had."""
        return all(self.value(post, i.kind, i.name) == i.value for i in inputs)

    def changes(self, post: Post, inputs: Sequence[Input]) -> tuple[tuple[str, str, str], ...]:
        """The inputs that changed: kind and name, old value, new value."""
        now = ((i, self.value(post, i.kind, i.name)) for i in inputs)
        return tuple((f"{i.kind} {i.name}", i.value, value) for i, value in now if value != i.value)

    def inputs(self, post: Post, trace: Trace | None, scratch: Scratch) -> tuple[Input, ...]:
        """The inputs of a run that has just ended.

        Args:
            post: What ran.
            trace: What it read; None if that is not known, and then all its files count.
            scratch: Where it ran.
        """
        found = {(InputKind.INTERPRETER, platform.python_implementation())}
        found |= {(InputKind.DISTRIBUTION, name) for name in _KERNEL}
        found |= {(InputKind.VARIABLE, name) for name in self.chosen}
        found |= set(self._declared(post))
        if trace is None or trace.subprocesses:
            found |= {(InputKind.DATA, where) for where, _ in _by_place(post, self.root)}
        if trace is not None:
            found |= set(self._traced(post, trace, scratch))
        traced = (Input(kind, name, self.value(post, kind, name)) for kind, name in sorted(found))
        return (*traced, *self.needed(post))

    def needed(self, post: Post) -> tuple[Input, ...]:
        """What a post needs, as inputs: its run is another one where something is missing."""
        return tuple(
            Input(InputKind.NEED, name, self.value(post, InputKind.NEED, name)) for name in of(post)
        )

    def _declared(self, post: Post) -> Iterator[tuple[InputKind, str]]:
        for name in post.depends:
            path = self.root / name
            below = sorted(path.rglob("*")) if path.is_dir() else [path]
            for file in below:
                if not file.is_dir():
                    yield InputKind.FILE, file.relative_to(self.root).as_posix()

    def _traced(
        self, post: Post, trace: Trace, scratch: Scratch
    ) -> Iterator[tuple[InputKind, str]]:
        own = dict(_by_place(post, self.root))
        for path in map(Path, trace.files):
            if path.is_relative_to(scratch.cwd):
                where = path.relative_to(scratch.cwd).as_posix()
                if where in own:
                    yield InputKind.DATA, where
            elif path.is_relative_to(self.root):
                yield InputKind.FILE, path.relative_to(self.root).as_posix()
        for path in map(Path, trace.folders):
            if path.is_relative_to(scratch.cwd):
                yield InputKind.FOLDER, path.relative_to(scratch.cwd).as_posix()
            elif path.is_relative_to(self.root):
                yield InputKind.FOLDER, f"/{path.relative_to(self.root).as_posix()}"
        for name in trace.modules:
            for distribution in distributions().get(name, ()):
                yield InputKind.DISTRIBUTION, distribution
        for name in trace.environment:
            if name not in _MACHINE and not name.startswith(("XDG_", "LC_")):
                yield InputKind.VARIABLE, name
        if "torch" in trace.modules:
            yield InputKind.DEVICE, "cuda"

    def _holds(self, path: Path) -> bool:
        """Whether a path is of the project, wherever a link or a made-up report may lead."""
        return path.is_relative_to(self.root) and path.resolve().is_relative_to(self.root.resolve())

    def _names(self, post: Post | None, name: str) -> str:
        """Hash of the names in a folder; those of the project begin with a slash."""
        if name.startswith("/"):
            folder = self.root / name[1:]
            if not folder.is_dir():
                return ABSENT
            return digest(*sorted(path.name for path in folder.iterdir()))
        prefix = "" if name == "." else f"{name}/"
        inside = (w[len(prefix) :] for w, _ in _by_place(post, self.root) if w.startswith(prefix))
        return digest(*sorted({where.split("/")[0] for where in inside}))

    def _hash(self, path: Path) -> str:
        try:
            status = path.stat()
            key = str(path), status.st_mtime_ns, status.st_size
            if key not in self._hashes:
                with path.open("rb") as stream:
                    self._hashes[key] = hashlib.file_digest(stream, _blake).hexdigest()
        except OSError:
            return ABSENT
        return self._hashes[key]


def changed_since(post: Post, inputs: Sequence[Input], root: Path, moment: float) -> bool:
    """Whether a file among a run's inputs was written after a moment.

    A file that changes while its post runs may have been read before or after the change.

    Args:
        post: What ran.
        inputs: Its inputs.
        root: The project's folder.
        moment: Seconds since the epoch.
    """
    own = dict(_by_place(post, root))
    paths = [own.get(i.name) for i in inputs if i.kind == InputKind.DATA]
    paths += [root / i.name for i in inputs if i.kind == InputKind.FILE]
    return any(path is None or not path.exists() or path.stat().st_mtime > moment for path in paths)


def _by_place(post: Post | None, root: Path) -> Iterator[tuple[str, Path]]:
    return ((where, path) for path, where in (files(post, root) if post else ()))


def _blake() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=16)


@functools.cache
def distributions() -> Mapping[str, Sequence[str]]:
    """Names of importable modules, each with the distributions that bring it.

    The same as :func:`importlib.metadata.packages_distributions`, which makes a path of every file
    of every distribution and takes ten times as long.
    """
    found: dict[str, list[str]] = {}
    for distribution in importlib.metadata.distributions():
        if name := _NAME.search(_head(distribution)):
            for module in _modules(distribution):
                found.setdefault(module, []).append(name[1])
    return found


def _head(distribution: importlib.metadata.Distribution) -> str:
    """The fields of a distribution's metadata."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    return text.partition("\n\n")[0]


def _modules(distribution: importlib.metadata.Distribution) -> set[str]:
    declared = distribution.read_text("top_level.txt")
    if declared:
        return set(declared.split())
    record = distribution.read_text("RECORD")
    if record is None:
        paths = [file.as_posix() for file in distribution.files or ()]
    else:
        paths = [line.split(",", 1)[0].strip('"') for line in record.splitlines()]
    sources = (path for path in paths if not path.endswith(".pyc"))
    tops = {path.split("/")[0] if "/" in path else inspect.getmodulename(path) for path in sources}
    return {top for top in tops if top and "." not in top}


@functools.cache
def version(distribution: str) -> str:
    """The version of a distribution that is installed here, or :data:`ABSENT`."""
    try:
        found = importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ABSENT
    # the standard library parses all metadata for it, whole README files included
    declared = _VERSION.search(_head(found))
    return declared[1] if declared else found.version


@functools.cache
def _interpreter() -> str:
    return f"{platform.python_version()} {platform.system()} {platform.machine()}"
