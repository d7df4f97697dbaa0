"""ipykernel's own kernel and shell, built once in the server, without a socket or a thread."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import importlib.util
import logging
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core import debugger
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session
from tornado.ioloop import IOLoop
from traitlets.config import Config

from haebom.kernels import bootstrap, figures
from haebom.kernels.preloaded import wire
from haebom.kernels.preloaded.streams import Channel, flush_all
from haebom.kernels.uses import reader

INLINE = "module://matplotlib_inline.backend_inline"
"""The Matplotlib backend that every IPython kernel names where nothing else is asked for."""

_UNSENT = frozenset({"status", "execute_input"})


class FrameSession(Session):  # type: ignore[misc]
    """A Jupyter session whose messages leave as frames."""

    channel: Channel | None = None

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> None:
        """Send a message; see :meth:`jupyter_client.session.Session.send`."""
        message = msg_or_type
        if isinstance(msg_or_type, str):
            message = self.msg(msg_or_type, content, parent, header, metadata)
        if message["header"]["msg_type"] in _UNSENT or self.channel is None:
            return
        if os.getpid() != self.channel.pid:
            return  # a process that the post has forked; its prints arrive, its displays do not
        slim = {
            "msg_type": message["header"]["msg_type"],
            "parent_header": {"msg_id": message["parent_header"].get("msg_id", "")},
            "content": message["content"],
            "metadata": message.get("metadata", {}),
            "buffers": [base64.b64encode(b).decode("ascii") for b in buffers or ()],
        }
        data = self.pack(slim)
        flush_all()
        self.channel.send(wire.MESSAGE, data)


class _Shell(ZMQInteractiveShell):  # type: ignore[misc]
    def enable_gui(self, gui: Any = None) -> None:
        """ipykernel's looks for a running application."""
        from ipykernel.eventloops import enable_gui

        enable_gui(gui, kernel=self.kernel)
        self.active_eventloop = gui


# tqdm, rich and others look for exactly this name.
_Shell.__name__ = _Shell.__qualname__ = ZMQInteractiveShell.__name__
_Shell.__module__ = ZMQInteractiveShell.__module__


def build(folder: Path) -> IPythonKernel:
    """Build kernel and shell, and warm them up.

    Args:
        folder: An empty folder for IPython's profile.
    """
    os.environ["MPLBACKEND"] = os.environ.get("MPLBACKEND") or INLINE
    config = Config()
    config.HistoryManager.enabled = False  # would start a thread
    config.HistoryManager.hist_file = ":memory:"
    config.IPKernelApp.tqdm = "tqdm looks for this section"
    debugger.Pdb = getattr(debugger, "InterruptiblePdb", debugger.Pdb)
    logging.getLogger("tornado").addHandler(logging.NullHandler())
    with _no_debugger():
        kernel = IPythonKernel.instance(
            config=config,
            session=FrameSession(),
            log=logging.getLogger("haebom.kernel"),
            iopub_socket=object(),
            profile_dir=ProfileDir.create_profile_dir(str(folder)),
            shell_class=_Shell,
            user_ns={},
        )
    kernel.log.addHandler(logging.NullHandler())
    kernel.log.propagate = False
    kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
    shell = kernel.shell
    shell.displayhook.get_execution_count = lambda: kernel.execution_count
    shell.extension_manager.load_extension("storemagic")
    warm_up(kernel)
    return kernel


def watch(kernel: IPythonKernel) -> None:
    """Hook into the shell: what it runs from now on is the post's.

    Args:
        kernel: What :func:`build` has built.
    """
    bootstrap.name_cells(kernel.shell)
    figures.register(kernel.shell)
    reader.watch(kernel.shell)


@contextlib.contextmanager
def _no_debugger() -> Iterator[None]:
    """Have ipykernel find no debugger: nobody could talk to it, and it takes long to import."""
    if "debugpy" in sys.modules:  # earlier versions of ipykernel have imported it by now
        yield
        return
    sys.modules["debugpy"] = None  # type: ignore[assignment] # which is how Python bars an import
    try:
        yield
    finally:
        del sys.modules["debugpy"]


def warm_up(kernel: IPythonKernel) -> None:
    """Load what the first cell of every post would have to wait for.

    Args:
        kernel: What :func:`build` has built.
    """
    asyncio.run(_run_first_cells(kernel))


async def _run_first_cells(kernel: IPythonKernel) -> None:
    kernel.io_loop = IOLoop.current()
    kernel.set_parent([], kernel.session.msg("execute_request", {}))
    await kernel.do_execute("pass", silent=True, store_history=False)
    await kernel.do_execute(
        "await __import__('asyncio').sleep(0)", silent=True, store_history=False
    )
    # torch.manual_seed() asks where it was called, and so for the lines of all code on the way
    stack = "__import__('traceback').format_stack()"
    await kernel.do_execute(stack, silent=True, store_history=False)
    kernel.shell.logger.log("", "")  # is made when the first cell is put into the history


async def run_cell(
    kernel: IPythonKernel, loop: asyncio.AbstractEventLoop, cell: int, code: str
) -> bool:
    """Run a cell the way that ipykernel runs it.

    Args:
        kernel: What :func:`build` has built.
        loop: The running event loop.
        cell: Number of the cell, which becomes the id of its messages' parent.
        code: The code.

    Returns:
        Whether the kernel goes on, as opposed to a cell that has called ``exit()``.
    """
    tornado_loop = IOLoop.current()
    # Tornado's own would not wake the loop up when it is called from a signal handler.
    tornado_loop.add_callback = lambda f, *args: loop.call_soon_threadsafe(f, *args)
    kernel.io_loop = tornado_loop
    parent = kernel.session.msg("execute_request", {"code": code, "silent": False})
    parent["header"]["msg_id"] = parent["msg_id"] = str(cell)
    kernel.set_parent([], parent)
    await kernel.do_execute(code, silent=False, store_history=True, allow_stdin=False)
    return not kernel.shell.exit_now


def answer_comm(kernel: IPythonKernel, message: dict[str, Any]) -> None:
    """Hand over what a front end would have sent to a widget.

    Args:
        kernel: What :func:`build` has built.
        message: A ``comm_msg``.
    """
    kernel.comm_manager.comm_msg(None, None, message)


def as_launched(connection: Path) -> list[str]:
    """``sys.argv`` of an ordinary kernel, since scripts that parse it must fail here too."""
    launcher = importlib.util.find_spec("ipykernel_launcher")
    return [str(launcher and launcher.origin), "-f", str(connection)]
