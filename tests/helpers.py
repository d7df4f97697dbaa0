"""What the tests build posts, notebooks and sites with."""

# The stand-ins do what the docstrings of the originals say.

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from haebom.config import SiteConfig
from haebom.discover import FORMATS, Layout
from haebom.kernels.base import Answer, KernelError, Reply, Trace, Workplace
from haebom.kernels.bootstrap import evaluate
from haebom.model import (
    Checked,
    Display,
    Error,
    Execution,
    Expression,
    Output,
    Post,
    Run,
    Source,
    State,
    Stream,
)
from haebom.parsers.markdown import Settings
from haebom.parsers.post import finish, read
from haebom.pipeline import Site, Workshop, check, find, load
from haebom.render.frame import Frame
from haebom.stage import StagedPage, stage, write_page

PROJECT = Path(__file__).parents[1]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
"""The system's browser, and how tests start it."""

FULL = Settings(
    (
        "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc",
        "pymdownx.details", "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences",
        "pymdownx.tabbed", "pymdownx.blocks.admonition",
    ),
    {"pymdownx.tabbed": {"alternate_style": True}},
)  # fmt: skip
"""Extensions as a site with Material has them."""

TABS = Settings(FULL.extensions, {**FULL.configs, "pymdownx.superfences": {"preserve_tabs": True}})
"""The same with superfences keeping tabs."""

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR42mP438AAQQxwFgBf0gj7ZoGl2gAA"
    "AABJRU5ErkJggg=="
)
"""A picture, three pixels wide and two high, as base64."""


# -- posts -------------------------------------------------------------------------------------


def source(path: str = "posts/2026-01-02-a.md", **fields: Any) -> Source:
    """A source as discovery would give it."""
    name = Path(path)
    dated = name.stem[:10] if name.stem[:4].isdigit() else ""
    values: dict[str, Any] = {
        "path": path,
        "uri": f"blog/posts/{name.stem}.md",
        "format": FORMATS[name.suffix],
        "slug": name.stem.removeprefix(dated + "-") if dated else name.stem,
        "date": dated,
    }
    return Source(**{**values, **fields})


def parsed(
    content: str | bytes, path: str = "posts/2026-01-02-a.md", settings: Settings = FULL, **f: Any
) -> Post:
    """A post from the text of its file."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    where = source(path, **f)
    return finish(where, read(where, data, settings), Execution())


def notebook(*cells: Mapping[str, Any] | str, **fields: Any) -> dict[str, Any]:
    """A notebook; a text is a Markdown cell."""
    document: dict[str, Any] = {
        "cells": [markdown_cell(c) if isinstance(c, str) else dict(c) for c in cells],
        "metadata": {"kernelspec": {"name": "python3", "language": "python", "display_name": "P"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return {**document, **fields}


def markdown_cell(text: str, **fields: Any) -> dict[str, Any]:
    """A Markdown cell."""
    return {
        "cell_type": "markdown",
        "id": f"m{abs(hash(text)) % 10**8}",
        "metadata": {},
        "source": text.splitlines(keepends=True),
        **fields,
    }


def code_cell(text: str, *tags: str, outputs: Sequence[Any] = (), **fields: Any) -> dict[str, Any]:
    """A code cell."""
    return {
        "cell_type": "code",
        "id": f"c{abs(hash(text)) % 10**8}",
        "metadata": {"tags": list(tags)} if tags else {},
        "execution_count": None,
        "outputs": list(outputs),
        "source": text.splitlines(keepends=True),
        **fields,
    }


def dumped(document: Mapping[str, Any]) -> str:
    """A notebook as Jupyter writes it."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def staged(checked: Checked, folder: Path, language: str = "en") -> StagedPage:
    """Write the page of a post."""
    return write_page(stage(checked, folder, language), folder, Frame())


def line_of(text: str, wanted: str) -> int:
    """The number, from 1, of the one line that holds a text."""
    lines = [n for n, line in enumerate(text.split("\n"), 1) if wanted in line]
    assert len(lines) == 1, (wanted, lines)
    return lines[0]


def codes(findings: Iterable[Any]) -> list[str]:
    """The codes of findings."""
    return [str(finding.code) for finding in findings]


