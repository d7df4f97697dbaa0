"""Gathers the messages of one post's kernel into notebook cells, and watches how much they hold."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import NoneType
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode, ValidationError

from haebom.kernels import widgets
from haebom.kernels.base import Limits, Reply
from haebom.model import Output, State
from haebom.outputs import WIDGET, from_notebook

QUIET = logging.getLogger("haebom.kernels.quiet")
"""A logger that keeps what Jupyter's classes have to say to itself."""
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


_SHAPES: dict[str, dict[str, type | tuple[type, ...]]] = {
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict, "execution_count": (int, NoneType)},
    "error": {"ename": str, "evalue": str, "traceback": list},
}
"""What messages with outputs hold, by their types."""

MADE_UP = (ValueError, KeyError, TypeError, AttributeError)
"""What reading something raises that a post has made up."""

UPSET = Reply(State.DIED, "The cell has written to its kernel's own connection.")


class GarbledError(Exception):
    """A message is not what Jupyter knows."""


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
        super().__init__(NotebookNode(cells=[], metadata=NotebookNode()), km=manager, log=QUIET)
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
        """Take a message, unless its cell has already put out too much.

        Raises:
            GarbledError: It is not what such a message is.
        """
        if self.exceeded:
            return None
        try:
            return self._process(msg, cell, cell_index)
        except (ValidationError, *MADE_UP) as error:
            raise GarbledError from error

    def _process(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
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

    def output(
        self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> Any:
        """Add what a message tells to a cell's outputs, as nbclient does, which checks all of it
        against the schema of notebooks; that takes a tenth of the time that this process has for a
        post.
        """
        hooks = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if hooks or msg["msg_type"] not in _SHAPES:
            return super().output(outs, msg, display_id, cell_index)
        output = _output(msg["msg_type"], msg["content"])
        if self.clear_before_next_output:
            outs[:] = []
            self.clear_display_id_mapping(cell_index)
            self.clear_before_next_output = False
        if display_id:
            shown = self._display_id_map.setdefault(display_id, {})
            shown.setdefault(cell_index, []).append(len(outs))
        outs.append(output)
        return output

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


def _output(kind: str, content: dict[str, Any]) -> NotebookNode:
    fields = {name: content[name] for name in _SHAPES[kind]}
    for name, shape in _SHAPES[kind].items():
        if not isinstance(fields[name], shape):
            raise TypeError(f"{name} of {kind} is {type(fields[name]).__name__}")
    if not all(isinstance(line, str) for line in fields.get("traceback", ())):
        raise TypeError("a traceback consists of lines")
    return NotebookNode(output_type=kind, **fields)


def _named(mime: str, value: Any) -> str:
    """The type as the notebook format knows it: Altair's end in ``.json``."""
    return f"{mime[:-5]}+json" if mime.endswith(".json") and isinstance(value, dict) else mime


def _is_valid(mime: str, value: Any) -> bool:
    """Whether the notebook format knows such content; the rest of the bundle is still good."""
    if mime == "application/json" or mime.endswith("+json"):
        return True
    parts = value if isinstance(value, list) else [value]
    return all(isinstance(part, str) for part in parts)
