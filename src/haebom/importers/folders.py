"""Folders of notebooks, of Quarto's documents, and of pages of HTML."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import yaml

from haebom.importers import addresses, headings, matter, notebooks, pages
from haebom.importers.assembly import Assembly
from haebom.importers.decoding import decode
from haebom.importers.desk import Desk, Sheet, earlier
from haebom.importers.drafts import Draft, OldSite
from haebom.importers.html import to_markdown
from haebom.importers.kramdown.blocks import parse
from haebom.importers.kramdown.nodes import Dialect, Document
from haebom.importers.ledger import Ledger
from haebom.importers.plan import Imported, Layout, OldFile, Plan
from haebom.importers.quarto import to_kramdown
from haebom.importers.starter import Around
from haebom.importers.text import Text
from haebom.parsers import notebook as reader
from haebom.parsers.markdown import Settings

_DIALECT = Dialect(is_tex=True)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of documents.

    Args:
        documents: What is brought along.
        files: Paths of everything else that could be linked to.
        config: Text of the site's configuration, Quarto's or Jekyll's, if there is one.
    """

    documents: Sequence[OldFile]
    files: frozenset[str] = frozenset()
    config: str = ""


@dataclass(frozen=True, slots=True)
class _Home:
    """The site that a folder was the source of.

    Args:
        title: Its name.
        description: What it is about.
        url: Its address, scheme and host, or an empty string.
        base: Path below which it lay there.
        permalink: How Jekyll named the pages of posts.
        is_quarto: Whether Quarto made it.
    """

    title: str = ""
    description: str = ""
    url: str = ""
    base: str = ""
    permalink: str = "date"
    is_quarto: bool = False


def plan(folder: Folder, layout: Layout, settings: Settings) -> tuple[Plan, Around]:
    """Say what an import would write, and what the site around it is to be.

    Args:
        folder: What is there.
        layout: Where things go.
        settings: The new site's Markdown extensions.
    """
    home = _home(folder.config)
    desk = Desk(layout)
    drafts, left = [], []
    for file in folder.documents:
        ledger = Ledger()
        text, encoding = decode(file.content)
        if encoding:
            ledger.reported(1, "encoding", f"The file was {encoding}; it is UTF-8 now.")
        suffix = posixpath.splitext(file.path)[1].lower()
        try:
            drafts.append(_READERS.get(suffix, _markdown)(file, text, ledger, desk, home))
        except _StaysBehind as problem:
            ledger.reported(problem.line, problem.construct, f"{problem} It stays behind.")
            remarks = tuple(ledger.remarks)
            left.append(Imported(file.path, remarks=remarks, counts=ledger.counts()))
    old = OldSite(home.url, home.base, folder.files)
    made = Assembly(old, drafts, layout, settings).plan()
    documents = sorted((*made.documents, *left), key=lambda item: item.source)
    url = f"{home.url}{home.base}/" if home.url else ""
    around = Around(home.title, home.description, url, authors=tuple(desk.authors.values()))
    return Plan(tuple(documents), made.files), around


class _StaysBehind(ValueError):
    """A file does not become a post.

    Args:
        message: Why.
        construct: What it is.
        line: Line of the file where that shows.
    """

    def __init__(self, message: str, construct: str, line: int = 1) -> None:
        super().__init__(message)
        self.construct = construct
        self.line = line


def _home(config: str) -> _Home:
    try:
        found = matter.load(config)
    except (yaml.YAMLError, ValueError):
        found = None
    given = found if isinstance(found, dict) else {}
    quarto = given.get("website") or given.get("project")
    site = given.get("website", {}) if quarto else given
    site = site if isinstance(site, dict) else {}
    address = f"{site.get('url') or ''}/{site.get('baseurl') or ''}".strip("/")
    parts = urlsplit(str(site.get("site-url") or address))
    return _Home(
        matter.line_of_text(site.get("title")),
        matter.line_of_text(site.get("description")),
        f"{parts.scheme}://{parts.netloc}" if parts.netloc else "",
        parts.path.rstrip("/") if parts.netloc else "",
        str(site.get("permalink") or "date"),
        bool(quarto),
    )


