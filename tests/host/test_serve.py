"""A real `mkdocs serve`, while somebody writes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from helpers import Project, clean_environment, write_site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]

ONE = "# 하나\n\n```python\nprint('one', 1 + 1)\n```\n"


class Preview:
    """A running `mkdocs serve`, with what it has said so far."""

    def __init__(self, project: Project) -> None:
        self.project = project
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{self.port}"],
            cwd=project.root,
            env={**clean_environment(), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.decode("utf-8", "replace"))

    def page(self, path: str) -> str:
        """A page as a reader would get it now, or an empty string if there is none."""
        try:
            url = f"http://127.0.0.1:{self.port}/blog-site/{quote(path)}"
            with urllib.request.urlopen(url, timeout=5) as reply:
                return str(reply.read().decode("utf-8"))
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return ""

    def wait(self, path: str, text: str, there: bool = True, seconds: float = 60) -> str:
        """Wait until a page holds a text, or does not any more."""
        end = time.monotonic() + seconds
        while (text in (page := self.page(path))) is not there:
            assert time.monotonic() < end, f"{path}: {text!r}\n{''.join(self.lines)[-3000:]}"
            assert self.process.poll() is None, "".join(self.lines)
            time.sleep(0.1)
        return page

    def ran(self) -> list[str]:
        """Which posts have run so far, in order of their names."""
        return sorted(line.split()[1] for line in list(self.lines) if line.startswith("ran "))

    def stop(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(10)
            if self.process.stdout is not None:
                self.process.stdout.close()


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    """A preview of a blog with two posts."""
    posts = {
        "posts/2026-01-01-one.md": ONE,
        "posts/2026-01-02-둘.md": "# 둘\n\n```python\nprint('two', 2 + 2)\n```\n",
    }
    running = Preview(write_site(tmp_path / "a site", posts))
    try:
        yield running
    finally:
        running.stop()


def test_a_preview_follows_its_posts(preview: Preview) -> None:
    """A new, changed, deleted or renamed post would not appear, or everything run again."""
    project = preview.project
    preview.wait("blog/one/", "one 2")
    preview.wait("blog/둘/", "two 4")
    assert preview.ran() == ["posts/2026-01-01-one.md", "posts/2026-01-02-둘.md"]
    # changed
    project.write("posts/2026-01-01-one.md", ONE.replace("1 + 1", "10 + 1"))
    preview.wait("blog/one/", "one 11")
    preview.wait("blog/둘/", "two 4")
    assert preview.ran()[:2] == ["posts/2026-01-01-one.md"] * 2
    assert len(preview.ran()) == 3
    # prose alone
    project.write("posts/2026-01-01-one.md", ONE.replace("1 + 1", "10 + 1") + "\n덧붙임\n")
    preview.wait("blog/one/", "덧붙임")
    assert len(preview.ran()) == 3
    # new
    project.write("posts/2026-01-03-three.md", "# 셋\n\n```python\nprint('three', 3 + 3)\n```\n")
    preview.wait("blog/three/", "three 6")
    assert len(preview.ran()) == 4
    # renamed: the run of the same code serves the new name
    (project.root / "posts/2026-01-03-three.md").rename(project.root / "posts/2026-01-03-drei.md")
    preview.wait("blog/drei/", "three 6")
    preview.wait("blog/three/", "three 6", there=False)
    assert len(preview.ran()) == 4
    # deleted
    (project.root / "posts/2026-01-03-drei.md").unlink()
    preview.wait("blog/drei/", "three 6", there=False)
    # a bundle's data
    project.write("posts/2026-01-04-b/n.txt", "7")
    code = "print(open('n.txt').read() * 3)"
    project.write("posts/2026-01-04-b/index.md", f"# 넷\n\n```python\n{code}\n```\n")
    preview.wait("blog/b/", "777")
    project.write("posts/2026-01-04-b/n.txt", "8")
    preview.wait("blog/b/", "888")
    # each change has built the site once: a build that changed what is watched would go on
    builds = sum("Building documentation" in line for line in preview.lines)
    assert builds <= 12, "".join(preview.lines)
    # drafts are shown to their author
    draft = "---\ndraft: true\n---\n# 초고\n\n```python\nprint('dr' + 'aft')\n```\n"
    project.write("posts/2026-01-05-d.md", draft)
    preview.wait("blog/d/", "draft</pre>")


def test_a_preview_shows_failures_on_their_page(preview: Preview) -> None:
    """A failing post would end the preview, or hide why it fails."""
    project = preview.project
    preview.wait("blog/one/", "one 2")
    project.write("posts/2026-01-01-one.md", ONE.replace("print(", "undefined("))
    page = preview.wait("blog/one/", "NameError")
    assert "이 글에 고칠 곳이 있습니다." in page
    assert "posts/2026-01-01-one.md:4" in page
    assert "two 4" in preview.page("blog/둘/")
    count = len(preview.ran())
    # another post changes: the failing one does not run again
    project.write("posts/2026-01-02-둘.md", "# 둘\n\n```python\nprint('two', 3)\n```\n")
    preview.wait("blog/둘/", "two 3")
    assert len(preview.ran()) == count + 1
    # what cannot even be read
    project.write("posts/2026-01-01-one.md", b"\xff\xfe")
    preview.wait("blog/one/", "UTF-8")
    project.write("posts/2026-01-01-one.md", ONE)
    page = preview.wait("blog/one/", "one 2")
    assert "고칠 곳" not in page


@pytest.mark.skipif(sys.platform == "win32", reason="needs /proc")
def test_a_preview_ends_with_its_kernels(preview: Preview) -> None:
    """Ctrl-C would leave the preview's kernels behind."""
    import psutil

    preview.wait("blog/one/", "one 2")
    family = psutil.Process(preview.process.pid).children(recursive=True)
    preview.stop()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert [p.pid for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
