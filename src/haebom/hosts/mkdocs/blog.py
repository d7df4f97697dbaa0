"""The posts of Material's blog, as feeds and search engines are told of them."""

from __future__ import annotations

import contextlib
import datetime
import functools
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html
from lxml.etree import LxmlError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

_READ = "descendant::text()[not(ancestor::object|ancestor::script|ancestor::style|ancestor::svg)]"
_WORD_ENDS = re.compile(r"\W+")


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


def quicken(post: Page, html: str, config: MkDocsConfig) -> None:
    """Spare Material's blog what takes as long as the rest of a post's page.

    It converts a post once more for each list that the post is in, although haebom's template for
    lists shows no beginnings of posts; and to estimate how long a post takes to read, it goes
    through its page character by character.

    Args:
        post: A page of the blog.
        html: Its content.
        config: MkDocs' configuration.
    """
    blog: Any = config.plugins["material/blog"]
    facts = getattr(post, "config", None)
    if facts is not None and blog.config.post_readtime and not facts.readtime:
        with contextlib.suppress(ValueError, LxmlError):  # what lxml does not read, Material does
            facts.readtime = _minutes(html, blog.config.post_readtime_words_per_minute)
    own = config.theme.custom_dir
    excerpt: Any = getattr(post, "excerpt", None)
    if excerpt is None or (own and Path(own, "blog.html").exists()):
        return
    render = excerpt.render

    def render_unless_list(view: Page, separator: str) -> None:
        if is_list(view):
            excerpt.content, excerpt.more, excerpt.toc = "", None, get_toc([])
        else:
            render(view, separator)

    excerpt.render = render_unless_list


def know_posts(blog: Any) -> None:
    """Spare Material's blog to compare each page by title and file with each of its posts.

    Args:
        blog: The plugin, once it has made its pages.
    """
    view = getattr(blog, "blog", None)
    if view is not None:
        view.posts = _Posts(view.posts)


class _Posts(list[Page]):
    def __contains__(self, page: object) -> bool:
        return any(post is page for post in self)


@functools.lru_cache(maxsize=1)
def parsed(html: str) -> Any:
    """The content of a page as lxml reads it; all who look at it get the same, and must not change
    it."""
    return lxml.html.fragment_fromstring(html, create_parent="div")


def _minutes(html: str, words_per_minute: int) -> int:
    """How long a page takes to read, as Material's blog would say: so many words a minute, and for
    pictures twelve seconds, eleven, ten and so on down to three."""
    page = parsed(html)
    pictures = sum(1 for _ in page.iter("img"))
    words = len(_WORD_ENDS.split("".join(page.xpath(_READ))))
    looking = sum(max(12 - number, 3) for number in range(pictures))
    return math.ceil((math.ceil(words / words_per_minute * 60) + looking) / 60)


def _aware(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
