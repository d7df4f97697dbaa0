"""The staged tree: plain Markdown pages, their cells, and the files that outputs refer to.

It is what haebom makes of posts, and all that a host needs::

    posts/2026-11-23-slug.md     Markdown with front matter; first line of the body: the marker
    haebom/cells/<hash>.json     the page's cells with rendered outputs, named by the marker
    haebom/frames/<hash>.json    what stands above and below the post, named by the last line
    haebom/files/<hash>.png      images
    haebom/status.json           what was measured, the only file that differs from build to build

The frame is named by the last line and not by the first: where a host shows only the beginning of
a post, as blogs do in their listings, there is no frame.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import json
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import TypeAdapter, ValidationError

from haebom import clock, downloads, expressions, git, libraries
from haebom.catalogue import Catalogue, Entry, catalogue, entry
from haebom.errors import HaebomError
from haebom.links import Targets
from haebom.model import Checked, Environment, Post
from haebom.reference import Reference
from haebom.render.frame import Frame, frame
from haebom.render.measured import measured
from haebom.render.page import Asset, Page
from haebom.render.pages import site_pages
from haebom.render.post import render_page
from haebom.store import write_if_changed

CELLS = "haebom/cells"
FRAMES = "haebom/frames"
FILES = "haebom/files"
STATUS = "haebom/status.json"
_MARKER = re.compile(r"^<!-- haebom (?P<page>[0-9a-f]{32}) (?P<assets>\S+) -->$")
_FRAME_MARKER = re.compile(r"^<!-- haebom frame (?P<frame>[0-9a-f]{32}) -->$", re.MULTILINE)
_PAGE = TypeAdapter(Page)
_FRAME = TypeAdapter(Frame)


@dataclass(frozen=True, slots=True)
class Marker:
    """Says which cells a page has, and where its images are.

    Args:
        page: Name of the file with the cells.
        assets: Path of the images' folder, relative to the page.
    """

    page: str
    assets: str

    def __str__(self) -> str:
        return f"<!-- haebom {self.page} {self.assets} -->"


@dataclass(frozen=True, slots=True)
class StagedPage:
    """A page in the staged tree.

    Args:
        post: The post.
        uri: Path of the Markdown file within the tree.
        files: Paths of its images and other files within the tree.
        marker: Says which cells it has.
        text: Its Markdown, but for the name of its frame.
        changed: Whether anything was written.
    """

    post: Post
    uri: str
    files: tuple[str, ...]
    marker: Marker
    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """A complete staged tree.

    Args:
        pages: The pages of posts, by path.
        made: Paths of the pages and files that are made from all posts.
        catalogue: The posts.
    """

    pages: tuple[StagedPage, ...]
    made: tuple[str, ...]
    catalogue: Catalogue


def read_marker(line: str) -> Marker | None:
    """The marker on a line, or None."""
    match = _MARKER.match(line)
    return Marker(match["page"], match["assets"]) if match else None


def read_frame_marker(line: str) -> str | None:
    """Name of the frame that a line tells, or None."""
    match = _FRAME_MARKER.match(line)
    return match["frame"] if match else None


def without_frame(text: str) -> str:
    """The Markdown of a page that is shown among others, where its frame has no place."""
    return _FRAME_MARKER.sub("", text)


def read_page(cells: Path, name: str) -> Page:
    """Load a page's cells.

    Args:
        cells: The folder of cells.
        name: Which page, as its marker says.

    Raises:
        HaebomError: The cells are not there.
    """
    return cast(Page, _read(cells.resolve() / f"{name}.json", _PAGE))


def read_frame(cells: Path, name: str) -> Frame:
    """Load a page's frame.

    Args:
        cells: The folder of cells; that of frames lies beside it.
        name: Which frame, as the page's last line says.

    Raises:
        HaebomError: The frame is not there.
    """
    return cast(Frame, _read(cells.resolve().parent / Path(FRAMES).name / f"{name}.json", _FRAME))


@functools.lru_cache(maxsize=64)  # listings convert a page again; its cells never change
def _read(path: Path, kind: TypeAdapter[Any]) -> Page | Frame:
    try:
        found: Page | Frame = kind.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise HaebomError(
            f"The cells of this page are not at {path}.",
            "Stage the posts again, and give the extension the staged folder 'haebom/cells'.",
        ) from error
    return found


def stage(
    checked: Checked,
    folder: Path,
    language: str,
    targets: Targets = Targets(),  # noqa: B008 - a frozen value
    notices: bool = False,
    reference: Reference = Reference(),  # noqa: B008 - a frozen value
) -> StagedPage:
    """Write what a post's page is made of; files that would stay the same are left alone.

    The page itself follows when its frame is known; see :func:`write_page`.

    Args:
        checked: The post with its run.
        folder: The staged tree.
        language: Language of haebom's own words.
        targets: What links lead to.
        notices: Whether findings are told on the page.
        reference: What is known of the words in posts.
    """
    page, assets = render_page(checked, language, notices, reference)
    post = replace(checked.post, meta=expressions.meta(checked.post, checked.run))
    page = replace(page, links=tuple(_links(post, targets)))
    content = _PAGE.dump_json(page)
    name = _hash(content)
    changed = write_if_changed(folder / CELLS / f"{name}.json", content)
    written = []
    scripts = (Asset(*script) for script in libraries.scripts(page.libraries, folder / FILES))
    for asset in (*assets, *scripts):
        uri = f"{FILES}/{asset.name}"
        changed |= write_if_changed(folder / uri, asset.content)
        written.append(uri)
    for attachment in post.attachments:
        uri = posixpath.join(posixpath.dirname(post.source.uri), attachment.name)
        changed |= write_if_changed(folder / uri, _decoded(attachment.content))
        written.append(uri)
    here = posixpath.dirname(post.source.uri)
    marker = Marker(name, posixpath.relpath(FILES, here or ".") + "/")
    text = _markdown(post, marker)
    return StagedPage(post, post.source.uri, tuple(written), marker, text, changed)


def write_page(page: StagedPage, folder: Path, frame: Frame) -> StagedPage:
    """Write the Markdown of a staged page.

    Args:
        page: What :func:`stage` has staged.
        folder: The staged tree.
        frame: What stands around it.
    """
    return replace(page, changed=page.changed | _write_framed(folder, page.uri, page.text, frame))


def _write_framed(folder: Path, uri: str, text: str, frame: Frame) -> bool:
    content = _FRAME.dump_json(frame)
    name = _hash(content)
    changed = write_if_changed(folder / FRAMES / f"{name}.json", content)
    whole = f"{text.rstrip(chr(10))}\n\n<!-- haebom frame {name} -->\n"
    return changed | write_if_changed(folder / uri, whole.encode("utf-8"))


class Tree:
    """A staged tree in the making: posts come one by one, their frames and the rest at the end.

    Args:
        folder: Where.
        root: The project's folder.
        language: Language of haebom's own words.
        targets: What links lead to.
        notices: Whether findings are told on the pages.
        reference: What is known of the words in posts.
    """

    def __init__(
        self,
        folder: Path,
        root: Path,
        language: str,
        targets: Targets = Targets(),  # noqa: B008 - a frozen value
        notices: bool = False,
        reference: Reference = Reference(),  # noqa: B008 - a frozen value
    ) -> None:
        self.folder = folder
        self._root = root
        self._language = language
        self._targets = targets
        self._notices = notices
        self._commits = git.history(root)
        self._reference = reference
        self._staged: list[tuple[StagedPage, Entry]] = []

    def add(self, checked: Checked) -> None:
        """Stage a post, and keep its entry."""
        page = stage(
            checked,
            self.folder,
            self._language,
            self._targets,
            self._notices,
            self._reference,
        )
        taken = downloads.write(checked, self.folder, self._language, self._targets, self._root)
        page = replace(page, files=(*page.files, *taken))
        commit = self._commits.get(unicodedata.normalize("NFC", checked.post.path))
        self._staged.append(
            (page, replace(entry(checked, taken, self._reference.glossary), commit=commit))
        )

    def finish(
        self,
        environments: Sequence[Environment] = (),
        published: str = "",
        repository: str = "",
    ) -> Finished:
        """Write the pages, now that all posts are known, and delete what nobody needs any more.

        Args:
            environments: What the matrix has found.
            published: Repository and branch with the built site, as ``owner/name@branch``.
            repository: Address of the repository that the posts are in, or an empty string.
        """
        entries = (entry for _, entry in self._staged)
        known = catalogue(entries, environments, published, repository)
        pages = [
            write_page(page, self.folder, frame(entry, known, self._language))
            for page, entry in self._staged
        ]
        made = list(site_pages(known, self._language, self._reference))
        for site_page in made:
            around = Frame(bottom=site_page.body)
            _write_framed(self.folder, site_page.uri, site_page.text, around)
        times = {} if clock.stands_still() else measured(known)
        write_if_changed(self.folder / STATUS, json.dumps(times).encode("utf-8"))
        uris = (*(site_page.uri for site_page in made), STATUS)
        clean(self.folder, pages, uris)
        pages.sort(key=lambda page: page.uri)
        return Finished(tuple(pages), uris, known)


def clean(folder: Path, pages: Sequence[StagedPage], keep: Iterable[str] = ()) -> None:
    """Delete what earlier stagings left and no page needs any more.

    Args:
        folder: The staged tree.
        pages: Its pages.
        keep: Further paths within the tree that stay.
    """
    wanted = {path for page in pages for path in (page.uri, *page.files)} | set(keep)
    wanted |= {f"{CELLS}/{page.marker.page}.json" for page in pages}
    for uri in [path for path in wanted if path.endswith(".md")]:
        last = (folder / uri).read_text("utf-8").rstrip("\n").rpartition("\n")[2]
        wanted.add(f"{FRAMES}/{read_frame_marker(last)}.json")
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in wanted:
            path.unlink()


def _links(post: Post, targets: Targets) -> Iterator[tuple[str, str]]:
    for target in dict.fromkeys(link.target for link in post.links):
        link = targets.resolve(target, post.path, post.source.uri)
        if link:
            yield target, link


def _markdown(post: Post, marker: Marker) -> str:
    front = (
        yaml.safe_dump(dict(post.meta), allow_unicode=True, sort_keys=False) if post.meta else ""
    )
    head = f"---\n{front}---\n\n" if front else ""
    return f"{head}{marker}\n\n{post.body.strip(chr(10))}\n"


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return content.encode("utf-8")