def package(folder: Path, name: str, version: str) -> None:
    """Something in a folder of packages that looks installed."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, "utf-8")


# -- a kernel without a process ------------------------------------------------------------------


@dataclass
class FakeKernels:
    """Starts kernels that run Python here, at once, and remembers what they ran.

    ``print`` writes a stream, the last expression becomes a result, ``display(**bundle)`` shows a
    MIME bundle, ``warn(category, text)`` is heard as a library's warning would be, and
    ``end(state, reason)`` ends a cell as a kernel would that was stopped.
    """

    executed: list[str] = field(default_factory=list)
    started: list[Workplace] = field(default_factory=list)
    closed: int = 0
    unknown: tuple[str, ...] = ("no-such-kernel",)

    def prepare(self, posts: Iterable[Post]) -> None:
        """See :class:`haebom.kernels.pool.KernelPool`, as for what follows."""

    def get_ready(self) -> None:
        """Nothing has to be imported."""

    def factory(self, post: Post) -> FakeKernels:
        return self

    def with_env(self, env: Mapping[str, str]) -> FakeKernels:
        return self

    def problems(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        """Nothing is kept alive."""

    def __call__(self, workplace: Workplace) -> FakeKernel:
        workplace.turn()
        if workplace.kernel in self.unknown:
            raise KernelError(f"There is no kernel {workplace.kernel!r}.", "Take another.")
        self.started.append(workplace)
        return FakeKernel(self, workplace)


class _Ended(BaseException):
    def __init__(self, state: State, reason: str) -> None:
        super().__init__(reason)
        self.reply = Reply(state, reason)


class FakeKernel:
    """See :class:`haebom.kernels.base.Kernel`."""

    def __init__(self, factory: FakeKernels, workplace: Workplace) -> None:
        self.factory = factory
        self.workplace = workplace
        self.killed = threading.Event()
        self._cells: list[list[Output]] = []
        self._heard: list[tuple[int, int, str, str]] = []
        self._names: dict[str, Any] = {
            "print": self._print, "display": self._display, "end": self._end, "here": workplace.cwd,
            "warn": self._warn,
            "env": workplace.env,
        }  # fmt: skip

    def execute(self, source: str, timeout: float) -> Reply:
        self.factory.executed.append(source)
        self._cells.append([])
        try:
            tree = ast.parse(source)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<cell>", "exec"), self._names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), self._names)
                if value is not None:
                    self._cells[-1].append(Display({"text/plain": repr(value)}, is_result=True))
        except _Ended as ended:
            return ended.reply
        except Exception as error:
            frame = error.__traceback__
            line = getattr(error, "lineno", None) or 1
            while frame is not None:
                if frame.tb_frame.f_code.co_filename == "<cell>":
                    line = frame.tb_lineno
                frame = frame.tb_next
            trace = (f"Cell In[1], line {line}", f"{type(error).__name__}: {error}")
            self._cells[-1].append(Error(type(error).__name__, str(error), trace))
            return Reply(State.ERROR)
        return Reply(State.OK)

    def evaluate(self, expression: Expression, timeout: float) -> Answer | Reply:
        self.factory.executed.append(f"{{{expression.text}}}")
        parts = (expression.code, expression.conversion, expression.spec)
        try:
            return Answer.from_report(evaluate(self._names, *parts))
        except _Ended as ended:
            return ended.reply

    def _print(self, *values: object, err: bool = False) -> None:
        text = " ".join(map(str, values)) + "\n"
        self._cells[-1].append(Stream("stderr" if err else "stdout", text))

    def _display(self, **bundle: Any) -> None:
        data = {name.replace("__", "/").replace("_xml", "+xml"): v for name, v in bundle.items()}
        self._cells[-1].append(Display(data))

    def _warn(self, category: str, text: str) -> None:
        line = sys._getframe(1).f_lineno
        self._heard.append((len(self._cells), line, category, text))

    def _end(self, state: str, reason: str) -> None:
        raise _Ended(State(state), reason)

    def outputs(self) -> tuple[tuple[Output, ...], ...]:
        return tuple(map(tuple, self._cells))

    def trace(self) -> Trace:
        return Trace(notices=tuple(self._heard))

    def kill(self) -> None:
        self.killed.set()

    def close(self) -> None:
        self.kill()
        self.factory.closed += 1


class Silent:
    """A progress display that only remembers."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, post: Post) -> None:
        self.names.append(post.path)

    def finished(self, post: Post, run: Run) -> None:
        pass

    def again(self, posts: int) -> Silent:
        return Silent()


