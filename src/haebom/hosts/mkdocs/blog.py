"""The posts of Material's blog, as feeds and search engines are told of them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page


@dataclass(frozen=True, slots=True)
class Article:
    """A post of the blog.

    Args:
        title: Its title.
        url: Its address, complete if the site has one.
        summary: A sentence or two.
        published: When it was first published.
        updated: When it was changed last.
        authors: The names of its authors.
        tags: Its tags.
    """

    title: str
    url: str
    summary: str
    published: datetime.datetime
    updated: datetime.datetime
    authors: tuple[str, ...]
    tags: tuple[str, ...]


def articles(config: MkDocsConfig) -> tuple[Article, ...]:
    """The posts of the blog, the newest first; none without a blog."""
    blog = config.plugins.get("material/blog")
    posts = getattr(getattr(blog, "blog", None), "posts", ())
    found = [article for post in posts if (article := article_of(post))]
    return tuple(sorted(found, key=lambda article: article.published, reverse=True))


def article_of(page: Page) -> Article | None:
    """What a page is as a post; None if it is none."""
    date = getattr(getattr(page, "config", None), "date", None)
    if date is None:
        return None
    created = _aware(date.created)
    return Article(
        title=str(page.title),
        url=str(page.canonical_url or page.url),
        summary=str(page.meta.get("description") or page.title),
        published=created,
        updated=_aware(date.updated) if date.updated else created,
        authors=tuple(author.name for author in getattr(page, "authors", ())),
        tags=tuple(str(tag) for tag in page.meta.get("tags") or ()),
    )


def is_list(page: Page) -> bool:
    """Whether a page has the posts of a year, of a category or of an author."""
    return type(page).__name__ in ("Archive", "Category", "Profile") and hasattr(page, "posts")


def _aware(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
