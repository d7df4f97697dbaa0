"""Posts that crash, hang, flood or leave processes behind, on both kinds of kernels."""

from __future__ import annotations

import ast
import asyncio
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from haebom.kernels.base import Kernel, KernelError, KernelFactory, Limits, Workplace
from haebom.kernels.jupyter import JupyterKernel
from haebom.kernels.pool import KernelPool
from haebom.kernels.preloaded.client import KernelServer
from haebom.kernels.preloaded.process import ServerProcess
from haebom.kernels.processes import MARKER
from haebom.model import Error, State
from helpers import parsed

from .conftest import ENV, Start, contained, run, started, text


def wait_until_gone(pids: set[int], patience: float = 20) -> set[int]:
    """Processes that are still there after a while."""
    until = time.monotonic() + patience
    while pids and time.monotonic() < until:
        pids = {pid for pid in pids if _is_alive(pid)}
        time.sleep(0.02)
    return pids


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("import os; os.kill(os.getpid(), 9)", "(signal 9)"),
        ("import ctypes; ctypes.string_at(0)", "(signal 11)"),
        ("import os; os.abort()", "(signal 6)"),
        ("import os; os._exit(3)", "(exit code 3)"),
    ],
)
def test_crash(start: Start, code: str, how: str) -> None:
    """Nobody would learn how a post died, or what it printed before."""
    with start() as kernel:
        assert kernel.execute("print('earlier')", 60).state is State.OK
        # An ordinary kernel sends from a thread, which needs a moment.
        before = "import time; print('before', flush=True); time.sleep(0.3)"
        reply = kernel.execute(f"{before}\n{code}", 60)
        assert reply.state is State.DIED
        assert reply.reason == f"The kernel ended while it ran {how}."
        assert [text(outputs) for outputs in kernel.outputs()] == ["earlier\n", "before\n"]


def test_crash_is_told_at_once_although_children_live(server: KernelServer, tmp_path: Path) -> None:
    """A forked process that holds the sockets open would make a crash look like a long cell."""
    with started(server, tmp_path) as kernel:
        code = "import os, time\nif os.fork() == 0: time.sleep(600)\nos._exit(7)"
        reply = kernel.execute(code, 600)
    assert reply.reason == "The kernel ended while it ran (exit code 7)."


@pytest.mark.parametrize(
    "code",
    [
        "i = 0\nwhile True: i += 1",
        "import time; time.sleep(1000)",
        "import asyncio; await asyncio.sleep(1000)",
        "while True: print('x')",
        "!sleep 1000",
    ],
)
def test_timeout(start: Start, code: str) -> None:
    """A cell without an end would hold the whole build up."""
    with start(Limits(text=10**9)) as kernel:
        kernel.execute("print('ready')", 60)
        reply = kernel.execute(f"print('begun', flush=True)\n{code}", 0.7)
        assert reply.state is State.TIMEOUT
        assert reply.reason == "It ran longer than its limit of 0.7 seconds."
        assert text(kernel.outputs()[1]).startswith("begun\n")


@pytest.mark.parametrize(
    "code",
    [
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        "import re; re.match(r'(a+)+b', 'a' * 60)",
        "from signal import *\npthread_sigmask(SIG_BLOCK, {SIGINT})\nwhile True: pass",
    ],
)
def test_deaf_cell_is_killed(start: Start, code: str) -> None:
    """A cell that does not listen to an interrupt would never end."""
    with start(Limits(grace=0.3)) as kernel:
        kernel.execute("1", 60)
        assert kernel.execute(f"print('begun', flush=True)\n{code}", 0.5).state is State.TIMEOUT
        assert text(kernel.outputs()[1]).startswith("begun\n")


@pytest.mark.parametrize("code", ["while True: print('x')", "while True: display(1)"])
def test_interrupts_leave_the_frames_whole(server: KernelServer, tmp_path: Path, code: str) -> None:
    """An interrupt within a frame would garble everything that follows."""
    for _ in range(4):
        limits = Limits(text=10**9, data=10**9)
        with started(server, tmp_path, limits) as kernel:
            kernel.execute("1", 60)
            assert kernel.execute(code, 0.15).state is State.TIMEOUT
            outputs = kernel.outputs()[1]
            assert isinstance(outputs[-1], Error)
            assert outputs[-1].name == "KeyboardInterrupt"


