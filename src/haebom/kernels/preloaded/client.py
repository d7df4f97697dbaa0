"""The builder's side of a kernel server."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from haebom.kernels.base import KernelError, Workplace
from haebom.kernels.preloaded.kernel import Ends, PreloadedKernel

STARTUP = 120.0
"""Seconds that the preloaded packages may take to be imported."""


def available() -> bool:
    """Whether this system can fork kernels safely.

    On macOS system libraries do not survive a fork, on Windows there is none.
    """
    return sys.platform == "linux"


class KernelServer:
    """Starts kernels by forking a process that has imported the heavy packages.

    It is a factory of kernels (:class:`haebom.kernels.base.KernelFactory`) for any number of
    threads, and a context manager. Should the server die, the next kernel starts another.

    Args:
        preload: Full names of the modules that it imports; those not installed are left out.
        env: Its whole environment. What libraries read from it when they are imported holds for
            all posts, so posts with another environment need another server.
    """

    def __init__(self, preload: Sequence[str], env: Mapping[str, str]) -> None:
        self._preload = list(preload)
        self._env = dict(env)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._folder: Path | None = None
        self._closed = False
        self.problems: tuple[str, ...] = ()
        """What went wrong while modules were imported, as sentences."""

    @classmethod
    def start(cls, preload: Sequence[str], env: Mapping[str, str]) -> Self:
        """Start a server and wait until it has imported everything.

        Raises:
            KernelError: It cannot be started.
        """
        server = cls(preload, env)
        with server._lock:
            server._launch()
        return server

    def __call__(self, workplace: Workplace) -> PreloadedKernel:
        """Fork a kernel; see :class:`haebom.kernels.base.KernelFactory`."""
        mine, theirs = Ends.pairs()
        try:
            with self._lock:
                self._ask_for_fork(theirs)
        except BaseException:
            mine.close()
            raise
        finally:
            for fd in theirs:
                os.close(fd)
        return PreloadedKernel(workplace, mine)

    def _ask_for_fork(self, fds: list[int]) -> None:
        """Send the request, to a new server if there is none any more; the lock is held."""
        if self._closed:
            raise KernelError("The kernel server has been closed.")
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.send_fds(self._socket, [b"fork"], fds)
                return
        self._launch()
        assert self._socket is not None
        try:
            socket.send_fds(self._socket, [b"fork"], fds)
        except OSError as error:
            raise KernelError(f"The kernel server cannot be reached: {error}.") from error

    def _launch(self) -> None:
        """Start the process; the lock is held."""
        self._discard()
        self._folder = Path(tempfile.mkdtemp(prefix=f"haebom-{os.getpid()}-server-"))
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, tempfile.TemporaryFile() as errors:
            command = [sys.executable, "-m", "haebom.kernels.preloaded.server"]
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno()), json.dumps(self._preload), str(self._folder)],
                env=self._env,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # an interrupt at the terminal is the builder's alone
            )
            theirs.close()
            self._socket = mine
            mine.settimeout(STARTUP)
            try:
                report = mine.recv(1 << 17)
            except TimeoutError:
                report = b""
            if not report:
                reason = _last_line(errors)
                self._discard()
                raise KernelError(
                    f"The kernel server did not start{': ' + reason if reason else ''}.",
                    f"Its preload list is: {', '.join(self._preload) or 'empty'}.",
                )
        mine.settimeout(None)
        self.problems = tuple(json.loads(report)["problems"])

    def close(self) -> None:
        """End the server and all its kernels."""
        with self._lock:
            self._closed = True
            self._discard()

    def _discard(self) -> None:
        if self._socket is not None:
            self._socket.close()  # this is what ends it
            self._socket = None
        if self._process is not None:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _last_line(errors: IO[bytes]) -> str:
    with contextlib.suppress(OSError):
        errors.seek(0)
        lines = errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""
    return ""
