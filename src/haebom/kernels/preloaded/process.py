"""The process of a kernel server.

It takes as long to get ready as everything else that a build begins with, so whoever wants to start
it early must not wait for more than this module needs: little but the standard library.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from haebom.seed import SEED

_ERRORS = "errors.log"
_LARGE_PAGES = "glibc.malloc.hugetlb=1"
"""See https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html."""


def available() -> bool:
    """Whether this system can fork kernels safely.

    On macOS system libraries do not survive a fork, on Windows there is none.
    """
    return sys.platform == "linux"


class ServerProcess:
    """Starts the process; it gets itself ready, and then waits to be told what to import.

    Args:
        env: Its whole environment.
        contains: Whether it is to make rooms for kernels, where there are namespaces.
    """

    def __init__(self, env: Mapping[str, str], contains: bool) -> None:
        self.env = dict(env)
        self.contains = contains
        self.rooms: socket.socket | None = None
        """The way to what makes rooms."""
        self._folder = Path(tempfile.mkdtemp(prefix=f"haebom-{os.getpid()}-server-"))
        with contextlib.ExitStack() as stack, contextlib.ExitStack() as failure:
            failure.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            failure.enter_context(self.socket)
            fds = [stack.enter_context(theirs).fileno()]
            if contains:
                self.rooms, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                failure.enter_context(self.rooms)
                fds.append(stack.enter_context(theirs).fileno())
            # the C library takes memory by large pages, which are quickly had, shared and let go
            tunables = ":".join(filter(None, (self.env.get("GLIBC_TUNABLES"), _LARGE_PAGES)))
            command = [sys.executable, "-m", "haebom.kernels.preloaded", str(self._folder)]
            self._process = subprocess.Popen(
                [*command, str(SEED), *map(str, fds)],
                env={**self.env, "GLIBC_TUNABLES": tunables},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stack.enter_context((self._folder / _ERRORS).open("wb")),
                pass_fds=fds,
                start_new_session=True,  # an interrupt at the terminal is the builder's alone
            )
            failure.pop_all()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def tell(self, names: Sequence[str], final: bool) -> None:
        """Say what to import.

        Args:
            names: Full names of modules; those not installed are left out.
            final: Whether these are all, and kernels may be asked for.
        """
        with contextlib.suppress(OSError):  # one that has ended is noticed by who waits for it
            self.socket.send(json.dumps({"names": names, "final": final}).encode())

    def last_words(self) -> str:
        """The last line that it has written to its standard error."""
        with contextlib.suppress(OSError):
            lines = (self._folder / _ERRORS).read_text("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else ""
        return ""

    def close(self, at_once: bool = False) -> None:
        """End it with all its kernels; any number of times.

        Args:
            at_once: Whether it has no kernels, and may be in the middle of an import.
        """
        self.socket.close()  # this is what ends it
        if self.rooms is not None:
            self.rooms.close()
        if at_once:
            self._process.kill()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