def test_exit_ends_the_kernel(server: KernelServer, tmp_path: Path) -> None:
    """Cells after exit() would run although they would not in a notebook."""
    with started(server, tmp_path) as kernel:
        assert kernel.execute("exit()", 60).state is State.OK
        assert kernel.execute("print('still here')", 60).state is State.DIED


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("import os; os.close(1); os.close(2); print('py')", "py\n"),
        ("import sys; sys.stdout = None\nprint('nowhere')", ""),
        ("import sys; sys.stdout.close(); sys.stderr.close()", ""),
    ],
)
def test_closed_files(server: KernelServer, tmp_path: Path, code: str, left: str) -> None:
    """A post that closes files would take its kernel down."""
    with started(server, tmp_path) as kernel:
        assert kernel.execute(code, 60).state is State.OK
        assert kernel.execute("x = 1", 60).state in (State.OK, State.ERROR)
        assert text(kernel.outputs()[0]) == left


@pytest.mark.parametrize(
    "code",
    [
        "s = 'x' * 99\nfor i in range(1_000_000): print(s)",
        "print('x' * 100_000_000)",
        "import os\nfor i in range(1000): os.write(1, b'x' * 100_000)",
        "import sys\nwhile True: print('e' * 99, file=sys.stderr)",
    ],
)
def test_flood_of_text(start: Start, code: str) -> None:
    """Endless printing would fill the memory and the page."""
    with start() as kernel:
        reply = kernel.execute(code, 600)
        assert reply.state is State.LIMIT
        assert reply.reason == "It printed more than 1,000,000 characters."
        assert len(text(kernel.outputs()[0])) == 1_000_000


@pytest.mark.parametrize(
    "code",
    [
        "from IPython.display import HTML\nHTML('x' * 50_000_000)",
        "from IPython.display import HTML\nfor i in range(100): display(HTML('x' * 1_000_000))",
    ],
)
def test_flood_of_data(start: Start, code: str) -> None:
    """A page of gigabytes would be published."""
    with start() as kernel:
        reply = kernel.execute(code, 600)
    assert reply.state is State.LIMIT
    assert reply.reason == "It displayed more than 32,000,000 bytes of data."


def test_order_of_python_and_c(server: KernelServer, tmp_path: Path) -> None:
    """What C code prints would stand in the wrong place."""
    code = (
        "import os, ctypes, subprocess, sys\nlibc = ctypes.CDLL(None)\n"
        "for i in range(50):\n"
        "    print('py', i); os.write(1, b'c %d\\n' % i); libc.printf(b'printf %d\\n', i)\n"
        "    display(i)\n"
        "print('end'); subprocess.run(['echo', 'sub']); print('after')"
    )
    done = run(server, tmp_path, [code])
    expected = "".join(f"py {i}\nc {i}\nprintf {i}\n{i}" for i in range(50))
    assert text(done.outputs[0]) == expected + "end\nsub\nafter\n"


_SLOW_READING = """
import os, time
read = os.read

def slowly(fd, size):
    data = read(fd, size)
    time.sleep(0.2)
    return data

os.read = slowly
os.write(1, b"zero");
"""


def test_what_c_prints_last_is_kept(factory: KernelFactory, tmp_path: Path) -> None:
    """What a thread of an ordinary kernel has not read when the cell ends would be lost."""
    cells = [
        _SLOW_READING,
        "os.write(1, b'one');",
        "os.write(2, b'two');",
        "os.write(1, b'three');",
    ]
    found = [text(outputs) for outputs in run(factory, tmp_path, cells).outputs]
    assert found == ["zero", "one", "two", "three"]


_MESSAGES = (
    "'display_data', {'data': {'text/plain': 'x'}, 'metadata': None}",
    "'display_data', {'data': {'text/plain': 'x'}}",
    "'execute_result', {'data': {}, 'metadata': {}, 'execution_count': 'one'}",
    "'stream', {'name': 'stdout', 'text': 1}",
    "'error', {'ename': 'E', 'evalue': 1, 'traceback': []}",
    "'error', {'ename': 'E', 'evalue': '', 'traceback': [1]}",
)


@pytest.mark.parametrize("message", _MESSAGES)
def test_messages_that_jupyter_does_not_know(start: Start, message: str) -> None:
    """A cell that sends them over its kernel's own connection would end the whole build."""
    code = "k = get_ipython().kernel\nk.session.send(k.iopub_socket, {}, k.get_parent())"
    with start() as kernel:
        assert kernel.execute("print('before')", 60).state is State.OK
        reply = kernel.execute(code.format(message), 60)
        found = kernel.outputs()
    assert reply.state is State.DIED
    assert "connection" in reply.reason
    assert text(found[0]) == "before\n"
    assert found[1] == ()


