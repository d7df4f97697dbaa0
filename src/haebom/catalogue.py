"""What the rest of a site knows of its posts, once they have been checked.

The pages of posts are written while posts run, and the posts with their outputs are let go, since
figures can be large. What stays of each is its *entry*; from all entries together come the parts
of a site that lead from one post to another.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from html import unescape
from itertools import pairwise

from markdown import markdown

from haebom import apidocs, expressions, korean
from haebom.curriculum import Curriculum, curriculum, membership
from haebom.glossary import Glossary, Term
from haebom.kinship import Kin, Traits, relate
from haebom.marks import Mark, marks
from haebom.model import Checked, Commit, Environment, Finding, Post, Repetition, Run, Show
from haebom.spans import OPENING

_FENCED = re.compile(r"^[ \t]*(?P<fence>`{3,}|~{3,}).*?^[ \t]*(?P=fence)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(
    r"^#[ \t]+(?P<atx>.+?)[ \t]*#*[ \t]*$|^(?P<setext>\S.*)\n=+[ \t]*$", re.MULTILINE
)
_ATTRIBUTES = re.compile(r"[ \t]*\{[^}\n]*\}$")
_EXPRESSION = re.compile(rf"<code>({re.escape(OPENING)}.*?)</code>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_PLAIN = re.compile(r"[^\W\d_][^\\`*_\[\]<>&{}]*")
"""A line in which Markdown sees nothing but text."""


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
        terms: The terms of the glossary that it uses.
        words: How often the words that matter stand in its prose.
        uses: The names of libraries that its shown code uses, in order: what each is, and the
            anchor of the cell where it is first used. What Python itself offers everywhere is left
            out.
    """

    post: Post
    run: Run | None
    findings: tuple[Finding, ...]
    title: str
    downloads: tuple[str, ...] = ()
    marks: tuple[Mark | None, ...] = ()
    repetition: Repetition | None = None
    commit: Commit | None = None
    terms: tuple[Term, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    uses: Mapping[str, tuple[str, str]] = field(default_factory=dict)

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
        if self.run is not None and (found - {Mark.NOT_RUN} or self.run.values):
            return Standing.ELSEWHERE if self.run.frozen else Standing.SOUND
        return Standing.NOT_RUN if found else Standing.NO_CODE

    @property
    def date(self) -> datetime.date:
        """Day of its first publication; the earliest day of all for a page without one."""
        return self.post.date


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is kept of a site's posts and of the pages that take part.

    Args:
        entries: The newest first.
        environments: What the matrix has found.
        published: Repository and branch with the built site, as ``owner/name@branch``, or an
            empty string.
        repository: Address of the repository that they are in, or an empty string.
        curriculum: The order in which posts can be read.
        kin: For each post's slug the posts that are like it.
        by_slug: The entries of posts by the last part of their addresses.
    """

    entries: tuple[Entry, ...] = ()
    environments: tuple[Environment, ...] = ()
    published: str = ""
    repository: str = ""
    curriculum: Curriculum = field(default_factory=Curriculum)
    kin: Mapping[str, tuple[Kin, ...]] = field(default_factory=dict)
    by_slug: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def posts(self) -> tuple[Entry, ...]:
        """The entries of posts, without those of ordinary pages."""
        return tuple(entry for entry in self.entries if entry.post.source.is_post)


def entry(
    checked: Checked,
    downloads: tuple[str, ...] = (),
    glossary: Glossary = Glossary(),  # noqa: B008 - a frozen value
) -> Entry:
    """Keep what is needed of a post.

    Args:
        checked: The post with its run.
        downloads: Paths within the staged tree of what readers can take along.
        glossary: The site's.
    """
    said = prose(checked.post)
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
        terms=glossary.within(said).terms,
        words=korean.words(said),
        uses=_uses(checked),
    )


def _uses(checked: Checked) -> Mapping[str, tuple[str, str]]:
    cells = {cell.index: cell for cell in checked.post.cells}
    found: dict[str, tuple[str, str]] = {}
    for run in checked.run.cells if checked.run else ():
        cell = cells[run.index]
        for use in run.uses if cell.options.code is not Show.HIDDEN else ():
            found.setdefault(use.name, (use.kind, cell.anchor))
    return {n: found[n] for n in sorted(found) if apidocs.package(n) != apidocs.BUILTINS}


def catalogue(
    entries: Iterable[Entry],
    environments: Iterable[Environment] = (),
    published: str = "",
    repository: str = "",
) -> Catalogue:
    """Put entries in order: by day, the newest first, and by path within a day."""
    ordered = sorted(entries, key=lambda entry: entry.post.path)
    ordered.sort(key=lambda entry: entry.date, reverse=True)
    found = Catalogue(tuple(ordered), tuple(environments), published, repository)
    order = curriculum(entry.post for entry in found.posts)
    return replace(
        found,
        curriculum=order,
        kin=relate(_traits(found.posts, order)),
        by_slug={entry.slug: entry for entry in found.posts},
    )


def _traits(posts: Iterable[Entry], order: Curriculum) -> Iterator[Traits]:
    near: dict[str, set[str]] = defaultdict(set)
    for members in order.series.values():
        for one, other in pairwise(members):
            near[one].add(other)
            near[other].add(one)
    for entry in posts:
        yield Traits(
            slug=entry.slug,
            tags=frozenset(map(str, entry.post.meta.get("tags") or ())),
            names=frozenset(entry.uses),
            words=entry.words,
            series=membership(entry.post)[0],
            near=frozenset(near[entry.slug]),
        )


def prose(post: Post) -> str:
    """What a post says besides its code."""
    return _FENCED.sub("", post.body)


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
    html = text if _PLAIN.fullmatch(text) else _EXPRESSION.sub(r"`\1`", markdown(text))
    return expressions.substitute(unescape(_TAG.sub("", html)), post, run).strip()
