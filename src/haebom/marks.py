"""How far a reader may trust each cell of a page."""

from __future__ import annotations

from enum import StrEnum

from haebom.closeness import Sameness
from haebom.model import Cell, Checked, Code, Mode, State
from haebom.verify import compare_cell, is_failure


class Mark(StrEnum):
    """What stands behind what a page shows of a cell, from the best to the worst."""

    SAME = "same"  # it ran, and put out what is recorded
    RAN = "ran"  # it ran, and nothing is recorded
    RAISED = "raised"  # it ran, and raised what it was meant to raise
    ELSEWHERE = "elsewhere"  # it ran on another machine
    NOT_RUN = "not-run"
    DIFFERS = "differs"  # it ran, and put out something else than is recorded
    FAILED = "failed"


def marks(checked: Checked) -> tuple[Mark | None, ...]:
    """The mark of each cell of a post, in order; None for fences that are no cells.

    Args:
        checked: The post as it was verified: an output that differs is among its findings.
    """
    drifted = any(finding.code is Code.OUTPUT_DRIFT for finding in checked.findings)
    return tuple(_mark(cell, checked, drifted) for cell in checked.post.cells)


def _mark(cell: Cell, checked: Checked, drifted: bool) -> Mark | None:
    if cell.options.mode is Mode.NO_RUN:
        return Mark.NOT_RUN
    if not cell.runs:
        return None
    result = checked.run.cell(cell.index) if checked.run else None
    if result is None or result.state in (State.SKIPPED, State.UNMET):
        return Mark.NOT_RUN
    if is_failure(cell, result) or (result.state is State.OK and cell.options.raises is not None):
        return Mark.FAILED
    if cell.recorded is not None and cell.options.check and drifted:
        found = compare_cell(cell, result)
        if found is not None and found.sameness is Sameness.DIFFERS:
            return Mark.DIFFERS
    if result.elsewhere is not None:
        return Mark.ELSEWHERE
    if result.state is State.ERROR:
        return Mark.RAISED
    return Mark.SAME if cell.recorded is not None and cell.options.check else Mark.RAN
