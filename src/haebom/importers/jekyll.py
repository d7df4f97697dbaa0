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
from haebom.importers.drafts import Draft, OldSite
from haebom.importers.html import to_markdown
from haebom.importers.kramdown.blocks import parse
from haebom.importers.kramdown.nodes import Dialect, Document
from haebom.importers.ledger import Ledger
from haebom.importers.liquid import Evaluator, Surroundings, Unknown
from haebom.importers.matter import Matter
from haebom.importers.plan import Imported, Layout, OldFile, Plan
from haebom.importers.starter import Around, Author
from haebom.importers.text import Text
from haebom.parsers.markdown import Settings

MARKDOWN = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown"})
HTML = frozenset({".html", ".htm"})
OTHERS = frozenset({".textile", ".text", ".txt", ".rst", ".org", ".adoc", ".asciidoc"})
"""Suffixes of posts in languages that are not converted."""

_DATED = re.compile(r"^(?P<date>\d{2,4}-\d{1,2}-\d{1,2})-(?P<slug>.+)$")
_FOLDERS = re.compile(r"(?:^|/)(?P<kind>_posts|_drafts)(?:/|$)")
_READ = frozenset({
    "title", "subtitle", "tagline", "description", "excerpt", "summary", "date", "published",
    "draft", "categories", "category", "tags", "tag", "author", "authors", "last_modified_at",
    "updated", "modified", "toc", "search", "comments", "permalink", "redirect_from", "slug",
    "excerpt_separator",
})  # fmt: skip
_MEANINGLESS = frozenset({
    "layout", "mathjax", "use_math", "math", "katex", "mermaid", "lang", "locale",
    "published_at",
})  # fmt: skip


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
        self.taken: set[str] = set()
        self.left: list[Imported] = []
        self.matters: dict[str, Matter] = {}
        self.by_name: dict[str, Draft] = {}
        self.moments_of: dict[str, datetime.datetime] = {}
        self.known_authors: dict[str, Author] = {}

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
            tuple(self.known_authors.values()),
        )

    def author(self, name: str) -> Author:
        """What the old blog says of an author."""
        data = self.site["data"].get("authors")
        found = data.get(name) if isinstance(data, dict) else None
        found = found if isinstance(found, dict) else {}
        avatar = str(found.get("avatar") or "")
        return Author(
            addresses.file_name(name) or "author",
            matter.line_of_text(found.get("name")) or name,
            matter.line_of_text(found.get("bio")),
            avatar if avatar.startswith("https://") else "",
        )

    # -- front matter --------------------------------------------------------------------------

    def draft(self, file: OldFile) -> Draft | None:
        """What a file is, and what its front matter says; None if it stays behind."""
        suffix = posixpath.splitext(file.path)[1].lower()
        folder = _FOLDERS.search(posixpath.dirname(file.path))
        ledger = Ledger()
        if folder and suffix in OTHERS:
            message = f"Posts in {suffix.lstrip('.')} are not converted; the file stays behind."
            ledger.reported(1, "post", message)
            self.leave(file, ledger)
            return None
        if suffix not in MARKDOWN | HTML or not (folder or self.with_pages):
            return None
        is_draft = folder is not None and folder["kind"] == "_drafts"
        if folder and not is_draft and not _DATED.match(posixpath.basename(file.path)):
            message = "Its name does not begin with a date, so it was no post; it stays behind."
            ledger.reported(1, "post", message)
            self.leave(file, ledger)
            return None
        text, encoding = decode(file.content)
        if encoding:
            ledger.reported(1, "encoding", f"The file was {encoding}; it is UTF-8 now.")
        given = matter.read(text, ledger)
        if not folder and not given.length:
            return None  # Jekyll copies such files as they are
        self.matters[file.path] = given
        if not folder:
            return self.page(file, given, ledger)
        return self.post(file, given, ledger, is_draft)

    def leave(self, file: OldFile, ledger: Ledger) -> None:
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
        values = {**self.defaults(file.path, "posts"), **given.values}
        name = posixpath.splitext(posixpath.basename(file.path))[0]
        dated = _DATED.match(name)
        slug = dated["slug"] if dated else name
        moment, is_exact = self.moment(values, given, ledger, dated["date"] if dated else "", file)
        self.moments_of[file.path] = moment
        stem = addresses.file_name(str(values.get("slug") or slug)) or "post"
        if not is_draft or dated:
            stem = f"{moment.date().isoformat()}-{stem}"
        categories = self.categories(file.path, values)
        title = matter.line_of_text(values.get("title")) or _titled(slug)
        draft = Draft(file.path, ledger, self.unique(stem, ledger), title=title)
        draft.addresses = tuple(self.post_addresses(values, moment, slug, categories))
        is_hidden = is_draft or matter.is_false(values.get("published", True))
        draft.values = {
            "title": title,
            "subtitle": matter.line_of_text(values.get("subtitle") or values.get("tagline")),
            "description": matter.line_of_text(
                values.get("description") or values.get("summary") or values.get("excerpt")
            ),
            "date": self.date(values, moment, is_exact or not dated, ledger, given),
            "authors": self.authors(values, given, ledger),
            "categories": categories,
            "tags": matter.words(values.get("tags")) or matter.words([values.get("tag")]),
            "draft": is_hidden or matter.is_true(values.get("draft")) or None,
            "pin": matter.is_true(values.get("pin")) or None,
            "search": {"exclude": True} if matter.is_false(values.get("search", True)) else None,
            "hide": ["toc"] if matter.is_false(given.values.get("toc", True)) else None,
            "aliases": [] if is_hidden else list(draft.addresses),
        }
        if draft.stem != stem:
            draft.values["slug"] = draft.stem.removeprefix(f"{moment.date().isoformat()}-")
        self.keep(draft, given)
        self.by_name[_post_name(file.path)] = draft
        return draft

    def page(self, file: OldFile, given: Matter, ledger: Ledger) -> Draft | None:
        values = {**self.defaults(file.path, "pages"), **given.values}
        permalink = str(values.get("permalink") or "")
        template = str(self.config.get("permalink") or "date")
        address = (
            addresses.cleaned(f"/{permalink}")
            if permalink
            else (addresses.of_page(template, file.path))
        )
        stem = addresses.key(address).strip("/") or "index"
        if permalink and addresses.key(address) != addresses.key(f"/{file.path}"):
            stem = addresses.key(address).strip("/") or "index"
        else:
            stem = posixpath.splitext(file.path)[0]
        parts = [addresses.file_name(part.lstrip("_.")) or "page" for part in stem.split("/")]
        stem = "/".join(parts)
        if stem in ("404", f"{self.layout.blog}/index", "tags") or stem.startswith("feed"):
            ledger.reported(1, "page", "The new site has such a page of its own; it stays behind.")
            self.leave(file, ledger)
            return None
        title = matter.line_of_text(values.get("title"))
        draft = Draft(file.path, ledger, self.unique(stem, ledger), is_post=False, title=title)
        draft.addresses = (address, *_redirects(values))
        new = "/" if stem == "index" else f"/{stem}/"
        old = [a for a in draft.addresses if addresses.key(a) != addresses.key(new)]
        description = matter.line_of_text(values.get("description") or values.get("summary"))
        draft.values = {"title": title, "description": description, "aliases": old}
        self.keep(draft, given)
        return draft

    def keep(self, draft: Draft, given: Matter) -> None:
        """Report front matter that means nothing to haebom, and keep it as a comment."""
        for key, value in given.values.items():
            if key in _READ:
                draft.ledger.converted("front matter")
            elif key in _MEANINGLESS:
                draft.ledger.converted("front matter of the theme")
            elif value not in (None, "", [], {}):
                draft.kept[key] = value
                message = f"{key!r} means nothing here; it is kept as a comment."
                draft.ledger.reported(given.line(key), "front matter", message)

    def unique(self, stem: str, ledger: Ledger) -> str:
        """A name that no other document has; slugs are compared without dates."""
        number, chosen = 1, stem
        while _slug(chosen) in self.taken:
            number += 1
            chosen = f"{stem}-{number}"
        self.taken.add(_slug(chosen))
        if number > 1:
            message = f"Another document is named {_slug(stem)!r}; this one is {_slug(chosen)!r}."
            ledger.reported(1, "name", message)
        return chosen

    def moment(
        self, values: Mapping[str, Any], given: Matter, ledger: Ledger, dated: str, file: OldFile
    ) -> tuple[datetime.datetime, bool]:
        """When a post was published, and whether its front matter says so."""
        found = matter.when(values.get("date"), self.zone)
        if found is not None:
            return found, True
        if values.get("date"):
            message = f"{values['date']!r} is no date; the file's name is taken."
            ledger.reported(given.line("date"), "date", message)
        by_name = matter.when(dated)
        if by_name is not None:
            return by_name, False
        by_file = matter.when(file.day) or datetime.datetime(1970, 1, 1)
        message = f"The post has no date; it is dated {by_file.date().isoformat()} as its file is."
        ledger.reported(1, "date", message)
        return by_file, False

    def date(
        self,
        values: Mapping[str, Any],
        moment: datetime.datetime,
        is_needed: bool,
        ledger: Ledger,
        given: Matter,
    ) -> Any:
        """The key ``date``: nothing if the file's name says it all."""
        created = _plain_moment(moment)
        for key in ("last_modified_at", "updated", "modified"):
            if values.get(key):
                updated = matter.when(values[key], self.zone)
                if updated is not None:
                    return {"created": created, "updated": _plain_moment(updated)}
                ledger.reported(given.line(key), "date", f"{values[key]!r} is no date.")
        return created if is_needed else None

    def categories(self, path: str, values: Mapping[str, Any]) -> list[str]:
        """Folders above ``_posts``, and what the front matter says."""
        above = _FOLDERS.split(path)[0]
        folders = [part for part in above.split("/") if part and not part.startswith("_")]
        own = matter.words(values.get("categories"))
        single = values.get("category")
        own += matter.words([single] if isinstance(single, str) else single)
        return list(dict.fromkeys([*folders, *own]))

    def authors(self, values: Mapping[str, Any], given: Matter, ledger: Ledger) -> list[str]:
        """Authors that the new site knows."""
        known = self.layout.authors
        names = []
        for name in _author_names(values):
            if known is None:
                author = self.author(name)
                self.known_authors[author.key] = author
                names.append(author.key)
            elif name in known:
                names.append(name)
            else:
                message = f"The author {name!r} is not in .authors.yml; the name is left out."
                line = given.line("author" if "author" in given.lines else "authors")
                ledger.reported(line, "author", message)
        return names

    def post_addresses(
        self,
        values: Mapping[str, Any],
        moment: datetime.datetime,
        slug: str,
        categories: Sequence[str],
    ) -> Iterator[str]:
        collections = self.config.get("collections")
        posts = collections.get("posts") if isinstance(collections, dict) else None
        style = posts.get("permalink") if isinstance(posts, dict) else None
        template = str(values.get("permalink") or style or self.config.get("permalink") or "date")
        if template.endswith("/") is False and "." not in template and ":" not in template:
            template = template if template in addresses.STYLES else f"/{template.lstrip('/')}"
        seen = dict.fromkeys(
            addresses.of_post(template, each, str(values.get("slug") or slug), categories)
            for each in self.moments(moment)
        )
        yield from seen
        yield from _redirects(values)

    def moments(self, moment: datetime.datetime) -> Iterator[datetime.datetime]:
        """A time as the old site may have taken it: without a time zone, its machine decided."""
        yield moment
        if moment.tzinfo is not None and not self.zone:
            yield moment.astimezone(datetime.UTC)

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
        draft.document = document
        draft.heading_ids = headings.old_ids(document, dialect.gfm)

    def variables(self, draft: Draft, given: Matter) -> dict[str, Any]:
        """What templates know of their document."""
        url = draft.addresses[0] if draft.addresses else ""
        found = {
            **given.values, "title": draft.title, "url": url, "path": draft.source,
            "id": url.removesuffix(".html").rstrip("/"), "slug": _slug(draft.stem),
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
                node.text = " more "
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


def _titled(slug: str) -> str:
    words = [word for word in slug.replace("_", "-").split("-") if word]
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _slug(stem: str) -> str:
    match = _DATED.match(stem)
    return (match["slug"] if match else stem).casefold()


def _post_name(path: str) -> str:
    """A post's name as ``post_url`` takes it: folders, date and slug."""
    inner = _FOLDERS.split(path)[-1]
    above = _FOLDERS.split(path)[0].strip("/")
    return posixpath.splitext(posixpath.join(above, inner))[0]


def _plain_moment(moment: datetime.datetime) -> datetime.datetime | datetime.date:
    """A time as it is read on the clock; a day where nothing more is known."""
    moment = moment.replace(tzinfo=None, microsecond=0)
    return moment.date() if moment.time() == datetime.time() else moment


def _redirects(values: Mapping[str, Any]) -> Iterator[str]:
    value = values.get("redirect_from")
    for address in value if isinstance(value, list) else [value] if value else []:
        yield addresses.cleaned(f"/{str(address).strip()}")


def _data(texts: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for path, text in texts.items():
        stem, suffix = posixpath.splitext(path)
        try:
            value = json.loads(text) if suffix == ".json" else matter.load(text)
        except (ValueError, yaml.YAMLError):
            continue
        yield stem.replace("/", "_"), value


def _author_names(values: Mapping[str, Any]) -> list[str]:
    """The authors that front matter names."""
    value = values.get("authors") or values.get("author")
    if isinstance(value, dict):
        value = value.get("name")
    items = value if isinstance(value, list) else [value] if value else []
    names = (item.get("name") if isinstance(item, dict) else item for item in items)
    return [str(name).strip() for name in names if name]
