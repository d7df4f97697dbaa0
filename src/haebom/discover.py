"""Which files are posts and pages that take part."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from haebom import usual
from haebom.errors import UsageError
from haebom.model import Format, Source
from haebom.parsers.script import is_percent
from haebom.project import belongs
from haebom.scratch import FROZEN

FORMATS = {".md": Format.MARKDOWN, ".ipynb": Format.NOTEBOOK, ".py": Format.SCRIPT}
_DATED = re.compile(r"^(?P<date>\d{4}-\d{2}-\d{2})-(?P<slug>.+)$")
_NOT_A_POST = frozenset({"readme"})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a site's parts lie.

    Args:
        root: The project's folder.
        posts: Project path of the posts.
        docs: Project path of the host's pages.
        mount: Path within the host's pages under which posts appear.
    """

    root: Path
    posts: str = usual.POSTS
    docs: str = "docs"
    mount: str = "posts"

    def uri(self, path: str) -> str:
        """Path among the host's pages of a file that belongs to a post."""
        return str(PurePosixPath(self.mount) / PurePosixPath(path).relative_to(self.posts))


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the posts' folder.

    Args:
        posts: The sources of posts, by path.
        assets: Project paths of all other files.
    """

    posts: tuple[Source, ...]
    assets: tuple[str, ...]


def discover(layout: Layout) -> Found:
    """Walk the posts' folder.

    A folder with an ``index`` post is a bundle: everything else in it belongs to that post. Hidden
    files, caches, ``README`` files and Python files without cell marks are not posts.
    """
    folder = layout.root / layout.posts
    posts: list[Source] = []
    assets: list[str] = []
    for directory, files in _walk(folder):
        index = next((name for name in files if _is_index(Path(name))), None)
        bundle = directory if index and directory != folder else None
        for name in files:
            path = directory / name
            if (bundle and name == index) or (not bundle and _is_post(path)):
                posts.append(_source(path, layout, bundle))
            else:
                assets.append(_project_path(path, layout.root))
        if bundle:
            inner = (path for path in directory.rglob("*") if path.parent != directory)
            shown = (path for path in inner if path.is_file() and not _is_hidden(path, directory))
            assets += [_project_path(path, layout.root) for path in shown]
    assets = [path for path in assets if belongs(layout.root / path, layout.root)]
    return Found(tuple(sorted(posts, key=lambda s: s.path)), tuple(sorted(assets)))


def _walk(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """Folders with their files; does not go into bundles."""
    if not folder.is_dir():
        return
    paths = [path for path in sorted(folder.iterdir()) if not _is_hidden(path, folder)]
    files = [path for path in paths if path.is_file()]
    folders = [path for path in paths if path.is_dir() and not path.is_symlink()]
    yield folder, [path.name for path in files]
    is_bundle = any(map(_is_index, files))
    for path in folders:
        if not is_bundle:
            yield from _walk(path)


def _is_hidden(path: Path, base: Path) -> bool:
    parts = path.relative_to(base).parts
    return any(part.startswith(".") or part in ("__pycache__", FROZEN) for part in parts)


def _is_index(path: Path) -> bool:
    return path.stem == "index" and _format(path) is not None


def _format(path: Path) -> Format | None:
    return FORMATS.get(path.suffix.lower())


def _is_post(path: Path) -> bool:
    format = _format(path)
    if format is None or path.stem.lower() in _NOT_A_POST:
        return False
    if format is not Format.SCRIPT:
        return True
    try:
        return is_percent(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return bool(_DATED.match(path.stem))  # a dated file is meant to be a post; parsing will say


def _source(path: Path, layout: Layout, bundle: Path | None) -> Source:
    relative = PurePosixPath(_project_path(path, layout.root / layout.posts))
    name = (bundle or path.with_suffix("")).name
    match = _DATED.match(unicodedata.normalize("NFC", name))
    return Source(
        path=_project_path(path, layout.root),
        uri=str(PurePosixPath(layout.mount) / relative.with_suffix(".md")),
        format=FORMATS[path.suffix.lower()],
        bundle=_project_path(bundle, layout.root) if bundle else "",
        slug=match["slug"] if match else unicodedata.normalize("NFC", name),
        date=match["date"] if match else "",
    )


def page(path: Path, layout: Layout) -> Source:
    """A page of the host that takes part."""
    relative = PurePosixPath(_project_path(path, layout.root / layout.docs))
    return Source(
        path=_project_path(path, layout.root),
        uri=str(relative.with_suffix(".md")),
        format=FORMATS[path.suffix.lower()],
        is_post=False,
        slug=path.stem,
    )


def pages(layout: Layout, patterns: Sequence[str]) -> tuple[Source, ...]:
    """Pages of the host that the ``include`` patterns name."""
    docs = layout.root / layout.docs
    found = {
        path
        for pattern in patterns
        for path in docs.glob(pattern)
        if path.is_file() and _format(path) and not _is_hidden(path, docs)
    }
    return tuple(page(path, layout) for path in sorted(found))


def select(sources: Sequence[Source], names: Sequence[str], layout: Layout) -> tuple[Source, ...]:
    """The sources that a command line names: by path, by folder, or by slug.

    Args:
        sources: All sources.
        names: What was typed; empty for all.
        layout: Where the site lies.

    Raises:
        UsageError: A name fits no source and no file.
    """
    if not names:
        return tuple(sources)
    chosen: dict[str, Source] = {}
    for name in names:
        wanted = unicodedata.normalize("NFC", name)
        full = _project_path(Path(name).absolute(), layout.root)
        hits = [
            source
            for source in sources
            if wanted in (source.slug, source.path)
            or unicodedata.normalize("NFC", source.path) == full
            or unicodedata.normalize("NFC", source.path).startswith(full.rstrip("/") + "/")
        ]
        if not hits and Path(name).is_file() and _format(Path(name)):
            hits = [loose(Path(name), layout)]
        if not hits:
            raise UsageError(
                f"There is no post {name!r}.",
                f"Give a path below {layout.posts}/, or a slug; {len(sources)} posts are known.",
            )
        chosen.update((source.path, source) for source in hits)
    return tuple(chosen.values())


def loose(path: Path, layout: Layout) -> Source:
    """A file outside the site that somebody wants to check all the same."""
    return Source(
        path=_project_path(path.absolute(), layout.root),
        uri=path.with_suffix(".md").name,
        format=FORMATS[path.suffix.lower()],
        is_post=False,
        slug=path.stem,
    )


def _project_path(path: Path, root: Path) -> str:
    """POSIX path relative to the project's root, or absolute where the file lies elsewhere."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()
