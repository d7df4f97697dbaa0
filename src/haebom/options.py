"""What an author may ask of a cell: fence flags, ``#|`` lines and notebook tags.

The three ways lead to the same :class:`haebom.model.CellOptions`; the tables below are the whole
vocabulary.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from haebom import need, yamltext
from haebom.model import CellOptions, Mode, Show

_OPTION_LINE = re.compile(r"^#\|[ \t]?(?P<text>.*)$")
_KEY_VALUE = re.compile(r"^(?P<key>[A-Za-z][\w.-]*)[ \t]*:(?:[ \t]+(?P<value>.*))?$")

Change = dict[str, Any]
"""Fields of CellOptions with their new values."""

FLAGS: Mapping[str, Change] = {
    "no-run": {"mode": Mode.NO_RUN},
    "ignore": {"mode": Mode.IGNORE},
    "raises": {"raises": ""},
    "hide-code": {"code": Show.HIDDEN},
    "hide-output": {"output": Show.HIDDEN},
    "fold-code": {"code": Show.FOLDED},
    "fold-output": {"output": Show.FOLDED},
    "setup": {"code": Show.HIDDEN, "output": Show.HIDDEN},
    "no-check": {"check": False},
}
"""Flags in the braces of a fence."""

TAGS: Mapping[str, Change] = {
    "skip-execution": {"mode": Mode.NO_RUN},
    "ignore": {"mode": Mode.IGNORE},
    "raises-exception": {"raises": ""},
    "remove-input": {"code": Show.HIDDEN},
    "hide-input": {"code": Show.FOLDED},
    "remove-output": {"output": Show.HIDDEN},
    "hide-output": {"output": Show.FOLDED},
    "remove-cell": {"code": Show.HIDDEN, "output": Show.HIDDEN},
    "hide-cell": {"code": Show.FOLDED, "output": Show.FOLDED},
    "nbval-ignore-output": {"check": False},
}
"""Tags of notebook cells. Other tags belong to other tools and are left alone."""

STYLE_CLASSES = frozenset({"annotate", "copy", "no-copy", "select", "no-select"})
"""Classes in the braces that are Material's own business."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that an author asked for and that does not exist.

    Args:
        line: Line of the cell's source, from 1; 0 is the line of the fence.
        message: One sentence.
        hint: What may have been meant, or an empty string.
    """

    line: int
    message: str
    hint: str = ""


def closest(word: str, known: Iterable[str]) -> str:
    """A hint with the known word that was probably meant, or an empty string."""
    near = difflib.get_close_matches(word.lower().replace("_", "-"), tuple(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else ""


def from_flags(
    flags: Iterable[str], attributes: Mapping[str, str], base: CellOptions | None = None
) -> tuple[CellOptions, tuple[Problem, ...]]:
    """Apply the flags of a fence.

    Args:
        flags: Classes in the braces.
        attributes: Keys in the braces that are not superfences' own.
        base: What to start from.
    """
    options = base or CellOptions()
    problems = []
    for flag in flags:
        if flag in FLAGS:
            options = replace(options, **FLAGS[flag])
        elif flag not in STYLE_CLASSES:
            problems.append(
                Problem(
                    0,
                    f"There is no flag {flag!r} for a code fence.",
                    closest(flag, FLAGS) or f"Flags: {', '.join(FLAGS)}.",
                )
            )
    for key, value in attributes.items():
        if key == "expect" and options.raises is not None:
            options = replace(options, raises=str(value))
        elif key == "expect":
            problems.append(Problem(0, "'expect' has no meaning without '.raises'."))
        else:
            problems.append(
                Problem(
                    0,
                    f"There is no fence option {key!r}.",
                    closest(key, ("expect", "title", "hl_lines", "linenums")),
                )
            )
    return options, tuple(problems)


def from_tags(tags: Iterable[str]) -> tuple[CellOptions, tuple[Problem, ...]]:
    """Apply the tags of a notebook cell."""
    options = CellOptions()
    problems = []
    for tag in tags:
        if tag in TAGS:
            options = replace(options, **TAGS[tag])
        elif near := difflib.get_close_matches(tag.lower().replace("_", "-"), TAGS, 1, 0.85):
            problems.append(
                Problem(0, f"The tag {tag!r} means nothing.", f"Did you mean {near[0]!r}?")
            )
    return options, tuple(problems)


def split(source: str) -> tuple[str, str]:
    """Part a cell's source into its leading ``#|`` lines and the rest, which is shown."""
    lines = source.split("\n")
    count = 0
    while count < len(lines) and _OPTION_LINE.match(lines[count]):
        count += 1
    return "\n".join(lines[:count]), "\n".join(lines[count:])


