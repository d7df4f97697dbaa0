"""Outputs, from the notebook format to the model and back, and what their forms mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from haebom.model import JSON, Display, Error, Output, Stream

_OWN = "application/vnd.haebom."
FIGURE, WIDGET = f"{_OWN}figure+json", f"{_OWN}widget+json"
"""What haebom's own part of a kernel adds to a bundle; it stays on the way to the page."""

PLOTLY, VEGA = "application/vnd.plotly.v1+json", "application/vnd.vegalite"
"""Drawings that a page draws itself; the latter's versions follow."""

IMAGES = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
}
"""Types of images that a page can show, the best first, with the suffix of their files."""


def image_type(display: Display) -> str | None:
    """The type of the image that a page shows of a bundle; None if it shows something else."""
    richer = (WIDGET, PLOTLY, VEGA, "text/html")
    if any(mime.startswith(richer) and display.data[mime] for mime in display.data):
        return None
    return next((mime for mime in IMAGES if display.data.get(mime)), None)


def speaks(figure: Mapping[str, JSON]) -> bool:
    """Whether a figure has words from which its alternative text can be made.

    Args:
        figure: What :mod:`haebom.kernels.description` says of it.
    """
    silent = {"kinds"}
    return bool(figure.get("title")) or any(set(plot) - silent for plot in figure.get("plots", ()))


def from_notebook(outputs: Iterable[Mapping[str, JSON]]) -> tuple[Output, ...]:
    """Translate outputs of nbformat 4; unknown kinds are left out.

    Args:
        outputs: Output dictionaries as a notebook cell holds them.
    """
    found: list[Output] = []
    for output in outputs:
        match output.get("output_type"):
            case "stream":
                text = _text(output.get("text", ""))
                found.append(Stream("stderr" if output.get("name") == "stderr" else "stdout", text))
            case "display_data" | "execute_result" as kind:
                found.append(
                    Display(
                        data={mime: _content(mime, v) for mime, v in output["data"].items()},
                        metadata=dict(output.get("metadata", {})),
                        is_result=kind == "execute_result",
                    )
                )
            case "error":
                found.append(
                    Error(
                        name=str(output.get("ename", "")),
                        message=str(output.get("evalue", "")),
                        traceback=tuple(str(line) for line in output.get("traceback", ())),
                    )
                )
    return tuple(found)


def _content(mime: str, value: JSON) -> JSON:
    is_json = mime == "application/json" or mime.endswith("+json")
    return value if is_json else _text(value)


def _text(value: JSON) -> str:
    """Notebooks may hold a text as a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def to_notebook(outputs: Iterable[Output], execution_count: int) -> list[dict[str, JSON]]:
    """Translate to outputs of nbformat 4.

    Args:
        outputs: What a cell put out.
        execution_count: The cell's number.
    """
    made: list[dict[str, JSON]] = []
    for output in outputs:
        match output:
            case Stream(name=name, text=text):
                made.append({"output_type": "stream", "name": name, "text": text})
            case Display(data=data, metadata=metadata, is_result=is_result):
                common = {mime: value for mime, value in data.items() if not mime.startswith(_OWN)}
                bundle: dict[str, JSON] = {"data": common, "metadata": dict(metadata)}
                if is_result:
                    bundle |= {"output_type": "execute_result", "execution_count": execution_count}
                else:
                    bundle |= {"output_type": "display_data"}
                made.append(bundle)
            case Error(name=name, message=message, traceback=traceback):
                made.append(
                    {
                        "output_type": "error",
                        "ename": name,
                        "evalue": message,
                        "traceback": list(traceback),
                    }
                )
    return made


def in_lines(output: Mapping[str, JSON], execution_count: JSON) -> dict[str, Any]:
    """An output of nbformat 4 with its texts as lists of lines, as Jupyter writes it.

    Args:
        output: The output, with texts in either form.
        execution_count: The cell's number, or None for none.
    """
    styled = dict(output)
    if "text" in styled:
        styled["text"] = _text(styled["text"]).splitlines(keepends=True)
    if isinstance(styled.get("data"), dict):
        styled["data"] = {
            mime: _text(value).splitlines(keepends=True)
            if isinstance(value, str | list) and mime.startswith(("text/", "image/svg"))
            else value
            for mime, value in styled["data"].items()
        }
    if "execution_count" in styled:
        styled["execution_count"] = execution_count
    return styled
