"""Expressions in prose, whose values the page shows: how they are written, and their values in
texts."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from haebom.model import JSON, Expression, Post, Run, State

KEYS = ("title", "description")
"""Keys of the front matter in which expressions may stand."""

_WRITTEN = re.compile(r"(?<![`\\])`\{python\}\s+(?P<text>[^`]+)`(?!`)")
_MEANS_SOMETHING = re.compile(r"[\\`*_\[\]<>$~|&]")


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands in the braces of an f-string.

    Args:
        code: The Python expression.
        conversion: ``r``, ``s`` or ``a`` for ``!r`` and so on, or an empty string.
        spec: The format specification, or an empty string.
    """

    code: str
    conversion: str = ""
    spec: str = ""


def parse(text: str) -> Parts:
    """Part an expression from its format specification.

    A colon may belong to the expression (a slice, a dictionary, a lambda): the longest text that
    is an expression is taken for it.

    Raises:
        SyntaxError: No part of it is an expression.
    """
    for head, spec in _splits(text):
        code, mark, conversion = head.rpartition("!")
        if _is_expression(head):
            return Parts(head.strip(), spec=spec)
        if mark and conversion.strip() in ("r", "s", "a") and _is_expression(code):
            return Parts(code.strip(), conversion.strip(), spec)
    try:
        compile(text.strip(), "<value>", "eval")
    except ValueError as problem:  # null bytes
        raise SyntaxError(str(problem)) from None
    raise SyntaxError("invalid syntax")


def _splits(text: str) -> Iterator[tuple[str, str]]:
    yield text, ""
    for match in reversed(list(re.finditer(":", text))):
        yield text[: match.start()], text[match.end() :]


def _is_expression(code: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(code.strip(), "<value>", "eval")
    except (SyntaxError, ValueError):
        return False
    return True


# -- texts that no Markdown converter reads --------------------------------------------------------


def written(text: str) -> Iterator[str]:
    """What stands in the spans of a text."""
    return (match["text"].strip() for match in _WRITTEN.finditer(text))


def substitute(text: str, post: Post, run: Run | None, key: str = "") -> str:
    """Put values in the place of the expressions of a text.

    Args:
        text: The text, for instance a title.
        post: Whose it is.
        run: What the post did; expressions without a value are left as they are.
        key: Key of the front matter that it belongs to, or an empty string.
    """
    values: dict[str, str] = {}
    for expression, value in known(post, run):
        if expression.key == key:
            values.setdefault(expression.text, value)
    return _WRITTEN.sub(lambda match: values.get(match["text"].strip(), match[0]), text)


def known(post: Post, run: Run | None) -> Iterator[tuple[Expression, str]]:
    """The expressions whose values are known, with these.

    Args:
        post: Whose.
        run: What the post did.
    """
    for expression in post.expressions:
        value = run.value(expression.index) if run else None
        if value is not None and value.state is State.OK:
            yield expression, value.text


def body(post: Post, run: Run | None) -> str:
    """The post's text with its values, as Markdown for readers who cannot work them out; it has
    as many lines as without.

    Args:
        post: Whose.
        run: What the post did.
    """
    values = {each.place: text for each, text in known(post, run) if not each.key}
    return put(post.body, values)


def put(text: str, values: Mapping[tuple[int, int], str]) -> str:
    """Put values into a Markdown text in the place of the spans that begin at these lines and
    columns."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for (line, column), value in sorted(values.items(), reverse=True):
        begin = starts[line - 1] + column - 1
        if found := _WRITTEN.match(text, begin):
            breaks = "".join(re.findall(r"\n[ \t>]*", found[0]))
            plain = _MEANS_SOMETHING.sub(r"\\\g<0>", " ".join(value.split()))
            text = text[:begin] + plain + breaks + text[found.end() :]
    return text


def meta(post: Post, run: Run | None) -> Mapping[str, JSON]:
    """The front matter with its values.

    Args:
        post: Whose.
        run: What the post did.
    """
    keys = {expression.key for expression in post.expressions if expression.key}
    own = {key: substitute(str(post.meta[key]), post, run, key) for key in keys}
    return {**post.meta, **own}
