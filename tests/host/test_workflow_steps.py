"""The workflows' steps, played on a repository that `haebom init` has made."""

from __future__ import annotations

import os
import socket
import subprocess
import zipfile
from pathlib import Path

import pytest
from runner import TOKEN, Runner, Step

from helpers import Project

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workflows")]
DAY = "1767225600"


def _git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=김해봄", "-c", "user.email=kim@example.org")
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


class Repository:
    """A site on a server, with the runs that its main branch has stored."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.server = home / "server"
        self.cache = home / "cache"
        made = Project(home)
        env = {"SOURCE_DATE_EPOCH": DAY, "GIT_CONFIG_GLOBAL": os.devnull}
        done = made.haebom("init", "work", "--title", "공부 노트", env=env)
        assert done.code == 0, done.text
        _git(home / "work", "init", "-q", "-b", "main")
        _git(home / "work", "add", "-A")
        _git(home / "work", "commit", "-q", "-m", "새 사이트")
        _git(home, "clone", "-q", "--bare", "work", str(self.server / "owner/site"))

    def clone(self, name: str) -> Project:
        """A checkout."""
        folder = self.home / name / "a site"
        folder.parent.mkdir()
        _git(self.home, "clone", "-q", str(self.server / "owner/site"), str(folder))
        return Project(folder)

    def runner(self, project: Project, **github: object) -> Runner:
        """A runner on a checkout."""
        context = {"server_url": f"file://{self.server}", "base_ref": "main", **github}
        return Runner(project.root, project.root.parent / "runner", context)

    def pull_request(self, project: Project) -> tuple[dict[str, Step], Runner]:
        """Commit what a checkout has, and play the check of the pull request."""
        _git(project.root, "switch", "-q", "-c", "pr")
        _git(project.root, "add", "-A")
        _git(project.root, "commit", "-q", "-m", "글")
        runner = self.runner(project, event_name="pull_request")
        steps = runner.play("pr.yml", "check", self.cache)
        return {step.name: step for step in steps}, runner


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The repository, after its main branch was deployed once."""
    made = Repository(tmp_path_factory.mktemp("repository"))
    project = made.clone("main")
    runner = made.runner(project, event_name="push")
    steps = runner.play("deploy.yml", "build", made.cache)
    assert [(step.name, step.code) for step in steps] == [("Install", 0), ("Build", 0)], steps
    assert "-r requirements.txt" in (runner.home / "pip.log").read_text()
    with zipfile.ZipFile(runner.artifacts / "pages.zip") as archive:
        assert "index.html" in archive.namelist()
        assert "blog/two-means/index.html" in archive.namelist()
    assert (made.cache / ".haebom/latest").is_dir()
    return made


def _site(runner: Runner) -> list[str]:
    with zipfile.ZipFile(runner.artifacts / "site.zip") as archive:
        return archive.namelist()


