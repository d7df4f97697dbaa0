"""The Python-Markdown extension that places outputs behind their code."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from markdown import Markdown

from haebom import fences
from haebom.errors import ConfigError, HaebomError
from haebom.model import CellRun, Checked, Display, Error, Output, Run, State, Stream
from haebom.outputs import FIGURE
from haebom.parsers.markdown import Settings
from haebom.render.frame import Frame
from haebom.stage import CELLS, stage, write_page
from helpers import FULL, PNG, TABS, code_cell, dumped, notebook, parsed, staged
from nestings import NESTINGS

OTHER_PNG = base64.b64encode(base64.b64decode(PNG) + b"x").decode()
TABLE = Display({"text/html": '<table class="t">\n\n# no *heading*\n\n</table>', "text/plain": "t"})


def _html(
    text: str,
    outputs: Mapping[int, tuple[Output, ...]] | tuple[Output, ...] = (),
    folder: Path | None = None,
    settings: Settings = FULL,
    change: Any = lambda text: text,
    language: str = "en",
) -> str:
    """The page of a post whose cells put out what is given, by index or all the same."""
    assert folder is not None
    post = parsed(text, settings=settings)
    found = {
        c.index: outputs.get(c.index, ()) if isinstance(outputs, Mapping) else outputs
        for c in post.runnable
    }
    runs = tuple(CellRun(index, State.OK, own) for index, own in found.items())
    return _page(Checked(post, Run("r", runs)), folder, settings, change, language)


def _page(
    checked: Checked,
    folder: Path,
    settings: Settings = FULL,
    change: Any = lambda text: text,
    language: str = "en",
) -> str:
    """The page of a checked post."""
    page = staged(checked, folder, language)
    text = (folder / page.uri).read_text("utf-8").split("---\n", 2)[2]
    configs = {name: dict(values) for name, values in settings.configs.items()}
    configs["haebom"] = {"cells": str(folder / CELLS)}
    md = Markdown(extensions=[*settings.extensions, "haebom"], extension_configs=configs)
    html = md.convert(change(text))
    assert "wzxhzdk" not in html, "a placeholder is left"
    return html


@pytest.mark.parametrize("settings", [FULL, TABS], ids=["spaces", "preserve_tabs"])
@pytest.mark.parametrize("name", NESTINGS)
def test_placing_in_every_nesting(name: str, settings: Settings, tmp_path: Path) -> None:
    """An output would be missing, stand elsewhere, or be changed by Markdown."""
    text = NESTINGS[name].replace("{MARK}", "y")
    html = _html(text + "\n끝.\n", (Stream("stdout", "out & *in*\n"), TABLE), tmp_path, settings)
    assert html.count("out &amp; *in*</pre>") == 1
    assert html.count(str(TABLE.data["text/html"])) == 1
    # nothing but the end of the code stands between the code and its output
    between = html[: html.index('class="haebom-output"')].rpartition("</code>")[2]
    assert re.sub(r"</\w+>|<div |\s", "", between) == "", between
    plain = Markdown(
        extensions=list(settings.extensions),
        extension_configs={k: dict(v) for k, v in settings.configs.items()},
    )
    box = r'<div class="haebom-output".*?</table></div>\s*(<span [^>]*></span>)?</div>'
    without = re.sub(box, "", html, flags=re.S)
    assert _bare(without) == _bare(plain.convert(text + "\n끝.\n"))


def _bare(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r">\s+|\s+<", lambda m: m[0].strip(), html)).strip()


def test_a_code_annotation_stays_with_its_code(tmp_path: Path) -> None:
    """An output between code and list would make annotations an ordinary list."""
    text = "```python {.annotate}\nx = 1  # (1)!\n```\n\n1. note\n\nend\n"
    html = _html(text, (Stream("stdout", "out"),), tmp_path)
    assert html.index("</code>") < html.index("<ol>") < html.index("haebom-output")
    text = "```python\nx = 1\n```\n\n1. a list of its own\n"
    html = _html(text, (Stream("stdout", "out"),), tmp_path)
    assert html.index("haebom-output") < html.index("<ol>")


@pytest.mark.parametrize(
    ("flag", "has_code", "has_output"),
    [("hide-code", False, True), ("hide-output", True, False), ("setup", False, False),
     ("raises", True, True)],
)  # fmt: skip
def test_hidden_parts(flag: str, has_code: bool, has_output: bool, tmp_path: Path) -> None:
    """A hidden part would be on the page, or a shown one be missing."""
    html = _html(
        f"a\n\n```python {{.{flag}}}\nsecret\n```\n\nb\n", (Stream("stdout", "out"),), tmp_path
    )
    assert ("secret" in html, "out</pre>" in html) == (has_code, has_output)
    assert "<p>a</p>" in html
    assert "<p>b</p>" in html
    assert "<p></p>" not in html


def test_cells_that_are_left_alone(tmp_path: Path) -> None:
    """An imported notebook would show what its author hid, or outputs as if they were new."""
    output = {"output_type": "stream", "name": "stdout", "text": "out\n"}
    shown, hidden = (code_cell(text, "ignore", tag, outputs=[output]) for text, tag in (
        ("shown", "mine"), ("secret", "remove-cell"),
    ))  # fmt: skip
    post = parsed(dumped(notebook("글", shown, hidden)), "posts/2026-01-02-a.ipynb")
    html = _page(Checked(post, None), tmp_path)
    assert "secret" not in html
    assert html.count("Stored output (not run again)") == html.count(">out<") == 1
    assert html.index("shown") < html.index(">out<") < html.index("Stored output")
    text = "```python {.ignore .hide-code}\nsecret\n```\n\n```python {.ignore}\n#| shown\n```\n"
    html = _html(text, (), tmp_path)
    assert "secret" not in html
    assert "#| shown" in html


def test_folded_parts(tmp_path: Path) -> None:
    """A folded part would be open, or have no words in the page's language."""
    text = "```python {.fold-code .fold-output}\nx\n```\n"
    html = _html(text, (Stream("stdout", "out"),), tmp_path, language="ko")
    assert html.count('<details class="haebom-fold">') == 2
    assert "<summary>코드 보기</summary>" in html
    assert "<summary>실행 결과 보기</summary>" in html


