"""Front matter: the YAML at the top of a post, and the one schema for it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import yaml
from annotated_types import Gt
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from haebom import need, yamltext
from haebom.model import JSON
from haebom.options import closest

_BLOCK = re.compile(
    r"\A---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)

_OTHER_BREAK = re.compile(r"[\r\x85\u2028\u2029]")  # lines to YAML, but not to anybody else

Day = datetime.datetime | datetime.date


class Dates(BaseModel):
    """When a post was written and changed; further names are the author's own."""

    model_config = ConfigDict(extra="allow")

    created: Day = Field(description="When the post was first published.")
    updated: Day | None = Field(None, description="When it was last changed.")


class Search(BaseModel):
    """How the search treats a page."""

    model_config = ConfigDict(extra="forbid")

    exclude: bool = Field(False, description="Leave the page out of the search.")
    boost: float = Field(1.0, gt=0, description="Rank the page higher or lower.")


class Execute(BaseModel):
    """How a post asks to be run."""

    model_config = ConfigDict(extra="forbid")

    timeout: Annotated[float, Gt(0)] | None = Field(
        None, description="Seconds that one cell may take."
    )
    post_timeout: Annotated[float, Gt(0)] | None = Field(
        None, description="Seconds that all cells together may take."
    )
    cache: bool | None = Field(None, description="Whether a stored run may be reused.")
    fresh: bool = Field(
        False, description="Start a new interpreter instead of one with preloaded packages."
    )
    repeat: int = Field(
        1, ge=1, description="How often the post runs, to see whether it stays the same."
    )
    warnings: Literal["list", "error"] | None = Field(
        None,
        description="Whether deprecation and future warnings are only listed, or are findings.",
    )


_Need = str | dict[str, str]


def _address(value: str) -> str:
    path = value.strip()
    if not path.startswith("/") or re.search(r"[?#\\\0]|//|(?:^|/)\.\.?(?:/|$)", path):
        raise ValueError(
            f"{value!r} is no address from the site's root, such as /2018/02/10/title/"
        )
    return path


def _needs(value: object) -> tuple[str, ...]:
    try:
        return need.from_yaml(value)
    except need.Unknown as problem:
        raise ValueError(f"{problem.message} {problem.hint}") from None


def _slug(value: str) -> str:
    if {"", ".", ".."} & set(value.split("/")):
        raise ValueError("it leads to another folder")
    return value


class OwnKeys(BaseModel):
    """The keys that haebom itself acts on; ordinary pages may have any others beside them."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    kernel: str = Field("python3", description="Name of the Jupyter kernel.")
    data: list[str] = Field(
        default_factory=list,
        description="Files and folders, relative to the post, that its code reads; bundles need"
        " none for their own files.",
    )
    depends: list[str] = Field(
        default_factory=list,
        description="Further files, relative to the post, whose change makes it run again; for"
        " what cannot be seen while it runs, such as files that other programs read.",
    )
    needs: Annotated[
        tuple[str, ...], BeforeValidator(_needs, json_schema_input_type=_Need | list[_Need])
    ] = Field((), description="What must be there for the post to run, such as cuda.")
    execute: Execute = Field(default_factory=Execute, description="How the post is run.")
    aliases: list[Annotated[str, AfterValidator(_address)]] = Field(
        default_factory=list,
        description="Earlier addresses of the page, from the site's root; they lead here.",
    )


class Series(BaseModel):
    """The series of a post, and its place in it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, description="Name of the series.")
    order: int | None = Field(
        None, gt=0, description="Place of the post in it, from 1; default: series go by date."
    )


