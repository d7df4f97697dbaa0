"""What code says without being run: whether it would compile, and what it imports."""

from __future__ import annotations

import ast
import re
import warnings

_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)


def error(source: str) -> tuple[int, str] | None:
    """Compile a cell as IPython would, magics and top-level ``await`` included.

    Args:
        source: The cell's code.

    Returns:
        None if it compiles, else the line, from 1, and what is wrong there.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    if source.startswith("%%"):
        return None  # a cell magic's body need not be Python
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            transformed = TransformerManager().transform_cell(source)
            compile(transformed, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)
    except SyntaxError as problem:
        return problem.lineno or 1, problem.msg
    except ValueError as problem:  # null bytes
        return 1, str(problem)
    return None


def tree(source: str) -> ast.Module | None:
    """The syntax tree of a cell with its magics as calls; None if it is not Python."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            transformed: str = TransformerManager().transform_cell(source)
            return ast.parse(transformed)
    except (SyntaxError, ValueError):
        return None


def imports(source: str) -> frozenset[str]:
    """Top-level names of the modules that code asks for; magics and errors do not matter."""
    return frozenset(
        name.strip().split(".")[0]
        for names in _IMPORT.findall(source)
        for name in names.split(",")
        if not name.strip().startswith(".")
    )
