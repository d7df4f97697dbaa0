"""What every made page is."""

from __future__ import annotations

from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of the staged tree that no file stands behind.

    Args:
        uri: Its path within the tree, ending in ``.md``.
        text: Its Markdown, front matter included.
        body: HTML at its end, as in a :class:`haebom.render.frame.Frame`.
    """

    uri: str
    text: str
    body: str = ""


def head(title: str, introduction: str, *, is_searched: bool = False) -> str:
    """The beginning of a page: front matter, title, and what it is about.

    Args:
        title: The title.
        introduction: Sentences, which are also its description.
        is_searched: Whether the search finds it, besides what it leads to.
    """
    meta = {
        "title": title,
        "description": introduction,
        **({} if is_searched else {"search": {"exclude": True}}),
        "hide": ["toc"],
    }
    front = yaml.safe_dump(meta, allow_unicode=True, sort_keys=False)
    return f"---\n{front}---\n\n# {title}\n\n{introduction}\n\n"
