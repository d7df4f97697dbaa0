"""An import writes what it says, where it says, and never over somebody's work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from haebom.cli import cli
from haebom.importers.plan import NewFile
from haebom.transfer import Found, Outcome, look, steps
from helpers import Project

NOTHING = Found(Path(), {})


def outcomes(files: list[NewFile], target: Path, write: bool = True) -> list[str]:
    """What happened to files, in order."""
    return [str(step.outcome) for step in steps(files, NOTHING, target, write)]


def test_second_import_keeps_edits(tmp_path: Path) -> None:
    """An author's work on an imported post would be overwritten by the next import."""
    files = [NewFile("posts/a.md", b"1"), NewFile("posts/b.md", b"1")]
    assert outcomes(files, tmp_path, write=False) == ["new", "new"]
    assert not list(tmp_path.iterdir())
    assert outcomes(files, tmp_path) == ["new", "new"]
    assert outcomes(files, tmp_path) == ["same", "same"]
    (tmp_path / "posts/b.md").write_bytes(b"edited")
    files = [NewFile("posts/a.md", b"2"), NewFile("posts/b.md", b"2")]
    assert outcomes(files, tmp_path) == ["renewed", "kept"]
    assert (tmp_path / "posts/a.md").read_bytes() == b"2"
    assert (tmp_path / "posts/b.md").read_bytes() == b"edited"
    assert outcomes(files, tmp_path) == ["same", "kept"]


def test_what_was_there_before_is_kept(tmp_path: Path) -> None:
    """A file that no import has written would be overwritten by the first."""
    (tmp_path / "mkdocs.yml").write_bytes(b"mine")
    assert outcomes([NewFile("mkdocs.yml", b"theirs")], tmp_path) == ["kept"]
    (tmp_path / ".haebom").mkdir()
    (tmp_path / ".haebom/imported.json").write_text("no JSON")
    assert outcomes([NewFile("mkdocs.yml", b"theirs")], tmp_path) == ["kept"]


def test_nothing_leaves_the_target(tmp_path: Path) -> None:
    """A link in the target would let an import write somewhere else."""
    target, elsewhere = tmp_path / "target", tmp_path / "elsewhere"
    target.mkdir()
    elsewhere.mkdir()
    (target / "posts").symlink_to(elsewhere)
    files = [NewFile("posts/a.md", b"1"), NewFile("../b.md", b"1")]
    assert outcomes(files, target) == ["kept", "kept"]
    assert not list(elsewhere.iterdir())
    assert not (tmp_path / "b.md").exists()


def test_names_in_either_form(tmp_path: Path) -> None:
    """A file with a decomposed name would be written a second time beside itself."""
    (tmp_path / "\u1100\u1161.md").write_bytes(b"mine")
    assert outcomes([NewFile("가.md", b"theirs")], tmp_path) == ["kept"]


def test_walking(project: Project) -> None:
    """Built sites, hidden folders, or files from outside the blog would come along."""
    for path in (
        "_posts/2018-01-01-가.md",
        "_site/a.md",
        ".git/b.md",
        "node_modules/c.md",
        "new/d",
    ):
        project.write(path, "x")
    (project.root / "link.md").symlink_to("/etc/hostname")
    assert set(look(project.root, but=project.root / "new").paths) == {"_posts/2018-01-01-가.md"}


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Call the command line."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, words, standalone_mode=False)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return int(result.return_value or 0), result.output

    return call


@pytest.fixture
def old(tmp_path: Path) -> Project:
    """A small old blog."""
    old = Project(tmp_path / "old blog")
    old.write("_config.yml", "title: 옛 블로그\nurl: https://old.example\nauthor: kim\n")
    old.write(
        "_posts/2018-02-10-first.md",
        "---\ntitle: 처음\nauthor: kim\nmystery: 1\n---\n글\n\n```python\nx = 1\n```\n\n"
        "```python\nprint(x + y)\n```\n\n```python\nprint(x)\n```\n\n![](/a.png)\n",
    )
    old.write("a.png", b"png")
    return old


def report(output: str) -> dict[str, Any]:
    """The report as data."""
    data: dict[str, Any] = json.loads(output)
    return data


def test_dry_run_is_what_is_written(run: Run, old: Project, tmp_path: Path) -> None:
    """The report before would not be what happens after."""
    code, output = run(
        "import", "jekyll", "old blog", "--into", "new", "--dry-run", "--format", "json"
    )
    assert code == 0
    assert not (tmp_path / "new").exists()
    said = report(output)
    _, output = run("import", "jekyll", "old blog", "--into", "new", "--format", "json")
    assert report(output) == said
    written = [path for path in (tmp_path / "new").rglob("*") if path.is_file()]
    files = {path.relative_to(tmp_path / "new").as_posix() for path in written}
    assert files - {".haebom/imported.json"} == {file["path"] for file in said["files"]}
    assert "posts/2018-02-10-first/a.png" in files
    _, output = run("import", "jekyll", "old blog", "--into", "new", "--format", "json")
    assert {file["outcome"] for file in report(output)["files"]} == {"same"}


def test_report_names_file_and_line(run: Run, old: Project) -> None:
    """Nobody would find what could not be brought along."""
    _, output = run("import", "jekyll", "old blog", "--into", "new", "--dry-run")
    assert "_posts/2018-02-10-first.md:4: front matter: 'mystery' means nothing here" in output
    assert "would be new: posts/2018-02-10-first/index.md" in output
    assert "1 of 1 documents would be brought along" in output
    assert str(Outcome.KEPT) in output


def test_try_says_which_code_runs(run: Run, old: Project, tmp_path: Path) -> None:
    """An author would have to lift every flag to find out which code still works."""
    words = ("import", "jekyll", "old blog", "--into", "new", "--try", "--format", "json")
    for more in (("--dry-run",), ()):
        _, output = run("-q", *words, *more)
        (tried,) = report(output)["tried"]
        assert (tried["fences"], tried["run"]) == (3, 2)
        line, reason = tried["failures"][0]["line"], tried["failures"][0]["reason"]
        assert reason == "NameError: name 'y' is not defined"
    text = (tmp_path / "new/posts/2018-02-10-first/index.md").read_text("utf-8")
    assert text.split("\n")[line - 1] == "print(x + y)"
    assert text.count(".ignore") == 3


def test_no_folder(run: Run) -> None:
    """A slip in the path would make an empty site."""
    with pytest.raises(Exception, match="There is no folder nowhere"):
        run("import", "jekyll", "nowhere")
