"""RSS 2.0 and JSON Feed 1.1 of the blog's posts."""

from __future__ import annotations

import datetime
import json
import logging
from dataclasses import dataclass
from typing import Any

from feedgen.feed import FeedGenerator
from mkdocs.config.defaults import MkDocsConfig

RSS, JSON_FEED = "feed.xml", "feed.json"
_NEWEST = 20
_log = logging.getLogger("mkdocs.plugins.haebom")


@dataclass(frozen=True, slots=True)
class Entry:
    """A post in a feed."""

    title: str
    url: str
    summary: str
    published: datetime.datetime
    updated: datetime.datetime
    authors: tuple[str, ...]
    tags: tuple[str, ...]


def entries(config: MkDocsConfig) -> tuple[Entry, ...]:
    """The newest posts of the blog; none without a blog or without a ``site_url``."""
    blog = config.plugins.get("material/blog")
    if blog is None or not hasattr(blog, "blog"):
        return ()
    posts = sorted(blog.blog.posts, key=lambda post: post.config.date.created, reverse=True)
    return tuple(_entry(post, config) for post in posts[:_NEWEST])


def _entry(post: Any, config: MkDocsConfig) -> Entry:
    created = _aware(post.config.date.created)
    updated = post.config.date.updated
    return Entry(
        title=str(post.title),
        url=str(post.canonical_url),
        summary=str(post.meta.get("description") or post.title),
        published=created,
        updated=_aware(updated) if updated else created,
        authors=tuple(author.name for author in post.authors),
        tags=tuple(str(tag) for tag in post.meta.get("tags") or ()),
    )


def _aware(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def write(config: MkDocsConfig, language: str) -> dict[str, bytes]:
    """Make the feeds.

    Args:
        config: MkDocs' configuration, after the pages have been built.
        language: Language of the site.

    Returns:
        File name to content; nothing where there can be no feed.
    """
    found = entries(config)
    if not found:
        return {}
    if not config.site_url:
        _log.info("no feeds, since they need addresses: set site_url in mkdocs.yml")
        return {}
    return {RSS: _rss(found, config, language), JSON_FEED: _json(found, config, language)}


def _rss(found: tuple[Entry, ...], config: MkDocsConfig, language: str) -> bytes:
    feed = FeedGenerator()
    feed.title(config.site_name)
    feed.link(href=config.site_url, rel="alternate")
    feed.link(href=f"{config.site_url}{RSS}", rel="self", type="application/rss+xml")
    feed.description(config.site_description or config.site_name)
    feed.language(language)
    feed.lastBuildDate(max(entry.updated for entry in found))  # not now: builds must repeat
    for entry in found:
        item = feed.add_entry(order="append")
        item.guid(entry.url, permalink=True)
        item.title(entry.title)
        item.link(href=entry.url)
        item.description(entry.summary)
        item.published(entry.published)
        for author in entry.authors:
            item.load_extension("dc") if not hasattr(item, "dc") else None
            item.dc.dc_creator(author)
        item.category([{"term": tag} for tag in entry.tags])
    return bytes(feed.rss_str(pretty=True))


def _json(found: tuple[Entry, ...], config: MkDocsConfig, language: str) -> bytes:
    """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/"""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": config.site_name,
        "home_page_url": config.site_url,
        "feed_url": f"{config.site_url}{JSON_FEED}",
        "description": config.site_description or config.site_name,
        "language": language,
        "items": [
            {
                "id": entry.url,
                "url": entry.url,
                "title": entry.title,
                "content_text": entry.summary,
                "date_published": entry.published.isoformat(),
                "date_modified": entry.updated.isoformat(),
                "authors": [{"name": name} for name in entry.authors],
                "tags": list(entry.tags),
            }
            for entry in found
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=2).encode("utf-8") + b"\n"


def head_links(site_name: str, base: str) -> str:
    """The elements by which browsers and readers find the feeds.

    Args:
        site_name: Title of the site.
        base: Path from the page to the site's root.
    """
    from html import escape

    return "".join(
        f'<link rel="alternate" type="{kind}" title="{escape(site_name)}" href="{base}{name}">'
        for kind, name in (("application/rss+xml", RSS), ("application/feed+json", JSON_FEED))
    )
