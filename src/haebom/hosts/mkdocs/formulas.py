"""Formulas, typeset while the site is built: pages get a style sheet and fonts, but no script.

What typesets them is KaTeX, in a small JavaScript engine.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

import quickjs

from haebom.hosts.mkdocs import vendor
from haebom.model import digest
from haebom.store import write_if_changed

_FORMULA = re.compile(r'<(?P<tag>span|div) class="arithmatex">(?P<text>.*?)</(?P=tag)>', re.DOTALL)
_IN_CONTENTS = re.compile(r'(?<=<span class="md-ellipsis">)[^<]*\\\([^<]*(?=<)')
_INLINE = re.compile(r"\\\((?P<tex>.+?)\\\)", re.DOTALL)
_DELIMITERS = re.compile(r"^\s*\\[(\[](?P<tex>.*)\\[)\]]\s*$", re.DOTALL)
_DEFINES = re.compile(r"\\(?:(?:re)?newcommand|providecommand|[gex]?def|(?:global)?let|global)\b")
_UNDERLINE = "\u0332"  # how KaTeX shows where in a formula

_TYPESET = """
let macros = {}
function forget() { macros = {} }
function typeset(tex, displayMode) {
  const options = {displayMode, macros, globalGroup: true, throwOnError: true, strict: "ignore"}
  try { return JSON.stringify({html: katex.renderToString(tex, options)}) }
  catch (error) { return JSON.stringify({problem: String(error.message)}) }
}
"""


class Formulas:
    """Typesets the formulas of pages.

    Args:
        memory: File for what has been typeset already.
        label: What screen readers call a formula on a line of its own.
    """

    def __init__(self, memory: Path, label: str) -> None:
        self._memory = memory
        self._label = label
        self._known = _read(memory)
        self._used: dict[str, str] = {}
        self._engine: _Engine | None = None
        self._defines = False

    def on_page(self, html: str, warn: Callable[[str], None]) -> str:
        """Typeset the formulas of a page.

        Args:
            html: The page, with formulas as pymdownx.arithmatex marks them.
            warn: Told of each formula that cannot be typeset; it stays as it is.

        Returns:
            The page; the same object if there is nothing to typeset.
        """
        if 'class="arithmatex"' not in html:
            return html
        self._defines = _DEFINES.search(html) is not None
        if self._engine is not None:
            self._engine.forget()
        html = _FORMULA.sub(functools.partial(self._element, warn=warn), html)
        return _IN_CONTENTS.sub(self._heading, html)

    def remember(self) -> None:
        """Keep what this build has used for the next one."""
        content = {"katex": _version(), "formulas": self._used}
        write_if_changed(self._memory, json.dumps(content, ensure_ascii=False).encode("utf-8"))

    def _element(self, match: re.Match[str], warn: Callable[[str], None]) -> str:
        found = _DELIMITERS.match(unescape(match["text"]))
        if found is None:
            return match[0]
        tex, display = found["tex"].strip(), match["tag"] == "div"
        html, problem = self._typeset(tex, display)
        if problem:
            warn(f"{problem} The formula is {' '.join(tex.split())}")
            return match[0]
        if not display:
            return f'<span class="arithmatex">{html}</span>'
        # it scrolls where it is wider than the page, and so has to be reached by keyboard
        reachable = f'tabindex="0" role="group" aria-label="{escape(self._label)}"'
        return f'<div class="arithmatex" {reachable}>{html}</div>'

    def _heading(self, match: re.Match[str]) -> str:
        """A heading in the table of contents; there it is plain text."""

        def element(formula: re.Match[str]) -> str:
            html, problem = self._typeset(unescape(formula["tex"]), display=False)
            return formula[0] if problem else html

        return _INLINE.sub(element, match[0])

    def _typeset(self, tex: str, display: bool) -> tuple[str, str]:
        """The HTML of a formula, or what is wrong with it.

        On a page that defines macros, what a formula looks like depends on those before it.
        """
        key = f"{'block' if display else 'inline'} {tex}"
        known = None if self._defines else self._used.get(key) or self._known.get(key)
        if known is None:
            known, problem = self._katex().typeset(tex, display)
            if problem:
                return "", problem
        if not self._defines:
            self._used[key] = known
        return known, ""

    def _katex(self) -> _Engine:
        if self._engine is None:
            self._engine = _Engine()
        return self._engine


class _Engine:
    """KaTeX, loaded: this takes as long as a hundred formulas."""

    def __init__(self) -> None:
        context = quickjs.Context()
        context.eval(vendor.katex())
        context.eval(_TYPESET)
        self._call = context.get("typeset")
        self.forget = context.get("forget")

    def typeset(self, tex: str, display: bool) -> tuple[str, str]:
        """The HTML of a formula, or what is wrong with it."""
        result = json.loads(self._call(tex, display))
        return result.get("html", ""), result.get("problem", "").replace(_UNDERLINE, "")


@functools.cache
def _version() -> str:
    return digest(vendor.katex(), _TYPESET)


def _read(memory: Path) -> dict[str, str]:
    try:
        content = json.loads(memory.read_bytes())
        return dict(content["formulas"]) if content["katex"] == _version() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
