"""Containment as such: it is complete or refused. What posts try against it is in tests/hostile."""

from __future__ import annotations

import ast
import errno
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from haebom.config import SiteConfig
from haebom.kernels.base import Kernel, KernelError, Limits, Workplace
from haebom.kernels.containment import policy as policies
from haebom.kernels.containment import probe, seccomp
from haebom.kernels.containment.plan import ContainmentError, Mechanism, Plan
from haebom.kernels.containment.policy import Policy, missing
from haebom.kernels.containment.rooms import Room
from haebom.kernels.environment import permitted
from haebom.kernels.jupyter import JupyterKernel
from haebom.kernels.pool import KernelPool
from haebom.kernels.preloaded.client import KernelServer
from haebom.model import State
from helpers import parsed

from .conftest import ENV, contained, run, started, text

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="posts are contained on Linux only")


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """Folders of a post."""
    folders = [tmp_path / name for name in ("work", "private", "tmp")]
    for folder in folders:
        folder.mkdir()
    cwd, private, tmp = folders
    return Workplace("python3", cwd, private, {**ENV, "TMPDIR": str(tmp)})


def policy(root: Path, **fields: object) -> Policy:
    """A policy for a project."""
    values = {"required": True, "network": False, "root": root, "store": root / ".haebom"}
    return Policy(**{**values, **fields})  # type: ignore[arg-type]


def test_what_there_is_is_tried_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong if posts that start together each try it out, which starts a dozen processes."""
    policies._missing.cache_clear()
    tries: list[object] = []

    def trial(command: list[str], **_: object) -> SimpleNamespace:
        tries.append(command)
        time.sleep(0.2)
        return SimpleNamespace(stdout=b"{}")

    monkeypatch.setattr("subprocess.run", trial)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = [pool.submit(missing) for _ in range(4)]
            assert [each.result() for each in found] == [{}] * 4
    finally:
        policies._missing.cache_clear()
    assert len(tries) == 1


def lacking(monkeypatch: pytest.MonkeyPatch, *mechanisms: Mechanism) -> None:
    """Let the system lack mechanisms."""
    found = {mechanism: f"{mechanism} are not there" for mechanism in mechanisms}
    monkeypatch.setattr(policies, "missing", lambda: found)
    monkeypatch.setattr("haebom.kernels.pool.missing", lambda: found)


# -- all or nothing ------------------------------------------------------------------------------


@pytest.mark.parametrize("mechanism", [Mechanism.NAMESPACES, Mechanism.SECCOMP])
def test_required_fails_closed(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mechanism: Mechanism
) -> None:
    """A post of a stranger would run free where the system cannot contain it."""
    lacking(monkeypatch, mechanism)
    with pytest.raises(KernelError, match=f"cannot be contained here: {mechanism} are not there"):
        policy(tmp_path).plan(workplace, needs_network=False)
    plan = policy(tmp_path, required=False).plan(workplace, needs_network=False)
    assert mechanism not in plan.mechanisms
    assert len(plan.mechanisms) == 2


def test_shortcomings_are_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workplace: Workplace
) -> None:
    """Nobody would know that posts can do more here than elsewhere."""
    lacking(monkeypatch, Mechanism.LANDLOCK)
    monkeypatch.setattr("haebom.kernels.pool._start_fresh", lambda workplace: workplace)
    pool = KernelPool((), ENV, policy=policy(tmp_path, required=False))
    assert pool.problems() == ()
    for _ in range(2):
        pool.factory(parsed("```python\n1\n```\n"))(workplace)
    assert pool.problems() == ("contain: Landlock are not there; posts are contained without it",)


@pytest.mark.parametrize("kind", ["preloaded", pytest.param("jupyter", marks=pytest.mark.slow)])
def test_what_cannot_be_contained_does_not_run(
    request: pytest.FixtureRequest, workplace: Workplace, tmp_path: Path, kind: str
) -> None:
    """A post would run free, or half contained, when something goes wrong on the way."""
    start = JupyterKernel if kind == "jupyter" else request.getfixturevalue("containing")
    plan = policy(tmp_path).plan(workplace, needs_network=False)
    for broken in ({"cwd": "/nowhere"}, {"writable": ("/nowhere",)}):
        with pytest.raises(KernelError, match=r"cannot be contained: .*nowhere"):
            start(replace(workplace, plan=replace(plan, **broken)))


def test_network_is_given_by_the_site_alone(
    containing: KernelServer, tmp_path: Path, workplace: Workplace
) -> None:
    """A post would get the network by asking for it."""
    with pytest.raises(KernelError, match="needs the network"):
        policy(tmp_path).plan(workplace, needs_network=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        send = f"import socket; socket.create_connection({listener.getsockname()!r}).send(b'x')"
        secret = tmp_path / ".secret"
        secret.write_text("secret")
        cells = [send, f"open({str(secret)!r}).read()"]
        done = run(contained(containing, tmp_path, network=True), tmp_path, cells)
        assert done.replies[0].state is State.OK
        with listener.accept()[0] as peer:
            assert peer.recv(1) == b"x"
        assert text(done.outputs[1]) != "'secret'"


def test_only_posts_that_ask_get_the_network(tmp_path: Path, workplace: Workplace) -> None:
    """Every post would have the network as soon as one needs it."""
    plan = policy(tmp_path, network=True).plan(workplace, needs_network=False)
    assert not plan.network


# -- what is seen --------------------------------------------------------------------------------


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of the workflow would reach the posts."""
    harmless = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "CUDA_VISIBLE_DEVICES")
    assert all(map(permitted, harmless))
    secret = ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK", "HTTPS_PROXY",
              "PIP_INDEX_URL", "LD_PRELOAD", "PYTHONSTARTUP", "XDG_RUNTIME_DIR")  # fmt: skip
    assert not any(map(permitted, secret))


