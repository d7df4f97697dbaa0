#!/usr/bin/env python3
"""Check the code and run the tests. With arguments, only pytest runs, and gets them."""

import sys

from _environment import main

CHECKS = [
    ["-m", "ruff", "check", "."],
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "mypy"],
    ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
]
ALL_TESTS = ["-m", "pytest", "-n", "2", "--dist", "loadgroup"]

if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
    some = ["-m", "pytest", *sys.argv[1:]]
    main("requirements-dev.txt", *([some] if sys.argv[1:] else [*CHECKS, ALL_TESTS]))
