"""What readers take along does the same elsewhere, in a plain kernel and in plain Python."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from haebom.closeness import Sameness, Terms, texts
from haebom.compare import as_text, compare
from haebom.model import Location, Output, Recorded
from haebom.outputs import from_notebook
from helpers import MKDOCS_YML, Done, Project, clean_environment, write_site

POST = """\
---
data: [../numbers.txt]
---

# 가져가기

[다른 글](2026-01-03-b.md), 인라인 값.

```python
import random
import numpy as np
import torch

print(random.random(), np.random.rand(2))
torch.rand(2)
```

- 목록

    ```python
    rows = [int(line) for line in open("numbers.txt")]
    {"sum": sum(rows)}
    ```

```python {.raises expect="ValueError"}
print("before")
int("둘")
```

```python {.hide-code}
display("shown", 3)
```

```python
import matplotlib.pyplot as plt

plt.plot([-1, 1])
plt.title("제목 Title")
plt.show()
```
"""
CONFIG = MKDOCS_YML.replace("      jobs: 2\n", "      jobs: 2\n      published: a/b@gh-pages\n")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Done]:
    """A built site with one post to take along."""
    files: dict[str, str | bytes] = {
        "posts/2026-01-02-가져가기.md": POST,
        "posts/2026-01-03-b.md": "# 다른 글\n\n```python\n!echo shell\n```\n",
        "numbers.txt": "1\n2\n39\n",
    }
    project = write_site(tmp_path_factory.mktemp("take") / "a site", files, CONFIG)
    return project, project.build()


@pytest.fixture
def taken(site: tuple[Project, Done], tmp_path: Path) -> Iterator[Path]:
    """A folder elsewhere with the downloads, and the data that a reader would fetch."""
    project, done = site
    assert done.code == 0, done.text
    folder = project.root / "site/downloads"
    for path in (*folder.glob("*.*"), *folder.glob("가져가기/*")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    yield tmp_path


def stored(notebook: Path) -> list[tuple[Output, ...]]:
    """The outputs of a notebook's code cells."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return [from_notebook(c["outputs"]) for c in cells if c["cell_type"] == "code"]


def run_in_jupyter(notebook: Path) -> list[tuple[Output, ...]]:
    """Run a notebook in an ordinary kernel."""
    book = nbformat.read(notebook, as_version=4)
    where = {"metadata": {"path": str(notebook.parent)}}
    client = NotebookClient(book, resources=where, extra_arguments=["--log-level=ERROR"])
    with ThreadPoolExecutor(1) as pool:  # a browser's tests leave a loop running in this thread
        pool.submit(asyncio.run, client.async_execute()).result()
    return [from_notebook(c.outputs) for c in book.cells if c.cell_type == "code"]


def run_in_python(script: Path) -> str:
    """Run a script; give what it prints."""
    done = subprocess.run(
        [sys.executable, script],
        cwd=script.parent,
        env={**clean_environment(), "MPLBACKEND": "agg"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_notebook_in_a_plain_kernel(taken: Path) -> None:
    """A reader would get other results than the page shows."""
    path = taken / "가져가기.ipynb"
    before, after = stored(path), run_in_jupyter(path)
    assert len(before) == 6
    for old, new in zip(before[1:], after[1:], strict=True):
        found = compare(Recorded(old, Location("a")), new, Terms())
        assert found.sameness is not Sameness.DIFFERS, found


@pytest.mark.slow
def test_the_script_in_plain_python(taken: Path) -> None:
    """A reader without Jupyter would get other results than the page shows."""
    expected = "\n".join(as_text(outputs) for outputs in stored(taken / "가져가기.ipynb")[1:])
    found = texts(expected, run_in_python(taken / "가져가기.py"), Terms())
    assert found.sameness is not Sameness.DIFFERS, found
    assert "ValueError" in expected and "'shown'" in expected


def test_what_is_offered(site: tuple[Project, Done]) -> None:
    """A page would not lead to its downloads, or to a script that cannot run."""
    project, done = site
    assert done.code == 0, done.text
    page = project.page("blog/가져가기")
    assert 'href="../../downloads/%EA%B0%80%EC%A0%B8%EA%B0%80%EA%B8%B0.ipynb"' in page
    assert "colab.research.google.com/github/a/b/blob/gh-pages/downloads/" in page
    assert "mybinder.org/v2/gh/a/b/gh-pages?labpath=downloads/" in page
    other = project.page("blog/b")
    assert "downloads/b.ipynb" in other
    assert "downloads/b.py" not in other
    notebook = (project.root / "site/downloads/가져가기.ipynb").read_text("utf-8")
    assert "site:/" not in notebook
    assert "/blog/b/)" in notebook
    assert "haebom-take" not in project.page("blog")
