"""What the cells of a post put out, as text in a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from haebom.model import Checked, Display, Error, Output, Stream


def print_outputs(console: Console, checked: Checked) -> None:
    """Print the outputs of a post, each behind the place of its cell, and the values in prose."""
    if checked.run is None:
        return
    for cell in checked.post.runnable:
        result = checked.run.cell(cell.index)
        if result is None:
            continue
        console.print(f"[bold]{escape(str(cell.at))}[/bold] [dim]{result.state}[/dim]")
        for output in result.outputs:
            console.print(Text.from_ansi(_text(output)))
    for expression in checked.post.expressions:
        value = checked.run.value(expression.index)
        if value is not None:
            console.print(f"[bold]{escape(str(expression.at))}[/bold] [dim]{value.state}[/dim]")
            console.print(Text(f"{expression.text} → {value.text}"))


def _text(output: Output) -> str:
    match output:
        case Stream(text=text):
            return text.rstrip("\n")
        case Error(traceback=traceback):
            return "\n".join(traceback)
        case Display(data=data):
            plain = data.get("text/plain")
            return str(plain) if plain is not None else f"({', '.join(data)})"
