"""What widgets show at the end of a run, out of the states that a kernel has sent of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
_MODEL = "IPY_MODEL_"
_DEEPEST = 12
_SHOWN = ("description", "value", "min", "max", "index", "titles", "_options_labels")


def tree(
    model: str,
    states: Mapping[str, Mapping[str, Any]],
    held: Mapping[str, Sequence[Any]],
    depth: int = 0,
) -> dict[str, Any] | None:
    """A widget with all that it holds, without the ids, which differ from run to run.

    Args:
        model: Id of the widget.
        states: Id to what the kernel has said of each widget.
        held: Id to the outputs that output widgets hold, as a notebook holds them.
        depth: How many widgets this one lies in.

    Returns:
        ``model`` (its kind), ``state`` (what shows) and ``children``; None if the kernel has never
        told of it.
    """
    state = states.get(model)
    if state is None or depth > _DEEPEST:
        return None
    shown = {name: state[name] for name in _SHOWN if _is_plain(state.get(name))}
    if model in held:
        shown["outputs"] = held[model]
    children = [
        tree(child.removeprefix(_MODEL), states, held, depth + 1)
        for child in state.get("children") or ()
        if isinstance(child, str) and child.startswith(_MODEL)
    ]
    return {
        "model": str(state.get("_model_name", "")),
        "state": shown,
        "children": [child for child in children if child is not None],
    }


def _is_plain(value: Any) -> bool:
    """Whether a value is one that a page can show."""
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, str | int | float)