def test_a_question_before_the_output(tmp_path: Path) -> None:
    """An output would be seen before the reader has guessed what it is."""
    text = "```python\n#| predict: 1 < 2일까요?\nx\n```\n"
    html = _html(text, (Stream("stdout", "out"),), tmp_path, language="ko")
    start = html.index("<summary>예측해 보기: 1 &lt; 2일까요?</summary>")
    assert html.index("<details") < start < html.index(">out<") < html.index("</details>")
    assert " open" not in html


def test_labels_figures_and_search(tmp_path: Path) -> None:
    """An output would have no anchor, an image no size or caption, or be found by search."""
    text = (
        "```python\n#| label: 그림-1\n#| fig-cap: 설명 <1>\n#| fig-alt: 대신\n#| search: true\nx\n"
        "```\n\n```python\ny\n```\n"
    )
    html = _html(text, (Display({"image/png": PNG}),), tmp_path)
    first, second = re.findall(r'<div class="haebom-output".*?</div>', html, re.S)
    assert 'id="그림-1"' in first
    assert "data-search-exclude" not in first
    assert 'width="3"' in first
    assert 'alt="대신"' in first
    assert "<figcaption>설명 &lt;1&gt;</figcaption>" in first
    assert "data-search-exclude" in second
    assert "#|" not in html
    for pattern in (r'src="([^"]+)"', r'<a class="haebom-zoom" href="([^"]+)"'):
        source = re.search(pattern, first)
        assert source
        assert (tmp_path / "blog/posts" / source[1]).resolve().is_file()
    assert 'loading="lazy"' not in first
    assert 'loading="lazy"' in second


def test_dark_figures(tmp_path: Path) -> None:
    """A dark page would show a light figure, or a host without a style sheet show both."""
    figure = {"plots": [{"title": "a"}], "missing": "", "dark": {"image/png": OTHER_PNG}}
    html = _html("```python\nx\n```\n", (Display({"image/png": PNG, FIGURE: figure}),), tmp_path)
    light, dark = re.findall(r"<img[^>]*>", html)
    assert "hidden" not in light
    assert 'class="haebom-dark"' in dark
    assert 'hidden=""' in dark
    for name in ("alt", "width", "height"):
        pattern = rf'\b{name}="[^"]+"'
        assert re.findall(pattern, light) == re.findall(pattern, dark)


