"""Puts the documents of an old blog together as files of a site."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from haebom.importers import codeblocks, headings, linking, matter, themes
from haebom.importers.addresses import file_name
from haebom.importers.convert import Converter, Written
from haebom.importers.drafts import Draft, OldSite
from haebom.importers.kramdown.nodes import Document, Node
from haebom.importers.ledger import Ledger
from haebom.importers.linking import Finder, Found, Place
from haebom.importers.plan import Imported, Layout, NewFile, Plan
from haebom.parsers.markdown import Settings

_MORE = " more "
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
        self.finder = Finder(site, drafts)
        self.found: dict[int, list[tuple[Place, Found]]] = {}
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
        for place in linking.places(_document(draft)):
            target = self.finder.find(place.address, draft)
            if target is None:
                continue
            found.append((place, target))
            if target.file:
                self.users[target.file].add(id(draft))
        self.found[id(draft)] = found

    def _place_files(self, draft: Draft) -> None:
        """A file that one post alone uses goes into its bundle; others keep their addresses."""
        taken: Counter[str] = Counter()
        own = {target.file for _, target in self.found[id(draft)] if target.file}
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
        if not draft.is_post:
            return posixpath.join(self.layout.docs, f"{draft.stem}.md")
        path = posixpath.join(self.layout.posts, draft.stem)
        return f"{path}/index.md" if id(draft) in self.bundles else f"{path}.md"

    # -- documents -----------------------------------------------------------------------------

    def _write(self, draft: Draft) -> tuple[Imported, str]:
        document, ledger = _document(draft), draft.ledger
        for place, target in self.found[id(draft)]:
            self._point(draft, place, target)
        themes.restyle(document, ledger)
        if draft.title and headings.make_room(document, draft.title):
            message = "Headings are one level lower, since the title is the page's first heading."
            ledger.reported(headings.headings(document)[0].line, "heading level", message)
        if draft.is_post:
            _excerpt(document)
        _count(document, ledger)
        written = self._text(draft)
        silenced = codeblocks.silence(written.text, self.settings)
        for finding in silenced.findings:
            ledger.reported(1, "fence", finding.message)
        for line in written.odd:
            ledger.reported(line, "layout", "What begins here does not read quite as it did.")
        for line in written.as_html:
            ledger.reported(line, "layout", "What begins here had to be written as HTML.")
        for line, problem in document.problems:
            ledger.reported(line, "Markdown", problem)
        ledger.remarks.sort(key=lambda remark: remark.line)
        imported = Imported(
            draft.source,
            self.target(draft),
            tuple(ledger.remarks),
            ledger.counts(),
            silenced.fences,
        )
        front = matter.write(draft.values, draft.kept)
        return imported, f"{front}\n{silenced.text}" if front else silenced.text

    def _text(self, draft: Draft) -> Written:
        """Write a document; twice if headings would get other names than they had."""
        document = _document(draft)

        def info(node: Node) -> str:
            return str(codeblocks.info_of(node))

        written = self.converter.write(document, info)
        if draft.heading_ids:
            self.converter.html(written.text)
            if headings.keep_ids(document, draft.heading_ids, self.converter.markdown):
                draft.ledger.converted("heading name")
                written = self.converter.write(document, info)
        return written

    def _point(self, draft: Draft, place: Place, target: Found) -> None:
        """Let an address lead to where it leads now."""
        here = self.target(draft)
        ledger = draft.ledger
        if target.draft is not None:
            address = linking.relative(self.target(target.draft), here) + target.fragment
            ledger.converted("own link")
        elif target.file:
            address = linking.relative(self.copies[id(draft), target.file], here)
            ledger.converted("own file")
        else:
            address = self.finder.old(target)
            what = "own file" if place.is_image else "own link"
            message = f"There is no {place.address!r} in the old blog"
            message += f"; it is {address!r} now." if address != place.address else "."
            ledger.reported(place.line, what, message)
        if place.node is not None:
            place.node.attributes[place.name] = address
            if place.node.name == "auto":
                place.node.name = ""
        document = _document(draft)
        for label, known in document.links.items():
            if known.url == place.address and (place.node is None or place.node.name == label):
                document.links[label] = replace(known, url=address)


def _document(draft: Draft) -> Document:
    assert draft.document is not None, draft.source
    return draft.document


def _name(text: str) -> str:
    stem, suffix = posixpath.splitext(text)
    return f"{file_name(stem) or 'file'}{suffix.lower()}"


def _excerpt(document: Document) -> None:
    """End what lists show behind the first paragraph, unless the author has said where."""
    blocks = document.root.children
    if any(node.kind == "comment" and node.text == _MORE for node in document.root.walk()):
        return
    shown = [node for node in blocks if node.kind not in ("boundary", "comment", "toc")]
    if len(shown) > 1 and shown[0].kind in ("p", "admonition"):
        index = blocks.index(shown[0])
        blocks.insert(index + 1, Node("comment", shown[0].line, _MORE, level=1))


def _count(document: Document, ledger: Ledger) -> None:
    for root in (document.root, *document.footnotes.values()):
        for node in root.walk():
            name = _COUNTED.get(node.kind, "")
            if name:
                ledger.converted(name)
