"""What all commands share: arguments, exit codes, and a way to check posts and report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from rich.console import Console

from haebom import pipeline
from haebom.discover import select
from haebom.hosts.mkdocs.site import load_site
from haebom.model import Checked, Post
from haebom.pipeline import Site, Workshop
from haebom.reports.text import Tally, TerminalProgress, print_findings

CLEAN, FINDINGS, INTERRUPTED, INTERNAL, USAGE = range(5)
"""Exit codes."""

POSTS = click.argument("posts", nargs=-1, metavar="[POST]...")
FRESH = click.option("--fresh", is_flag=True, help="Run even what a stored run could stand for.")


class State:
    """What all commands share."""

    def __init__(self, config_file: Path, quiet: bool) -> None:
        self.config_file = config_file
        self.quiet = quiet
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
