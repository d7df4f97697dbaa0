"""The ledger of warnings as text in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from haebom.ledger import Warned


def print_ledger(console: Console, found: Sequence[Warned]) -> None:
    """Print what will break, each with the lines that will."""
    if not found:
        console.print("no library has announced a change")
    for warned in found:
        text = " ".join(warned.message.split())
        console.print(f"[yellow]{escape(warned.category)}[/yellow]: {escape(text)}", soft_wrap=True)
        for place in warned.places:
            console.print(f"    {escape(str(place))}", soft_wrap=True)
