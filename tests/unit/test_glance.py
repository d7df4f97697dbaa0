"""What a glance at posts tells before they are parsed."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from haebom.glance import Glance
from helpers import code_cell, dumped, notebook

PRELOAD = ("numpy.random", "torch", "pandas")
CODE = "글\n\n```python\nimport torch\n```\n"


def _glance(root: Path) -> Glance:
    return Glance(root, root / "글 모음", root / ".haebom")


def _write(root: Path, name: str, text: str) -> Path:
    file = root / "글 모음" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("a.md", CODE, ("torch",)),
        ("a.md", "- 글\n\n    ~~~~ {.python}\n    import torch\n    ~~~~\n", ("torch",)),
        ("a.md", "import torch 다음에\n\n```python\nimport pandas\n```\n", ("pandas",)),
        ("a.md", "```python\nimport torch", ()),
        ("b/c d/글.ipynb", dumped(notebook(code_cell("import torch\nimport pandas"))), PRELOAD[1:]),
        ("a.py", "# %%\nimport torch\n", ("torch",)),
        ("a.txt", "import torch\n", ()),
    ],
)
def test_modules(tmp_path: Path, name: str, text: str, names: tuple[str, ...]) -> None:
    """The kernel server would wait until all posts are parsed before it imports anything."""
    _write(tmp_path, name, text)
    assert _glance(tmp_path).modules(PRELOAD) == names


def test_any_file_is_borne(tmp_path: Path) -> None:
    """A file that no post can be read from would end the build before it could be named."""
    assert _glance(tmp_path).modules(PRELOAD) == ()
    folder = _write(tmp_path, "a.md", "글").parent
    (folder / "broken.md").write_bytes(b"\xff\xfe```\n")
    (folder / "folder.md").mkdir()
    (folder / "gone.md").symlink_to(tmp_path / "nowhere")
    glance = _glance(tmp_path)
    assert (glance.modules(PRELOAD), glance.finds_code) == ((), False)


def test_posts_elsewhere_are_borne(tmp_path: Path) -> None:
    """An option that leads out of the project would end the build with a traceback."""
    _write(tmp_path, "a.md", CODE)
    assert not Glance(tmp_path / "project", tmp_path / "글 모음", tmp_path / ".haebom").finds_code


@pytest.mark.parametrize(
    ("text", "finds_code"),
    [
        (CODE, False),
        (f"{CODE}\n다음 문장입니다.\n", False),
        (CODE.replace("torch", "pandas"), True),
        ("글\n", False),
    ],
    ids=["nothing", "prose", "code", "code is gone"],
)
def test_what_has_changed(tmp_path: Path, text: str, finds_code: bool) -> None:
    """A server would start for a sentence, or wait although a cell is another."""
    _write(tmp_path, "a.md", CODE)
    _write(tmp_path, "b.md", CODE)
    before = _glance(tmp_path)
    assert before.finds_code
    before.leave_record()
    file = _write(tmp_path, "a.md", text)
    os.utime(file, ns=(1, 1))
    assert _glance(tmp_path).finds_code is finds_code


def test_a_new_post_has_changed(tmp_path: Path) -> None:
    """The post that somebody has just written would wait longest."""
    _write(tmp_path, "a.md", CODE)
    _glance(tmp_path).leave_record()
    _write(tmp_path, "b.md", CODE.replace("torch", "pandas"))
    assert _glance(tmp_path).modules(PRELOAD) == ("pandas",)


def test_a_post_that_runs_again_counts_as_changed(tmp_path: Path) -> None:
    """Whoever mends a post would wait longer at each attempt; its name may be spelled otherwise."""
    _write(tmp_path, "가.md", CODE)
    _write(tmp_path, "나.md", CODE.replace("torch", "pandas"))
    _glance(tmp_path).leave_record(but=[unicodedata.normalize("NFD", "글 모음/나.md")])
    assert _glance(tmp_path).modules(PRELOAD) == ("pandas",)


def test_files_that_stay_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build in which nothing has changed would read all posts first."""
    _write(tmp_path, "a.md", CODE)
    _glance(tmp_path).leave_record()
    monkeypatch.setattr(Path, "read_text", lambda *_args: pytest.fail("it was read"))
    assert not _glance(tmp_path).finds_code


@pytest.mark.parametrize("record", ["", "[]", "7", '{"글 모음/a.md": 7}', '{"글 모음/a.md": [1]}'])
def test_a_broken_record_is_none(tmp_path: Path, record: str) -> None:
    """A build that was killed, or another version, would keep all later ones from starting."""
    _write(tmp_path, "a.md", CODE)
    (tmp_path / ".haebom").mkdir()
    (tmp_path / ".haebom" / "glance.json").write_text(record, "utf-8")
    assert _glance(tmp_path).finds_code
