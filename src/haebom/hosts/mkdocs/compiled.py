"""Templates compiled while the packages of posts are imported, and MkDocs has nothing to do."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, TemplateError
from jinja2.bccache import Bucket
from mkdocs.theme import Theme

_FIRST = ("main.html", "blog.html", "blog-post.html", "haebom/head.html")
"""Templates of pages, as far as they are there."""

_NAMES = re.compile(r"[\"']([\w./-]+\.(?:html|svg|xml))[\"']")
"""How templates name others that they extend, include or import."""

_LANGUAGE = "partials/languages/{}.html"
"""Where Material has the words of a language; its templates put that name together."""


class Compiled(BytecodeCache):
    """Code of templates, kept in memory: nobody else can put another in its place.

    Templates that are written in the same language share it, whatever the environment.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str, frozenset[str]], CodeType | None] = {}

    def compile(self, theme: Theme) -> None:
        """Compile what pages are made of; a template that cannot be compiled is met again later.

        Args:
            theme: Whose templates.
        """
        environment = theme.get_env()
        environment.bytecode_cache = self  # as it is of a build's themes, each time
        environment.filters.setdefault("date", str)  # Material's blog will bring it
        words = [_LANGUAGE.format(name) for name in (theme.get("language"), "en") if name]
        for name in self._names(environment, [*_FIRST, *words, *theme.static_templates]):
            with contextlib.suppress(TemplateError):
                environment.get_template(name)

    @staticmethod
    def _names(environment: Environment, first: Iterable[str]) -> Iterator[str]:
        queue, seen = list(first), set[str]()
        assert environment.loader is not None
        while queue:
            name = queue.pop(0)
            if name in seen:
                continue
            seen.add(name)
            try:
                source, _, _ = environment.loader.get_source(environment, name)
            except (TemplateError, UnicodeDecodeError):
                continue
            queue.extend(_NAMES.findall(source))
            yield name

    def load_bytecode(self, bucket: Bucket) -> None:
        """See :meth:`jinja2.BytecodeCache.load_bytecode`."""
        bucket.code = self._codes.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """See :meth:`jinja2.BytecodeCache.dump_bytecode`."""
        self._codes[_key(bucket)] = bucket.code


class VisibleTemplates(FileSystemLoader):
    """Templates whose list leaves out hidden folders.

    MkDocs asks a theme for the list, and takes no hidden ones; Material has ten thousand icons in
    one.
    """

    def list_templates(self) -> list[str]:
        """See :meth:`jinja2.BaseLoader.list_templates`."""
        found = set[str]()
        for path in map(os.fspath, self.searchpath):
            for folder, subfolders, names in os.walk(path, followlinks=self.followlinks):
                subfolders[:] = [name for name in subfolders if not name.startswith(".")]
                inside = os.path.relpath(folder, path).replace(os.sep, "/")
                found |= {name if inside == "." else f"{inside}/{name}" for name in names}
        return sorted(found)


def _key(bucket: Bucket) -> tuple[str, str, frozenset[str]]:
    return bucket.key, bucket.checksum, frozenset(bucket.environment.extensions)
