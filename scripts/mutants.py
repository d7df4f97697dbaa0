#!/usr/bin/env python3
"""Change one number or one name in each cell of the posts, and see whether checking reports it.

A cell takes part if its output is recorded and compared. For each of them one number and one name
are changed, chosen by a fixed seed; the post with the changed cell runs as a whole, and every
finding counts. What survives is listed with the reason: most often the post puts out the very same.

Run it with the project's environment: ``.venv/bin/python scripts/mutants.py [POST]...``.
"""

import argparse
import ast
import dataclasses
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console

from haebom import pipeline, syntax
from haebom.discover import select
from haebom.effects import effects
from haebom.hosts.mkdocs.site import load_site
from haebom.model import Cell, Error, Output, Post, Run, Stream
from haebom.pipeline import Site, Workshop
from haebom.reports.text import TerminalProgress


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A post in which one cell is another one.

    Args:
        post: The changed post.
        cell: The cell as it was.
        kind: What was changed.
        line: Line of the cell's code, from 1.
        change: The change, as old and new text.
    """

    post: Post
    cell: Cell
    kind: str
    line: int
    change: tuple[str, str]

    def __str__(self) -> str:
        old, new = self.change
        return f"{self.cell.line(self.line)}: {old} → {new}"


def mutants(post: Post) -> Iterator[Mutant]:
    """Change each cell whose output is compared, once per kind of change."""
    known: set[str] = set()
    for cell in post.runnable:
        chance = random.Random(cell.code)
        if cell.recorded is not None and cell.options.check:
            for kind, changes in (("number", numbers(cell)), ("name", names(cell, known))):
                found = list(changes)
                if found:
                    yield mutant(post, cell, kind, *chance.choice(found))
        done = effects(cell.code)
        known |= done.binds - done.defines


def numbers(cell: Cell) -> Iterator[tuple[ast.expr, str]]:
    """Numbers of a cell, each with what takes its place."""
    for node in _expressions(cell):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            value = node.value
            yield node, repr(value + 1 if isinstance(value, int) or not value else value * 1.5)


def names(cell: Cell, known: set[str]) -> Iterator[tuple[ast.expr, str]]:
    """Names that a cell reads and that have a value already, each with another such name."""
    for node in _expressions(cell):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in known:
            for other in sorted(known - {node.id}):
                yield node, other


def _expressions(cell: Cell) -> Iterator[ast.expr]:
    """The expressions of a cell, those within f-strings left out: they have no place of their own
    in older Pythons."""
    tree = syntax.tree(cell.code)
    if tree is None or "%" in {line[:1] for line in cell.code.split("\n")}:
        return
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            yield node
        if not isinstance(node, ast.JoinedStr):
            waiting.extend(ast.iter_child_nodes(node))


def mutant(post: Post, cell: Cell, kind: str, node: ast.expr, text: str) -> Mutant:
    """The post with another text in the place of an expression of a cell."""
    lines = cell.code.encode("utf-8").split(b"\n")  # columns count bytes
    line = lines[node.lineno - 1]
    end = node.end_col_offset
    old = line[node.col_offset : end].decode("utf-8")
    lines[node.lineno - 1] = line[: node.col_offset] + text.encode("utf-8") + line[end:]
    changed = dataclasses.replace(cell, code=b"\n".join(lines).decode("utf-8"))
    cells = tuple(changed if each is cell else each for each in post.cells)
    return Mutant(dataclasses.replace(post, cells=cells), cell, kind, node.lineno, (old, text))


def main() -> None:
    """Run all mutants, and print what became of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("posts", nargs="*", help="posts by path or slug; default: all")
    parser.add_argument("-f", "--config-file", type=Path, default=Path("mkdocs.yml"))
    options = parser.parse_args()
    site = load_site(options.config_file)
    with tempfile.TemporaryDirectory() as folder:
        report(
            dataclasses.replace(site, config=site.config.model_copy(update={"store": folder})),
            options.posts,
        )


def report(site: Site, names: list[str]) -> None:
    """Run the mutants of posts, in a store of their own."""
    _, sources = pipeline.find(site)
    chosen = {source.path for source in select(sources, names, site.layout)}
    posts = [post for post in pipeline.load(site, sources) if post.path in chosen]
    made = [each for post in posts for each in mutants(post)]
    tested = Counter(each.kind for each in made)
    survived: dict[str, list[Mutant]] = {}
    codes: Counter[str] = Counter()
    by_post = {id(each.post): each for each in made}
    originals: dict[str, Run] = {}
    console = Console(stderr=True)
    total = len(posts) + len(made)
    with Workshop(site) as workshop, TerminalProgress(console, total, True) as progress:
        for checked in pipeline.check(site, posts, workshop, progress):
            if checked.run is not None:
                originals[checked.post.path] = checked.run
        for checked in pipeline.check(site, [m.post for m in made], workshop, progress, fresh=True):
            own = by_post[id(checked.post)]
            found = [each for each in checked.findings if each not in own.post.findings]
            codes.update({str(each.code) for each in found[:1]})
            if not found and checked.run is not None:
                why = explanation(own.post, originals[own.post.path], checked.run)
                survived.setdefault(why, []).append(own)
    cells = {(each.cell.at.path, each.cell.index) for each in made}
    print(f"{len(posts)} posts, {len(cells)} cells whose output is compared, {len(made)} mutants")
    print("first finding: " + ", ".join(f"{code} {n}" for code, n in codes.most_common()))
    for kind, count in tested.items():
        left = [each for found in survived.values() for each in found if each.kind == kind]
        print(f"{kind}: {len(left)} of {count} survived ({len(left) / count:.1%})")
    for why, left in sorted(survived.items()):
        print(f"{len(left)} survived: {why}")
        for each in sorted(left, key=str):
            print(f"    {each}")
            print(f"        {each.cell.code.split(chr(10))[each.line - 1].strip()}")


def explanation(post: Post, before: Run, after: Run) -> str:
    """Why nothing was reported, from what the post has put out before and after the change."""
    reasons = set()
    for cell in post.runnable:
        old, new = (side.cell(cell.index) for side in (before, after))
        shown = [_seen(each.outputs) if each else [] for each in (old, new)]
        if shown[0] == shown[1]:
            continue
        if cell.recorded is None or not cell.options.check:
            reasons.add("what differs is not compared, as the author wants it")
        elif [o for o in shown[0] if "image" not in o] == [o for o in shown[1] if "image" not in o]:
            reasons.add("figures look alike")
        else:
            reasons.add("numbers are within the tolerance")
    return ", ".join(sorted(reasons)) or "the post puts out the very same"


def _seen(outputs: Iterable[Output]) -> list[str]:
    """Outputs as texts, without what goes to standard error, and without the code in tracebacks."""
    return [
        f"{output.name}: {output.message}" if isinstance(output, Error) else repr(output)
        for output in outputs
        if not (isinstance(output, Stream) and output.name == "stderr")
    ]


if __name__ == "__main__":
    main()
