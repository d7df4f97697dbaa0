"""The command that tells under which policy the pages of a built site work."""

from __future__ import annotations

from pathlib import Path

import click

from haebom.cli.state import CLEAN, State


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default="site"
)
@click.pass_obj
def csp(state: State, folder: Path) -> int:
    """Print the Content-Security-Policy under which a built site works.

    FOLDER is the site's, 'site' by default. The policy names the site's own inline scripts by their
    hashes, so it is to be made anew after each build. With 'outputs: sanitised' it is already on
    every page.
    """
    from haebom.hosts.mkdocs.csp import policy

    click.echo(policy(folder, state.site().config.comments is not None))
    return CLEAN
