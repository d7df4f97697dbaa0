"""How outputs changed between two states of the stored runs."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from haebom import git
from haebom.changes import changes
from haebom.model import CellChange, Display, Location, PostChange, Stream
from haebom.reports.changes import html, markdown
from helpers import PNG, Bench, Project, plain_site

POST = """\
# 글

```python
print({})
```

```python
display(image__png="{}")
```
"""
PATH = "posts/2026-01-01-one.md"


def _commit(root: Path) -> None:
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *words], cwd=root, check=True)


@pytest.fixture
def changed(project: Project) -> Bench:
    """A site that ran once and was committed, with the runs of that time in ``before``."""
    project.write(PATH, POST.format(1, _encoded(200)))
    project.write("posts/2026-01-02-two.md", POST.format(2, PNG))
    project.write(".gitignore", ".haebom/\nbefore/\n")
    bench = Bench(plain_site(project.root))
    bench.check()
    shutil.copytree(project.root / ".haebom/latest", project.root / "before/latest")
    _commit(project.root)
    return bench


def _encoded(red: int) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2), (red, 0, 0)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _found(bench: Bench) -> list[PostChange]:
    root = bench.site.layout.root
    bench.check()
    commit = git.resolve(root, "HEAD")
    return list(changes(bench.site, bench.posts(), root / "before", commit))


def _write(bench: Bench, path: str, text: str) -> None:
    Project(bench.site.layout.root).write(path, text)


def test_nothing_ran(changed: Bench) -> None:
    """A post that was reused would be listed."""
    assert _found(changed) == []
    assert "No output changed" in markdown([])


def test_changed_outputs(changed: Bench) -> None:
    """A changed output would be overlooked, or an unchanged one listed."""
    _write(changed, PATH, POST.format(11, _encoded(200)))
    (found,) = _found(changed)
    assert (found.path, found.new_cells) == (PATH, 0)
    (cell,) = found.cells
    assert (cell.at, cell.what) == (Location(PATH, 4), "line 1: '1' is now '11'")
    assert cell.before == (Stream("stdout", "1\n"),)
    assert cell.after == (Stream("stdout", "11\n"),)


def test_a_changed_figure(changed: Bench) -> None:
    """A figure that is drawn otherwise would be overlooked where it looks nearly the same."""
    assert _encoded(200) != _encoded(201)
    _write(changed, PATH, POST.format(1, _encoded(201)))
    (found,) = _found(changed)
    assert [cell.what for cell in found.cells] == ["a figure looks otherwise"]
    assert "The figures are on the page" in markdown([found])
    assert html([found]).count('<img src="data:image/png;base64,') == 2


def test_cells_are_matched_by_their_code(changed: Bench) -> None:
    """A cell before the others would make all of them count as changed."""
    new = POST.replace("# 글\n", "# 글\n\n```python\nprint('새것')\n```\n").format(1, _encoded(200))
    _write(changed, PATH, new)
    (found,) = _found(changed)
    assert (found.cells, found.new_cells) == ((), 1)


def test_a_new_post(changed: Bench) -> None:
    """A new post would count as changed, or end the command."""
    _write(changed, "posts/2026-01-03-three.md", POST.format(3, PNG))
    (found,) = _found(changed)
    assert (found.seconds_before, found.cells, found.new_cells) == (None, (), 2)
    assert "| new |" in markdown([found])


def test_a_failing_post(changed: Bench) -> None:
    """A post whose run is not stored would be compared with its own past."""
    _write(changed, PATH, POST.format("1 / 0", PNG))
    assert _found(changed) == []


def test_runs_of_another_text(changed: Bench) -> None:
    """Cells would be mixed up where the runs of that time are of some other commit."""
    _write(changed, PATH, POST.format(11, _encoded(200)))
    _commit(changed.site.layout.root)
    (found,) = _found(changed)
    assert (found.cells, found.new_cells) == ((), 2)


def test_output_cannot_leave_its_place() -> None:
    """What a stranger's post prints would be Markdown or HTML of the summary."""
    evil = "```\n</pre><script>alert(1)</script>\n# 제목 ![x](https://x.example/a.png)\n````"
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    cell = CellChange(
        Location("posts/`a|b`.md", 3),
        f"line 1: {evil}",
        "\n".join(f"- {line}" for line in evil.split("\n")),
        (Stream("stdout", evil),),
        (Stream("stdout", "x"), Display({"image/svg+xml": svg})),
    )
    change = PostChange("posts/`a|b`.md", 1.0, 2.0, (cell,))
    text = markdown([change])
    assert "`````diff\n- ```\n" in text
    assert "\n# 제목" not in text
    assert "\\|b" in text
    page = html([change])
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page


def test_a_long_summary_ends() -> None:
    """GitHub would refuse a summary that is too long."""
    cell = CellChange(Location("posts/a.md"), "x", "- a\n" * 5000, (), ())
    text = markdown([PostChange("posts/a.md", 1.0, 2.0, (cell,) * 50)])
    assert len(text) < 100_000
    assert "There are more" in text
