"""Stored runs and whole writes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from haebom.model import CellRun, Display, Error, Input, Run, State, Stream, Value
from haebom.store import Store, write_atomically, write_if_changed

RUN = Run(
    "0" * 32,
    (
        CellRun(0, State.OK, (Stream("stdout", "글"), Display({"a/b+json": {"x": [1]}}))),
        CellRun(2, State.ERROR, (Error("E", "m", ("a", "b")),), 1.5, "why"),
    ),
    (Value(0, State.OK, "둘"), Value(3, State.ERROR, error=Error("E", "m"))),
    (Input("file", "a", "1"),),
    2.5,
)


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    """A reused run would differ from the true one."""
    store = Store(tmp_path)
    assert list(store.candidates(RUN.recipe)) == []
    store.put("posts/a.md", RUN)
    assert list(store.candidates(RUN.recipe)) == [RUN]
    assert store.latest("posts/a.md") == RUN
    assert store.latest("posts/b.md") is None
    assert list(store.candidates("1" * 32)) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b'{"recipe": 3}', b"null"])
def test_damaged_files_count_as_absent(tmp_path: Path, damage: bytes) -> None:
    """A file cut off by a crash would end every later command."""
    store = Store(tmp_path)
    store.put("posts/a.md", RUN)
    for path in tmp_path.rglob("*.json"):
        path.write_bytes(damage)
    assert list(store.candidates(RUN.recipe)) == []
    assert store.latest("posts/a.md") is None
    store.put("posts/a.md", RUN)
    assert list(store.candidates(RUN.recipe)) == [RUN]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk or a kill would leave half a file, or rubbish beside it."""
    path = tmp_path / "a.json"
    write_atomically(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_write_if_changed(tmp_path: Path) -> None:
    """Watchers would see changes where there are none."""
    path = tmp_path / "deep" / "a"
    assert write_if_changed(path, b"1")
    os.utime(path, (1, 1))
    assert not write_if_changed(path, b"1")
    assert path.stat().st_mtime == 1
    assert write_if_changed(path, b"2")
    assert path.read_bytes() == b"2"


def test_stored_runs_are_plain_json(tmp_path: Path) -> None:
    """A stored run could not be read by anything else."""
    Store(tmp_path).put("posts/a.md", RUN)
    (path,) = (tmp_path / "runs").rglob("*.json")
    assert json.loads(path.read_bytes())["cells"][1]["outputs"][0]["name"] == "E"
