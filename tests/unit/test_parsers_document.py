"""Cells written one after the other as Markdown."""

from __future__ import annotations

from haebom.model import Location
from haebom.parsers.document import RawCell, compose, take_front_matter


def _cell(kind: str, text: str, line: int = 1) -> RawCell:
    return RawCell(kind, text, Location("a.ipynb", line, 1, 1))  # type: ignore[arg-type]


def test_every_line_knows_where_it_came_from() -> None:
    """A link or finding in a notebook's prose would be told at another line."""
    cells = [_cell("markdown", "# a\n\n[b](c.md)", 10), _cell("code", "x\ny", 20)]
    composed = compose(cells, "python")
    assert composed.text == "# a\n\n[b](c.md)\n\n```python\nx\ny\n```\n"
    lines = [cell.line(number).line for cell, number in composed.origins]
    assert lines == [10, 11, 12, 20, 20, 20, 21, 21]
    assert list(composed.fences) == [5]


def test_long_fences_around_backticks() -> None:
    """Backticks within code would end the fence."""
    composed = compose([_cell("code", "s = '''\n`````\n'''")], "python")
    assert composed.text.startswith("``````python\n")


def test_front_matter_only_in_the_first_text_cell() -> None:
    """Front matter would be taken from code or from the middle of a notebook."""
    front = "---\na: 1\n---"
    block, at, rest = take_front_matter([_cell("raw", front, 7), _cell("code", "x")])
    assert (block, at and at.line, [c.source for c in rest]) == (front + "\n", 7, ["x"])
    assert take_front_matter([_cell("code", front)])[0] == ""
    assert take_front_matter([_cell("markdown", "a"), _cell("markdown", front)])[0] == ""
    assert take_front_matter([]) == ("", None, [])


def test_text_behind_front_matter_keeps_its_line() -> None:
    """The rest of the first cell would get lost or told at another line."""
    _, _, (rest,) = take_front_matter([_cell("markdown", "---\na: 1\n---\n# 글", 7)])
    assert (rest.source.strip(), rest.at.line) == ("# 글", 10)


def test_empty_cells_leave_nothing() -> None:
    """An empty cell would leave an empty code block on the page."""
    assert compose([_cell("code", " \n"), _cell("markdown", "")], "python").text.strip() == ""
