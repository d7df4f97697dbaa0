"""Terms in two languages, explained where a post first uses them.

They stand in ``glossary.yml`` beside the site's configuration, each with its English name, a
sentence about it, and other ways to write it::

    역전파: {en: backpropagation, text: 거꾸로 따라가며 미분합니다., also: [오차역전파]}
    텐서: tensor

The search takes them as names of the same thing, so they need not stand in its own list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from haebom import korean
from haebom.errors import ConfigError

FILE = "glossary.yml"
"""The glossary, beside the site's configuration."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term.

    Args:
        name: As it is written in posts.
        english: Its English name.
        text: What it means, or an empty string.
        also: Other ways to write it.
    """

    name: str
    english: str
    text: str = ""
    also: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """All ways to write it in posts."""
        return (self.name, *self.also)

    @property
    def title(self) -> str:
        """Its English name and what it means, for a tooltip."""
        return f"{self.english}: {self.text}" if self.text else self.english


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of a site or of a page."""

    terms: tuple[Term, ...] = ()

    def within(self, text: str) -> Glossary:
        """Those of the terms that a text uses.

        Args:
            text: Prose.
        """
        found = {term for _, _, term in self.find(text)}
        return Glossary(tuple(term for term in self.terms if term in found))

    def find(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Where terms stand in a text, particles left out: start, end, and which.

        Args:
            text: Prose. Where one term stands within another, the longer one counts.
        """
        found = [
            (*span, term)
            for term in self.terms
            for form in term.forms
            for span in korean.occurrences(form, text)
        ]
        place = 0
        for start, end, term in sorted(found, key=lambda place: (place[0], -place[1])):
            if start >= place:
                yield start, end, term
                place = end


class _Entry(BaseModel):
    """What stands behind a term in the file."""

    model_config = ConfigDict(extra="forbid")

    en: str = Field(min_length=1)
    text: str = ""
    also: tuple[str, ...] = ()


def read(text: str, path: str = FILE) -> Glossary:
    """Read a glossary.

    Args:
        text: The file's.
        path: Its name, for errors.

    Raises:
        ConfigError: It cannot be used; the message names the line.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.load(text, Loader=yaml.BaseLoader)  # a term may be a word such as 'null'
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or error
        raise ConfigError(f"{path}:{line}: The glossary is not YAML: {problem}.", _HINT) from None
    if node is None:
        return Glossary()
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{path}:1: The glossary is not a mapping.", _HINT)
    terms: list[Term] = []
    taken: dict[str, str] = {}
    for key, _ in node.value:
        where, name = f"{path}:{key.start_mark.line + 1}", str(key.value)
        term = _term(name, values[name], where)
        for form in term.forms:
            if form in taken:
                raise ConfigError(
                    f"{where}: {form!r} is written twice, here and as {taken[form]!r}."
                )
            taken[form] = name
        terms.append(term)
    return Glossary(tuple(terms))


_HINT = "Write '텐서: tensor', or '텐서: {en: tensor, text: …, also: […]}'."


def _term(name: str, given: Any, where: str) -> Term:
    try:
        entry = _Entry.model_validate({"en": given} if isinstance(given, str) else given)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or name
        message = f"{where}: The term {name!r} is unusable: {place}: {problem['msg']}."
        raise ConfigError(message, _HINT) from None
    return Term(name, entry.en, entry.text, entry.also)
