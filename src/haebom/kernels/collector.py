"""Gathers the messages of one post's kernel into notebook cells, and watches how much they hold."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from haebom.kernels import widgets
from haebom.kernels.base import Limits
from haebom.model import Output
from haebom.outputs import WIDGET, from_notebook

QUIET = logging.getLogger("haebom.kernels.quiet")
"""A logger that keeps what Jupyter's classes have to say to itself."""
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


def get_ready() -> None:
    """Have nbformat compile its schema, which it does with the first notebook otherwise."""
    new_notebook()


class Collector(NotebookClient):  # type: ignore[misc]
    """nbclient's handling of messages, with a limit on what a cell may put out.

    Args:
        limits: How much that is.
        stop: Called as soon as a cell has put out more.
        manager: nbclient's kernel manager, where it is to drive the kernel too.
    """

    allow_errors = True
    interrupt_on_timeout = False
    coalesce_streams = False

    def __init__(self, limits: Limits, stop: Callable[[], None], manager: Any = None) -> None:
        super().__init__(new_notebook(), km=manager, log=QUIET)
        self.reset_execution_trackers()
        self.exceeded = ""
        """Which limit was broken, as a sentence, or an empty string."""
        self._limits = limits
        self._stop = stop
        self._text: dict[int, int] = {}
        self._data: dict[int, int] = {}

    def add_cell(self, source: str) -> int:
        """Append a cell and return its index."""
        self.clear_before_next_output = False
        parts = {"metadata": NotebookNode(), "execution_count": None, "outputs": []}
        # nbformat's own function would check each cell against the schema, again and again.
        self.nb.cells.append(NotebookNode(cell_type="code", source=source, **parts))
        return len(self.nb.cells) - 1

    def gathered(self) -> tuple[tuple[Output, ...], ...]:
        """The outputs of all cells as they stand now."""
        held = {
            i: each.outputs for i, each in self.comm_objects.items() if hasattr(each, "outputs")
        }
        for cell in self.nb.cells:
            for output in cell.outputs:
                view = output.get("data", {}).get(widgets.VIEW)
                if isinstance(view, dict):
                    widget = widgets.tree(str(view.get("model_id")), self.widget_state, held)
                    output["data"] |= {WIDGET: widget} if widget else {}
        return tuple(from_notebook(cell.outputs) for cell in self.nb.cells)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Take a message, unless its cell has already put out too much."""
        if self.exceeded:
            return None
        content = msg["content"]
        if msg["msg_type"] == "stream":
            content["text"] = self._count_text(content["text"], cell_index)
        elif "data" in content:
            self.count_data(sum(len(str(v)) for v in content["data"].values()), cell_index)
            if self.exceeded:
                return None
            if not msg["msg_type"].startswith("comm"):
                named = {_named(m, v): v for m, v in content["data"].items()}
                content["data"] = {m: v for m, v in named.items() if _is_valid(m, v)}
        return super().process_message(msg, cell, cell_index)

    def _count_text(self, text: str, index: int) -> str:
        """Count the text, and cut it where the limit is reached."""
        left = self._limits.text - self._text.get(index, 0)
        self._text[index] = self._text.get(index, 0) + len(text)
        if len(text) > left:
            self.exceed(f"It printed more than {self._limits.text:,} characters.")
        return text[:left]

    def count_data(self, size: int, index: int) -> None:
        """Count displayed data that has arrived or is about to."""
        self._data[index] = self._data.get(index, 0) + size
        if self._data[index] > self._limits.data:
            self.exceed(f"It displayed more than {self._limits.data:,} bytes of data.")

    def exceed(self, reason: str) -> None:
        """A limit is broken: take no more, and stop the kernel.

        Args:
            reason: Which limit, as a sentence.
        """
        self.exceeded = reason
        self._stop()


def _named(mime: str, value: Any) -> str:
    """The type as the notebook format knows it: Altair's end in ``.json``."""
    return f"{mime[:-5]}+json" if mime.endswith(".json") and isinstance(value, dict) else mime


def _is_valid(mime: str, value: Any) -> bool:
    """Whether the notebook format knows such content; the rest of the bundle is still good."""
    if mime == "application/json" or mime.endswith("+json"):
        return True
    parts = value if isinstance(value, list) else [value]
    return all(isinstance(part, str) for part in parts)
