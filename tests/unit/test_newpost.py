"""New posts: names, front matter, authors; from the command and from the script alike."""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import findpython
import pytest
import yaml

from haebom import newpost
from haebom.frontmatter import ORDER
from haebom.newpost import Place, Refused, Request, Written
from haebom.parsers.post import read
from haebom.pipeline import find, load
from haebom.tidy import tidy
from helpers import FULL, PROJECT, Project, plain_site, source

AUTHORS = """\
# 글쓴이
authors:
  kim:
    name: "김해봄"
    description: 씀
    avatar: a.png
"""


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A day and a name that the machine does not decide."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "none"))
    _is("이봄", "bom@example.org", tmp_path)


def _is(name: str, email: str, folder: Path) -> None:
    quoted = name.replace('"', '\\"')
    (folder / "gitconfig").write_text(f'[user]\nname = "{quoted}"\nemail = {email}\n', "utf-8")


def _write(root: Path, title: str, language: str = "ko", **options: Any) -> Written:
    place = Place(root / "posts", root / "docs/blog/.authors.yml", language)
    return newpost.write(Request(title, **options), place)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("평균을 구하는 두 가지 방법", "평균을-구하는-두-가지-방법"),
        ("  Two ways: a mean? ", "two-ways-a-mean"),
        ("nn.Sequential과 zero_grad()", "nn-sequential과-zero_grad"),
        (unicodedata.normalize("NFD", "텐서"), "텐서"),
        ("../../etc/passwd", "etc-passwd"),
        ("가" * 200, "가" * 60),
        ("낱말 " * 50, "-".join(["낱말"] * 20)),
    ],
)
def test_slug_of_a_title(project: Project, title: str, slug: str) -> None:
    """A title would give an address that nobody can read, or a file outside the posts."""
    written = _write(project.root, title)
    assert written.path == project.root / "posts" / f"2026-01-01-{slug}.md"
    assert len(written.path.name.encode()) < 256


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "2026-01-01-mean.md"),
        ({"notebook": True}, "2026-01-01-mean.ipynb"),
        ({"script": True}, "2026-01-01-mean.py"),
        ({"bundle": True}, "2026-01-01-mean/index.md"),
        ({"bundle": True, "notebook": True}, "2026-01-01-mean/index.ipynb"),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_kind_is_a_sound_post(
    project: Project, options: dict[str, bool], name: str, language: str
) -> None:
    """A new post would have findings, or not be tidy, before its author has written anything."""
    project.write("docs/blog/.authors.yml", AUTHORS)
    title = "평균: #1 'a' & <b>"
    written = _write(project.root, title, language, slug="mean", series='연재 "하나": 1', **options)
    assert written.path == project.root / "posts" / name
    site = plain_site(project.root)
    (post,) = load(site, find(site)[1])
    assert not post.findings
    assert post.meta["series"] == '연재 "하나": 1'
    assert post.meta["authors"] == ["이봄"]
    assert str(post.meta["date"]) == "2026-01-01"
    written_keys = list(post.places)
    assert written_keys == [key for key in ORDER if key in written_keys]
    assert f"# {title}\n" in post.body
    greeting = newpost.WORDS[language]["greeting"]
    assert [cell.code for cell in post.runnable] == [f'print("{greeting}")']
    content = written.path.read_bytes()
    where = source(post.path)
    tidied = tidy(content, read(where, content, FULL), where, FULL)
    assert tidied.text.encode() == content


def test_an_existing_file_stays(project: Project) -> None:
    """A second post with the same name would overwrite the first."""
    path = project.write("posts/2026-01-01-mean.md", "내 글\n")
    with pytest.raises(Refused, match=r"taken by .*2026-01-01-mean\.md"):
        _write(project.root, "mean")
    assert path.read_text("utf-8") == "내 글\n"


@pytest.mark.parametrize(
    "path", ["posts/2025-05-05-Mean.ipynb", "posts/2024/2024-01-01-mean/index.md"]
)
def test_the_address_is_free(project: Project, path: str) -> None:
    """The new post would have the address of another, and the site not be built."""
    project.write(path, "글\n")
    with pytest.raises(Refused, match="'mean' is taken"):
        _write(project.root, "mean", notebook=True)


