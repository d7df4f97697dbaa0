"""Which posts a change affects, and how git tells what changed."""

from __future__ import annotations

import subprocess
import unicodedata
from pathlib import Path

import pytest

from haebom import git
from haebom.affected import affected
from haebom.errors import UsageError
from haebom.keys import recipe
from haebom.model import Input, InputKind, Run
from helpers import Bench, Project, plain_site

CELL = "# 글\n\n```python\nprint({})\n```\n"


def _git(root: Path, *words: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    done = subprocess.run(
        ["git", *identity, *words], cwd=root, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


@pytest.fixture
def repository(project: Project) -> Project:
    """A site in a subfolder of a repository, with one commit on its main branch."""
    root = project.root / "저 장소"
    inner = Project(root / "site")
    for name, number in (("one", 1), ("two", 2), ("three", 3)):
        inner.write(f"posts/2026-01-0{number}-{name}.md", CELL.format(number))
    inner.write("posts/2026-01-04-글/index.md", CELL.format(4))
    inner.write("posts/2026-01-04-글/자료.csv", "1\n")
    inner.write("helper.py", "x = 1\n")
    inner.write("docs/index.md", "# 홈\n")
    _git(root, "init", "-q", "-b", "main")
    _git(root, "add", "-A")
    _git(root, "commit", "-q", "-m", "base")
    return inner


def _bench(project: Project) -> Bench:
    return Bench(plain_site(project.root))


def _names(project: Project, base: str = "") -> list[str]:
    bench = _bench(project)
    changed = git.changed(project.root, git.merge_base(project.root, base))
    return [post.source.slug for post in affected(bench.site, bench.posts(), changed)]


# -- git -------------------------------------------------------------------------------------------


def test_changed(repository: Project) -> None:
    """A change would be overlooked: committed on the branch, staged, not staged, new or gone."""
    root = repository.root
    _git(root, "switch", "-q", "-c", "work")
    repository.write("posts/2026-01-01-one.md", CELL.format(11))
    _git(root, "commit", "-q", "-a", "-m", "one")
    repository.write("posts/2026-01-02-two.md", CELL.format(22))
    _git(root, "add", "-A")
    repository.write("helper.py", "x = 2\n")
    name = unicodedata.normalize("NFD", "새 글.md")
    repository.write(f"posts/{name}", "# 글\n")
    (root / "posts/2026-01-03-three.md").unlink()
    repository.write("../outside.txt", "x")
    assert git.changed(root, git.merge_base(root)) == {
        "posts/2026-01-01-one.md",
        "posts/2026-01-02-two.md",
        "posts/2026-01-03-three.md",
        "posts/새 글.md",
        "helper.py",
    }


def test_the_main_branch_may_move_on(repository: Project) -> None:
    """What others have merged since would count as a change of this branch."""
    root = repository.root
    _git(root, "switch", "-q", "-c", "work")
    repository.write("posts/2026-01-01-one.md", CELL.format(11))
    _git(root, "commit", "-q", "-a", "-m", "one")
    _git(root, "switch", "-q", "main")
    repository.write("posts/2026-01-02-two.md", CELL.format(22))
    _git(root, "commit", "-q", "-a", "-m", "two")
    _git(root, "switch", "-q", "work")
    assert git.changed(root, git.merge_base(root)) == {"posts/2026-01-01-one.md"}


def test_content(repository: Project) -> None:
    """The text of another commit would not be found below the site's folder."""
    repository.write("posts/2026-01-04-글/자료.csv", "2\n")
    head = git.resolve(repository.root, "HEAD")
    assert git.content(repository.root, head, "posts/2026-01-04-글/자료.csv") == b"1\n"
    assert git.content(repository.root, head, "posts/nowhere.md") is None


@pytest.mark.parametrize("revision", ["nowhere", "--all", "-h", "HEAD:helper.py", "a b"])
def test_unknown_revision(repository: Project, revision: str) -> None:
    """A revision that does not exist would count as no change, or be an option of git's."""
    with pytest.raises(UsageError, match="There is no revision"):
        git.merge_base(repository.root, revision)
    with pytest.raises(UsageError, match="There is no revision"):
        git.resolve(repository.root, revision)


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without git would count as unchanged."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="no git repository"):
        git.merge_base(tmp_path)


# -- posts -----------------------------------------------------------------------------------------


def test_nothing_changed(repository: Project) -> None:
    """Posts would be checked although nothing changed."""
    assert _names(repository) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("posts/2026-01-02-two.md", ["two"]),
        ("posts/2026-01-04-글/자료.csv", ["글"]),
        ("posts/2026-01-04-글/새것.csv", ["글"]),
        ("docs/index.md", []),
        ("README.md", []),
        ("helper.py", ["one", "two", "three", "글"]),
    ],
)
def test_without_stored_runs(repository: Project, path: str, expected: list[str]) -> None:
    """A post would be left out that may have read the changed file."""
    repository.write(path, CELL.format(9))
    assert _names(repository) == expected


def test_with_stored_runs(repository: Project) -> None:
    """A post would be checked that has not read the file, or left out although it has."""
    bench = _bench(repository)
    for post in bench.posts():
        reads = [Input(InputKind.FILE, "helper.py", "?")] if post.source.slug == "two" else []
        lists = [Input(InputKind.FOLDER, "/data", "?")] if post.source.slug == "three" else []
        has = [Input(InputKind.DISTRIBUTION, "pytest", pytest.__version__)]
        bench.site.store.put(post.path, Run(recipe(post), inputs=(*reads, *lists, *has)))
    assert _names(repository) == []
    repository.write("helper.py", "x = 2\n")
    assert _names(repository) == ["two"]
    repository.write("data/new.csv", "1\n")
    assert _names(repository) == ["two", "three"]


def test_another_package(repository: Project) -> None:
    """A post would be left out although a package that it imports is another now."""
    bench = _bench(repository)
    for post in bench.posts():
        version = "0.1" if post.source.slug == "two" else pytest.__version__
        stored = Run(recipe(post), inputs=(Input(InputKind.DISTRIBUTION, "pytest", version),))
        bench.site.store.put(post.path, stored)
    assert _names(repository) == ["two"]


def test_declared_files(repository: Project) -> None:
    """A file under 'data:' or 'depends:' would not count."""
    for number, key in ((1, "data"), (2, "depends")):
        name = ("one", "two")[number - 1]
        front = f"---\n{key}: [../shared]\n---\n"
        repository.write(f"posts/2026-01-0{number}-{name}.md", front + CELL.format(number))
    repository.write("shared/a.md", "1\n")
    _git(repository.root, "add", "-A")
    _git(repository.root, "commit", "-q", "-m", "more")
    repository.write("shared/a.md", "2\n")
    assert _names(repository, "HEAD") == ["one", "two"]


def test_a_link_that_breaks(repository: Project) -> None:
    """A post would be left out that links to one that is gone."""
    repository.write("posts/2026-01-05-a.md", "# 글\n\n[b](2026-01-06-b.md)\n")
    repository.write("posts/2026-01-06-b.md", "# 글\n")
    _git(repository.root, "add", "-A")
    _git(repository.root, "commit", "-q", "-m", "more")
    (repository.root / "posts/2026-01-06-b.md").unlink()
    assert _names(repository, "HEAD") == ["a"]
