"""What happens to many posts, noted while they are checked; the posts themselves are let go."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from haebom import __version__
from haebom.catalogue import entry
from haebom.model import Cell, Checked, Code, Finding, Run, digest
from haebom.reports.figures import Figure, changed
from haebom.reports.report import (
    Report,
    ReportedCell,
    ReportedFigures,
    ReportedFinding,
    ReportedPost,
)
from haebom.store import write_if_changed

_OF_CELLS = frozenset(
    {Code.SYNTAX, Code.CELL_ERROR, Code.UNEXPECTED_PASS, Code.OUTPUT_DRIFT, Code.WARNING}
    | {Code.NOT_REPRODUCIBLE, Code.TIMEOUT, Code.LIMIT, Code.MISSING_ALT, Code.MISSING_GLYPH}
    | {Code.LEAK}
)


class Tally:
    """Makes the report of a check.

    Args:
        root: The project's folder.
        figures: Folder for figures that are not the recorded ones; emptied.
        relaxed: Codes of findings that stop nothing.
    """

    def __init__(self, root: Path, figures: Path, relaxed: Iterable[Code] = ()) -> None:
        self._root = root
        self._figures = figures
        self._relaxed = frozenset(relaxed)
        self._posts: list[ReportedPost] = []
        shutil.rmtree(figures, ignore_errors=True)

    def add(self, checked: Checked) -> None:
        """Note a post."""
        kept, run = entry(checked), checked.run
        cells = [(c, mark) for c, mark in zip(checked.post.cells, kept.marks, strict=True) if mark]
        seconds = {cell.index: cell.seconds for cell in run.cells} if run else {}
        order = [cell for cell, _ in cells]
        findings = sorted(checked.findings, key=lambda finding: (finding.at.line, finding.code))
        post = ReportedPost(
            path=checked.post.path,
            title=kept.title,
            standing=kept.standing,
            reused=run.reused if run else False,
            ended=run.ended if run else "",
            seconds=run.seconds if run else 0.0,
            cells=tuple(
                ReportedCell(
                    line=cell.at.line,
                    cell=cell.at.cell,
                    mark=mark,
                    seconds=seconds.get(cell.index, 0.0),
                )
                for cell, mark in cells
            ),
            findings=tuple(self._finding(finding, order, run) for finding in findings),
        )
        self._posts.append(post)

    def report(self) -> Report:
        """The report of all posts that were noted."""
        posts = sorted(self._posts, key=lambda post: post.path)
        return Report(tool=f"haebom {__version__}", posts=tuple(posts))

    def _finding(self, finding: Finding, cells: Sequence[Cell], run: Run | None) -> ReportedFinding:
        at = finding.at
        owner = _owner(finding, cells)
        drifted = cells[owner] if finding.code is Code.OUTPUT_DRIFT and owner is not None else None
        return ReportedFinding(
            code=finding.code,
            path=at.path,
            line=at.line,
            cell=at.cell,
            cell_line=at.cell_line,
            column=at.column,
            message=finding.message,
            hint=finding.hint,
            detail=finding.detail.strip("\n"),
            figures=tuple(self._changed(drifted, run)) if drifted else (),
            relaxed=finding.code in self._relaxed,
            of_cell=owner,
        )

    def _changed(self, cell: Cell, run: Run | None) -> Iterator[ReportedFigures]:
        """What a drifting cell draws otherwise than is recorded."""
        result = run.cell(cell.index) if run else None
        if cell.recorded is not None and result is not None:
            for before, after in changed(cell.recorded.outputs, result.outputs):
                yield ReportedFigures(before=self._written(before), after=self._written(after))

    def _written(self, figure: Figure | None) -> str | None:
        """Write a figure into a file of its own; give its path."""
        if figure is None:
            return None
        path = self._figures / f"{digest(figure.content)}.{figure.suffix}"
        write_if_changed(path, figure.data)
        return Path(os.path.relpath(path, self._root)).as_posix()


def _owner(finding: Finding, cells: Sequence[Cell]) -> int | None:
    """Which cell a finding is about: the last one that begins at or before it, as its recorded
    output stands behind it; expressions in prose are no cells, but have a column."""
    if finding.code not in _OF_CELLS or finding.at.column is not None:
        return None
    begun = [n for n, cell in enumerate(cells) if cell.at.line <= finding.at.line]
    return begun[-1] if begun else None
