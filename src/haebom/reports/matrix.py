"""The matrix as a table in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from haebom.model import Environment, Outcome

_MARKS = {
    Outcome.SAME: "[green]same[/green]",
    Outcome.DIFFERS: "[yellow]differs[/yellow]",
    Outcome.FAILS: "[red]fails[/red]",
}


def print_environments(console: Console, environments: Sequence[Environment]) -> None:
    """Print which post works in which environment, and below it what differs."""
    if not environments:
        return
    names = (escape(environment.name) for environment in environments)
    table = Table(Column("post", no_wrap=True), *names)
    outcomes = [{trial.path: trial for trial in e.trials} for e in environments]
    for path in sorted({path for found in outcomes for path in found}):
        row = [_MARKS[found[path].outcome] if path in found else "" for found in outcomes]
        table.add_row(escape(path), *row)
    console.print(table)
    for environment in environments:
        versions = ", ".join(f"{name} {version}" for name, version in environment.versions)
        console.print(f"{escape(environment.name)}: Python {environment.python}; {versions}")
        for trial in environment.trials:
            if trial.note:
                console.print(f"    {_MARKS[trial.outcome]} {escape(trial.note)}", soft_wrap=True)
