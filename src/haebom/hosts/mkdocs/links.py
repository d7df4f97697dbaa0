"""Links from ordinary pages to posts, written as repository paths, made to work on the site.

Pages that are staged carry their links with them; see :mod:`haebom.hosts.markdown`.
"""

from __future__ import annotations

import posixpath
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.config.defaults import MkDocsConfig

from haebom.hosts.markdown import LINKS
from haebom.links import Targets

_BEFORE_RELPATH = 3  # MkDocs makes links relative to the page's address at 0


class RepositoryLinks(Extension):
    """Rewrites links to posts on pages that do not take part.

    Args:
        config: MkDocs' configuration; it knows the page that is being converted.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        super().__init__()
        self.mkdocs = config
        self.targets = Targets()

    def extendMarkdown(self, md: Markdown) -> None:
        """Look at the page for which MkDocs makes this converter."""
        page = self.mkdocs._current_page
        if page is not None and page.file.src_uri not in self.targets.pages.values():
            rewrite = _Rewrite(md, self.targets, page.file.src_uri)
            md.treeprocessors.register(rewrite, "haebom_links", _BEFORE_RELPATH)


class _Rewrite(Treeprocessor):
    def __init__(self, md: Markdown, targets: Targets, uri: str) -> None:
        super().__init__(md)
        self.targets = targets
        self.uri = uri
        self.source = posixpath.join(targets.docs_dir, uri)

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            name = LINKS.get(element.tag, "")
            parts = urlsplit(element.get(name, ""))
            if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
                continue
            link = self.targets.resolve(unquote(parts.path), self.source, self.uri)
            if link:
                element.set(name, parts._replace(path=quote(link)).geturl())
