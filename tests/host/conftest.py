"""A full small blog, built once for all tests that only look at it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from helpers import MKDOCS_YML, PNG, Done, Project, code_cell, dumped, notebook, write_site

AUTHORS = "authors:\n  kim:\n    name: 김해봄\n    description: 씀\n    avatar: /a.png\n"
FIRST = """\
---
title: 첫 글
date: {created: 2026-01-02, updated: 2026-03-04}
authors: [kim]
categories: [딥러닝]
tags: [텐서, gpu]
description: 첫 글의 요약, 답은 `{python} answer`
links:
  - index.md
  - 안내: guide.md
slug: first
---

# 첫 글

머리말.

```python
print("머리말의", "출력")
```

머리말의 값은 `{python} 10**6:,`입니다.

<!-- more -->

## 한글 제목 하나

```python title="셈.py" hl_lines="1"
6 * 7
```

```python
answer = 6 * 7
```

## 답은 `{python} answer`, `` `{python} answer` ``

[둘째 글](2026-01-05-둘째/index.md#둘째-절)과 [안내](../docs/guide.md),
[쪽에서 센 길](../../guide.md).
"""
SECOND = """\
---
categories: [딥러닝, 도구]
tags: [gpu]
authors: [kim]
---

# 둘째 글

![그림](그림.png){ width="30" } [자료](data/수.csv)

<!-- more -->

## 둘째 절

- 목록 안

    !!! note "알림"

        ```python
        #| label: 합계
        from pathlib import Path
        numbers = [int(line) for line in Path("data/수.csv").read_text().split()]
        sum(numbers)
        ```

다시 [합계](#합계)를 보면 [첫 글](../2026-01-02-first.md)과 같다.
"""
DRAFT = "---\ndraft: true\n---\n# 초고\n\n```python\nraise SystemError('never')\n```\n"
SCRIPT = """\
# %% [markdown]
# # 대본
# 글.

# %%
print("대본의 출력")
"""


def numbered(number: int) -> str:
    """A short post."""
    return f"---\ncategories: [연습]\n---\n# 연습 {number}\n\n```python\n{number} * 1000\n```\n"


def blog_files() -> dict[str, str | bytes]:
    """Posts of every kind."""
    image = base64.b64decode(PNG)
    files: dict[str, str | bytes] = {
        "posts/2026-01-02-first.md": FIRST,
        "posts/2026-01-05-둘째/index.md": SECOND,
        "posts/2026-01-05-둘째/그림.png": image,
        "posts/2026-01-05-둘째/data/수.csv": "1\n2\n39\n",
        "posts/2026-01-06-대본.py": SCRIPT,
        "posts/2026-01-07-초고.md": DRAFT,
        "posts/2026-01-08-notebook.ipynb": dumped(
            notebook(
                "---\ntags: [gpu]\n---\n# 노트북 `{python} 2 ** 5`\n\n글.",
                code_cell("print('노트북의 출력')"),
                code_cell("숨김 = 1", "remove-cell"),
                code_cell("1 / 0", "raises-exception"),
            )
        ),
        "posts/README.md": "# 읽어 보세요\n",
        "posts/helper.py": "VALUE = 1\n",
        "docs/blog/.authors.yml": AUTHORS,
        "docs/a.png": image,
        "docs/guide.md": "# 안내\n\n```python\nprint('안내의 출력')\n```\n",
        "docs/plain.md": "# 그대로\n\n```python\nundefined_name\n```\n",
    }
    files |= {f"posts/2025-12-0{n}-연습-{n}.md": numbered(n) for n in range(1, 5)}
    return files


BLOG_YML = MKDOCS_YML.replace("      jobs: 2\n", "      jobs: 2\n      include: [guide.md]\n")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Done]:
    """The blog, built; tests must not change it, but may copy it."""
    project = write_site(tmp_path_factory.mktemp("blog") / "a site", blog_files(), BLOG_YML)
    return project, project.build()


@pytest.fixture
def blog(built: tuple[Project, Done], tmp_path: Path) -> Project:
    """A copy of the built blog that may be changed."""
    return built[0].copy(tmp_path / "copy")
