"""The kernel server that gets itself ready before it is known what has to run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from helpers import MKDOCS_YML, clean_environment, write_site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux"),
]

BROKEN = "def on_config(config, **_):\n    raise RuntimeError('broken on purpose')\n"
POST = {"posts/2026-01-01-p.md": "# 글\n\n내용입니다.\n"}


@pytest.mark.parametrize("hook", ["", BROKEN])
def test_server_that_is_not_needed_ends(tmp_path: Path, hook: str) -> None:
    """It would stay, with its folder, where nothing has to run or a build fails at its start."""
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    project = write_site(
        tmp_path / "a site", POST, MKDOCS_YML + ("hooks: [hook.py]\n" * bool(hook))
    )
    project.write("hook.py", hook)
    watched = (
        "import haebom.kernels.preloaded.client as client, mkdocs.__main__\n"
        "launch = client.KernelServer.launch\n"
        "def told(self):\n    launch(self)\n    print('launched', self._process.pid, flush=True)\n"
        "client.KernelServer.launch = told\n"
        "mkdocs.__main__.cli(['build', '-q'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched],
        cwd=project.root,
        env={**clean_environment(), "TMPDIR": str(tmp)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode == 0) is not bool(hook), done.stderr
    pids = [int(line.split()[1]) for line in done.stdout.splitlines() if "launched" in line]
    assert len(pids) == 1, done.stdout
    assert not psutil.pid_exists(pids[0])
    assert list(tmp.iterdir()) == []
