"""Where documents of any tool get their names, dates and front matter."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from haebom.importers import addresses, matter
from haebom.importers.drafts import Draft
from haebom.importers.ledger import Ledger
from haebom.importers.plan import Layout
from haebom.importers.starter import Author

DATED = re.compile(r"^(?P<date>\d{2,4}-\d{1,2}-\d{1,2})-(?P<slug>.+)$")
"""Names of files that begin with a date."""

_UPDATED = (
    "last_modified_at", "updated", "modified", "date-modified", "date_modified", "last-modified",
)  # fmt: skip
_READ = frozenset({
    "title", "subtitle", "tagline", "description", "excerpt", "summary", "abstract", "date",
    "published", "draft", "categories", "category", "tags", "tag", "author", "authors", "toc",
    "search", "permalink", "redirect_from", "slug", "excerpt_separator", "pin", "comments",
    "aliases", *_UPDATED,
})  # fmt: skip
_MEANINGLESS = frozenset({
    "layout", "mathjax", "use_math", "math", "katex", "mermaid", "lang", "locale", "badges",
    "branch", "hide", "search_exclude", "sticky_rank", "toc_sticky", "format", "jupyter",
    "engine",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a document before its text has been read.

    Args:
        source: Its path within the old blog.
        name: Name of its file or folder, without suffix.
        values: Its front matter, what the site says for all included.
        ledger: What was met in it.
        own: Its own front matter.
        lines: Where keys stand.
        day: ISO date of the file.
        is_draft: Whether it was no published post.
        categories: Categories that it has besides.
    """

    source: str
    name: str
    values: Mapping[str, Any]
    ledger: Ledger
    own: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    day: str = ""
    is_draft: bool = False
    categories: Sequence[str] = ()

    def line(self, key: str) -> int:
        """Where a key stands."""
        return self.lines.get(key, 1)

    @property
    def dated(self) -> tuple[str, str]:
        """The date and the slug in its name; either may be empty."""
        match = DATED.match(self.name)
        return (match["date"], match["slug"]) if match else ("", self.name)


