"""The kernel server that gets itself ready before it is known what has to run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from haebom.glance import Glance
from helpers import MKDOCS_YML, Project, clean_environment, write_site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux"),
]

BROKEN = "def on_config(config, **_):\n    raise RuntimeError('broken on purpose')\n"
NOT_VALID = "site_name: x\nplugins: [{haebom: {job: 2}}]\n"
"""Without Material's blog, which leaves a folder where options are not valid."""
POST = {"posts/2026-01-01-p.md": "# 글\n\n```yaml\nkey: value\n```\n"}
"""It looks as if something had to run."""


WATCHED = """
import sys
import haebom.kernels.preloaded.process as process
begin = process.ServerProcess.__init__
def told(self, env, contains):
    begin(self, env, contains)
    print("launched", self.pid, "pydantic" in sys.modules, contains, flush=True)
tell = process.ServerProcess.tell
def asked(self, names, final):
    tell(self, names, final)
    print("asked", "pydantic" in sys.modules, final, *names, flush=True)
process.ServerProcess.__init__, process.ServerProcess.tell = told, asked
sys.argv = ["mkdocs", "build", "-q"]
"""
SCRIPT = "from mkdocs.__main__ import cli; cli()"
MODULE = "import runpy; runpy.run_module('mkdocs', run_name='__main__', alter_sys=True)"


def _launched(
    project: Project, tmp: Path, start: str = MODULE, what: str = "launched"
) -> tuple[bool, list[list[str]]]:
    """Build a site; say whether that went well, and which servers were launched, or asked for
    what."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED + start],
        cwd=project.root,
        env={**clean_environment(), "TMPDIR": str(tmp)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = [line.split()[1:] for line in done.stdout.splitlines() if what in line]
    return done.returncode == 0, found


@pytest.mark.parametrize(
    "config",
    [MKDOCS_YML, f"{MKDOCS_YML}hooks: [hook.py]\n", NOT_VALID],
    ids=["built", "broken", "not valid"],
)
def test_server_that_is_not_needed_ends(tmp_path: Path, config: str) -> None:
    """It would stay, with its folder, where nothing has to run, or a build fails at its start, or
    before that."""
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    project = write_site(tmp_path / "a site", POST, config)
    project.write("hook.py", BROKEN)
    is_built, launched = _launched(project, tmp)
    assert is_built is (config == MKDOCS_YML)
    assert len(launched) == 1
    assert not psutil.pid_exists(int(launched[0][0]))
    assert list(tmp.iterdir()) == []


@pytest.mark.parametrize("start", [SCRIPT, MODULE], ids=["mkdocs", "python -m mkdocs"])
@pytest.mark.parametrize(
    ("option", "contains"),
    [
        ("jobs: 2", ["True"]),
        ("contain: off", ["True", "False"]),
        ("env: {LEVEL: '1'}", ["True", "True"]),
        ("store: elsewhere", []),
    ],
)
def test_server_is_launched_before_options_are_read(
    tmp_path: Path, option: str, contains: list[str], start: str
) -> None:
    """It would wait for what reads them; or be used where the site's posts need another one, or be
    started where there is nothing to do."""
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    project = write_site(tmp_path / "a site", POST, MKDOCS_YML.replace("jobs: 2", option))
    Glance(project.root, project.root / "posts", project.root / "elsewhere").leave_record()
    is_built, launched = _launched(project, tmp, start)
    assert is_built
    assert [contained for _, _, contained in launched] == contains
    assert all(is_late == "False" for _, is_late, _ in launched[:1])
    assert not any(psutil.pid_exists(int(pid)) for pid, _, _ in launched)
    assert list(tmp.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [("끝", "마침", 0), ("1 + 1", "1 + 2", 1), ("1 + 1", "1 / 0", 1)],
    ids=["prose", "code", "mistake"],
)
def test_server_is_launched_early_for_an_edit(
    tmp_path: Path, old: str, new: str, count: int
) -> None:
    """Whoever changes a cell would wait for all else first; or a machine would work in vain at each
    new sentence."""
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    text = "# 글\n\n```python\nprint(1 + 1)\n```\n\n끝입니다.\n"
    project = write_site(tmp_path / "a site", {"posts/2026-01-01-p.md": text})
    assert _launched(project, tmp)[0]
    project.write("posts/2026-01-01-p.md", text.replace(old, new))
    is_built, launched = _launched(project, tmp)
    assert [is_late for _, is_late, _ in launched] == ["False"] * count
    assert is_built is (new != "1 / 0")
    if not is_built:  # so it will run again
        assert len(_launched(project, tmp)[1]) == 1
    assert list(tmp.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "early"),
    [
        ("jobs: 2", [["False", "False", "numpy.random"]]),
        ("preload: [sklearn, numpy]", [["False", "False", "numpy"]]),
        ("preload: []", [["False", "False"]]),
        ("preload: 5", []),
    ],
)
def test_server_hears_early_what_to_import(
    tmp_path: Path, option: str, early: list[list[str]]
) -> None:
    """It would wait for that, or import what the site does not want to have preloaded; a mistake in
    the options would end in a traceback."""
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    files = {"posts/2026-01-01-p.md": "# 글\n\n```python\nimport numpy\n```\n"}
    project = write_site(tmp_path / "a site", files, MKDOCS_YML.replace("jobs: 2", option))
    is_built, asked = _launched(project, tmp, what="asked")
    assert is_built is bool(early)
    assert [words for words in asked if words[0] == "False"] == early
    assert [words[2:] for words in asked if words[1] == "True"] == [words[2:] for words in early]
