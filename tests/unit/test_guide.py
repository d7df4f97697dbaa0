"""The guide says everything that can be said to haebom."""

from __future__ import annotations

from pathlib import Path

import pytest

from haebom.cli import cli
from haebom.config import ExecuteConfig, SiteConfig
from haebom.frontmatter import Execute, FrontMatter
from haebom.model import Code
from haebom.options import FLAGS, KEYS, TAGS

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
WORDS = {
    "flag": list(FLAGS),
    "option": list(KEYS),
    "tag": list(TAGS),
    "front matter": [*FrontMatter.model_fields, *Execute.model_fields],
    "plugin": [*SiteConfig.model_fields, *ExecuteConfig.model_fields],
    "finding": [str(code) for code in Code],
    "command": list(cli.commands),
}


@pytest.fixture(scope="module")
def guide() -> str:
    """The text of all pages of the guide."""
    return "\n".join(path.read_text("utf-8") for path in sorted(GUIDE.glob("*.md")))


@pytest.mark.parametrize(("kind", "word"), [(k, w) for k, words in WORDS.items() for w in words])
def test_word_is_explained(guide: str, kind: str, word: str) -> None:
    """An author could not find out what this word does."""
    forms = [
        f"`{word}`",
        f"`{{{word}}}`",
        f"`haebom {word}",
        f"`#| {word}:",
        f"`{word}:",
        f".{word}`",
    ]
    assert any(form in guide for form in forms), f"{kind} {word!r} is not in docs/guide/"
