"""New sites: what is in them, and what is never touched."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from haebom import cli, newsite, wheel
from haebom.cli import CLEAN, USAGE
from haebom.errors import UsageError
from haebom.newsite import Language, Plan, make
from helpers import PROJECT

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("title", ["공부: 노트 #1", 'a "b" {c} @{ d }@ %', "null"])
def test_title(tmp_path: Path, language: Language, title: str) -> None:
    """Some title would give a configuration that is not YAML, or says something else."""
    make(Plan(tmp_path / "x", title, language))
    text = (tmp_path / "x/mkdocs.yml").read_text("utf-8").replace("!!python/object/apply:", "!x ")
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!x", lambda *_: None)  # type: ignore[attr-defined]
    assert yaml.load(text.replace("!x pymdownx", "!x #"), loader)["site_name"] == title


@pytest.mark.parametrize("language", ["ko", "en"])
def test_kinds_of_posts(tmp_path: Path, language: Language) -> None:
    """A new site would not show every kind of post, or one language more than the other."""
    made = make(Plan(tmp_path, "x", language))
    posts = [path for path in made.written if path.startswith("posts/")]
    assert sorted(Path(path).suffix for path in posts) == [".csv", ".ipynb", ".md", ".md", ".py"]
    other = newsite.files(Plan(tmp_path, "x", "en" if language == "ko" else "ko"))
    assert set(made.written) == set(other)
    texts = [path for path in made.written if path.endswith((".md", ".ipynb", ".py"))]
    for path in texts:
        text = (tmp_path / path).read_text("utf-8")
        assert not any(sign in text for sign in ("@{", "@%", "@#")), path
        if language == "en" and not path.startswith("scripts/"):
            assert not any("가" <= sign <= "힣" for sign in text), path


def test_nothing_is_overwritten(tmp_path: Path, capsys: Capture) -> None:
    """A file that was there would be lost."""
    (tmp_path / "README.md").write_text("내 글\n")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/build.py").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".git").mkdir()
    with pytest.raises(SystemExit) as ended:
        cli.main(["init", str(tmp_path)])
    assert ended.value.code == CLEAN
    assert (tmp_path / "README.md").read_text("utf-8") == "내 글\n"
    assert not (tmp_path / "nowhere").exists()
    err = capsys.readouterr().err
    assert "kept as it was: README.md" in err
    assert "kept as it was: scripts/build.py" in err
    with pytest.raises(SystemExit) as ended:
        cli.main(["init", str(tmp_path)])
    assert ended.value.code == USAGE
    assert "holds a site already" in capsys.readouterr().err


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """The command would end with a traceback."""
    (tmp_path / "x").write_text("")
    with pytest.raises(UsageError, match="not a folder"):
        make(Plan(tmp_path / "x", "x"))


def test_scripts_can_be_called(tmp_path: Path) -> None:
    """What is a program would not be marked as one, or a page be."""
    make(Plan(tmp_path, "x"))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            is_program = path.read_bytes().startswith(b"#!")
            assert bool(path.stat().st_mode & 0o100) == is_program, path


def test_requirements(tmp_path: Path) -> None:
    """The site's environment would lack something that haebom needs, or have another version."""
    make(Plan(tmp_path, "x"))
    lines = (tmp_path / "requirements.txt").read_text("utf-8").split("\n")
    pins = [Requirement(line) for line in lines if line and not line.startswith(("#", "./"))]
    names = {pin.name.lower() for pin in pins}
    assert all(str(pin.specifier).startswith("==") for pin in pins)
    assert {"mkdocs", "mkdocs-material", "numpy", "pandas", "matplotlib", "kiwipiepy"} <= names
    assert "haebom" not in names
    (own,) = [line for line in lines if line.startswith("./")]
    assert own == f"./vendor/{wheel.filename()}[ko]"
    assert (tmp_path / own.removesuffix("[ko]")).is_file()
    tomllib.loads((tmp_path / "ruff.toml").read_text("utf-8"))
    json.loads((tmp_path / ".vscode/front-matter.schema.json").read_text("utf-8"))


# -- the wheel -------------------------------------------------------------------------------------


def test_the_wheel_is_whole() -> None:
    """The new site's haebom would lack a template, a style sheet or its command."""
    data = wheel.packed()
    assert data == wheel.packed()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        (record,) = [name for name in names if name.endswith("/RECORD")]
        rows = list(csv.reader(archive.read(record).decode().splitlines()))
        for path, digest, size in rows:
            if path != record:
                content = archive.read(path)
                hashed = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
                assert (f"sha256={hashed.rstrip('=')}", str(len(content))) == (digest, size)
    assert {row[0] for row in rows} == names
    package = PROJECT / "src/haebom"
    for path in package.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"haebom/{path.relative_to(package).as_posix()}" in names


@pytest.mark.slow
def test_the_wheel_can_be_installed(tmp_path: Path) -> None:
    """pip would not take what a new site brings along."""
    name = wheel.filename()
    (tmp_path / name).write_bytes(wheel.packed())
    words = ("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", "there")
    done = subprocess.run(
        [sys.executable, *words, f"./{name}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "there/haebom/templates/newsite/common/mkdocs.yml.jinja").is_file()
    assert "haebom = haebom.cli:main" in next(
        (tmp_path / "there").glob("haebom-*.dist-info/entry_points.txt")
    ).read_text("utf-8")
