"""The command line."""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from haebom import __version__, pipeline
from haebom.config import MatrixEntry
from haebom.discover import select
from haebom.errors import HaebomError, UsageError
from haebom.hosts.mkdocs.site import load_site
from haebom.model import Checked, Outcome, Post
from haebom.pipeline import Site, Workshop
from haebom.reports.text import Tally, TerminalProgress, print_findings
from haebom.stage import stage as stage_post

CLEAN, FINDINGS, INTERRUPTED, INTERNAL, USAGE = range(5)
"""Exit codes."""

_POSTS = click.argument("posts", nargs=-1, metavar="[POST]...")
_FRESH = click.option("--fresh", is_flag=True, help="Run even what a stored run could stand for.")


class _State:
    """What all commands share."""

    def __init__(self, config_file: Path, quiet: bool) -> None:
        self.config_file = config_file
        self.quiet = quiet
        self.out = Console(highlight=False, soft_wrap=True)
        self.err = Console(stderr=True, highlight=False)

    def site(self) -> Site:
        return load_site(self.config_file)

    def posts(self, site: Site, names: Sequence[str]) -> tuple[Post, ...]:
        """The named posts; all of them are parsed, since they are also looked at side by side."""
        _, sources = pipeline.find(site)
        chosen = select(sources, names, site.layout)
        known = {source.path for source in sources}
        loose = [source for source in chosen if source.path not in known]
        wanted = {source.path for source in chosen}
        return tuple(p for p in pipeline.load(site, (*sources, *loose)) if p.path in wanted)

    def check(
        self,
        site: Site,
        posts: Sequence[Post],
        fresh: bool = False,
        first: Callable[[Checked], Checked] = lambda checked: checked,
        then: Callable[[Checked], object] = lambda checked: None,
    ) -> int:
        """Check posts, do something with each before and after it counts, and report.

        Returns:
            The exit code.
        """
        tally = Tally()
        with (
            Workshop(site) as workshop,
            TerminalProgress(self.err, len(posts), self.quiet) as progress,
        ):
            for checked in pipeline.check(site, posts, workshop, progress, fresh):
                checked = first(checked)
                tally.add(checked)
                then(checked)
        print_findings(self.out, tally.findings, frozenset(site.config.warn_only))
        if not self.quiet:
            self.out.print(str(tally))
        return FINDINGS if pipeline.fatal(tally.findings, site.config.warn_only) else CLEAN


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="haebom")
@click.option(
    "-f",
    "--config-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default="mkdocs.yml",
    show_default=True,
    help="The site's configuration.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print findings only.")
@click.pass_context
def cli(context: click.Context, config_file: Path, quiet: bool) -> None:
    """Run the examples of a study blog, and check them.

    A POST is a path, a folder or a slug; without one, all posts are meant. Runs are kept in the
    site's store (.haebom) and reused while neither code, data nor packages change.

    Exit codes: 0 clean, 1 findings, 2 interrupted, 3 internal error, 4 usage.
    """
    context.obj = _State(config_file, quiet)


@cli.command()
@_POSTS
@_FRESH
@click.option(
    "--update", is_flag=True, help="Write outputs into the posts where the recorded ones differ."
)
@click.pass_obj
def check(state: _State, posts: tuple[str, ...], fresh: bool, update: bool) -> int:
    """Run posts and say what is wrong with them; write no page.

    \b
    haebom check                       all posts
    haebom check posts/2026-11-02-…    one post
    haebom check --fresh sequential    one post, by slug, whatever is stored
    haebom check --update              record what came out; git diff shows what it was
    """
    site = state.site()

    def record(checked: Checked) -> Checked:
        checked, count = pipeline.update(site, checked)
        if count and not state.quiet:
            state.out.print(f"{checked.post.path}: {count} recorded anew", markup=False)
        return checked

    chosen = state.posts(site, posts)
    if not update:
        return state.check(site, chosen, fresh)
    return state.check(site, chosen, fresh, first=record)


@cli.command()
@_POSTS
@_FRESH
@click.pass_obj
def run(state: _State, posts: tuple[str, ...], fresh: bool) -> int:
    """Run posts and print what their cells put out, as text."""
    from haebom.reports.outputs import print_outputs

    site = state.site()
    show = functools.partial(print_outputs, state.out)
    return state.check(site, state.posts(site, posts), fresh, then=show)


