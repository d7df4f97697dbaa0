"""RSS 2.0 and JSON Feed 1.1 of the blog's posts."""

from __future__ import annotations

import json
import logging

from feedgen.feed import FeedGenerator
from mkdocs.config.defaults import MkDocsConfig

from haebom.hosts.mkdocs.blog import Article, articles

RSS, JSON_FEED = "feed.xml", "feed.json"
KINDS = (
    {"name": RSS, "type": "application/rss+xml"},
    {"name": JSON_FEED, "type": "application/feed+json"},
)
"""The files with their media types."""

_NEWEST = 20
_log = logging.getLogger("mkdocs.plugins.haebom")


def write(config: MkDocsConfig, language: str) -> dict[str, bytes]:
    """Make the feeds.

    Args:
        config: MkDocs' configuration, after the pages have been built.
        language: Language of the site.

    Returns:
        File name to content; nothing where there can be no feed.
    """
    found = articles(config)[:_NEWEST]
    if not found:
        return {}
    if not config.site_url:
        _log.info("no feeds, since they need addresses: set site_url in mkdocs.yml")
        return {}
    return {RSS: _rss(found, config, language), JSON_FEED: _json(found, config, language)}


def _rss(found: tuple[Article, ...], config: MkDocsConfig, language: str) -> bytes:
    feed = FeedGenerator()
    feed.title(config.site_name)
    feed.link(href=f"{config.site_url}{RSS}", rel="self", type="application/rss+xml")
    feed.link(href=config.site_url, rel="alternate")  # the last one becomes the channel's own
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


def _json(found: tuple[Article, ...], config: MkDocsConfig, language: str) -> bytes:
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
