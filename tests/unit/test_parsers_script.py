"""Percent scripts."""

from __future__ import annotations

import pytest

from haebom.model import Code, Mode, Show
from haebom.parsers.markdown import Settings
from haebom.parsers.script import is_percent
from helpers import FULL, TABS, codes, line_of, parsed

PATH = "posts/2026-01-02-a.py"
TEXT = '''\
# %% [markdown]
# ---
# title: 제목
# tags: [x]
# ---
# # 머리말
#
# 글 `code` 하나.

# %%
import math

math.sqrt(2)

# %% tags=["hide-input"]
#| label: 그림
x = """
# no comment
"""

# %% [markdown] tags=["a"]
"""
글이
이어진다.
"""

# %% tags=["raises-exception"]
boom()

# %% [raw]
# raw text
'''


def test_cells_lines_and_tags() -> None:
    """A script's cell would lose its code, its tags or its line."""
    post = parsed(TEXT, PATH)
    assert codes(post.findings) == []
    assert dict(post.meta)["title"] == "제목"
    first, second, third = post.cells
    assert first.code == "import math\n\nmath.sqrt(2)"
    assert first.at.line == line_of(TEXT, "import math")
    assert first.at.cell is None
    assert first.line(3).line == line_of(TEXT, "math.sqrt")
    assert (second.options.code, second.options.label) == (Show.FOLDED, "그림")
    assert second.code == 'x = """\n# no comment\n"""'
    assert second.line(1).line == line_of(TEXT, 'x = """')
    assert (third.options.raises, third.at.line) == ("", line_of(TEXT, "boom()"))
    assert "# 머리말\n\n글 `code` 하나." in post.body
    assert "글이\n이어진다." in post.body


def test_equal_cells_have_their_own_lines() -> None:
    """Of two cells with the same text, an error would be told at the first."""
    post = parsed("# %% [markdown]\n# 글\n\n# %%\nx = 1\n\n# %%\nx = 1\n\n# %%\ny = 1\n", PATH)
    assert [cell.at.line for cell in post.cells] == [5, 8, 11]


def test_magics_run() -> None:
    """A magic that jupytext comments out would silently not run."""
    post = parsed("# %% [markdown]\n# 글\n\n# %%\n# %time x = 1\n# !ls\n", PATH)
    assert post.runnable[0].code == "%time x = 1\n!ls"
    assert post.runnable[0].at.line == 5


def test_option_lines_and_no_run() -> None:
    """Option lines would not work in scripts."""
    (cell,) = parsed("# %%\n#| eval: false\nx = 1\n", PATH).cells
    assert (cell.options.mode, cell.code) == (Mode.NO_RUN, "x = 1")


def test_faults_have_their_line() -> None:
    """A fault in a script's front matter would be told at another line."""
    text = "# %% [markdown]\n# ---\n# title: a\n# darft: true\n# ---\n# 글\n\n# %%\n#| evla: 1\nx\n"
    found = {(f.code, f.at.line) for f in parsed(text, PATH).findings}
    assert found == {(Code.META, 4), (Code.OPTION, 9)}


def test_text_with_headings_has_its_lines() -> None:
    """A link below a heading would be told at another line: a heading looks like a comment sign."""
    text = "# %% [markdown]\n# a\n\n# %%\nx\n\n# %% [markdown]\n# ## 절\n#\n# [b](c.md)\n"
    assert [link.at.line for link in parsed(text, PATH).links] == [10]


def test_is_percent() -> None:
    """A module would be a post, or a post be passed over."""
    assert is_percent("# %%\nx")
    assert is_percent('"""Doc."""\n\n# %% [markdown]\n# a')
    assert is_percent("#%%\nx")
    assert not is_percent("x = 1  # %% of all\n")
    assert not is_percent("print('# %%')\n")


def test_windows_line_ends_and_bom() -> None:
    """A script written on Windows would not be read."""
    post = parsed(TEXT.replace("\n", "\r\n").encode("utf-8-sig"), PATH)
    assert [cell.at.line for cell in post.cells] == [c.at.line for c in parsed(TEXT, PATH).cells]
    assert "\r" not in post.body + "".join(cell.code for cell in post.cells)


@pytest.mark.parametrize("settings", [FULL, TABS], ids=["spaces", "preserve_tabs"])
def test_an_empty_recorded_output(settings: Settings) -> None:
    """Cells behind an empty fence would be lost: preserve_tabs puts a line into it."""
    script = (
        "# %% [markdown]\n# # A\n\n# %%\nx = 1\n\n# %% [markdown]\n# ```output\n# ```\n\n"
        "# %% [markdown]\n# B\n\n# %%\ny = 2\n"
    )
    post = parsed(script, "posts/2026-01-02-a.py", settings=settings)
    assert post.findings == ()
    assert [(cell.code, cell.at.line, cell.runs) for cell in post.cells] == [
        ("x = 1", 5, True),
        ("y = 2", 15, True),
    ]
