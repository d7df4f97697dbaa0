"""Scripts that draw interactive figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from haebom import libraries
from haebom.libraries import LIBRARIES, missing, scripts
from haebom.model import CellRun, Code, Display, Run, State
from haebom.outputs import PLOTLY
from helpers import parsed

POST = parsed("# a\n\n```python\nx\n```\n")
RUN = Run("r", (CellRun(0, State.OK, (Display({PLOTLY: {"data": []}}),)),))


@pytest.fixture
def without_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plotly is not installed."""
    nothing = libraries._Library(PLOTLY, "plotly", "no_such_package")
    monkeypatch.setitem(LIBRARIES, "plotly", nothing)  # type: ignore[arg-type]


def test_scripts_come_from_packages(tmp_path: Path) -> None:
    """A page would have nothing to draw its figures with, or load it from elsewhere."""
    ((name, content),) = scripts(["plotly"], tmp_path)
    assert name == "plotly.js"
    assert b"Plotly" in content


def test_a_script_that_is_there_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every build would take seconds to make the same script, or keep that of another version."""
    made: list[str] = []

    def make(name: str) -> bytes:
        made.append(name)
        return b"x"

    monkeypatch.setattr(libraries, "_content", make)
    for _ in range(2):
        ((name, content),) = scripts(["vega"], tmp_path)
        (tmp_path / name).write_bytes(content)
    assert made == ["vega"]
    (tmp_path / "vega.js").write_bytes(b"/* vl-convert-python 0.1 */\nold")
    assert next(scripts(["vega"], tmp_path))[1].endswith(b"x")


@pytest.mark.usefixtures("without_plotly")
def test_missing_packages(tmp_path: Path) -> None:
    """A figure that nothing can draw would be published as an empty place, or end the build."""
    (finding,) = missing(POST, RUN)
    assert (finding.code, finding.at.line) == (Code.MISSING_ASSET, 4)
    assert list(scripts(["plotly"], tmp_path)) == []


def test_nothing_is_missing() -> None:
    """A post without such figures would need their packages."""
    other: Any = Run("r", (CellRun(0, State.OK, (Display({"text/plain": "x"}),)),))
    assert list(missing(POST, other)) == []
    assert list(missing(POST, RUN)) == []