def test_outputs_that_are_taken_back_and_changed(factory: KernelFactory, tmp_path: Path) -> None:
    """An output would stay although its cell has cleared it, or go with those behind it; a display
    that a later cell updates would stay as it was."""
    cells = [
        "from IPython.display import clear_output\nprint('old')\nclear_output(wait=True)\n"
        "display('new')\ndisplay('newer')",
        "before = display('before', display_id=True)\ndisplay('between')",
        "before.update('after')",
    ]
    found = [text(outputs) for outputs in run(factory, tmp_path, cells).outputs]
    assert found == ["'new''newer'", "'after''between'", ""]


def test_text_cut_within_a_character(server: KernelServer, tmp_path: Path) -> None:
    """Korean text would be garbled where it does not fit into one packet."""
    done = run(server, tmp_path, ["print('가' * 100_000)", "import os; os.write(1, b'\\xea\\xb0')"])
    assert text(done.outputs[0]) == "가" * 100_000 + "\n"


def test_late_output_belongs_to_its_cell(server: KernelServer, tmp_path: Path) -> None:
    """What a task of an earlier cell prints would stand below another cell."""
    cells = [
        "import asyncio\nasync def late():\n    await asyncio.sleep(0.05); print('late')\n"
        "task = asyncio.create_task(late())",
        "await task; print('second')",
    ]
    assert [text(o) for o in run(server, tmp_path, cells).outputs] == ["late\n", "second\n"]


DAEMONS = """
import os, subprocess, time
for fresh in (False, True):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            if fresh:
                os.execve('/bin/sleep', ['sleep', '600'], {ENVIRONMENT})
            time.sleep(600)
        os._exit(0)
subprocess.Popen(['sleep', '600'], start_new_session=True)
subprocess.Popen(['sh', '-c', 'sleep 600 & sleep 600'])
time.sleep(0.3)
os.getpid()
"""


def members(marker: str) -> set[int]:
    """Processes that a post has started, daemons among them, found by their working directory."""
    found = set()
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(marker):
                found.add(process.pid)
        except (psutil.Error, OSError):  # a path may be too long to be told
            continue
    return found


def test_daemons_end_with_their_post(start: Start) -> None:
    """What a post starts would go on for ever."""
    with start() as kernel:
        code = DAEMONS.replace("{ENVIRONMENT}", "dict(os.environ)")
        assert kernel.execute(code, 60).state is State.OK
        folder = str(kernel._workplace.cwd)  # type: ignore[attr-defined]
        pids = members(folder)
        assert len(pids) >= 6
    assert wait_until_gone(pids) == set()


def test_daemons_without_environment_end_too(server: KernelServer, tmp_path: Path) -> None:
    """A daemon could hide by dropping its environment."""
    with started(server, tmp_path) as kernel:
        kernel.execute(DAEMONS.replace("{ENVIRONMENT}", "{}"), 60)
        pids = members(str(tmp_path))
        assert len(pids) >= 6
    assert wait_until_gone(pids) == set()


def test_daemons_of_a_crashed_post_end(server: KernelServer, tmp_path: Path) -> None:
    """A post that crashes would leave behind what it has started."""
    with started(server, tmp_path) as kernel, started(server, tmp_path) as other:
        other.execute("import subprocess; child = subprocess.Popen(['sleep', '600'])", 60)
        code = DAEMONS.replace("{ENVIRONMENT}", "{}") + "os.abort()"
        before = members(str(tmp_path))
        assert kernel.execute(code, 60).state is State.DIED
        assert wait_until_gone(members(str(tmp_path)) - before) == set()
        assert other.execute("assert child.poll() is None", 60).state is State.OK


BUILDER = """
import sys, time
from pathlib import Path
from tests.kernels.conftest import ENV, contained, started
from haebom.kernels.jupyter import JupyterKernel
from haebom.kernels.pool import KernelPool
from haebom.kernels.preloaded.client import KernelServer
kind, base = sys.argv[1], Path(sys.argv[2])
contains = kind.startswith('contained')
factory = JupyterKernel if kind.endswith('jupyter') else KernelServer.start([], ENV, contains)
if contains: factory = contained(factory, base)
with started(factory, base) as kernel:
    kernel.execute(sys.argv[3], 60)
    print('ready', flush=True)
    kernel.execute('while True: pass', 600)
"""