def test_a_link_shows_nothing_else(tmp_path: Path, workplace: Workplace) -> None:
    """A folder of modules could be turned into a way to the home, by a link in a pull request."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "real").mkdir()
    for name, target in (("home", Path.home()), ("git", root / ".git"), ("etc", Path("/root"))):
        (root / name).symlink_to(target)
    paths = [root / name for name in ("real", "home", "git", "etc")]
    env = {**workplace.env, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    plan = policy(root).plan(replace(workplace, env=env), needs_network=False)
    assert str(root / "real") in plan.readable
    assert not {str(path) for path in paths[1:]} & set(plan.readable)
    assert {str(Path.home()), str(root / ".git")} <= set(plan.hidden)


def test_environment_within_the_project(tmp_path: Path, workplace: Workplace,
                                        monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """An interpreter in .venv, as most projects have it, would be hidden from its own posts."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".env").write_text("KEY=1")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    plan = policy(tmp_path).plan(workplace, needs_network=False)
    assert str(tmp_path / ".env") in plan.hidden
    assert str(tmp_path / ".venv") not in plan.hidden


def test_readable_folders(containing: KernelServer, tmp_path: Path,
                          tmp_path_factory: pytest.TempPathFactory) -> None:  # fmt: skip
    """Data outside of the project could not be given to posts at all."""
    data = tmp_path_factory.mktemp("data")
    (data / "a.txt").write_text("given")
    factory = contained(containing, tmp_path, readable=(data,))
    cells = [f"open({str(data / 'a.txt')!r}).read()", f"open({str(data / 'a.txt')!r}, 'w')"]
    done = run(factory, tmp_path, cells)
    assert text(done.outputs[0]) == "'given'"
    assert (data / "a.txt").read_text() == "given"


def test_rooms_know_nothing_of_each_other(containing: KernelServer, tmp_path: Path) -> None:
    """A post would hold what ends another one, or inherit the way to its kernel."""
    links = "[os.path.realpath(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')]"
    held = f"import os; {links}"
    seen = "[(os.getpid(), os.getppid()), [n for n in os.listdir('/proc') if n.isdecimal()]]"
    factory = contained(containing, tmp_path)
    with started(factory, tmp_path) as one, started(factory, tmp_path) as other:
        for kernel in (one, other):
            for cell in (held, seen):
                assert kernel.execute(cell, 30).state is State.OK
        found = [[ast.literal_eval(text(cell)) for cell in k.outputs()] for k in (one, other)]
    kinds = [sorted(re.sub(r"\d+", "", link) for link in links) for links, _ in found]
    assert kinds[0] == kinds[1]
    assert not any("pidfd" in link or "mnt:" in link for links, _ in found for link in links)
    assert found[0][1] == found[1][1]
    assert found[0][1][0][1] == 0
    assert len(found[0][1][1]) == 2


def test_a_room_ends_with_all_that_is_in_it(containing: KernelServer, tmp_path: Path) -> None:
    """What a post has left behind would go on to write into folders that are being removed."""
    daemon = "import os\nif not os.fork():\n    os.setsid()\n    if os.fork(): os._exit(0)\n"
    busy = f"{daemon}    while True: open('busy', 'a').write('x')"
    with started(contained(containing, tmp_path), tmp_path) as kernel:
        assert kernel.execute(busy, 30).state is State.OK
        assert kernel.execute("import time\nwhile not os.path.exists('busy'): time.sleep(0.01)", 30)
    (file,) = tmp_path.glob("post*/work/busy")
    size = file.stat().st_size
    time.sleep(0.2)
    assert file.stat().st_size == size > 0


