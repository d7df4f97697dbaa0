"""What is worth preloading."""

from __future__ import annotations

from pathlib import Path

import pytest

from haebom.kernels.wanted import forecast, wanted
from helpers import code_cell, dumped, notebook

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


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("a.md", "글\n\n```python\nimport torch\n```\n", ("torch",)),
        ("a.md", "- 글\n\n    ~~~~ {.python}\n    import torch\n    ~~~~\n", ("torch",)),
        ("a.md", "import torch 다음에\n\n```python\nimport pandas\n```\n", ("pandas",)),
        ("a.md", "```python\nimport torch", ()),
        ("b/c d/글.ipynb", dumped(notebook(code_cell("import torch\nimport pandas"))), PRELOAD[1:]),
        ("a.py", "# %%\nimport torch\n", ("torch",)),
        ("a.txt", "import torch\n", ()),
    ],
)
def test_forecast(tmp_path: Path, name: str, text: str, names: tuple[str, ...]) -> None:
    """The kernel server would wait until all posts are parsed before it imports anything."""
    file = tmp_path / "글 모음" / name
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    assert forecast(tmp_path, PRELOAD) == names


def test_forecast_bears_any_file(tmp_path: Path) -> None:
    """A file that no post can be read from would end the build before it could be named."""
    (tmp_path / "broken.md").write_bytes(b"\xff\xfe```\n")
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    assert forecast(tmp_path, PRELOAD) == ()
    assert forecast(tmp_path / "none", PRELOAD) == ()
