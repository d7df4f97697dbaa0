"""The staged tree: plain Markdown pages, their cells, and the files that outputs refer to.

It is what haebom makes of posts, and all that a host needs::

    posts/2026-11-23-slug.md     Markdown with front matter; first line of the body: the marker
    haebom/cells/<hash>.json     the page's cells with rendered outputs, named by the marker
    haebom/files/<hash>.png      images
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from haebom.errors import HaebomError
from haebom.links import Targets
from haebom.model import Checked, Post
from haebom.render.page import Page
from haebom.render.post import render_page
from haebom.store import write_if_changed

CELLS = "haebom/cells"
FILES = "haebom/files"
_MARKER = re.compile(r"^<!-- haebom (?P<page>[0-9a-f]{32}) (?P<assets>\S+) -->$")
_PAGE = TypeAdapter(Page)


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
        changed: Whether anything was written.
    """

    post: Post
    uri: str
    files: tuple[str, ...]
    changed: bool


def read_marker(line: str) -> Marker | None:
    """The marker on a line, or None."""
    match = _MARKER.match(line)
    return Marker(match["page"], match["assets"]) if match else None


def read_page(folder: Path, name: str) -> Page:
    """Load a page's cells.

    Args:
        folder: The folder of cells.
        name: Which page, as its marker says.

    Raises:
        HaebomError: The cells are not there.
    """
    return _read(str(folder.resolve() / f"{name}.json"))


@functools.lru_cache(maxsize=64)  # listings convert a page again; its cells never change
def _read(path: str) -> Page:
    try:
        return _PAGE.validate_json(Path(path).read_bytes())
    except (OSError, ValidationError) as error:
        raise HaebomError(
            f"The cells of this page are not at {path}.",
            "Stage the posts again, and give the extension the staged folder 'haebom/cells'.",
        ) from error


def stage(
    checked: Checked,
    folder: Path,
    language: str,
    targets: Targets = Targets(),  # noqa: B008 - a frozen value
    notices: bool = False,
) -> StagedPage:
    """Write a post's page; files that would stay the same are left alone.

    Args:
        checked: The post with its run.
        folder: The staged tree.
        language: Language of haebom's own words.
        targets: What links lead to.
        notices: Whether findings are told on the page.
    """
    page, assets = render_page(checked, language, notices)
    post = checked.post
    page = replace(page, links=tuple(_links(post, targets)))
    content = _PAGE.dump_json(page)
    name = _hash(content)
    changed = write_if_changed(folder / CELLS / f"{name}.json", content)
    written = []
    for asset in assets:
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
    changed |= write_if_changed(folder / post.source.uri, text.encode("utf-8"))
    return StagedPage(post, post.source.uri, tuple(written), changed)


def clean(folder: Path, pages: Sequence[StagedPage], keep: Iterable[str] = ()) -> None:
    """Delete what earlier stagings left and no page needs any more.

    Args:
        folder: The staged tree.
        pages: Its pages.
        keep: Further paths within the tree that stay.
    """
    wanted = {path for page in pages for path in (page.uri, *page.files)} | set(keep)
    for page in pages:
        marker = next(filter(None, map(read_marker, _lines(folder / page.uri))), None)
        if marker:
            wanted.add(f"{CELLS}/{marker.page}.json")
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


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n")


def _markdown(post: Post, marker: Marker) -> str:
    front = (
        yaml.safe_dump(dict(post.meta), allow_unicode=True, sort_keys=False) if post.meta else ""
    )
    head = f"---\n{front}---\n\n" if front else ""
    return f"{head}{marker}\n\n{post.body.lstrip(chr(10))}"


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        return content.encode("utf-8")
