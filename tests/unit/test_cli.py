"""The command line: what it says, and its exit codes."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from haebom import cli, environments, pipeline
from haebom.cli import CLEAN, FINDINGS, INTERNAL, INTERRUPTED, USAGE
from helpers import FakeKernels, Project, package, write_site

PLAIN = "site_name: a\ntheme: {name: mkdocs}\nplugins:\n  - haebom: {jobs: 1, language: en}\n"
GOOD = "# 글\n\n```python\nprint('out')\n```\n"
BAD = "# 글\n\n```python\n1/0\n```\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A site on the fake kernel, as the current directory."""
    project = write_site(tmp_path, {"posts/2026-01-01-good.md": GOOD}, PLAIN)
    monkeypatch.chdir(tmp_path)
    kernels = FakeKernels()
    monkeypatch.setattr(pipeline, "KernelPool", lambda *_, **__: kernels)
    monkeypatch.setenv("COLUMNS", "200")
    return project


Capture = pytest.CaptureFixture[str]


def _call(capsys: Capture, *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out + err


def test_exit_codes_have_their_numbers() -> None:
    """Scripts that look at the exit code would break."""
    assert (CLEAN, FINDINGS, INTERRUPTED, INTERNAL, USAGE) == (0, 1, 2, 3, 4)


def test_clean(here: Project, capsys: Capture) -> None:
    """A clean site would not exit with 0, or a check write pages."""
    code, text = _call(capsys, "check")
    assert code == CLEAN
    assert "1 post: 1 ran, 0 reused, 1 cell, 0 findings" in text
    assert sorted(p.name for p in here.root.iterdir()) == [
        ".haebom", "docs", "mkdocs.yml", "posts",
    ]  # fmt: skip


def test_warnings(here: Project, capsys: Capture) -> None:
    """A maintainer could not ask what breaks one day."""
    assert "no library has announced a change" in _call(capsys, "warnings")[1]
    here.write("posts/2026-01-02-b.md", "```python\nwarn('FutureWarning', 'a\\n  b')\n```\n")
    code, text = _call(capsys, "-q", "warnings")
    assert (code, text) == (CLEAN, "FutureWarning: a b\n    posts/2026-01-02-b.md:2\n")


def test_findings(here: Project, capsys: Capture) -> None:
    """A failing post would not exit with 1, or not be named."""
    here.write("posts/2026-01-02-bad.md", BAD)
    code, text = _call(capsys, "check")
    assert code == FINDINGS
    assert "posts/2026-01-02-bad.md:4: cell-error: ZeroDivisionError: division by zero" in text
    assert _call(capsys, "check", "good")[0] == CLEAN
    assert _call(capsys, "check", "bad")[0] == FINDINGS


def test_quiet(here: Project, capsys: Capture) -> None:
    """-q would change the exit code or hide findings."""
    assert _call(capsys, "-q", "check") == (CLEAN, "")
    here.write("posts/2026-01-02-bad.md", BAD)
    code, text = _call(capsys, "-q", "check")
    assert code == FINDINGS
    assert text.startswith("posts/2026-01-02-bad.md:4: cell-error")
    assert "ran " not in text


def test_warn_only(here: Project, capsys: Capture) -> None:
    """A relaxed finding would fail the check, or not be told."""
    here.write("posts/2026-01-02-bad.md", BAD)
    here.write("mkdocs.yml", PLAIN.replace("jobs: 1", "jobs: 1, warn_only: [cell-error]"))
    code, text = _call(capsys, "check")
    assert code == CLEAN
    assert "cell-error" in text


@pytest.mark.parametrize("quiet", [(), ("-q",)])
@pytest.mark.parametrize(
    ("form", "begins"),
    [("json", '{\n "version": 1'), ("junit", "<testsuites"), ("sarif", '{\n "$schema"'),
     ("github", "::error file=posts/2026-01-02-bad.md,line=4,"), ("summary", "## haebom: 2 posts"),
     ("text", "posts/2026-01-02-bad.md:4: cell-error")],
)  # fmt: skip
def test_formats(
    here: Project, capsys: Capture, form: str, begins: str, quiet: tuple[str, ...]
) -> None:
    """A report would come in another form, with other lines before it, or change the exit code."""
    here.write("posts/2026-01-02-bad.md", BAD)
    with pytest.raises(SystemExit) as ended:
        cli.main([*quiet, "check", "--format", form])
    assert ended.value.code == FINDINGS
    out, _ = capsys.readouterr()
    assert out.startswith(begins)
    assert ("1 finding\n" in out) is (
        form == "summary" or (form in ("text", "github") and not quiet)
    )


def test_reports_to_files(here: Project, capsys: Capture) -> None:
    """A report would not be written, or instead of what is printed, or only if all is well."""
    here.write("posts/2026-01-02-bad.md", BAD)
    words = ("--report", "junit=out/둘/j.xml", "--report", "json=r.json")
    code, text = _call(capsys, "run", *words)
    assert code == FINDINGS
    assert "posts/2026-01-02-bad.md:4: cell-error" in text
    assert here.read("out/둘/j.xml").startswith("<testsuites")
    assert '"cell-error"' in here.read("r.json")
    here.write("file", "")
    code, text = _call(capsys, "check", "good", "--report", "json=file/r.json")
    assert (code, "cannot be written" in text) == (USAGE, True)


def test_on_github(here: Project, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """On GitHub nobody would be told where, or outputs be read as commands."""
    here.write("posts/2026-01-02-bad.md", BAD)
    here.write("posts/2026-01-03-says.md", GOOD.replace("out", "::add-mask::x"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(here.root / "summary.md"))
    code, text = _call(capsys, "run")
    assert code == FINDINGS
    assert re.search(r"^::error file=posts/2026-01-02-bad\.md,line=4,", text, re.MULTILINE)
    assert re.search(r"::stop-commands::(\w+)\n[^\n]* ok\n::add-mask::x\n::\1::\n", text)
    assert here.read("summary.md").startswith("## haebom: 3 posts")
    _call(capsys, "check", "--format", "json")
    assert here.read("summary.md").count("## haebom") == 2


def test_interrupted(here: Project, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C would look like success or like findings."""

    def interrupt(*_: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "find", interrupt)
    code, text = _call(capsys, "check")
    assert (code, "interrupted" in text) == (INTERRUPTED, True)


def test_internal_error(here: Project, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of haebom itself would be blamed on a post."""

    def fail(*_: object) -> Any:
        raise RuntimeError("odd")

    monkeypatch.setattr(pipeline, "find", fail)
    code, text = _call(capsys, "check")
    assert (code, "error in haebom itself" in text) == (INTERNAL, True)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "nowhere"),
        ("chekc",),
        ("check", "--frehs"),
        ("stage",),
        ("-f",),
        ("why", "no.md"),
        ("check", "--format", "xml"),
        ("check", "--report", "junit"),
        ("check", "--report", "a=b"),
    ],
)
def test_usage(here: Project, capsys: Capture, words: tuple[str, ...]) -> None:
    """A typing error would run something, or have the exit code of findings."""
    code, text = _call(capsys, *words)
    assert code == USAGE
    assert text


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (None, "There is no mkdocs.yml"),
        ("site_name: a\n", "does not list the plugin haebom"),
        ("site_name: [\n", "MkDocs cannot use"),
        ("site_name: a\nplugins:\n  - haebom: {job: 1}\n", "Did you mean 'jobs'?"),
        ("site_name: a\nplugins:\n  - haebom: {jobs: -1}\n", "jobs"),
    ],
)
def test_configuration(
    here: Project,
    capsys: Capture,
    caplog: pytest.LogCaptureFixture,
    config: str | None,
    message: str,
) -> None:
    """A configuration that cannot be used would end with a traceback."""
    if config is None:
        (here.root / "mkdocs.yml").unlink()
    else:
        here.write("mkdocs.yml", config)
    code, text = _call(capsys, "check")
    assert code == FINDINGS
    assert message in text + caplog.text
    assert "Traceback" not in text


