"""Runs inside every Python kernel before its first cell: pins what would change from run to run.

It must not import anything of haebom, since a kernel may live in another environment, and must
not import the libraries that it pins: they are pinned when the post imports them.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import random
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any


def pin(seed: int) -> None:
    """Seed the global generators and fix what figures hold besides the drawing.

    Args:
        seed: Seed for ``random``, NumPy's legacy generator and torch's default generator.
    """
    random.seed(seed)
    after_import(
        {
            "numpy.random": lambda numpy_random: numpy_random.seed(seed),
            "torch": lambda torch: torch.manual_seed(seed),
            "matplotlib": fix_svg,
        }
    )


def fix_svg(matplotlib: ModuleType) -> None:
    """Make the ids in SVG files a function of the drawing alone (Matplotlib's own switch)."""
    matplotlib.rcParams["svg.hashsalt"] = "haebom"


def name_cells(shell: Any) -> None:
    """Give cells file names that do not change from run to run, as warnings show them.

    Args:
        shell: The IPython shell.
    """
    codes: dict[str, str] = {}

    def name(raw_code: str, _code: str, number: int) -> str:
        nested = 0
        name = f"<cell {number}>"
        while codes.setdefault(name, raw_code) != raw_code:
            nested += 1
            name = f"<cell {number}.{nested}>"
        return name

    shell.compile.get_code_name = name


def after_import(actions: dict[str, Callable[[ModuleType], object]]) -> None:
    """Call an action as soon as its module has been imported, or now if it already is.

    Args:
        actions: Full module name to action.
    """
    for name in [name for name in actions if name in sys.modules]:
        actions.pop(name)(sys.modules[name])
    if actions:
        sys.meta_path.insert(0, _AfterImport(actions))


class _AfterImport(importlib.abc.MetaPathFinder):
    def __init__(self, actions: dict[str, Callable[[ModuleType], object]]) -> None:
        self.actions = actions

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.actions:
            return None
        action = self.actions.pop(fullname)
        if not self.actions:
            sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            action(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
