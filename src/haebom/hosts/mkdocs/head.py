"""What a page says of itself in its head: to search engines, and to whoever shows a link to it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from haebom.hosts.mkdocs import feeds
from haebom.hosts.mkdocs.blog import Article, article_of, parsed
from haebom.hosts.mkdocs.cards import Card

_TEMPLATE = "haebom/head.html"
_LOCALES = {"ko": "ko_KR", "en": "en_US"}
_ENOUGH, _WIDEST, _LONGEST_HEADLINE = 80, 160, 110
_DELIMITERS = re.compile(r"\\[()\[\]]")


def describe(html: str) -> str:
    """The first sentences of a page's text, as many as a list of search results shows.

    Args:
        html: The page's content.

    Returns:
        At most 160 characters, cut between words; empty if the page has no paragraph.
    """
    if "<p" not in html:
        return ""
    root = parsed(html)
    text = ""
    for paragraph in root.xpath("p[not(starts-with(@class, 'haebom-'))]"):  # else it is ours
        text = f"{text} {paragraph.text_content().strip()}".strip()
        if len(text) >= _ENOUGH:
            break
    text = _DELIMITERS.sub("", text)
    return textwrap.shorten(text, _WIDEST, placeholder=" …") if " " in text else text[:_WIDEST]


def title(page: Page, config: MkDocsConfig) -> str:
    """A page's title as plain text; the site's name for its first page."""
    if page.is_homepage and not page.meta.get("title"):
        return str(config.site_name)
    return str(page.meta.get("title") or page.title or config.site_name)


def render(
    env: Environment,
    config: MkDocsConfig,
    page: Page,
    language: str,
    *,
    card: Card | None,
    with_feeds: bool,
    formulas: str,
) -> str:
    """The elements for the end of a page's head.

    Args:
        env: Where the template is.
        config: MkDocs' configuration.
        page: The page; its description is in its front matter by now.
        language: The site's language.
        card: The picture for links to the page, or None.
        with_feeds: Whether the site has feeds.
        formulas: Path of the style sheet of formulas, or an empty string if the page has none.
    """
    article = article_of(page)
    found = env.get_template(_TEMPLATE).render(
        config=config,
        page=page,
        base_url=get_relative_url(".", page.url),
        title=title(page, config),
        description=str(page.meta.get("description") or config.site_description or ""),
        locale=_LOCALES.get(language),
        article=article,
        card=card,
        feeds=feeds.KINDS if with_feeds else (),
        formulas=formulas,
        graph=_script(_graph(config, page, language, article, card)) if config.site_url else "",
    )
    return str(found)


def _script(graph: Iterator[dict[str, Any]]) -> str:
    """JSON that may stand in a script element."""
    content = {"@context": "https://schema.org", "@graph": list(graph)}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _graph(
    config: MkDocsConfig, page: Page, language: str, article: Article | None, card: Card | None
) -> Iterator[dict[str, Any]]:
    """What the page is, in the words of schema.org."""
    site = {"@type": "WebSite", "@id": f"{config.site_url}#site", "name": config.site_name}
    if page.is_homepage:
        about = {"description": config.site_description} if config.site_description else {}
        yield {**site, "url": config.site_url, "inLanguage": language, **about}
        return
    if article is not None:
        yield {
            "@type": "BlogPosting",
            "headline": article.title[:_LONGEST_HEADLINE],
            "description": article.summary,
            "url": article.url,
            "mainEntityOfPage": article.url,
            "datePublished": article.published.isoformat(),
            "dateModified": article.updated.isoformat(),
            "inLanguage": language,
            "author": [{"@type": "Person", "name": name} for name in article.authors]
            or [{"@type": "Organization", "name": config.site_name}],
            "keywords": list(article.tags),
            "isPartOf": site,
            **({"image": card.url} if card else {}),
        }
    above = [a for a in reversed(list(page.ancestors)) if isinstance(a, Page) and a.canonical_url]
    steps = [(str(config.site_name), str(config.site_url))]
    steps += [(str(a.title), str(a.canonical_url)) for a in (*above, page) if not a.is_homepage]
    yield {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(steps, start=1)
        ],
    }
