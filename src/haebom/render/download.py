"""Posts to take along: a notebook and a script for plain Python, made from what ran.

Both begin with what the post needs: pinned packages, data files, and the seeds that it ran with.
Their text is Markdown as notebooks show it: what only Material knows becomes plain. Addresses of
the site begin with :data:`SITE` until whoever publishes it knows them; see :func:`resolve`.
"""

from __future__ import annotations

import ast
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from pydantic_core import to_json

from haebom import expressions
from haebom.catalogue import Entry, title
from haebom.links import link
from haebom.model import JSON, Cell, CellRun, Display, Error, Output, Post, Run
from haebom.outputs import to_notebook
from haebom.render.labels import Labels

SITE = "site:/"
"""What an address within the site begins with; a path of the staged tree follows."""

_ADDRESS = re.compile(rf"{SITE}(?P<uri>[^\s)\"#\\]+)")
_BLOCK = re.compile(
    r"^ *(?:!!!|\?\?\?\+?|===[!+]?)[ \t]+"
    r'(?:(?P<kind>[\w-]+)[\w \t-]*)?(?:"(?P<title>[^"]*)")?[ \t]*$'
)
_COMMENT = re.compile(r"^[ \t]*<!--.*-->[ \t]*$")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[.#][^}\n]*\}[ \t]*$")
_LINK = re.compile(r"(?<=\]\()(?P<path>[^()\s#]+)(?=[\s)#])")
_FENCE = re.compile(r"^[ \t>]*(?P<sign>`{3,}|~{3,})[ \t]*\{?[ \t.]*(?P<language>[\w+-]*)[^`]*$")
_HARMLESS = re.compile(r"^[ \t]*%(?:matplotlib|config|precision|load_ext|autoreload)\b.*$", re.M)
_TIMED = re.compile(r"\A%%time[ \t]*\n")
_NOTEBOOK_TYPES = re.compile(r"text/(?:plain|html|markdown|latex)|image/[\w.+-]+|application/json")

_DISPLAY = """\
def display(*values, **_):
    print(*map(repr, values), sep="\\n")"""
_FETCH = """\
from pathlib import Path
from urllib.request import urlretrieve

for name, address in {files}.items():
    if not Path(name).exists():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        urlretrieve(address, name)"""
_CATCH = "except BaseException as error:\n    print(f'{type(error).__name__}: {error}')"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a post needs where nobody has prepared anything for it.

    Args:
        requirements: Packages with their versions, as pip takes them.
        seeds: Code that seeds the generators that it may use.
        files: Its data: name in its working directory to path within the staged tree.
        links: Its links: target as written to path within the staged tree.
        fonts: Code that lets its figures draw Hangul.
    """

    requirements: tuple[str, ...] = ()
    seeds: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    fonts: str = ""


def resolve(text: str, address: Callable[[str], str]) -> str:
    """Put in the true addresses of the site.

    Args:
        text: A notebook or a script.
        address: Path within the staged tree to address.
    """
    return _ADDRESS.sub(lambda match: address(unquote(match["uri"])), text)


def notebook(post: Post, run: Run, needs: Needs, words: Labels) -> str:
    """The post as a notebook with the outputs of its run.

    Args:
        post: A post in Python that ran to its end.
        run: What it did.
        needs: What it needs.
        words: For what stands in no post.
    """
    install = f"%pip install --quiet {' '.join(needs.requirements)}" if needs.requirements else ""
    head = "\n\n".join(filter(None, [f"# {words.environment}\n{install}", _preparation(needs)]))
    cells = [_code_cell(head)]
    number = 0
    for text, cell in _pieces(post, run, needs.links):
        if cell is None:
            cells.append({"cell_type": "markdown", "metadata": {}, "source": text})
        else:
            number += 1
            cells.append(_code_cell(cell.code, cell, run.cell(cell.index), number))
    named = [{"id": f"cell-{index}", **cell} for index, cell in enumerate(cells)]
    python = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": python, "language_info": {"name": "python"}}
    book = {"cells": named, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return to_json(book, indent=1).decode("utf-8") + "\n"


def script(post: Post, run: Run, needs: Needs, words: Labels) -> str | None:
    """The post as a percent script for plain Python, or None if it needs IPython.

    What a notebook shows without being asked is shown through a function; cells that are meant to
    fail are caught.

    Args:
        post: A post in Python that ran to its end.
        run: What it did.
        needs: What it needs.
        words: For what stands in no post.
    """
    blocks: list[str] = []
    uses_display = False
    for text, cell in _pieces(post, run, needs.links):
        if cell is None:
            commented = textwrap.indent(text, "# ", lambda line: True)
            blocks.append("# %% [markdown]\n" + re.sub(r"[ \t]+$", "", commented, flags=re.M))
            continue
        result = run.cell(cell.index)
        code = _plain_code(cell, result.outputs if result else ())
        if code is None:
            return None
        uses_display |= _reads("display", code)
        blocks.append(f"# %%\n{code}".rstrip())
    helper = _DISPLAY if uses_display else ""
    head = "\n\n".join(filter(None, [_metadata(needs, words), _preparation(needs), helper]))
    return "\n\n".join([head, *blocks]) + "\n"


def _preparation(needs: Needs) -> str:
    files = {name: SITE + quote(uri) for name, uri in needs.files.items()}
    fetch = _FETCH.format(files=json.dumps(files, ensure_ascii=False, indent=4)) if files else ""
    return "\n\n".join(filter(None, [needs.seeds, needs.fonts, fetch]))


def _metadata(needs: Needs, words: Labels) -> str:
    """Inline script metadata, https://packaging.python.org/specifications/inline-script-metadata"""
    listed = "".join(f'#     "{requirement}",\n' for requirement in needs.requirements)
    return f"# {words.environment}\n#\n# /// script\n# dependencies = [\n{listed}# ]\n# ///"


def offer(entry: Entry, published: str, words: Labels) -> str:
    """The links by which readers take a post along, as part of a frame.

    Args:
        entry: The post's.
        published: Repository and branch with the built site, as ``owner/name@branch``.
        words: What the links say.
    """
    texts = {".ipynb": words.notebook, ".py": words.script}
    links = [
        f'<a href="{link(uri, entry.uri)}" download="">{escape(texts[suffix])}</a>'
        for uri in entry.downloads
        if (suffix := PurePosixPath(uri).suffix) in texts and uri.count("/") == 1
    ]
    if links and published:
        repository, branch = published.split("@", 1)
        path = quote(entry.downloads[0])
        colab = f"https://colab.research.google.com/github/{repository}/blob/{branch}/{path}"
        binder = f"https://mybinder.org/v2/gh/{repository}/{quote(branch, '')}?labpath={path}"
        links += [
            f'<a href="{escape(address)}" rel="external">{escape(text)}</a>'
            for address, text in ((colab, words.colab), (binder, words.binder))
        ]
    items = "".join(f"<li>{each}</li>" for each in links)
    label = escape(words.take_along)
    return f'<nav class="haebom-take" aria-label="{label}"><ul>{items}</ul></nav>' if links else ""


# -- text ------------------------------------------------------------------------------------------


def _pieces(post: Post, run: Run, links: Mapping[str, str]) -> Iterator[tuple[str, Cell | None]]:
    """The post in stretches: text as notebooks show it, and cells in their places."""
    plain = _Plain(links)
    cells = {cell.lines[0]: cell for cell in post.runnable}
    body = expressions.body(post, run).split("\n")
    waiting = [] if any(line.startswith("# ") for line in body) else [f"# {title(post, run)}", ""]
    end = 0
    for number, line in enumerate(body, start=1):
        if number <= end:
            continue
        cell = cells.get(number)
        if cell is None:
            found = plain.lines(line)
            if found != [""] or waiting[-1:] != [""] or plain.in_fence:
                waiting += found
            continue
        if text := "\n".join(waiting).strip("\n"):
            yield text, None
        yield cell.code, cell
        waiting, end = [], cell.lines[1]
        plain.continue_behind(line)
    if text := "\n".join(waiting).strip("\n"):
        yield text, None


class _Plain:
    """Reads a text line by line; blocks lose their marks and their indentation."""

    def __init__(self, links: Mapping[str, str]) -> None:
        self._links = links
        self._levels: list[int] = []
        self._fence = ""

    @property
    def in_fence(self) -> bool:
        """Whether the last line belongs to code that does not run."""
        return bool(self._fence)

    def lines(self, line: str) -> list[str]:
        """What stands for a line: itself, something plain, or nothing."""
        indentation = len(line) - len(line.lstrip(" "))
        if line.strip():
            while self._levels and indentation < self._levels[-1]:
                self._levels.pop()
        cut = line[self._levels[-1] :] if self._levels else line
        fence = _FENCE.match(cut)
        if fence and (not self._fence or (fence["sign"] == self._fence and not fence["language"])):
            opens = not self._fence
            self._fence = fence["sign"] if opens else ""
            return [cut[: fence.end("sign")] + fence["language"]] if opens else [cut]
        if self._fence:
            return [cut]
        if block := _BLOCK.match(cut):
            self._levels.append(indentation + 4)
            name = block["title"] if block["title"] is not None else (block["kind"] or "")
            return [f"**{name.strip()}**", ""] if name.strip() else []
        if _COMMENT.match(cut):
            return []
        return [_LINK.sub(self._link, _ATTRIBUTES.sub("", cut))]

    def continue_behind(self, fence: str) -> None:
        """A cell has cut the text: what goes on in its list item stands by itself now."""
        indentation = len(fence) - len(fence.lstrip(" "))
        if indentation and (not self._levels or indentation > self._levels[-1]):
            self._levels.append(indentation)

    def _link(self, match: re.Match[str]) -> str:
        uri = self._links.get(unquote(match["path"]))
        return SITE + quote(uri) if uri else match["path"]


# -- code ------------------------------------------------------------------------------------------


def _code_cell(
    code: str, cell: Cell | None = None, result: CellRun | None = None, number: int | None = None
) -> dict[str, JSON]:
    tags = ["raises-exception"] if cell and cell.options.raises is not None else []
    outputs = to_notebook(map(_for_notebook, result.outputs), number or 0) if result else []
    return {
        "cell_type": "code",
        "metadata": {"tags": tags} if tags else {},
        "execution_count": number,
        "outputs": outputs,
        "source": code,
    }


def _for_notebook(output: Output) -> Output:
    """Without what only a page of the site can show."""
    if not isinstance(output, Display):
        return output
    data = {mime: value for mime, value in output.data.items() if _NOTEBOOK_TYPES.fullmatch(mime)}
    return Display(data or {"text/plain": ""}, {}, output.is_result)


def _plain_code(cell: Cell, outputs: Sequence[Output]) -> str | None:
    """A cell's code without IPython; None if that cannot be."""
    code = _HARMLESS.sub("", _TIMED.sub("", cell.code)).strip("\n")
    try:
        compile(code, "<cell>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        is_meant = any(isinstance(o, Error) and o.name == "SyntaxError" for o in outputs)
        is_meant = is_meant and cell.options.raises is not None
        return textwrap.indent(code, "# ", lambda line: True) if is_meant else None
    if _reads("get_ipython", code):
        return None
    if any(isinstance(output, Display) and output.is_result for output in outputs):
        code = _displayed(code)
    if cell.options.raises is not None:
        code = f"try:\n{_indented(code)}\n{_CATCH}"
    return code


def _reads(name: str, code: str) -> bool:
    """Whether a cell reads a name that it does not assign itself."""
    if name not in code:
        return False
    nodes = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name))
    uses = {type(node.ctx) for node in nodes if node.id == name}
    return ast.Load in uses and ast.Store not in uses


def _displayed(code: str) -> str:
    """The code with its last expression displayed, as a notebook does by itself."""
    body = ast.parse(code).body
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr) or last.end_lineno is None:
        return code
    lines = code.encode("utf-8").split(b"\n")  # columns count bytes
    start, end = (last.lineno - 1, last.col_offset), (last.end_lineno - 1, last.end_col_offset or 0)
    lines[end[0]] = lines[end[0]][: end[1]] + b")" + lines[end[0]][end[1] :]
    lines[start[0]] = lines[start[0]][: start[1]] + b"display(" + lines[start[0]][start[1] :]
    return b"\n".join(lines).decode("utf-8")


def _indented(code: str) -> str:
    """The code one step to the right; the lines of long strings stay where they are."""
    inside: set[int] = set()
    for node in ast.walk(ast.parse(code)):
        is_text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        )
        position: Any = node
        if is_text and position.end_lineno:
            inside.update(range(position.lineno + 1, position.end_lineno + 1))
    numbered = enumerate(code.split("\n"), start=1)
    return "\n".join(
        line if number in inside or not line.strip() else f"    {line}" for number, line in numbered
    )
