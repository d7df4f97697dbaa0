"""Widgets, out of what a kernel has told of them."""

from __future__ import annotations

from typing import Any

from haebom.kernels.widgets import tree

STATES: dict[str, dict[str, Any]] = {
    "a1": {"_model_name": "VBoxModel", "children": ["IPY_MODEL_b2", "IPY_MODEL_c3", "IPY_MODEL_?"]},
    "b2": {
        "_model_name": "IntSliderModel",
        "value": 3,
        "description": "n",
        "layout": "IPY_MODEL_d",
    },
    "c3": {"_model_name": "OutputModel", "value": {"not": "shown"}},
}


def test_a_tree_without_ids() -> None:
    """A page would hold ids that differ from run to run, or lose what lies in a box."""
    assert tree("a1", STATES, {"c3": ["output"]}) == {
        "model": "VBoxModel",
        "state": {},
        "children": [
            {"model": "IntSliderModel", "state": {"description": "n", "value": 3}, "children": []},
            {"model": "OutputModel", "state": {"outputs": ["output"]}, "children": []},
        ],
    }


def test_unknown_widgets_and_circles() -> None:
    """A widget that the kernel has not told of, or one that holds itself, would end the build."""
    assert tree("nobody", STATES, {}) is None
    assert tree("x", {"x": {"children": ["IPY_MODEL_x"]}}, {}) is not None
