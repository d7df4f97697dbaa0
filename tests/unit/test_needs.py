"""What a machine has, and what of a post cannot run without it."""

from __future__ import annotations

import os
import platform
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from haebom.need import PLATFORMS
from haebom.needs import Machine, blocked
from helpers import package, parsed

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for a tool is a script")

TWO = "NVIDIA A100-SXM4-40GB, 40960\nTesla T4, 15360"


def _with_gpus(folder: Path, answer: str, **env: str) -> Machine:
    tool = folder / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\nprintf '{answer}'\n")
    tool.chmod(0o755)
    return Machine({"PATH": f"{folder}{os.pathsep}/usr/bin:/bin", **env})


@pytest.mark.parametrize(
    ("env", "device", "lacking"),
    [
        ({}, "NVIDIA A100-SXM4-40GB, Tesla T4", ["gpu-memory: 41GiB"]),
        ({"CUDA_VISIBLE_DEVICES": "1"}, "Tesla T4", ["gpu-memory: 16GiB", "gpu-memory: 41GiB"]),
        ({"CUDA_VISIBLE_DEVICES": ""}, "", ["cuda", "gpu-memory: 16GiB", "gpu-memory: 41GiB"]),
        (
            {"CUDA_VISIBLE_DEVICES": "GPU-1a"},
            "NVIDIA A100-SXM4-40GB, Tesla T4",
            ["gpu-memory: 41GiB"],
        ),
    ],
)
def test_gpus(tmp_path: Path, env: dict[str, str], device: str, lacking: list[str]) -> None:
    """A post would run on a machine that has no room for it, or not on one that has."""
    machine = _with_gpus(tmp_path, TWO, **env)
    assert machine.device == device
    wanted = ["cuda", "gpu-memory: 16GiB", "gpu-memory: 41GiB"]
    assert [each for each in wanted if machine.lacks(each)] == lacking


@pytest.mark.parametrize("answer", ["No devices were found", "", "x, [N/A]"])
def test_no_gpus(tmp_path: Path, answer: str) -> None:
    """A driver without a device would count as one."""
    assert _with_gpus(tmp_path, answer).lacks("cuda")
    assert Machine({"PATH": ""}).lacks("cuda")


def test_platforms() -> None:
    """A post would run on a system that it is not made for."""
    here = next(name for name, told in PLATFORMS.items() if told == platform.system())
    assert [name for name in PLATFORMS if not Machine({}).lacks(f"platform: {name}")] == [here]


def test_packages(tmp_path: Path) -> None:
    """A package beside the posts would not count, or an old one would."""
    env = {"PYTHONPATH": str(tmp_path)}
    wanted = ["package: haebom-fake", "package: haebom_fake>=2", "package: haebom-fake<2"]
    assert all(map(Machine(env).lacks, wanted))
    package(tmp_path, "haebom_fake", "1.5")
    machine = Machine(env)
    assert [machine.lacks(each) for each in wanted] == [False, True, False]
    assert not machine.lacks("package: pytest")
    assert not machine.lacks(f"package: nothing; python_version < '{sys.version_info[0]}'")


def test_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A post would wait for a network where there is none."""

    class NoWay(socket.socket):
        def connect(self, address: Any) -> None:
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", NoWay)
    assert Machine({}).lacks("network")


# -- what cannot run -------------------------------------------------------------------------------

TEXT = """\
```python
import torch
model = torch.nn.Linear(1, 1)
kept = 1
```

`{python} kept` `{python} model`

```python
#| needs: cuda
model.cuda()
gpu = torch.cuda.current_device()
torch.cuda.synchronize()
```

`{python} kept` `{python} model`

```python
print(torch.__version__, kept)
```

```python
speed = measure(gpu)
```

```python
print(speed)
```

```python
model = 2
```

`{python} model` `{python} speed`
"""


def test_what_depends_on_it() -> None:
    """A cell would fail for what another would have made, or all that could run be left out."""
    post = parsed(TEXT)
    found = blocked(post, lambda wanted: wanted == "cuda")
    assert dict(found.cells) == {1: "cuda", 3: "cuda", 4: "cuda"}
    texts = {each.index: (each.text, each.after) for each in post.expressions}
    assert [texts[index] for index in found.values] == [("model", 2), ("speed", 6)]
    assert not found.covers(post)
    assert blocked(post, lambda wanted: False) == blocked(parsed("x"), lambda wanted: True)


def test_a_need_of_the_whole_post() -> None:
    """A post for a GPU would run its first cells without."""
    post = parsed(f"---\nneeds: [linux, cuda]\n---\n{TEXT}")
    found = blocked(post, lambda wanted: wanted == "cuda")
    assert found.covers(post)
    assert set(found.cells.values()) == {"cuda"}
