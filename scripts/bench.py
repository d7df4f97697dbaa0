#!/usr/bin/env python3
"""Time haebom side by side with the other tools that publish code with its outputs.

Every tool gets the same posts in its own format: `import torch`, a small training loop, a table
and a figure. Tools take turns in each phase, so that a busy moment of the machine hits all of
them. The result is a Markdown table; memory is the largest sum over the tool's processes, with
pages that several processes share divided among them. It is looked at in one more cold build, whose
time does not count: a look takes each process some milliseconds, and tools with many of them most.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = ("torch==2.13.0", "matplotlib==3.11.2", "pandas==3.1.1", "ipykernel==7.4.0")
MATERIAL = ("mkdocs==1.6.1", "mkdocs-material==9.8.1")
PHASES = ("cold", "nothing changed", "prose edit", "last-cell edit")


@dataclass(frozen=True)
class Post:
    """One post: prose and cells in turn."""

    number: int
    edit: int = 0
    last: int = 0

    @property
    def title(self) -> str:
        return f"Study note {self.number}"

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Prose and code."""
        return [
            (
                f"We train a line. Revision {self.edit}.",
                f"import torch\n\ntorch.manual_seed({self.number})",
            ),
            (
                "Data and a loop:",
                "x = torch.linspace(-1, 1, 200).unsqueeze(1)\n"
                "y = 3 * x + 0.1 * torch.randn_like(x)\n"
                "w = torch.zeros(1, requires_grad=True)\n"
                "losses = []\n"
                "for step in range(50):\n"
                "    loss = ((x * w - y) ** 2).mean()\n"
                "    loss.backward()\n"
                "    with torch.no_grad():\n"
                "        w -= 0.3 * w.grad\n"
                "        w.grad.zero_()\n"
                "    losses.append(loss.item())\n"
                "print(f'w = {w.item():.3f}')",
            ),
            (
                "A table:",
                "import pandas as pd\n\n"
                "pd.DataFrame({'step': range(0, 50, 10), 'loss': losses[::10]})",
            ),
            (
                "And a figure:",
                "import matplotlib.pyplot as plt\n\n"
                f"plt.plot(losses, label='loss {self.last}')\nplt.legend()\nplt.show()",
            ),
        ]


@dataclass(frozen=True)
class Tool:
    """Something that turns posts into a site.

    Args:
        name: What it is called.
        requirements: What pip installs for it.
        prepare: Writes its configuration for that many posts.
        write: Writes one post.
        command: Arguments after the Python of its environment.
        caches: What a cold build must not find.
        pages: Pattern of the pages that must come out.
    """

    name: str
    requirements: tuple[str, ...]
    prepare: Callable[[Path, int], None]
    write: Callable[[Path, Post], None]
    command: tuple[str, ...]
    caches: tuple[str, ...]
    pages: str


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def notebook(post: Post) -> str:
    cells: list[dict[str, object]] = []
    for index, (prose, code) in enumerate(post.parts):
        title = f"# {post.title}\n\n" * (index == 0)
        cells.append(
            {
                "cell_type": "markdown",
                "id": f"m{index}",
                "metadata": {},
                "source": title + prose,
            }
        )
        cells.append(
            {
                "cell_type": "code",
                "id": f"c{index}",
                "metadata": {},
                "source": code,
                "outputs": [],
                "execution_count": None,
            }
        )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book)


# -- haebom ----------------------------------------------------------------------------------------

HAEBOM_YML = """\
site_name: bench
theme: {name: material, font: false}
plugins: [blog, haebom]
markdown_extensions: [pymdownx.highlight, pymdownx.superfences]
"""


def prepare_haebom(folder: Path, _count: int) -> None:
    write(folder / "mkdocs.yml", HAEBOM_YML)
    write(folder / "docs/index.md", "# Bench\n")
    write(folder / "docs/blog/index.md", "# Blog\n")


def write_haebom(folder: Path, post: Post) -> None:
    day = date(2020, 1, 1) + timedelta(post.number)
    body = "".join(f"{prose}\n\n```python\n{code}\n```\n\n" for prose, code in post.parts)
    head = f"---\ndate: {day}\n---\n\n# {post.title}\n\n"
    write(folder / f"posts/{day}-note-{post.number}.md", head + body)


