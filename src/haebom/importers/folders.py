"""Folders of notebooks, of Quarto's documents, and of pages of HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
from haebom.importers.kramdown.nodes import Dialect
from haebom.importers.ledger import Ledger
from haebom.importers.plan import Imported, Layout, OldFile, Plan
from haebom.importers.quarto import to_kramdown
from haebom.importers.starter import Around
from haebom.importers.text import Text
from haebom.parsers import notebook as reader
from haebom.parsers.markdown import Settings

_DIALECT = Dialect()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of documents.

    Args:
        documents: What is brought along.
        files: Paths of everything else that could be linked to.
        config: Text of the site's configuration, if there is one.
    """

    documents: Sequence[OldFile]
    files: frozenset[str] = frozenset()
    config: str = ""


def plan(kind: str, folder: Folder, layout: Layout, settings: Settings) -> tuple[Plan, Around]:
    """Say what an import would write, and what the site around it is to be.

    Args:
        kind: ``notebooks``, ``quarto`` or ``html``.
        folder: What is there.
        layout: Where things go.
        settings: The new site's Markdown extensions.
    """
    site = _site(folder.config)
    desk = Desk(layout)
    drafts, left = [], []
    for file in folder.documents:
        ledger = Ledger()
        text, encoding = decode(file.content)
        if encoding:
            ledger.reported(1, "encoding", f"The file was {encoding}; it is UTF-8 now.")
        try:
            drafts.append(_READERS[kind](file, text, ledger, desk))
        except reader.Unreadable as problem:
            ledger.reported(problem.line, "notebook", f"{problem} The file stays behind.")
            remarks = tuple(ledger.remarks)
            left.append(Imported(file.path, remarks=remarks, counts=ledger.counts()))
    address = urlsplit(str(site.get("site-url") or ""))
    url = f"{address.scheme}://{address.netloc}" if address.netloc else ""
    old = OldSite(url, address.path.rstrip("/"), folder.files)
    made = Assembly(old, drafts, layout, settings).plan()
    documents = sorted((*made.documents, *left), key=lambda item: item.source)
    around = Around(
        matter.line_of_text(site.get("title")),
        matter.line_of_text(site.get("description")),
        f"{url}{address.path.rstrip('/')}/" if url else "",
        authors=tuple(desk.authors.values()),
    )
    return Plan(tuple(documents), made.files), around


def _site(config: str) -> Mapping[str, Any]:
    try:
        found = matter.load(config)
    except (yaml.YAMLError, ValueError):
        return {}
    site = found.get("website") if isinstance(found, dict) else None
    return site if isinstance(site, dict) else {}


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


def _notebook(file: OldFile, text: str, ledger: Ledger, desk: Desk) -> Draft:
    found = notebooks.read(text, ledger)
    draft, _ = desk.post(_sheet(file, found.values, ledger, found.lines))
    draft.notebook = found.notebook
    places = [cell.at.line for cell in reader.cells(found.notebook.content, text, file.path)]
    draft.documents = [
        parse(Text.of(source, places[index]), _DIALECT)
        for index, source in zip(found.notebook.cells, found.notebook.texts(), strict=True)
    ]
    given = str(found.values.get("permalink") or "")
    return _finished(draft, found.values, addresses.cleaned(f"/{given}") if given else "")


def _quarto(file: OldFile, text: str, ledger: Ledger, desk: Desk) -> Draft:
    given = matter.read(text, ledger)
    draft, _ = desk.post(_sheet(file, given.values, ledger, given.lines))
    body = to_kramdown(Text.of(given.body, given.length + 1), ledger)
    document = parse(body, _DIALECT)
    draft.documents = [document]
    draft.heading_ids = headings.old_ids(document, is_gfm=True)
    return _finished(draft, given.values, _html_address(file.path))


def _html(file: OldFile, text: str, ledger: Ledger, desk: Desk) -> Draft:
    given = matter.read(text, ledger) if text.startswith("---") else None
    page = pages.read(given.body if given else text)
    values = {**page.values, **(given.values if given else {})}
    draft, _ = desk.post(_sheet(file, values, ledger, given.lines if given else {}))
    markdown = to_markdown(page.html)
    draft.documents = [parse(Text(markdown, [1] * (markdown.count("\n") + 1)), _DIALECT)]
    address = urlsplit(page.address).path or _html_address(file.path)
    return _finished(draft, values, addresses.cleaned(address))


_READERS: Mapping[str, Callable[[OldFile, str, Ledger, Desk], Draft]] = {
    "notebooks": _notebook,
    "quarto": _quarto,
    "html": _html,
}
