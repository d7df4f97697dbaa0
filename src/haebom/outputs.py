"""Outputs, from the notebook format to the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from haebom.model import JSON, Display, Error, Output, Stream


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
                bundle: dict[str, JSON] = {"data": dict(data), "metadata": dict(metadata)}
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
