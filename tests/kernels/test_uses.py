"""What the code of a cell uses, on both kernels."""

from __future__ import annotations

from .conftest import Start

IMPORTS = """\
import torch, numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from collections import OrderedDict
from torch import nn
"""
TRAINING = """\
%matplotlib inline
def train(net, data: torch.Tensor):
    optimizer = torch.optim.Adam(net.parameters())
    loss = ((data - 1) ** 2).mean()
    optimizer.zero_grad()
    return loss.item()

net = nn.Sequential(OrderedDict(한글=nn.Linear(2, 1)))
한글이름 = train(net, torch.ones(2)); net.eval()
"""
MODULE = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(1, 1)
        self.register_buffer("zero", torch.zeros(1))

    def forward(self, x):
        return self.hidden(x)

    def report(self):
        raise TypeError

net = Net()
net.eval().report()
"""


def test_names_are_documented_ones(start: Start) -> None:
    """The index would name modules that nobody imports, or depend on which kernel ran a post."""
    with start() as kernel:
        for cell in (IMPORTS, TRAINING, MODULE):
            kernel.execute(cell, 60)
        trace = kernel.trace()
    assert trace is not None
    imports, training, module = trace.uses
    assert [(use.name, use.kind) for use in imports] == [("collections.OrderedDict", "class")]
    assert [(use.line, use.name) for use in training if "builtins" not in use.name] == [
        (2, "torch.Tensor"),
        (3, "torch.optim.Adam"),
        (3, "torch.nn.Module.parameters"),
        (4, "torch.Tensor.mean"),
        (5, "torch.optim.Optimizer.zero_grad"),
        (6, "torch.Tensor.item"),
        (8, "torch.nn.Sequential"),
        (8, "collections.OrderedDict"),
        (8, "torch.nn.Linear"),
        (9, "torch.ones"),
        (9, "torch.nn.Module.eval"),
    ]
    lines = TRAINING.split("\n")
    texts = [lines[use.line - 1][use.column : use.column + use.length] for use in training]
    assert texts[:3] == ["torch.Tensor", "torch.optim.Adam", "parameters"]
    assert texts[-2:] == ["torch.ones", "eval"]
    assert [use.name for use in module] == [
        "torch.nn.Module",
        "builtins.super",
        "torch.nn.Linear",
        "torch.nn.Module.register_buffer",
        "torch.zeros",
        "builtins.TypeError",
        "torch.nn.Module.eval",
    ]


def test_reading_is_no_running(start: Start) -> None:
    """Whoever asks what a cell uses would change what it does."""
    with start() as kernel:
        kernel.execute(
            "class Loud:\n"
            "    def __getattr__(self, name): print('asked', name)\n"
            "    def __getattribute__(self, name):\n"
            "        print('got', name); return object.__getattribute__(self, name)\n"
            "    @property\n"
            "    def value(self): print('computed')\n"
            "loud = Loud()",
            60,
        )
        kernel.execute(
            "def later(): return loud.value.deeper, loud.missing, loud + loud, loud[0]", 60
        )
        assert kernel.outputs() == ((), ())
        trace = kernel.trace()
    assert trace is not None
    assert all("Loud" not in use.name for cell in trace.uses for use in cell)
