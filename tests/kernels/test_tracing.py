"""What a post reads is noted, on both kinds of kernels, and nothing else."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from haebom.kernels.base import KernelFactory, Trace
from haebom.kernels.preloaded.client import KernelServer
from haebom.kernels.tracing import VARIABLE, Tracer, _Variables
from haebom.model import State

from .conftest import Start, run, started


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of the project, away from the post's working directory."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("read.txt", "raw.bin", "table.csv", "listed.txt", "untouched.txt"):
        (folder / name).write_text("a\n1\n")
    (folder / "local_module.py").write_text("import local_helper\n")
    (folder / "local_helper.py").write_text("VALUE = 1\n")
    with sqlite3.connect(folder / "base.sqlite") as base:
        base.execute("create table t (a)")
    base.close()
    (folder / "sub").mkdir()
    return folder


def traced(factory: KernelFactory, base: Path, *cells: str) -> Trace:
    """What a post of these cells has read."""
    done = run(factory, base, cells)
    assert {reply.state for reply in done.replies} == {State.OK}, done.outputs
    return done.trace


def test_files(factory: KernelFactory, tmp_path: Path, outside: Path) -> None:
    """A post would be reused although a file that it reads has changed."""
    trace = traced(
        factory,
        tmp_path,
        f"import os, sqlite3; from pathlib import Path; p = Path({str(outside)!r})",
        "open(p / 'read.txt').read(); (p / 'raw.bin').read_bytes(); os.close(os.open(p, 0))",
        "import pandas as pd; pd.read_csv(p / 'table.csv'); pd.read_csv('data.csv')",
        "db = sqlite3.connect(p / 'base.sqlite'); db.close()",
        "sorted(os.listdir(p / 'sub')); list(p.joinpath('sub').glob('*'))",
    )
    mine = [path for path in trace.files if path.startswith(str(tmp_path))]
    names = ["base.sqlite", "raw.bin", "read.txt", "table.csv"]
    assert [str(outside / name) for name in names] == [p for p in mine if "/work/" not in p]
    assert [Path(path).name for path in mine if "/work/" in path] == ["data.csv"]
    assert [folder for folder in trace.folders if "/work" not in folder] == [str(outside / "sub")]


def test_what_a_post_writes_is_no_input(factory: KernelFactory, tmp_path: Path) -> None:
    """A post that writes a file and reads it would never be reused."""
    trace = traced(
        factory,
        tmp_path,
        "open('own.txt', 'w').write('x'); open('own.txt').read()",
        "import tempfile\nwith tempfile.NamedTemporaryFile() as f: open(f.name).read()",
        "import sqlite3; db = sqlite3.connect('new.sqlite'); db.close()\n"
        "db = sqlite3.connect('new.sqlite'); db.close()",
        "try: open('missing.txt')\nexcept FileNotFoundError: pass",
    )
    assert trace.files == ()


def test_local_modules(factory: KernelFactory, tmp_path: Path, outside: Path) -> None:
    """A post would be reused although a helper module has changed, be it compiled or not."""
    for _ in range(2):  # the second time Python reads the compiled files only
        trace = traced(
            factory,
            tmp_path,
            f"import sys; sys.path.append({str(outside)!r})\nimport local_module, helper",
        )
        names = [Path(path).name for path in trace.files]
        assert sorted(names) == ["helper.py", "local_helper.py", "local_module.py"]
        assert {"helper", "local_helper", "local_module"} <= set(trace.modules)


def test_distributions(factory: KernelFactory, tmp_path: Path) -> None:
    """A post would be reused with another version of a package that it imports."""
    trace = traced(factory, tmp_path, "from matplotlib import pyplot")
    assert {"matplotlib", "numpy", "PIL"} <= set(trace.modules)
    assert not {"torch", "pandas", "sklearn", "IPython", "os", "haebom"} & set(trace.modules)
    assert traced(factory, tmp_path, "import torch.nn").modules != trace.modules


@pytest.mark.parametrize(
    "code",
    [
        "import torch",
        "from torch.nn import functional",
        "import importlib; importlib.import_module('torch')",
        "__import__('torch')",
        "def later():\n    import torch\nlater()",
        "%run -m torch.version",
        "import pickle; pickle.loads(b'ctorch\\nSize\\n.')",
    ],
)
def test_preloaded_packages(server: KernelServer, tmp_path: Path, code: str) -> None:
    """An import of what is already loaded would go unseen."""
    assert "torch" in traced(server, tmp_path, code).modules


def test_nothing_is_claimed(factory: KernelFactory, tmp_path: Path) -> None:
    """Posts would run again after changes that do not concern them."""
    trace = traced(factory, tmp_path, "import os, json\nprint(os.getcwd())", "1 + 1")
    assert replace(trace, uses=()) == Trace()


def test_environment(factory: KernelFactory, tmp_path: Path) -> None:
    """A post would be reused although a variable that it asks for has changed."""
    code = (
        "import os\nos.environ.get('ASKED'); os.getenv('TOO')\n'ALSO' in os.environ\n"
        "try: os.environ['MISSING']\nexcept KeyError: pass\n"
        "dict(os.environ); os.environ.copy(); os.environ['SET'] = '1'"
    )
    trace = traced(factory, tmp_path, code)
    assert trace.environment == ("ALSO", "ASKED", "MISSING", "TOO")


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("!true", True),
        ("import subprocess; subprocess.run(['true'])", True),
        ("import os\nif os.fork() == 0: os._exit(0)", True),
        ("import os; os.system('true')", True),
        ("import threading", False),
    ],
)
def test_subprocesses(server: KernelServer, tmp_path: Path, code: str, seen: bool) -> None:
    """Nobody could say that something may have been read unseen."""
    assert traced(server, tmp_path, code).subprocesses is seen


def test_dead_kernels_have_no_trace(start: Start) -> None:
    """A post that died would count as one that reads nothing, and never run again."""
    with start() as kernel:
        kernel.execute("import os; open('data.csv').close(); os._exit(1)", 60)
        assert kernel.trace() is None
        kernel.kill()
        assert kernel.trace() is None


def test_trace_outlives_a_spoilt_namespace(start: Start) -> None:
    """A post that shadows builtins would have no inputs."""
    with start() as kernel:
        kernel.execute("open('data.csv').close()\nopen = str = json = sorted = tracer = None", 60)
        trace = kernel.trace()
        assert trace is not None
        assert [Path(path).name for path in trace.files] == ["data.csv"]


def test_posts_of_one_server_are_traced_apart(server: KernelServer, tmp_path: Path) -> None:
    """One post's inputs would be counted among another's."""
    with started(server, tmp_path) as first, started(server, tmp_path) as second:
        first.execute("import torch; open('data.csv').close()", 60)
        second.execute("import helper", 60)
        traces = first.trace(), second.trace()
        assert traces[0] is not None
        assert traces[1] is not None
        assert "torch" in traces[0].modules
        assert traces[1].modules == ("helper",)


def test_reads_of_preloaded_packages_count(server: KernelServer, tmp_path: Path) -> None:
    """What a package read when the server loaded it would not be an input of any post."""
    with KernelServer.start([], server.env) as bare:
        code = "import matplotlib.pyplot"
        expected, found = traced(bare, tmp_path, code), traced(server, tmp_path, code)
    assert found == expected
    assert "MPLCONFIGDIR" in found.environment


def test_variables_asked_for_one_by_one_in_order() -> None:
    """Asking for every variable by name would pass for making a copy."""
    tracer = Tracer()
    noted: list[str] = []
    tracer.sink = lambda kind, value: noted.append(value) if kind == VARIABLE else None
    variables = _Variables(tracer, {b"A": b"1", b"B": b"2"})
    assert {name: variables[name] for name in variables} == {b"A": b"1", b"B": b"2"}
    assert noted == []
    assert [variables[b"A"], variables[b"B"]] == [b"1", b"2"]
    assert noted == ["A", "B"]
