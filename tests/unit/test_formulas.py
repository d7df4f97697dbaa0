"""Formulas are typeset as KaTeX does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from haebom.hosts.mkdocs import formulas
from haebom.hosts.mkdocs.formulas import Formulas


class _Page:
    """Typesets a page, and keeps what is said of it."""

    def __init__(self, memory: Path) -> None:
        self.formulas = Formulas(memory, "수식")
        self.warnings: list[str] = []

    def __call__(self, html: str) -> str:
        return self.formulas.on_page(html, self.warnings.append)


@pytest.fixture
def page(tmp_path: Path) -> _Page:
    """A site's formulas."""
    return _Page(tmp_path / "formulas.json")


def _inline(tex: str) -> str:
    return f'<span class="arithmatex">\\({tex}\\)</span>'


def _block(tex: str) -> str:
    return f'<div class="arithmatex">\\[\n{tex}\n\\]</div>'


def test_inline_and_on_a_line_of_its_own(page: _Page) -> None:
    """A formula would stay TeX, or lack what screen readers read."""
    html = page(f"<p>{_inline('a &lt; b')}</p>{_block('x^2')}")
    assert "\\(" not in html and "\\[" not in html
    assert html.count("<math") == 2
    assert '<annotation encoding="application/x-tex">a &lt; b</annotation>' in html
    assert html.count('class="katex-display"') == 1
    assert 'tabindex="0" role="group" aria-label="수식"' in html
    assert page.warnings == []


def test_a_page_without_formulas_is_left_alone(page: _Page) -> None:
    """Every page would load the style sheet of formulas."""
    html = "<p>$5, \\(x\\)</p>"
    assert page(html) is html


def test_what_cannot_be_typeset_stays(page: _Page) -> None:
    """A mistake in one formula would take others with it, or nobody would hear of it."""
    bad = _inline(r"\nosuch{x}")
    html = page(bad + _inline("y"))
    assert bad in html
    assert html.count('class="katex"') == 1
    (warning,) = page.warnings
    assert "Undefined control sequence: \\nosuch" in warning
    assert warning.isascii() or "…" in warning


@pytest.mark.parametrize(
    "definition",
    [r"\newcommand{\myset}{\mathbb{R}}", r"\def\myset{\mathbb{R}}", r"\gdef\myset{\mathbb{R}}"],
)
def test_macros_hold_for_the_rest_of_their_page(page: _Page, definition: str) -> None:
    """A notebook's macros would not be known in its later formulas, or be on other pages."""
    html = page(_inline(definition) + _block(r"x \in \myset"))
    assert '<span class="mord mathbb">R</span>' in html
    assert page.warnings == []
    page(_block(r"x \in \myset"))
    assert len(page.warnings) == 1


def test_formulas_in_the_table_of_contents(page: _Page) -> None:
    """Headings with formulas would be listed as TeX, or code that looks like one be changed."""
    listed = '<span class="md-ellipsis">\n그림 \\(x^2\\)\n</span><code>\\(z\\)</code>'
    html = page(_inline("x^2") + listed)
    assert '그림 <span class="katex">' in html
    assert "<code>\\(z\\)</code>" in html


def test_nothing_is_typeset_twice(page: _Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each build would typeset all formulas again."""
    html = _inline("x") + _block("y")
    first = page(html)
    page.formulas.remember()
    memory = page.formulas._memory
    monkeypatch.setattr(formulas, "_Engine", lambda: pytest.fail("typeset again"))
    assert _Page(memory)(html) == first


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"katex": 1}', "\xff"])
def test_a_broken_memory_is_no_memory(tmp_path: Path, content: str) -> None:
    """A file that was cut off would end the build."""
    memory = tmp_path / "formulas.json"
    memory.write_text(content, "latin-1")
    assert "<math" in _Page(memory)(_inline("x"))