class Desk:
    """Makes drafts, and keeps their names apart.

    Args:
        layout: Where things go.
        zone: Name of the old blog's time zone, or an empty string.
        people: What the old blog says of its authors, by name.
    """

    def __init__(
        self, layout: Layout, zone: str = "", people: Mapping[str, Any] | None = None
    ) -> None:
        self.layout = layout
        self.zone = zone
        self.people = people or {}
        self.taken: set[str] = set()
        self.authors: dict[str, Author] = {}

    def post(self, sheet: Sheet) -> tuple[Draft, datetime.datetime]:
        """Begin a post.

        Returns:
            The post without addresses, and when it was published.
        """
        values = sheet.values
        dated, slug = sheet.dated
        moment, is_exact = self._moment(sheet, dated)
        stem = addresses.file_name(str(values.get("slug") or slug)) or "post"
        if not sheet.is_draft or dated:
            stem = f"{moment.date().isoformat()}-{stem}"
        own = matter.line_of_text(values.get("title"))
        name = self.unique(stem, sheet.ledger)
        draft = Draft(sheet.source, sheet.ledger, name, title=own or titled(slug))
        draft.is_named = bool(own)
        categories = matter.words(values.get("categories")) + _single(values.get("category"))
        described = ("description", "summary", "abstract", "excerpt")
        draft.values = {
            "title": draft.title,
            "subtitle": matter.line_of_text(values.get("subtitle") or values.get("tagline")),
            "description": next(
                filter(None, (matter.line_of_text(values.get(key)) for key in described)), ""
            ),
            "date": self._date(sheet, moment, is_exact or not dated),
            "authors": self._authors(sheet),
            "categories": list(dict.fromkeys([*sheet.categories, *categories])),
            "tags": matter.words(values.get("tags")) or _single(values.get("tag")),
            "draft": sheet.is_draft or matter.is_true(values.get("draft")) or None,
            "pin": matter.is_true(values.get("pin")) or None,
            "search": {"exclude": True} if matter.is_false(values.get("search", True)) else None,
            "hide": ["toc"] if matter.is_false(sheet.own.get("toc", True)) else None,
        }
        if draft.stem != stem:
            draft.values["slug"] = draft.stem.removeprefix(f"{moment.date().isoformat()}-")
        self.keep(draft, sheet)
        return draft, moment

    def page(self, sheet: Sheet, stem: str) -> Draft:
        """Begin a page."""
        title = matter.line_of_text(sheet.values.get("title"))
        name = self.unique(stem, sheet.ledger)
        draft = Draft(sheet.source, sheet.ledger, name, is_post=False, title=title)
        description = sheet.values.get("description") or sheet.values.get("summary")
        draft.values = {"title": title, "description": matter.line_of_text(description)}
        self.keep(draft, sheet)
        return draft

    def keep(self, draft: Draft, sheet: Sheet) -> None:
        """Report front matter that means nothing to haebom, and keep it as a comment."""
        for key, value in sheet.own.items():
            if key in _READ:
                draft.ledger.converted("front matter")
            elif key in _MEANINGLESS:
                draft.ledger.converted("front matter of the theme")
            elif value not in (None, "", [], {}):
                draft.kept[key] = value
                message = f"{key!r} means nothing here; it is kept as a comment."
                draft.ledger.reported(sheet.line(key), "front matter", message)

    def unique(self, stem: str, ledger: Ledger) -> str:
        """A name that no other document has; slugs are compared without dates."""
        number, chosen = 1, stem
        while slug_of(chosen) in self.taken:
            number += 1
            chosen = f"{stem}-{number}"
        self.taken.add(slug_of(chosen))
        if number > 1:
            message = f"Another one is named {slug_of(stem)!r}; this one is {slug_of(chosen)!r}."
            ledger.reported(1, "name", message)
        return chosen

    def _moment(self, sheet: Sheet, dated: str) -> tuple[datetime.datetime, bool]:
        """When a post was published, and whether its front matter says so."""
        value = sheet.values.get("date")
        found = matter.when(value, self.zone)
        if found is not None:
            return found, True
        if value:
            sheet.ledger.reported(sheet.line("date"), "date", f"{value!r} is no date.")
        by_name = matter.when(dated)
        if by_name is not None:
            return by_name, False
        by_file = matter.when(sheet.day) or datetime.datetime(1970, 1, 1)
        day = by_file.date().isoformat()
        message = f"The post has no date; it is dated {day} as its file is."
        sheet.ledger.reported(1, "date", message)
        return by_file, False

    def _date(self, sheet: Sheet, moment: datetime.datetime, is_needed: bool) -> Any:
        """The key ``date``: nothing if the file's name says it all."""
        created = _on_the_clock(moment)
        for key in _UPDATED:
            if sheet.values.get(key):
                updated = matter.when(sheet.values[key], self.zone)
                if updated is not None:
                    return {"created": created, "updated": _on_the_clock(updated)}
                message = f"{sheet.values[key]!r} is no date."
                sheet.ledger.reported(sheet.line(key), "date", message)
        return created if is_needed else None

    def _authors(self, sheet: Sheet) -> list[str]:
        """Authors that the new site knows."""
        known = self.layout.authors
        names = []
        for name in _names(sheet.values):
            if known is None:
                author = self._author(name)
                self.authors[author.key] = author
                names.append(author.key)
            elif name in known:
                names.append(name)
            else:
                message = f"The author {name!r} is not in .authors.yml; the name is left out."
                key = "author" if "author" in sheet.lines else "authors"
                sheet.ledger.reported(sheet.line(key), "author", message)
        return names

    def _author(self, name: str) -> Author:
        """What the old blog says of an author."""
        found = self.people.get(name)
        found = found if isinstance(found, dict) else {}
        avatar = str(found.get("avatar") or "")
        return Author(
            addresses.file_name(name) or "author",
            matter.line_of_text(found.get("name")) or name,
            matter.line_of_text(found.get("bio")),
            avatar if avatar.startswith("https://") else "",
        )


def slug_of(stem: str) -> str:
    """A name without its date, in the form in which names are compared."""
    match = DATED.match(stem)
    return (match["slug"] if match else stem).casefold()


def titled(slug: str) -> str:
    """A title made of a name."""
    words = [word for word in slug.replace("_", "-").split("-") if word]
    return " ".join(word[:1].upper() + word[1:] for word in words)


def earlier(values: Mapping[str, Any]) -> Iterator[str]:
    """Earlier addresses that front matter names."""
    for key in ("redirect_from", "aliases"):
        value = values.get(key)
        for address in value if isinstance(value, list) else [value] if value else []:
            yield addresses.cleaned(f"/{str(address).strip()}")


def _single(value: Any) -> list[str]:
    return matter.words([value] if isinstance(value, str) else value)


def _names(values: Mapping[str, Any]) -> list[str]:
    """The authors that front matter names."""
    value = values.get("authors") or values.get("author")
    items = value if isinstance(value, list) else [value] if value else []
    names = (item.get("name") if isinstance(item, dict) else item for item in items)
    return [matter.line_of_text(name) for name in names if name]


def _on_the_clock(moment: datetime.datetime) -> datetime.datetime | datetime.date:
    """A time as it is read on the clock; a day where nothing more is known."""
    moment = moment.replace(tzinfo=None, microsecond=0)
    return moment.date() if moment.time() == datetime.time() else moment
