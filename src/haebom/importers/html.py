"""HTML as Markdown, by markdownify."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

_LANGUAGE = re.compile(r"^(?:language-|lang-|highlight-source-|brush:\s*)?([\w#+-]+)$")

_NO_LANGUAGES = frozenset({"highlight", "code", "prettyprint", "highlighter-rouge", "hljs"})


class _Converter(MarkdownConverter):
    """Keeps what Markdown cannot say as HTML."""

    def convert_iframe(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{el}\n\n"

    convert_video = convert_audio = convert_iframe

    def convert_figure(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{text.strip()}\n\n"

    def convert_figcaption(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n*{text.strip()}*\n\n" if text.strip() else ""


def to_markdown(html: str) -> str:
    """Convert what stands in a body of HTML.

    Args:
        html: A document or a part of one.
    """
    soup = BeautifulSoup(html, "html.parser")
    for element in soup(["script", "style", "noscript", "template", "head"]):
        element.decompose()
    converter = _Converter(
        heading_style="ATX",
        bullets="-",
        escape_misc=True,
        code_language_callback=_language,
        newline_style="BACKSLASH",
    )
    return re.sub(r"\n{3,}", "\n\n", str(converter.convert_soup(soup))).strip() + "\n"


def _language(element: Tag) -> str:
    """The language of a block of code, wherever tools write it down."""
    for tag in (element, element.find("code"), element.parent):
        if not isinstance(tag, Tag):
            continue
        for name in (str(tag.get("data-lang") or ""), *tag.get_attribute_list("class")):
            match = _LANGUAGE.match(str(name or ""))
            if match and match[1] not in _NO_LANGUAGES:
                return match[1]
    return ""
