"""Finds out which mechanisms of containment this system has, by trying each of them.

It is a program of its own, ``python -m haebom.kernels.containment.probe``, since a process that has
contained itself stays so.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from haebom.kernels.containment import enter, landlock
from haebom.kernels.containment.plan import ContainmentError, Mechanism, Plan, clause

_FEW = 64
_SMALL = 1 << 20


def attempts(folder: Path) -> Iterator[tuple[Mechanism, Callable[[], None]]]:
    """Each mechanism with what is done to try it.

    Args:
        folder: An empty folder.
    """
    for mechanism in Mechanism:
        plan = Plan(
            mechanisms=(mechanism,),
            network=False,
            readable=("/usr", "/bin", "/lib", "/lib64"),
            hidden=(),
            writable=(str(folder),),
            devices=(),
            cwd=str(folder),
            tasks=_FEW,
            file_size=_SMALL,
            shared_memory=_SMALL,
        )
        yield mechanism, functools.partial(enter.contain, plan)


def why_not(attempt: Callable[[], None]) -> str:
    """Try something in a process apart; say as a clause why it fails, or nothing."""
    theirs, mine = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except (OSError, ContainmentError) as error:
            os.write(mine, clause(error).encode())
        finally:
            os._exit(0)
    os.close(mine)
    with os.fdopen(theirs, "rb") as stream:
        reason = stream.read().decode("utf-8", "replace")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return reason or (f"it ends with status {status}" if status else "")


def main() -> None:
    """Write what is missing to standard output, as JSON."""
    found = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        for mechanism, attempt in attempts(Path(name).resolve()):
            reason = why_not(attempt)
            if reason:
                found[mechanism] = f"{mechanism} cannot be had ({reason})"
    if landlock.version() == 0:
        found[Mechanism.LANDLOCK] = "the kernel has no Landlock"
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
