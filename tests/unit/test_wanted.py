"""What is worth preloading."""

from __future__ import annotations

import pytest

from haebom.kernels.wanted import wanted

PRELOAD = ("numpy.random", "torch", "pandas")


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("", ()),
        ("import numpy as np", ("numpy.random",)),
        ("if x:\n    from torch.nn import Linear", ("torch",)),
        ("import os, pandas", ("pandas",)),
        ("import torchvision, mypandas", ()),
        ("import torch\ntorch.optim.Adam(w)", ("torch", "torch._dynamo")),
        ("import numpy\noptim = 1", ("numpy.random",)),
    ],
)
def test_wanted(code: str, names: tuple[str, ...]) -> None:
    """A post would wait for its packages, or for packages that nobody needs."""
    assert wanted(code, PRELOAD) == names
