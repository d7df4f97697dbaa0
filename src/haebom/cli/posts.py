"""Commands that run, check and stage posts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from haebom import git, need, needs, pipeline
from haebom.affected import affected
from haebom.cli.state import CLEAN, FRESH, POSTS, State, reporting
from haebom.errors import UsageError
from haebom.model import Checked, Post, Run
from haebom.pipeline import Site
from haebom.reports import github
from haebom.reports.formats import ReportFormat
from haebom.stage import Tree


@click.command()
@POSTS
@FRESH
@reporting
@click.option(
    "--update", is_flag=True, help="Write outputs into the posts where the recorded ones differ."
)
@click.option(
    "--repeat",
    "times",
    type=click.IntRange(1, 20),
    default=1,
    metavar="N",
    help="Run each post N times, each time otherwise, and say what does not stay the same.",
)
@click.option(
    "--changed",
    "base",
    metavar="[BASE]",
    is_flag=False,
    flag_value="",
    default=None,
    help="Check only what changed since work left BASE (default: the main branch).",
)
@click.pass_obj
def check(
    state: State,
    posts: tuple[str, ...],
    fresh: bool,
    update: bool,
    times: int,
    base: str | None,
) -> int:
    """Run posts and say what is wrong with them; write no page.

    \b
    haebom check                       all posts
    haebom check posts/2026-11-02-…    one post
    haebom check --fresh sequential    one post, by slug, whatever is stored
    haebom check --update              record what came out; git diff shows what it was
    haebom check --repeat 3            run three times, and say what differs and probably why
    haebom check --changed             posts that this branch changed, and what reads changed files
    """
    site = state.site()

    def record(checked: Checked) -> Checked:
        checked, count = pipeline.update(site, checked)
        if count and not state.quiet:
            state.err.print(f"{checked.post.path}: {count} recorded anew", markup=False)
        return checked

    chosen = state.posts(site, posts)
    if base is not None:
        root = site.layout.root
        chosen = affected(site, chosen, git.changed(root, git.merge_base(root, base)))
    if not update:
        return state.check(site, chosen, fresh, times)
    return state.check(site, chosen, fresh, times, first=record)


@click.command()
@POSTS
@FRESH
@click.option(
    "--only-needs",
    "kind",
    type=click.Choice([str(kind) for kind in need.Kind]),
    help="Run only what needs this, and keep the runs beside the posts for other machines.",
)
@reporting
@click.pass_obj
def run(state: State, posts: tuple[str, ...], fresh: bool, kind: str | None) -> int:
    """Run posts and print what their cells put out, as text.

    \b
    haebom run sequential              one post, by slug
    haebom run --only-needs cuda       on a machine with a GPU: runs to be committed
    """
    from haebom.reports.outputs import print_outputs

    site = state.site()
    chosen = state.posts(site, posts)
    if kind is not None:
        chosen = _in_need(site, chosen, kind)

    def show(checked: Checked) -> None:
        if state.form in (ReportFormat.TEXT, ReportFormat.GITHUB):
            with github.without_commands(click.echo):
                print_outputs(state.out, checked)
        if kind is not None and (place := pipeline.freeze(site, checked)) and not state.quiet:
            state.err.print(f"kept in {place}", markup=False)

    return state.check(site, chosen, fresh or kind is not None, then=show)


def _in_need(site: Site, posts: Sequence[Post], kind: str) -> tuple[Post, ...]:
    """The posts that need something of a kind.

    Raises:
        UsageError: There are none, or they would not run here.
    """
    machine = pipeline.probe_of(site).machine
    chosen = tuple(
        post for post in posts if any(need.parse(n).kind == kind for n in needs.of(post))
    )
    if not chosen:
        raise UsageError(f"No post needs {kind}.", "Needs are written as 'needs:' in front matter.")
    for post in chosen:
        for wanted in filter(machine.lacks, needs.of(post)):
            message = f"{post.path} needs {wanted}, which this machine lacks."
            raise UsageError(message, "Call this where it is.")
    return chosen


@click.command()
@POSTS
@click.pass_obj
def warnings(state: State, posts: tuple[str, ...]) -> int:
    """List what will break one day, and where: what libraries say they will change or drop.

    Deprecation and future warnings are noted whenever a post runs, whether it shows them or not.
    """
    from haebom.ledger import ledger
    from haebom.reports.warnings import print_ledger

    site = state.site()
    heard: list[tuple[Post, Run | None]] = []

    def note(checked: Checked) -> None:
        heard.append((checked.post, checked.run and replace(checked.run, cells=())))

    code = state.check(site, state.posts(site, posts), then=note)
    print_ledger(state.out, ledger(heard))
    return code


@click.command()
@POSTS
@click.option(
    "--into",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write the staged tree.",
)
@click.pass_obj
def stage(state: State, posts: tuple[str, ...], folder: Path) -> int:
    """Write posts as plain Markdown with their outputs beside them, for any host.

    The host needs Python-Markdown with the extensions pymdownx.superfences and haebom, the latter
    with the option cells: DIR/haebom/cells. With findings, nothing is written.
    """
    site = state.site()
    chosen = state.posts(site, posts)
    found, sources = pipeline.find(site)
    targets = pipeline.targets(site, found, sources)
    with tempfile.TemporaryDirectory(prefix="haebom-stage-") as waiting:
        tree = Tree(
            Path(waiting),
            site.layout.root,
            site.language,
            targets,
            reference=pipeline.reference(site),
        )
        code = state.check(site, chosen, then=tree.add)
        if code == CLEAN:
            tree.finish(site.environments, site.config.published, site.repository)
            for path in found.assets:
                target = Path(waiting, site.layout.uri(path))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(site.layout.root / path, target)
            shutil.copytree(waiting, folder, dirs_exist_ok=True)
            if not state.quiet:
                state.out.print(f"staged {len(chosen)} pages into {folder}")
    return code


@click.command()
@POSTS
@click.pass_obj
def why(state: State, posts: tuple[str, ...]) -> int:
    """Say what the next build would do with posts, and what changed since they ran."""
    site = state.site()
    machine = pipeline.probe_of(site).machine
    for post in state.posts(site, posts):
        if not post.runs:
            state.out.print(f"{post.path}: nothing to run")
            continue
        reason = pipeline.why(site, post)
        if reason.reusable:
            state.out.print(f"{post.path}: reused; nothing changed")
        elif not reason.changes:
            state.out.print(f"{post.path}: runs; there is no stored run")
        else:
            state.out.print(f"{post.path}: runs, because")
            for name, old, new in reason.changes:
                state.out.print(f"    {name}: {old or 'absent'} → {new or 'absent'}")
        missing = ", ".join(filter(machine.lacks, needs.of(post)))
        if missing:
            state.out.print(f"    not here: {missing}", markup=False)
    return CLEAN


@click.command()
@click.pass_obj
def clean(state: State) -> int:
    """Delete stored runs and working files; posts are never touched."""
    folder = state.site().folder
    if folder.is_dir():
        shutil.rmtree(folder)
        state.out.print(f"deleted {folder}")
    else:
        state.out.print(f"nothing to delete at {folder}")
    return CLEAN
