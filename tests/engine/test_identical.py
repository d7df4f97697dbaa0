"""The same sources give the same site, byte for byte."""

from __future__ import annotations

import datetime
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """\
site_name: same
site_url: https://same.example/
theme: {name: material, font: false}
plugins: [search, {blog: {}}, haebom]
"""
POST = """\
# Drawing {number}

```python
import matplotlib.pyplot as plt
import numpy as np
import random

plt.scatter(np.random.rand(20), [random.random() for _ in range(20)])
plt.title("점")
plt.show()
```

```python
%config InlineBackend.figure_formats = ["svg"]
plt.plot(np.random.rand(5))
plt.title("선")
plt.show()
```

```python
class Thing: pass
print(Thing(), {{"b", "a", "c"}}, hash("x"))
```

```python {{.raises}}
import warnings
warnings.warn("old")
1 / 0
```
"""


def built(root: Path, **variables: str) -> dict[str, str]:
    """Build a site from nothing; give its files with their hashes."""
    (root / "posts").mkdir(parents=True)
    (root / "docs").mkdir()
    (root / "docs/index.md").write_text("# home\n")
    (root / "mkdocs.yml").write_text(CONFIG)
    for number in range(4):
        (root / f"posts/2026-01-01-p{number}.md").write_text(POST.format(number=number))
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **variables}
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q"],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    site = root / "site"
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_two_clean_builds(tmp_path: Path) -> None:
    """Figures, addresses, seeds or paths would differ from build to build and folder to folder."""
    moment = {"SOURCE_DATE_EPOCH": "1767225600"}
    first, second = (built(tmp_path / name, **moment) for name in ("one", "둘 째"))
    assert first == second
    assert any(name.endswith(".png") for name in first)


@pytest.mark.slow
def test_only_one_file_holds_what_is_measured(tmp_path: Path) -> None:
    """Pages would hold the times of a run, and differ from build to build on the same day."""
    today = datetime.datetime.now(datetime.UTC).date()
    first, second = (built(tmp_path / name) for name in ("one", "two"))
    if datetime.datetime.now(datetime.UTC).date() != today:
        pytest.skip("the day ended meanwhile")
    assert {name for name in first if first[name] != second[name]} == {"haebom/status.json"}
