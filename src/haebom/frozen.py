"""Runs that came with their posts: made on a machine that has what they need, and kept beside them.

A post that is a bundle has them in its folder ``frozen``; those of other posts lie in folders of
their own in ``frozen`` beside the posts. Each is ``run.json``, made to be read in a diff, and
images as files beside it. They are used only while the post's code and its data are the same.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter

from haebom.keys import recipe
from haebom.model import (
    JSON,
    CellRun,
    Code,
    Display,
    Elsewhere,
    Finding,
    Input,
    InputKind,
    Location,
    Notice,
    Output,
    Post,
    Run,
    Source,
    State,
    Value,
)
from haebom.needs import blocked
from haebom.outputs import IMAGES, from_notebook, in_lines, to_notebook
from haebom.scratch import FROZEN
from haebom.store import write_if_changed

_FILE = "run.json"
_FILES = frozenset({InputKind.DATA, InputKind.FILE, InputKind.FOLDER})
_KEPT = _FILES | {InputKind.DISTRIBUTION, InputKind.INTERPRETER}
_SVG = "image/svg+xml"
_IN_FILE = "file"


@dataclass(frozen=True, slots=True)
class _Cell:
    state: State
    seconds: float
    outputs: list[dict[str, JSON]]


@dataclass(frozen=True, slots=True)
class _Frozen:
    """What is in the file; cells and values in their order, those that can run anywhere as null."""

    recipe: str
    ended: str
    device: str
    seconds: float
    inputs: list[tuple[str, str, str]]
    cells: list[_Cell | None]
    values: list[str | None]
    notices: list[tuple[int, int, str, str]]


_FROZEN = TypeAdapter(_Frozen)


def folder(source: Source, posts: str) -> str:
    """Project path of the folder with the run of a post.

    Args:
        source: The post's.
        posts: Project path of the posts.
    """
    if source.bundle:
        return f"{source.bundle}/{FROZEN}"
    path = PurePosixPath(source.path).with_suffix("")
    inside = path.relative_to(posts) if path.is_relative_to(posts) else path
    return str(PurePosixPath(posts, FROZEN, inside))


def write(post: Post, run: Run, target: Path) -> None:
    """Keep a run beside its post.

    Args:
        post: The post.
        run: What it did here.
        target: The folder; whatever else is in it is deleted.
    """
    kept = blocked(post, lambda wanted: True)  # what a machine needs that has nothing
    files: dict[str, bytes] = {}
    cells = [
        _Cell(own.state, own.seconds, list(_stored(own, number, files)))
        if own.index in kept.cells
        else None
        for number, own in enumerate(run.cells, start=1)
    ]
    numbers = {own.index: number for number, own in enumerate(run.cells, start=1)}
    content = _Frozen(
        run.recipe,
        run.ended,
        run.device,
        run.seconds,
        [(item.kind, item.name, item.value) for item in run.inputs if item.kind in _KEPT],
        cells,
        [value.text if value.index in kept.values else None for value in run.values],
        [(numbers[n.cell], n.line, n.category, n.message) for n in run.notices],
    )
    document = _FROZEN.dump_python(content, mode="json")
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    files[_FILE] = text.encode("utf-8")
    for old in target.iterdir() if target.is_dir() else ():
        if old.name not in files:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name, data in files.items():
        write_if_changed(target / name, data)


def _stored(run: CellRun, number: int, files: dict[str, bytes]) -> Iterator[dict[str, JSON]]:
    """The outputs as the notebook format has them, images left to files."""

    def without_images(value: JSON, mime: str = "") -> JSON:
        if isinstance(value, dict):
            return {key: without_images(item, key) for key, item in value.items()}
        if mime not in IMAGES or not isinstance(value, str):
            return value
        name = f"cell-{number}-{len(files) + 1}.{IMAGES[mime]}"
        files[name] = value.encode("utf-8") if mime == _SVG else base64.b64decode(value)
        return {_IN_FILE: name}

    for output, written in zip(run.outputs, to_notebook(run.outputs, 0), strict=True):
        if isinstance(output, Display):  # what only a page understands too
            written["data"] = without_images(dict(output.data))
        yield in_lines(written, None)


def _restored(outputs: list[dict[str, JSON]], place: Path) -> tuple[Output, ...]:
    def with_images(value: JSON, mime: str = "") -> JSON:
        if not isinstance(value, dict):
            return value
        if mime not in IMAGES or set(value) != {_IN_FILE}:
            return {key: with_images(item, key) for key, item in value.items()}
        data = (place / Path(value[_IN_FILE]).name).read_bytes()
        return data.decode("utf-8") if mime == _SVG else base64.b64encode(data).decode("ascii")

    return from_notebook(map(with_images, outputs))


def completed(
    run: Run, post: Post, root: Path, posts: str, holds: Callable[[Post, Sequence[Input]], bool]
) -> tuple[Run, tuple[Finding, ...]]:
    """Give cells that could not run here the outputs that came with the post.

    Args:
        run: What the post did here.
        post: The post.
        root: The project's folder.
        posts: Project path of the posts.
        holds: Whether what a run depends on is still so; asked about files only.

    Returns:
        The run, and what is wrong with what came with the post.
    """
    states = {*(cell.state for cell in run.cells), *(value.state for value in run.values)}
    if State.UNMET not in states:
        return run, ()
    place = folder(post.source, posts)
    path = root / place / _FILE
    if not path.exists():
        return run, ()
    try:
        stored = _FROZEN.validate_json(path.read_bytes())
        files = [Input(*item) for item in stored.inputs if item[0] in _FILES]
        origin = Elsewhere(stored.ended, stored.device)
        is_same = stored.recipe == recipe(post) and holds(post, files)
        found = _as_run(stored, post, path.parent) if is_same else None
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".:")
        message = f"The run that came with {post.path} cannot be read: {reason}."
        hint = "Make it again with 'haebom run --only-needs …', or delete the folder."
        return run, (Finding(Code.PARSE, Location(f"{place}/{_FILE}"), message, hint),)
    return _filled(run, found, origin), ()


def _as_run(stored: _Frozen, post: Post, place: Path) -> Run:
    """What is in the file, as the run of the post that it is of."""
    cells = zip(post.runnable, stored.cells, strict=True)
    values = zip(post.expressions, stored.values, strict=True)
    return Run(
        stored.recipe,
        tuple(
            CellRun(cell.index, own.state, _restored(own.outputs, place), own.seconds)
            for cell, own in cells
            if own is not None
        ),
        tuple(Value(each.index, State.OK, text) for each, text in values if text is not None),
        tuple(Input(*item) for item in stored.inputs),
        stored.seconds,
        ended=stored.ended,
        notices=tuple(
            Notice(post.runnable[number - 1].index, line, category, text)
            for number, line, category, text in stored.notices
        ),
        device=stored.device,
        frozen=True,
    )


def _filled(run: Run, found: Run | None, origin: Elsewhere) -> Run:
    """A run with what another has of what could not run here; without another, with a word of it.

    Where nothing could run here, the other stands for the whole.
    """
    cells, values = [], []
    for cell in run.cells:
        own = found.cell(cell.index) if found and cell.state is State.UNMET else None
        is_unmet = cell.state is State.UNMET
        cells.append(replace(own or cell, elsewhere=origin) if is_unmet else cell)
    for value in run.values:
        known = found.value(value.index) if found and value.state is State.UNMET else None
        values.append(known or value)
    done = replace(run, cells=tuple(cells), values=tuple(values))
    if found is None or any(cell.state is not State.UNMET for cell in run.cells):
        return done
    return replace(found, cells=done.cells, values=done.values, reused=True)
