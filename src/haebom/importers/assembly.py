"""Puts the documents of an old blog together as files of a site."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from haebom.importers import codeblocks, excerpts, headings, linking, matter, themes
from haebom.importers.addresses import file_name
from haebom.importers.convert import CellConverter, Converter, Written
from haebom.importers.drafts import Draft, OldSite
from haebom.importers.kramdown.expected import expected_html
from haebom.importers.kramdown.nodes import Document, Node
from haebom.importers.ledger import Ledger
from haebom.importers.linking import Finder, Found, Place
from haebom.importers.plan import Imported, Layout, NewFile, Plan
from haebom.parsers.markdown import Settings

_COUNTED = {
    "a": "link", "img": "image", "math": "formula", "footnote": "footnote", "pre": "code block",
    "table": "table", "dl": "definition list", "ul": "list", "ol": "list", "toc": "contents",
    "blockquote": "quotation", "del": "struck text", "br": "line break", "html": "HTML element",
    "code": "code span", "hr": "rule", "admonition": "", "comment": "comment",
}  # fmt: skip


class Assembly:
    """Gives every document and every file its place, and writes them.

    Args:
        site: The old site.
        drafts: Its documents.
        layout: Where things go.
        settings: The new site's Markdown extensions.
    """

    def __init__(
        self, site: OldSite, drafts: Sequence[Draft], layout: Layout, settings: Settings
    ) -> None:
        self.site = site
        self.drafts = drafts
        self.layout = layout
        self.settings = settings
        self.converter = Converter(settings.converter())
        self.cells = CellConverter(self.converter.markdown)
        self.finder = Finder(site, drafts)
        self.found: dict[int, list[tuple[Document, Place, Found]]] = {}
        self.users: defaultdict[str, set[int]] = defaultdict(set)
        self.bundles: set[int] = set()
        self.copies: dict[tuple[int, str], str] = {}

    def plan(self) -> Plan:
        """Everything that is to be written."""
        for draft in self.drafts:
            self._look(draft)
        for draft in self.drafts:
            self._place_files(draft)
        documents, files = [], []
        for draft in self.drafts:
            imported, text = self._write(draft)
            documents.append(imported)
            files.append(NewFile(imported.target, text.encode("utf-8")))
        copies = {target: file for (_, file), target in self.copies.items()}
        files += [NewFile(path, copy_of=file) for path, file in sorted(copies.items())]
        return Plan(tuple(documents), tuple(files))

    # -- places --------------------------------------------------------------------------------

    def _look(self, draft: Draft) -> None:
        """Find out what a document's addresses lead to."""
        found = []
        for document in draft.documents:
            for place in linking.places(document):
                target = self.finder.find(place.address, draft)
                if target is None:
                    continue
                found.append((document, place, target))
                if target.file:
                    self.users[target.file].add(id(draft))
        self.found[id(draft)] = found

    def _place_files(self, draft: Draft) -> None:
        """A file that one post alone uses goes into its bundle; others keep their addresses."""
        taken: Counter[str] = Counter()
        own = {target.file for _, _, target in self.found[id(draft)] if target.file}
        if draft.is_post and any(self.users[file] == {id(draft)} for file in own):
            self.bundles.add(id(draft))
        for file in sorted(own):
            if draft.is_post and self.users[file] == {id(draft)}:
                name = _name(posixpath.basename(file))
                stem, suffix = posixpath.splitext(name)
                taken[name.lower()] += 1
                if taken[name.lower()] > 1 or stem.lower() == "index":
                    name = f"{stem}-{taken[name.lower()]}{suffix}"
                folder = posixpath.join(self.layout.posts, draft.stem)
                self.copies[id(draft), file] = posixpath.join(folder, name)
            else:
                parts = [_name(part.lstrip("_.")) or "files" for part in file.split("/")]
                self.copies[id(draft), file] = posixpath.join(self.layout.docs, *parts)

    def target(self, draft: Draft) -> str:
        """Where a document goes."""
        suffix = ".md" if draft.notebook is None else ".ipynb"
        if not draft.is_post:
            return posixpath.join(self.layout.docs, f"{draft.stem}{suffix}")
        path = posixpath.join(self.layout.posts, draft.stem)
        return f"{path}/index{suffix}" if id(draft) in self.bundles else f"{path}{suffix}"

    # -- documents -----------------------------------------------------------------------------

    def _write(self, draft: Draft) -> tuple[Imported, str]:
        ledger = draft.ledger
        changed = {id(document) for document in draft.documents if self._point(draft, document)}
        for document in draft.documents:
            themes.restyle(document, ledger)
            _count(document, ledger)
            for line, problem in document.problems:
                ledger.reported(line, "Markdown", problem)
        if not draft.is_named and (first := headings.first(draft.documents)):
            draft.title, draft.values["title"] = first, ""
        moved = headings.make_room(draft.documents, draft.title) if draft.title else None
        if moved is not None:
            message = "Headings are one level lower, since the title is the page's first heading."
            ledger.reported(moved.line, "heading level", message)
        front = matter.write(draft.values, draft.kept)
        if draft.notebook is None:
            silenced = self._page(draft)
            fences = silenced.fences
            text = "\n".join(part for part in (front, silenced.text) if part.strip())
        else:
            texts = [self._cell(d, draft, id(d) in changed) for d in draft.documents]
            text, fences = draft.notebook.write(front, texts), draft.notebook.code_cells
        ledger.remarks.sort(key=lambda remark: remark.line)
        remarks, counts = tuple(ledger.remarks), ledger.counts()
        return Imported(draft.source, self.target(draft), remarks, counts, fences), text

    def _page(self, draft: Draft) -> codeblocks.Silenced:
        """The text of a page without its front matter."""
        (document,) = draft.documents
        if draft.is_post:
            excerpts.mark(document)
        written = self.converter.write(document, _info)
        if draft.heading_ids:
            self.converter.html(written.text)
            if headings.keep_ids(document, draft.heading_ids, self.converter.markdown):
                draft.ledger.converted("heading name")
                written = self.converter.write(document, _info)
        _report(written, draft.ledger)
        silenced = codeblocks.silence(written.text, self.settings)
        for finding in silenced.findings:
            draft.ledger.reported(1, "fence", finding.message)
        return silenced

    def _cell(self, document: Document, draft: Draft, is_changed: bool) -> str | None:
        """The text of a notebook's text cell; None if it can stay as it is."""
        html = expected_html(document.root.children, document)
        is_same = not is_changed and self.cells.reads(document.source, html)
        if document.is_fixed or (is_same and codeblocks.is_quiet(document.source, self.settings)):
            return None
        written = self.cells.write(document, _info)
        _report(written, draft.ledger)
        return codeblocks.silence(written.text, self.settings).text.rstrip("\n")

    def _point(self, draft: Draft, document: Document) -> bool:
        """Let a document's addresses lead to where they lead now.

        Returns:
            Whether any does.
        """
        here = self.target(draft)
        found = [(place, target) for d, place, target in self.found[id(draft)] if d is document]
        for place, target in found:
            address = self._address(draft, place, target, here)
            if place.node is not None:
                place.node.attributes[place.name] = address
                if place.node.name == "auto":
                    place.node.name = ""
            for label, known in document.links.items():
                if known.url == place.address and (place.node is None or place.node.name == label):
                    document.links[label] = replace(known, url=address)
        return bool(found)

    def _address(self, draft: Draft, place: Place, target: Found, here: str) -> str:
        if target.draft is not None:
            draft.ledger.converted("own link")
            return linking.relative(self.target(target.draft), here) + target.fragment
        if target.file:
            draft.ledger.converted("own file")
            return linking.relative(self.copies[id(draft), target.file], here)
        address = self.finder.old(target)
        message = f"There is no {place.address!r} in the old blog"
        message += f"; it is {address!r} now." if address != place.address else "."
        draft.ledger.reported(place.line, "own file" if place.is_image else "own link", message)
        return address


def _info(node: Node) -> str:
    return str(codeblocks.info_of(node))


def _report(written: Written, ledger: Ledger) -> None:
    for line in written.odd:
        ledger.reported(line, "layout", "What begins here does not read quite as it did.")
    for line in written.as_html:
        ledger.reported(line, "layout", "What begins here had to be written as HTML.")


def _name(text: str) -> str:
    stem, suffix = posixpath.splitext(text)
    return f"{file_name(stem) or 'file'}{suffix.lower()}"


def _count(document: Document, ledger: Ledger) -> None:
    for root in (document.root, *document.footnotes.values()):
        for node in root.walk():
            name = _COUNTED.get(node.kind, "")
            if name:
                ledger.converted(name)
