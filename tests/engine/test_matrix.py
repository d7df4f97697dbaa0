"""Posts in environments with other packages."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import idna
import pytest

from haebom import environments
from haebom.config import MatrixEntry
from haebom.errors import HaebomError
from haebom.matrix import try_out
from haebom.model import Environment, Outcome
from haebom.pipeline import Workshop, check, find, load
from helpers import Project, Silent, plain_site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("matrix")]

FILES = {
    "posts/2026-01-01-uses.md": "# 가\n\n```python\nimport idna\nprint(idna.__version__)\n```\n",
    "posts/2026-01-02-breaks.md": (
        "# 나\n\n```python\nimport idna\nprint(1)\n```\n\n```python\nidna.encode('a')\n```\n"
    ),
    "posts/2026-01-03-other.md": "# 다\n\n```python\nprint(2)\n```\n",
    "posts/2026-01-04-allowed.md": (
        "# 라\n\n```python {.no-check}\nimport idna\nprint(idna.__version__)\n```\n"
    ),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A release of a package that posts can import, with less in it: no index is asked for it."""
    folder = tmp_path_factory.mktemp("wheels")
    path = folder / "idna-99.0-py3-none-any.whl"
    info = "idna-99.0.dist-info"
    files = {
        "idna/__init__.py": "__version__ = '99.0'\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: idna\nVersion: 99.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = ""
    for name, text in files.items():
        sha = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record += f"{name},sha256={sha.decode()},{len(text)}\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return str(path)


@pytest.fixture
def site_with_posts(project: Project) -> Project:
    """A site whose posts print a version, use what is gone, or do neither."""
    for path, text in FILES.items():
        project.write(path, text)
    return project


def _try(project: Project, entry: MatrixEntry) -> tuple[Environment, list[str]]:
    site = plain_site(project.root)
    posts = load(site, find(site)[1])
    with Workshop(site) as workshop:
        baseline = list(check(site, posts, workshop, Silent()))
    progress = Silent()
    return try_out(site, baseline, entry, progress), progress.names


def test_outcomes(site_with_posts: Project, wheel: str) -> None:
    """A table would say that a post works with a release that it breaks with, or the reverse."""
    environment, ran = _try(site_with_posts, MatrixEntry(name="새 idna", requirements=(wheel,)))
    found = {Path(trial.path).stem[11:]: trial for trial in environment.trials}
    assert {name: trial.outcome for name, trial in found.items()} == {
        "uses": Outcome.DIFFERS,
        "breaks": Outcome.FAILS,
        "other": Outcome.SAME,
        "allowed": Outcome.SAME,
    }
    assert found["uses"].note == (
        f"posts/2026-01-01-uses.md:4: line 1: {idna.__version__!r} is now '99.0'"
    )
    assert found["breaks"].note.startswith("posts/2026-01-02-breaks.md:9: AttributeError")
    assert environment.name == "새 idna"
    assert environment.versions == (("idna", "99.0"),)
    assert "posts/2026-01-03-other.md" not in ran, "it does not import what differs"


def test_runs_there_are_not_runs_here(site_with_posts: Project, wheel: str) -> None:
    """A page would show what another release put out."""
    _try(site_with_posts, MatrixEntry(requirements=(wheel,)))
    site = plain_site(site_with_posts.root)
    posts = load(site, find(site)[1])
    with Workshop(site) as workshop:
        found = {c.post.path: c for c in check(site, posts, workshop, Silent())}
    run = found["posts/2026-01-01-uses.md"].run
    assert run is not None and run.reused
    assert idna.__version__ in repr(run.cells)


def test_environments_are_kept(
    project: Project, wheel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every trial would install everything anew, or half an environment would pass for a whole."""
    calls: list[list[str]] = []
    real = subprocess.run

    def counted(command: list[str], **options: object) -> object:
        calls.append(command)
        return real(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(environments.subprocess, "run", counted)
    first = environments.make(project.root / "e", [wheel])
    made = len(calls)
    assert environments.make(project.root / "e", [wheel]) == first
    assert len(calls) == made
    (ready,) = (project.root / "e").glob("*/ready.json")
    ready.unlink()
    environments.make(project.root / "e", [wheel])
    assert len(calls) == 2 * made


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"python": "3.99"}, "There is no Python 3.99"),
        ({"requirements": ["/no/such/file.whl"]}, "The environment cannot be made"),
    ],
)
def test_what_cannot_be_made(project: Project, entry: dict[str, object], message: str) -> None:
    """A mistake in the configuration would end in a traceback of pip."""
    chosen = MatrixEntry.model_validate(entry)
    with pytest.raises(HaebomError, match=message) as caught:
        environments.make(project.root / "e", chosen.requirements, chosen.python)
    assert caught.value.hint


def test_this_python_needs_no_other(project: Project) -> None:
    """The version that runs haebom would be installed a second time, kernel and all."""
    here = ".".join(map(str, sys.version_info[:2]))
    assert environments.make(project.root / "e", [], here).python is None
