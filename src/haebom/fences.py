"""Code fences, found by pymdownx.superfences itself.

What runs must be what is shown, so there is no second reader of Markdown here: a hook in
superfences hands every code fence to a visitor while the document is converted, with the line on
which it stands.  Parsing uses the hook with a visitor that notes cells, the published page with
one that places outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from markdown import Markdown
from pymdownx.superfences import SuperFencesException, highlight_validator

from haebom import spans
from haebom.errors import ConfigError

PYTHON = ("python", "py", "python3")
"""Languages of fences that the Python kernel runs."""

OUTPUT_LANGUAGE = "output"
"""The language of a fence that holds the recorded output of the cell before it."""

_OWN = "haebom-attributes"
_HIGHLIGHT_KEYS = frozenset({"hl_lines", "linenums", "title", "title_mode"})

_KEPT = 4096
_highlighted: dict[str, str] = {}
"""HTML of that many fences, the oldest first."""

Highlight = Callable[[str], str]
"""Gives the highlighted HTML of a text, as superfences would show it in this fence."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence as superfences sees it.

    Args:
        index: Position among the document's code fences, from 0; for a recorded output the index
            of the code fence that it belongs to, or -1.
        language: As written.
        source: The text inside, dedented.
        line: Line of the opening fence, from 1, in the text that superfences saw.
        end: Line of the closing fence.
        flags: Classes in the braces, language excluded.
        attributes: Keys in the braces that are not superfences' own.
    """

    index: int
    language: str
    source: str
    line: int
    end: int
    flags: tuple[str, ...]
    attributes: Mapping[str, str]


class Visitor(spans.Visitor, Protocol):
    """Looks at fences, and at expressions in prose, while a document is converted."""

    def begin(self, lines: list[str]) -> Collection[str]:
        """Called with the text as superfences is about to see it.

        Lines may be changed in place, as long as none is added or taken away.

        Returns:
            The languages of the fences to visit; without any, nothing is visited.
        """
        ...

    def visit(self, fence: Fence, highlight: Highlight) -> str:
        """Give the HTML for a fence."""
        ...

    def stored(self, fence: Fence, placeholder: str) -> None:
        """Told which placeholder stands for the HTML of the fence that was visited last."""
        ...

    def passed(self, language: str, line: int, end: int) -> None:
        """Told of a fence in another language."""
        ...


def install(md: Markdown, visitor: Visitor) -> None:
    """Let a visitor see the fences and expressions of whatever a Markdown instance converts.

    Args:
        md: An instance with ``pymdownx.superfences`` registered.
        visitor: Who looks.

    Raises:
        ConfigError: superfences is not there.
    """
    try:
        fenced: Any = md.preprocessors["fenced_code_block"]
        superfences = fenced.extension.superfences
    except (KeyError, AttributeError):
        raise ConfigError(
            "haebom needs the Markdown extension pymdownx.superfences before itself.",
            "List pymdownx.superfences, then haebom, under markdown_extensions.",
        ) from None
    hook = _Hook(fenced, visitor)
    superfences.append(
        {
            "name": "haebom",
            "test": hook.wants,
            "formatter": hook.format,
            "validator": hook.validate,
            "reset": None,
        }
    )
    fenced.search_nested = hook.search
    fenced.process_nested_block = hook.process
    fenced._store = hook.store


class _Hook:
    """Stands between superfences and the visitor; knows the lines and the neighbours."""

    def __init__(self, fenced: Any, visitor: Visitor) -> None:
        self.fenced = fenced
        self.visitor = visitor
        self.spans = spans.Spans(fenced.md, visitor)
        self.search_original = fenced.search_nested
        self.process_original = fenced.process_nested_block
        self.store_original = fenced._store
        self.begin([])

    def begin(self, lines: list[str]) -> None:
        wanted = frozenset(self.visitor.begin(lines)) if lines else frozenset[str]()
        self.languages = wanted | {OUTPUT_LANGUAGE} if wanted else wanted
        self.lines = lines
        self.count = 0
        self.span = (0, 0)
        self.spanned: list[tuple[int, int]] = []
        self.visited: Fence | None = None
        self.previous: tuple[Fence, str] | None = None

    def search(self, lines: list[str]) -> list[str]:
        """Wraps the reading of the whole text, which is complete only now: with preserve_tabs,
        fences are single placeholders before."""
        self.begin(lines)
        found: list[str] = self.search_original(lines)
        if self.languages:
            found = self.spans.mark(found, list(self.numbers(len(lines))))
        return found

    def numbers(self, count: int) -> Iterator[int]:
        """Numbers of the lines that are left when each fence is one."""
        line = 1
        for start, end in (*self.spanned, (count + 1, count + 1)):
            yield from range(line, start)
            if start <= count:
                yield start
            line = end + 1

    def wants(self, language: str | None) -> bool:
        return language in self.languages

    def process(self, ws: str, content: str, start: int, end: int) -> None:
        """Wraps the one place where superfences knows the lines of a fence that is complete."""
        self.span = (start + 1, end)
        language = self.fenced.lang or ""
        if self.fenced.formatter is not None and not self.wants(language):
            self.visitor.passed(language, start + 1, end)
        self.process_original(ws, content, start, end)

    def store(self, source: str, code: str, start: int, end: int) -> None:
        """Wraps the one place where superfences gives a fence its placeholder."""
        self.store_original(source, code, start, end)
        self.spanned.append((start + 1, end))
        if self.visited is not None:
            placeholder = self.fenced.stack[-1][0][len(self.fenced.ws) :]
            self.visitor.stored(self.visited, placeholder)
            self.visited = None

    def validate(
        self,
        language: str,
        inputs: dict[str, Any],
        options: dict[str, Any],
        attrs: dict[str, Any],
        md: Markdown,
    ) -> bool:
        """Keep the keys that superfences does not know for the visitor.

        Without braces an unknown word makes superfences drop the fence; that stays so.
        """
        self.fenced.get_hl_settings()
        known = {k: v for k, v in inputs.items() if k in _HIGHLIGHT_KEYS or k.startswith("data-")}
        own = {k: v for k, v in inputs.items() if k not in known and k != "style"}
        bare = [k for k, v in own.items() if k == v]
        if bare and not self.fenced.classes and not self.fenced.id:
            attrs.update(own)
            return False
        options[_OWN] = own
        return bool(highlight_validator(language, known, options, attrs, md))

    def format(
        self,
        src: str,
        language: str,
        options: dict[str, Any],
        md: Markdown,
        classes: list[str],
        id_value: str,
        attrs: dict[str, Any],
    ) -> str:
        own = options.pop(_OWN, {})
        line, end = self.span
        if language == OUTPUT_LANGUAGE:
            index = self._belongs(line)
        else:
            index, self.count = self.count, self.count + 1
        fence = Fence(index, language, src, line, end, tuple(classes), own)

        def highlight(text: str) -> str:
            return self.highlight(
                src=text,
                language="text" if language == OUTPUT_LANGUAGE else language,
                options=dict(options),
                md=md,
                classes=list(classes),
                id_value=id_value,
                attrs=attrs,
            )

        self.visited = fence
        self.previous = (fence, self.fenced.ws) if language != OUTPUT_LANGUAGE else None
        try:
            return self.visitor.visit(fence, highlight)
        except Exception as error:
            # superfences swallows every exception but its own, and drops the fence with it
            raise SuperFencesException(f"{type(error).__name__}: {error}") from error

    def highlight(self, **fields: Any) -> str:
        """What superfences makes of a fence; code that several pages show is highlighted once."""
        extension = self.fenced.highlight_ext
        settings = extension.get_pymdownx_highlight_settings()
        if fields["options"] or settings["auto_title"]:  # titles go elsewhere too
            return str(self.fenced.highlight(**fields))
        count = extension.pygments_code_block + 1  # is part of the ids of lines
        key = repr((count, {**fields, "md": None}, self.fenced.css_class, settings))
        if key in _highlighted:
            extension.pygments_code_block = count
        else:
            _highlighted[key] = str(self.fenced.highlight(**fields))
            if len(_highlighted) > _KEPT:
                del _highlighted[next(iter(_highlighted))]
        return _highlighted[key]

    def _belongs(self, line: int) -> int:
        """Index of the code fence right before this line, in the same nesting, or -1."""
        if self.previous is None:
            return -1
        fence, prefix = self.previous
        between = self.lines[fence.end : line - 1]
        near = self.fenced.ws == prefix and not any(text.strip(" \t>") for text in between)
        return fence.index if near else -1
