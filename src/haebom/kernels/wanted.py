"""Which modules are worth preloading for posts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from haebom import syntax

_LATE = {"torch._dynamo": re.compile(r"\boptim\b|\bcompile\b")}
"""Modules that a package imports only when it is used for something, with a word that tells so.
``torch.optim`` imports ``torch._dynamo`` when the first optimizer is made, which takes longer than
importing torch."""


def wanted(code: str, preload: Sequence[str]) -> tuple[str, ...]:
    """Modules that code will need.

    Args:
        code: All of it.
        preload: Full names of those that may be preloaded.
    """
    found = syntax.imports(code)
    chosen = [name for name in preload if name.split(".")[0] in found]
    late = [name for name, word in _LATE.items() if "torch" in found and word.search(code)]
    return (*chosen, *(late if "torch" in chosen else ()))
