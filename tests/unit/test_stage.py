"""The staged tree."""

from __future__ import annotations

from pathlib import Path

from haebom.model import CellRun, Checked, Display, Run, State
from haebom.stage import Marker, Tree, clean, read_frame_marker, read_marker
from helpers import PNG, dumped, markdown_cell, notebook, parsed, staged


def _checked(text: str, path: str = "posts/2026-01-02-a.md") -> Checked:
    post = parsed(text, path)
    shown = (Display({"image/png": PNG}),)
    return Checked(post, Run("r", tuple(CellRun(c.index, State.OK, shown) for c in post.runnable)))


def test_what_is_written(tmp_path: Path) -> None:
    """The tree would lack a file, or the page its front matter."""
    page = staged(_checked("---\ntitle: 제목\n---\n\n# 글\n\n```python\nx\n```\n"), tmp_path, "ko")
    text = (tmp_path / page.uri).read_text("utf-8")
    assert text.startswith("---\ntitle: 제목\ndate: 2026-01-02\nslug: a\n---\n\n<!-- haebom ")
    *_, last = text.rstrip("\n").split("\n")
    assert text.endswith(f"# 글\n\n```python\nx\n```\n\n{last}\n")
    assert read_frame_marker(last) is not None
    (image,) = page.files
    assert (tmp_path / image).is_file()
    assert read_marker(text.split("\n")[6]) is not None


def test_staging_again_writes_nothing(tmp_path: Path) -> None:
    """A preview would rebuild for ever because its own files change."""
    checked = _checked("```python\nx\n```\n")
    assert staged(checked, tmp_path, "ko").changed
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert not staged(checked, tmp_path, "ko").changed
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times


def test_marker() -> None:
    """A page would not find its cells, or ordinary comments be taken for markers."""
    marker = Marker("0123456789abcdef" * 2, "../../haebom/files/")
    assert read_marker(str(marker)) == marker
    assert read_marker(f" {marker}") is None
    assert read_marker("<!-- haebom -->") is None


def test_attachments_lie_beside_the_page(tmp_path: Path) -> None:
    """An image within a notebook would be missing."""
    cell = markdown_cell("![a](attachment:p.png)", attachments={"p.png": {"image/png": PNG}})
    checked = _checked(dumped(notebook(cell)), "posts/2026-01-02-a.ipynb")
    page = staged(checked, tmp_path, "ko")
    (uri,) = page.files
    assert (tmp_path / uri).read_bytes().startswith(b"\x89PNG")
    assert f"![a]({Path(uri).name})" in (tmp_path / page.uri).read_text("utf-8")


def test_clean(tmp_path: Path) -> None:
    """A deleted post would stay on the site, or a page lose its cells."""
    first = staged(_checked("```python\nx\n```\n"), tmp_path, "ko")
    second = staged(_checked("```python\ny\n```\n", "posts/2026-01-03-b.md"), tmp_path, "ko")
    before = {p for p in tmp_path.rglob("*") if p.is_file()}
    clean(tmp_path, [first, second])
    assert {p for p in tmp_path.rglob("*") if p.is_file()} == before
    clean(tmp_path, [first])
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert first.uri in left
    assert second.uri not in left
    assert len(left) == 4
    clean(tmp_path, [])
    assert list(tmp_path.iterdir()) == []


def test_a_tree_keeps_what_it_needs(tmp_path: Path) -> None:
    """Pages that are made from all posts, or frames, would be lost or pile up."""
    for _ in range(2):
        tree = Tree(tmp_path, tmp_path, "ko")
        tree.add(_checked("# 글\n\n```python\nx\n```\n"))
        tree.add(_checked("# 또\n", "posts/2026-01-03-b.md"))
        finished = tree.finish()
        before = sorted(tmp_path.rglob("*"))
    assert [Path(page.uri).name for page in finished.pages] == [
        "2026-01-02-a.md",
        "2026-01-03-b.md",
    ]
    assert not any(page.changed for page in finished.pages)
    assert [entry.title for entry in finished.catalogue.posts] == ["또", "글"]
    assert sorted(tmp_path.rglob("*")) == before
