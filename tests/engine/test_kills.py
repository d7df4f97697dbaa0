"""Builds that are killed at any moment lose nothing and leave nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from haebom.store import Store

CONFIG = """\
site_name: kills
theme: {name: material}
plugins: [{blog: {}}, {haebom: {preload: [], env: {KILLS_MARK: "%s"}}}]
"""
STARTS_ANOTHER = "import subprocess, time\nsubprocess.Popen(['sleep', '600'])\ntime.sleep(0.05)"
KILLS = int(os.environ.get("HAEBOM_KILLS", "12"))
"""How many builds are killed; HAEBOM_KILLS=200 for the long trial."""


def write_site(root: Path, mark: str) -> None:
    """Six posts, each of which starts a process that would go on by itself."""
    (root / "posts").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "docs/index.md").write_text("# home\n")
    (root / "mkdocs.yml").write_text(CONFIG % mark)
    for number in range(6):
        code = f"{STARTS_ANOTHER}\nprint({number})"
        text = f"# Post {number}\n\n```python\n{code}\n```\n"
        (root / f"posts/2026-01-01-p{number}.md").write_text(text)


def marked(mark: str) -> list[psutil.Process]:
    """Processes that a post of this site is, or has started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("KILLS_MARK") == mark and process.status() != "zombie":
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def wait_until_gone(mark: str) -> list[psutil.Process]:
    """Processes of the posts that are still there after a generous while."""
    for _ in range(100):
        left = marked(mark)
        if not left:
            return []
        time.sleep(0.1)
    return left


@pytest.mark.slow
@pytest.mark.timeout(KILLS * 20)
def test_killed_builds(tmp_path: Path) -> None:
    """A kill would corrupt the store, or leave kernels and what they started running."""
    mark = f"haebom-kills-{os.getpid()}"
    write_site(tmp_path, mark)
    command = [sys.executable, "-m", "haebom", "check", "--fresh"]
    chance = random.Random(7)
    for _ in range(KILLS):
        build = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.3, 3.5))
        build.send_signal(signal.SIGKILL)
        build.wait()
        assert wait_until_gone(mark) == []
        store = Store(tmp_path / ".haebom")
        for path in (tmp_path / ".haebom/runs").glob("*/*/*.json"):
            assert list(store.candidates(path.parent.name)), path
    done = subprocess.run(command[:-1], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    again = subprocess.run(command[:-1], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "0 ran, 6 reused" in again.stdout, again.stdout


@pytest.mark.slow
def test_two_builds_at_once(tmp_path: Path) -> None:
    """Two builds in one folder would spoil each other's runs."""
    write_site(tmp_path, f"haebom-two-{os.getpid()}")
    command = [sys.executable, "-m", "haebom", "check", "--fresh"]
    for _ in range(2):
        builds = [
            subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for build in builds:
            said, _ = build.communicate()
            assert build.returncode == 0, said
            assert "6 ran" in said and "0 findings" in said, said
    again = subprocess.run(command[:-1], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "0 ran, 6 reused" in again.stdout, again.stdout
