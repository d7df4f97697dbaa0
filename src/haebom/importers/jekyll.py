"""Blogs made with Jekyll."""

from __future__ import annotations

import datetime
import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any

import yaml

from haebom.importers import addresses, headings, matter, themes
from haebom.importers.assembly import Assembly
from haebom.importers.decoding import decode
from haebom.importers.desk import DATED, Desk, Sheet, earlier, slug_of
from haebom.importers.drafts import Draft, OldSite
from haebom.importers.excerpts import MORE
from haebom.importers.html import to_markdown
from haebom.importers.kramdown.blocks import parse
from haebom.importers.kramdown.nodes import Dialect, Document
from haebom.importers.ledger import Ledger
from haebom.importers.liquid import Evaluator, Surroundings, Unknown
from haebom.importers.matter import Matter
from haebom.importers.plan import Imported, Layout, OldFile, Plan
from haebom.importers.starter import Around
from haebom.importers.text import Text
from haebom.parsers.markdown import Settings

MARKDOWN = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown"})
HTML = frozenset({".html", ".htm"})
OTHERS = frozenset({".textile", ".text", ".txt", ".rst", ".org", ".adoc", ".asciidoc"})
"""Suffixes of posts in languages that are not converted."""

_FOLDERS = re.compile(r"(?:^|/)(?P<kind>_posts|_drafts)(?:/|$)")


@dataclass(frozen=True, slots=True)
class Blog:
    """A Jekyll blog as it lies on disk.

    Args:
        config: Text of its configuration, or an empty string.
        documents: Posts, drafts and pages.
        includes: Texts of ``_includes``, by path within that folder.
        data: Texts of ``_data``, by path within that folder.
        files: Paths of everything else that could be linked to.
    """

    config: str
    documents: Sequence[OldFile]
    includes: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    files: frozenset[str] = frozenset()


def plan(blog: Blog, layout: Layout, settings: Settings, with_pages: bool) -> tuple[Plan, Around]:
    """Say what an import would write, and what the site around it is to be.

    Args:
        blog: The old blog.
        layout: Where things go.
        settings: The new site's Markdown extensions.
        with_pages: Whether pages come along, too.
    """
    work = _Import(blog, layout, settings, with_pages)
    return work.plan(), work.around()


def configuration(blog: Blog) -> Mapping[str, Any]:
    """The blog's configuration, as far as it can be read."""
    try:
        config = matter.load(blog.config)
    except (yaml.YAMLError, ValueError):
        return {}
    return config if isinstance(config, dict) else {}


