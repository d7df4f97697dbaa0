"""Pages of HTML as tools export them: what is the text, and what is said about it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bs4 import BeautifulSoup, Tag

_CONTENT = (
    "[data-field=body]", ".e-content", ".entry-content", ".post-content", ".article-content",
    ".contents_style", ".tt_article_useless_p_margin", ".post-body", ".article-body", "article",
    "main", "body",
)  # fmt: skip
_LEFT_OUT = (
    "nav", "header .site-title", "footer", "aside", ".sharedaddy", ".comments", "#comments",
    ".post-navigation", ".related-posts", "form",
)  # fmt: skip
_DATES = (
    ("meta[property='article:published_time']", "content"),
    ("meta[name='date']", "content"),
    ("time.dt-published", "datetime"),
    ("time.entry-date", "datetime"),
    ("time[datetime]", "datetime"),
)
_MODIFIED = "meta[property='article:modified_time']"
_TAGS = "a[rel~=tag], .tags a, .p-category"


@dataclass(frozen=True, slots=True)
class Exported:
    """A page.

    Args:
        html: Its text.
        values: What its head and its text say about it, as front matter.
        address: Where it was, or an empty string.
    """

    html: str
    values: Mapping[str, Any] = field(default_factory=dict)
    address: str = ""


def read(text: str) -> Exported:
    """Find what is the text of a page.

    Args:
        text: HTML.
    """
    soup = BeautifulSoup(text, "html.parser")
    values = dict(_values(soup))
    canonical = soup.select_one("link[rel=canonical], a.p-canonical")
    content = next((found for sign in _CONTENT if (found := soup.select_one(sign))), soup)
    for sign in _LEFT_OUT:
        for element in content.select(sign):
            element.decompose()
    heading = content.find("h1")
    if isinstance(heading, Tag) and _text(heading) == values.get("title"):
        heading.decompose()
    address = str(canonical.get("href") or "") if canonical else ""
    return Exported(content.decode_contents(), values, address)


def _values(soup: BeautifulSoup) -> Iterator[tuple[str, Any]]:
    title = soup.select_one("h1.p-name, h1.entry-title, article h1, h1") or soup.title
    if title is not None and _text(title):
        yield "title", _text(title)
    for sign, name in _DATES:
        found = soup.select_one(sign)
        if found is not None and found.get(name):
            yield "date", str(found.get(name))
            break
    modified = soup.select_one(_MODIFIED)
    if modified is not None:
        yield "updated", str(modified.get("content") or "")
    description = soup.select_one("meta[name=description], .p-summary")
    if description is not None:
        yield "description", str(description.get("content") or _text(description))
    tags = list(dict.fromkeys(_text(tag).lstrip("#") for tag in soup.select(_TAGS)))
    if tags:
        yield "tags", tags


def _text(element: Tag) -> str:
    return " ".join(element.get_text().split())


def name_of(path: str) -> str:
    """The name of a page, from its path; of an index, its folder's."""
    stem = posixpath.splitext(posixpath.basename(path))[0]
    if stem.lower() == "index":
        stem = posixpath.basename(posixpath.dirname(path)) or "index"
    return re.sub(r"^(\d{4}-\d{2}-\d{2})_", r"\1-", stem)
