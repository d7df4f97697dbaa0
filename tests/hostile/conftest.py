"""A place to attack: a project with secrets around it, whose posts run contained or not."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from haebom.kernels.containment.policy import missing
from haebom.model import Checked, Stream
from haebom.pipeline import Site, Workshop, check, find, load
from helpers import Project, Silent, plain_site

SECRET = "correct-horse-battery-staple"
"""What no post may get to know. It looks like no secret, so that nothing but containment helps."""

_LISTENING = 20.0
"""Seconds after which a test's listener gives up."""


@dataclass
class Lab:
    """A project whose posts attack it.

    Args:
        project: Its folder.
        home: The home of the user who builds it.
        site: Its options decide whether posts are contained.
        workshop: What runs its posts.
        is_open: Whether attacks have to succeed here.
    """

    project: Project
    home: Path
    site: Site
    workshop: Workshop
    is_open: bool
    checked: list[Checked] = field(default_factory=list)

    def attack(self, *cells: str, head: str = "") -> str:
        """Run cells as one post; give all that they printed."""
        fences = "\n\n".join(f"```python\n{cell}\n```" for cell in cells)
        self.project.write("posts/2026-01-01-a.md", f"---\ntitle: a\n{head}---\n\n{fences}\n")
        posts = load(self.site, find(self.site)[1])
        (checked,) = check(self.site, posts, self.workshop, Silent(), fresh=True)
        self.checked.append(checked)
        outputs = [o for cell in (checked.run.cells if checked.run else ()) for o in cell.outputs]
        return "".join(o.text for o in outputs if isinstance(o, Stream))

    @property
    def findings(self) -> list[str]:
        """What was found in the last post, as sentences."""
        return [f"{finding.code}: {finding.message}" for finding in self.checked[-1].findings]


MODES: dict[str, dict[str, Any]] = {
    "off": {"contain": "off"},
    "required": {"contain": "required"},
}


@pytest.fixture(scope="module", params=MODES)
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The project in each mode; without containment, every attack has to work."""
    is_open = request.param == "off"
    if not is_open and missing():
        pytest.skip(f"this system cannot contain posts: {missing()}")
    base = tmp_path_factory.mktemp("lab")
    home = base / "home"
    project = Project(home / "blog")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("DEPLOY_TOKEN", SECRET)
        for path in (".git/config", ".env", ".haebom/runs/own.json", "docs/index.md"):
            project.write(path, f"{SECRET}\n")
        project.write("lib/shared.py", "VALUE = 3\n")
        for name in (".ssh/id_ed25519", ".netrc", "notes.txt"):
            path = home / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(SECRET)
        limits = {"processes": 20, "memory": "600MiB", "disk": "60MiB"}
        options = {**MODES[request.param], "pythonpath": ["lib"], "preload": [], "limits": limits}
        site = plain_site(project.root, **options)
        with Workshop(site) as workshop:
            yield Lab(project, home, site, workshop, is_open)


@dataclass
class Listener:
    """A peer on this machine that takes one message."""

    address: Any
    heard: threading.Event

    def has_heard(self) -> bool:
        """Whether anything came within a moment."""
        return self.heard.wait(0.5)


Listen = Callable[[int, int, Any], Listener]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Open listeners, on 127.0.0.1 or at a path, for one test."""
    opened: list[tuple[socket.socket, threading.Thread]] = []

    def make(family: int, kind: int, address: Any) -> Listener:
        server = socket.socket(family, kind)
        server.settimeout(_LISTENING)
        server.bind(address)
        if kind == socket.SOCK_STREAM:
            server.listen(1)
        if isinstance(address, str) and not address.startswith("\0"):
            os.chmod(address, 0o777)  # noqa: PTH101
        heard = threading.Event()

        def wait() -> None:
            try:
                if kind == socket.SOCK_STREAM:
                    server.accept()[0].close()
                else:
                    server.recv(100)
                heard.set()
            except OSError:
                return

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        opened.append((server, thread))
        return Listener(server.getsockname(), heard)

    yield make
    for server, thread in opened:
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(1)


def until(condition: Callable[[], bool], patience: float = 10.0) -> bool:
    """Whether something becomes true within some seconds."""
    end = time.monotonic() + patience
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()
