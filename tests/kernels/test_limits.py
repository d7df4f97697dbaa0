"""A post that uses too much is stopped with a sentence that names the limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from haebom.kernels.base import Limits, Workplace
from haebom.kernels.preloaded.client import KernelServer
from haebom.model import State

from .conftest import Start, started

MIB = 1 << 20


@pytest.mark.parametrize(
    "code",
    [
        "x = []\nwhile True: x.append(bytearray(10_000_000))",
        "import os, time\n"
        "for i in range(4):\n  if os.fork() == 0: x = bytearray(250 << 20); time.sleep(600)\n"
        "time.sleep(600)",
        "import subprocess, sys\n"
        "code = 'import time; x = bytearray(900 << 20); time.sleep(600)'\n"
        "subprocess.run([sys.executable, '-c', code])",
    ],
)
def test_memory(start: Start, code: str) -> None:
    """One post could take the memory of the whole machine."""
    with start(Limits(memory=800 * MIB)) as kernel:
        kernel.execute("print('ready')", 60)
        reply = kernel.execute(code, 120)
    assert reply.state is State.LIMIT
    assert reply.reason == "It used more than 800 MiB of memory."


def test_shared_memory_counts_once(server: KernelServer, tmp_path: Path) -> None:
    """Workers that share a big table with the kernel would be counted as if each had its own."""
    code = (
        "import os, time\ntable = b'x' * (300 << 20)\n"
        "pids = []\n"
        "for i in range(6):\n"
        "  pid = os.fork()\n"
        "  if pid == 0: time.sleep(1); os._exit(0)\n"
        "  pids.append(pid)\n"
        "for pid in pids: os.waitpid(pid, 0)"
    )
    with started(server, tmp_path, Limits(memory=1500 * MIB)) as kernel:
        assert kernel.execute(code, 120).state is State.OK


def test_processes(start: Start) -> None:
    """A post that forks for ever would stop the whole machine."""
    code = "import os, time\nwhile True:\n  if os.fork() == 0: time.sleep(600)\n  time.sleep(0.005)"
    with start(Limits(processes=20)) as kernel:
        kernel.execute("1", 60)
        reply = kernel.execute(code, 120)
    assert reply.state is State.LIMIT
    assert reply.reason == "It ran more than 20 processes at once."


@pytest.mark.parametrize("folder", [".", "sub", "$TMPDIR"])
def test_disk(start: Start, folder: str) -> None:
    """A post that writes for ever would fill the disk."""
    code = (
        f"import os, time\nfolder = os.path.expandvars({folder!r})\n"
        "os.makedirs(folder, exist_ok=True)\n"
        "for i in range(10_000):\n"
        "  open(f'{folder}/{i}', 'wb').write(b'x' * 1_000_000); time.sleep(0.005)"
    )
    with start(Limits(disk=50 * MIB)) as kernel:
        kernel.execute("1", 60)
        reply = kernel.execute(code, 120)
    assert reply.state is State.LIMIT
    assert reply.reason == "It filled its folders with more than 50 MiB."


def test_earlier_outputs_are_kept(start: Start) -> None:
    """A limit would take away what had been shown before."""
    with start(Limits(processes=3)) as kernel:
        kernel.execute("'shown'", 60)
        code = "import subprocess\nfor i in range(9): subprocess.Popen(['sleep', '600'])\n"
        reply = kernel.execute(code + "__import__('time').sleep(600)", 120)
        assert reply.state is State.LIMIT
        assert kernel.outputs()[0] != ()


def test_folders_are_counted_once(tmp_path: Path) -> None:
    """A folder within another would be counted twice."""
    inner, env = tmp_path / "inner", {"TMPDIR": str(tmp_path / "inner" / "tmp")}
    assert Workplace("python3", inner, tmp_path, env).folders == (tmp_path,)
    assert Workplace("python3", inner, inner, {}).folders == (inner,)
