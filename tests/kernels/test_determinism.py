"""Two servers, and two kernels of one server, must put out the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from haebom.kernels.base import KernelFactory
from haebom.kernels.jupyter import JupyterKernel
from haebom.kernels.preloaded.client import KernelServer
from haebom.model import Output

from .conftest import ENV, PRELOAD, run

BYTES = (
    "import io, hashlib, matplotlib.pyplot as plt\n"
    "def digest(**k):\n"
    "    b = io.BytesIO(); plt.figure(); plt.plot([1, 3]); plt.scatter([1], [2])\n"
    "    plt.savefig(b, **k); plt.close(); return hashlib.sha256(b.getvalue()).hexdigest()\n"
)
CELLS = {
    "sets": "print({'a', 'b', 'c', 'd', 'e'}, hash('x'))",
    "random": "import random, numpy as np, torch\n"
    "print(random.random(), np.random.rand(3), torch.rand(3))",
    "png": "import matplotlib.pyplot as plt, numpy as np\nplt.plot(np.random.rand(50)); plt.show()",
    "svg": "%config InlineBackend.figure_formats=['svg']\n"
    "plt.plot([1, 3]); plt.scatter([1], [2]); plt.show()",
    "saved png": BYTES + "digest(format='png')",
    "saved svg": "digest(format='svg')",
    "saved pdf": "digest(format='pdf')",
    "training": "m = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU(),\n"
    "    torch.nn.Flatten(), torch.nn.Linear(8 * 14 * 14, 10))\n"
    "o = torch.optim.SGD(m.parameters(), .01)\n"
    "x, y = torch.randn(32, 3, 16, 16), torch.randint(0, 10, (32,))\n"
    "for i in range(8):\n"
    "    o.zero_grad(); l = torch.nn.functional.cross_entropy(m(x), y); l.backward(); o.step()\n"
    "print(repr(l.item()), sum(p.double().sum().item() for p in m.parameters()))",
    "sums": "print(repr(torch.randn(300_000).sum().item()), repr(np.random.rand(400, 400).sum()))",
    "traceback": "def f():\n    1 / 0\nf()",
    "warning": "import warnings; warnings.warn('x')",
    "loader": "[b[0].tolist() for b in torch.utils.data.DataLoader("
    "torch.utils.data.TensorDataset(torch.arange(6.)), shuffle=True, num_workers=1)]",
}


@pytest.fixture(scope="module")
def results(
    server: KernelServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[tuple[Output, ...], ...]]]:
    """What the cells put out, by kind of kernel."""
    base = tmp_path_factory.mktemp("determinism")
    with KernelServer.start(PRELOAD, ENV) as second:
        kinds: dict[str, KernelFactory] = {
            "first": server,
            "again": server,
            "second server": second,
            "ordinary": JupyterKernel,
        }
        cells = tuple(CELLS.values())
        yield {kind: run(factory, base, cells).outputs for kind, factory in kinds.items()}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["again", "second server", "ordinary"])
@pytest.mark.parametrize("name", CELLS)
def test_same_bytes(
    results: dict[str, tuple[tuple[Output, ...], ...]], kind: str, name: str
) -> None:
    """Two builds of one site would differ."""
    index = list(CELLS).index(name)
    assert results["first"][index] != ()
    assert results[kind][index] == results["first"][index]


def test_posts_do_not_see_each_other(server: KernelServer, tmp_path: Path) -> None:
    """What one post does to a shared package would change the next."""
    spoil = "import torch, numpy, sys\ntorch.zeros = None; numpy.random.rand(); sys.path.clear()"
    check = (
        "import torch, numpy, sys\nprint(torch.zeros(1), numpy.random.rand(), len(sys.path) > 2)"
    )
    before = run(server, tmp_path, [check])
    run(server, tmp_path, [spoil])
    assert run(server, tmp_path, [check]).outputs == before.outputs
