"""Outputs before and after: as Markdown for a summary, and as a page that shows figures."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from haebom.compare import as_text
from haebom.model import CellChange, Display, Output, PostChange

_TEMPLATE = Path(__file__).parents[1] / "templates" / "changes.html.jinja"
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
_LONGEST = 60_000
"""Characters of Markdown; summaries have a limit, and nobody reads more."""


def markdown(changes: Sequence[PostChange]) -> str:
    """A table of the posts that ran, and below it what their cells put out before and after."""
    if not changes:
        return "## Outputs\n\nNo output changed. Posts that fail are not compared.\n"
    lines = ["## Outputs", "", "| Post | Seconds | Before | Outputs that changed | New cells |"]
    lines.append("|---|--:|--:|--:|--:|")
    for change in changes:
        before = "new" if change.seconds_before is None else f"{change.seconds_before:.1f}"
        path = _inline(change.path.replace("|", "\\|"))
        lines.append(
            f"| {path} | {change.seconds:.1f} | {before} | {len(change.cells)} |"
            f" {change.new_cells} |"
        )
    text = "\n".join(lines) + "\n"
    for cell in (cell for change in changes for cell in change.cells):
        block = _cell(cell)
        if len(text) + len(block) > _LONGEST:
            return f"{text}\nThere are more; see the page with all changes.\n"
        text += block
    return text


def _cell(cell: CellChange) -> str:
    text = f"\n{_inline(str(cell.at))}: {_inline(cell.what)}\n"
    if cell.diff:
        fence = "`" * max(3, _longest(cell.diff) + 1)
        text += f"\n{fence}diff\n{cell.diff}\n{fence}\n"
    if any(_pictures((*cell.before, *cell.after))):
        text += "\nThe figures are on the page with all changes.\n"
    return text


def _inline(text: str) -> str:
    """Text that Markdown and HTML leave alone."""
    fence = "`" * (_longest(text) + 1)
    return f"{fence} {' '.join(text.split())} {fence}"


def _longest(text: str) -> int:
    """Length of the longest row of backticks."""
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def html(changes: Sequence[PostChange]) -> str:
    """A page that stands by itself; nothing that a post put out runs on it."""
    posts = [
        {
            "path": change.path,
            "cells": [
                {
                    "at": str(cell.at),
                    "what": cell.what,
                    "sides": [
                        (name, as_text(outputs), list(_pictures(outputs)))
                        for name, outputs in (("before", cell.before), ("after", cell.after))
                    ],
                }
                for cell in change.cells
            ],
        }
        for change in changes
    ]
    return _template().render(posts=posts)


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(_TEMPLATE.read_text("utf-8"))


def _pictures(outputs: Sequence[Output]) -> Iterator[str]:
    """Addresses that hold the images themselves; in an image element no script of theirs runs."""
    for output in outputs:
        if not isinstance(output, Display):
            continue
        mime = next((mime for mime in _IMAGES if mime in output.data), None)
        if mime is not None:
            content = str(output.data[mime])
            if mime == "image/svg+xml":
                content = base64.b64encode(content.encode("utf-8", "replace")).decode()
            yield f"data:{mime};base64,{''.join(content.split())}"
