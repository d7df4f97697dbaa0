"""The command that makes a site from nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

import click

from haebom.cli.state import CLEAN, State


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", default="", help="The site's name; default: the folder's.")
@click.option(
    "--language",
    type=click.Choice(["ko", "en"]),
    default="ko",
    show_default=True,
    help="Language of its pages.",
)
@click.pass_obj
def init(state: State, folder: Path, title: str, language: str) -> int:
    """Make a new site in DIR, with an example post of each kind; nothing is overwritten.

    \b
    haebom init notes --title "공부 노트"
    haebom init . --language en        in a repository that is there, beside its README
    """
    from haebom.newsite import Plan, make

    name = title or folder.resolve().name
    made = make(Plan(folder, name, cast(Literal["ko", "en"], language)))
    for path in made.kept:
        state.err.print(f"kept as it was: {path}", markup=False)
    if not state.quiet:
        state.out.print(f"{len(made.written)} files in {folder}; next:", markup=False)
        state.out.print(f"    cd {folder}\n    python3 scripts/serve.py", markup=False)
    return CLEAN
