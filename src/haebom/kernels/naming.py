"""Runs inside every Python kernel: the names that libraries are documented under.

Like :mod:`haebom.kernels.bootstrap` it must not import anything but the standard library. Nothing
of what is looked at is called, and no attribute is computed: only dictionaries of modules and
classes are read.

What a library gives its users often lies elsewhere: ``torch.nn.Linear`` is defined in
``torch.nn.modules.linear``. Its documented name is that of the outermost package which has it too.
"""

import site
import sys
import sysconfig
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

_FUNCTIONS = (FunctionType, BuiltinFunctionType)

_KNOWN_AS = {
    "posixpath": "os.path",
    "ntpath": "os.path",
    "IPython.core.display_functions": "IPython.display",
    "IPython.core.display": "IPython.display",
}
"""Modules that are documented under the name of another one."""

_REPEATING = frozenset({"matplotlib", "pandas", "polars", "scipy", "sklearn"})
"""Packages whose documentation has inherited methods with every class; others have them with the
class that defines them."""

_KERNEL = frozenset({"haebom", "haebom_inside", "ipykernel"})
"""What stands behind a post: its ``sys.stdout``, for instance."""

_FOLDERS = (
    *(sysconfig.get_path(kind) for kind in ("purelib", "platlib")),
    *site.getsitepackages(),
    site.getusersitepackages(),
)
"""Where packages are installed."""

_entries = type.__dict__["__dict__"].__get__
_order = type.__dict__["__mro__"].__get__


def order(owner: Any) -> tuple[Any, ...]:
    """A class and those that it inherits from, in the order in which names are looked for."""
    found: tuple[Any, ...] = _order(owner)
    return found


def entry(owner: Any, name: str) -> Any:
    """What a class holds under a name, itself or by inheritance, or None."""
    return next((_entries(c)[name] for c in order(owner) if name in _entries(c)), None)


def is_class(value: object) -> bool:
    """Whether it is a class; what it says about itself does not count."""
    return issubclass(type(value), type)


def is_module(value: object) -> bool:
    """Whether it is a module, of whichever kind."""
    return issubclass(type(value), ModuleType)


def content(module: Any) -> dict[str, Any]:
    """What a module holds, without what it would still load."""
    found: dict[str, Any] = object.__getattribute__(module, "__dict__")
    return found


def held(module: Any, name: str) -> Any:
    """What a module holds under a name, or None; submodules that are loaded included."""
    found = content(module).get(name)
    return sys.modules.get(f"{called(module)}.{name}") if found is None else found


def called(module: Any) -> str:
    """The name that a module is documented under."""
    name = str(content(module).get("__name__", ""))
    return _KNOWN_AS.get(name, name)


class Names:
    """Finds documented names, and remembers which packages are libraries."""

    def __init__(self) -> None:
        self._libraries: dict[str, bool] = {}

    def of(self, value: Any, path: str = "") -> str:
        """The name of a class, function or constant of a library.

        Args:
            value: The object.
            path: Under which name the code has reached it, or an empty string.

        Returns:
            Its documented name, or an empty string if it is no library's, or has none.
        """
        if is_module(value):
            return ""
        if is_class(value) or type(value) in _FUNCTIONS:
            name, module = str(value.__name__), value.__module__
            found = self._outermost(value, name, module) if type(module) is str else ""
            if found:
                return found
        return path if self._is_public(path) else ""

    def _outermost(self, value: Any, name: str, module: str) -> str:
        if module in _KNOWN_AS:
            return f"{_KNOWN_AS[module]}.{name}"
        parts = module.split(".")
        for count in range(1, len(parts) + 1):
            path = ".".join([*parts[:count], name])
            package = sys.modules.get(".".join(parts[:count]))
            if not self._is_public(path):
                break
            if package is not None and content(package).get(name) is value:
                return path
        return ""

    def member(self, owner: Any, name: str) -> str:
        """The name of a method or attribute of a class.

        Args:
            owner: The class.
            name: What is asked of it or of one of its objects.

        Returns:
            Its documented name, or an empty string if it is no library's, or there is none.
        """
        line = order(owner)
        last = next((n for n, c in enumerate(line, start=1) if name in _entries(c)), 0)
        if not last or name.startswith("_") or not self.is_library(_module_of(line[last - 1])):
            return ""
        repeats = _module_of(line[last - 1]).partition(".")[0] in _REPEATING
        candidates = line[:last] if repeats else reversed(line[:last])
        found = next(filter(None, map(self.of, candidates)), "")
        return found and f"{found}.{name}"

    def _is_public(self, path: str) -> bool:
        parts = path.split(".")
        return bool(path) and not any(p[:1] in ("_", "") for p in parts) and self.is_library(path)

    def is_library(self, path: str) -> bool:
        """Whether a dotted name belongs to an installed package or the standard library."""
        top = path.partition(".")[0]
        if top not in self._libraries:
            self._libraries[top] = _is_installed(top)
        return self._libraries[top]


def _module_of(owner: Any) -> str:
    module = _entries(owner).get("__module__", "builtins")
    return module if type(module) is str else ""


def _is_installed(top: str) -> bool:
    if top in sys.stdlib_module_names or top in _KERNEL:
        return top not in _KERNEL
    module = sys.modules.get(top)
    file = content(module).get("__file__") if module is not None else None
    return type(file) is str and file.startswith(_FOLDERS)
