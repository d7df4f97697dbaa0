"""Widgets of ipywidgets as what they last showed: on a page without a kernel nothing would move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape

from haebom.model import JSON, Output
from haebom.outputs import from_notebook
from haebom.render.labels import Labels

Inner = Callable[[tuple[Output, ...]], str]
"""Gives the HTML of the outputs that a widget holds."""

_SAID = ("HTMLModel", "HTMLMathModel", "LabelModel")
_ROWS = ("HBoxModel",)


def html(widget: Mapping[str, JSON], words: Labels, inner: Inner) -> str:
    """A widget with all that it holds.

    Args:
        widget: ``model``, ``state`` and ``children``; see :mod:`haebom.kernels.widgets`.
        words: haebom's own words.
        inner: Renders outputs.
    """
    note = f'<p class="haebom-note">{escape(words.widget)}</p>' if _moves(widget) else ""
    return f'<div class="haebom-widget">{_widget(widget, inner)}</div>{note}'


def _moves(widget: Mapping[str, JSON]) -> bool:
    """Whether there is anything in it that a reader would want to move."""
    is_shown_only = widget["model"] in _SAID or widget["model"].startswith("Output")
    holds = bool(widget["children"]) or "value" not in widget["state"]
    progress = widget["model"].endswith("ProgressModel")
    return not (is_shown_only or holds or progress) or any(map(_moves, widget["children"]))


def _widget(widget: Mapping[str, JSON], inner: Inner) -> str:
    model, state = widget["model"], widget["state"]
    label = escape(str(state.get("description") or ""))
    if widget["children"]:
        return _box(widget, inner)
    if model == "OutputModel":
        return inner(from_notebook(state.get("outputs") or ()))
    if model.endswith("ProgressModel"):
        return _progress(state, label)
    if model in _SAID:
        value = str(state.get("value") or "")
        shown = escape(value) if model == "LabelModel" else value
        return f"<span>{label} {shown}</span>" if label else f"<span>{shown}</span>"
    if model == "ButtonModel":
        return f'<span class="haebom-control">{label}</span>'
    value = _value(state)
    return f'<span>{label} <span class="haebom-control">{escape(value)}</span></span>'


def _box(widget: Mapping[str, JSON], inner: Inner) -> str:
    titles = widget["state"].get("titles") or ()
    parts = [_widget(child, inner) for child in widget["children"]]
    for number, title in enumerate(titles[: len(parts)]):
        parts[number] = f"<strong>{escape(str(title))}</strong>{parts[number]}"
    kind = "haebom-row" if widget["model"] in _ROWS else "haebom-column"
    return f'<div class="{kind}">{"".join(parts)}</div>'


def _progress(state: Mapping[str, JSON], label: str) -> str:
    low, high = float(state.get("min") or 0), float(state.get("max") or 100)
    value = float(state.get("value") or 0)
    share = min(max((value - low) / (high - low), 0), 1) if high > low else 1
    bar = (
        f'<progress value="{share:g}" aria-label="{label or f"{share:.0%}"}">{share:.0%}</progress>'
    )
    return f"<span>{label}{' ' if label else ''}{bar}</span>"


def _value(state: Mapping[str, JSON]) -> str:
    """What a control is set to, as a text."""
    options, index = state.get("_options_labels"), state.get("index")
    if isinstance(options, list):
        chosen: Iterable[JSON] = index if isinstance(index, list) else (index,)
        return ", ".join(str(options[i]) for i in chosen if isinstance(i, int) and i < len(options))
    value = state.get("value")
    if isinstance(value, bool):
        return "☑" if value else "☐"
    if isinstance(value, list):
        return " – ".join(map(str, value))
    return "" if value is None else str(value)
