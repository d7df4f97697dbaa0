"""The kernel server: imports the preload list once, then forks a child for every post.

It is started as ``python -m haebom.kernels.preloaded FOLDER SEED FD [FD]``: a folder of its own,
the seed of all posts, a socket to the builder, and one that brings plans of rooms, if posts are to
be contained. The first messages, in JSON, say which modules to import, and whether these are all.
It stays single-threaded in Python, and it must only import: after one parallel operation of torch
here, every parallel operation in a child would hang.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import selectors
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from IPython.core import getipython

import haebom
from haebom.kernels import bootstrap
from haebom.kernels.containment import linux
from haebom.kernels.containment.enter import own_folders
from haebom.kernels.containment.rooms import Room
from haebom.kernels.notices import notices
from haebom.kernels.preloaded import child, heap, shell
from haebom.kernels.preloaded.families import Families, Family, put_on
from haebom.kernels.preloaded.pages import Pages
from haebom.kernels.preloaded.repeated import ARTIST, answered_once, described_once
from haebom.kernels.preloaded.shelf import Shelf
from haebom.kernels.tracing import KINDS, tracer

INTERRUPT = b"interrupt"
"""What the builder sends over a post's own socket to have it interrupted, and not killed."""

_INLINE = "matplotlib_inline.backend_inline"
_COMPANIONS = {
    "numpy": ("numpy.random",),
    "torch": ("torch._subclasses.schema_check_mode",),
    "pandas": ("pandas.io.formats.html", "pandas.io.formats.string"),
    "matplotlib.pyplot": (
        "matplotlib.backends.backend_agg",
        _INLINE,
        "PIL.BmpImagePlugin",
        "PIL.GifImagePlugin",
        "PIL.JpegImagePlugin",
        "PIL.PpmImagePlugin",
    ),
}
"""What a post would load lazily, and would have to wait for."""

_FIRST = {"matplotlib.pyplot": (ARTIST,)}
"""What is to be loaded before a module that would load it too."""

_TRACEBACKS = ("stack_data", "pygments.formatters", "pygments.formatters.terminal256")
"""What IPython loads with the first exception."""

_HELP = ("pydoc",)
"""What Python loads for ``help()``; an ordinary kernel has it from its debugger."""

_LONGEST = 1 << 17
"""Bytes of a message from the builder."""


class Server:
    """Forks kernels and looks after their processes.

    Args:
        builder: Socket that brings requests; its end is the server's end.
        kernel: What the children inherit.
        maker: Process id of what makes rooms, or 0.
    """

    def __init__(self, builder: socket.socket, kernel: Any, maker: int) -> None:
        self._builder = builder
        self._kernel = kernel
        self._families = Families(maker)
        self._pages = Pages()
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = os.pipe()

    def serve(self) -> None:
        """Work until the builder is gone, then end all children."""
        os.set_blocking(self._woken, False)
        os.set_blocking(self._waker, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        self._selector.register(self._builder, selectors.EVENT_READ, None)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        try:
            while self._serve_once():
                pass
        finally:
            self._families.end_all()

    def _serve_once(self) -> bool:
        for key, _ in self._selector.select():
            if key.fileobj is self._builder:
                request, fds, _, _ = socket.recv_fds(self._builder, _LONGEST, 6)
                if not request:
                    return False
                room = Room(*fds[4:]) if len(fds) > 4 else None
                self._fork(frozenset(json.loads(request)), room, *fds[:4])
            elif key.fileobj == self._woken:
                os.read(self._woken, 4096)
                self._reap()
            elif isinstance(key.data, Family):
                self._obey(key.data)
            else:
                self._leave(*key.data)
        return True

    def _obey(self, family: Family) -> None:
        try:
            wish = family.life.recv(64)
        except OSError:
            wish = b""
        if wish == INTERRUPT:
            self._families.interrupt(family)
        else:
            if self._families.runs(family):
                self._pages.learn(family.kind, family.pid)
            self._families.kill(family)
        if not wish:
            self._forget(family)

    def _reap(self) -> None:
        for family, code in self._families.reap():
            if family.room is None:
                self._tell_end(family, code)
            else:
                family.room.end()
                self._selector.register(family.room.first, selectors.EVENT_READ, (family, code))

    def _leave(self, family: Family, code: int) -> None:
        """Nothing is left in a family's room."""
        assert family.room is not None
        self._selector.unregister(family.room.first)
        family.room.close()
        self._families.forget(family)
        self._tell_end(family, code)

    def _tell_end(self, family: Family, code: int) -> None:
        if family.life.fileno() >= 0:
            _tell(family.life, b"exit %d" % code)
            self._forget(family)

    def _forget(self, family: Family) -> None:
        self._selector.unregister(family.life)
        family.life.close()

    def _fork(self, kind: frozenset[str], room: Room | None, life_fd: int, *fds: int) -> None:
        tag = self._families.next_tag()
        server, expected = os.getpid(), self._pages.expected(kind)
        try:
            if room is not None:
                room.await_child()
            pid = os.fork()
        except OSError:  # no place for one more process, or the room is gone
            for fd in (life_fd, *fds):
                os.close(fd)
            if room is not None:
                room.close()
            return
        if pid == 0:
            os.close(life_fd)
            with contextlib.suppress(OSError):  # then pages are copied one by one
                linux.populate(expected)
            self._become_child(tag, (fds[0], fds[1], fds[2]), server, room)
        for fd in fds:
            os.close(fd)
        family = Family(pid, socket.socket(fileno=life_fd), tag, room, kind)
        self._families.add(family)
        self._selector.register(family.life, selectors.EVENT_READ, family)
        _tell(family.life, b"pid %d" % pid)

    def _become_child(
        self, tag: int, fds: tuple[int, int, int], server: int, room: Room | None
    ) -> None:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            for fd in self._own_fds():
                os.close(fd)
            self._selector.close()
            os.setsid()
            put_on(tag)
            if room is not None:
                os.close(room.life)  # the server's alone, like those of all others
            child.main(self._kernel, fds, server, room.first if room else None)
            code = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)

    def _own_fds(self) -> set[int]:
        """What no child may hold open."""
        waited_for = (key.fd for key in self._selector.get_map().values())
        return {self._waker, *waited_for, *self._families.rooms()}


