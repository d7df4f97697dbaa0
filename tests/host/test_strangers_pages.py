"""A site with what strangers have sent: nothing of it acts."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from helpers import Project, write_site

POST = """\
---
title: 제목 <script>steal(1)</script>
description: 설명 "><img src=x onerror=steal(2)>
tags: ["<script>steal(3)</script>태그"]
---

# 제목 <script>steal(4)</script>

<script>steal(5)</script>

글 <img src="/x.png" onerror="steal(6)"> <a href="javascript:steal(7)">눌러</a>

<!-- more -->

```python
from IPython.display import HTML, Javascript, Markdown, display
import pandas as pd

display(HTML("<script>steal(8)</script><b onclick='steal(9)'>굵게</b>"))
display(Markdown("<iframe src='https://evil.example'></iframe>*기울임*"))
display(Javascript("steal(10)"))
pd.DataFrame({"값": [41.5, 42.5]})
```

=== "하나"

    !!! note "알림"

        안쪽
"""


PAGE = "---\ntitle: 쪽 <script>steal(11)</script>\n---\n\n<script>steal(12)</script>\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The site as a workflow builds it that asks for sanitised pages."""
    folder = tmp_path_factory.mktemp("sanitised") / "a site"
    files: dict[str, str | bytes] = {
        "posts/2026-01-02-a.md": POST,
        "docs/page.md": PAGE,
    }
    project = write_site(folder, files)
    done = project.build(env={"HAEBOM_OUTPUTS": "sanitised"})
    assert done.code == 0, done.text
    return project


def test_nothing_acts(site: Project) -> None:
    """A preview of a pull request would run what a stranger has written."""
    pages = [*Path(site.root, "site").rglob("*.html")]
    assert len(pages) > 3
    for path in pages:
        root = lxml.html.parse(str(path)).getroot()
        scripts = [e for e in root.iter("script") if "json" not in (e.get("type") or "")]
        assert not [e for e in scripts if "steal" in (e.text or "")], path
        assert not [e for e in root.iter("iframe", "object", "embed", "form") if e.get("src")], path
        for element in root.iter("*"):
            for name, value in element.items():
                assert not (name.startswith("on") and "steal" in value), (path, name)
                assert not value.strip().lower().startswith("javascript:steal"), (path, name)


def test_everything_shows(site: Project) -> None:
    """A maintainer could not judge a post whose tables and blocks are missing."""
    page = site.page("blog/a")
    for part in ("41.5", "dataframe", "<b>굵게</b>", "<em>기울임</em>", "tabbed-set", "admonition",
                 "haebom-output", 'class="haebom-mark'):  # fmt: skip
        assert part in page, part
