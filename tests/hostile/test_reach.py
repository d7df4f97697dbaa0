"""Posts that reach for what is not theirs. Where nothing contains them, each of them gets it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import SECRET, Lab, Listen, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="posts are contained on Linux only")

TRY = """
def attempt(work):
    try: print('got', work())
    except BaseException as error: print('no', repr(error))
"""


# -- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where", ["~/.ssh/id_ed25519", "~/.netrc", "~/notes.txt", ".git/config", ".env",
              ".haebom/runs/own.json"],
)  # fmt: skip
def test_secrets_in_files(lab: Lab, where: str) -> None:
    """A post would read keys and tokens of whoever builds it."""
    home = str(lab.home)
    path = where.replace("~", home) if where.startswith("~") else f"{home}/blog/{where}"
    said = lab.attack(TRY, f"attempt(lambda: open({path!r}).read())")
    assert (SECRET in said) == lab.is_open, said


def test_project_can_be_read(lab: Lab) -> None:
    """Posts could not use modules and files that they share."""
    path = lab.project.root / "docs" / "index.md"
    said = lab.attack("import shared; print(shared.VALUE)", f"print(open({str(path)!r}).read())")
    assert said.startswith("3\n")
    assert SECRET in said


def test_secrets_in_the_environment(lab: Lab) -> None:
    """A post would read the tokens that a workflow deploys with."""
    said = lab.attack("import os; print(dict(os.environ))", "!env", "!cat /proc/self/environ")
    assert (SECRET in said) == lab.is_open, said


def test_environment_of_the_builder(lab: Lab) -> None:
    """A post would read them from the process that has started it."""
    said = lab.attack(
        "from pathlib import Path\n"
        "for path in Path('/proc').glob('[0-9]*/environ'):\n"
        "    try: text = path.read_bytes()\n"
        "    except OSError: continue\n"
        f"    if b'DEPLOY_TOKEN={SECRET}' in text and path.parent.name == '{os.getpid()}':\n"
        "        print('found in the builder')\n"
        "print(len(list(Path('/proc').glob('[0-9]*'))), 'processes')"
    )
    # the tests set the variable after this process has started, so its block does not hold it
    number = int(said.split()[-2])
    assert (number > 5) == lab.is_open, said
    assert "found" not in said


KEEPER = """
import ctypes, os, sys
held = ctypes.create_string_buffer(sys.argv[1].encode())
print(os.getpid(), ctypes.addressof(held), flush=True)
sys.stdin.read()
"""

PEEK = """
import ctypes, os
class Piece(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(40)
here, there = Piece(ctypes.addressof(buffer), 40), Piece({address}, 28)
print(libc.process_vm_readv({pid}, ctypes.byref(here), 1, ctypes.byref(there), 1, 0), buffer.value)
print('ptrace', libc.ptrace(16, {pid}, 0, 0))
"""


def test_memory_of_other_processes(lab: Lab) -> None:
    """A post would read what other programs of the user hold in memory."""
    keeper = subprocess.Popen(
        [sys.executable, "-c", KEEPER, SECRET], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with keeper:
        assert keeper.stdout is not None
        pid, address = map(int, keeper.stdout.readline().split())
        said = lab.attack(PEEK.format(pid=pid, address=address))
        keeper.kill()
    assert (SECRET in said) == lab.is_open, said
    assert ("ptrace 0" in said) == lab.is_open, said


# -- writing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where", ["blog/mkdocs.yml", "blog/posts/2026-01-02-b.md", "blog/lib/shared.py",
              "blog/.haebom/runs/poison.json", "blog/.git/hooks/post-checkout", ".bashrc",
              ".ssh/authorized_keys"],
)  # fmt: skip
def test_writing_to_files(lab: Lab, where: str) -> None:
    """A post would change the repository, the stored runs or what its user runs next."""
    target = lab.home / where
    before = target.read_bytes() if target.exists() else None
    lab.attack(
        f"import os\nos.makedirs(os.path.dirname({str(target)!r}), exist_ok=True)\n"
        f"open({str(target)!r}, 'w').write('poison')"
    )
    try:
        assert (target.exists() and target.read_bytes() == b"poison") == lab.is_open
    finally:
        target.unlink(missing_ok=True)
        if before is not None:
            target.write_bytes(before)


@pytest.mark.parametrize("how", ["os.remove({p!r})", "os.rename({p!r}, 'mine')",
                                 "os.truncate({p!r}, 0)", "os.chmod({p!r}, 0)",
                                 "os.utime({p!r}, (1, 1))"])  # fmt: skip
def test_changing_files(lab: Lab, tmp_path: Path, how: str) -> None:
    """A post would delete, empty or lock what it cannot write to."""
    target = lab.project.write("docs/victim.md", "text")
    before = target.stat()
    lab.attack(f"import os\n{how.format(p=str(target))}")
    after = target.stat() if target.exists() else None
    same = after is not None and (after.st_size, after.st_mode, after.st_mtime) == (
        before.st_size, before.st_mode, before.st_mtime,
    )  # fmt: skip
    assert same != lab.is_open
    if target.exists():
        target.chmod(0o644)


def test_own_folders_are_writable(lab: Lab) -> None:
    """A post could not even write where it may."""
    said = lab.attack(
        TRY,
        "import os, sqlite3, tempfile, multiprocessing.shared_memory as shared\n"
        "attempt(lambda: open('own.txt', 'w').write('x'))\n"
        "attempt(lambda: tempfile.TemporaryFile().write(b'x'))\n"
        "attempt(lambda: open(os.path.expanduser('~/x'), 'w').write('x'))\n"
        "attempt(lambda: sqlite3.connect('own.db').execute('create table t (a)') and 1)\n"
        "attempt(lambda: shared.SharedMemory(create=True, size=100).size)",
    )
    assert said.count("got") == 5, said


# -- the network ---------------------------------------------------------------------------------

SEND = {
    socket.SOCK_STREAM: "s.connect({a!r}); s.sendall(b'x'); s.recv(1)",
    socket.SOCK_DGRAM: "s.sendto(b'x', {a!r})",
}


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])
def test_network(lab: Lab, listen: Listen, kind: int) -> None:
    """A post would talk to services of this machine, and to everybody else."""
    listener = listen(socket.AF_INET, kind, ("127.0.0.1", 0))
    send = SEND[kind].format(a=listener.address)
    said = lab.attack(f"import socket\ns = socket.socket(2, {int(kind)}); s.settimeout(3)\n{send}")
    assert listener.has_heard() == lab.is_open, said


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["stream", "dgram"])
@pytest.mark.parametrize("where", ["path", "abstract"])
def test_sockets_of_other_programs(
    lab: Lab, listen: Listen, tmp_path: Path, kind: int, where: str
) -> None:
    """A post would talk to the container engine, to the desktop, to an agent with keys."""
    address = str(tmp_path / "agent") if where == "path" else f"\0haebom-test-{os.getpid()}-{kind}"
    listener = listen(socket.AF_UNIX, kind, address)
    send = SEND[kind].format(a=address)
    said = lab.attack(f"import socket\ns = socket.socket(1, {int(kind)}); s.settimeout(3)\n{send}")
    assert listener.has_heard() == lab.is_open, said


def test_names_are_not_looked_up(lab: Lab) -> None:
    """A post would send what it knows as part of a name."""
    if lab.is_open:
        pytest.skip("asking a name server is no business of a test")
    said = lab.attack(TRY, "import socket\nattempt(lambda: socket.getaddrinfo('a.example', 80))")
    assert "gaierror" in said


def test_its_own_servers_work(lab: Lab) -> None:
    """A post about sockets could not talk to itself."""
    said = lab.attack(
        "import socket\nserver = socket.create_server(('127.0.0.1', 0))\n"
        "client = socket.create_connection(server.getsockname()); print('connected')"
    )
    assert said == "connected\n"


# -- other processes -----------------------------------------------------------------------------


def test_signals_to_the_builder(lab: Lab) -> None:
    """A post would stop the build, or any other program of the user."""
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: heard.append(number))
    try:
        lab.attack(f"import os, signal\nos.kill({os.getpid()}, signal.SIGUSR1)")
        assert until(lambda: bool(heard), 10 if lab.is_open else 0.3) == lab.is_open
    finally:
        signal.signal(signal.SIGUSR1, before)


# -- the walls -----------------------------------------------------------------------------------

CALLS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    result = getattr(libc, name)(*arguments)
    print(name, result, os.strerror(ctypes.get_errno()) if result < 0 else '')
call('unshare', 0x10000000)
call('mount', b'none', b'/tmp', b'tmpfs', 0, None)
call('umount2', b'/proc', 2)
call('chroot', b'/')
call('setns', 0, 0)
call('sethostname', b'x', 1)
call('ptrace', 0, 0, 0, 0)
call('shmget', 1, 100, 0o1600)
call('keyctl', 0, -3, 1) if hasattr(libc, 'keyctl') else None
print('clone3', libc.syscall(435, 0, 0), os.strerror(ctypes.get_errno()))
print('io_uring', libc.syscall(425, 1, 0), os.strerror(ctypes.get_errno()))
"""


def test_walls_stay_up(lab: Lab) -> None:
    """A post would take its walls down from within."""
    if lab.is_open:
        pytest.skip("there are no walls")
    said = lab.attack(CALLS)
    assert len(said.splitlines()) >= 10, said
    assert all(" -1 " in line for line in said.splitlines()), said
    said = lab.attack(
        TRY,
        "import os, socket\n"
        "for path in ('/proc/1/root/etc', '/proc/1/cwd', '/.old', '/proc/1/environ'):\n"
        "    attempt(lambda: os.listdir(path) if 'environ' not in path else open(path).read(9))\n"
        "for path in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/etc/x', '/usr/x',\n"
        "             '/x', '/dev/x', '/sys/devices/system/cpu/online'):\n"
        "    attempt(lambda: open(path, 'w'))\n"
        "for family in (socket.AF_PACKET, 38, 40, 15):\n"
        "    attempt(lambda: socket.socket(family, socket.SOCK_RAW))\n"
        "attempt(lambda: os.setuid(0))\n"
        "attempt(lambda: os.mknod('disk', 0o60600, os.makedev(8, 0)))",
    )
    assert said.count("no ") == 17, said


def test_no_file_of_the_builder_is_open(lab: Lab) -> None:
    """A folder that was opened before the walls went up would lead around them."""
    said = lab.attack(
        "import os, stat\n"
        "for name in os.listdir('/proc/self/fd'):\n"
        "    try: mode = os.fstat(int(name)).st_mode\n"
        "    except OSError: continue\n"
        "    if stat.S_ISDIR(mode) or stat.S_ISREG(mode): print(name)"
    )
    assert said == ""
