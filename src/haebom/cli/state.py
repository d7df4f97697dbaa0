"""What all commands share: arguments, exit codes, and a way to check posts and report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from haebom import git, pipeline
from haebom.discover import select
from haebom.errors import UsageError
from haebom.hosts.mkdocs.site import load_site
from haebom.model import Checked, Post
from haebom.pipeline import Site, Workshop
from haebom.reports import github
from haebom.reports.formats import ReportFormat, default, written
from haebom.reports.report import Report
from haebom.reports.tally import Tally
from haebom.reports.text import TerminalProgress, print_report
from haebom.store import write_atomically

CLEAN, FINDINGS, INTERRUPTED, INTERNAL, USAGE = range(5)
"""Exit codes."""

POSTS = click.argument("posts", nargs=-1, metavar="[POST]...")
FRESH = click.option("--fresh", is_flag=True, help="Run even what a stored run could stand for.")


class _Destination(click.ParamType[tuple[ReportFormat, Path]]):
    """A form of report, and the file that it goes to."""

    name = "FORMAT=PATH"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[ReportFormat, Path]:
        form, _, path = value.partition("=")
        if form not in list(ReportFormat) or not path:
            self.fail(f"{value!r} is not FORMAT=PATH; formats: {', '.join(ReportFormat)}.")
        return ReportFormat(form), Path(path)


def reporting(command: Callable[..., int]) -> Callable[..., int]:
    """Let a command take what :meth:`State.tell` goes by."""

    def take(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        if value:
            setattr(context.ensure_object(State), str(parameter.name), value)

    form = click.option(
        "--format",
        "form",
        type=click.Choice(ReportFormat, case_sensitive=False),
        callback=take,
        expose_value=False,
        help="What to print; default: text, and annotations on GitHub Actions.",
    )
    reports = click.option(
        "--report",
        "reports",
        type=_Destination(),
        multiple=True,
        callback=take,
        expose_value=False,
        help="Write the report to a file as well; may be given several times.",
    )
    return form(reports(command))


class State:
    """What all commands share."""

    def __init__(self, config_file: Path, quiet: bool) -> None:
        self.config_file = config_file
        self.quiet = quiet
        self.form = default()
        self.reports: tuple[tuple[ReportFormat, Path], ...] = ()
        self.out = Console(highlight=False, soft_wrap=True)
        self.err = Console(stderr=True, highlight=False)

    def site(self) -> Site:
        """The site, as its configuration describes it."""
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
        times: int = 1,
        first: Callable[[Checked], Checked] = lambda checked: checked,
        then: Callable[[Checked], object] = lambda checked: None,
    ) -> int:
        """Check posts, do something with each before and after it counts, and report.

        Returns:
            The exit code.
        """
        tally = self.tally(site)
        with (
            Workshop(site) as workshop,
            TerminalProgress(self.err, len(posts), self.quiet) as progress,
        ):
            for checked in pipeline.check(site, posts, workshop, progress, fresh, times):
                checked = first(checked)
                tally.add(checked)
                then(checked)
            problems = workshop.kernels.problems()
        for problem in () if self.quiet else problems:
            self.err.print(problem, markup=False)
        report = tally.report()
        self.tell(site, report)
        return FINDINGS if report.fatal else CLEAN

    def tally(self, site: Site) -> Tally:
        """What notes the posts of a check."""
        return Tally(site.layout.root, site.figures, site.config.warn_only)

    def tell(self, site: Site, report: Report) -> None:
        """Give a report to whoever wants it.

        Raises:
            UsageError: A file cannot be written.
        """
        folder = git.prefix(site.layout.root)
        if self.form is ReportFormat.TEXT:
            with github.without_commands(click.echo):
                print_report(self.out, report, self.quiet)
        else:
            click.echo(written(report, self.form, folder), nl=False)
            if self.form is ReportFormat.GITHUB and not self.quiet:
                click.echo(str(report))
        for form, path in self.reports:
            try:
                write_atomically(path, written(report, form, folder).encode("utf-8", "replace"))
            except OSError as error:
                raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
        if github.is_here():
            github.add_summary(report)
