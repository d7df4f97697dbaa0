"""Runs inside every Python kernel: notes what the post reads, for its result to be reused truly.

Like :mod:`haebom.kernels.bootstrap` it must not import anything but the standard library.

Seen are files that Python opens (and with them what pandas, NumPy, torch.load, Pillow … open
through Python), folders that are listed, SQLite databases, shared libraries loaded through ctypes,
modules, and environment variables asked for through ``os``. Not seen are files that C code opens
by itself (``torch.jit.load`` of a path, Parquet through pyarrow or Polars, ``cv2.imread``), the
environment that C code reads, and whatever other processes do; that there were some is noted.
"""

# ruff: noqa: PTH100, PTH109, PTH110, PTH117, PTH118
# Paths stay strings here: these functions are called for every file that a post opens.

import os
import sys
import sysconfig
from collections.abc import Callable, Iterator
from typing import Any

FILE, FOLDER, VARIABLE, PROCESS = "file", "folder", "variable", "process"
KINDS = (FILE, FOLDER, VARIABLE, PROCESS)
"""What can be noted."""

_OWN_VARIABLES = frozenset(
    {"TMPDIR", "TEMP", "TMP", "HAEBOM_POST", "IPYTHONDIR", "JPY_PARENT_PID", "PSUTIL_DEBUG"}
)
"""Variables that differ from run to run without meaning anything, or are the kernel's own."""

_TOOLS = frozenset(
    {
        *("IPython", "ipykernel", "matplotlib_inline", "jedi", "parso", "pexpect", "ptyprocess"),
        *("asttokens", "executing", "psutil", "pure_eval", "pygments", "stack_data"),
    }
)
"""What the kernel imports when it needs it, whatever the post does."""

_WRITES = os.O_WRONLY | os.O_TRUNC | os.O_EXCL