def plain_site(root: Path, **config: Any) -> Site:
    """A site without MkDocs."""
    options = SiteConfig.model_validate({"jobs": 1, **config})
    return Site(Layout(root, "posts", "docs", "blog/posts"), options, FULL, "en")


@dataclass
class Bench:
    """A site whose posts run on the fake kernel, with the memory of a preview."""

    site: Site
    kernels: FakeKernels = field(default_factory=FakeKernels)

    def __post_init__(self) -> None:
        self.workshop = Workshop(self.site, self.kernels)  # type: ignore[arg-type]

    def posts(self) -> tuple[Post, ...]:
        """All posts."""
        return load(self.site, find(self.site)[1])

    def check(self, fresh: bool = False) -> tuple[tuple[Checked, ...], list[str]]:
        """Check all posts; give the paths of those that ran, too."""
        progress = Silent()
        found = check(self.site, self.posts(), self.workshop, progress, fresh)
        checked = tuple(sorted(found, key=lambda item: item.post.path))
        return checked, sorted(progress.names)

    def one(self) -> Checked:
        """Check the only post."""
        ((checked,), _) = self.check()
        return checked


# -- sites for MkDocs ----------------------------------------------------------------------------

MKDOCS_YML = """\
site_name: 작은 블로그
site_url: https://example.org/blog-site/
repo_url: https://github.com/example/site
edit_uri: edit/main/docs/
theme:
  name: material
  language: ko
  font: false
  features: [content.code.copy, content.code.annotate, content.action.edit, content.action.view]
  palette:
    - {media: "(prefers-color-scheme: light)", scheme: default}
    - {media: "(prefers-color-scheme: dark)", scheme: slate}
plugins:
  - search
  - blog:
      post_url_format: "{slug}"
      pagination_per_page: 3
      post_readtime: false
  - tags
  - haebom:
      jobs: 2
markdown_extensions:
  - admonition
  - attr_list
  - def_list
  - footnotes
  - md_in_html
  - tables
  - toc:
      permalink: true
      slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.tabbed: {alternate_style: true}
"""


@dataclass
class Project:
    """A site's folder that a test writes into and builds."""

    root: Path

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file, with its folders."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode("utf-8") if isinstance(content, str) else content
        target.write_bytes(data)
        return target

    def read(self, path: str) -> str:
        """A file of the site's folder."""
        return (self.root / path).read_text("utf-8")

    def page(self, path: str) -> str:
        """A built page."""
        return self.read(f"site/{path.strip('/')}/index.html")

    def tree(self, folder: str = "site") -> dict[str, bytes]:
        """Every file below a folder with its content."""
        base = self.root / folder
        return {
            path.relative_to(base).as_posix(): path.read_bytes()
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }

    def run(self, *words: str, env: Mapping[str, str] | None = None, timeout: float = 120) -> Done:
        """Call a module of this environment, for instance ``mkdocs build``, in the folder."""
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env={**clean_environment(), **(env or {})},
            capture_output=True,
            timeout=timeout,
        )
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        return Done(done.returncode, text)

    def build(self, *words: str, **keywords: Any) -> Done:
        """Build the site strictly."""
        return self.run("mkdocs", "build", "--strict", *words, **keywords)

    def haebom(self, *words: str, **keywords: Any) -> Done:
        """Call haebom's command line."""
        return self.run("haebom", *words, **keywords)

    def copy(self, to: Path) -> Project:
        """The same site elsewhere, with its stored runs."""
        shutil.copytree(self.root, to, dirs_exist_ok=True)
        return Project(to)


def write_site(folder: Path, files: Mapping[str, str | bytes], config: str = MKDOCS_YML) -> Project:
    """Write a small site into a folder."""
    project = Project(folder)
    project.write("mkdocs.yml", config)
    if "docs/index.md" not in files:
        project.write("docs/index.md", "# 홈\n")
    if "blog" in config:
        project.write("docs/blog/index.md", "# 글\n")
        project.write("docs/tags.md", "# 태그\n\n<!-- material/tags -->\n")
    for path, content in files.items():
        project.write(path, content)
    return project


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    text: str


def clean_environment() -> dict[str, str]:
    """The environment without what a test run adds to it."""
    left_out = ("PYTEST_", "HAEBOM_", "COV_", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "NO_COLOR": "1", "NO_MKDOCS_2_WARNING": "1", "COLUMNS": "200"}


def article(html: str) -> str:
    """The article of a page of Material."""
    start, end = html.index("<article"), html.index("</article>")
    return html[start:end]