def _series(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


class FrontMatter(OwnKeys):
    """Everything that may stand at the top of a post."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    title: str | None = Field(None, description="Title, if it is not the first heading.")
    subtitle: str | None = Field(None, description="Line under the title in the navigation.")
    description: str | None = Field(None, description="One sentence for search engines.")
    date: Day | Dates | None = Field(
        None, description="Day of publication; default: the date in the file name."
    )
    authors: list[str] = Field(default_factory=list, description="Names from .authors.yml.")
    categories: list[str] = Field(
        default_factory=list, description="Categories, each with a page of its own."
    )
    tags: list[str] = Field(default_factory=list, description="Tags.")
    draft: bool = Field(False, description="Leave the post out of the published site.")
    pin: bool = Field(False, description="Keep the post at the top of the listing.")
    links: list[JSON] = Field(default_factory=list, description="Related links.")
    slug: Annotated[str, AfterValidator(_slug)] | None = Field(
        None, description="Last part of the address."
    )
    readtime: int | None = Field(None, gt=0, description="Minutes of reading.")
    search: Search | None = Field(None, description="How the search treats the post.")
    series: Annotated[
        Series | None, BeforeValidator(_series, json_schema_input_type=str | Series | None)
    ] = Field(None, description="Name of the series that the post belongs to, or name and order.")
    prerequisites: list[str] = Field(
        default_factory=list, description="Slugs of the posts to read first."
    )
    icon: str | None = Field(None, description="Icon in the navigation.")
    status: str | None = Field(None, description="Status mark in the navigation.")
    template: str | None = Field(None, description="Template of the page.")
    hide: list[Literal["navigation", "toc", "path", "footer", "feedback", "tags"]] = Field(
        default_factory=list, description="Parts of the page to leave out."
    )
    comments: bool | None = Field(None, description="Whether the page has comments.")


_LEADING = (
    "title", "subtitle", "date", "authors", "categories", "tags", "series", "prerequisites",
    "description",
)  # fmt: skip
ORDER = (
    *_LEADING,
    *(key for key in FrontMatter.model_fields if key not in {*_LEADING, *OwnKeys.model_fields}),
    *OwnKeys.model_fields,
)
"""The keys as they are ordered: what the post is, how it appears, how it runs."""


def json_schema() -> dict[str, JSON]:
    """The JSON Schema of a post's front matter, for editors."""
    schema = FrontMatter.model_json_schema()
    properties = {key: schema["properties"][key] for key in ORDER}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",  # the one that editors read best
        **schema,
        "title": "Front matter",
        "properties": properties,
    }


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with front matter; ``line`` counts from 1 within the block's text."""

    line: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The outcome of reading front matter.

    Args:
        values: What the schema made of it; defaults where it was unusable.
        meta: The mapping as the author wrote it, for the host.
        faults: What is wrong with it.
        lines: Lines of the keys, counted like those of the faults.
    """

    values: OwnKeys
    meta: Mapping[str, JSON]
    faults: tuple[Fault, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


def split(text: str) -> tuple[str, str]:
    """Part a text into its front matter block, fences included, and the rest."""
    match = _BLOCK.match(text)
    return (text[: match.end()], text[match.end() :]) if match else ("", text)


def tidy(block: str) -> str:
    """Bring a block into its usual form: keys in order, one space behind colons.

    Keys are moved as text, each with the comments above it; comments above the first key stay on
    top. A block that does not say the same afterwards is left as it is.

    Args:
        block: As :func:`split` gives it, with LF line ends; may be empty.
    """
    match = _BLOCK.match(block)
    text = match["yaml"] if match else ""
    try:
        node = yamltext.compose(text)
        if not isinstance(node, yaml.MappingNode):
            return block
        written = _in_order(text, node)
        if written is None or repr(yamltext.load(written)) != _repr_in_order(text):
            return block
    except (yaml.YAMLError, ValueError):
        return block
    return f"---\n{written}---\n"


def _in_order(text: str, node: yaml.MappingNode) -> str | None:
    """A mapping's text with its keys in order, or None where keys have no lines of their own."""
    lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")]
    starts = [key.start_mark.line for key, _ in node.value]
    if len(set(starts)) < len(starts) or any(key.start_mark.column for key, _ in node.value):
        return None
    if not starts or _OTHER_BREAK.search(text):
        return None
    for key, _ in node.value:
        line = lines[key.start_mark.line]
        rest = line[key.end_mark.column :].lstrip(" \t").removeprefix(":").strip()
        lines[key.start_mark.line] = f"{line[: key.end_mark.column]}: {rest}".rstrip() + "\n"
    cuts = [starts[0], *(_with_comments(lines, start) for start in starts[1:]), len(lines)]
    pieces = [
        (str(key.value), "".join(lines[start:end]))
        for (key, _), start, end in zip(node.value, cuts, cuts[1:], strict=False)
    ]
    pieces.sort(key=lambda piece: _rank(piece[0]))
    return "".join([*lines[: starts[0]], *(piece for _, piece in pieces)])