class Tracer:
    """Notes what is read, from :meth:`start` on."""

    def __init__(self) -> None:
        self.sink: Callable[[str, str], None] = self.add
        """Where what is noted goes to."""
        self._handlers: dict[str, Callable[[tuple[Any, ...]], None]] = {
            "open": self._opened,
            "os.listdir": self._listed,
            "os.scandir": self._listed,
            "sqlite3.connect": self._connected,
            "ctypes.dlopen": self._loaded,
        }
        for event in ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty"):
            self._handlers[event] = self._started
        for event in ("os.posix_spawn", "os.spawn", "pty.spawn"):
            self._handlers[event] = self._started

        self._known: set[str] = set()
        self._packages: tuple[str, ...] = ()
        self._outside: tuple[str, ...] = ()
        self._home = ""
        self._noted: dict[str, dict[str, None]] = {}
        self._written: set[str] = set()
        self._forget()

    def _forget(self) -> None:
        self._noted = {kind: {} for kind in KINDS}
        self._written = set()

    def install(self) -> None:
        """Hook into the interpreter, which cannot be undone."""
        self._packages = _interpreter_folders()
        sys.addaudithook(_dispatcher(self._handlers))
        variables = _Variables(self, os.environ._data)  # type: ignore[attr-defined]
        os.environ._data = variables  # type: ignore[attr-defined]
        if hasattr(os, "environb"):
            os.environb._data = variables  # type: ignore[attr-defined]

    def settle(self, own: str = "") -> None:
        """Everything that is loaded by now belongs to the kernel, not to the post.

        Args:
            own: A folder of code that belongs to it too.
        """
        self._known = {name.partition(".")[0] for name in sys.modules} | _TOOLS
        self._known |= {*sys.stdlib_module_names, "__main__", "__mp_main__"}
        self._packages += (os.path.join(own, ""),) if own else ()

    def start(self, private: str) -> None:
        """Forget what was noted so far; from here on the post is at work.

        Args:
            private: The kernel's own folder, whose files are nobody's input.
        """
        self._home = os.path.join(os.getcwd(), "")
        self._outside = (*self._packages, os.path.join(private, ""))
        if os.environ.get("TMPDIR"):
            self._outside += (os.path.join(os.path.abspath(os.environ["TMPDIR"]), ""),)
        self._forget()

    def is_of_interpreter(self, path: str) -> bool:
        """Whether a file belongs to the interpreter or to a package that is installed, so that it
        is nobody's input.

        Args:
            path: Its absolute path.
        """
        return path.startswith(self._packages)

    def add(self, kind: str, value: str) -> None:
        """Note something."""
        self._noted[kind][value] = None

    def report(self) -> dict[str, Any]:
        """What was noted, as the fields of :class:`haebom.kernels.base.Trace`."""
        packages = {name.partition(".")[0] for name in sys.modules} - self._known
        # what modules made by Cython share is nobody's package
        packages = {name for name in packages if not name.startswith("_cython_")}
        local = {name for name in packages if not self._is_packaged(sys.modules.get(name))}
        loaded = list(sys.modules.items()) if local else []  # of torch alone two thousand
        modules = [module for name, module in loaded if name.partition(".")[0] in local]
        sources = [getattr(module, "__file__", None) for module in modules]
        files = {*self._noted[FILE], *(os.path.abspath(s) for s in sources if s)}
        return {
            "files": sorted(path for path in files if self._is_input(path, os.path.isfile)),
            "folders": sorted(p for p in self._noted[FOLDER] if self._is_input(p, os.path.isdir)),
            "modules": sorted(packages),
            "environment": sorted(set(self._noted[VARIABLE]) - _OWN_VARIABLES),
            "subprocesses": bool(self._noted[PROCESS]),
        }

    def _is_packaged(self, module: Any) -> bool:
        """Whether its version, and not its source, says what it is."""
        return str(getattr(module, "__file__", None) or "").startswith(self._packages)

    def _is_input(self, path: str, exists: Callable[[str], bool]) -> bool:
        folder = os.path.join(path, "")
        if folder.startswith(self._outside) and not folder.startswith(self._home):
            return False
        return "__pycache__" not in path and exists(path)

    def _opened(self, args: tuple[Any, ...]) -> None:
        path, mode, flags = args
        if isinstance(path, int) or (isinstance(path, str) and "__pycache__" in path):
            return  # what is compiled is never an input, and opened by the thousand
        path = os.path.abspath(os.fsdecode(path))
        fresh = flags & _WRITES if mode is None else set(mode) & set("wax") and "r" not in mode
        if fresh:
            self._written.add(path)
        elif path not in self._written:
            self.sink(FILE, path)

    def _listed(self, args: tuple[Any, ...]) -> None:
        by_import = "importlib" in sys._getframe(2).f_code.co_filename
        if not by_import and not isinstance(args[0], int):
            self.sink(FOLDER, os.path.abspath(os.fsdecode(args[0] or ".")))

    def _connected(self, args: tuple[Any, ...]) -> None:
        database = os.fsdecode(args[0]).removeprefix("file:").partition("?")[0]
        if database and database != ":memory:":
            path = os.path.abspath(database)
            if not os.path.exists(path):
                self._written.add(path)
            elif path not in self._written:
                self.sink(FILE, path)

    def _loaded(self, args: tuple[Any, ...]) -> None:
        if isinstance(args[0], str) and os.path.isabs(args[0]):
            self.sink(FILE, args[0])

    def _started(self, _args: tuple[Any, ...]) -> None:
        self.sink(PROCESS, "")


def _dispatcher(
    handlers: dict[str, Callable[[tuple[Any, ...]], None]],
) -> Callable[[str, tuple[Any, ...]], None]:
    """What Python calls for whatever happens, thirty thousand times while torch is imported; a
    method would take twice as long to call."""

    def audit(event: str, args: tuple[Any, ...]) -> None:
        if event in handlers:
            try:
                handlers[event](args)
            except Exception:  # an exception here would end what the post is doing
                return

    return audit


class _Variables(dict[bytes, bytes]):
    """The mapping behind ``os.environ``, telling which names are asked for.

    A copy of the whole environment asks for every name in order; that is not a question.
    """

    def __init__(self, tracer: Tracer, variables: dict[bytes, bytes]) -> None:
        super().__init__(variables)
        self._tracer = tracer
        self._copied: list[bytes] = []

    def __getitem__(self, key: bytes) -> bytes:
        if self._copied and self._copied[-1] == key:
            self._copied.pop()
        else:
            self._copied.clear()
            self._tracer.sink(VARIABLE, os.fsdecode(key))
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[bytes]:
        names = list(super().__iter__())
        self._copied = names[::-1]
        return iter(names)


def _interpreter_folders() -> tuple[str, ...]:
    """Folders whose content is told by the interpreter's version and the distributions'."""
    import site

    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {sysconfig.get_path(kind) for kind in kinds} | set(site.getsitepackages())
    folders |= {os.path.realpath(folder) for folder in folders}
    return ("/proc/", "/dev/", "/sys/", *(os.path.join(folder, "") for folder in sorted(folders)))


tracer = Tracer()
"""The kernel's one tracer."""