@cli.command()
@_POSTS
@click.option(
    "--into",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write the staged tree.",
)
@click.pass_obj
def stage(state: _State, posts: tuple[str, ...], folder: Path) -> int:
    """Write posts as plain Markdown with their outputs beside them, for any host.

    The host needs Python-Markdown with the extensions pymdownx.superfences and haebom, the latter
    with the option cells: DIR/haebom/cells. With findings, nothing is written.
    """
    site = state.site()
    chosen = state.posts(site, posts)
    found, sources = pipeline.find(site)
    targets = pipeline.targets(site, found, sources)
    with tempfile.TemporaryDirectory(prefix="haebom-stage-") as waiting:
        put = functools.partial(
            stage_post, folder=Path(waiting), language=site.language, targets=targets
        )
        code = state.check(site, chosen, then=put)
        if code == CLEAN:
            for path in found.assets:
                target = Path(waiting, site.layout.uri(path))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(site.layout.root / path, target)
            shutil.copytree(waiting, folder, dirs_exist_ok=True)
            if not state.quiet:
                state.out.print(f"staged {len(chosen)} pages into {folder}")
    return code


@cli.command()
@_POSTS
@click.pass_obj
def why(state: _State, posts: tuple[str, ...]) -> int:
    """Say what the next build would do with posts, and what changed since they ran."""
    site = state.site()
    for post in state.posts(site, posts):
        if not post.runnable:
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
    return CLEAN


@cli.command()
@_POSTS
@click.option("--only", "names", multiple=True, metavar="NAME", help="Try this entry only.")
@click.pass_obj
def matrix(state: _State, posts: tuple[str, ...], names: tuple[str, ...]) -> int:
    """Try posts with other versions of packages and of Python.

    The environments are the entries under 'matrix:' in mkdocs.yml; they are made once and kept in
    the site's store. The results are part of the site's status page from the next build on.

    \b
    haebom matrix                      all entries, all posts
    haebom matrix --only "NumPy 2.3"   one entry, by name or requirement
    """
    from haebom.matrix import try_out
    from haebom.reports.matrix import print_environments

    site = state.site()
    entries = _entries(site, names)
    tally, baseline = Tally(), []
    chosen = state.posts(site, posts)
    with (
        Workshop(site) as workshop,
        TerminalProgress(state.err, len(chosen), state.quiet) as progress,
    ):
        for checked in pipeline.check(site, chosen, workshop, progress):
            tally.add(checked)
            baseline.append(checked)
    print_findings(state.out, tally.findings, frozenset(site.config.warn_only))
    environments, failures = [], 0
    for entry in entries:
        state.err.print(f"[bold]{escape(entry.title)}[/bold]")
        try:
            with TerminalProgress(state.err, len(chosen), state.quiet) as progress:
                environments.append(try_out(site, baseline, entry, progress))
        except HaebomError as problem:
            failures += 1
            state.err.print(f"[red]{escape(problem.message)}[/red] {escape(problem.hint)}")
            continue
        site.store.put_environment(environments[-1])
    print_environments(state.out, environments)
    bad = any(t.outcome is not Outcome.SAME for e in environments for t in e.trials)
    return FINDINGS if bad or failures or tally.findings else CLEAN


def _entries(site: Site, names: Sequence[str]) -> tuple[MatrixEntry, ...]:
    known = site.config.matrix
    if not known:
        raise UsageError(
            "There is no environment to try.",
            "List some in mkdocs.yml, under the plugin's option 'matrix:'.",
        )
    chosen = tuple(e for e in known if not names or {e.title, *e.requirements} & set(names))
    if not chosen:
        titles = ", ".join(repr(entry.title) for entry in known)
        raise UsageError(f"There is no entry {names[0]!r}.", f"Entries: {titles}.")
    return chosen


@cli.command()
@click.pass_obj
def clean(state: _State) -> int:
    """Delete stored runs and working files; posts are never touched."""
    folder = state.site().folder
    if folder.is_dir():
        shutil.rmtree(folder)
        state.out.print(f"deleted {folder}")
    else:
        state.out.print(f"nothing to delete at {folder}")
    return CLEAN


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and end the process with its exit code."""
    sys.exit(_exit_code(lambda: cli.main(arguments, prog_name="haebom", standalone_mode=False)))


def _exit_code(command: Callable[[], int | None]) -> int:
    error = Console(stderr=True, highlight=False)
    try:
        return command() or CLEAN
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as problem:
        problem.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        error.print("interrupted; all kernels have been ended")
        return INTERRUPTED
    except HaebomError as problem:
        error.print(f"[red]{problem.message}[/red]", soft_wrap=True)
        if problem.hint:
            error.print(problem.hint, soft_wrap=True)
        return USAGE if isinstance(problem, UsageError) else FINDINGS
    except Exception:
        error.print_exception(show_locals=False)
        error.print("This is an error in haebom itself.")
        return INTERNAL
