"""HTML that a display brings: tables of pandas and others."""

from __future__ import annotations

import re
from html import escape

from haebom.render.labels import Labels
from haebom.render.preformatted import LONGEST

_PANDAS_STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
_BORDER = re.compile(r'(<table\b[^>]*?) border="\d+"')
_UNNAMED = re.compile(r"<table\b(?![^>]*\bclass=)")  # those the theme takes for its own
_ROW = re.compile(r"<tr\b")
_OWN_COLOURS = re.compile(r"\b(?:background|bgcolor|color)\b\s*(?::|=|-color)")
_KNOWS_DARK = re.compile(r"prefers-color-scheme|--jp-")
_STYLED = re.compile(r"<style\b.*?</style>|<[^>]*\b(?:style|bgcolor)=[^>]*>", re.DOTALL)


def html(content: str, words: Labels) -> str:
    """HTML in a region that scrolls.

    A long table scrolls within itself, below its head. What brings colours of its own was made for
    a white page, and stays on one.

    Args:
        content: The HTML, as some library has made it.
        words: haebom's own words.
    """
    content = _BORDER.sub(r"\1", _PANDAS_STYLE.sub("", content)).strip()
    content = _UNNAMED.sub('<table class="haebom-table"', content)
    rows = len(_ROW.findall(content.partition("<tbody")[2] or content))
    classes = ["haebom-html"]
    note = ""
    if rows > LONGEST:
        classes.append("haebom-tall")
        note = f'<p class="haebom-note">{escape(words.tall_table.format(count=rows))}</p>'
    if brings_colours(content):
        classes.append("haebom-plate")
    return (
        f'<div class="{" ".join(classes)}" role="group" tabindex="0" '
        f'aria-label="{escape(words.output)}">{content}</div>{note}'
    )


def brings_colours(content: str) -> bool:
    """Whether HTML sets colours without knowing of dark pages."""
    if _KNOWS_DARK.search(content):
        return False
    return any(_OWN_COLOURS.search(styled) for styled in _STYLED.findall(content))
