"""Preloaded modules that a post gets to see only once it imports them.

A module that is loaded but was never imported can change what a post does: libraries look into
``sys.modules`` to find out what is in use. And a post's inputs are the packages that it imports,
not those that somebody else's post needs. So the server takes what it has preloaded out of
``sys.modules`` again and puts it on a shelf; a post's ``import`` puts a module back, together with
all that this module imported when it was loaded, as a first import would.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import importlib
import importlib.abc
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from haebom.kernels.tracing import FILE, tracer

_BLOCK = 512
"""How many modules are made at once."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What coming off the shelf means for one module.

    Args:
        modules: What goes into ``sys.modules``.
        reads: Kind and value of everything that these modules read when they were loaded.
        actions: Names of those that something is to be done for.
    """

    modules: dict[str, ModuleType]
    reads: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]


class Shelf(importlib.abc.MetaPathFinder):
    """Finder of preloaded modules.

    Args:
        actions: Module name to what is to be done as soon as a post has imported that module.
        tell: Called with kind and value of everything that a module read when it was loaded, as
            soon as a post has imported it.
    """

    def __init__(
        self,
        actions: dict[str, Callable[[ModuleType], object]],
        tell: Callable[[str, str], None],
    ) -> None:
        self._actions = actions
        self._tell = tell
        self._modules: dict[str, ModuleType] = {}
        self._needs: dict[str, set[str]] = defaultdict(set)
        self._reads: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._loaded: list[str] = []
        self._plans: dict[str, _Plan] = {}
        self._used: list[_Plan] = []
        self._blank: list[ModuleType] = []

    def load(self, name: str) -> None:
        """Import a module and note who imports whom; whatever it raises is the caller's."""
        self._loaded.append(name)
        before = set(sys.modules)
        with self._listening(), self._side_by_side():
            importlib.import_module(name)
        loaded = sys.modules.keys() - before
        for orphan in loaded - self._reached(name).keys() if loaded else ():
            # made by C code, or imported by it or through importlib
            parent = orphan.rpartition(".")[0]
            self._needs[parent if parent in sys.modules else name].add(orphan)

    def put_away(self, kept: set[str]) -> None:
        """Take modules out of ``sys.modules``, and stand in for them from now on.

        Args:
            kept: Names of modules that stay. The standard library's stay as well: C code may look
                for them without importing.
        """
        for name, module in list(sys.modules.items()):
            of_library = name.partition(".")[0] in sys.stdlib_module_names
            if name not in kept and not of_library and module is not None:
                self._modules[name] = sys.modules.pop(name)
        names = {name: None for each in self._loaded for name in _with_parents(each)}
        self._plans = {name: self._plan(name) for name in names if name in self._modules}
        sys.meta_path.insert(0, self)

    def note(self, kind: str, value: str) -> None:
        """Note that the module which is being loaded has read, or was warned of, something.

        What packages are made of is left out: they open a thousand files, for each post anew.
        """
        if kind == FILE and tracer.is_of_interpreter(value):
            return
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_name != "<module>":
            frame = frame.f_back
        self._reads[frame.f_globals.get("__name__", "")].append((kind, value))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See :meth:`importlib.abc.MetaPathFinder.find_spec`."""
        module = self._modules.get(fullname)
        if module is None or any(fullname in plan.modules for plan in self._used):
            return None  # a post that has thrown it out of sys.modules wants it anew
        spec = getattr(module, "__spec__", None)
        found = copy.copy(spec) if spec else ModuleSpec(fullname, None)
        found.loader = _Restorer(self, fullname, module)
        return found

    def restore(self, name: str) -> None:
        """Put a module back with everything that it needs."""
        plan = self._plans.get(name) or self._plan(name)
        if self._used:
            sys.modules.update({n: m for n, m in plan.modules.items() if n not in sys.modules})
        else:
            sys.modules.update(plan.modules)
        self._used.append(plan)
        for kind, value in plan.reads:
            self._tell(kind, value)
        for each in plan.actions:
            self._actions.pop(each, _nothing)(sys.modules[each])

    def _plan(self, wanted: str) -> _Plan:
        """Find out what a module needs, directly and indirectly."""
        names = [name for name in self._reached(wanted) if name in self._modules]
        return _Plan(
            # New strings, side by side in memory: a child that touches them copies fewer pages.
            {name.encode().decode(): self._modules[name] for name in names},
            tuple(dict.fromkeys(read for name in names for read in self._reads.get(name, ()))),
            tuple(name for name in names if name in self._actions),
        )

    def _reached(self, wanted: str) -> dict[str, None]:
        """A module and all that it needs, directly and indirectly, in the order of finding."""
        queue, names = [wanted], dict[str, None]()
        while queue:
            name = queue.pop()
            if name not in names:
                names[name] = None
                queue.extend(sorted(self._needs.get(name, ())))
                if "." in name:
                    queue.append(name.rpartition(".")[0])
        return names

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Note the imports of modules while they are loaded."""
        original = builtins.__import__

        def import_(
            name: str,
            globals: Any = None,
            locals: Any = None,
            fromlist: Any = (),
            level: int = 0,
        ) -> Any:
            result = original(name, globals, locals, fromlist, level)
            importer = globals and globals.get("__name__")
            if importer:  # twenty thousand times for torch
                needs = self._needs[importer]
                base = getattr(result, "__name__", name) if fromlist else name
                if base in sys.modules:
                    needs.add(base)
                for each in fromlist or ():
                    full = f"{base}.{each}"
                    if full in sys.modules:
                        needs.add(full)
            return result

        builtins.__import__ = import_
        try:
            yield
        finally:
            builtins.__import__ = original

    @contextlib.contextmanager
    def _side_by_side(self) -> Iterator[None]:
        """Make modules side by side in memory: a child that puts a thousand of them into
        ``sys.modules`` writes to each, and copies the page of memory that it is in."""
        machinery: Any = sys.modules["_frozen_importlib"]
        make = machinery._new_module

        def new_module(name: str) -> ModuleType:
            if not self._blank:
                self._blank = [ModuleType.__new__(ModuleType) for _ in range(_BLOCK)]
            module = self._blank.pop()
            module.__init__(name)  # type: ignore[misc]
            return module

        machinery._new_module = new_module
        try:
            yield
        finally:
            machinery._new_module = make


class _Restorer(importlib.abc.Loader):
    """Loads a module by taking it off the shelf."""

    def __init__(self, shelf: Shelf, name: str, module: ModuleType) -> None:
        self._shelf = shelf
        self._name = name
        self._module = module
        self._spec = getattr(module, "__spec__", None)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """See :meth:`importlib.abc.Loader.create_module`."""
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        """See :meth:`importlib.abc.Loader.exec_module`."""
        with contextlib.suppress(AttributeError):
            module.__spec__ = self._spec  # the import system has replaced it
        self._shelf.restore(self._name)


def _with_parents(name: str) -> Iterator[str]:
    """A module's name, and those of the packages that it is in; the outermost is imported first."""
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _nothing(_module: ModuleType) -> None:
    """What is done for a module that somebody has restored before."""
