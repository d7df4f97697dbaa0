"""Commands that bring other blogs along."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

import click
from rich.table import Table

from haebom import pipeline, transfer
from haebom.cli.state import CLEAN, State
from haebom.hosts.mkdocs.site import load_site
from haebom.importers import folders, matter, starter
from haebom.importers import jekyll as jekyll_blogs
from haebom.importers.plan import Layout, NewFile, Plan
from haebom.importers.starter import Around
from haebom.pipeline import Site
from haebom.reports.text import TerminalProgress
from haebom.transfer import Found, Outcome, Step
from haebom.tryout import Tried, try_out

Make = Callable[[Found, Layout, Site], tuple[Plan, Around]]
"""Makes a plan of what lies in a folder."""


@click.group("import")
def import_() -> None:
    """Bring a blog along: posts, images, links; the report comes first.

    \b
    haebom import jekyll ../old-blog --dry-run      say what would be written, and what not
    haebom import jekyll ../old-blog --into .       write it; may be repeated
    haebom import jekyll ../old-blog --try          also say which code runs already

    Code does not run until its author takes {.ignore} away. A file that is there and is not as the
    last import has left it is never overwritten.
    """


def _options(command: Callable[..., int]) -> Callable[..., int]:
    """What all of these commands take."""
    for option in (
        click.option(
            "--format", "form", type=click.Choice(["text", "json"]), default="text",
            show_default=True, help="How to report.",
        ),
        click.option("--try", "is_try", is_flag=True, help="Say which code runs already."),
        click.option("--dry-run", is_flag=True, help="Write nothing; report only."),
        click.option(
            "--into", type=click.Path(path_type=Path, file_okay=False), default=".",
            show_default=True, help="The new site's folder.",
        ),
        click.argument("path", type=click.Path(path_type=Path)),
    ):  # fmt: skip
        command = option(command)
    return click.pass_obj(command)


@import_.command()
@_options
@click.option("--pages", is_flag=True, help="Bring pages along, too, into the pages' folder.")
def jekyll(
    state: State, path: Path, into: Path, dry_run: bool, is_try: bool, form: str, pages: bool
) -> int:
    """Bring a Jekyll blog along: the folder with _config.yml and _posts."""

    def make(found: Found, layout: Layout, site: Site) -> tuple[Plan, Around]:
        return jekyll_blogs.plan(transfer.jekyll(found), layout, site.settings, pages)

    return _import(state, path, into, make, dry_run, is_try, form)


def _add(kind: str, help_text: str) -> None:
    """Add a command for folders of one kind of documents."""

    def command(
        state: State, path: Path, into: Path, dry_run: bool, is_try: bool, form: str
    ) -> int:
        def make(found: Found, layout: Layout, site: Site) -> tuple[Plan, Around]:
            return folders.plan(transfer.folder(found, kind), layout, site.settings)

        return _import(state, path, into, make, dry_run, is_try, form)

    import_.command(kind, help=help_text)(_options(command))


_add("notebooks", "Bring Jupyter notebooks along, those of fastpages and nbdev included.")
_add("quarto", "Bring Quarto documents (.qmd) along.")
_add("html", "Bring pages of HTML along, as WordPress, Tistory or Medium export them.")


def _import(
    state: State, path: Path, into: Path, make: Make, dry_run: bool, is_try: bool, form: str
) -> int:
    found = transfer.look(path, but=into)
    config = into / state.config_file
    with tempfile.TemporaryDirectory(prefix="haebom-import-") as elsewhere:
        if config.is_file():
            site = load_site(config)
        else:
            empty = Found(found.root, {})
            list(transfer.steps(starter.files(Around()), empty, Path(elsewhere), write=True))
            site = load_site(Path(elsewhere) / "mkdocs.yml")
        plan, around = make(found, _layout(site, config.is_file()), site)
        files: list[NewFile] = list(plan.files)
        if not config.is_file():
            taken = {file.path for file in files}
            pages = sorted(path.removeprefix("docs/") for path in taken if _is_page(path))
            files = [*(f for f in starter.files(around, pages) if f.path not in taken), *files]
        steps = list(transfer.steps(files, found, into, write=not dry_run))
        tried: list[Tried] = []
        if is_try:
            target = Path(elsewhere) / "try" if dry_run else into
            if dry_run:
                list(transfer.steps(files, found, target, write=True))
            tried = _try(state, target / state.config_file, plan)
    if form == "json":
        click.echo(json.dumps(_as_json(plan, steps, tried), ensure_ascii=False, indent=1))
    else:
        _print(state, plan, steps, tried, dry_run)
    return CLEAN


def _is_page(path: str) -> bool:
    return path.startswith("docs/") and path.endswith((".md", ".ipynb"))


def _layout(site: Site, is_there: bool) -> Layout:
    layout = site.layout
    blog = PurePosixPath(layout.mount).parent
    file = layout.root / layout.docs / blog / ".authors.yml"
    authors = None
    if is_there and file.is_file():
        known = matter.load(file.read_text("utf-8"))
        listed = known.get("authors") if isinstance(known, dict) else None
        authors = frozenset(map(str, listed)) if isinstance(listed, dict) else frozenset()
    return Layout(layout.posts, layout.docs, str(blog), authors)


def _try(state: State, config: Path, plan: Plan) -> list[Tried]:
    site = load_site(config)
    wanted = {document.target for document in plan.documents if document.target}
    posts = [p for p in pipeline.load(site, pipeline.find(site)[1]) if p.path in wanted]
    with TerminalProgress(state.err, len(posts), state.quiet) as progress:
        return sorted(try_out(site, posts, progress), key=lambda item: item.path)


# -- reports ---------------------------------------------------------------------------------------


def _print(
    state: State, plan: Plan, steps: Sequence[Step], tried: Sequence[Tried], dry_run: bool
) -> None:
    out = state.out
    for document in plan.documents:
        for remark in document.remarks:
            place = f"{document.source}:{remark.line}"
            out.print(f"{place}: {remark.construct}: {remark.message}", markup=False)
    kept = [step.path for step in steps if step.outcome is Outcome.KEPT]
    for path in kept:
        out.print(
            f"{path}: kept as it is, since it was not as the last import left it", markup=False
        )
    if state.quiet:
        return
    if dry_run:
        for step in steps:
            out.print(f"would be {step.outcome}: {step.path}", markup=False)
    _print_counts(state, plan)
    if tried:
        _print_tried(state, tried)
    numbers = Counter(step.outcome for step in steps)
    brought = sum(bool(document.target) for document in plan.documents)
    out.print(
        f"{brought} of {len(plan.documents)} documents"
        f"{' would be' if dry_run else ''} brought along;"
        f" files: {', '.join(f'{numbers[o]} {o}' for o in Outcome)}",
        markup=False,
    )


def _print_counts(state: State, plan: Plan) -> None:
    table = Table("construct", box=None, pad_edge=False)
    for title in ("found", "converted", "reported"):
        table.add_column(title, justify="right")
    for name, count in plan.counts().items():
        table.add_row(name, str(count.found), str(count.converted), str(count.reported))
    state.out.print(table)


def _print_tried(state: State, tried: Iterable[Tried]) -> None:
    table = Table("post", box=None, pad_edge=False)
    for title in ("fences", "run", "fail"):
        table.add_column(title, justify="right")
    table.add_column("first failure", overflow="fold")
    for item in tried:
        first = item.failures[0] if item.failures else None
        reason = f"line {first.at.line}: {first.reason}" if first else ""
        numbers = (str(item.cells), str(item.ran), str(len(item.failures)))
        table.add_row(item.path, *numbers, reason)
    state.out.print(table)


def _as_json(plan: Plan, steps: Sequence[Step], tried: Sequence[Tried]) -> dict[str, Any]:
    return {
        "documents": [asdict(document) for document in plan.documents],
        "files": [{"path": step.path, "outcome": step.outcome} for step in steps],
        "counts": {
            name: {**asdict(count), "found": count.found} for name, count in plan.counts().items()
        },
        "tried": [
            {
                "path": item.path,
                "fences": item.cells,
                "run": item.ran,
                "failures": [
                    {"line": failure.at.line, "reason": failure.reason} for failure in item.failures
                ],
            }
            for item in tried
        ],
    }
