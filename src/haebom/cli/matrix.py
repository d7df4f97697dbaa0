"""The command that tries posts in other environments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click
from rich.markup import escape

from haebom import pipeline
from haebom.cli.state import CLEAN, FINDINGS, POSTS, State
from haebom.config import MatrixEntry
from haebom.errors import HaebomError, UsageError
from haebom.model import Outcome
from haebom.pipeline import Site, Workshop
from haebom.reports.text import TerminalProgress


@click.command()
@POSTS
@click.option("--only", "names", multiple=True, metavar="NAME", help="Try this entry only.")
@click.pass_obj
def matrix(state: State, posts: tuple[str, ...], names: tuple[str, ...]) -> int:
    """Try posts with other versions of packages and of Python.

    The environments are the entries under 'matrix:' in mkdocs.yml; they are made once and kept in
    the site's store. The results are part of the site's status page from the next build on.

    \b
    haebom matrix                      all entries, all posts
    haebom matrix --only "NumPy 2.3"   one entry, by name or requirement
    """
    from haebom.matrix import try_out, with_earlier
    from haebom.reports.matrix import print_environments

    site = state.site()
    entries = _entries(site, names)
    tally, baseline = state.tally(site), []
    chosen = state.posts(site, posts)
    with (
        Workshop(site) as workshop,
        TerminalProgress(state.err, len(chosen), state.quiet) as progress,
    ):
        for checked in pipeline.check(site, chosen, workshop, progress):
            tally.add(checked)
            baseline.append(checked)
    report = tally.report()
    state.tell(site, report)
    earlier = {environment.name: environment for environment in site.store.environments()}
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
        made = environments[-1]
        site.store.put_environment(with_earlier(made, earlier.get(made.name)))
    print_environments(state.out, environments)
    bad = any(t.outcome is not Outcome.SAME for e in environments for t in e.trials)
    return FINDINGS if bad or failures or report.fatal else CLEAN


def _entries(site: Site, names: Sequence[str]) -> tuple[MatrixEntry, ...]:
    known = tuple(each for entry in site.config.matrix for each in _each_python(entry))
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


def _each_python(entry: MatrixEntry) -> Iterator[MatrixEntry]:
    """An entry for each interpreter that it is for."""
    from haebom.environments import other_pythons

    if entry.python != "*":
        yield entry
        return
    for version in other_pythons():
        name = f"{entry.name}, Python {version}" if entry.name else ""
        yield entry.model_copy(update={"python": version, "name": name})
