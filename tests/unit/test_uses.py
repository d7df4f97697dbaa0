"""Which names of libraries the code of a cell uses, without a kernel."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from haebom.kernels.reading import Use
from haebom.kernels.uses import Uses


def names(*cells: str) -> list[list[str]]:
    """The documented names that cells use, one after the other; builtins left out."""
    uses, space = Uses(), dict[str, Any]()
    found = []
    for cell in cells:
        exec(compile(cell, "<cell>", "exec"), space)
        found.append(uses.read(cell, {n: v for n, v in space.items() if n != "__builtins__"}))
    return [[use.name for use in cell() if not use.name.startswith("builtins.")] for cell in found]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import torch.nn as N\nN.modules.linear.Linear", "torch.nn.Linear"),
        ("import torch\ntorch.nn.functional.max_pool2d", "torch.nn.functional.max_pool2d"),
        ("import torch\ntorch.autograd.no_grad", "torch.no_grad"),
        ("import torch\ntorch.linalg.norm", "torch.linalg.norm"),
        ("import torch\ntorch.float32", "torch.float32"),
        ("import torch\ntorch.nn.Linear(1, 1).weight.numel", "torch.nn.Linear"),
        ("from torch.optim.lr_scheduler import StepLR", "torch.optim.lr_scheduler.StepLR"),
        ("import torch.utils.data as d\nd.dataloader.DataLoader", "torch.utils.data.DataLoader"),
        ("import numpy as np\nnp.linspace", "numpy.linspace"),
        ("import numpy as np\nnp.random.rand", "numpy.random.rand"),
        ("import numpy as np\nnp.linalg.norm", "numpy.linalg.norm"),
        ("from numpy import pi", "numpy.pi"),
        ("import pandas as pd\npd.core.frame.DataFrame", "pandas.DataFrame"),
        ("import pandas as pd\npd.Series.head", "pandas.Series.head"),
        ("from matplotlib.pyplot import Axes", "matplotlib.axes.Axes"),
        (
            "from sklearn.linear_model import LogisticRegression as L\nL.score",
            "sklearn.linear_model.LogisticRegression.score",
        ),
        ("from scipy.stats import norm\nnorm.pdf", "scipy.stats.rv_continuous.pdf"),
        ("from pathlib import Path\nPath('.').joinpath", "pathlib.PurePath.joinpath"),
        ("import os\nos.path.join", "os.path.join"),
        ("import io\nio.BytesIO", "io.BytesIO"),
        ("from random import seed", "random.seed"),
        ("from collections import OrderedDict as O\nO()", "collections.OrderedDict"),
        ("from IPython.display import display", "IPython.display.display"),
    ],
)
def test_documented_name(code: str, name: str) -> None:
    """A name would be listed as nobody writes it, or as its documentation does not call it."""
    assert any(found.endswith(name) for found in names(code)[0]), names(code)


def test_results_of_calls() -> None:
    """Methods of what is only made in passing, or within functions, would be unknown."""
    (found,) = names(
        "import torch, pandas as pd\n"
        "from sklearn.preprocessing import StandardScaler\n"
        "def loss(net: torch.nn.Module, x: torch.Tensor):\n"
        "    error = torch.nn.MSELoss()(net(x), x)\n"
        "    error.backward()\n"
        "    StandardScaler().fit(x).transform(x)\n"
        "    frame = pd.DataFrame(x).round(1).T\n"
        "    frame.describe()\n"
        "    return sum(p.numel() for p in net.parameters()), [q.grad.sum() for q in (x, x)]\n"
    )
    for name in (
        "torch.Tensor.backward",
        "sklearn.preprocessing.StandardScaler.fit",
        "sklearn.preprocessing.StandardScaler.transform",
        "pandas.DataFrame.round",
        "pandas.DataFrame.T",
        "pandas.DataFrame.describe",
        "torch.Tensor.numel",
    ):
        assert name in found, (name, found)


def test_names_that_change_their_meaning() -> None:
    """A name would be taken for what it is later, or in another scope."""
    first, second, third = names(
        "import torch, numpy as np\nx = np.ones(2)\nx.sum()\nx = torch.ones(2)\nx.numel()",
        "x = x.numpy()\nx.tolist()",
        "def f(x):\n    return x.sum()\n[x.real for x in [1]]\nlambda x: x.sum()\nx.mean()",
    )
    assert first == ["numpy.ones", "numpy.ndarray.sum", "torch.ones", "torch.Tensor.numel"]
    assert second == ["torch.Tensor.numpy", "numpy.ndarray.tolist"]
    assert third == ["numpy.ndarray.mean"]


def test_functions_are_known_by_their_calls() -> None:
    """What a function does with what it is given would be unknown, however it is called."""
    first, second = names(
        "import torch\n"
        "def train(net, x, *, steps=1):\n"
        "    net.train(); x.sum(); steps.bit_length(); again(net, x)\n"
        "def again(net, other):\n"
        "    net.parameters(); other.mean()\n",
        "train(torch.nn.Linear(1, 1), x=torch.ones(1, 1))",
    )
    assert first == [
        "torch.nn.Module.train",
        "torch.Tensor.sum",
        "torch.nn.Module.parameters",
        "torch.Tensor.mean",
    ]
    assert second == ["torch.nn.Linear", "torch.ones"]


def test_values_are_let_go() -> None:
    """A large tensor would live on because somebody has read the cell that made it."""
    uses = Uses()
    space: dict[str, Any] = {}
    code = "class Large: pass\nlarge = Large()\nalias = large\ndef f(x): return x\nf(large)"
    exec(code, space)
    uses.read(code, space)
    reference = weakref.ref(space["large"])
    space.clear()
    gc.collect()
    assert reference() is None


def test_own_names_are_nobodys() -> None:
    """What a post defines itself would be in the index."""
    (found,) = names(
        "import torch\n"
        "class Net(torch.nn.Module):\n"
        "    def forward(self, x): return x\n"
        "    def eval(self): return self\n"
        "Net().eval().forward(1)\n"
        "net = Net(); net.eval(); net.train()"
    )
    assert found == ["torch.nn.Module", "torch.nn.Module.train"]


def test_places() -> None:
    """Links would stand on other words than their names."""
    uses = Uses()
    space: dict[str, Any] = {}
    code = "import torch\n값 = torch.ones(3); 값.numel(); f'{값.sum()}'\n(값\n  .max())"
    exec(code, space)
    lines = code.split("\n")
    found = uses.read(code, space)()
    texts = [lines[use.line - 1][use.column : use.column + use.length] for use in found]
    assert [text for text in texts if text] == ["torch.ones", "numel", "max"] or texts == [
        "torch.ones",
        "numel",
        "sum",
        "max",
    ]
    assert "torch.Tensor.sum" in [use.name for use in found]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "if",
        "%%bash\nls -la | wc",
        "!ls\nx = !ls\n%time 1",
        "\x00",
        "print(*a, **k)",
        "x: int = y",
    ],
)
def test_nothing_to_read(code: str) -> None:
    """Code that is no Python, or that failed, would end a post."""
    assert all(use.name == "builtins.print" or "int" in use.name for use in Uses().read(code, {})())


def test_ipython_syntax() -> None:
    """A magic would hide what the rest of its cell uses, or shift it."""
    space: dict[str, Any] = {}
    exec("import math", space)
    found = Uses().read("%%time\nfiles = !ls\nmath.sqrt(2)  # why?", space)()
    assert found == [Use("math.sqrt", "function", 3, 0, 9)]