@pytest.mark.parametrize(
    "kind", ["preloaded", "jupyter", "contained preloaded", "contained jupyter"]
)
def test_killed_builder_leaves_nothing(kind: str, tmp_path: Path) -> None:
    """Every interrupted build would leave processes that eat the machine."""
    root = Path(__file__).parents[2]
    env = {**ENV, "PYTHONPATH": os.pathsep.join([ENV["PYTHONPATH"], str(root)])}
    code = DAEMONS.replace("{ENVIRONMENT}", "dict(os.environ)")
    builder = subprocess.Popen(
        [sys.executable, "-c", BUILDER, kind, str(tmp_path), code],
        env=env,
        cwd=root,
        stdout=subprocess.PIPE,
    )
    with builder:
        assert builder.stdout is not None
        assert builder.stdout.readline() == b"ready\n"
        pids = {child.pid for child in psutil.Process(builder.pid).children(recursive=True)}
        pids |= members(str(tmp_path))
        assert len(pids) >= 7
        builder.send_signal(signal.SIGKILL)
    assert wait_until_gone(pids) == set()


def test_kill_from_another_thread(start: Start) -> None:
    """Ctrl-C would have to wait for the running cells."""
    with start() as kernel:
        kernel.execute("1", 60)
        threading.Timer(0.3, kernel.kill).start()
        reply = kernel.execute("while True: pass", 600)
        assert reply.state is State.DIED
        kernel.kill()
    kernel.kill()
    kernel.close()


def test_many_threads_share_a_server(server: KernelServer, tmp_path: Path) -> None:
    """Posts that run at the same time would get each other's outputs."""
    failures: list[object] = []

    def work(number: int) -> None:
        code = f"import torch\nprint({number})\nfloat((torch.ones(50, 50) * {number}).sum())"
        for _ in range(4):
            done = run(server, tmp_path, [code])
            if text(done.outputs[0]) != f"{number}\n{2500.0 * number}":
                failures.append(done)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_server_that_dies_is_replaced(tmp_path: Path) -> None:
    """One post that kills the server would fail all posts after it."""
    with KernelServer.start([], ENV) as server:
        with started(server, tmp_path) as kernel:
            code = "import os, time; os.kill(os.getppid(), 9); time.sleep(60)"
            reply = kernel.execute(code, 60)
            assert reply.state is State.DIED
        assert text(run(server, tmp_path, ["1 + 1"]).outputs[0]) == "2"
    with pytest.raises(KernelError, match="closed"), started(server, tmp_path):
        pass


@pytest.mark.parametrize("is_contained", [False, True])
def test_server_that_dies_while_a_kernel_waits_for_its_turn(
    tmp_path: Path, is_contained: bool
) -> None:
    """Posts that got ready ahead would fail, since only the server that has made their rooms can
    let them in; or rooms would stay behind."""
    with KernelServer.start([], ENV, contains=is_contained) as server:
        first = server._current()
        fds = psutil.Process().num_fds()

        def turn() -> None:
            with suppress(ProcessLookupError):
                os.kill(first.pid, signal.SIGKILL)
            wait_until_gone({first.pid})

        def late(workplace: Workplace) -> Kernel:
            return server(replace(workplace, turn=turn))

        factory = contained(late, tmp_path) if is_contained else late
        assert text(run(factory, tmp_path, ["1 + 1"]).outputs[0]) == "2"
        assert server._current() is not first
        assert psutil.Process().num_fds() == fds


def test_turn_comes_when_the_server_is_ready(tmp_path: Path) -> None:
    """The first posts would be said to take as long as importing all packages does."""
    ready: list[bool] = []
    with KernelServer(ServerProcess(ENV, contains=False)) as server:
        server.preload([])

        def start(workplace: Workplace) -> Kernel:
            return server(replace(workplace, turn=lambda: ready.append(server._ready is not None)))

        assert text(run(start, tmp_path, ["1 + 1"]).outputs[0]) == "2"
    assert ready == [True]


def test_closing_a_server_that_is_waited_for(tmp_path: Path) -> None:
    """Whoever waits for it would wait for two minutes."""
    (tmp_path / "slow_module.py").write_text("import time; time.sleep(60)")
    env = {**ENV, "PYTHONPATH": os.pathsep.join([ENV["PYTHONPATH"], str(tmp_path)])}
    server = KernelServer(ServerProcess(env, contains=False))
    server.preload(["slow_module"])
    failures: list[KernelError] = []

    def wait() -> None:
        try:
            run(server, tmp_path, ["1"])
        except KernelError as error:
            failures.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not server._reaching.locked():
        time.sleep(0.01)
    time.sleep(0.1)
    server.close()
    waiting.join(30)
    assert not waiting.is_alive()
    assert "has been closed" in failures[0].message