def test_free_kernels_do_not_begin_in_a_room(containing: KernelServer, tmp_path: Path) -> None:
    """A kernel that is not contained would end with another one's room, or see only that."""
    with (
        started(contained(containing, tmp_path), tmp_path),
        pytest.raises(KernelError, match="did not start"),
    ):
        run(containing, tmp_path, ["1"])


def test_one_server_makes_all_rooms(containing: KernelServer, tmp_path: Path) -> None:
    """It would end what makes rooms as if a post had left it behind, and start anew each time."""
    assert containing._process is not None
    pid, fork = containing._process.pid, "import os; os.fork() or os._exit(0)"
    for _ in range(3):
        done = run(contained(containing, tmp_path), tmp_path, [fork])
        assert done.replies[0].state is State.OK
    assert containing._process.pid == pid


def test_files_in_memory_share_a_limit(containing: KernelServer, tmp_path: Path) -> None:
    """A post could have twice the memory for its files that it is allowed."""
    code = (
        "def fill(path):\n"
        "    try:\n"
        "        with open(path, 'wb') as file: return file.write(bytes(24 << 20))\n"
        "    except OSError as error: return error.errno\n"
        "fill('/tmp/a'), fill('/dev/shm/b'), oct(os.stat('/tmp').st_mode)"
    )

    def small(workplace: Workplace) -> Kernel:
        assert workplace.plan is not None
        return containing(replace(workplace, plan=replace(workplace.plan, shared_memory=40 << 20)))

    with started(contained(small, tmp_path), tmp_path) as kernel:
        kernel.execute("import os\n" + code, 60)
        (outputs,) = kernel.outputs()
    assert text(outputs) == repr((24 << 20, errno.ENOSPC, oct(0o41777)))


def test_rooms_that_cannot_be_made(containing: KernelServer, workplace: Workplace) -> None:
    """What makes rooms lives as long as a preview; each failure would leave a process behind in it,
    and file descriptors."""
    plan = policy(workplace.cwd.parent).plan(workplace, needs_network=False)
    bad = replace(plan, cwd="/no/such/folder")
    assert containing._process is not None
    way = containing._process.rooms
    assert way is not None
    (maker,) = psutil.Process(containing._process.pid).children()

    def held() -> tuple[int, int, int]:
        return len(maker.children()), maker.num_fds(), maker.num_threads()

    before = held()
    for _ in range(5):
        with pytest.raises(ContainmentError, match="No such file"):
            Room.ask(way, bad, 60)
        room, _ = Room.ask(way, plan, 60)
        room.end()
        room.close()
    deadline = time.monotonic() + 20
    while held() != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert held() == before


@pytest.mark.parametrize(
    ("refused", "said"), [("no", "['1'] cat"), ("pidns", "['1'] cat"), ("", "mount /proc: No such")]
)
def test_processes_shown_in_a_room(refused: str, said: str) -> None:
    """On Linux before 6.18 posts would see the processes of the machine, or could not be contained;
    or a room would do without them."""
    code = """
import os, sys
from haebom.kernels.containment import linux, namespaces, room
mount = linux.mount
def refuse(source, target, kind="", flags=0, options=""):
    if sys.argv[1] in options:
        raise OSError(2, "refused")
    mount(source, target, kind, flags, options)
linux.mount = refuse
if not namespaces.is_privileged():
    namespaces.become_own_master()
linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWPID)
mount("", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
first, _ = namespaces._start_first()
room._OLD = ""
try:
    room._show_processes(first)
except OSError as error:
    sys.exit(error.strerror)
print(sorted(name for name in os.listdir("/proc") if name.isdigit()), open("/proc/1/comm").read())
"""
    if missing():
        pytest.skip("this system cannot contain kernels")
    words = [sys.executable, "-c", code, refused]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=ENV)
    assert said in done.stdout + done.stderr


def test_rooms_belong_to_users_of_their_own(containing: KernelServer, tmp_path: Path) -> None:
    """Processes of one post would count for the limits of another."""
    if os.getuid() != 0:
        pytest.skip("others become nobody else")
    factory = contained(containing, tmp_path)
    with started(factory, tmp_path) as one, started(factory, tmp_path) as other:
        for kernel in (one, other):
            kernel.execute("import os; os.getuid()", 60)
        users = [text(kernel.outputs()[0]) for kernel in (one, other)]
    assert len({"0", *users}) == 3