@pytest.mark.parametrize(
    ("request_", "message", "hint"),
    [
        (Request(" \n"), "empty", "quotes"),
        (Request("???"), "No address", "--slug"),
        (Request("글", slug="Two Ways"), "'Two Ways'", "--slug two-ways"),
        (Request("글", slug="../x"), "'../x'", "--slug x"),
        (Request("글", notebook=True, script=True), "not both", ""),
    ],
)
def test_refused(project: Project, request_: Request, message: str, hint: str) -> None:
    """A request that makes no sense would make some file, or end with a traceback."""
    with pytest.raises(Refused) as refused:
        newpost.write(request_, Place(project.root / "posts", project.root / "no"))
    assert message in refused.value.message
    assert hint in refused.value.hint
    assert not list((project.root / "posts").iterdir())


# -- authors ---------------------------------------------------------------------------------------


def test_a_known_author(project: Project, tmp_path: Path) -> None:
    """Somebody who has written before would get a second entry."""
    project.write("docs/blog/.authors.yml", AUTHORS)
    _is("김해봄", "x@example.org", tmp_path)
    written = _write(project.root, "글")
    assert written.author == newpost.Author("kim")
    assert project.read("docs/blog/.authors.yml") == AUTHORS


@pytest.mark.parametrize(
    ("name", "email", "key"),
    [
        ("이봄", "bom@example.org", "이봄"),
        ("이봄", "123+spring@users.noreply.host.example", "spring"),
        ('O"Neil: #1', "x@example.org", "o-neil-1"),
        ("null", "x@example.org", "null"),
    ],
)
def test_a_new_author(project: Project, tmp_path: Path, name: str, email: str, key: str) -> None:
    """The list would not be YAML any more, lose something, or publish an e-mail address."""
    project.write("docs/blog/.authors.yml", AUTHORS + "\n# 끝\n")
    _is(name, email, tmp_path)
    written = _write(project.root, "글")
    assert written.author == newpost.Author(key, is_new=True)
    text = project.read("docs/blog/.authors.yml")
    assert text.startswith(AUTHORS)
    assert "# 끝" in text
    assert "@" not in text
    entry = yaml.safe_load(text)["authors"][key]
    assert entry["name"] == name
    assert set(entry) == {"name", "description", "avatar"}
    assert f"authors: [{newpost.quoted(key)}]" in written.path.read_text("utf-8")


@pytest.mark.parametrize(
    "listing", [None, "", "authors: {}\n", "authors: {kim: {name: a}}\n", "other: 1\n", b"\xff"]
)
def test_no_list_of_authors(project: Project, listing: str | bytes | None) -> None:
    """A list that is not there, or is written otherwise, would be damaged."""
    if listing is not None:
        project.write("docs/blog/.authors.yml", listing)
    assert _write(project.root, "글").author is None
    assert "authors:" not in project.read("posts/2026-01-01-글.md")
    path = project.root / "docs/blog/.authors.yml"
    assert not path.exists() if listing is None else path.exists()
    if isinstance(listing, str):
        assert project.read("docs/blog/.authors.yml") == listing


def test_no_name(project: Project, tmp_path: Path) -> None:
    """A machine on which git knows nobody would put an empty name into the list."""
    project.write("docs/blog/.authors.yml", AUTHORS)
    (tmp_path / "gitconfig").write_text("")
    written = _write(project.root, "글")
    assert written.author is None
    assert "no author" in newpost.said(written)


# -- the script ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["3.8", "3.11", "3.13"])
def test_the_script_needs_nothing(tmp_path: Path, version: str) -> None:
    """A contributor with a bare Python would have to wait for an environment."""
    found = findpython.find(version)
    if found is None:
        pytest.skip(f"there is no Python {version} here")
    python = str(found.executable)
    folder = tmp_path / "a site"
    (folder / "scripts").mkdir(parents=True)
    (folder / "src/haebom").mkdir(parents=True)
    shutil.copy(PROJECT / "scripts/new.py", folder / "scripts")
    for name in ("__init__.py", "newpost.py"):
        shutil.copy(PROJECT / "src/haebom" / name, folder / "src/haebom")
    (folder / "mkdocs.yml").write_text("theme:\n  language: en\n")
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-I", "-S", "scripts/new.py", *words],
            cwd=folder, env=env, capture_output=True, encoding="utf-8",
        )  # fmt: skip

    done = call("두 가지 방법", "--notebook")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[0] == str(Path("posts/2026-01-01-두-가지-방법.ipynb"))
    assert "A first example" in (folder / done.stdout.split("\n")[0]).read_text("utf-8")
    again = call("두 가지 방법")
    assert (again.returncode, again.stdout) == (4, "")
    assert "is taken" in again.stderr
    assert call().returncode == 4
    help_text = call("--help").stdout
    assert all(option.flag in help_text for option in newpost.OPTIONS)