def test_server_without_a_preload_list(tmp_path: Path) -> None:
    """Sites that preload nothing would have no fast kernel."""
    with KernelServer.start([], ENV) as server:
        assert text(run(server, tmp_path, ["import json; 1 + 1"]).outputs[0]) == "2"


@pytest.mark.parametrize(
    ("env", "contains"),
    [(ENV, False), (ENV, True), ({**ENV, "LANG": "ko_KR.UTF-8"}, False)],
)
def test_server_that_was_launched_early(
    tmp_path: Path, env: dict[str, str], contains: bool
) -> None:
    """It would be started twice, or posts would run in another environment than theirs."""
    process = ServerProcess(ENV, contains)
    early = KernelServer(process)
    pool = KernelPool(("torch",), env, server=early)
    post = parsed("```python\nimport os\n```\n")
    pool.prepare([post])
    code = "import os; os.getppid(), os.environ['LANG']"
    done = run(pool.factory(post), tmp_path, [code])
    server, language = ast.literal_eval(text(done.outputs[0]))
    pool.prepare([post])
    fits = env == ENV and not contains
    assert (server == process.pid) is fits
    assert language == "C.UTF-8"  # the post's own
    assert early.preloaded == (() if fits else None)
    pool.close()
    assert wait_until_gone({process.pid, server}) == set()


def test_server_that_begins_with_a_forecast(tmp_path: Path) -> None:
    """It would wait until it knows everything, import a module twice, tell twice of one that
    cannot be imported, or show posts one that only the forecast had."""
    told = tmp_path / "imported"
    for name in ("foreseen", "needed", "idle"):
        (tmp_path / f"{name}.py").write_text(f"print('{name}', file=open({str(told)!r}, 'a'))\n")
    (tmp_path / "broken.py").write_text("1 / 0")
    env = {**ENV, "PYTHONPATH": os.pathsep.join([ENV["PYTHONPATH"], str(tmp_path)])}
    with KernelServer(ServerProcess(env, contains=False)) as server:
        server.expect(["broken", "foreseen", "idle"])
        until = time.monotonic() + 60
        while not (told.exists() and "idle" in told.read_text()) and time.monotonic() < until:
            time.sleep(0.01)
        assert told.read_text().split() == ["foreseen", "idle"]
        server.preload(["broken", "needed", "foreseen"])
        code = "import foreseen, needed, sys; 'idle' in sys.modules"
        assert text(run(server, tmp_path, [code]).outputs[0]) == "False"
        assert len(server.problems) == 1
    assert told.read_text().split() == ["foreseen", "idle", "needed"]


def test_preloaded_kernels_have_no_debugger(server: KernelServer, tmp_path: Path) -> None:
    """A post that uses the debugger itself could not import it."""
    cells = ["import sys; 'debugpy' in sys.modules", "import debugpy; debugpy.__name__"]
    outputs = run(server, tmp_path, cells).outputs
    assert [text(each) for each in outputs] == ["False", "'debugpy'"]


def test_memory_by_large_pages(tmp_path: Path) -> None:
    """Settings of the C library that a site has chosen would be lost, or ours be seen by posts; or
    memory would be taken by small pages."""
    switch = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    is_old = platform.libc_ver() < ("glibc", "2.35")
    if is_old or not switch.exists() or "[never]" in switch.read_text():
        pytest.skip("no large pages here")
    own = "glibc.malloc.tcache_count=5"
    with KernelServer.start(["pandas"], {**ENV, "GLIBC_TUNABLES": own}) as server:
        pid = server._current().pid
        assert own in psutil.Process(pid).environ()["GLIBC_TUNABLES"]
        heap = Path(f"/proc/{pid}/smaps").read_text().partition("[heap]")[2]
        flags = re.search(r"^VmFlags:(.*)", heap, re.MULTILINE)
        assert flags
        assert "hg" in flags[1].split()
        program = "import os, subprocess; subprocess.run('env', stdout=1)\nlist(os.environ)"
        assert "GLIBC" not in text(run(server, tmp_path, [program]).outputs[0])


