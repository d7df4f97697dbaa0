"""Kernels of both kinds, and what a post did on them."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import haebom
from haebom.kernels.base import Kernel, KernelFactory, Limits, Reply, Trace, Workplace
from haebom.kernels.containment.policy import Policy, missing
from haebom.kernels.jupyter import JupyterKernel
from haebom.kernels.preloaded.client import KernelServer
from haebom.kernels.preloaded.process import available
from haebom.kernels.processes import MARKER
from haebom.model import Display, Error, Output, Stream

from .cells import GROUPS

PRELOAD = ("numpy", "torch", "matplotlib.pyplot", "pandas")
ENV = {
    "PATH": os.environ["PATH"],
    "HOME": os.environ.get("HOME", "/"),
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(Path(haebom.__file__).parents[1]),
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "COLUMNS": "80",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Done:
    """What a post did."""

    replies: tuple[Reply, ...]
    outputs: tuple[tuple[Output, ...], ...]
    trace: Trace


Start = Callable[..., AbstractContextManager[Kernel]]


def contained(factory: KernelFactory, root: Path, **fields: Any) -> KernelFactory:
    """A factory of contained kernels.

    Args:
        factory: What starts the kernels.
        root: The folder of the project that they belong to.
        fields: Fields of the policy.
    """
    values = {"required": True, "network": False, "root": root, "store": root / ".haebom"}
    policy = Policy(**{**values, **fields})

    def start(workplace: Workplace) -> Kernel:
        plan = policy.plan(workplace, needs_network=policy.network)
        env = {**workplace.env, **policy.own_variables(workplace)}
        return factory(replace(workplace, plan=plan, env=env))

    return start


@contextmanager
def started(factory: KernelFactory, base: Path, limits: Limits | None = None) -> Iterator[Kernel]:
    """A kernel in a working directory with a data file and a helper module."""
    folder = base / f"post{next(_NUMBERS)}"
    cwd, private, tmp = (folder / name for name in ("work", "private", "tmp"))
    for each in (cwd, private, tmp):
        each.mkdir(parents=True)
    (cwd / "data.csv").write_text("a,b\n1,2\n")
    (cwd / "helper.py").write_text("import colorsys\nVALUE = 3\n")
    env = {**ENV, MARKER: str(folder), "TMPDIR": str(tmp)}
    kernel = factory(Workplace("python3", cwd, private, env, limits or Limits(grace=1.0)))
    try:
        yield kernel
    finally:
        kernel.close()


def run(factory: KernelFactory, base: Path, cells: Sequence[str], timeout: float = 100) -> Done:
    """Run cells as one post."""
    with started(factory, base) as kernel:
        replies = tuple(kernel.execute(cell, timeout) for cell in cells)
        outputs, trace = kernel.outputs(), kernel.trace()
        assert trace is not None
        return Done(replies, outputs, trace)


@pytest.fixture(scope="session")
def server() -> Iterator[KernelServer]:
    """A kernel server that has preloaded what the cells use."""
    if not available():
        pytest.skip("no safe fork on this system")
    with KernelServer.start(PRELOAD, ENV) as server:
        assert server.problems == ()
        yield server


@pytest.fixture(scope="session")
def containing() -> Iterator[KernelServer]:
    """The same for contained kernels."""
    if missing():
        pytest.skip("this system cannot contain kernels")
    with KernelServer.start(PRELOAD, ENV, contains=True) as server:
        yield server


@pytest.fixture(
    params=[
        "preloaded",
        "contained preloaded",
        pytest.param("jupyter", marks=pytest.mark.slow),
        pytest.param("contained jupyter", marks=pytest.mark.slow),
    ]
)
def factory(request: pytest.FixtureRequest, tmp_path: Path) -> KernelFactory:
    """Each kind of kernel in turn, free and contained."""
    is_jupyter = request.param.endswith("jupyter")
    if not request.param.startswith("contained"):
        return JupyterKernel if is_jupyter else request.getfixturevalue("server")
    if missing():
        pytest.skip("this system cannot contain kernels")
    kernels = JupyterKernel if is_jupyter else request.getfixturevalue("containing")
    return contained(kernels, tmp_path)


@pytest.fixture
def start(factory: KernelFactory, tmp_path: Path) -> Start:
    """Starts a kernel; for a ``with`` statement."""
    return lambda limits=None: started(factory, tmp_path, limits)


def text(outputs: Sequence[Output]) -> str:
    """Everything that a cell printed, showed as plain text, or raised."""
    found = ""
    for output in outputs:
        match output:
            case Stream():
                found += output.text
            case Display():
                found += str(output.data.get("text/plain", ""))
            case Error():
                found += f"{output.name}: {output.message}"
    return found


# What may differ between two runs on the same kernel.
_VARYING = (
    (re.compile(r"0x[0-9a-f]{6,}"), "0xADDRESS"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"[\d.]+(?:e[+-]\d+)? ?(?:ns|μs|µs|us|ms|s)\b(?: ± [\d.]+ ?\w+)?"), "TIME"),
    (re.compile(r"[\d.?]+(?:it/s|s/it)"), "RATE"),
    (re.compile(r"\d\d:\d\d<[\d:?]+"), "TIME"),
    (re.compile(r"/[^\s'\"]*/post\d+/"), "POST/"),
    (re.compile(r"Thread-\d+"), "Thread-N"),
    (re.compile(r"[~/][^\s'\"]*/lib/python3"), "LIB/python3"),
    (re.compile(r" +$", re.MULTILINE), ""),
)


def comparable(outputs: Sequence[Output], unordered: bool = False) -> list[object]:
    """Outputs as two kernels must agree on them: streams joined, varying parts replaced."""
    found: list[object] = []
    if unordered:  # a thread of an ordinary kernel reads what C prints, sooner or later
        outputs = sorted(outputs, key=lambda output: not isinstance(output, Stream))
    for is_text, run in itertools.groupby(outputs, lambda o: isinstance(o, Stream)):
        if not is_text:
            found.extend(_without_varying(repr(output)) for output in run)
            continue
        texts = {"stdout": "", "stderr": ""}
        for output in run:
            assert isinstance(output, Stream)
            texts[output.name] += output.text
        for name, content in texts.items():
            lines = _without_varying(content).splitlines()
            found.append((name, sorted(lines) if unordered else lines))
    return found


def _without_varying(shown: str) -> str:
    for pattern, replacement in _VARYING:
        shown = pattern.sub(replacement, shown)
    return shown


class Groups:
    """The groups of cells, each run once on both kernels, two ordinary kernels at a time."""

    def __init__(
        self, server: KernelServer, containing: KernelServer, base: Path, names: Sequence[str]
    ) -> None:
        self._pool = ThreadPoolExecutor(2)
        self._runs: dict[tuple[str, str], Future[Done]] = {}
        for name in names:
            kinds = {"jupyter": JupyterKernel, "preloaded": server}
            for kind, factory in {**kinds, "contained": contained(containing, base)}.items():
                future = self._pool.submit(run, factory, base, GROUPS[name])
                self._runs[name, kind] = future

    def of(self, name: str, kind: str) -> Done:
        """What the group did on that kind of kernel."""
        return self._runs[name, kind].result()

    def close(self) -> None:
        """Wait for what still runs."""
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def groups(
    request: pytest.FixtureRequest,
    server: KernelServer,
    containing: KernelServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Groups]:
    """The groups that the selected tests need."""
    wanted = {
        str(item.callspec.params["group"]): None
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and "group" in item.callspec.params
    }
    groups = Groups(server, containing, tmp_path_factory.mktemp("groups"), list(wanted))
    yield groups
    groups.close()