def test_recorded_output_is_shown_once(tmp_path: Path) -> None:
    """The recorded output would be shown besides the true one."""
    text = "```python\nx\n```\n\n```output\nnoted\n```\n\n글\n"
    html = _html(text, (Stream("stdout", "true"),), tmp_path)
    assert "true</pre>" in html
    assert "noted" not in html
    alone = _html("글\n\n```output\nnoted\n```\n\n```python\nx\n```\n", (), tmp_path)
    assert "noted" in alone


@pytest.mark.parametrize(
    ("flag", "outputs", "expected"),
    [("", "out", 1), ("", "", 1), ("hide-output", "out", 1), ("hide-code", "out", 1),
     ("setup", "out", 0), ("ignore", "", 0), ("no-run", "", 1)],
)  # fmt: skip
def test_marks(flag: str, outputs: str, expected: int, tmp_path: Path) -> None:
    """A cell that is on the page would have no mark, or one that is not leave its mark."""
    text = f"```python {{.{flag}}}\nx\n```\n" if flag else "```python\nx\n```\n"
    printed = (Stream("stdout", outputs),) if outputs else ()
    html = _html(text, printed, tmp_path, language="ko")
    words = "실행하지 않음" if flag == "no-run" else "실행함"
    assert html.count("haebom-mark") == html.count(f'aria-label="{words}"') == expected


def test_no_run_says_so(tmp_path: Path) -> None:
    """Code that did not run would look like code that did."""
    html = _html("```python {.no-run}\nx\n```\n\n```python {.ignore}\ny\n```\n", (), tmp_path)
    assert html.count("This code was not run.") == 1


def test_tracebacks_and_headings_stay_outputs(tmp_path: Path) -> None:
    """An output would become a section, or its text be read as Markdown."""
    outputs = (
        Error("E", "x", ("# E: `x`",)),
        Display({"text/html": "<h2 id='a'>table</h2>"}),
        Stream("stdout", "## no\n\n    code\n\n[x]: y\n"),
    )
    html = _html("# 글\n\n```python\nx\n```\n", outputs, tmp_path)
    assert "# E: `x`</pre>" in html
    assert "<h2 id='a'>table</h2>" in html
    assert "## no\n\n    code\n\n[x]: y</pre>" in html


TWO = "```python\na\n```\n\n글\n\n```python\nb\n```\n"
OUTPUTS = {0: (Stream("stdout", "of-a"),), 1: (Stream("stdout", "of-b"),)}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("글", "```python\nc\n```", ["a", "of-a", "c", "b", "of-b"]),
        ("```python\na\n```", "", ["b", "of-b"]),
        ("\na\n", "\nchanged\n", ["changed", "b", "of-b"]),
        ("글", "```python\nb\n```", ["a", "of-a", "b", "of-b", "b"]),
    ],
)
def test_outputs_never_stand_behind_other_code(
    old: str, new: str, expected: list[str], tmp_path: Path
) -> None:
    """Code that another plugin put in or changed would get the output of something else."""
    html = _html(TWO, OUTPUTS, tmp_path, change=lambda text: text.replace(old, new))
    words = re.findall(r">(a|b|c|changed|of-a|of-b)<", html.replace("\n", ""))
    assert words == expected


def test_pages_without_a_marker_are_left_alone(tmp_path: Path) -> None:
    """A page that takes no part would be changed."""
    text = "```python {.hide-code title=x}\nsecret\n```\n\n```output\nx\n```\n"
    md = Markdown(extensions=[*FULL.extensions, "haebom"])
    assert md.convert(text) == Markdown(extensions=list(FULL.extensions)).convert(text)


