"""Posts in, articles out, byte for byte.

``HAEBOM_UPDATE_GOLDEN=1`` writes the expected articles anew; look at the difference then.
"""

from __future__ import annotations

import os
import re
import shutil
from html import unescape
from pathlib import Path

import jupytext
import pytest
from markdown import Markdown

from haebom.stage import CELLS, without_frame
from helpers import FULL, Bench, Project, plain_site, staged, write_site

HERE = Path(__file__).parent
POSTS = sorted(path.name for path in (HERE / "posts").iterdir())


def _render(folder: Path, uri: str) -> str:
    """The article of a staged page in plain Python-Markdown."""
    text = (folder / uri).read_text("utf-8").split("---\n", 2)[2]
    configs = {name: dict(values) for name, values in FULL.configs.items()}
    configs["haebom"] = {"cells": str(folder / CELLS)}
    md = Markdown(extensions=[*FULL.extensions, "haebom"], extension_configs=configs)
    return md.convert(text) + "\n"


@pytest.fixture
def articles(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The articles of all posts, and of one of them as a notebook."""
    for name in POSTS:
        shutil.copy(HERE / "posts" / name, project.root / "posts" / name)
    notebook = jupytext.read(HERE / "posts/2026-01-03-two.py", fmt="py:percent")
    project.write("posts/2026-01-04-three.ipynb", jupytext.writes(notebook, fmt="ipynb"))
    checked, _ = Bench(plain_site(project.root)).check()
    assert [finding for item in checked for finding in item.findings] == []
    folder = tmp_path_factory.mktemp("staged")
    return {
        Path(item.post.path).name: _render(folder, staged(item, folder, "ko").uri)
        for item in checked
    }


@pytest.mark.parametrize("name", POSTS)
def test_golden(articles: dict[str, str], name: str) -> None:
    """A page would come out differently than the one that was looked at."""
    expected = HERE / "expected" / f"{Path(name).stem}.html"
    if os.environ.get("HAEBOM_UPDATE_GOLDEN") == "1":
        assert not os.environ.get("CI"), "expected pages are never written anew in CI"
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(articles[name], "utf-8", newline="\n")
    assert articles[name] == expected.read_text("utf-8")


def test_one_post_in_three_formats(articles: dict[str, str]) -> None:
    """A post would look different as Markdown, as a notebook or as a script."""
    markdown = articles["2026-01-02-one.md"]
    assert markdown.count("haebom-output") >= 4
    assert articles["2026-01-03-two.py"] == markdown
    assert articles["2026-01-04-three.ipynb"] == markdown


@pytest.mark.slow
def test_the_staged_tree_needs_no_mkdocs(tmp_path: Path) -> None:
    """The staged tree would only work in MkDocs, or look different elsewhere."""
    names = sorted({*FULL.extensions})
    config = (
        "site_name: a\ntheme: {name: material, language: ko, font: false}\n"
        "plugins: [{haebom: {jobs: 1}}]\nmarkdown_extensions:\n"
        + "".join(f"  - {name}\n" for name in names if name != "pymdownx.tabbed")
        + "  - pymdownx.tabbed: {alternate_style: true}\n"
    )
    text = (HERE / "posts/2026-01-05-nested.md").read_text("utf-8")
    text = re.sub(r"display\((?:text|application)__(\w+)=(.*?)(?:, text__plain=.*)?\)\n",
                  r"display({'x/\1': \2}, raw=True)\n", text)  # fmt: skip
    text = text.replace('"e", err=True', '"e"').replace("x/json", "application/json")
    text = text.replace("x/", "text/")
    project = write_site(tmp_path / "a site", {"posts/2026-01-05-nested.md": text}, config)
    built = project.build()
    assert built.code == 0, built.text
    stage = project.haebom("stage", "--into", "out")
    assert stage.code == 0, stage.text
    configs = {name: dict(values) for name, values in FULL.configs.items()}
    folder = project.root / "out"
    configs["haebom"] = {"cells": str(folder / CELLS)}
    md = Markdown(extensions=[*names, "haebom"], extension_configs=configs)
    staged_text = (folder / "posts/2026-01-05-nested.md").read_text("utf-8").split("---\n", 2)[2]
    plain = md.convert(without_frame(staged_text))  # whose links are each host's own
    page = project.page("posts/2026-01-05-nested")
    assert "빨강" in plain
    assert plain.count('class="haebom-output"') == 5
    assert _core(plain) in _core(page)


def _core(html: str) -> str:
    """What is the same in every host: MkDocs writes paths of images in its own way."""
    return re.sub(r"\s+", " ", unescape(html))


def test_ci_never_writes(monkeypatch: pytest.MonkeyPatch, articles: dict[str, str]) -> None:
    """A wrong page would be accepted by a machine."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("HAEBOM_UPDATE_GOLDEN", "1")
    with pytest.raises(AssertionError, match="never written anew in CI"):
        test_golden(articles, POSTS[0])
