"""Commands for those who write: new posts, tidy ones, and what changed in them."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

import click
from rich.text import Text

from haebom import git, newpost, pipeline
from haebom.cli.state import CLEAN, FINDINGS, POSTS, State
from haebom.discover import FORMATS, loose, select
from haebom.errors import UsageError
from haebom.frontmatter import json_schema
from haebom.model import Source
from haebom.pipeline import Site
from haebom.reports.github import without_commands
from haebom.store import write_atomically

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # what a terminal takes for orders
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command()
@click.argument("title")
@click.pass_obj
def new(state: State, /, title: str, **options: str | bool) -> int:
    """Make a new post and print its path.

    \b
    haebom new "평균을 구하는 두 가지 방법"
    haebom new "Two ways to a mean" --slug mean --notebook
    """
    site = state.site()
    blog = site.layout.root / site.layout.docs / PurePosixPath(site.layout.mount).parent
    place = newpost.Place(
        site.layout.root / site.layout.posts, blog / ".authors.yml", site.language
    )
    try:
        written = newpost.write(newpost.Request(title, **options), place)  # type: ignore[arg-type]
    except newpost.Refused as problem:
        raise UsageError(problem.message, problem.hint) from problem
    click.echo(newpost.said(written))
    return CLEAN


for _option in newpost.OPTIONS:
    new.params.append(
        click.Option(
            [_option.flag],
            help=_option.help,
            metavar=_option.metavar or None,
            is_flag=not _option.metavar,
            default="" if _option.metavar else False,
        )
    )


@click.command()
@POSTS
@click.option("--check", is_flag=True, help="Write nothing; show what would change.")
@click.option("--drop-outputs", is_flag=True, help="Leave out the outputs stored in notebooks.")
@click.pass_obj
def fmt(state: State, posts: tuple[str, ...], check: bool, drop_outputs: bool) -> int:
    """Bring posts into their usual form; what runs stays the same.

    Front matter in order, fences written plainly, UTF-8 with LF; notebooks as Jupyter writes them,
    without execution counts and editors' notes. Code is not touched; 'ruff format' does that.
    """
    from haebom.tidy import tidy

    site = state.site()
    left = changed = 0
    for source in select(pipeline.find(site)[1], posts, site.layout):
        path = (site.layout.root / source.path).resolve()
        content = _bytes(path) or b""
        before = pipeline.content_of(site, source)
        tidied = tidy(content, before, source, site.settings, drop_outputs)
        if tidied.reason:
            left += 1
            state.err.print(f"left as it is: {tidied.reason}", markup=False, soft_wrap=True)
            continue
        written = tidied.text.encode("utf-8")
        if written == content:
            continue
        changed += 1
        if check:
            state.out.print(f"{source.path}: not tidy", markup=False)
            old = content.decode("utf-8", "replace").splitlines()
            new = tidied.text.splitlines()
            names = (f"a/{source.path}", f"b/{source.path}")
            _print_diff(state, difflib.unified_diff(old, new, *names, lineterm=""))
        else:
            write_atomically(path, written, like=path)
            state.out.print(f"{source.path}: tidied", markup=False)
    return FINDINGS if left or (check and changed) else CLEAN


@click.command()
@POSTS
@click.option("--base", metavar="REVISION", default="HEAD", show_default=True,
              help="What to compare with.")  # fmt: skip
@click.pass_obj
def diff(state: State, posts: tuple[str, ...], base: str) -> int:
    """Show how posts changed, notebooks as text, with their outputs in short."""
    from haebom.reports.diff import compared

    site = state.site()
    root = site.layout.root
    commit = git.resolve(root, base)
    changed = git.changed(root, commit)
    sources = select(pipeline.find(site)[1], posts, site.layout)
    gone = () if posts else tuple(_gone(site, changed))
    for source in sorted((*sources, *gone), key=lambda source: source.path):
        if unicodedata.normalize("NFC", source.path) in changed:
            then = git.content(root, commit, source.path)
            _print_diff(state, compared(then, _bytes(root / source.path), source))
    return CLEAN


@click.command()
@click.argument("before", type=click.Path(path_type=Path, file_okay=False))
@POSTS
@click.option("--base", metavar="REVISION", default="", help="The commit of BEFORE's runs.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page with all changes, figures included.",
)
@click.pass_obj
def compare(
    state: State, before: Path, posts: tuple[str, ...], base: str, page: Path | None
) -> int:
    """Show how outputs changed since BEFORE, a copy of the store, as Markdown.

    Made for workflows: keep a copy of .haebom/latest, check, and compare. The cells of then and now
    are matched by their code; that of then is taken from git.
    """
    from haebom.changes import changes
    from haebom.reports.changes import html, markdown

    site = state.site()
    commit = git.merge_base(site.layout.root, base)
    found = tuple(changes(site, state.posts(site, posts), before, commit))
    click.echo(markdown(found))
    if page is not None:
        page.write_text(html(found), "utf-8")
    return CLEAN


def _gone(site: Site, changed: Iterable[str]) -> Iterator[Source]:
    """Posts that are not there any more."""
    for path in changed:
        is_post = path.startswith(f"{site.layout.posts}/") and PurePosixPath(path).suffix in FORMATS
        if is_post and not (site.layout.root / path).exists():
            yield loose(site.layout.root / path, site.layout)


def _bytes(path: Path) -> bytes | None:
    """A file's content, or None where it cannot be read; parsing says why."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def _print_diff(state: State, lines: Iterable[str]) -> None:
    with without_commands(click.echo):
        for line in lines:
            shown = _CONTROL.sub(lambda match: repr(match[0])[1:-1], line)
            state.out.print(Text(shown, style=_COLOURS.get(line[:1], "")), soft_wrap=True)


@click.command()
@click.argument(
    "of", type=click.Choice(["post", "report"]), default="post", metavar="[post|report]"
)
def schema(of: str) -> int:
    """Print the JSON Schema of front matter, for editors, or that of reports, for programs."""
    from haebom.reports.report import Report

    found = json_schema() if of == "post" else Report.model_json_schema(mode="serialization")
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    return CLEAN
