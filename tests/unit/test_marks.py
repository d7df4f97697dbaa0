"""Marks of cells, and how far a whole post may be trusted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from haebom.catalogue import Standing, entry
from haebom.marks import Mark, marks
from haebom.model import CellRun, Elsewhere, Error, Output, Run, State, Stream
from haebom.verify import verify
from helpers import parsed

SEVEN: Output = Stream("stdout", "7\n")
EIGHT: Output = Stream("stdout", "8\n")
RAISED: Output = Error("ValueError", "no")
RECORDED = "\n```output\n7\n```\n"


def _entry(text: str, *states: tuple[State, Output | None], frozen: bool = False) -> list[object]:
    post = parsed(text)
    runs = tuple(
        CellRun(
            cell.index,
            state,
            (output,) if output else (),
            elsewhere=Elsewhere("2026-01-01T00:00:00+00:00") if frozen else None,
        )
        for cell, (state, output) in zip(post.runnable, states, strict=True)
    )
    checked = verify(post, replace(Run("r", runs), frozen=frozen) if runs else None)
    assert entry(checked).marks == marks(checked)
    return [*marks(checked), entry(checked).standing]


@pytest.mark.parametrize(
    ("text", "state", "output", "mark", "standing"),
    [
        ("```python\nx\n```\n" + RECORDED, State.OK, SEVEN, Mark.SAME, Standing.SOUND),
        ("```python\nx\n```\n" + RECORDED, State.OK, EIGHT, Mark.DIFFERS, Standing.FLAWED),
        ("```python {.no-check}\nx\n```\n" + RECORDED, State.OK, EIGHT, Mark.RAN, Standing.SOUND),
        ("```python\nx\n```\n", State.OK, None, Mark.RAN, Standing.SOUND),
        ("```python {.raises}\nx\n```\n", State.ERROR, RAISED, Mark.RAISED, Standing.SOUND),
        ("```python {.raises}\nx\n```\n", State.OK, SEVEN, Mark.FAILED, Standing.FLAWED),
        ("```python\nx\n```\n", State.ERROR, RAISED, Mark.FAILED, Standing.FLAWED),
        ("```python\nx\n```\n", State.TIMEOUT, SEVEN, Mark.FAILED, Standing.FLAWED),
        ("```python\nx\n```\n", State.UNMET, None, Mark.NOT_RUN, Standing.NOT_RUN),
    ],
)
def test_one_cell(
    text: str, state: State, output: Output | None, mark: Mark, standing: Standing
) -> None:
    """A page would say that a result holds which does not, or the reverse."""
    assert _entry(text, (state, output)) == [mark, standing]


def test_what_was_run_elsewhere() -> None:
    """A stored result of another machine would pass for one of this build."""
    found = _entry("```python\nx\n```\n" + RECORDED, (State.OK, SEVEN), frozen=True)
    assert found == [Mark.ELSEWHERE, Standing.ELSEWHERE]


def test_what_does_not_run() -> None:
    """Code that nobody ran would be marked as checked, or prose as code that was not run."""
    assert _entry("```python {.no-run}\nx\n```\n") == [Mark.NOT_RUN, Standing.NOT_RUN]
    assert _entry("```python {.ignore}\nx\n```\n\n```text\ny\n```\n")[-1] is Standing.NO_CODE
    mixed = "```python {.no-run}\nx\n```\n\n```python\ny\n```\n"
    assert _entry(mixed, (State.OK, SEVEN)) == [Mark.NOT_RUN, Mark.RAN, Standing.SOUND]
