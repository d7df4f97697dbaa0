"""Findings of a post that has been run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from haebom import syntax
from haebom.causes import REASONS
from haebom.closeness import Comparison, Sameness, Terms
from haebom.compare import compare
from haebom.fences import PYTHON
from haebom.model import (
    Cell,
    CellRun,
    Checked,
    Code,
    Display,
    Error,
    Expression,
    Finding,
    Mode,
    Output,
    Post,
    Recorded,
    Repetition,
    Run,
    Show,
    State,
    Stream,
    Value,
)
from haebom.outputs import FIGURE, image_type, speaks

_DRIFT_HINT = (
    "If it is right now, 'haebom check --update' records it. What may differ is written as '...',"
    " or named by '#| varies: …' or '#| tolerance: …' in the cell."
)
_STORED_HINT = (
    "If it is right now, 'haebom check --update' stores it. What may differ is named by"
    " '#| varies: …', '#| tolerance: …' or '#| check: false' in the cell."
)
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_EXIT = re.compile(r"^(?!\s*(?:#|import\b|from\b)).*\b(?:exit|quit|SystemExit)\b")
_FRAME = re.compile(r"^ *Cell In *\[\d+\], line (\d+)", re.MULTILINE)

_ALT_HINT = "Write '#| fig-alt: …' in the cell, or give the figure a title or names for its axes."
_GLYPH_HINT = "Write it in other signs; for Hangul, install koreanize-matplotlib."
_GLYPH = re.compile(
    r"Glyph (?P<code>\d+) \(.+\) missing from font"
    r"|does not have a glyph for .+ \[U\+(?P<hex>[0-9a-f]+)\]"
)

_MORE_TIME = "Give a cell more with '#| timeout: …', or a post with 'execute: {post_timeout: …}'."
_STOP_HINTS = {
    State.TIMEOUT: _MORE_TIME,
    State.LIMIT: "Let the cell use less, or raise the limit under 'limits:' in mkdocs.yml.",
    State.DIED: "What it printed before its end is shown by 'haebom run'.",
}
_STOPPED = {State.TIMEOUT: Code.TIMEOUT, State.LIMIT: Code.LIMIT, State.DIED: Code.CELL_ERROR}
_NO_NETWORK = "Posts have no network unless they say 'needs: network'; data fits into the bundle."
_HINTS = {
    "gaierror": _NO_NETWORK,
    "URLError": _NO_NETWORK,
    "ConnectionError": _NO_NETWORK,
    "StdinNotImplementedError": "Nobody is there to answer when posts run; give the value in code.",
    "SystemExit": 'Take the exit out, or mark the cell {.raises expect="SystemExit"}.',
    "ModuleNotFoundError": "Add the package to requirements.txt, or put the module in the bundle.",
    "FileNotFoundError": "Put the file in the post's bundle, or name it under 'data:'.",
}


def verify(post: Post, run: Run | None) -> Checked:
    """Say everything that is wrong with a post.

    Args:
        post: The parsed post, its own findings included.
        run: What it did, or None if it has nothing to run.
    """
    findings = [*post.findings, *_not_run(post)]
    if run is not None and run.reason:
        at = post.runnable[0].at if post.runnable else post.at("kernel")
        findings.append(Finding(Code.KERNEL, at, run.reason))
    elif run is not None:
        for cell in post.runnable:
            result = run.cell(cell.index)
            if result is not None:
                findings += [*_judge(cell, result), *_look(cell, result)]
        for expression in post.expressions:
            value = run.value(expression.index)
            if value is not None:
                findings += _judge_value(expression, value)
        if post.execution.strict_warnings:
            findings += _warnings(post, run)
    findings.sort(key=lambda finding: (finding.at.line, finding.at.cell_line or 0))
    return Checked(post, run, tuple(findings))


def _not_run(post: Post) -> Iterator[Finding]:
    for cell in post.cells:
        if cell.options.mode is Mode.NO_RUN and cell.language in PYTHON:
            problem = syntax.error(cell.code)
            if problem:
                line, message = problem
                yield Finding(
                    Code.SYNTAX,
                    cell.line(line),
                    f"The code is not Python: {message}.",
                    "Mark the fence {.ignore} if it is not meant to be.",
                )


def _judge(cell: Cell, result: CellRun) -> Iterator[Finding]:
    error = next((o for o in result.outputs if isinstance(o, Error)), None)
    expected = cell.options.raises
    if result.state in _STOPPED:
        hint = _STOP_HINTS[result.state]
        yield Finding(_STOPPED[result.state], cell.at, result.reason, hint)
    elif error is not None and (expected is None or not _is_expected(error, expected)):
        wanted = f" instead of {expected}" if expected else ""
        yield Finding(
            Code.CELL_ERROR,
            cell.line(error_line(error, cell)),
            f"{error.name}{': ' if error.message else ''}{_first_line(error.message)}{wanted}",
            _HINTS.get(error.name, ""),
            plain(error),
        )
    elif error is None and expected is not None and result.state is State.OK:
        yield Finding(
            Code.UNEXPECTED_PASS,
            cell.at,
            f"The cell was meant to raise {expected or 'an exception'}, but did not.",
            "Take the mark away if the code has become right.",
        )
    elif cell.recorded is not None and result.state in (State.OK, State.ERROR):
        yield from drift(cell, cell.recorded, result)


def _look(cell: Cell, result: CellRun) -> Iterator[Finding]:
    """What is wrong with the figures of a cell."""
    shown = [o for o in result.outputs if isinstance(o, Display) and image_type(o)]
    options = cell.options
    described = options.fig_alt or options.fig_cap or options.output is Show.HIDDEN
    if not described and not all(speaks(display.data.get(FIGURE) or {}) for display in shown):
        message = "A figure has no alternative text, and no words in it from which one can be made."
        yield Finding(Code.MISSING_ALT, cell.at, message, _ALT_HINT)
    missing = dict.fromkeys(_missing_glyphs(result.outputs))
    if missing:
        names = ", ".join(f"{sign!r} (U+{ord(sign):04X})" for sign in missing)
        message = f"A figure has a box in place of a character: {names}."
        yield Finding(Code.MISSING_GLYPH, cell.at, message, _GLYPH_HINT)


def _missing_glyphs(outputs: Iterable[Output]) -> Iterator[str]:
    """Characters that no font has: of figures that are shown, and of those that are only saved."""
    for output in outputs:
        if isinstance(output, Display):
            yield from (output.data.get(FIGURE) or {}).get("missing", "")
        elif isinstance(output, Stream) and output.name == "stderr":
            for match in _GLYPH.finditer(output.text):
                yield chr(int(match["code"]) if match["code"] else int(match["hex"], 16))


def _judge_value(expression: Expression, value: Value) -> Iterator[Finding]:
    if value.state in _STOPPED:
        hint = _STOP_HINTS[value.state]
        yield Finding(_STOPPED[value.state], expression.at, value.reason, hint)
    elif value.error is not None:
        reason = f"{value.error.name}: {_first_line(value.error.message)}"
        yield Finding(
            Code.CELL_ERROR,
            expression.at,
            f"The value of {expression.text!r} cannot be worked out: {reason}.",
            "It is worked out behind the cells that stand above it.",
        )


def _warnings(post: Post, run: Run) -> Iterator[Finding]:
    for notice in run.notices:
        cell = next(cell for cell in post.runnable if cell.index == notice.cell)
        yield Finding(
            Code.WARNING,
            cell.line(min(notice.line, cell.code.count("\n") + 1)),
            f"{notice.category}: {_first_line(notice.message)}",
            "Do what it says, or list it only: 'execute: {warnings: list}'.",
        )


def drift(cell: Cell, recorded: Recorded, result: CellRun) -> Iterator[Finding]:
    """What there is to say about a cell whose output is not the recorded one."""
    found = compare_cell(cell, result)
    if found is not None and found.sameness is Sameness.DIFFERS:
        yield Finding(
            Code.OUTPUT_DRIFT,
            recorded.at.down(found.line) if recorded.is_text else recorded.at,
            f"The output is not the recorded one: {found.what}.",
            _DRIFT_HINT if recorded.is_text else _STORED_HINT,
            found.diff,
        )


def compare_cell(cell: Cell, result: CellRun) -> Comparison | None:
    """Compare what a cell put out with what is recorded of it; None if nothing is to be compared.

    Args:
        cell: With the terms of the comparison.
        result: What it did.
    """
    if cell.recorded is None or not cell.options.check:
        return None
    return compare(
        cell.recorded, result.outputs, Terms(cell.options.tolerance, cell.options.varies)
    )


def compare_runs(cell: Cell, before: CellRun, after: CellRun) -> str:
    """Say how a cell did otherwise than before, on its author's terms; empty if it did not.

    Args:
        cell: With the terms of the comparison.
        before: What it did first.
        after: What it did then.
    """
    if not cell.options.check:
        return ""
    if before.state is not after.state:
        return f"it ended with {after.state}"
    terms = Terms(cell.options.tolerance, cell.options.varies)
    found = compare(Recorded(before.outputs, cell.at), after.outputs, terms)
    return found.what if found.sameness is Sameness.DIFFERS else ""


def unsteady(post: Post, repetition: Repetition) -> Iterator[Finding]:
    """Findings for what does not come out the same each time.

    Args:
        post: The post.
        repetition: What running it several times has shown.
    """
    for varying in repetition.varying:
        step = post.steps[varying.step]
        reason, hint = REASONS[varying.cause]
        place = ""
        if varying.by is not None:
            number, line = varying.by
            place = f" in line {post.runnable[number].line(line).line}"
        yield Finding(
            Code.NOT_REPRODUCIBLE,
            step.at,
            f"It is not the same in {repetition.runs} runs ({varying.what}): probably"
            f" {reason}{place}.",
            hint,
        )


def is_failure(cell: Cell, result: CellRun) -> bool:
    """Whether a post stops after this cell."""
    if result.state is State.ERROR:
        error = next((o for o in result.outputs if isinstance(o, Error)), None)
        expected = cell.options.raises
        return error is None or expected is None or not _is_expected(error, expected)
    return result.state not in (State.OK, State.UNMET)


def _is_expected(error: Error, expected: str) -> bool:
    """An exception is known by its name, with or without its module."""
    return not expected or expected.rpartition(".")[2] == error.name.rpartition(".")[2]


def error_line(error: Error, cell: Cell) -> int:
    """Line of the code, from 1, that an error points to; 1 if its traceback does not say."""
    match = _FRAME.search(plain(error))
    line = int(match[1]) if match else 1
    if match is None and error.name == "SystemExit":  # IPython shows no traceback for it
        lines = enumerate(cell.code.split("\n"), start=1)
        line = next((number for number, text in lines if _EXIT.search(text)), 1)
    return line if 1 <= line <= cell.code.count("\n") + 1 else 1


def plain(error: Error) -> str:
    """The traceback without colours."""
    return _ANSI.sub("", "\n".join(error.traceback))


def _first_line(message: str) -> str:
    return message.strip().split("\n")[0]
