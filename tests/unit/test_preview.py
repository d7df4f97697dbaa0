"""What a pull request's archive may hold before any of it is published."""

from __future__ import annotations

import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from helpers import PROJECT

SCRIPT = PROJECT / "scripts/preview.py"


def _unpack(archive: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", str(SCRIPT), str(archive), str(folder)]
    return subprocess.run(words, capture_output=True, text=True)


def _pack(path: Path, *names: str, content: str = "x") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("index.html", *names):
            archive.writestr(name, content)
    return path


def test_a_built_site(tmp_path: Path) -> None:
    """A sound site would be refused, or not be whole."""
    names = ("blog/글/index.html", "assets/a b.min.js", "haebom/files/0a.png", "search/index.bin")
    done = _unpack(_pack(tmp_path / "a.zip", *names), tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, "5 files\n"), done.stderr
    found = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.*")}
    assert found == {"index.html", *names}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../a.html", "leads elsewhere"),
        ("a/../../b.html", "leads elsewhere"),
        ("/etc/cron.d/a.html", "leads elsewhere"),
        ("a//b.html", "leads elsewhere"),
        ("./a.html", "leads elsewhere"),
        ("C:\\a.html", "no file name"),
        ("a\\..\\..\\b.html", "no file name"),
        ("a\n.html", "no file name"),
        ("a\x1b[31m.html", "no file name"),
        (".git/config.txt", "order"),
        ("x/.htaccess", "order"),
        ("_headers", "order"),
        ("_redirects", "order"),
        ("CNAME", "order"),
        ("functions/a.js", "order"),
        ("a.exe", "no part"),
        ("a.php", "no part"),
        ("a", "no part"),
        ("INDEX.HTML", "twice"),
    ],
)
def test_odd_names(tmp_path: Path, name: str, reason: str) -> None:
    """A path would lead out of the folder, or be taken for an order by the host."""
    done = _unpack(_pack(tmp_path / "a.zip", name), tmp_path / "out")
    assert done.returncode == 1
    assert reason in done.stderr
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_odd_kinds(tmp_path: Path, kind: int) -> None:
    """A link would publish a file of the machine."""
    path = _pack(tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("a.html")
        entry.external_attr = (kind | 0o644) << 16
        archive.writestr(entry, "/etc/passwd")
    done = _unpack(path, tmp_path / "out")
    assert "is not a file" in done.stderr
    assert not (tmp_path / "out").exists()


def test_too_large(tmp_path: Path) -> None:
    """A small archive would fill the disk."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", "x")
        with archive.open("a.bin", "w") as stream:
            for _ in range(310):
                stream.write(bytes(1_000_000))
    done = _unpack(path, tmp_path / "out")
    assert done.returncode == 1
    assert "larger than" in done.stderr


def test_too_many(tmp_path: Path) -> None:
    """A great many files would wear the host out."""
    done = _unpack(_pack(tmp_path / "a.zip", *(f"{n}.html" for n in range(20_001))), tmp_path / "o")
    assert "more than" in done.stderr


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", bytes(range(100))])
def test_no_archive(tmp_path: Path, content: bytes) -> None:
    """Something that is no archive would end with a traceback."""
    (tmp_path / "a.zip").write_bytes(content)
    done = _unpack(tmp_path / "a.zip", tmp_path / "out")
    assert done.returncode == 1
    assert "refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_index(tmp_path: Path) -> None:
    """Something that is no site would be published."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.html", "x")
    assert "no index.html" in _unpack(path, tmp_path / "out").stderr
