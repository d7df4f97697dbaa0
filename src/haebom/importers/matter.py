"""Front matter of other tools, read leniently, and written as haebom's."""

from __future__ import annotations

import contextlib
import datetime
import re
import unicodedata
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from dateutil import parser as dateutil

from haebom.frontmatter import ORDER
from haebom.importers.ledger import Ledger

_BLOCK = re.compile(
    r"\A\ufeff?---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_LINE = re.compile(r"^(?P<key>[A-Za-z_][\w -]*?)[ \t]*:(?:[ \t]+(?P<value>.*)|[ \t]*)$")
_KOREAN = re.compile(
    r"(?P<year>\d{4})\s*[년./-]\s*(?P<month>\d{1,2})\s*[월./-]\s*(?P<day>\d{1,2})\s*[일.]?"
    r"(?:\s*\(?[월화수목금토일](?:요일)?\)?)?(?P<rest>.*)",
    re.DOTALL,
)
_TIME = re.compile(
    r"[T\s]*(?P<half>오전|오후|[AaPp][Mm])?\s*(?P<hour>\d{1,2})\s*[:시]\s*(?P<minute>\d{1,2})?\s*분?"
    r"(?::(?P<second>\d{1,2}))?(?:\.\d+)?\s*(?P<half2>[AaPp][Mm])?\s*(?P<zone>Z|[+-]\d{1,2}:?\d{2})?"
)

Value = Any
"""A value out of YAML."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Front matter as it was written.

    Args:
        values: By key; keys in lower case have precedence over none.
        lines: Where the keys stand.
        length: How many lines the block has.
        body: The text behind it.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    length: int = 0
    body: str = ""

    def line(self, key: str) -> int:
        """Where a key stands."""
        return self.lines.get(key, 1)


class _Loader(yaml.SafeLoader):
    """Reads dates as text, so that odd ones are not refused, and lets no value stop it."""


_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _plain(loader: yaml.SafeLoader, node: yaml.Node) -> Value:
    """The value of a tag of another language."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


_Loader.add_constructor(None, _plain)


def load(text: str) -> Value:
    """Read YAML, dates as text.

    Raises:
        yaml.YAMLError: It is none.
        ValueError: A value in it is none.
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except (TypeError, RecursionError) as error:  # unhashable keys, nesting without end
        raise ValueError(str(error)) from error


def read(text: str, ledger: Ledger) -> Matter:
    """Part front matter off a text, and read whatever of it can be read.

    Args:
        text: A file's text with LF line ends.
        ledger: Is told what is wrong.
    """
    match = _BLOCK.match(text)
    if match is None:
        return Matter(body=text.removeprefix("\ufeff"))
    block = match["yaml"]
    body = text[match.end() :]
    length = match[0].count("\n")
    try:
        values = load(block.expandtabs(2))
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 2
        message = "The front matter is not YAML; it was read line by line."
        ledger.reported(line, "front matter", message)
        values = dict(_line_by_line(block, ledger))
    lines = dict(_key_lines(block, ledger))
    if values is not None and not isinstance(values, dict):
        ledger.reported(2, "front matter", f"This is no front matter: {block.strip()[:60]!r}.")
    mapping = values if isinstance(values, dict) else {}
    return Matter({str(k).strip(): v for k, v in mapping.items()}, lines, length, body)


def _key_lines(block: str, ledger: Ledger) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for number, line in enumerate(block.split("\n"), start=2):
        match = _LINE.match(line)
        if match:
            key = match["key"].strip()
            if key in seen:
                message = f"The key {key!r} stands twice; the last one counts."
                ledger.reported(number, "front matter", message)
            seen.add(key)
            yield key, number


def _line_by_line(block: str, ledger: Ledger) -> Iterator[tuple[str, Value]]:
    """Keys with what stands beside and below them, each read for itself."""
    key, lines, start = "", list[str](), 2
    for number, line in enumerate([*block.split("\n"), "end:"], start=2):
        match = _LINE.match(line)
        if match is None:
            lines.append(line)
            continue
        if key:
            yield key, _value(lines)
        elif any(map(str.strip, lines)):
            ledger.reported(start, "front matter", f"{' '.join(lines).strip()!r} is left out.")
        key, lines, start = match["key"].strip(), [match["value"] or ""], number


def _value(lines: list[str]) -> Value:
    text = "\n".join(lines).strip("\n")
    plain = " ".join(text.split()).strip("\"'")
    try:
        value = load(text.expandtabs(2))
    except (yaml.YAMLError, ValueError):
        return plain
    return plain if isinstance(value, dict) and lines[0] else value


# -- values ----------------------------------------------------------------------------------------


def words(value: Value) -> list[str]:
    """Tags or categories, however they are written: a list of lists, or a text with or without
    commas."""
    return list(dict.fromkeys(_words(value)))


def _words(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        parts = value.split(",") if "," in value else value.split()
        yield from filter(None, (part.strip().strip("\"'#") for part in parts))
    elif isinstance(value, Mapping):
        for key in value:
            yield str(key)
    elif isinstance(value, Iterable):
        for item in value:
            if isinstance(item, str):
                parts = item.split(",") if "," in item else [item]
                yield from filter(None, (part.strip() for part in parts))
            else:
                yield from _words(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def line_of_text(value: Value) -> str:
    """A value as one line of plain text."""
    text = re.sub(r"<[^>]+>", "", str(value or ""))
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def is_true(value: Value) -> bool:
    """Whether a switch is on."""
    return value is True or str(value).strip().lower() in ("true", "yes", "on", "1")


def is_false(value: Value) -> bool:
    """Whether a switch is off, not merely absent."""
    return value is False or str(value).strip().lower() in ("false", "no", "off", "0")


def when(value: Value, zone: str = "") -> datetime.datetime | None:
    """A point in time, however it is written, in the blog's own time zone.

    Args:
        value: As in the front matter.
        zone: Name of the blog's time zone; empty: the time is kept as it is written.
    """
    if isinstance(value, datetime.datetime):
        found: datetime.datetime | None = value
    elif isinstance(value, datetime.date):
        found = datetime.datetime.combine(value, datetime.time())
    else:
        found = _when(unicodedata.normalize("NFC", str(value or "")).strip())
    if found is None:
        return None
    if found.tzinfo is not None and zone:
        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, ValueError, OverflowError):
            found = found.astimezone(zoneinfo.ZoneInfo(zone))
    return found


def _when(text: str) -> datetime.datetime | None:
    if not text:
        return None
    match = _KOREAN.match(text)
    try:
        if match:
            day = datetime.date(int(match["year"]), int(match["month"]), int(match["day"]))
            return datetime.datetime.combine(day, _time(match["rest"]))
        default = datetime.datetime(1, 1, 1)
        found = dateutil.parse(text, default=default, yearfirst=True)
        return found if found.year > 1 else None
    except (ValueError, OverflowError, TypeError):
        return None


def _time(text: str) -> datetime.time:
    match = _TIME.match(text)
    if match is None:
        return datetime.time()
    hour = int(match["hour"])
    half = (match["half"] or match["half2"] or "").lower()
    if half in ("오후", "pm") and hour < 12:
        hour += 12
    if half in ("오전", "am") and hour == 12:
        hour = 0
    zone = dateutil.parse(f"00:00 {match['zone']}").tzinfo if match["zone"] else None
    return datetime.time(hour, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=zone)


# -- writing ---------------------------------------------------------------------------------------


def write(values: Mapping[str, Value], kept: Mapping[str, Value]) -> str:
    """A front matter block.

    Args:
        values: haebom's keys; empty ones are left out.
        kept: Keys of the old blog that mean nothing here; they become comments.
    """
    given = {key: value for key, value in values.items() if value not in (None, "", [], {})}
    lines = [_dump(key, given[key]) for key in ORDER if key in given]
    if kept:
        lines.append("# From the old blog, where it meant something:\n")
        old = "".join(_dump(key, value) for key, value in kept.items())
        lines += [f"# {line}".rstrip() + "\n" for line in old.splitlines()]
    return f"---\n{''.join(lines)}---\n" if lines else ""


def _dump(key: str, value: Value) -> str:
    value = _simple(value)
    is_flat = isinstance(value, list) and not any(isinstance(v, list | dict) for v in value)
    options: Any = {"allow_unicode": True, "sort_keys": False, "width": 10_000}
    if is_flat:
        return f"{key}: {yaml.safe_dump(value, default_flow_style=True, **options)}"
    return str(yaml.safe_dump({key: value}, default_flow_style=False, **options))


def _simple(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {str(key): _simple(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_simple(item) for item in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, int | float | bool | datetime.date | None):
        return value
    return str(value)
