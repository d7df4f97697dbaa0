"""What the rest of a site knows of its posts, once they have been checked.

The pages of posts are written while posts run, and the posts with their outputs are let go, since
figures can be large. What stays of each is its *entry*; from all entries together come the parts
of a site that lead from one post to another.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from html import unescape

from markdown import markdown

from haebom import expressions
from haebom.marks import Mark, marks
from haebom.model import Checked, Commit, Environment, Finding, Post, Repetition, Run
from haebom.spans import OPENING

_FENCED = re.compile(r"^[ \t]*(?P<fence>`{3,}|~{3,}).*?^[ \t]*(?P=fence)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(
    r"^#[ \t]+(?P<atx>.+?)[ \t]*#*[ \t]*$|^(?P<setext>\S.*)\n=+[ \t]*$", re.MULTILINE
)
_ATTRIBUTES = re.compile(r"[ \t]*\{[^}\n]*\}$")
_EXPRESSION = re.compile(rf"<code>({re.escape(OPENING)}.*?)</code>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


class Standing(StrEnum):
    """How far a whole post may be trusted, from the best to the worst."""

    SOUND = "sound"  # it ran, and there is nothing to say against it
    ELSEWHERE = "elsewhere"  # it ran on another machine
    NO_CODE = "no-code"
    NOT_RUN = "not-run"
    FLAWED = "flawed"  # there are findings, which do not stop the build


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a post.

    Args:
        post: The post without its text, and without what it has recorded and attached.
        run: What it did, without the outputs; None if it has nothing to run.
        findings: What is wrong with it.
        title: Its title as plain text.
        downloads: Paths within the staged tree of what readers can take along.
        marks: The mark of each of its cells; None for fences that are no cells.
        repetition: What repeating its run has shown, if it was repeated.
        commit: The last commit of its source, where git knows it.
    """

    post: Post
    run: Run | None
    findings: tuple[Finding, ...]
    title: str
    downloads: tuple[str, ...] = ()
    marks: tuple[Mark | None, ...] = ()
    repetition: Repetition | None = None
    commit: Commit | None = None

    @property
    def uri(self) -> str:
        """Path of its page within the staged tree."""
        return self.post.source.uri

    @property
    def slug(self) -> str:
        """The last part of its address."""
        return self.post.source.slug

    @property
    def standing(self) -> Standing:
        """How far it may be trusted."""
        if self.findings:
            return Standing.FLAWED
        found = set(self.marks) - {None}
        if self.run is not None and found - {Mark.NOT_RUN}:
            return Standing.ELSEWHERE if self.run.frozen else Standing.SOUND
        return Standing.NOT_RUN if found else Standing.NO_CODE

    @property
    def date(self) -> datetime.date:
        """Day of its first publication; the earliest day of all for a page without one."""
        date = self.post.meta.get("date")
        created = date.get("created") if isinstance(date, dict) else date
        if isinstance(created, datetime.datetime):
            return created.date()
        return created if isinstance(created, datetime.date) else datetime.date.min


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is kept of a site's posts and of the pages that take part.

    Args:
        entries: The newest first.
        environments: What the matrix has found.
        published: Repository and branch with the built site, as ``owner/name@branch``, or an
            empty string.
        repository: Address of the repository that they are in, or an empty string.
    """

    entries: tuple[Entry, ...] = ()
    environments: tuple[Environment, ...] = ()
    published: str = ""
    repository: str = ""

    @property
    def posts(self) -> tuple[Entry, ...]:
        """The entries of posts, without those of ordinary pages."""
        return tuple(entry for entry in self.entries if entry.post.source.is_post)


def entry(checked: Checked, downloads: tuple[str, ...] = ()) -> Entry:
    """Keep what is needed of a post.

    Args:
        checked: The post with its run.
        downloads: Paths within the staged tree of what readers can take along.
    """
    post, run = checked.post, checked.run
    cells = tuple(replace(cell, recorded=None) for cell in post.cells)
    meta = expressions.meta(post, run)
    light = replace(post, meta=meta, body="", cells=cells, attachments=())
    if run is not None:
        run = replace(run, cells=tuple(replace(cell, outputs=()) for cell in run.cells))
    return Entry(
        light,
        run,
        checked.findings,
        title(post, checked.run),
        downloads,
        marks(checked),
        checked.repetition,
    )


def catalogue(
    entries: Iterable[Entry],
    environments: Iterable[Environment] = (),
    published: str = "",
    repository: str = "",
) -> Catalogue:
    """Put entries in order: by day, the newest first, and by path within a day."""
    ordered = sorted(entries, key=lambda entry: entry.post.path)
    ordered.sort(key=lambda entry: entry.date, reverse=True)
    return Catalogue(tuple(ordered), tuple(environments), published, repository)


def title(post: Post, run: Run | None = None) -> str:
    """A post's title as plain text: its own key, its first heading, or else its slug.

    Args:
        post: The post.
        run: What it did, for the values of expressions in its title.
    """
    given = expressions.meta(post, run).get("title")
    if given:
        return str(given)
    found = _HEADING.search(_FENCED.sub("", post.body))
    if found is None:
        return post.source.slug
    text = _ATTRIBUTES.sub("", found["atx"] or found["setext"])
    html = _EXPRESSION.sub(r"`\1`", markdown(text))
    return expressions.substitute(unescape(_TAG.sub("", html)), post, run).strip()
