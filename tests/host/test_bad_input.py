"""Everything that can be wrong with a file: a finding with its line and a hint, never a hang."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from helpers import MKDOCS_YML, Done, Project, write_site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bad")]

GOOD = "# 좋은 글\n\n```python\nprint('good')\n```\n"
POST = "posts/2026-01-02-bad.md"
YML = MKDOCS_YML.replace("jobs: 2", "jobs: 2\n      execute: {timeout: 20}")


def _check(tmp_path: Path, files: dict[str, str | bytes], config: str = YML) -> tuple[Done, str]:
    """Check a site; the good post beside the bad ones has to run whatever they do."""
    project = write_site(tmp_path, {"posts/2026-01-01-good.md": GOOD, **files}, config)
    before = project.tree("posts")
    done = project.haebom("check", timeout=100)
    assert project.tree("posts") == before
    assert "ran posts/2026-01-01-good.md" in done.text, done.text
    assert "error in haebom itself" not in done.text, done.text
    return done, done.text


CASES: dict[str, tuple[dict[str, str | bytes], str, str]] = {
    "not UTF-8": (
        {POST: "# 글\n\n둘째 줄\n".encode() + "셋째 줄은 옛 부호".encode("euc-kr")},
        f"{POST}:4: parse: The file is not UTF-8: byte 0xbc",
        "Save it as UTF-8",
    ),
    "broken front matter": (
        {POST: "---\ntitle: a\nslug: b: c\n---\n# 글\n"},
        f"{POST}:3: meta: The front matter is not YAML",
        "quotes",
    ),
    "broken JSON": (
        {"posts/2026-01-02-bad.ipynb": '{\n "cells": [\n  {"cell_type": "code",}\n ]\n}\n'},
        "posts/2026-01-02-bad.ipynb:3: parse: The notebook is not JSON",
        "Jupyter",
    ),
    "unknown key": (
        {POST: "---\ntitle: a\ncatgories: [x]\n---\n# 글\n"},
        f"{POST}:3: meta: There is no front matter key 'catgories'",
        "Did you mean 'categories'?",
    ),
    "duplicate slug": (
        {POST: "---\nslug: same\n---\n# 글\n", "posts/2026-01-03-same.md": "# 글\n"},
        "posts/2026-01-03-same.md:1: duplicate: The slug 'same' is taken by " + POST,
        "Rename one of the files",
    ),
    "two posts, one page": (
        {POST: "# 글\n", "posts/2026-01-02-bad.ipynb": '{"cells": []}'},
        f"{POST}:1: duplicate: The page 'blog/posts/2026-01-02-bad.md' is taken by",
        "Rename one of the files",
    ),
    "missing image": (
        {POST: "# 글\n\n- 목록\n\n    ![없음](없는%20그림.png)\n"},
        f"{POST}:5: missing-asset: There is no image '없는 그림.png'",
        "It was looked for at posts/없는 그림.png",
    ),
    "broken link": (
        {POST: "# 글\n\n[없음](nowhere.md#a)\n"},
        f"{POST}:3: broken-link: The link 'nowhere.md' leads nowhere",
        "Write it as a path",
    ),
    "missing data": (
        {POST: "---\ntitle: a\ndata: [d.csv]\n---\n```python\nopen('d.csv')\n```\n"},
        f"{POST}:3: missing-data: There is no data file 'posts/d.csv'",
        "'data:' takes paths relative to the post",
    ),
    "data outside the project": (
        {POST: "---\ndata: [../../../etc/passwd]\n---\n# 글\n"},
        f"{POST}:2: missing-data: The data '",
        "'data:' takes paths relative to the post",
    ),
    "unknown kernel": (
        {POST: "---\ntitle: a\nkernel: no-such\n---\n글\n\n```no\nx\n```\n"},
        f"{POST}:3: kernel: There is no Jupyter kernel named 'no-such' here.",
        "Kernels here: ",
    ),
    "input()": (
        {POST: "# 글\n\n```python\nx = 1\nname = input('?')\n```\n"},
        f"{POST}:5: cell-error: StdinNotImplementedError",
        "give the value in code",
    ),
    "sys.exit": (
        {POST: "# 글\n\n```python\nimport sys\n\nsys.exit(3)\n```\n"},
        f"{POST}:6: cell-error: SystemExit: 3",
        "Take the exit out",
    ),
    "killed kernel": (
        {POST: "# 글\n\n```python\nimport os\nos.kill(os.getpid(), 9)\n```\n"},
        f"{POST}:4: cell-error: The kernel ended while it ran (signal 9)",
        "",
    ),
    "100 MB of output": (
        {POST: "# 글\n\n```python\nfor _ in range(100):\n    print('x' * 1_000_000)\n```\n"},
        f"{POST}:4: limit: It printed more than 1,000,000 characters",
        "",
    ),
    "100 MB of data": (
        {
            POST: "# 글\n\n```python\nfrom IPython.display import HTML, display\n"
            "display(HTML('x' * 100_000_000))\n```\n"
        },
        f"{POST}:4: limit: It displayed more than 32,000,000 bytes",
        "",
    ),
    "endless": (
        {POST: "# 글\n\n```python\n#| timeout: 1\nwhile True:\n    pass\n```\n"},
        f"{POST}:4: timeout: It ran longer than its limit of 1 seconds",
        "timeout:",
    ),
    "endless, deaf": (
        {
            POST: "# 글\n\n```python\n#| timeout: 1\nimport signal, time\n"
            "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    time.sleep(1)\n```\n"
        },
        f"{POST}:4: timeout: It ran longer than its limit of 1 seconds",
        "timeout:",
    ),
    "no module": (
        {POST: "# 글\n\n```python\nx = 1\nimport no_such_module\n```\n"},
        f"{POST}:5: cell-error: ModuleNotFoundError: No module named 'no_such_module'",
        "requirements.txt",
    ),
    "syntax error": (
        {POST: "# 글\n\n```python\nx = 1\ny = (\nz = 2\n```\n"},
        f"{POST}:5: cell-error: SyntaxError: '(' was never closed",
        "",
    ),
    "no date": (
        {"posts/undated.md": "# 글\n"},
        "posts/undated.md:1: meta: The post has no date.",
        "Begin the file name with one",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_input(name: str, tmp_path: Path) -> None:
    """A bad file would end the command, be told at another line, or take the good post along."""
    files, finding, hint = CASES[name]
    done, text = _check(tmp_path / "a site", files)
    assert done.code == 1, text
    assert finding in text, text
    assert hint in text.split(finding)[1], text


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read would end the command with an error of haebom's own."""
    from helpers import Bench, plain_site

    project = Project(tmp_path)
    project.write("posts/2026-01-01-good.md", GOOD)
    project.write(POST, "# 글\n")
    original = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == Path(POST).name:
            raise PermissionError(13, "Permission denied", str(path))
        return original(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    checked, ran = Bench(plain_site(tmp_path)).check()
    (finding,) = [f for item in checked for f in item.findings]
    assert (str(finding.at), str(finding.code)) == (f"{POST}:1", "parse")
    assert "Permission denied" in finding.message
    assert ran == ["posts/2026-01-01-good.md"]


def test_a_build_with_bad_input_publishes_nothing(tmp_path: Path) -> None:
    """A site with one bad post would be published in part."""
    files = {
        path: content
        for name in ("not UTF-8", "broken JSON")
        for path, content in CASES[name][0].items()
    }
    files["posts/2026-01-02-bad.ipynb"], bad = "{", files["posts/2026-01-02-bad.ipynb"]
    project = write_site(tmp_path / "a site", {"posts/2026-01-01-good.md": GOOD}, YML)
    assert project.build().code == 0
    before = project.tree()
    for path, content in files.items():
        project.write(path, content)
    project.write("posts/2026-01-04-bad.ipynb", bad)
    done = project.run("mkdocs", "build")
    assert done.code == 1
    assert len(re.findall(r": parse: ", done.text)) == 3, done.text
    assert project.tree() == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs /proc")
def test_nothing_stays_behind(tmp_path: Path) -> None:
    """Processes or folders of posts would stay behind when a post is stopped."""
    code = (
        "# 글\n\n```python\nimport subprocess, sys\n"
        "subprocess.Popen(['sleep', '987654'], start_new_session=True)\n"
        "open('/dev/null')\n```\n\n```python\n1/0\n```\n"
    )
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    project = write_site(tmp_path / "a site", {POST: code}, YML)
    done = project.haebom("check", env={"TMPDIR": str(tmp)})
    assert done.code == 1
    assert list(tmp.iterdir()) == []
    running = [
        path.parent.name
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if b"987654" in _content(path) and str(path.parent.name) != str(os.getpid())
    ]
    assert running == []


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
