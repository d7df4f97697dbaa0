"""Which posts a change can affect."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from haebom import frozen
from haebom.inputs import Probe
from haebom.keys import recipe
from haebom.model import InputKind, Post, Run
from haebom.pipeline import Site, probe_of

_FILES = (InputKind.FILE, InputKind.FOLDER, InputKind.DATA)


def affected(site: Site, posts: Iterable[Post], changed: frozenset[str]) -> tuple[Post, ...]:
    """The posts that have to be checked because of a change.

    A post is affected if one of its own files changed, if a file did that it read when it last
    ran, or if the packages are others than then. Of a post of whose present code no run is stored,
    nobody knows what it reads; it is affected by every change of a file that is neither a post's
    nor prose. Findings that need no run, for instance a link to a post that is gone, count too.

    Args:
        site: Whose posts.
        posts: All of them.
        changed: Project paths of the files that changed, in NFC.
    """
    probe = probe_of(site)
    is_common = any(_is_common(site, path) for path in changed)
    return tuple(
        post
        for post in posts
        if post.findings
        or _hits(_own(site, post), changed)
        or (post.runnable and _inputs_changed(site, post, changed, is_common, probe))
    )


def _is_common(site: Site, path: str) -> bool:
    """Whether a file is neither a post's nor prose."""
    folders = (f"{site.layout.posts}/", f"{site.layout.docs}/")
    return not path.startswith(folders) and PurePosixPath(path).suffix != ".md"


def _own(site: Site, post: Post) -> tuple[str, ...]:
    bundle = (post.source.bundle,) if post.source.bundle else ()
    stored = frozen.folder(post.source, site.layout.posts)
    return (post.path, *bundle, stored, *post.data, *post.depends)


def _inputs_changed(
    site: Site, post: Post, changed: frozenset[str], is_common: bool, probe: Probe
) -> bool:
    run = site.store.latest(post.path)
    if run is None or run.recipe != recipe(post):
        return is_common
    others = [item for item in run.inputs if item.kind not in _FILES]
    return _hits(_read(run), changed) or not probe.holds(post, others)


def _read(run: Run) -> tuple[str, ...]:
    """Files and folders of the project that a run has read."""
    return tuple(
        item.name.removeprefix("/")
        for item in run.inputs
        if item.kind == InputKind.FILE
        or (item.kind == InputKind.FOLDER and item.name.startswith("/"))
    )


def _hits(names: Iterable[str], changed: frozenset[str]) -> bool:
    """Whether one of the files, or a file in one of the folders, is among the changed ones."""
    for name in names:
        path = unicodedata.normalize("NFC", name)
        if path in changed or any(other.startswith(f"{path}/") for other in changed):
            return True
    return False
