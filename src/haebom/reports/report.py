"""A report: what was checked, and what came of it, in one document for people and tools."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from haebom.catalogue import Standing
from haebom.marks import Mark
from haebom.model import Code, Location


def _encodable(text: str) -> str:
    """Half a character, which a program can print, is none in any file."""
    return text.encode("utf-8", "replace").decode("utf-8")


Text = Annotated[str, AfterValidator(_encodable)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReportedFigures(_Part):
    """A figure as it is recorded and as it came out, as files; null for one that is not there."""

    before: Text | None = Field(description="Path, relative to the folder of mkdocs.yml.")
    after: Text | None = Field(description="The same of the one that came out.")


class ReportedFinding(_Part):
    """One thing that is wrong, and where."""

    code: Code = Field(description="Which kind of thing.")
    path: Text = Field(description="The file, relative to the folder of mkdocs.yml.")
    line: int = Field(description="Line of the file, from 1.")
    cell: int | None = Field(description="Number of the notebook cell, from 1.")
    cell_line: int | None = Field(description="Line within that cell, from 1.")
    column: int | None = Field(description="Column of the line, from 1; null for all of it.")
    message: Text = Field(description="What is wrong, in one sentence.")
    hint: Text = Field(description="What to do about it; may be empty.")
    detail: Text = Field(description="A traceback or a diff; may be empty.")
    figures: tuple[ReportedFigures, ...] = Field(description="Figures that look different.")
    relaxed: bool = Field(description="Whether it stops nothing, as warn_only names its code.")
    of_cell: int | None = Field(description="Which of the post's cells it is about, from 0.")

    @property
    def place(self) -> str:
        """Where it is, as people read it."""
        return str(Location(self.path, self.line, self.cell, self.cell_line, self.column))


class ReportedCell(_Part):
    """A cell, and how it did."""

    line: int = Field(description="Line of the file on which it begins, from 1.")
    cell: int | None = Field(description="Number of the notebook cell, from 1.")
    mark: Mark = Field(description="How far it may be trusted.")
    seconds: float = Field(description="How long it took; 0 if it did not run.")


class ReportedPost(_Part):
    """A post, and how it did."""

    path: Text = Field(description="Its file, relative to the folder of mkdocs.yml.")
    title: Text = Field(description="Its title as plain text.")
    standing: Standing = Field(description="How far it may be trusted.")
    reused: bool = Field(description="Whether a stored run stands for it.")
    ended: Text = Field(description="When its run ended (ISO, UTC); empty if it did not run.")
    seconds: float = Field(description="How long the run took, kernel included.")
    cells: tuple[ReportedCell, ...] = Field(description="Its cells, in order.")
    findings: tuple[ReportedFinding, ...] = Field(description="What is wrong with it, by line.")


class Report(_Part):
    """What was checked, and what came of it."""

    version: Literal[1] = Field(1, description="Raised whenever a reader would have to change.")
    tool: Text = Field(description="Name and version of what wrote it.")
    posts: tuple[ReportedPost, ...] = Field(description="The posts, by path.")

    @property
    def findings(self) -> tuple[ReportedFinding, ...]:
        """All findings, by place."""
        return tuple(finding for post in self.posts for finding in post.findings)

    @property
    def fatal(self) -> int:
        """How many findings stop a build."""
        return sum(not finding.relaxed for finding in self.findings)

    def within(self, folder: str) -> Report:
        """The report with paths of findings that begin elsewhere.

        Args:
            folder: What is to stand before them; empty or ending in a slash.
        """

        def moved(finding: ReportedFinding) -> ReportedFinding:
            return finding.model_copy(update={"path": folder + finding.path})

        posts = tuple(
            post.model_copy(update={"findings": tuple(map(moved, post.findings))})
            for post in self.posts
        )
        return self.model_copy(update={"posts": posts})

    def __str__(self) -> str:
        """The counts, in one line."""
        ran = [post for post in self.posts if post.ended]
        reused = sum(post.reused for post in ran)
        cells = sum(cell.mark is not Mark.NOT_RUN for post in ran for cell in post.cells)
        return (
            f"{_count(len(self.posts), 'post')}: {len(ran) - reused} ran, {reused} reused, "
            f"{_count(cells, 'cell')}, {_count(len(self.findings), 'finding')}"
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