def test_another_configuration_file(here: Project, capsys: Capture, tmp_path: Path,
                                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The command would only work in the site's folder."""
    monkeypatch.chdir("/")
    code, text = _call(capsys, "-f", str(tmp_path / "mkdocs.yml"), "check", "good")
    assert code == CLEAN, text


def test_run_prints_outputs(here: Project, capsys: Capture) -> None:
    """`haebom run` would not show what the cells put out."""
    code, text = _call(capsys, "run")
    assert code == CLEAN
    assert re.search(r"posts/2026-01-01-good\.md:4 ok\nout\n", text)


def test_runs_for_other_machines(here: Project, capsys: Capture) -> None:
    """An author with a GPU could not give readers what it puts out."""
    here.write("mkdocs.yml", PLAIN.replace("jobs: 1", "jobs: 1, pythonpath: [lib]"))
    text = "---\nneeds: {package: haebom-fake}\n---\n# 글\n\n```python\nprint('there')\n```\n"
    here.write("posts/2026-01-02-b.md", text)
    code, text = _call(capsys, "run", "--only-needs", "cuda")
    assert (code, "No post needs cuda." in text) == (USAGE, True)
    code, text = _call(capsys, "run", "--only-needs", "package")
    assert code == USAGE
    assert "posts/2026-01-02-b.md needs package: haebom-fake, which this machine lacks." in text
    assert "there" not in _call(capsys, "run", "b")[1]
    assert "not here: package: haebom-fake" in _call(capsys, "why", "b")[1]
    package(here.root / "lib", "haebom_fake", "1.0")
    code, text = _call(capsys, "run", "--only-needs", "package")
    assert code == CLEAN
    assert "kept in posts/frozen/2026-01-02-b" in text
    assert "out" not in text.replace("without", ""), "the other post needs nothing"
    shutil.rmtree(here.root / "lib")
    code, text = _call(capsys, "run", "b")
    assert (code, "there" in text) == (CLEAN, True)
    assert "0 ran, 1 reused" in text


def test_matrix_of_all_pythons(
    here: Project, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site could not be tried in whatever the machine has."""
    found = [
        SimpleNamespace(major=major, minor=minor, is_valid=lambda: True)
        for major, minor in ((3, 99), (2, 7), (3, 98), (3, 99), sys.version_info[:2])
    ]
    monkeypatch.setattr(environments.findpython, "find_all", lambda: found)
    entries = "[{python: '*', requirements: [a]}, {name: 이름, python: '*'}]"
    here.write("mkdocs.yml", PLAIN.replace("jobs: 1", f"jobs: 1, matrix: {entries}"))
    code, text = _call(capsys, "matrix", "--only", "nothing")
    assert code == USAGE
    titles = ["Python 3.99, a", "Python 3.98, a", "이름, Python 3.99", "이름, Python 3.98"]
    assert f"Entries: {', '.join(map(repr, titles))}." in text


def test_why(here: Project, capsys: Capture) -> None:
    """`haebom why` would say something else than what the next check does."""
    here.write("posts/2026-01-02-text.md", "# 글\n")
    assert "2026-01-01-good.md: runs; there is no stored run" in _call(capsys, "why")[1]
    _call(capsys, "check")
    code, text = _call(capsys, "why")
    assert code == CLEAN
    assert "posts/2026-01-01-good.md: reused; nothing changed" in text
    assert "posts/2026-01-02-text.md: nothing to run" in text
    here.write("posts/2026-01-01-good.md", GOOD.replace("out", "new"))
    assert re.search(r"good\.md: runs, because\n    code: \w+ → \w+", _call(capsys, "why")[1])


def test_stage(here: Project, capsys: Capture) -> None:
    """`haebom stage` would write a tree with findings, or not all of it."""
    assert _call(capsys, "stage", "--into", "out")[0] == CLEAN
    assert (here.root / "out/posts/2026-01-01-good.md").is_file()
    assert len(list((here.root / "out/haebom/cells").iterdir())) == 1
    here.write("posts/2026-01-02-bad.md", BAD)
    assert _call(capsys, "stage", "--into", "other")[0] == FINDINGS
    assert not (here.root / "other").exists()


def test_clean_command(here: Project, capsys: Capture) -> None:
    """`haebom clean` would leave stored runs, or delete a post."""
    _call(capsys, "check")
    sources = here.tree("posts")
    assert _call(capsys, "clean")[0] == CLEAN
    assert not (here.root / ".haebom").exists()
    assert here.tree("posts") == sources
    assert "nothing to delete" in _call(capsys, "clean")[1]
    assert "1 ran" in _call(capsys, "check")[1]


def _commands() -> list[str]:
    return sorted(cli.cli.commands)


@pytest.mark.parametrize("name", ["", *_commands()])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(name: str, flag: str, capsys: Capture) -> None:
    """The help of a command would leave out one of its options, or not say what it does."""
    code, text = _call(capsys, *([name] if name else []), flag)
    assert code == CLEAN
    command: click.Command = cli.cli.commands[name] if name else cli.cli
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert all(option in text for option in parameter.opts), parameter.name
            assert parameter.help
    assert command.help
    assert command.help.split("\n")[0] in " ".join(text.split())
    if not name:
        assert all(command in text for command in _commands())
        assert "Exit codes: 0 clean, 1 findings, 2 interrupted" in text


def test_version(capsys: Capture) -> None:
    """The version would not be told."""
    from haebom import __version__

    assert _call(capsys, "--version") == (CLEAN, f"haebom, version {__version__}\n")
