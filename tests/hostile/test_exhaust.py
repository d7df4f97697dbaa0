"""Posts that use up the machine, or attack the builder that watches them.

Each attack is bounded by itself too, so that a failing test harms nobody.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import psutil
import pytest

from .conftest import Lab, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="posts are contained on Linux only")

THREADS = """
import threading, time
threads = [threading.Thread(target=time.sleep, args=(2,), daemon=True) for _ in range(300)]
try:
    for number, thread in enumerate(threads): thread.start()
    print('all')
except RuntimeError: print('refused after', number)
"""

FORKS = """
import os, time
for _ in range({most}):
    if os.fork() == 0: time.sleep(20); os._exit(0)
time.sleep(20)
"""


def test_fork_bomb(lab: Lab) -> None:
    """A post would start processes faster than anybody can count them."""
    said = lab.attack(THREADS)  # they count as processes for the system, not for who looks at them
    assert ("all" in said) == lab.is_open, said
    if not lab.is_open:
        assert 100 < int(said.split()[-1]) < 160, said
    lab.attack(FORKS.format(most=100))
    assert lab.findings == ["limit: It ran more than 20 processes at once."]


def test_memory_hog(lab: Lab) -> None:
    """A post would push everything else out of memory."""
    lab.attack("held = []\nfor _ in range(100): held.append(b'x' * 20_000_000)")
    assert lab.findings == ["limit: It used more than 600 MiB of memory."]


def test_memory_without_a_name(lab: Lab) -> None:
    """A post would fill the memory with files that no process has mapped."""
    lab.attack(
        "import os, time\n"
        "for _ in range(12):\n"
        "    os.write(os.memfd_create('x'), bytes(10_000_000)); time.sleep(0.1)\n"
        "time.sleep(1)"
    )
    assert lab.findings == ["limit: It filled its folders with more than 60 MiB."]


@pytest.mark.parametrize("folder", ["/dev/shm", "/tmp"])
def test_files_in_memory(lab: Lab, folder: str) -> None:
    """A post would fill the memory through folders that are kept there, and outlive it."""
    name = f"{folder}/haebom-test-{os.getpid()}"
    said = lab.attack(
        "import os, resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1)) "
        "if os.getuid() == 0 else None\n"
        f"file = open({name!r}, 'wb')\n"
        "try:\n    for _ in range(35): file.write(bytes(10_000_000)); file.flush()\n"
        "except OSError as error: print('refused', error.errno)\n"
        "print(os.path.getsize(file.name) // 1_000_000)"
    )
    try:
        assert ("refused" in said) != lab.is_open, said
        assert Path(name).exists() == lab.is_open
    finally:
        Path(name).unlink(missing_ok=True)


FILL = """
import os, time
{before}
for number in range(12):
    with open(f'{{number}}', 'wb') as file:
        {unlink}
        file.write(bytes(10_000_000)); file.flush(); held.append(os.dup(file.fileno()))
        time.sleep(0.1)
time.sleep(1)
"""


@pytest.mark.parametrize(
    ("before", "unlink"),
    [
        ("held = []", "pass"),
        ("held = []", "os.unlink(file.name)"),
        ("held = []; os.makedirs('a/b'); os.chdir('a/b')", "pass"),
    ],
    ids=["named", "nameless", "below"],
)
def test_disk_filler(lab: Lab, before: str, unlink: str) -> None:
    """A post would fill the disk, with or without names."""
    lab.attack(FILL.format(before=before, unlink=unlink))
    assert lab.findings == ["limit: It filled its folders with more than 60 MiB."]


def test_one_huge_file(lab: Lab) -> None:
    """A post would fill the disk between two looks at its folders."""
    said = lab.attack(
        "import os\nfile = os.open('big', os.O_CREAT | os.O_WRONLY)\n"
        "try: print(os.posix_fallocate(file, 0, 120 << 20))\n"
        "except OSError as error: print('refused', error.errno)\n"
        "os.unlink('big')"
    )
    assert said == ("None\n" if lab.is_open else "refused 27\n")


def test_hidden_folders(lab: Lab) -> None:
    """A post would hide what it fills the disk with: too deep for a path, or locked."""
    lab.attack(
        "import os, time\nfor _ in range(1500):\n    os.mkdir('folder'); os.chdir('folder')\n"
        "time.sleep(2)"
    )
    assert lab.findings[0].startswith("limit: It has made a folder that cannot be looked into: /fo")
    assert _scratch() == set()


def test_names_as_long_as_can_be(lab: Lab) -> None:
    """A post's folders would be left behind."""
    lab.attack(
        "import os\nfor sign in 'a가🙂\\n\\x1b':\n    open(sign * (255 // len(sign.encode())), 'w')"
    )
    assert lab.findings == []
    assert _scratch() == set()


def _scratch() -> set[str]:
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    mine = folder.glob(f"haebom-{os.getpid()}-*")
    return {path.name for path in mine if "server" not in path.name}


def test_filling_standard_output(lab: Lab) -> None:
    """A post would fill the builder's memory with text."""
    lab.attack("import os\nwhile True: os.write(1, b'x' * 65536)")
    assert lab.findings == ["limit: It printed more than 1,000,000 characters."]


DAEMON = """
import os, resource, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        resource.setrlimit(resource.RLIMIT_MSGQUEUE, (0, 0))  # not to be known by its mark
        for fd in range(3, 300):
            try: os.close(fd)
            except OSError: pass
        os.execve('/bin/sleep', ['{mark}', '30'], {{}})
    os._exit(0)
time.sleep(0.3)
"""


def test_daemon(lab: Lab) -> None:
    """A post would go on for ever, in secret."""
    mark = f"daemon-{os.getpid()}-{lab.is_open}"
    lab.attack(DAEMON.format(mark=mark))
    assert until(lambda: not _running(mark))


def _running(mark: str) -> bool:
    for process in psutil.process_iter():
        try:
            if process.cmdline()[:1] == [mark]:
                return True
        except psutil.Error:
            continue
    return False


@pytest.mark.parametrize(
    "code",
    [
        "os.write(fd, b'x')",
        "os.write(fd, b'm' + bytes(5) + b'no json')",
        "os.write(fd, b'm\\1' + bytes(4) + b'no json')",
        "os.write(fd, b'm\\1' + bytes(4) + b'[1]')",
        'os.write(fd, b\'m\\1\' + bytes(4) + b\'{"msg_type": "stream", "buffers": [],'
        ' "parent_header": {"msg_id": "1"}, "content": {"text": {}}, "metadata": 3}\')',
        "os.write(fd, b'o\\1' + bytes(4) + b'x')",
        "os.write(fd, b't\\1' + bytes(4) + b'{}')\nos.write(fd, b'd\\1' + bytes(4))",
    ],
)
def test_messages_that_no_kernel_sends(lab: Lab, code: str) -> None:
    """A post would bring the whole build down by what it tells it."""
    lab.attack(
        "import os, socket, stat\n"
        "fd = next(n for n in range(200, 260) if stat.S_ISSOCK(os.fstat(n).st_mode))\n" + code,
        "print('next')",
    )
    assert all(finding.startswith(("cell-error: ", "limit: ")) for finding in lab.findings)
    assert lab.attack("print('well')") == "well\n"


@pytest.mark.timeout(60)
def test_deaf_to_signals(lab: Lab) -> None:
    """A post would stay when it is told to go."""
    lab.attack(
        "#| timeout: 0.5\nimport signal\n"
        "for number in range(1, 32):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n"
        "    except OSError: pass\n"
        "while True: pass"
    )
    assert lab.findings == ["timeout: It ran longer than its limit of 0.5 seconds."]
