"""The commands that the README gives."""

from __future__ import annotations

import runpy
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from helpers import PROJECT


@pytest.mark.parametrize(
    ("words", "count", "first"),
    [
        (["tests/unit", "-k", "link"], 1, ["-m", "pytest", "tests/unit", "-k", "link"]),
        (["--help"], 1, ["-m", "pytest", "--help"]),
        ([], 5, ["-m", "ruff", "check", "."]),
    ],
)
def test_what_is_tested(
    monkeypatch: pytest.MonkeyPatch, words: list[str], count: int, first: list[str]
) -> None:
    """Whoever wants one test would get all of them after it."""
    commands: list[Any] = []
    environment = SimpleNamespace(main=lambda _file, *given: commands.extend(given))
    monkeypatch.setitem(sys.modules, "_environment", environment)
    monkeypatch.setattr(sys, "argv", ["test.py", *words])
    runpy.run_path(str(PROJECT / "scripts/test.py"), run_name="__main__")
    assert len(commands) == count
    assert commands[0] == first
