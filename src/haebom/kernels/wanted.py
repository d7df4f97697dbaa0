"""Which modules are worth preloading for posts."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path

from haebom import syntax

_LATE = {"torch._dynamo": re.compile(r"\boptim\b|\bcompile\b")}
"""Modules that a package imports only when it is used for something, with a word that tells so.
``torch.optim`` imports ``torch._dynamo`` when the first optimizer is made, which takes longer than
importing torch."""

_FENCED = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)^[ \t]*\1", re.MULTILINE | re.DOTALL)


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


def forecast(folder: Path, preload: Sequence[str]) -> tuple[str, ...]:
    """The same for all posts of a site at a glance, before they are parsed; it can be wrong.

    Args:
        folder: Where the posts lie.
        preload: Full names of those that may be preloaded.
    """
    return wanted("\n".join(map(_code, sorted(folder.rglob("*")))), preload)


def _code(file: Path) -> str:
    text = ""
    if file.suffix in (".md", ".ipynb", ".py"):
        with contextlib.suppress(OSError):
            text = file.read_text("utf-8", "replace")
    if file.suffix == ".md":
        return "\n".join(code for _, code in _FENCED.findall(text))
    return text.replace('"', "\n").replace("\\n", "\n") if file.suffix == ".ipynb" else text