def _with_comments(lines: Sequence[str], start: int) -> int:
    """The first of the comment lines right above a line."""
    while lines[start - 1].startswith("#"):
        start -= 1
    return start


def _rank(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _repr_in_order(text: str) -> str:
    meta = yamltext.load(text)
    return repr(dict(sorted(meta.items(), key=lambda item: _rank(str(item[0])))))


def parse(block: str, is_post: bool = True) -> Parsed:
    """Read a front matter block.

    Args:
        block: As :func:`split` gives it; may be empty.
        is_post: Whether unknown keys are faults.
    """
    schema: type[OwnKeys] = FrontMatter if is_post else OwnKeys
    match = _BLOCK.match(block)
    text = match["yaml"] if match else ""
    try:
        node = yamltext.compose(text)
        meta = yamltext.load(text)
    except (yaml.YAMLError, ValueError) as error:
        return Parsed(schema(), {}, (_yaml_fault(error),))
    if meta is None:
        return Parsed(schema(), {})
    if not isinstance(meta, dict) or not isinstance(node, yaml.MappingNode):
        fault = Fault(2, "The front matter is not a mapping.", "Write 'key: value' lines.")
        return Parsed(schema(), {}, (fault,))
    lines, faults = _key_lines(node)
    meta = {str(key): value for key, value in meta.items()}
    try:
        values = schema.model_validate(meta)
    except ValidationError as error:
        faults += tuple(_fault(problem, lines, schema) for problem in error.errors())
        good = {
            k: v for k, v in meta.items() if k not in {str(e["loc"][0]) for e in error.errors()}
        }
        values, meta = schema.model_validate(good), good
    own = {path[0]: line for path, line in lines.items() if len(path) == 1}
    return Parsed(values, meta, tuple(sorted(faults, key=lambda fault: fault.line)), own)


def _yaml_fault(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    hint = "Put quotes around values that hold ': ' or begin with a special sign."
    return Fault(mark.line + 2 if mark else 2, f"The front matter is not YAML: {problem}.", hint)


def _key_lines(node: yaml.MappingNode) -> tuple[dict[tuple[str, ...], int], tuple[Fault, ...]]:
    """Lines of keys by path, and keys that stand twice."""
    lines: dict[tuple[str, ...], int] = {}
    faults: list[Fault] = []

    def walk(mapping: yaml.MappingNode, path: tuple[str, ...]) -> None:
        for key, value in mapping.value:
            here = (*path, str(key.value))
            if here in lines:
                faults.append(
                    Fault(key.start_mark.line + 2, f"The key {key.value!r} stands twice.")
                )
            lines[here] = key.start_mark.line + 2
            if isinstance(value, yaml.MappingNode):
                walk(value, here)

    walk(node, ())
    return lines, tuple(faults)


def _fault(
    problem: Mapping[str, Any], lines: Mapping[tuple[str, ...], int], schema: type[BaseModel]
) -> Fault:
    path = tuple(str(part) for part in problem["loc"])
    line = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 2)
    if problem["type"] == "extra_forbidden":
        known = _known_keys(schema, path[:-1])
        return Fault(
            line,
            f"There is no front matter key {'.'.join(path)!r}.",
            closest(path[-1], known) or f"Known keys: {', '.join(sorted(known))}.",
        )
    key = path[0]
    expected = schema.model_fields[key].description or ""
    return Fault(
        line,
        f"The value of {key!r} is unusable: {_sentence(problem['msg'])}.",
        f"{key}: {expected}",
    )


def _known_keys(schema: type[BaseModel], path: tuple[str, ...]) -> tuple[str, ...]:
    for part in path:
        annotation = schema.model_fields[part].annotation
        nested = [
            kind
            for kind in (annotation, *getattr(annotation, "__args__", ()))
            if isinstance(kind, type) and issubclass(kind, BaseModel)
        ]
        if not nested:
            return ()
        schema = nested[0]
    return tuple(schema.model_fields)


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".")
