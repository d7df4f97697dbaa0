"""From a source's bytes to a :class:`haebom.model.Post`, whatever its format."""

from __future__ import annotations

import datetime
import posixpath
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from haebom import expressions, frontmatter
from haebom.model import (
    JSON,
    Attachment,
    Cell,
    Code,
    Execution,
    Expression,
    Finding,
    Format,
    Link,
    Location,
    Post,
    Source,
)
from haebom.parsers import document, markdown, notebook, script


@dataclass(frozen=True, slots=True)
class Content:
    """What a format's reader found, front matter still unread.

    Finding it means converting the Markdown, which takes its time; it depends on the file and on
    the site's extensions alone, so it can be kept.
    """

    block: str
    block_at: Location
    body: str
    cells: tuple[Cell, ...] = ()
    expressions: tuple[Expression, ...] = ()
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()
    kernel: str = "python3"
    attachments: tuple[Attachment, ...] = ()


def read(source: Source, content: bytes, settings: markdown.Settings) -> Content:
    """Find what a file holds. Never raises for its content; what is wrong is a finding.

    Args:
        source: Which file.
        content: Its bytes.
        settings: The site's Markdown extensions.
    """
    try:
        text = _decode(content)
        if source.format is Format.MARKDOWN:
            return _read_markdown(source, text, settings)
        return _read_cells(source, text, settings)
    except notebook.Unreadable as error:
        at = Location(source.path, error.line)
        return Content("", at, "", findings=(Finding(Code.PARSE, at, str(error), error.hint),))


def finish(source: Source, found: Content, defaults: Execution) -> Post:
    """Make a post of what was read.

    Args:
        source: Which file.
        found: What it holds.
        defaults: How posts are run unless they say otherwise.
    """
    parsed = frontmatter.parse(found.block, source.is_post)
    faults = tuple(
        Finding(
            Code.META,
            found.block_at.down(fault.line - 1),
            fault.message,
            fault.hint,
        )
        for fault in parsed.faults
    )
    meta, missing = _completed(source, parsed.meta, found.block_at)
    above = tuple(_in_front_matter(meta, found, parsed.lines))
    values = parsed.values
    kernel = values.kernel if "kernel" in parsed.meta else found.kernel
    return Post(
        source=replace(source, slug=str(meta.get("slug", source.slug))),
        meta=meta,
        body=found.body,
        cells=found.cells,
        expressions=(*found.expressions, *(e for e in above if isinstance(e, Expression))),
        links=found.links,
        data=tuple(_project_path(source, name) for name in values.data),
        depends=tuple(_project_path(source, name) for name in values.depends),
        execution=Execution(
            kernel=kernel,
            timeout=values.execute.timeout or defaults.timeout,
            post_timeout=values.execute.post_timeout or defaults.post_timeout,
            cache=defaults.cache if values.execute.cache is None else values.execute.cache,
            fresh=values.execute.fresh,
            repeat=values.execute.repeat,
            strict_warnings=(
                defaults.strict_warnings
                if values.execute.warnings is None
                else values.execute.warnings == "error"
            ),
            needs=values.needs,
        ),
        attachments=found.attachments,
        places={key: found.block_at.down(line - 1) for key, line in parsed.lines.items()},
        findings=(
            *faults,
            *missing,
            *(f for f in above if isinstance(f, Finding)),
            *found.findings,
        ),
    )


def _decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise notebook.Unreadable(
            f"The file is not UTF-8: byte 0x{content[error.start]:02x} in line {line}.",
            line,
            "Save it as UTF-8.",
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_markdown(source: Source, text: str, settings: markdown.Settings) -> Content:
    block, body = frontmatter.split(text)
    offset = block.count("\n")
    kernel = frontmatter.parse(block, source.is_post).values.kernel
    found = markdown.parse(
        body,
        settings,
        markdown.languages(kernel),
        markdown.in_file(source.path, offset),
    )
    return Content(
        block,
        Location(source.path),
        body,
        found.cells,
        found.expressions,
        found.links,
        found.findings,
        kernel,
    )


def _read_cells(source: Source, text: str, settings: markdown.Settings) -> Content:
    reader = script if source.format is Format.SCRIPT else notebook
    loaded = reader.load(text)
    block, block_at, cells = document.take_front_matter(reader.cells(loaded, text, source.path))
    kernel, language = notebook.kernel(loaded), notebook.language(loaded)
    composed = document.compose(cells, language)
    found = document.parse(composed, settings, language, kernel)
    attachments = {a.name: a for cell in cells for a in (cell.attachments or {}).values()}
    return Content(
        block,
        block_at or Location(source.path),
        composed.text,
        found.cells,
        found.expressions,
        tuple(link for link in found.links if link.target not in attachments),
        found.findings,
        kernel,
        tuple(attachments.values()),
    )


def _completed(
    source: Source, meta: Mapping[str, JSON], at: Location
) -> tuple[Mapping[str, JSON], tuple[Finding, ...]]:
    """Front matter with what the file's name tells."""
    if not source.is_post:
        return meta, ()
    completed = dict(meta)
    findings: tuple[Finding, ...] = ()
    if not completed.get("date") and _is_day(source.date):
        completed["date"] = datetime.date.fromisoformat(source.date)
    if not completed.get("date"):
        completed["date"] = datetime.date(1970, 1, 1)
        findings = (
            Finding(
                Code.META,
                at,
                "The post has no date.",
                "Begin the file name with one, as in 2026-11-23-slug.md, or add 'date:'.",
            ),
        )
    completed["slug"] = unicodedata.normalize("NFC", str(completed.get("slug") or source.slug))
    return completed, findings


def _in_front_matter(
    meta: Mapping[str, JSON], found: Content, lines: Mapping[str, int]
) -> Iterator[Expression | Finding]:
    """The expressions in what the front matter says of the whole post: they stand behind all of
    its cells."""
    index = max((each.index for each in found.expressions), default=-1)
    for key in expressions.KEYS:
        at = found.block_at.down(lines.get(key, 1) - 1)
        for text in expressions.written(str(meta.get(key) or "")):
            index += 1
            yield markdown.expression(index, text, len(found.cells), at, key)


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _project_path(source: Source, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(source.path), name))