def test_orphans_count(containing: KernelServer, tmp_path: Path) -> None:
    """A post would go around its limits with processes whose parents have ended."""
    orphans = (
        "import os, time\n"
        "for _ in range(12):\n"
        "    if not os.fork():\n"
        "        os.fork() and os._exit(0)\n"
        "        time.sleep(60)\n"
        "        os._exit(0)\n"
        "    os.wait()\n"
        "time.sleep(60)"
    )
    with started(contained(containing, tmp_path), tmp_path, Limits(processes=8, grace=1)) as kernel:
        reply = kernel.execute(orphans, 30)
    assert reply.state is State.LIMIT
    assert reply.reason == "It ran more than 8 processes at once."


def test_only_servers_for_it_contain(server: KernelServer, tmp_path: Path) -> None:
    """A post would run free, because its server has nothing to contain it with."""
    with pytest.raises(KernelError, match="cannot be contained: the kernel server was started"):
        run(contained(server, tmp_path), tmp_path, ["1"])


# -- without namespaces --------------------------------------------------------------------------

FALLBACK = """
import os, socket, tempfile
def attempt(name, work):
    try: work(); print(name, 'works')
    except OSError as error: print(name, type(error).__name__)
attempt('own', lambda: open('own', 'w'))
attempt('temporary', lambda: tempfile.TemporaryFile())
attempt('project', lambda: open('{root}/page.md').read())
attempt('secret', lambda: open('{root}/.secret').read())
attempt('home', lambda: os.listdir('{home}'))
attempt('writing', lambda: open('{root}/page.md', 'w'))
attempt('tcp', lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
attempt('udp', lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
attempt('netlink', lambda: socket.socket(16, socket.SOCK_RAW))
attempt('pair', lambda: socket.socketpair())
attempt('signal', lambda: os.kill({pid}, 0))
import subprocess; print(subprocess.run(['echo', 'program'], capture_output=True).stdout)
"""


