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
    """Print which post works in which environment, and below it what differs.

    The environments have numbers, so that the table is no wider than a terminal.
    """
    if not environments:
        return
    numbers = (str(number) for number in range(1, len(environments) + 1))
    table = Table(Column("post", overflow="fold"), *numbers)
    outcomes = [{trial.path: trial for trial in e.trials} for e in environments]
    for path in sorted({path for found in outcomes for path in found}):
        row = [_MARKS[found[path].outcome] if path in found else "" for found in outcomes]
        table.add_row(escape(path), *row)
    console.print(table)
    for number, environment in enumerate(environments, start=1):
        versions = ", ".join(f"{name} {version}" for name, version in environment.versions)
        console.print(
            f"[bold]{number}[/bold] {escape(environment.name)} "
            f"[dim](Python {environment.python}; {versions})[/dim]",
            soft_wrap=True,
        )
        for trial in environment.trials:
            if trial.note:
                console.print(f"    {_MARKS[trial.outcome]} {escape(trial.note)}", soft_wrap=True)
