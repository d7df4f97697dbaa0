"""The site around imported posts, where there is none yet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from haebom.importers.plan import NewFile

_HUES = 12
_MKDOCS = """\
site_name: {name}
{description}{url}
theme:
  name: material
  language: {language}
  font: false
  features:
    - navigation.tabs
    - navigation.top
    - navigation.footer
    - content.code.copy
    - content.code.annotate
    - search.highlight
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
      toggle:
        icon: material/weather-night
        name: {dark}
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      toggle:
        icon: material/weather-sunny
        name: {light}

{nav}
plugins:
  - search
  - blog:
      post_url_format: "{{slug}}"
      post_readtime: false
      post_slugify: &slugs !!python/object/apply:pymdownx.slugs.slugify
        kwds: {{ case: lower }}
      categories_slugify: *slugs
  - tags
  - haebom

markdown_extensions:
  - abbr
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - toc:
      permalink: true
      slugify: *slugs
  - pymdownx.arithmatex:
      generic: true
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.inlinehilite
  - pymdownx.superfences:
      preserve_tabs: true
  - pymdownx.tabbed:
      alternate_style: true
      slugify: *slugs
  - pymdownx.tasklist:
      custom_checkbox: true
"""
_WORDS = {
    "ko": {
        "dark": "어두운 화면으로 바꾸기",
        "light": "밝은 화면으로 바꾸기",
        "home": "홈",
        "posts": "글",
        "tags": "태그",
        "pages": "페이지",
        "author": "글쓴이",
        "all": "글 목록",
    },
    "en": {
        "dark": "Switch to dark mode",
        "light": "Switch to light mode",
        "home": "Home",
        "posts": "Posts",
        "tags": "Tags",
        "pages": "Pages",
        "author": "Author",
        "all": "All posts",
    },
}


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who has written posts.

    Args:
        key: As posts name them.
        name: In full.
        description: A few words on them.
        avatar: Address of a picture, or an empty string.
    """

    key: str
    name: str = ""
    description: str = ""
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of a site besides its posts.

    Args:
        name: Its name.
        description: What it is about.
        url: Where it will be.
        language: ``ko`` or ``en``.
        authors: Who writes there.
    """

    name: str = ""
    description: str = ""
    url: str = ""
    language: str = "ko"
    authors: tuple[Author, ...] = ()


def files(around: Around, pages: Sequence[str] = ()) -> Iterator[NewFile]:
    """Everything that a site needs besides its posts.

    Args:
        around: What is known of it.
        pages: Paths of its other pages, within the pages' folder.
    """
    language = "ko" if around.language.startswith("ko") else "en"
    words = _WORDS[language]
    name = around.name or words["posts"]
    description = around.description
    text = _MKDOCS.format(
        name=_quoted(name),
        description=f"site_description: {_quoted(description)}\n" if description else "",
        url=f"site_url: {_quoted(around.url)}\n" if around.url else "",
        language=language,
        dark=words["dark"],
        light=words["light"],
        nav="\n".join(_navigation(words, [page for page in pages if page != "index.md"])),
    )
    yield NewFile("mkdocs.yml", text.encode("utf-8"))
    home = f"# {name}\n\n{description}\n\n[{words['all']}](blog/index.md)\n"
    yield NewFile("docs/index.md", re.sub(r"\n{3,}", "\n\n", home).encode("utf-8"))
    yield NewFile("docs/blog/index.md", f"# {words['posts']}\n".encode())
    yield NewFile("docs/tags.md", f"# {words['tags']}\n\n<!-- material/tags -->\n".encode())
    yield NewFile(".gitignore", b"/.haebom/\n/site/\n")
    yield from _authors(around.authors, words["author"])


def _navigation(words: Mapping[str, str], pages: Sequence[str]) -> Iterator[str]:
    yield "nav:"
    yield f"  - {words['home']}: index.md"
    yield f"  - {words['posts']}:"
    yield "      - blog/index.md"
    yield f"  - {words['tags']}: tags.md"
    if pages:
        yield f"  - {words['pages']}:"
    for page in pages:
        yield f"      - {_quoted(page)}"
    yield ""


def _authors(authors: Iterable[Author], description: str) -> Iterator[NewFile]:
    lines = []
    for author in authors:
        picture = f"assets/images/author-{author.key}.svg"
        avatar = author.avatar or picture
        lines += [
            f"  {_quoted(author.key)}:",
            f"    name: {_quoted(author.name or author.key)}",
            f"    description: {_quoted(author.description or description)}",
            f"    avatar: {_quoted(avatar)}",
        ]
        if avatar == picture:
            yield NewFile(f"docs/{picture}", _portrait(author).encode("utf-8"))
    if lines:
        yield NewFile("docs/blog/.authors.yml", "\n".join(["authors:", *lines, ""]).encode("utf-8"))


def _portrait(author: Author) -> str:
    """The first letter of a name, in a circle whose colour comes from the name."""
    letter = (author.name or author.key)[:1].upper()
    hue = sum(map(ord, author.key)) % _HUES * 360 // _HUES
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">\n'
        f'<circle cx="32" cy="32" r="32" fill="hsl({hue} 45% 40%)"/>\n'
        '<text x="32" y="43" font-family="sans-serif" font-size="32" text-anchor="middle"'
        f' fill="#fff">{escape(letter)}</text>\n</svg>\n'
    )


def _quoted(text: str) -> str:
    """A value in YAML; a string of JSON is one."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