class _Import:
    def __init__(self, blog: Blog, layout: Layout, settings: Settings, with_pages: bool) -> None:
        self.blog = blog
        self.layout = layout
        self.settings = settings
        self.with_pages = with_pages
        self.config = configuration(blog)
        self.zone = str(self.config.get("timezone") or "")
        self.site = {**self.config, "data": dict(_data(blog.data))}
        people = self.site["data"].get("authors")
        self.desk = Desk(layout, self.zone, people if isinstance(people, dict) else {})
        self.left: list[Imported] = []
        self.matters: dict[str, Matter] = {}
        self.by_name: dict[str, Draft] = {}
        self.moments_of: dict[str, datetime.datetime] = {}

    def plan(self) -> Plan:
        drafts = [draft for file in self.blog.documents if (draft := self.draft(file)) is not None]
        for draft in drafts:
            self.read(draft)
        old = OldSite(
            str(self.config.get("url") or ""), str(self.config.get("baseurl") or ""),
            self.blog.files,
        )  # fmt: skip
        made = Assembly(old, drafts, self.layout, self.settings).plan()
        documents = sorted((*made.documents, *self.left), key=lambda item: item.source)
        return Plan(tuple(documents), made.files)

    def around(self) -> Around:
        """What the site around the posts is to be."""
        url = str(self.config.get("url") or "").rstrip("/")
        base = str(self.config.get("baseurl") or "").strip("/")
        language = str(self.config.get("lang") or self.config.get("locale") or "ko").lower()
        return Around(
            matter.line_of_text(self.config.get("title")),
            matter.line_of_text(self.config.get("description")),
            f"{url}/{base}/" if url and base else f"{url}/" if url else "",
            language,
            tuple(self.desk.authors.values()),
        )

    # -- front matter --------------------------------------------------------------------------

    def draft(self, file: OldFile) -> Draft | None:
        """What a file is, and what its front matter says; None if it stays behind."""
        suffix = posixpath.splitext(file.path)[1].lower()
        folder = _FOLDERS.search(posixpath.dirname(file.path))
        if folder and suffix in OTHERS:
            message = f"Posts in {suffix.lstrip('.')} are not converted; the file stays behind."
            self.leave(file, Ledger(), "post", message)
            return None
        if suffix not in MARKDOWN | HTML:
            return None
        is_draft = folder is not None and folder["kind"] == "_drafts"
        if folder and not is_draft and not DATED.match(posixpath.basename(file.path)):
            message = "Its name does not begin with a date, so it was no post; it stays behind."
            self.leave(file, Ledger(), "post", message)
            return None
        ledger = Ledger()
        text, encoding = decode(file.content)
        if encoding:
            ledger.reported(1, "encoding", f"The file was {encoding}; it is UTF-8 now.")
        given = matter.read(text, ledger)
        if not folder and not given.length:
            return None  # Jekyll copies such files as they are
        if not (folder or self.with_pages):
            message = "A page, which stays behind; '--pages' brings it along."
            self.leave(file, Ledger(), "page", message)
            return None
        self.matters[file.path] = given
        if not folder:
            return self.page(file, given, ledger)
        return self.post(file, given, ledger, is_draft)

    def leave(self, file: OldFile, ledger: Ledger, construct: str, message: str) -> None:
        """Leave a file behind, and say why."""
        ledger.reported(1, construct, message)
        counts, remarks = ledger.counts(), tuple(ledger.remarks)
        self.left.append(Imported(file.path, remarks=remarks, counts=counts))

    def defaults(self, path: str, kind: str) -> dict[str, Any]:
        """What the configuration says for all documents of a kind or folder."""
        found: dict[str, Any] = {}
        rules = self.config.get("defaults")
        for rule in rules if isinstance(rules, list) else ():
            scope = rule.get("scope") if isinstance(rule, dict) else None
            values = rule.get("values") if isinstance(rule, dict) else None
            if not isinstance(values, dict):
                continue
            scope = scope if isinstance(scope, dict) else {}
            folder = str(scope.get("path") or "").strip("/")
            in_folder = not folder or path.startswith(f"{folder}/") or fnmatch(path, folder)
            if in_folder and str(scope.get("type") or kind) == kind:
                found |= values
        return found

    def post(self, file: OldFile, given: Matter, ledger: Ledger, is_draft: bool) -> Draft:
        """Begin a post."""
        values = {**self.defaults(file.path, "posts"), **given.values}
        above = _FOLDERS.split(file.path)[0].split("/")
        is_hidden = is_draft or matter.is_false(values.get("published", True))
        sheet = Sheet(
            file.path,
            posixpath.splitext(posixpath.basename(file.path))[0],
            values,
            ledger,
            given.values,
            given.lines,
            file.day,
            is_hidden,
            [part for part in above if part and not part.startswith("_")],
        )
        draft, moment = self.desk.post(sheet)
        made = self.post_addresses(sheet, moment, draft.values["categories"])
        draft.addresses = (*dict.fromkeys(made), *earlier(values))
        if not draft.values["draft"]:
            draft.values["aliases"] = list(draft.addresses)
        self.moments_of[file.path] = moment
        self.by_name[_post_name(file.path)] = draft
        return draft

    def page(self, file: OldFile, given: Matter, ledger: Ledger) -> Draft | None:
        """Begin a page, unless the new site has such a page of its own."""
        values = {**self.defaults(file.path, "pages"), **given.values}
        permalink = str(values.get("permalink") or "")
        template = str(self.config.get("permalink") or "date")
        address = (
            addresses.cleaned(f"/{permalink}")
            if permalink
            else addresses.of_page(template, file.path)
        )
        path = address if permalink else f"/{posixpath.splitext(file.path)[0]}"
        parts = addresses.cleaned(path).removesuffix(".html").strip("/").split("/")
        stem = "/".join(addresses.file_name(part.lstrip("_.")) for part in parts) or "index"
        if stem in ("404", f"{self.layout.blog}/index", "tags") or stem.startswith("feed"):
            message = "The new site has such a page of its own; it stays behind."
            self.leave(file, ledger, "page", message)
            return None
        sheet = Sheet(file.path, stem, values, ledger, given.values, given.lines, file.day)
        draft = self.desk.page(sheet, stem)
        draft.addresses = (address, *earlier(values))
        new = addresses.key("/" if stem == "index" else f"/{draft.stem}/")
        draft.values["aliases"] = [a for a in draft.addresses if addresses.key(a) != new]
        return draft

    def post_addresses(
        self, sheet: Sheet, moment: datetime.datetime, categories: Sequence[str]
    ) -> Iterator[str]:
        """Where a post was."""
        collections = self.config.get("collections")
        posts = collections.get("posts") if isinstance(collections, dict) else None
        style = posts.get("permalink") if isinstance(posts, dict) else None
        template = sheet.values.get("permalink") or style or self.config.get("permalink") or "date"
        slug = str(sheet.values.get("slug") or sheet.dated[1])
        for each in self.moments(moment):
            yield addresses.of_post(str(template), each, slug, categories, sheet.name)

    def moments(self, moment: datetime.datetime) -> Iterator[datetime.datetime]:
        """A time as the old site may have taken it.

        Its machine decided about the time zone where nothing else did; and YAML takes a time
        without one for universal time.
        """
        yield moment
        if moment.tzinfo is not None and not self.zone:
            yield moment.astimezone(datetime.UTC)
        elif moment.tzinfo is None and moment.time() != datetime.time():
            yield matter.when(moment.replace(tzinfo=datetime.UTC), self.zone) or moment

    # -- text ----------------------------------------------------------------------------------

    def read(self, draft: Draft) -> None:
        """Read what a document says."""
        given = self.matters[draft.source]
        text = Text.of(given.body, given.length + 1)
        surroundings = Surroundings(
            self.site,
            self.variables(draft, given),
            self.blog.includes,
            themes.widget,
            lambda name: self.beside(draft, name),
            self.link_to,
            self.post_at,
        )
        text = Evaluator(surroundings, draft.ledger).text(text)
        if posixpath.splitext(draft.source)[1].lower() in HTML:
            text = Text.fitted(to_markdown(text.content), text.origins)
            draft.ledger.reported(given.length + 1, "HTML", "The whole text was HTML.")
        dialect = self.dialect()
        document = parse(text, dialect)
        self.mark_excerpt(document, given.values)
        draft.documents = [document]
        draft.heading_ids = headings.old_ids(document, dialect.gfm)

    def variables(self, draft: Draft, given: Matter) -> dict[str, Any]:
        """What templates know of their document."""
        url = draft.addresses[0] if draft.addresses else ""
        found = {
            **given.values, "title": draft.title, "url": url, "path": draft.source,
            "id": url.removesuffix(".html").rstrip("/"), "slug": slug_of(draft.stem),
            "categories": draft.values.get("categories") or [],
            "tags": draft.values.get("tags") or [], "name": posixpath.basename(draft.source),
        }  # fmt: skip
        moment = self.moments_of.get(draft.source)
        if moment is not None:
            found["date"] = moment.strftime("%Y-%m-%d %H:%M:%S %z").strip()
        return found

    def beside(self, draft: Draft, name: str) -> str | None:
        """The text of a file in a document's folder."""
        path = posixpath.normpath(posixpath.join(draft.folder, name))
        given = self.matters.get(path)
        if given is not None:
            return given.body
        file = next((file for file in self.blog.documents if file.path == path), None)
        return decode(file.content)[0] if file else None

    def dialect(self) -> Dialect:
        """How the blog reads Markdown."""
        options = self.config.get("kramdown")
        options = options if isinstance(options, dict) else {}
        reader = str(self.config.get("markdown") or "kramdown").lower()
        is_plain = reader == "kramdown" and str(options.get("input") or "GFM").lower() != "gfm"
        return Dialect(
            gfm=not is_plain,
            hard_wrap=matter.is_true(options.get("hard_wrap")),
            block_html=matter.is_true(options.get("parse_block_html")),
        )

    def mark_excerpt(self, document: Document, values: Mapping[str, Any]) -> None:
        """Mark the end of what lists show, where the blog does."""
        separator = str(
            values.get("excerpt_separator") or self.config.get("excerpt_separator") or "<!--more-->"
        )
        wanted = {_sign(separator), "more"}
        for node in document.root.walk():
            if node.kind == "comment" and _sign(node.text) in wanted:
                node.text = MORE
                return

    def link_to(self, path: str) -> str:
        """The address of a file, for the tag ``link``."""
        wanted = path.strip().strip("\"'").lstrip("/")
        base = str(self.config.get("baseurl") or "").rstrip("/")
        if wanted in self.matters or wanted in self.blog.files:
            return f"{base}/{wanted}"
        raise Unknown(f"there is no file {wanted!r}")

    def post_at(self, name: str) -> str:
        """The address of a post, for the tag ``post_url``."""
        wanted = name.strip().strip("\"'").lstrip("/")
        draft = self.by_name.get(wanted) or next(
            (d for n, d in self.by_name.items() if n.rpartition("/")[2] == wanted), None
        )
        if draft is None:
            raise Unknown(f"there is no post {wanted!r}")
        base = str(self.config.get("baseurl") or "").rstrip("/")
        return f"{base}/{draft.source}"


def _sign(text: str) -> str:
    """A separator without what makes it a comment."""
    return re.sub(r"<!--|-->|\s", "", text).lower()


def _post_name(path: str) -> str:
    """A post's name as ``post_url`` takes it: folders, date and slug."""
    inner = _FOLDERS.split(path)[-1]
    above = _FOLDERS.split(path)[0].strip("/")
    return posixpath.splitext(posixpath.join(above, inner))[0]


def _data(texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for path, text in texts.items():
        stem, suffix = posixpath.splitext(path)
        try:
            value = json.loads(text) if suffix == ".json" else matter.load(text)
        except (ValueError, yaml.YAMLError):
            continue
        yield stem.replace("/", "_"), value
