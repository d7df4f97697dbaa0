"""Runs inside every Python kernel: tells which names of libraries the code of a post uses.

Like :mod:`haebom.kernels.bootstrap` it must not import anything but the standard library and its
neighbours.

A cell is read right after it has run, when its names still mean what they meant to it.
"""

from collections.abc import Callable
from typing import Any

from .naming import Names
from .reading import Memory, Use, read
from .results import Results


class Uses:
    """The uses of a post's cells, one after the other."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._results = Results(Names())
        self._cells: dict[str, Callable[[], list[Use]]] = {}

    def watch(self, shell: Any) -> None:
        """Read each cell that a shell runs from now on.

        Args:
            shell: The shell of an IPython kernel.
        """

        def after(result: Any) -> None:
            cell = shell.get_parent()["header"]["msg_id"]
            self._cells[cell] = self.read(result.info.raw_cell, shell.user_ns)

        shell.events.register("post_run_cell", after)

    def read(self, source: str, namespace: dict[str, Any]) -> Callable[[], list[Use]]:
        """Read the next cell; see :func:`haebom.kernels.reading.read`.

        Args:
            source: The code of the cell.
            namespace: The names as the cell has left them.
        """
        return read(source, namespace, self._memory, self._results)

    def report(self) -> list[list[Use]]:
        """The uses of all cells that have been run, in their order."""
        return [found() for found in self._cells.values()]


reader = Uses()
"""The kernel's one reader."""