def test_an_instance_can_be_used_again(tmp_path: Path) -> None:
    """Cells of one page would appear on the next."""
    checked = Checked(parsed(TWO), Run("r", (CellRun(0, State.OK, OUTPUTS[0]),)))
    first = staged(checked, tmp_path, "en")
    text = (tmp_path / first.uri).read_text("utf-8").split("---\n", 2)[2]
    md = Markdown(
        extensions=[*FULL.extensions, "haebom"],
        extension_configs={"haebom": {"cells": str(tmp_path / CELLS)}},
    )
    once = md.convert(text)
    md.reset()
    assert "of-a" not in md.convert(TWO)
    md.reset()
    assert md.convert(text) == once


def test_lost_cells(tmp_path: Path) -> None:
    """A page whose cells are gone would be published without outputs."""
    md = Markdown(
        extensions=[*FULL.extensions, "haebom"],
        extension_configs={"haebom": {"cells": str(tmp_path)}},
    )
    with pytest.raises(HaebomError, match="cells of this page are not at"):
        md.convert(f"<!-- haebom {'0' * 32} ../files/ -->\n\n```python\nx\n```\n")


def test_superfences_is_needed() -> None:
    """haebom would silently do nothing without superfences."""
    with pytest.raises(ConfigError, match="superfences"):
        Markdown(extensions=["haebom"])


def test_the_frame(tmp_path: Path) -> None:
    """What leads to other posts would be missing, stand above the title, or in a listing too."""
    post = parsed("글.\n\n# 제목\n\n본문.[^1]\n\n[^1]: 각주.\n")
    staged_page = stage(Checked(post, None), tmp_path, "ko")
    around = Frame('<nav><a href="b.md">1 &lt; 2</a></nav>', "<p>끝</p><hr/>")
    page = write_page(staged_page, tmp_path, around)
    text = (tmp_path / page.uri).read_text("utf-8").split("---\n", 2)[2]
    extensions = [*FULL.extensions, "haebom"]
    configs = {name: dict(values) for name, values in FULL.configs.items()}
    configs["haebom"] = {"cells": str(tmp_path / CELLS)}
    html = Markdown(extensions=extensions, extension_configs=configs).convert(text)
    assert re.search(r"</h1>\s*<nav><a href=\"b.md\">1 &lt; 2</a></nav>\s*<p>본문", html), html
    assert re.search(r"각주.*<p>끝</p>\s*<hr ?/?>$", html, re.DOTALL), html
    head = text.partition("본문")[0]
    beginning = Markdown(extensions=extensions, extension_configs=configs).convert(head)
    assert "<nav>" not in beginning


def test_a_page_of_frame_only(tmp_path: Path) -> None:
    """Pages that are made from all posts have no cells, and would stay empty."""
    page = write_page(
        stage(Checked(parsed("# 글\n"), None), tmp_path, "ko"), tmp_path, Frame("", "<p>x</p>")
    )
    last = (tmp_path / page.uri).read_text("utf-8").rstrip().rpartition("\n")[2]
    configs = {"haebom": {"cells": str(tmp_path / CELLS)}}
    md = Markdown(extensions=["pymdownx.superfences", "haebom"], extension_configs=configs)
    assert md.convert(f"# 모음\n\n{last}\n") == "<h1>모음</h1>\n<p>x</p>"


_AGAIN = """
# 글

```python
print(1)
```

```python title="제목"
print(1)
```

```python
print(1)
```

``` {.python .no-copy #one hl_lines="1"}
print(2)
```
"""


@pytest.mark.parametrize("kept", [fences._KEPT, 1])
@pytest.mark.parametrize(
    "style", [{}, {"line_spans": "__s", "anchor_linenums": True, "linenums": True}]
)
def test_code_that_is_shown_again(
    style: dict[str, Any], kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listings would show other code than their posts, or lines with the ids of others."""
    monkeypatch.setattr(fences, "_KEPT", kept)
    settings = Settings(FULL.extensions, {**FULL.configs, "pymdownx.highlight": style})
    before = _AGAIN.replace("# 글", "# 글\n\n```text\n글\n```", 1)
    found = []
    for is_cleared in (True, False):
        for text in (_AGAIN, before):
            if is_cleared:
                fences._highlighted.clear()
            found.append(_html(text, folder=tmp_path, settings=settings))
    assert found[:2] == found[2:]
    assert len(fences._highlighted) <= kept
