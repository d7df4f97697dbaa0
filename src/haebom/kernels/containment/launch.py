"""Starts a program contained: ``python -m haebom.kernels.containment.launch PLAN PROGRAM …``.

The plan is a JSON text. What keeps the program from being contained is the last line on standard
error, and the program is then not started.
"""

from __future__ import annotations

import json
import os
import sys

from haebom.kernels.containment.enter import contain
from haebom.kernels.containment.plan import ContainmentError, Plan, clause

REFUSED = 96
"""The exit status when the program was not started."""


def main() -> None:
    """Contain this process, and become the program."""
    plan, program = Plan.from_json(json.loads(sys.argv[1])), sys.argv[2:]
    try:
        contain(plan)
        os.execvp(program[0], program)
    except (OSError, ContainmentError) as error:
        print(f"the post cannot be contained: {clause(error)}", file=sys.stderr, flush=True)
        os._exit(REFUSED)


if __name__ == "__main__":
    main()
