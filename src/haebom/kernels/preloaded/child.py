"""What a forked child does: becomes the kernel of one post, and runs its cells."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import ctypes
import io
import json
import os
import random
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from IPython.core.shellapp import InteractiveShellApp

from haebom.kernels.bootstrap import evaluate, reverse_listings
from haebom.kernels.containment import linux
from haebom.kernels.containment.enter import contain
from haebom.kernels.containment.plan import ContainmentError, Plan, clause
from haebom.kernels.notices import notices
from haebom.kernels.preloaded import wire
from haebom.kernels.preloaded.shell import INLINE, answer_comm, as_launched, run_cell
from haebom.kernels.preloaded.streams import Channel, OutStream, flush_all, libc
from haebom.kernels.tracing import tracer
from haebom.kernels.uses import reader

_LINE_BUFFERED = 1


class Child:
    """The kernel process of one post.

    Args:
        kernel: The kernel object that the server has built.
        channel: The way to the builder.
    """

    def __init__(self, kernel: Any, channel: Channel) -> None:
        self._kernel = kernel
        self._channel = channel
        self._streams = OutStream(channel, wire.STDOUT), OutStream(channel, wire.STDERR)
        self._loop = asyncio.new_event_loop()
        self._context: contextvars.Context | None = None
        self._alive = True

    def set_up(self, setup: dict[str, Any]) -> None:
        """Take the post's place in the world.

        Args:
            setup: Environment, working directory, private folder and seed.
        """
        _replace_environment(setup["env"])
        self._kernel.shell.init_environment()
        os.environ["MPLBACKEND"] = os.environ.get("MPLBACKEND") or INLINE
        os.chdir(setup["cwd"])
        reverse_listings()
        tempfile.tempdir = None  # the server's
        InteractiveShellApp.init_path(SimpleNamespace(ignore_cwd=False))  # finds local modules
        sys.argv = as_launched(Path(setup["private"], "kernel.json"))
        self._redirect()
        asyncio.set_event_loop(self._loop)
        self._kernel.session.channel = self._channel
        random.seed(setup["seed"])  # Python seeds it anew in every forked process
        tracer.sink = tracer.add
        tracer.start(setup["private"])
        notices.forget()
        # Every cell runs in this context, or settings such as np.errstate would be lost between.
        self._context = contextvars.copy_context()

    def _redirect(self) -> None:
        """Point Python's and C's standard streams to the builder."""
        out, err = self._streams
        sys.stdout, sys.stderr = out, err
        out.other, err.other = err, out
        sys.__stdout__, sys.__stderr__ = (  # type: ignore[misc]
            io.TextIOWrapper(
                io.FileIO(fd, "w", closefd=False), encoding="utf-8", line_buffering=True
            )
            for fd in (1, 2)
        )
        with contextlib.suppress(ValueError):  # C libraries name their stdout differently
            c_stdout = ctypes.c_void_p.in_dll(libc, "stdout")
            libc.setvbuf(c_stdout, None, _LINE_BUFFERED, 0)

    def serve(self) -> None:
        """Do what the builder asks for, until it is gone or a cell calls ``exit()``."""
        while self._alive:
            self._loop.run_until_complete(self._command_waiting())
            frame = self._channel.receive()
            if frame.kind == wire.RUN:
                self._run(json.loads(frame.payload))
                self._channel.send(wire.DONE)
            elif frame.kind == wire.TRACE:
                found = {"uses": reader.report(), "notices": notices.report()}
                report = json.dumps({**tracer.report(), **found})
                self._channel.send(wire.TRACE, report.encode("utf-8", "surrogateescape"))
            elif frame.kind == wire.VALUE:
                report = json.dumps(self._evaluate(json.loads(frame.payload)))
                self._channel.send(wire.VALUE, report.encode())

    async def _command_waiting(self) -> None:
        """Let the post's tasks go on while there is nothing to do."""
        waiting = asyncio.Event()
        fd = self._channel.fileno()
        self._loop.add_reader(fd, waiting.set)
        try:
            await waiting.wait()
        finally:
            self._loop.remove_reader(fd)

    def _run(self, command: dict[str, Any]) -> None:
        for stream in self._streams:
            stream.start_cell()
        work = self._work(command)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            task = self._loop.create_task(work, context=self._context)
            self._alive = self._loop.run_until_complete(task)
        except KeyboardInterrupt:
            pass  # it arrived outside of the cell's own code; the builder knows about it
        except Exception as error:
            self._report(error)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        flush_all()

    def _evaluate(self, parts: list[str]) -> dict[str, Any]:
        assert self._context is not None
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return self._context.run(evaluate, self._kernel.shell.user_ns, *parts)
        except KeyboardInterrupt:
            return {}  # it took too long; the builder knows about it
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            flush_all()

    def _report(self, error: Exception) -> None:
        """Tell about an exception outside of the cell's code: the post has upset its kernel."""
        lines = traceback.format_exception_only(error)
        name = type(error).__name__
        content = {"ename": name, "evalue": str(error), "traceback": lines}
        parent = self._kernel.get_parent("shell")
        self._kernel.session.send(None, "error", content, parent)

    async def _work(self, command: dict[str, Any]) -> bool:
        for message in command["comms"]:
            answer_comm(self._kernel, message)
        return await run_cell(self._kernel, self._loop, command["cell"], command["code"])


def main(kernel: Any, fds: tuple[int, int, int], server: int, room: int | None) -> None:
    """Serve one post; returns when it has ended by itself.

    Args:
        kernel: The kernel object that the server has built.
        fds: Socket, and the pipes for standard output and standard error.
        server: Process id of the server, without which the child must not live.
        room: File descriptor that stands for the first process of the room that it is in, if it is
            in one; that ends with the server too.
    """
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if room is None and os.getppid() != server:  # which it does not see from within a room
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for fd in fds:
        os.set_inheritable(fd, False)
    control, *pipes = fds
    setup = _receive_setup(control)
    problem = _contain(setup.pop("plan"), room)
    channel = Channel(control, (pipes[0], pipes[1]))
    channel.send(wire.READY, problem.encode("utf-8", "surrogateescape"))
    if not problem:
        child = Child(kernel, channel)
        child.set_up(setup)
        child.serve()


def _receive_setup(control: int) -> dict[str, Any]:
    """The first frame; the channel is made in the process that becomes the kernel."""
    assembler = wire.Assembler()
    while packet := os.read(control, wire.PAYLOAD * 2):
        frame = assembler.feed(packet)
        if frame is not None:
            setup: dict[str, Any] = json.loads(frame.payload)
            return setup
    os._exit(0)  # the builder is gone


def _contain(plan: dict[str, Any] | None, room: int | None) -> str:
    """Contain this process; return what is in the way, as a clause."""
    if plan is None:
        return ""
    try:
        contain(Plan.from_json(plan), room)
    except (OSError, ContainmentError) as error:
        return clause(error)
    if room is not None:
        os.close(room)
    return ""


def _replace_environment(env: dict[str, str]) -> None:
    for name in set(os.environ) - set(env):
        del os.environ[name]
    for name, value in env.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