# -- mkdocs-jupyter --------------------------------------------------------------------------------

MKDOCS_JUPYTER_YML = """\
site_name: bench
theme: {name: material, font: false}
plugins:
  - search
  - mkdocs-jupyter: {execute: true, allow_errors: false}
"""


def prepare_mkdocs_jupyter(folder: Path, _count: int) -> None:
    write(folder / "mkdocs.yml", MKDOCS_JUPYTER_YML)
    write(folder / "docs/index.md", "# Bench\n")


def write_docs_notebook(folder: Path, post: Post) -> None:
    write(folder / f"docs/note{post.number}.ipynb", notebook(post))


# -- markdown-exec ---------------------------------------------------------------------------------

MARKDOWN_EXEC_YML = """\
site_name: bench
theme: {name: material, font: false}
plugins: [search, markdown-exec]
markdown_extensions: [pymdownx.highlight, pymdownx.superfences]
"""


def prepare_markdown_exec(folder: Path, _count: int) -> None:
    write(folder / "mkdocs.yml", MARKDOWN_EXEC_YML)
    write(folder / "docs/index.md", "# Bench\n")


def write_markdown_exec(folder: Path, post: Post) -> None:
    text = f"# {post.title}\n\n"
    for index, (prose, code) in enumerate(post.parts):
        flags = f'exec="true" source="above" session="n{post.number}"'
        if index == 2:  # it shows what is printed, and nothing else
            code = code.replace("pd.DataFrame(", "print(pd.DataFrame(") + ")"
        if index == 3:
            code = "import io\n" + code.replace(
                "plt.show()",
                "buffer = io.StringIO()\nplt.savefig(buffer, format='svg')\nplt.close()\n"
                "print(buffer.getvalue())",
            )
            flags += ' html="true"'
        text += f"{prose}\n\n```python {flags}\n{code}\n```\n\n"
    write(folder / f"docs/note{post.number}.md", text)


# -- Jupyter Book 1 --------------------------------------------------------------------------------


JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"


def prepare_jupyter_book(folder: Path, count: int) -> None:
    execute = "execute: {execute_notebooks: cache, timeout: 120}"
    write(folder / "_config.yml", f"title: bench\n{execute}\nonly_build_toc_files: true\n")
    chapters = "".join(f"  - file: note{number}\n" for number in range(count))
    write(folder / "_toc.yml", f"format: jb-book\nroot: index\nchapters:\n{chapters}")
    write(folder / "index.md", "# Bench\n")


def write_jupyter_book(folder: Path, post: Post) -> None:
    write(folder / f"note{post.number}.ipynb", notebook(post))


# -- Sphinx-Gallery --------------------------------------------------------------------------------

SPHINX_CONF = """\
project = "bench"
extensions = ["sphinx_gallery.gen_gallery"]
sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "gallery",
    "parallel": 2,
    "abort_on_example_error": True,
}
"""


def prepare_sphinx_gallery(folder: Path, _count: int) -> None:
    write(folder / "conf.py", SPHINX_CONF)
    write(folder / "index.rst", "Bench\n=====\n\n.. toctree::\n\n   gallery/index\n")
    write(folder / "examples/GALLERY_HEADER.rst", "Notes\n=====\n")


def write_sphinx_gallery(folder: Path, post: Post) -> None:
    blocks = []
    for index, (prose, code) in enumerate(post.parts):
        if index == 0:
            line = "=" * len(post.title)
            blocks.append(f'"""\n{post.title}\n{line}\n\n{prose}\n"""\n\n{code}\n')
        else:
            blocks.append(f"# %%\n# {prose}\n\n{code}\n")
    write(folder / f"examples/plot_note{post.number}.py", "\n".join(blocks))


