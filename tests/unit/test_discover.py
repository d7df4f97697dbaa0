"""Which files are posts."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from haebom.discover import Layout, discover, pages, select
from haebom.errors import UsageError
from haebom.model import Format
from helpers import Project


@pytest.fixture
def layout(project: Project) -> Layout:
    """A folder with posts of every kind."""
    for path in (
        "2026-01-01-a.md", "2026-01-02-b.ipynb", "deep/er/2026-01-04-d.md", "README.md",
        "deep/readme.ipynb", "undated.md", "A.MD.txt", "picture.png", ".hidden.md",
        ".ipynb_checkpoints/2026-01-02-b-checkpoint.ipynb", "__pycache__/x.py",
        "2026-01-05-bundle/index.md", "2026-01-05-bundle/notes.md", "2026-01-05-bundle/x.py",
        "2026-01-05-bundle/img/deep/p.png", "2026-01-05-bundle/img/.DS_Store",
        "2026-01-06-nb/index.ipynb",
    ):  # fmt: skip
        project.write(f"posts/{path}", "x")
    project.write("posts/2026-01-03-c.py", "# %%\nx\n")
    project.write("posts/helper.py", "x = 1\n")
    project.write("posts/2026-01-07-broken.py", b"\xff\xfe # %%")
    project.write("posts/broken.py", b"\xff\xfe")
    return Layout(project.root, "posts", "docs", "blog/posts")


def test_posts_and_assets(layout: Layout) -> None:
    """A post would be passed over, or something else be taken for one."""
    found = discover(layout)
    assert [source.path for source in found.posts] == [
        "posts/2026-01-01-a.md", "posts/2026-01-02-b.ipynb", "posts/2026-01-03-c.py",
        "posts/2026-01-05-bundle/index.md", "posts/2026-01-06-nb/index.ipynb",
        "posts/2026-01-07-broken.py", "posts/deep/er/2026-01-04-d.md", "posts/undated.md",
    ]  # fmt: skip
    assert found.assets == (
        "posts/2026-01-05-bundle/img/deep/p.png", "posts/2026-01-05-bundle/notes.md",
        "posts/2026-01-05-bundle/x.py", "posts/A.MD.txt", "posts/README.md", "posts/broken.py",
        "posts/deep/readme.ipynb", "posts/helper.py", "posts/picture.png",
    )  # fmt: skip


def test_what_a_source_knows(layout: Layout) -> None:
    """A post would get another address, date or bundle."""
    by_slug = {source.slug: source for source in discover(layout).posts}
    bundle = by_slug["bundle"]
    assert bundle.uri == "blog/posts/2026-01-05-bundle/index.md"
    assert (bundle.bundle, bundle.date) == ("posts/2026-01-05-bundle", "2026-01-05")
    assert by_slug["d"].uri == "blog/posts/deep/er/2026-01-04-d.md"
    assert (by_slug["nb"].format, by_slug["c"].format) == (Format.NOTEBOOK, Format.SCRIPT)
    assert (by_slug["undated"].date, by_slug["undated"].bundle) == ("", "")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_names(project: Project, form: str) -> None:
    """A name typed on macOS would be another post than the same name from Linux."""
    name = unicodedata.normalize(form, "2026-01-01-한글-이름.md")  # type: ignore[arg-type]
    project.write(f"posts/{name}", "x")
    layout = Layout(project.root)
    (source,) = discover(layout).posts
    assert source.slug == "한글-이름"
    assert (project.root / source.path).is_file()
    for typed in ("한글-이름", unicodedata.normalize("NFD", "한글-이름")):
        assert select([source], [typed], layout) == (source,)
    typed = str(project.root / "posts" / unicodedata.normalize("NFC", name))
    assert select([source], [typed], layout) == (source,)


def test_no_posts_folder(tmp_path: Path) -> None:
    """A site without posts would be an error."""
    assert discover(Layout(tmp_path)).posts == ()


def test_included_pages(project: Project) -> None:
    """A page that `include:` names would not run, or another would."""
    for path in ("index.md", "guide/a.md", "guide/deep/b.ipynb", "guide/c.png", "other.md"):
        project.write(f"docs/{path}", "x")
    layout = Layout(project.root)
    found = pages(layout, ["index.md", "guide/**/*"])
    assert [source.path for source in found] == [
        "docs/guide/a.md", "docs/guide/deep/b.ipynb", "docs/index.md",
    ]  # fmt: skip
    assert [source.uri for source in found] == ["guide/a.md", "guide/deep/b.md", "index.md"]
    assert not any(source.is_post for source in found)
    assert pages(layout, ["no/*.md"]) == ()


def test_select(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command would check other posts than those that were named."""
    sources = discover(layout).posts
    monkeypatch.chdir(layout.root)

    def slugs(*names: str) -> list[str]:
        return [source.slug for source in select(sources, names, layout)]

    assert len(slugs()) == len(sources)
    assert slugs("bundle") == ["bundle"]
    assert slugs("posts/2026-01-01-a.md", "b") == ["a", "b"]
    assert slugs(str(layout.root / "posts/deep/")) == ["d"]
    assert slugs("posts/2026-01-05-bundle") == ["bundle"]
    assert slugs("a", "posts/2026-01-01-a.md") == ["a"]
    with pytest.raises(UsageError) as caught:
        slugs("nowhere")
    assert "'nowhere'" in caught.value.message
    assert "8 posts" in caught.value.hint


def test_a_file_outside_the_site(layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A single file from elsewhere could not be checked."""
    path = tmp_path_factory.mktemp("else") / "x.md"
    path.write_text("x")
    (source,) = select(discover(layout).posts, [str(path)], layout)
    assert (source.path, source.is_post) == (path.as_posix(), False)
