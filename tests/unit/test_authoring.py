"""The commands for those who write."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from haebom import cli, pipeline
from haebom.cli import CLEAN, FINDINGS, USAGE
from haebom.frontmatter import ORDER, FrontMatter, json_schema, split
from helpers import PROJECT, FakeKernels, Project, code_cell, notebook, write_site

YML = "site_name: a\ntheme: {name: mkdocs}\nplugins:\n  - haebom: {jobs: 1, language: en}\n"
STREAM = {"output_type": "stream", "name": "stdout", "text": ["하나\n"]}
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A site with two posts in a repository, as the current directory."""
    files: dict[str, str | bytes] = {
        "posts/2026-01-01-글.md": "---\ntags: [a]\n---\n\n# 글\n\n```python\nprint(1)\n```\n",
        "posts/2026-01-02-책.ipynb": _book("x = 1", "print(2)"),
        ".gitignore": ".haebom/\n",
    }
    project = write_site(tmp_path / "a site", files, YML)
    monkeypatch.chdir(project.root)
    kernels = FakeKernels()
    monkeypatch.setattr(pipeline, "KernelPool", lambda *_, **__: kernels)
    monkeypatch.setenv("COLUMNS", "200")
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *words], check=True)
    return project


def _book(*codes: str) -> str:
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    cells = (code_cell(code, outputs=[STREAM]) for code in codes)
    document = notebook("# 책", *cells, metadata={"kernelspec": spec})
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _call(capsys: Capture, *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out + err


def test_new(here: Project, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """`haebom new` would not make a post of the site, or overwrite one."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    code, text = _call(capsys, "new", "새 글", "--bundle", "--series", "연재")
    path = "posts/2026-01-01-새-글/index.md"
    assert (code, text.split("\n")[0]) == (CLEAN, path)
    assert "series: 연재" in here.read(path)
    assert "What the example shows" in here.read(path)  # the site's language, not the title's
    assert _call(capsys, "check", "새-글")[0] == CLEAN
    code, text = _call(capsys, "new", "새 글")
    assert code == USAGE
    assert "taken by" in text
    assert "Choose another --slug" in text


def test_fmt(here: Project, capsys: Capture) -> None:
    """`haebom fmt` would leave a post untidy, or touch one that is tidy."""
    tidy = here.tree("posts")
    assert _call(capsys, "fmt") == (CLEAN, "")
    assert here.tree("posts") == tidy
    here.write("posts/2026-01-01-글.md", "---\ntags:  [a]\n---\n# 글\r\n\n```py\nprint(1)\n```\n\n")
    here.write("posts/2026-01-02-책.ipynb", json.dumps(json.loads(_book("x = 1", "print(2)"))))
    assert _call(capsys, "fmt") == (CLEAN, "posts/2026-01-01-글.md: tidied\n"
                                           "posts/2026-01-02-책.ipynb: tidied\n")  # fmt: skip
    assert here.tree("posts") == tidy
    code, _ = _call(capsys, "fmt", "--drop-outputs", "책")
    assert code == CLEAN
    assert "하나" not in here.read("posts/2026-01-02-책.ipynb")


def test_fmt_check(here: Project, capsys: Capture) -> None:
    """`haebom fmt --check` would write, or not fail and say what is untidy."""
    here.write("posts/2026-01-01-글.md", "---\ntags:  [a]\n---\n\n# 글\n")
    before = here.tree("posts")
    code, text = _call(capsys, "fmt", "--check")
    assert code == FINDINGS
    assert "posts/2026-01-01-글.md: not tidy\n--- a/posts/2026-01-01-글.md\n" in text
    assert "-tags:  [a]\n+tags: [a]\n" in text
    assert here.tree("posts") == before


def test_diffs_are_no_commands(
    here: Project, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of a stranger's post would be a command to the runner that prints it."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    here.write("posts/2026-01-01-글.md", "---\ntags:  [a]\n---\n\n::error::x\n")
    for words in (("fmt", "--check"), ("diff",)):
        lines = _call(capsys, *words)[1].splitlines()
        start, end = lines.index(" ::error::x" if words[0] == "fmt" else "+::error::x"), len(lines)
        (stop,) = [line for line in lines[:start] if line.startswith("::stop-commands::")]
        assert lines[end - 1] == f"::{stop.removeprefix('::stop-commands::')}::"


def test_fmt_of_what_cannot_be_read(here: Project, capsys: Capture) -> None:
    """A damaged notebook would be overwritten, or end the command for all others."""
    here.write("posts/2026-01-01-글.md", "# 글")
    here.write("posts/2026-01-02-책.ipynb", '{"cells": [')
    code, text = _call(capsys, "fmt")
    assert code == FINDINGS
    assert "left as it is: posts/2026-01-02-책.ipynb:1: The notebook is not JSON" in text
    assert here.read("posts/2026-01-02-책.ipynb") == '{"cells": ['
    assert here.read("posts/2026-01-01-글.md") == "# 글\n"


@pytest.mark.parametrize("words", [("fmt",), ("fmt", "--check"), ("diff",)])
def test_a_link_to_nowhere(here: Project, capsys: Capture, words: tuple[str, ...]) -> None:
    """A file that cannot be opened would end the command with a traceback."""
    (here.root / "posts/2026-01-03-gone.md").symlink_to(here.root / "nowhere.md")
    code, text = _call(capsys, *words)
    assert code in (CLEAN, FINDINGS)
    assert "Traceback" not in text
    assert not (here.root / "nowhere.md").exists()


def test_fmt_keeps_permissions_and_links(here: Project, capsys: Capture, tmp_path: Path) -> None:
    """A post that is a link would become a file of its own; a file elsewhere would be changed."""
    target = here.write("notes/elsewhere.md", "# 글")
    target.chmod(0o640)
    (here.root / "posts/2026-01-03-link.md").symlink_to(target)
    outside = tmp_path / "outside.md"
    outside.write_text("# 글")
    (here.root / "posts/2026-01-04-out.md").symlink_to(outside)
    _call(capsys, "fmt")
    assert (here.root / "posts/2026-01-03-link.md").is_symlink()
    assert target.read_text("utf-8") == "# 글\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert outside.read_text("utf-8") == "# 글"


def test_diff(here: Project, capsys: Capture) -> None:
    """A notebook's change would be shown as JSON, or not at all."""
    assert _call(capsys, "diff") == (CLEAN, "")
    here.write("posts/2026-01-02-책.ipynb", _book("x = 2", "print(2)").replace("하나", "둘"))
    (here.root / "posts/2026-01-01-글.md").unlink()
    here.write("posts/2026-01-03-새것.md", "# 새것\n")
    code, text = _call(capsys, "diff")
    assert code == CLEAN
    assert "--- a/posts/2026-01-02-책.ipynb\n+++ b/posts/2026-01-02-책.ipynb\n" in text
    assert "-x = 1\n+x = 2\n %% output stdout\n-하나\n+둘\n" in text
    assert '"cell_type"' not in text
    assert "--- a/posts/2026-01-01-글.md\n+++ /dev/null\n" in text
    assert "--- /dev/null\n+++ b/posts/2026-01-03-새것.md\n" in text
    assert "글.md" not in _call(capsys, "diff", "책")[1]
    assert _call(capsys, "diff", "--base", "nowhere")[0] == USAGE


def test_diffs_give_no_orders_to_a_terminal(here: Project, capsys: Capture) -> None:
    """A stranger's post could rename the window, or hide a line of the diff."""
    here.write("posts/2026-01-01-글.md", "---\ntags:  [a]\n---\n# 글\x1b]0;pwned\x07\x1b[2A\x9b2J")
    for words in (("diff",), ("fmt", "--check")):
        text = _call(capsys, *words)[1]
        assert "글\\x1b]0;pwned\\x07\\x1b[2A\\x9b2J" in text
        assert not set("\x1b\x07\x9b") & set(text)


@pytest.mark.parametrize("content", ["{", '{"cells": 3}', "\x00"])
def test_diff_of_a_damaged_notebook(here: Project, capsys: Capture, content: str) -> None:
    """A notebook that is not one would end the command."""
    here.write("posts/2026-01-02-책.ipynb", content)
    code, text = _call(capsys, "diff")
    assert code == CLEAN
    assert f"+{content}".replace("\x00", "\\x00") in text


def test_check_changed(here: Project, capsys: Capture) -> None:
    """`haebom check --changed` would run other posts, or not the changed one."""
    assert "0 posts" in _call(capsys, "check", "--changed")[1]
    here.write("posts/2026-01-01-글.md", "# 글\n\n```python\n1 / 0\n```\n")
    code, text = _call(capsys, "check", "--changed")
    assert code == FINDINGS
    assert "1 post: 1 ran" in text
    assert _call(capsys, "check", "--changed", "HEAD")[0] == FINDINGS
    assert _call(capsys, "check", "--changed=nowhere")[0] == USAGE


# -- the schema ------------------------------------------------------------------------------------


def test_schema(capsys: Capture) -> None:
    """Editors would get no schema, or one without some key."""
    code, text = _call(capsys, "schema")
    assert code == CLEAN
    found = json.loads(text)
    jsonschema.Draft7Validator.check_schema(found)
    assert tuple(found["properties"]) == ORDER
    assert set(ORDER) == set(FrontMatter.model_fields)
    assert found == json_schema()


@pytest.mark.parametrize(
    ("front", "valid"),
    [
        ({"date": "2026-01-02", "tags": ["a"], "execute": {"timeout": 3}}, True),
        ({"date": {"created": "2026-01-02"}, "needs": ["cuda", {"gpu-memory": "8GiB"}]}, True),
        ({"needs": "cuda"}, True),
        ({"tag": ["a"]}, False),
        ({"tags": "a"}, False),
        ({"execute": {"timeout": -1}}, False),
    ],
)
def test_schema_says_what_haebom_says(front: Any, valid: bool) -> None:
    """An editor would underline what is right, or not underline what is wrong."""
    assert jsonschema.Draft7Validator(json_schema()).is_valid(front) == valid


def test_posts_fit_the_schema() -> None:
    """Editors would underline something in the posts that are there."""
    validator = jsonschema.Draft7Validator(json_schema())
    for path in sorted((PROJECT / "posts").rglob("*.md")):
        block, _ = split(path.read_text("utf-8"))
        meta = yaml.safe_load(block.strip("-\n"))
        meta = json.loads(json.dumps(meta, default=str))
        assert not [error.message for error in validator.iter_errors(meta)], path
