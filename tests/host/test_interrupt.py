"""Ctrl-C while posts run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from helpers import MKDOCS_YML, clean_environment, write_site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("bad"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send"),
]


FREE = MKDOCS_YML.replace("      jobs: 2\n", "      jobs: 2\n      contain: off\n")
"""Posts of these tests write to a folder of the test."""


def eventually(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something is the case."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.mark.parametrize("command", [("haebom", "check"), ("mkdocs", "build")])
def test_ctrl_c(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Kernels, what they started, scratch folders or half a site would stay behind."""
    flags, tmp = tmp_path / "flags", tmp_path / "tmp"
    for folder in (flags, tmp):
        folder.mkdir()
    code = (
        "```python\nimport os, subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        "open(f'{FLAGS}/{os.getpid()}', 'w').close()\n"
        "open(f'{FLAGS}/{child.pid}', 'w').close()\ntime.sleep(300)\n```\n"
    ).replace("{FLAGS}", str(flags))
    posts = {f"posts/2026-01-0{n}-p{n}.md": f"# 글 {n}\n\n{code}" for n in (1, 2, 3)}
    project = write_site(tmp_path / "a site", posts, FREE)
    project.write("site/index.html", "old")
    before, sources = project.tree(), project.tree("posts")
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=project.root,
        env={**clean_environment(), "TMPDIR": str(tmp)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        eventually(lambda: len(list(flags.iterdir())) >= 4, "two posts run at once")
        started = [int(path.name) for path in flags.iterdir()]
        started += [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(signal.SIGINT)
        text = process.communicate(timeout=30)[0].decode()
    finally:
        process.kill()
        process.wait()
    if command[0] == "haebom":
        assert process.returncode == 2, text
        assert "interrupted" in text
    else:
        assert process.returncode != 0
    assert "Traceback" not in text, text
    eventually(lambda: not any(map(_lives, started)), "all processes have ended", 10)
    assert list(tmp.iterdir()) == []
    assert len(list(flags.iterdir())) == 4  # the third post was never started
    assert project.tree() == before
    assert project.tree("posts") == sources
    assert [path.name for path in project.root.glob(".site*")] == []


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_kernels_end_with_a_killed_command(tmp_path: Path) -> None:
    """Kernels would run on for ever when the command itself is killed without a warning."""
    flags = tmp_path / "flags"
    flags.mkdir()
    code = (
        "```python\nimport os, time\n"
        f"open(f'{flags}/{{os.getpid()}}', 'w').close()\ntime.sleep(300)\n```\n"
    )
    project = write_site(tmp_path / "a site", {"posts/2026-01-01-p.md": f"# 글\n\n{code}"}, FREE)
    process = subprocess.Popen(
        [sys.executable, "-m", "haebom", "-q", "check"],
        cwd=project.root,
        env=clean_environment(),
        start_new_session=True,
    )
    try:
        eventually(lambda: bool(list(flags.iterdir())), "the post runs")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    (pid,) = [int(path.name) for path in flags.iterdir()]
    eventually(lambda: not _lives(pid), "the kernel has ended", 30)
