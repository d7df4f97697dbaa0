"""What stands behind the fence of a block of code.

Imported code does not run until its author says so: whatever haebom would run is marked
``{.ignore}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from haebom.fences import OUTPUT_LANGUAGE
from haebom.importers.kramdown.nodes import Node
from haebom.model import Finding, Mode
from haebom.parsers import markdown
from haebom.parsers.markdown import Settings

_PYTHON = re.compile(r"^(?:i?python|py)(?:[\d.]*|-?ipython)$", re.IGNORECASE)
_LANGUAGE = re.compile(r"^\{?[ .]*(?:=)?([\w#+-]+(?:\.[\w#+-]+)*)")
_TITLE = re.compile(r"(?:title|file|filename|caption|name)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\S+))")
_FILE = re.compile(r"^[\w#+.-]+:([^\s{}\"]+)")
_LINES = re.compile(r"(?:hl_lines|highlight|mark_lines)\s*=\s*[\"']?([\d ,-]+)[\"']?")
_BRACED_LINES = re.compile(r"\{\s*(\d[\d\s,-]*)\}")
_NUMBERED = re.compile(
    r"\.?(?:number-?lines|line-?numbers|linenos|linenums|lineno)\b", re.IGNORECASE
)
_FENCE_LINE = re.compile(r"^(?P<sign>[ \t>]*(?:`{3,}|~{3,}))[ \t]*(?P<info>[^`]*?)[ \t]*$")
_NAMES = {
    "js": "javascript", "sh-session": "console", "shell-session": "console", "plaintext": "text",
    "txt": "text", "plain": "text", "nohighlight": "text", "none": "text", "no-highlight": "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """What a fence says.

    Args:
        language: Name of the language, or an empty string.
        title: What stands above the code.
        lines: Lines that are marked.
        is_numbered: Whether lines are numbered.
        is_python: Whether haebom could run it.
    """

    language: str = ""
    title: str = ""
    lines: str = ""
    is_numbered: bool = False
    is_python: bool = False

    def __str__(self) -> str:
        options = [
            f'{name}="{value}"'
            for name, value in (
                ("title", self.title),
                ("hl_lines", self.lines),
                ("linenums", "1" if self.is_numbered else ""),
            )
            if value
        ]
        if self.is_python:
            return f"python {{{' '.join(['.ignore', *options])}}}"
        if options and not self.language:
            return " ".join(["text", *options])
        return " ".join([self.language, *options])


def read(info: str, attributes: dict[str, str]) -> CodeInfo:
    """Read what stands behind a fence.

    Args:
        info: As it is written.
        attributes: Of the attribute list below the block.
    """
    marks = " ".join([info, *(f'{k}="{v}"' for k, v in attributes.items() if k != "class")])
    language = _language(info, attributes.get("class", ""))
    title = _TITLE.search(marks)
    file = _FILE.match(info.strip())
    lines = _LINES.search(marks) or _BRACED_LINES.search(info)
    is_python = bool(_PYTHON.match(language))
    return CodeInfo(
        "python" if is_python else language,
        next(filter(None, title.groups()), "") if title else file[1] if file else "",
        " ".join(lines[1].replace(",", " ").split()) if lines else "",
        bool(_NUMBERED.search(marks) or _NUMBERED.search(attributes.get("class", ""))),
        is_python,
    )


def _language(info: str, classes: str) -> str:
    match = _LANGUAGE.match(info.strip())
    name = match[1] if match and not info.strip().startswith("{") else ""
    if match and info.strip().startswith("{") and not match[1].isdigit():
        name = match[1]
    for word in classes.split():
        if word.startswith("language-"):
            name = word.removeprefix("language-")
        elif not name and not _NUMBERED.match(word):
            name = word
    name = re.sub(r"[^\w#.+-].*", "", name).lower() if not _PYTHON.match(name) else name
    name = _NAMES.get(name, name)
    return "text" if name == OUTPUT_LANGUAGE else name


def info_of(node: Node) -> CodeInfo:
    """What the fence of a block of code is to say."""
    return read(node.name, node.attributes)


@dataclass(frozen=True, slots=True)
class Silenced:
    """A text in which nothing runs.

    Args:
        text: The Markdown.
        fences: How many blocks of code could run.
        findings: What looks like code that runs, but is none.
    """

    text: str
    fences: int
    findings: tuple[Finding, ...]


def silence(text: str, settings: Settings) -> Silenced:
    """Mark whatever would still run, for instance fences within HTML.

    Args:
        text: Markdown without front matter.
        settings: The site's extensions.
    """
    document = markdown.parse(text, settings)
    lines = text.split("\n")
    loud = [cell.at.line for cell in document.cells if cell.options.mode is not Mode.IGNORE]
    near = [finding.at.line + 1 for finding in document.findings]
    for number in (*loud, *near):
        match = _FENCE_LINE.match(lines[number - 2]) if 1 < number <= len(lines) else None
        if match:
            lines[number - 2] = f"{match['sign']}{read(match['info'], {})}"
    if loud or near:
        text = "\n".join(lines)
        document = markdown.parse(text, settings)
    return Silenced(text, len(document.cells), document.findings)


def is_quiet(text: str, settings: Settings) -> bool:
    """Whether a text cell of a notebook has nothing to be worked out or found fault with.

    Args:
        text: Its Markdown.
        settings: The site's extensions.
    """
    document = markdown.parse(text, settings, is_cell=lambda line: False)
    return not (document.expressions or document.findings)
