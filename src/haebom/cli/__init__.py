"""The command line."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from rich.console import Console

from haebom import __version__
from haebom.cli import authoring, importing, matrix, policy, posts, sites
from haebom.cli.state import CLEAN, FINDINGS, INTERNAL, INTERRUPTED, USAGE, State
from haebom.errors import HaebomError, UsageError

__all__ = ["CLEAN", "FINDINGS", "INTERNAL", "INTERRUPTED", "USAGE", "cli", "main"]

_COMMANDS = (
    sites.init,
    authoring.new,
    posts.check,
    posts.run,
    authoring.fmt,
    authoring.diff,
    authoring.compare,
    posts.warnings,
    posts.stage,
    posts.why,
    posts.clean,
    matrix.matrix,
    importing.import_,
    policy.csp,
    authoring.schema,
)


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
    context.obj = State(config_file, quiet)


for command in _COMMANDS:
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and end the process with its exit code."""
    atexit.register(gc.freeze)  # a process that ends need not look for garbage first
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
