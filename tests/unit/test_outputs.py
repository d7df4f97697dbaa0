"""Outputs between the notebook format and the model."""

from __future__ import annotations

from haebom.model import Display, Error, Stream
from haebom.outputs import FIGURE, from_notebook, to_notebook


def test_there_and_back() -> None:
    """A notebook would lose outputs, or get others."""
    outputs = (
        Stream("stderr", "a\n"),
        Display({"text/plain": "1", "application/json": {"a": 1}}, {"m": 1}, is_result=True),
        Error("ValueError", "x", ("ValueError: x",)),
    )
    assert from_notebook(to_notebook(outputs, 3)) == outputs


def test_what_haebom_adds_stays_out_of_notebooks() -> None:
    """Recorded outputs would hold every figure twice."""
    shown = Display({"image/png": "x", FIGURE: {"dark": {"image/png": "y"}}})
    (written,) = to_notebook([shown], 1)
    assert written["data"] == {"image/png": "x"}