TOOLS = (
    Tool(
        "haebom",
        ("-r", str(ROOT / "requirements.txt")),
        prepare_haebom,
        write_haebom,
        ("-m", "mkdocs", "build", "-q"),
        ("site", ".haebom"),
        "site/blog/**/index.html",
    ),
    Tool(
        "mkdocs-jupyter",
        (*COMMON, *MATERIAL, "mkdocs-jupyter==0.26.3"),
        prepare_mkdocs_jupyter,
        write_docs_notebook,
        ("-m", "mkdocs", "build", "-q"),
        ("site", ".cache"),
        "site/note*/index.html",
    ),
    Tool(
        "markdown-exec",
        (*COMMON, *MATERIAL, "markdown-exec==1.12.6"),
        prepare_markdown_exec,
        write_markdown_exec,
        ("-m", "mkdocs", "build", "-q"),
        ("site",),
        "site/note*/index.html",
    ),
    Tool(
        "Jupyter Book 1",
        (*COMMON, "jupyter-book==1.0.4.post1"),
        prepare_jupyter_book,
        write_jupyter_book,
        ("-c", JUPYTER_BOOK, "build", "-q", "."),
        ("_build",),
        "_build/html/note*.html",
    ),
    Tool(
        "Sphinx-Gallery",
        (*COMMON, "sphinx==9.0.4", "sphinx-gallery==0.22.1", "joblib==1.6.0"),
        prepare_sphinx_gallery,
        write_sphinx_gallery,
        ("-m", "sphinx", "-q", "-b", "html", ".", "_build/html"),
        ("_build", "gallery", "sg_execution_times.rst"),
        "_build/html/gallery/plot_note*.html",
    ),
)


