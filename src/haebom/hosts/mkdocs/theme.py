"""What haebom adds to the pages of a site, whatever is on them."""

from __future__ import annotations

import importlib.resources
import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import TableOfContents
from pymdownx.superfences import fence_code_format

from haebom.catalogue import Catalogue, Entry
from haebom.config import SiteConfig
from haebom.hosts.mkdocs import head, vendor
from haebom.hosts.mkdocs.blog import article_of, is_list
from haebom.hosts.mkdocs.cards import Card, Cards
from haebom.hosts.mkdocs.compiled import Compiled, VisibleTemplates
from haebom.hosts.mkdocs.formulas import Formulas
from haebom.render.labels import labels

_FORMULAS, _DIAGRAMS = "assets/katex", "assets/mermaid"
_ARITHMATEX, _SUPERFENCES, _MERMAID = "pymdownx.arithmatex", "pymdownx.superfences", "mermaid"
_LIST, _HOW_MANY = re.compile(r"<!-- haebom/(?P<name>newest|series) -->"), 5
_EMPTY_HEADER = re.compile(r"<th(?P<attributes>[^>]*)>\s*</th>")
_log = logging.getLogger("mkdocs.plugins.haebom")


def configure(config: MkDocsConfig, options: SiteConfig, compiled: Compiled) -> None:
    """Add templates, and the extensions that formulas and diagrams need.

    Args:
        config: MkDocs' configuration, before anything is made of it.
        options: haebom's own.
        compiled: Where templates are compiled.
    """
    templates = Path(str(importlib.resources.files("haebom.hosts.mkdocs") / "templates"))
    folders = [templates]
    if config.theme.name == "material":
        folders.insert(0, templates / "material")
    place = 1 if config.theme.custom_dir else 0  # the site's own templates go first
    config.theme.dirs[place:place] = map(str, folders)
    _change_environments(config, compiled)
    if not _names_a_font(config):  # Material would load its default from elsewhere
        config.theme["font"] = False
    if options.math:
        if _ARITHMATEX not in config.markdown_extensions:
            config.markdown_extensions.append(_ARITHMATEX)
        config.mdx_configs.setdefault(_ARITHMATEX, {})["generic"] = True
    fences = config.mdx_configs.setdefault(_SUPERFENCES, {}).setdefault("custom_fences", [])
    if all(fence["name"] != _MERMAID for fence in fences):
        fences.append({"name": _MERMAID, "class": _MERMAID, "format": fence_code_format})


def _change_environments(config: MkDocsConfig, compiled: Compiled) -> None:
    make = config.theme.get_env

    def get_env() -> Environment:
        environment = make()
        environment.bytecode_cache = compiled
        if type(environment.loader) is FileSystemLoader:
            environment.loader = VisibleTemplates(environment.loader.searchpath)
        return environment

    config.theme.get_env = get_env  # type: ignore[method-assign]


def _names_a_font(config: MkDocsConfig) -> bool:
    themes = (written.get("theme") for written in config.user_configs)
    return any(isinstance(theme, dict) and "font" in theme for theme in themes)


class Theme:
    """What haebom adds to the pages of one build.

    Args:
        config: MkDocs' configuration.
        options: haebom's own.
        language: Language of haebom's own words.
        store: Folder for what has been made already.
        preview: Whether the pages are for their author only.
    """

    def __init__(
        self,
        config: MkDocsConfig,
        options: SiteConfig,
        language: str,
        store: Path,
        *,
        preview: bool,
    ) -> None:
        self._config = config
        self._options = options
        self._language = language
        self._labels = labels(language)
        self._formulas = Formulas(store / "formulas.json", self._labels.formula)
        self._cards = Cards(store / "cards", str(config.site_name))
        self._draws = options.cards and bool(config.site_url) and not preview
        self._has_formulas = self._has_diagrams = False
        if self._draws and not Cards.can_draw():
            _log.info("no cards, since their font is not there: install koreanize-matplotlib")
            self._draws = False

    def on_content(self, html: str, page: Page) -> None:
        """Give a page a description if its author gave it none."""
        if not page.meta.get("description") and (text := head.describe(html)):
            page.meta["description"] = text

    def on_env(self, env: Environment, catalogue: Catalogue, files: Files) -> None:
        """Tell templates what they may need."""
        self._env = env

        def pages(entries: Iterable[Entry]) -> list[Page]:
            found = (files.get_file_from_path(entry.uri) for entry in entries)
            return [file.page for file in found if file and file.page]

        known, series = catalogue.by_slug, catalogue.curriculum.series
        self._led_on = {known[s].uri for of in series.values() if len(of) > 1 for s in of}
        env.globals["haebom"] = {
            "labels": self._labels,
            "comments": self._options.comments,
            "language": self._language,
            "is_list": is_list,
            "newest": pages(catalogue.posts[:_HOW_MANY]),
            "series": {name: pages(known[slug] for slug in of) for name, of in series.items()},
        }

    def on_context(self, page: Page, context: Any) -> None:
        """Put lists of posts where a page wants them; see that it leads on once."""

        def made(match: re.Match[str]) -> str:
            return self._env.get_template(f"haebom/{match['name']}.html").render(context)

        page.content = _LIST.sub(made, page.content or "")
        if is_list(page):  # its headings are those of the posts' beginnings, which are not on it
            page.toc = TableOfContents([])
        if page.file.src_uri in self._led_on:  # by its series, below its text
            page.meta["hide"] = [*(page.meta.get("hide") or ()), "footer"]

    def on_page(self, html: str, page: Page) -> str:
        """Typeset formulas, mend tables, and fill the head."""
        html = _EMPTY_HEADER.sub(r"<td\g<attributes>></td>", html)  # the corner heads nothing
        formulas = ""
        if self._options.math:
            typeset = self._formulas.on_page(html, lambda text: self._warn(page, text))
            if typeset is not html:
                html, formulas, self._has_formulas = typeset, f"{_FORMULAS}/katex.min.css", True
        self._has_diagrams = self._has_diagrams or '<pre class="mermaid">' in html
        added = head.render(
            self._env,
            self._config,
            page,
            self._language,
            card=self._card(page),
            with_feeds=self._options.feeds
            and bool(self._config.site_url)
            and "material/blog" in self._config.plugins,
            formulas=formulas,
        )
        return html.replace("</head>", f"{added}</head>", 1)

    def publish(self, site_dir: Path) -> None:
        """Write what the pages refer to."""
        if self._has_formulas:
            vendor.put_katex(site_dir / _FORMULAS)
            self._formulas.remember()
        if self._has_diagrams:
            vendor.put_mermaid(site_dir / _DIAGRAMS)
        if self._draws:
            self._cards.publish(site_dir)

    def _card(self, page: Page) -> Card | None:
        if not self._draws:
            return None
        article = article_of(page)
        facts = [f"{article.published:%Y-%m-%d}", *article.tags[:4]] if article else []
        path = self._cards.draw(head.title(page, self._config), " · ".join(facts))
        return Card(f"{self._config.site_url}{path}")

    def _warn(self, page: Page, text: str) -> None:
        _log.warning("%s: %s", page.file.src_uri, text)
