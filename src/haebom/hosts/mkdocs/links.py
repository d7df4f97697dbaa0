"""Links that are written as repository paths, made to work on the site.

Pages that are staged carry their Markdown links with them, see :mod:`haebom.hosts.markdown`; of
ordinary pages they are rewritten here. Neither MkDocs nor Python-Markdown looks into raw HTML, so
what links there is given its final address here, on all pages.
"""

from __future__ import annotations

import posixpath
import re
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from haebom.hosts.markdown import LINKS
from haebom.links import Targets

_BEFORE_RELPATH = 3  # MkDocs makes links relative to the page's address at 0
_RAW_LINK = re.compile(
    r"(?P<start><[A-Za-z][^<>]*?\s(?:href|src|poster)\s*=\s*)(?P<sign>[\"'])(?P<link>.*?)(?P=sign)",
    re.DOTALL,
)


class RepositoryLinks(Extension):
    """Rewrites links to posts on pages that do not take part.

    Args:
        config: MkDocs' configuration; it knows the page that is being converted.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        super().__init__()
        self.mkdocs = config
        self.targets = Targets()
        self.files = Files([])

    def extendMarkdown(self, md: Markdown) -> None:
        """Look at the page for which MkDocs makes this converter."""
        page = self.mkdocs._current_page
        if page is None:
            return
        staged = {uri: path for path, uri in self.targets.pages.items()}
        path = staged.get(page.file.src_uri)
        if path is None:
            rewrite = _Rewrite(md, self.targets, page.file.src_uri)
            md.treeprocessors.register(rewrite, "haebom_links", _BEFORE_RELPATH)
        source = path or posixpath.join(self.targets.docs_dir, page.file.src_uri)
        raw = _RewriteRaw(md, self, page, source)
        md.treeprocessors.register(raw, "haebom_raw_links", _BEFORE_RELPATH)


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


class _RewriteRaw(Treeprocessor):
    """Rewrites links within raw HTML, which Python-Markdown has put aside."""

    def __init__(self, md: Markdown, links: RepositoryLinks, page: Page, source: str) -> None:
        super().__init__(md)
        self.links = links
        self.page = page
        self.source = source

    def run(self, root: ElementTree.Element) -> None:
        stash = self.md.htmlStash.rawHtmlBlocks
        for index, block in enumerate(stash):
            if isinstance(block, str) and "=" in block:
                stash[index] = _RAW_LINK.sub(self._rewritten, block)

    def _rewritten(self, match: re.Match[str]) -> str:
        try:
            parts = urlsplit(unescape(match["link"]))
        except ValueError:
            return match[0]
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            return match[0]
        page = self.page.file
        uri = self.links.targets.uri(unquote(parts.path), self.source, page.src_uri)
        file = self.links.files.get_file_from_path(uri) if uri else None
        if file is None:
            return match[0]
        link = parts._replace(path=get_relative_url(file.url, self.page.url)).geturl()
        return f"{match['start']}{match['sign']}{escape(link)}{match['sign']}"