@dataclass
class Bench:
    """One tool at work.

    Args:
        tool: Which.
        python: The interpreter of its environment.
        folder: Its posts.
        aside: Where to put what is not to be found.
        count: How many.
    """

    tool: Tool
    python: Path
    folder: Path
    aside: Path
    count: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    memory: int = 0
    edits: int = 0
    last: int = 0

    def prepare(self) -> None:
        """Write everything anew."""
        self._put_aside(self.folder)
        self.tool.prepare(self.folder, self.count)
        for number in range(self.count):
            self.tool.write(self.folder, Post(number))

    def run(self, phase: str) -> None:
        """Do what the phase says, build, and note the time."""
        if phase == "cold":
            self._forget()
        elif phase != "nothing changed":
            self.edits += phase == "prose edit"
            self.last += phase == "last-cell edit"
            self.tool.write(self.folder, Post(0, self.edits, self.last))
        self._warm()
        begun, cpu = time.perf_counter(), cpu_seconds()
        self._build()
        self.seconds.setdefault(phase, []).append(time.perf_counter() - begun)
        self.cpu.setdefault(phase, []).append(cpu_seconds() - cpu)

    def weigh(self) -> None:
        """Build once more, and note the memory."""
        self._forget()
        self.memory = self._build(is_watched=True)

    def _warm(self) -> None:
        """Have the files of its environment in memory, as where it has just been installed: while
        slow tools have their turns, some systems let go of what nobody reads."""
        for file in (self.python.parent.parent / "lib").rglob("*.*"):
            if file.suffix in (".py", ".pyc") or ".so" in file.suffixes:
                file.read_bytes()

    def _forget(self) -> None:
        for cache in self.tool.caches:
            self._put_aside(self.folder / cache)

    def _put_aside(self, path: Path) -> None:
        """Move a file or folder out of the way: for a minute after many have been deleted, ext4
        takes longer to make others, which is no part of a build in a fresh clone."""
        if path.exists():
            path.rename(Path(tempfile.mkdtemp(dir=self.aside)) / path.name)

    def _build(self, is_watched: bool = False) -> int:
        """Build; give the peak of the memory if that is to be watched."""
        process = subprocess.Popen(
            [self.python, *self.tool.command],
            cwd=self.folder,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with watched(process.pid) if is_watched else nullcontext([0]) as peak:
            output, _ = process.communicate()
        pages = len(list(self.folder.glob(self.tool.pages)))
        if process.returncode or pages < self.count:
            sys.exit(f"{self.tool.name} failed with {pages} pages:\n{output[-4000:]}")
        return peak[0]


def cpu_seconds() -> float:
    """Processor time of all processes that this one has waited for, and that those waited for."""
    times = os.times()
    return times.children_user + times.children_system


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """Look at a process tree until the block ends; gives a list with the peak of its memory."""
    peak, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            peak[0] = max(peak[0], sum(map(memory_of, tree(pid))))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def tree(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += tree(int(child))
    except OSError:
        pass  # it has ended meanwhile
    return found


def memory_of(pid: int) -> int:
    """Bytes of memory of a process, its share of shared pages included."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss: +(\d+)", rollup, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def environment(tool: Tool, work: Path) -> Path:
    """The Python of the tool's own environment, which is made if need be."""
    folder = work / f"env-{slug(tool.name)}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "requirements"
    files = (Path(word) for word in tool.requirements if word.endswith(".txt"))
    wanted = "\n".join((*tool.requirements, *(file.read_text("utf-8") for file in files)))
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        print(f"installing {tool.name} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        # requirements.txt names the package by a path relative to the project
        subprocess.run(
            [python, "-m", "pip", "install", "-q", *tool.requirements], cwd=ROOT, check=True
        )
        stamp.write_text(wanted, "utf-8")
    if tool.name == "haebom":  # as it is now, and compiled by pip as the others are
        words = [python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", ROOT]
        subprocess.run(words, check=True)
    return python


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def table(benches: list[Bench], count: int) -> str:
    """The results as Markdown, relative to haebom where it took part."""
    first = next((bench for bench in benches if bench.tool.name == "haebom"), None)
    lines = [
        f"| {count} posts | {' | '.join(PHASES)} | peak memory |",
        "|---|" + "--:|" * (len(PHASES) + 1),
    ]
    for bench in benches:
        cells = []
        for phase in PHASES:
            seconds = statistics.median(bench.seconds[phase])
            cell = f"{seconds:.2f} s"
            if first is not None and bench is not first:
                cell += f" ({seconds / statistics.median(first.seconds[phase]):.1f}×)"
            cells.append(cell)
        memory = f"{bench.memory / 2**20:,.0f} MiB" if bench.memory else "–"
        lines.append(f"| {bench.tool.name} | {' | '.join(cells)} | {memory} |")
    lines.append("")
    lines.append(
        f"{date.today():%B %Y}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{platform.system()}; medians of {len(benches[0].seconds[PHASES[0]])} round(s)."
    )
    return "\n".join(lines)


def main() -> None:
    """Install, build, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=20, help="how many posts (default: 20)")
    parser.add_argument("--rounds", type=int, default=1, help="how often (default: 1)")
    parser.add_argument("--work", type=Path, required=True, help="folder for all that it makes")
    parser.add_argument("--only", nargs="+", metavar="TOOL", help="take only these tools")
    parser.add_argument(
        "--python",
        nargs="+",
        default=[],
        metavar="TOOL=PATH",
        help="interpreters that have a tool already",
    )
    args = parser.parse_args()
    ready = {
        name: Path(path).absolute() for name, _, path in (p.partition("=") for p in args.python)
    }
    tools = [tool for tool in TOOLS if not args.only or slug(tool.name) in map(slug, args.only)]
    if not tools:
        parser.error(f"known tools: {', '.join(slug(tool.name) for tool in TOOLS)}")
    work = args.work.resolve()
    aside = work / "aside"
    aside.mkdir(parents=True, exist_ok=True)
    benches = [
        Bench(
            tool,
            ready.get(slug(tool.name)) or environment(tool, work),
            work / f"site-{slug(tool.name)}",
            aside,
            args.posts,
        )
        for tool in tools
    ]
    for bench in benches:
        bench.prepare()
    for number in range(args.rounds):
        for phase in PHASES:
            for bench in benches:
                bench.run(phase)
                seconds, cpu = bench.seconds[phase][-1], bench.cpu[phase][-1]
                times = f"{seconds:.2f} s, {cpu:.2f} s of processor time"
                print(f"{number + 1} {phase}: {bench.tool.name} {times}", file=sys.stderr)
    for bench in benches:
        bench.weigh()
    print(table(benches, args.posts))
    shutil.rmtree(aside)


if __name__ == "__main__":
    main()