def preload(names: Iterable[str], kept: set[str], seed: int) -> list[str]:
    """Import modules and put them on the shelf.

    Args:
        names: Full module names, as they become known; one that is not installed is left out.
        kept: Modules that do not go on the shelf.
        seed: What their generators begin with.

    Returns:
        What went wrong, as sentences.
    """
    shelf = Shelf({_INLINE: lambda inline: inline._enable_matplotlib_integration()}, _note)
    problems: list[str] = []
    tracer.sink = notices.sink = shelf.note
    with contextlib.ExitStack() as stack:
        stack.enter_context(answered_once())
        expanded = itertools.chain.from_iterable(map(_with_companions, names))
        for name in itertools.chain(_TRACEBACKS, _HELP, expanded):
            problems += _load(shelf, name)
            if name == ARTIST and name in sys.modules:
                stack.enter_context(described_once())
    bootstrap.pin(seed)
    _find_fonts()
    shelf.put_away(kept)
    tracer.sink, notices.sink = tracer.add, notices.add
    tracer.settle(own=str(Path(haebom.__file__).parent))
    return problems


def _with_companions(name: str) -> tuple[str, ...]:
    """All that is to be loaded for a module, in that order."""
    return (*_FIRST.get(name, ()), name, *_COMPANIONS.get(name, ()))


def _load(shelf: Shelf, name: str) -> list[str]:
    """Load a module; give what went wrong, as sentences."""
    problems, show = list[str](), warnings.showwarning

    def note(message: Any, category: Any, *_: Any, **__: Any) -> None:
        problems.append(f"{name} warned when it was imported: {category.__name__}: {message}")

    warnings.showwarning = note
    try:
        with _unseen_shell(name):
            shelf.load(name)
    except ModuleNotFoundError as error:
        if not error.name or not f"{name}.".startswith(f"{error.name}."):
            problems.append(f"{name} can't be imported: {error}")
    except (Exception, SystemExit) as error:
        problems.append(f"{name} can't be imported: {type(error).__name__}: {error}")
    finally:
        warnings.showwarning = show
    return problems


def _find_fonts() -> None:
    """Let Matplotlib look for its usual fonts once for all posts, and open them."""
    manager: Any = sys.modules.get("matplotlib.font_manager")
    if manager is not None:
        usual = manager.FontProperties()
        manager.get_font(manager.fontManager._find_fonts_by_props(usual))


def _note(kind: str, value: str) -> None:
    """Note for a post what a module that it imports has read, or was warned of, when it was
    loaded."""
    if kind in KINDS:
        tracer.add(kind, value)
    else:
        notices.add(kind, value)


@contextlib.contextmanager
def _unseen_shell(name: str) -> Iterator[None]:
    """Matplotlib's inline backend would hook into the shell at once; a post is to do that."""
    if name != _INLINE:
        yield
        return
    get_ipython = getipython.get_ipython
    getipython.get_ipython = lambda: None
    try:
        yield
    finally:
        getipython.get_ipython = get_ipython
        if name in sys.modules:
            sys.modules[name].get_ipython = get_ipython  # type: ignore[attr-defined]


def _told(builder: socket.socket) -> Iterator[str]:
    """The names of modules that the builder sends, each once, until it knows all of them."""
    told, is_final = set[str](), False
    while not is_final:
        message = builder.recv(_LONGEST)
        if not message:
            os._exit(0)  # the builder needs no kernels
        wish = json.loads(message)
        yield from (name for name in wish["names"] if name not in told)
        told.update(wish["names"])
        is_final = wish["final"]


def _tell(life: socket.socket, message: bytes) -> None:
    try:
        life.send(message, socket.MSG_DONTWAIT)
    except OSError:
        return  # the builder's kernel object is gone


def main(folder: str, seed: int, fd: int, maker: int) -> None:
    """Start, report, serve.

    Args:
        folder: A folder of its own.
        seed: The seed of all posts.
        fd: File descriptor of the socket to the builder.
        maker: Process id of what makes rooms, or 0 if posts are not to be contained.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    builder = socket.socket(fileno=fd)
    builder.set_inheritable(False)
    tracer.install()
    notices.listen()
    kernel = shell.build(Path(folder))
    own_folders()  # looked up once for all children
    problems = preload(_told(builder), kept=set(sys.modules), seed=seed)
    heap.forget_lookups()
    shell.warm_up(kernel)  # again: children find caches and free memory as it has left them
    shell.watch(kernel)
    heap.settle()
    builder.send(json.dumps({"problems": problems}).encode())
    Server(builder, kernel, maker).serve()
    os._exit(0)  # taking the preloaded packages apart would take its time