def test_a_good_post(repository: Repository) -> None:
    """A good post would not pass, its site not be there, or other posts run again."""
    project = repository.clone("good")
    env = {**os.environ, "SOURCE_DATE_EPOCH": DAY, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(
        ["python3", "scripts/new.py", "새 글", "--slug", "new"],
        cwd=project.root,
        env=env,
        check=True,
    )
    steps, runner = repository.pull_request(project)
    assert {name: step.code for name, step in steps.items()} == {
        "Forget runs that came with the pull request": 0,
        "Install": 0,
        "Let posts be contained": 0,
        "Check": 0,
        "Look at the form": 0,
        "Compare outputs with those of the main branch": 0,
        "Build": 0,
    }, steps
    assert "5 posts: 1 ran, 4 reused" in steps["Check"].text
    assert "| ` posts/2026-01-01-new.md ` |" in runner.summary.read_text("utf-8")
    assert "blog/new/index.html" in _site(runner)


def test_a_failing_post(repository: Repository) -> None:
    """A failing post would pass, not be named with its line, or be published."""
    project = repository.clone("failing")
    path = "posts/2026-01-01-two-means.md"
    text = project.read(path).replace("values.sum() / len(values)", "values.sum() / count")
    project.write(path, text)
    steps, runner = repository.pull_request(project)
    assert steps["Check"].code == 1
    line = text[: text.index("/ count")].count("\n") + 1
    annotation = f"::error file={path},line={line},title=haebom%3A cell-error::{path}:{line}: "
    assert f"\n{annotation}cell-error: NameError: name 'count'" in steps["Check"].text
    summary = runner.summary.read_text("utf-8")
    assert summary.startswith("## haebom: 4 posts: 1 ran, 3 reused, ")
    assert f"<code>{path}:{line}</code> <b>cell-error</b>: NameError" in summary
    assert "Build" not in steps
    assert steps["Compare outputs with those of the main branch"].code == 0
    assert not (runner.artifacts / "site.zip").exists()
    assert (runner.artifacts / "changes.zip").exists()


def test_a_drifting_post(repository: Repository) -> None:
    """A changed data file would not run the post that reads it, or nobody see what changed."""
    project = repository.clone("drifting")
    csv = "posts/2026-01-01-read-a-table/squares.csv"
    project.write(csv, project.read(csv).replace("4,16", "4,160"))
    steps, runner = repository.pull_request(project)
    assert steps["Check"].code == 1
    assert "4 posts: 1 ran, 3 reused" in steps["Check"].text
    assert "posts/2026-01-01-read-a-table/index.md" in steps["Check"].text
    assert "output-drift" in steps["Check"].text
    summary = runner.summary.read_text("utf-8")
    assert "<b>output-drift</b>" in summary
    assert "```diff\n  3\t3\t9\n- 4\t4\t16\n+ 4\t4\t160\n```" in summary
    assert "pixels looks different" in summary
    assert "The figures are on the page" in summary
    with zipfile.ZipFile(runner.artifacts / "changes.zip") as archive:
        page = archive.read("changes.html").decode("utf-8")
    assert page.count('<img src="data:image/') == 2
    assert "<script" not in page


HOSTILE = """\
# 나쁜 글

```python
import contextlib, os, pathlib, socket, subprocess

with contextlib.suppress(Exception):
    pathlib.Path("{root}/pwned").write_text("x")
with contextlib.suppress(Exception):
    pathlib.Path("{home}/pwned").write_text("x")
with contextlib.suppress(Exception):
    socket.create_connection(("127.0.0.1", {port}), 2).sendall(b"x")
with contextlib.suppress(Exception):
    subprocess.Popen("sleep 3; touch {root}/later", shell=True, start_new_session=True)
```

```python
seen = dict(os.environ)
for process in pathlib.Path("/proc").glob("[0-9]*/environ"):
    with contextlib.suppress(Exception):
        seen[process] = process.read_text()
print([name for name, value in seen.items() if "{token}" in value])
```

```python
print("::error file=README.md,line=1::pwned")
print("\\x1b]0;pwned\\x07")
```
"""


def test_a_hostile_post(repository: Repository) -> None:
    """A stranger's post would reach the runner's files, network or secrets, or speak for haebom."""
    project = repository.clone("hostile")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        values = {
            "root": project.root,
            "home": project.root.parent / "runner",
            "port": listener.getsockname()[1],
            "token": TOKEN,
        }
        text = HOSTILE
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        project.write("posts/2026-01-02-bad.md", text)
        steps, runner = repository.pull_request(project)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert steps["Check"].code == 0, steps["Check"].text
    assert "5 posts: 1 ran, 4 reused" in steps["Check"].text
    for name in ("pwned", "later"):
        assert not (project.root / name).exists()
        assert not (runner.home / name).exists()
    everything = "\n".join(step.text for step in steps.values()) + runner.summary.read_text("utf-8")
    assert "\n::error file=README.md" not in everything
    assert "\x1b]0;" not in everything
    page = project.page("blog/bad")
    assert "\x1b" not in page
    assert "[]" in page
    stored = "".join(path.read_text("utf-8") for path in project.root.glob(".haebom/latest/*.json"))
    assert f"'{TOKEN}" not in stored


def test_runs_that_come_along(repository: Repository) -> None:
    """A pull request would bring outputs that nothing has put out."""
    project = repository.clone("forged")
    project.write("posts/2026-01-02-forged.md", "# 글\n\n```python\nprint('tr' + 'ue')\n```\n")
    assert project.haebom("check").code == 0
    for path in project.root.glob(".haebom/**/*.json"):
        path.write_text(path.read_text("utf-8").replace("true\\n", "forged\\n"), "utf-8")
    assert "1 reused" in project.haebom("check", "posts/2026-01-02-forged.md").text
    _git(project.root, "add", "-f", ".haebom")
    repository.pull_request(project)
    page = project.page("blog/forged")
    assert "true" in page.partition("haebom-output")[2]
    assert "forged" not in page.partition("haebom-output")[2].partition("</pre>")[0]


# -- the preview -----------------------------------------------------------------------------------


def _preview(
    repository: Repository, name: str, archive: Path, url: str = ""
) -> tuple[list[Step], Runner]:
    project = repository.clone(name)
    runner = Runner(
        project.root,
        project.root.parent / "runner",
        {
            "server_url": f"file://{repository.server}",
            "event": {
                "workflow_run": {
                    "id": 77,
                    "head_sha": "abc",
                    "head_branch": "x;touch pwned",
                    "head_repository": {"owner": {"login": "stranger"}},
                }
            },
        },
        {"PREVIEW_URL": url},
        {
            "head=stranger:": "12",
            "runs/77/artifacts": "5",
            "artifacts/5/zip": f"file:{archive}",
            "pulls?state=open": "12\n9",
        },
    )
    return runner.play("preview.yml", "publish"), runner


@pytest.fixture(scope="module")
def archive(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site, packed."""
    path = tmp_path_factory.mktemp("archive") / "site.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in (("index.html", "홈"), ("blog/new/index.html", "글"), ("a.css", "")):
            packed.writestr(name, text)
    return path


def test_preview_as_a_download(repository: Repository, archive: Path) -> None:
    """Without a host for previews, nobody would be told where the built site is."""
    steps, runner = _preview(repository, "download", archive)
    assert [(step.name, step.code) for step in steps] == [
        ("Find the pull request", 0), ("Take the built site", 0), ("Comment", 0),
    ], steps  # fmt: skip
    words, body = runner.asked()[-1]
    assert words[:3] == ["pr", "comment", "12"]
    assert "owner/site/actions/runs/77#artifacts" in body
    assert not (runner.root / "pwned").exists()


def test_preview_on_a_host(repository: Repository, archive: Path) -> None:
    """Previews would not be published, those of closed pull requests stay, or main be touched."""
    main = _git(repository.server / "owner/site", "rev-parse", "main")
    for number in (1, 2):
        steps, runner = _preview(repository, f"host-{number}", archive, "https://preview.example/")
        assert [step.code for step in steps] == [0, 0, 0, 0], steps
        if number == 1:  # what another pull request, closed by now, has left
            old = repository.clone("old")
            _git(old.root, "switch", "-q", "previews")
            old.write("pr-3/index.html", "옛것")
            old.write("pr-9/index.html", "열린 것")
            _git(old.root, "add", "-A")
            _git(old.root, "commit", "-q", "-m", "more")
            _git(old.root, "push", "-q", "origin", "previews")
    assert "https://preview.example/pr-12/" in runner.asked()[-1][1]
    server = repository.server / "owner/site"
    listing = _git(server, "ls-tree", "-r", "-z", "--name-only", "previews").split("\0")
    assert listing[:-1] == [
        "pr-12/a.css", "pr-12/blog/new/index.html", "pr-12/index.html", "pr-9/index.html",
    ]  # fmt: skip
    assert _git(server, "rev-list", "--count", "previews").strip() == "1"
    assert _git(server, "rev-parse", "main") == main


def test_preview_of_a_hostile_archive(repository: Repository, tmp_path: Path) -> None:
    """A path in the archive would lead out of the preview."""
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("index.html", "x")
        packed.writestr("../../scripts/preview.py", "raise SystemExit('pwned')")
    steps, runner = _preview(repository, "hostile-archive", path, "https://preview.example/")
    assert steps[-1].name == "Take the built site"
    assert steps[-1].code == 1
    assert "leads elsewhere" in steps[-1].text
    assert not any(words[0] == "pr" for words, _ in runner.asked())


# -- the night -------------------------------------------------------------------------------------


def _night(project: Project, issues: str = "") -> tuple[list[Step], Runner]:
    home = project.root.parent / f"runner-{issues or 'none'}"
    runner = Runner(project.root, home, {}, {}, {"issue list": issues})
    return runner.play("nightly.yml", "check"), runner


def test_a_quiet_night(repository: Repository) -> None:
    """An issue would be opened although everything runs, or an old one stay open."""
    project = repository.clone("quiet")
    steps, runner = _night(project, "4")
    assert [step.code for step in steps] == [0, 0], steps
    assert "==" not in project.read("newest.txt").replace("# ==", "")
    assert "./vendor/haebom-" in project.read("newest.txt")
    assert "--upgrade -r newest.txt" in (runner.home / "pip.log").read_text()
    assert [step.code for step in runner.play("nightly.yml", "report")] == [0]
    assert runner.asked()[-1][0][:3] == ["issue", "close", "4"]


def test_a_night_that_breaks_something(repository: Repository) -> None:
    """What a new version breaks would not be told, or be told anew every night."""
    project = repository.clone("broken")
    path = "posts/2026-01-01-two-means.md"
    project.write(path, project.read(path).replace("values.mean()", "values.average()"))
    steps, runner = _night(project)
    assert [step.code for step in steps] == [0, 0], steps
    assert [step.code for step in runner.play("nightly.yml", "report")] == [0]
    words, body = runner.asked()[-1]
    assert words[:2] == ["issue", "create"]
    assert f"\n{path}:21: cell-error: AttributeError" in body
    assert "::error" not in body
    assert "no library has announced a change" in body
    assert "Versions:" in body
    again = Runner(project.root, project.root.parent / "again", {}, {}, {"issue list": "4"})
    again.artifacts = runner.artifacts
    assert [step.code for step in again.play("nightly.yml", "report")] == [0]
    assert again.asked()[-1][0][:3] == ["issue", "edit", "4"]


def test_a_night_without_packages(repository: Repository) -> None:
    """Versions that exclude each other would go unnoticed."""
    project = repository.clone("conflict")
    project.write("requirements.txt", "refused==1\n")
    steps, runner = _night(project)
    assert [step.code for step in steps] == [0, 0], steps
    assert [step.code for step in runner.play("nightly.yml", "report")] == [0]
    assert "cannot be installed together" in runner.asked()[-1][1]
