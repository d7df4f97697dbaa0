"""Where names are documented."""

from __future__ import annotations

import pytest

from haebom.apidocs import Documentation

SITES = {
    "torch": "https://docs.pytorch.org/docs/stable",
    "numpy": "https://numpy.org/doc/stable/reference",
    "matplotlib": "https://matplotlib.org/stable/api",
    "python": "https://docs.python.org/3/library",
    "sklearn": "https://scikit-learn.org/stable/modules/generated",
    "scipy": "https://docs.scipy.org/doc/scipy/reference/generated",
    "pandas": "https://pandas.pydata.org/docs/reference/api",
    "packaging": "https://packaging.pypa.io/en/stable",
}
CASES = """\
class torch.nn.Sequential torch/generated/~.html
method torch.nn.Module.eval torch/generated/torch.nn.Module.html#~
class torch.nn.Parameter torch/generated/torch.nn.parameter.Parameter.html
function torch.nn.init.uniform_ torch/nn.init.html#~
class torch.Tensor torch/tensors.html#~
method torch.Tensor.backward torch/generated/~.html
attribute torch.Tensor.grad torch/generated/~.html
method torch.optim.Optimizer.zero_grad torch/generated/~.html
method torch.optim.Adam.step torch/generated/torch.optim.Adam.html#~
class torch.utils.data.DataLoader torch/data.html#~
class torch.device torch/tensor_attributes.html#~
attribute torch.device.type torch/tensor_attributes.html#torch.device
data torch.float32 torch/tensor_attributes.html#torch.dtype
data torch.version.cuda
data torch.pi
function torch.cuda.is_available torch/generated/~.html
function numpy.linspace numpy/generated/~.html
method numpy.ndarray.mean numpy/generated/~.html
data numpy.pi numpy/constants.html#~
class numpy.float32 numpy/arrays.scalars.html#~
function numpy.random.default_rng numpy/random/generator.html#~
method numpy.random.Generator.normal numpy/random/generated/~.html
function numpy.random.seed numpy/random/generated/~.html
method pandas.DataFrame.round pandas/~.html
function matplotlib.pyplot.show matplotlib/_as_gen/~.html
method matplotlib.axes.Axes.set matplotlib/_as_gen/~.html
class matplotlib.ticker.MaxNLocator matplotlib/ticker_api.html#~
data matplotlib.pyplot.rcParams matplotlib/matplotlib_configuration_api.html#matplotlib.rcParams
method sklearn.preprocessing.StandardScaler.fit sklearn/sklearn.preprocessing.StandardScaler.html#~
function scipy.optimize.minimize scipy/~.html
class packaging.version.Version packaging/version.html#~
class collections.OrderedDict python/collections.html#~
function os.path.join python/os.path.html#~
data os.environ python/os.html#~
method pathlib.Path.exists python/pathlib.html#~
class multiprocessing.pool.Pool python/multiprocessing.html#~
function xml.etree.ElementTree.parse python/xml.etree.elementtree.html#~
function asyncio.sleep python/asyncio-task.html#~
function builtins.print python/functions.html#print
class builtins.dict python/stdtypes.html#dict
method builtins.str.join python/stdtypes.html#str.join
exception builtins.ValueError python/exceptions.html#ValueError
class einops.Rearrange
"""
"""Kind, name, and address, in which ~ stands for the name."""


@pytest.mark.parametrize("case", CASES.splitlines())
def test_address(case: str) -> None:
    """A link would lead nowhere."""
    kind, name, *rest = case.split()
    site, _, path = "".join(rest).replace("~", name).partition("/")
    expected = f"{SITES[site]}/{path}" if site else ""
    assert Documentation().address(name, kind) == expected


def test_own_addresses() -> None:
    """A site could not say where its packages are documented, or that something is not."""
    own = {
        "einops": "https://einops.example/{module}/{object}#{name}",
        "torch.nn": "https://mirror.example/{name}",
        "torch.nn.functional": "",
    }
    documentation = Documentation("ko", own)
    assert documentation.address("einops.layers.Reduce.forward", "method") == (
        "https://einops.example/einops.layers/einops.layers.Reduce#einops.layers.Reduce.forward"
    )
    assert (
        documentation.address("torch.nn.Linear", "class")
        == "https://mirror.example/torch.nn.Linear"
    )
    assert documentation.address("torch.nn.functional.relu", "function") == ""
    assert documentation.address("torch.nnx.y", "function").startswith(SITES["torch"])


def test_language() -> None:
    """Korean readers would get Python's documentation in English."""
    address = Documentation("ko").address("random.seed", "function")
    assert address == "https://docs.python.org/ko/3/library/random.html#random.seed"