@pytest.mark.parametrize("kind", ["preloaded", pytest.param("jupyter", marks=pytest.mark.slow)])
def test_without_namespaces(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Where namespaces are forbidden, as to users of some systems, nothing would be left."""
    if set(missing()) - {Mechanism.NAMESPACES}:
        pytest.skip("the other mechanisms are not there")
    factory = JupyterKernel if kind == "jupyter" else request.getfixturevalue("server")
    lacking(monkeypatch, Mechanism.NAMESPACES)
    root = tmp_path / "project"
    root.mkdir()
    (root / "page.md").write_text("page")
    (root / ".secret").write_text("secret")
    code = FALLBACK.format(root=root, home=Path.home(), pid=os.getpid())
    done = run(contained(factory, root, required=False), tmp_path, [code])
    said = dict(line.split() for line in text(done.outputs[0]).splitlines()[:-1])
    works = {name for name, how in said.items() if how == "works"}
    # a kernel of Jupyter needs sockets for itself
    network = {"tcp", "udp", "netlink"} if kind == "jupyter" else set()
    assert works == {"own", "temporary", "project", "pair", *network}, said
    assert "program" in text(done.outputs[0])


# -- the parts -----------------------------------------------------------------------------------


def test_plans_travel(tmp_path: Path, workplace: Workplace) -> None:
    """A plan would arrive in the kernel's process as another one."""
    plan = policy(tmp_path).plan(workplace, needs_network=False)
    assert Plan.from_json(json.loads(json.dumps(plan.as_json()))) == plan


def test_probing_tells_why_not() -> None:
    """A mechanism that fails would count as one that works."""

    def refuse() -> None:
        raise OSError(errno.EPERM, "unshare: Operation not permitted")

    assert probe.why_not(lambda: None) == ""
    assert "unshare: Operation not permitted" in probe.why_not(refuse)
    assert probe.why_not(lambda: os.kill(os.getpid(), 9)) == "it ends with status -9"


NUMBERS = {
    "x86_64": {"read": 0, "ptrace": 101, "mount": 165, "socket": 41, "socketpair": 53, "clone": 56,
               "ioctl": 16, "unshare": 272, "bpf": 321},
    "aarch64": {"read": 63, "ptrace": 117, "mount": 40, "socket": 198, "socketpair": 199,
                "clone": 220, "ioctl": 29, "unshare": 97, "bpf": 280},
}  # fmt: skip
"""From asm/unistd.h."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED, REFUSED, MISSING, KILLED = 0x7FFF0000, 0x50001, 0x50026, 0x80000000


def decide(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What a filter says to a system call."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("=IIQ6Q", number, architecture, 0, *padded)
    value, at = 0, 0
    while True:
        code, if_true, if_false, operand = struct.unpack_from("=HBBI", program, at * 8)
        at += 1
        match code:
            case 0x20:
                (value,) = struct.unpack_from("=I", data, operand)
            case 0x15:
                at += if_true if value == operand else if_false
            case 0x35:
                at += if_true if value >= operand else if_false
            case 0x45:
                at += if_true if value & operand else if_false
            case 0x06:
                return int(operand)


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("sockets", [True, False])
def test_filter(machine: str, sockets: bool) -> None:
    """A system call would be refused that posts need, or let through that they must not make."""
    code, numbers = seccomp.program(machine, sockets), NUMBERS[machine]

    def said(name: str, *arguments: int) -> int:
        return decide(code, ARCHITECTURES[machine], numbers[name], *arguments)

    assert said("read") == ALLOWED
    for name in ("ptrace", "mount", "unshare", "bpf"):
        assert said(name) == REFUSED, name
    assert said("clone", 0x1200011) == ALLOWED
    for flag in (
        0x20000,
        0x2000000,
        0x4000000,
        0x8000000,
        0x10000000,
        0x20000000,
        0x40000000,
        0x80,
    ):
        assert said("clone", 17 | flag) == REFUSED, hex(flag)
    assert said("ioctl", 0, 0x5401) == ALLOWED
    assert said("ioctl", 0, 0x5412) == said("ioctl", 0, 0x541C | 1 << 32) == REFUSED
    assert said("socket", socket.AF_UNIX) == ALLOWED
    for family in (socket.AF_INET, socket.AF_INET6, 16):
        assert said("socket", family) == (ALLOWED if sockets else REFUSED), family
    assert {said("socket", family) for family in (3, 15, 17, 31, 38, 40)} == {REFUSED}
    assert said("socketpair", socket.AF_UNIX) == ALLOWED
    assert said("socketpair", 30) == REFUSED
    assert decide(code, ARCHITECTURES[machine], 435) == MISSING
    assert decide(code, ARCHITECTURES[machine], 425) == REFUSED
    assert decide(code, 0x40000003, 4) == KILLED
    assert decide(code, ARCHITECTURES[machine], 0x40000000) == REFUSED


def test_unknown_processors() -> None:
    """A filter with the numbers of another processor would refuse anything and nothing."""
    with pytest.raises(ContainmentError, match="riscv64"):
        seccomp.program("riscv64", True)


@pytest.mark.parametrize(
    ("own", "demanded", "result"),
    [("off", "required", "required"), ("required", "off", "required"), ("auto", "", "auto"),
     ("off", "auto", "auto")],
)  # fmt: skip
def test_environment_makes_it_stricter(own: str, demanded: str, result: str) -> None:
    """A pull request could switch off what the workflow that checks it demands."""
    config = SiteConfig(contain=own)  # type: ignore[arg-type]
    assert config.under({"HAEBOM_CONTAIN": demanded}).contain == result


def test_environment_that_demands_nothing_known() -> None:
    """A slip in a workflow would switch containment off."""
    with pytest.raises(ValueError, match="HAEBOM_CONTAIN is none of: off, auto, required"):
        SiteConfig().under({"HAEBOM_CONTAIN": "Required!"})


_SLOW_START = """
import json, sys, time
from haebom.kernels.containment import enter, namespaces
from haebom.kernels.containment.plan import Plan
namespaces._FIRST = sys.argv[1]
enter.contain(Plan.from_json(json.loads(sys.argv[2])))
time.sleep(0.5)
print("alive")
"""


def test_first_process_that_is_slow_to_start(workplace: Workplace, tmp_path: Path) -> None:
    """The files that it still loads would be gone, and now and then a post end before it began."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    first = elsewhere / "first"
    shutil.copy("/bin/cat", elsewhere / "cat")
    first.write_text(f"#!/bin/sh\nsleep 0.2\nexec '{elsewhere}/cat'\n")
    first.chmod(0o755)
    plan = policy(tmp_path / "work").plan(workplace, needs_network=False)
    command = [sys.executable, "-c", _SLOW_START, str(first), json.dumps(plan.as_json())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


def test_first_process_that_does_not_work(workplace: Workplace, tmp_path: Path) -> None:
    """A post would wait for it for ever, or end without a word."""
    plan = policy(tmp_path / "work").plan(workplace, needs_network=False)
    command = [sys.executable, "-c", _SLOW_START, "/bin/true", json.dumps(plan.as_json())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "ContainmentError: /bin/true does not work" in done.stderr
    assert done.stdout == ""