def _sheet(
    file: OldFile, values: Mapping[str, Any], ledger: Ledger, lines: Mapping[str, int]
) -> Sheet:
    is_draft = matter.is_true(values.get("draft"))
    return Sheet(
        file.path, pages.name_of(file.path), values, ledger, values, lines, file.day, is_draft
    )


def _finished(draft: Draft, values: Mapping[str, Any], address: str) -> Draft:
    draft.addresses = tuple(filter(None, (address, *earlier(values))))
    if not draft.values["draft"]:
        draft.values["aliases"] = list(draft.addresses)
    return draft


def _html_address(path: str) -> str:
    """Where Quarto and most others put the page of a file."""
    return addresses.of_page("none", path)


def _notebook(file: OldFile, text: str, ledger: Ledger, desk: Desk, home: _Home) -> Draft:
    try:
        found = notebooks.read(text, ledger)
    except reader.Unreadable as problem:
        raise _StaysBehind(str(problem), "notebook", problem.line) from problem
    sheet = _sheet(file, found.values, ledger, found.lines)
    draft, moment = desk.post(sheet)
    draft.notebook = found.notebook
    draft.documents = [parse(source, _DIALECT) for source in found.notebook.texts()]
    _join_notes(draft.documents)
    return _finished(draft, found.values, _notebook_address(draft, sheet, moment, home))


def _notebook_address(draft: Draft, sheet: Sheet, moment: datetime, home: _Home) -> str:
    """Where the page of a notebook was, if it had one."""
    if given := str(sheet.values.get("permalink") or ""):
        return addresses.cleaned(f"/{given}")
    if "_notebooks" in sheet.source.split("/"):
        categories = draft.values["categories"]
        return addresses.of_post(home.permalink, moment, sheet.dated[1], categories, sheet.name)
    return _html_address(sheet.source) if home.is_quarto else ""


def _join_notes(documents: Sequence[Document]) -> None:
    """Leave cells alone that share a footnote; the new site reads all cells as one text."""
    wanted = set[str]().union(*(document.missing for document in documents))
    given = set[str]().union(*(document.unused for document in documents))
    for document in documents:
        if (document.missing | document.unused) & wanted & given:
            document.is_fixed = True
            document.problems.clear()


def _markdown(file: OldFile, text: str, ledger: Ledger, desk: Desk, home: _Home) -> Draft:
    given = matter.read(text, ledger)
    if given.values.get("listing"):
        message = "It lists other pages; the new site makes such lists itself."
        raise _StaysBehind(message, "listing", given.lines.get("listing", 1))
    draft, _ = desk.post(_sheet(file, given.values, ledger, given.lines))
    body = to_kramdown(Text.of(given.body, given.length + 1), ledger)
    document = parse(body, _DIALECT)
    draft.documents = [document]
    draft.heading_ids = headings.old_ids(document, is_gfm=True)
    return _finished(draft, given.values, _html_address(file.path))


def _html(file: OldFile, text: str, ledger: Ledger, desk: Desk, home: _Home) -> Draft:
    given = matter.read(text, ledger) if text.startswith("---") else None
    page = pages.read(given.body if given else text)
    values = {**page.values, **(given.values if given else {})}
    draft, _ = desk.post(_sheet(file, values, ledger, given.lines if given else {}))
    markdown = to_markdown(page.html)
    draft.documents = [parse(Text.fitted(markdown, [1]), Dialect())]
    address = urlsplit(page.address).path or _html_address(file.path)
    return _finished(draft, values, addresses.cleaned(address))


_READERS: Mapping[str, Callable[[OldFile, str, Ledger, Desk, _Home], Draft]] = {
    ".ipynb": _notebook,
    ".html": _html,
    ".htm": _html,
}
