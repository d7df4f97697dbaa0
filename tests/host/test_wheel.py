"""The wheel, on another site in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from helpers import PROJECT, clean_environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def _run(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in clean_environment().items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True, timeout=240
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `python -m build` makes."""
    pytest.importorskip("build")
    folder = tmp_path_factory.mktemp("dist")
    # the build backend comes from this environment where it is there: no download per test run
    try:
        import hatchling  # noqa: F401

        isolation = ["--no-isolation"]
    except ImportError:
        isolation = []
    words = ["-m", "build", "--wheel", *isolation, "--outdir", str(folder), str(PROJECT)]
    done = _run(sys.executable, *words, cwd=folder)
    if done.returncode and "Connection" in done.stdout + done.stderr:
        pytest.skip("the build backend cannot be downloaded here")
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("haebom-*.whl")
    return path


def test_what_is_in_the_wheel(wheel: Path) -> None:
    """The wheel would lack a style sheet, a template or the marker of its types."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")}
    package = PROJECT / "src/haebom"
    expected = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected <= names
    assert "haebom/py.typed" in names
    assert "haebom/hosts/mkdocs/assets/css/outputs.css" in names
    extra = {name for name in names - expected if ".dist-info/" not in name}
    assert extra == set()


def test_the_wheel_on_another_site(wheel: Path, tmp_path: Path) -> None:
    """An installed haebom would only work in its own repository."""
    home = tmp_path / "env"
    venv.create(home)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", scripts / "python")
    done = _run(*pip, "install", "-q", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    # the dependencies are those of this environment; haebom itself is not visible there
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    borrowed = tmp_path / "borrowed"
    borrowed.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "haebom" not in path.name.lower() and path.suffix != ".pth":
            (borrowed / path.name).symlink_to(path)
    (site / "borrowed.pth").write_text(f"{borrowed}\n")
    project = tmp_path / "another site"
    (project / "docs").mkdir(parents=True)
    (project / "docs/index.md").write_text("# Home\n\n```python\nprint(6 * 7 * 1000)\n```\n")
    (project / "mkdocs.yml").write_text(
        # the borrowed packages are links, which contained posts do not follow
        "site_name: a\nplugins:\n  - search\n  - haebom: {contain: off, include: ['*.md']}\n"
    )
    where = _run(scripts / "python", "-c", "import haebom; print(haebom.__file__)", cwd=project)
    assert Path(where.stdout.strip()).is_relative_to(home.resolve()) or str(home) in where.stdout
    done = _run(scripts / "python", "-m", "mkdocs", "build", "--strict", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "42000" in (project / "site/index.html").read_text("utf-8")
    check = _run(scripts / "haebom", "check", cwd=project)
    assert check.returncode == 0, check.stderr
    assert "1 reused" in check.stdout