def from_source(source: str, base: CellOptions) -> tuple[CellOptions, tuple[Problem, ...]]:
    """Apply the ``#|`` lines at the top of a cell.

    Args:
        source: The cell's source.
        base: What flags or tags have already asked for.
    """
    options, problems = base, []
    head, _ = split(source)
    for number, text in enumerate(head.split("\n") if head else (), start=1):
        match = _OPTION_LINE.match(text)
        body = match["text"].strip() if match else ""
        if not body:
            continue
        try:
            options = replace(options, **_change(body))
        except _Unusable as problem:
            problems.append(Problem(number, problem.message, problem.hint))
    return options, tuple(problems)


class _Unusable(Exception):
    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def _change(text: str) -> Change:
    match = _KEY_VALUE.match(text)
    if not match:
        raise _Unusable(f"{text!r} is not an option.", "Write '#| key: value'.")
    key = match["key"].replace("_", "-").lower()
    if key not in KEYS:
        raise _Unusable(f"There is no cell option {match['key']!r}.", closest(key, KEYS))
    try:
        value = yamltext.load(match["value"] or "")
    except (yaml.YAMLError, ValueError):
        value = match["value"]
    if key in _PROSE and not isinstance(value, str):
        value = match["value"]  # a caption such as 'loss: falling' or '2.50' is no YAML value
    return KEYS[key](key, value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Unusable(f"{value!r} is not true or false.")
    return value


def _shown(*fields: str) -> Callable[[str, Any], Change]:
    def change(key: str, value: Any) -> Change:
        show = Show.FOLDED if value == "fold" else _SHOW[_flag(value)]
        return dict.fromkeys(fields, show)

    return change


_PROSE = frozenset({"fig-alt", "fig-cap", "predict", "varies"})
_SHOW = {True: Show.SHOWN, False: Show.HIDDEN}


def _eval(key: str, value: Any) -> Change:
    return {"mode": Mode.RUN if _flag(value) else Mode.NO_RUN}


def _raises(key: str, value: Any) -> Change:
    if isinstance(value, bool):
        return {"raises": "" if value else None}
    if isinstance(value, str) and value.replace(".", "").isidentifier():
        return {"raises": value}
    raise _Unusable(f"{value!r} is not the name of an exception.", "Write '#| raises: ValueError'.")


def _timeout(key: str, value: Any) -> Change:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise _Unusable(f"{value!r} is not a number of seconds.", "Write '#| timeout: 120'.")
    return {"timeout": float(value)}


def _text(field: str) -> Callable[[str, Any], Change]:
    def change(key: str, value: Any) -> Change:
        if value is None or not str(value).strip():
            raise _Unusable(f"The option {key!r} is empty.")
        return {field: str(value)}

    return change


def _label(key: str, value: Any) -> Change:
    if not isinstance(value, str) or not re.fullmatch(r"[\w가-힣][\w가-힣:.-]*", value):
        raise _Unusable(f"{value!r} cannot be an anchor.", "Use letters, digits, '-' and '_'.")
    return {"label": value}


def _switch(field: str) -> Callable[[str, Any], Change]:
    return lambda key, value: {field: _flag(value)}


def _tolerance(key: str, value: Any) -> Change:
    try:  # YAML takes 1e-3 for a text
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number < 1:
        raise _Unusable(
            f"{value!r} is not a relative difference, from 0 to 1.", "Write '#| tolerance: 1e-3'."
        )
    return {"tolerance": number}


def _varies(key: str, value: Any) -> Change:
    try:
        if re.compile(str(value)).match(""):
            raise _Unusable(
                f"{value!r} matches an empty text.", "Write what varies, such as \\d+ ms."
            )
    except re.error as error:
        raise _Unusable(f"{value!r} is not a regular expression: {error}.") from None
    return {"varies": str(value)}


def _needs(key: str, value: Any) -> Change:
    try:
        return {"needs": need.from_yaml(value)}
    except need.Unknown as problem:
        raise _Unusable(problem.message, problem.hint) from None


KEYS: Mapping[str, Callable[[str, Any], Change]] = {
    "eval": _eval,
    "echo": _shown("code"),
    "output": _shown("output"),
    "include": _shown("code", "output"),
    "raises": _raises,
    "timeout": _timeout,
    "label": _label,
    "fig-alt": _text("fig_alt"),
    "fig-cap": _text("fig_cap"),
    "predict": _text("predict"),
    "search": _switch("search"),
    "check": _switch("check"),
    "tolerance": _tolerance,
    "varies": _varies,
    "needs": _needs,
    "public": _switch("public"),
}
"""Keys of ``#|`` lines."""


def to_flags(options: CellOptions) -> str:
    """The braces that say on a fence what notebook tags said, or an empty string."""
    flags = []
    if options.mode is not Mode.RUN:
        flags.append("." + options.mode.value)
    if options.raises is not None:
        flags.append(".raises")
    if not options.check:
        flags.append(".no-check")
    for part, show in (("code", options.code), ("output", options.output)):
        if show is not Show.SHOWN:
            flags.append(f".{'hide' if show is Show.HIDDEN else 'fold'}-{part}")
    return " {" + " ".join(flags) + "}" if flags else ""
