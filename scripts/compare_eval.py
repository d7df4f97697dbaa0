#!/usr/bin/env python3
"""Compare the stored outputs of other people's notebooks with what their code puts out here.

Every notebook below a folder is run as a bundle with the files beside it. For each repository (the
folders right below) the table counts cells with a stored output by what comparing them says, and
notebooks that fail; every cell that differs is listed with its diff.

Run it with the project's environment: ``.venv/bin/python scripts/compare_eval.py FOLDER``.
"""

import argparse
import dataclasses
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from haebom.closeness import Sameness
from haebom.config import SiteConfig
from haebom.discover import Layout, discover
from haebom.model import Checked, Code
from haebom.pipeline import Site, Workshop, check, load
from haebom.reports.text import TerminalProgress
from haebom.verify import compare_cell, is_failure

COLUMNS = ("notebooks", "failed", "exact", "close", "differs")


def bundles(folder: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Copy each notebook into a bundle; give the bundle's path and the notebook's."""
    for number, path in enumerate(sorted(folder.rglob("*.ipynb"))):
        bundle = root / "posts" / f"2026-01-01-n{number}"
        bundle.mkdir(parents=True)
        shutil.copy(path, bundle / "index.ipynb")
        for other in path.parent.iterdir():
            if other.is_file() and other.suffix not in (".ipynb", ".md"):
                shutil.copy(other, bundle / other.name)
        yield f"posts/{bundle.name}/index.ipynb", path.relative_to(folder).as_posix()


def count(checked: Checked, name: str, counts: Counter[str], details: list[str]) -> None:
    """Sort the cells of one notebook."""
    counts["notebooks"] += 1
    run = checked.run
    cells = [(cell, run and run.cell(cell.index)) for cell in checked.post.runnable]
    counts["failed"] += any(done is None or is_failure(cell, done) for cell, done in cells)
    for cell, done in cells:
        if done is None or is_failure(cell, done):
            break  # what comes after it has not run
        found = compare_cell(cell, done)
        if found is not None:
            counts[found.sameness.name.lower()] += 1
            if found.sameness is Sameness.DIFFERS:
                details.append(f"{name}, cell {cell.at.cell}: {found.what}\n{found.diff}\n")


def main() -> None:
    """Run, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of folders with notebooks")
    parser.add_argument("--timeout", type=float, default=30, help="seconds for a cell (30)")
    args = parser.parse_args()
    tables: dict[str, Counter[str]] = {}
    details: list[str] = []
    with tempfile.TemporaryDirectory(prefix="haebom-eval-") as work:
        root = Path(work)
        names = dict(bundles(args.folder.resolve(), root))
        site = Site(Layout(root), SiteConfig.model_validate({"execute": {"timeout": args.timeout}}))
        posts = [
            # their prose is full of links into their own repositories
            dataclasses.replace(
                post, findings=tuple(f for f in post.findings if f.code is Code.PARSE)
            )
            for post in load(site, discover(site.layout).posts)
        ]
        with (
            Workshop(site) as workshop,
            TerminalProgress(Console(stderr=True), len(posts)) as progress,
        ):
            for checked in check(site, posts, workshop, progress):
                name = names[checked.post.path]
                count(checked, name, tables.setdefault(name.split("/")[0], Counter()), details)
    print("\n".join(sorted(details)))
    total: Counter[str] = sum(tables.values(), Counter())
    print(f"| |{'|'.join(COLUMNS)}|\n|---|{'--:|' * len(COLUMNS)}")
    for name, counts in [*sorted(tables.items()), ("all", total)]:
        print(f"|{name}|{'|'.join(str(counts[column]) for column in COLUMNS)}|")


if __name__ == "__main__":
    main()
