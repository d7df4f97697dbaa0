"""A post's way through its kernel: from its first cell to its last, and the values between them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from haebom.kernels.base import Answer, Kernel, Reply, Trace
from haebom.model import (
    Cell,
    CellRun,
    Error,
    Expression,
    Notice,
    Output,
    Post,
    Run,
    State,
    Stream,
    Value,
)
from haebom.needs import Blocked
from haebom.normalize import Place, normalize
from haebom.verify import is_failure

_ENDED = frozenset({State.TIMEOUT, State.LIMIT, State.DIED})
"""States after which there is no kernel any more."""


class Course:
    """What has happened so far.

    Args:
        post: What runs.
        kernel: Where.
        blocked: What of it is left out.
    """

    def __init__(self, post: Post, kernel: Kernel, blocked: Blocked) -> None:
        self._post = post
        self._kernel = kernel
        self._blocked = blocked
        self._end = time.perf_counter() + post.execution.post_timeout
        self._cells: list[CellRun] = []
        self._values: list[tuple[Expression, Answer | Reply]] = []
        self.is_alive = True
        """Whether the kernel can be asked more."""

    def run(self) -> None:
        """Execute the cells; the first that fails stops the post. Each expression is worked out
        behind the cells that stand above it."""
        for step in self._post.steps:
            if isinstance(step, Cell):
                if step.index not in self._blocked.cells and not self._execute(step):
                    return
            elif step.index not in self._blocked.values and not self._evaluate(step):
                return

    def _execute(self, cell: Cell) -> bool:
        """Execute a cell; say whether the post goes on."""
        began = time.perf_counter()
        timeout, reason = self._limit(cell.options.timeout)
        reply = self._kernel.execute(cell.code, timeout)
        seconds = round(time.perf_counter() - began, 4)
        self.is_alive = reply.state not in _ENDED
        if reply.state is State.TIMEOUT:
            reply = Reply(State.TIMEOUT, reason or reply.reason)
        result = CellRun(cell.index, reply.state, (), seconds, reply.reason)
        self._cells.append(result)
        if reply.state is not State.ERROR:
            return reply.state is State.OK
        outputs = self._kernel.outputs()[len(self._cells) - 1]
        return not is_failure(cell, replace(result, outputs=outputs))

    def _evaluate(self, expression: Expression) -> bool:
        """Work out an expression; say whether the post goes on."""
        timeout, reason = self._limit()
        answer = self._kernel.evaluate(expression, timeout)
        if isinstance(answer, Reply):
            self.is_alive = False
            if answer.state is State.TIMEOUT:
                answer = Reply(State.TIMEOUT, reason or answer.reason)
        self._values.append((expression, answer))
        return self.is_alive

    def _limit(self, own: float | None = None) -> tuple[float, str]:
        """How long the next step may take, and why if that is what is left of the post's time."""
        execution = self._post.execution
        left = max(self._end - time.perf_counter(), 0.0)
        timeout = own or execution.timeout
        if timeout <= left:
            return timeout, ""
        return left, f"The post ran longer than its limit of {execution.post_timeout:g} seconds."

    def outcome(self, recipe: str, places: Iterable[Place], trace: Trace | None) -> Run:
        """What the cells put out and what the expressions came to, normalised together.

        Args:
            recipe: The post's.
            places: Folders of this run.
            trace: What the kernel can tell of the cells, if it can.
        """
        trace = trace or Trace()
        answers = [_as_outputs(answer) for _, answer in self._values]
        told = [(Stream("stdout", text),) for *_, text in trace.notices]
        normal = iter(normalize([*self._kernel.outputs(), *answers, *told], places))
        # a post that has upset its kernel has other uses than cells
        uses = trace.uses if len(trace.uses) == len(self._cells) else ((),) * len(self._cells)
        cells = [
            replace(run, outputs=next(normal), uses=names)
            for run, names in zip(self._cells, uses, strict=True)
        ]
        values = [_value(*pair, next(normal)) for pair in self._values]
        notices = [
            Notice(cells[min(number, len(cells)) - 1].index, line, category, _text(next(normal)))
            for number, line, category, _ in trace.notices
        ]
        run = outcome(self._post, recipe, self._blocked, cells, values)
        return replace(run, notices=tuple(dict.fromkeys(notices)))


def outcome(
    post: Post,
    recipe: str,
    blocked: Blocked,
    cells: Iterable[CellRun] = (),
    values: Iterable[Value] = (),
) -> Run:
    """A run with an entry for each cell, run or not.

    Args:
        post: What ran.
        recipe: Its recipe.
        blocked: What of it cannot run here.
        cells: Those that have run; the others were skipped, unless they cannot.
        values: Those that have been worked out.
    """
    ran = {run.index: run for run in cells}
    known = {value.index: value for value in values}
    for index, missing in blocked.cells.items():
        ran[index] = CellRun(index, State.UNMET, reason=missing)
    for index, missing in blocked.values.items():
        known[index] = Value(index, State.UNMET, reason=missing)
    indices = (cell.index for cell in post.runnable)
    return Run(
        recipe,
        tuple(ran.get(index) or CellRun(index, State.SKIPPED) for index in indices),
        tuple(known[each.index] for each in post.expressions if each.index in known),
    )


def _as_outputs(answer: Answer | Reply) -> tuple[Output, ...]:
    if isinstance(answer, Reply):
        return ()
    return (answer.error or Stream("stdout", answer.text),)


def _value(expression: Expression, answer: Answer | Reply, outputs: tuple[Output, ...]) -> Value:
    if isinstance(answer, Reply):
        return Value(expression.index, answer.state, reason=answer.reason)
    error = next((output for output in outputs if isinstance(output, Error)), None)
    state = State.OK if error is None else State.ERROR
    return Value(expression.index, state, _text(outputs), error)


def _text(outputs: tuple[Output, ...]) -> str:
    return "".join(output.text for output in outputs if isinstance(output, Stream))