def test_preload_problems_are_told(tmp_path: Path) -> None:
    """A package that cannot be imported would be missed only by its slowness."""
    (tmp_path / "broken_module.py").write_text("1 / 0")
    (tmp_path / "noisy_module.py").write_text("import warnings; warnings.warn('old')")
    (tmp_path / "needy_module.py").write_text("import module_that_is_not_there")
    env = {**ENV, "PYTHONPATH": os.pathsep.join([ENV["PYTHONPATH"], str(tmp_path)])}
    names = ["not_installed", "broken_module", "noisy_module", "needy_module", "not_there.sub"]
    with KernelServer.start(names, env) as server:
        assert server.problems == (
            "broken_module can't be imported: ZeroDivisionError: division by zero",
            "noisy_module warned when it was imported: UserWarning: old",
            "needy_module can't be imported: No module named 'module_that_is_not_there'",
        )


def test_process_that_cannot_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that is full, a folder and sockets would stay behind at each attempt."""
    before = psutil.Process().num_fds()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError):
        ServerProcess(ENV, contains=True)
    assert list(tmp_path.iterdir()) == []
    assert psutil.Process().num_fds() == before


def test_server_that_cannot_start() -> None:
    """A broken environment would give a traceback instead of a sentence."""
    with pytest.raises(KernelError, match="did not start"):
        KernelServer.start([], {**ENV, "PYTHONHOME": "/nonexistent"})


def test_kernel_that_does_not_answer(
    server: KernelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would know whether it died or was slow; it would go on beside the build."""
    monkeypatch.setattr("haebom.kernels.preloaded.kernel.STARTUP", 0.0)
    with (
        pytest.raises(KernelError, match=r"did not start\. It did not answer in 0 seconds\."),
        started(server, tmp_path),
    ):
        pass
    assert wait_until_gone(members(str(tmp_path))) == set()


def test_closing_a_server_ends_its_kernels(tmp_path: Path) -> None:
    """A build that ends early would leave kernels behind."""
    server = KernelServer.start([], ENV)
    with started(server, tmp_path) as kernel:
        kernel.execute(DAEMONS.replace("{ENVIRONMENT}", "{}"), 60)
        pids = members(str(tmp_path))
        assert len(pids) >= 6
        server.close()
        assert wait_until_gone(pids) == set()
        assert kernel.execute("1", 60).state is State.DIED


def test_unknown_kernel(tmp_path: Path) -> None:
    """A misspelt kernel name would give a traceback."""
    place = Workplace("nosuchkernel", tmp_path, tmp_path, ENV)
    with pytest.raises(KernelError, match="no Jupyter kernel named 'nosuchkernel'"):
        JupyterKernel(place)


def test_environment_is_the_posts_own(start: Start) -> None:
    """A post would see the variables of the process that has forked it."""
    with start() as kernel:
        kernel.execute(f"import os; print(os.environ[{MARKER!r}], 'NEW' in os.environ)", 60)
        kernel.execute("!echo ${HAEBOM_POST}", 60)
        seen = [text(outputs).split()[0] for outputs in kernel.outputs()]
    assert seen[0] == seen[1]
    assert re.search(r"/post\d+$", seen[0])


def test_ill_typed_bundle_keeps_its_good_parts(start: Start) -> None:
    """One wrong MIME type would end the whole build."""
    with start() as kernel:
        code = (
            "class B:\n    def _repr_mimebundle_(self, **k):\n"
            "        return {'text/plain': 'good', 'application/x-foo': {'k': 1}}\nB()"
        )
        assert kernel.execute(code, 60).state is State.OK
        assert text(kernel.outputs()[0]) == "good"


def test_kernel_within_a_running_loop(tmp_path: Path) -> None:
    """A host that has an event loop (a notebook, a server) could run no post."""

    async def host() -> str:
        with started(JupyterKernel, tmp_path) as kernel:
            kernel.execute("print(6 * 7)", 60)
            return text(kernel.outputs()[0])

    with ThreadPoolExecutor(1) as apart:  # this thread may have a loop of its own: a browser's
        assert apart.submit(asyncio.run, host()).result() == "42\n"


def test_systems_without_forks_are_told_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On macOS and Windows nobody would know why posts are slow to start."""
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("haebom.kernels.pool._start_fresh", lambda workplace: "fresh")
    pool = KernelPool((), ENV)
    workplace = Workplace("python3", tmp_path, tmp_path, {})
    post = parsed("```python\n1\n```\n")
    pool.prepare([post])
    assert pool.problems() == ()
    assert [pool.factory(post)(workplace) for _ in range(2)] == ["fresh", "fresh"]
    problem = "kernels cannot be preloaded on this system; each post starts its own"
    assert pool.problems() == (problem,)
