"""The index of three posts beside lists that were made by reading them."""

from __future__ import annotations

from pathlib import Path

import pytest

from haebom.apidocs import BUILTINS, package
from haebom.kernels.preloaded.client import KernelServer
from helpers import PROJECT, parsed

from .conftest import run

pytestmark = pytest.mark.slow

MODULE = "torch.nn.Module"
TENSOR = "torch.Tensor"
AXES = "matplotlib.axes.Axes"
PYPLOT = "matplotlib.pyplot"
DATA = "torch.utils.data"

AUTOGRAD = f"""
torch.tensor torch.float64 torch.linspace torch.stack torch.no_grad torch.ones torch.log1p
torch.exp torch.allclose torch.sigmoid {TENSOR}.backward {TENSOR}.grad {TENSOR}.item
{TENSOR}.grad_fn {TENSOR}.sum {TENSOR}.tolist {TENSOR}.detach {TENSOR}.requires_grad
pandas.DataFrame {PYPLOT}.subplots {PYPLOT}.show {AXES}.plot {AXES}.set {AXES}.legend
{AXES}.axhline torch.autograd.graph.Node.name torch.autograd.graph.Node.next_functions
"""
SEQUENTIAL = f"""
torch.manual_seed torch.rand torch.no_grad torch.equal torch.nn.Sequential torch.nn.Linear
torch.nn.ReLU torch.nn.Dropout {MODULE}.add_module {MODULE}.named_parameters {MODULE}.parameters
{MODULE}.named_children {MODULE}.load_state_dict {MODULE}.state_dict {MODULE}.get_submodule
{MODULE}.get_parameter {MODULE}.eval {TENSOR}.shape {TENSOR}.numel {TENSOR}.requires_grad
collections.OrderedDict pandas.DataFrame {PYPLOT}.subplots {PYPLOT}.show {AXES}.barh
{AXES}.invert_yaxis {AXES}.set {AXES}.legend
"""
DATASETS = f"""
torch.tensor torch.float32 torch.Generator torch.Generator.manual_seed torch.arange
torch.randperm torch.stack torch.cat torch.equal {DATA}.Dataset {DATA}.DataLoader {DATA}.Subset
{DATA}.random_split torch.nn.utils.rnn.pad_sequence sklearn.datasets.load_digits
pandas.DataFrame {TENSOR}.unsqueeze {TENSOR}.shape {TENSOR}.dtype {TENSOR}.int {TENSOR}.sort
{TENSOR}.float {TENSOR}.mean {TENSOR}.sum {TENSOR}.item {TENSOR}.bincount {TENSOR}.tolist
"""
UNTOLD = {
    "autograd": "torch.autograd.graph.Node.name torch.autograd.graph.Node.next_functions",
    "dataset-and-dataloader": " ".join(
        f"{TENSOR}.{name}" for name in ("float", "mean", "sum", "item", "bincount", "tolist")
    ),
}
"""What nobody can tell without running the code once more: here, what the iteration over a
DataLoader gives within a function, and what an attribute that is computed holds."""


@pytest.mark.parametrize(
    ("post", "by_hand"),
    [
        ("2026-11-14-autograd.md", AUTOGRAD),
        ("2026-11-06-sequential-three-ways.py", SEQUENTIAL),
        ("2026-11-18-dataset-and-dataloader.py", DATASETS),
    ],
)
def test_by_hand(server: KernelServer, tmp_path: Path, post: str, by_hand: str) -> None:
    """The index would name what a post does not use, or miss what it does."""
    path = PROJECT / "posts" / post
    cells = [cell.code for cell in parsed(path.read_bytes(), f"posts/{post}").runnable]
    uses = run(server, tmp_path, cells).trace.uses
    found = {use.name for cell in uses for use in cell if package(use.name) != BUILTINS}
    assert found <= set(by_hand.split())
    assert set(by_hand.split()) - found == set(UNTOLD.get(path.stem[11:], "").split())
