"""Values of expressions, on both kernels."""

from __future__ import annotations

import pytest

from haebom.expressions import parse
from haebom.kernels.base import Answer, Limits, Reply
from haebom.model import Expression, State

from .conftest import Start, text

CELLS = (
    "import numpy as np\nx = [3, 1, 2]\nold = np.seterr(divide='raise')",
    "def f(): raise ValueError\nf()",
)


def _expression(written: str) -> Expression:
    parts = parse(written)
    return Expression(0, written, parts.code, parts.conversion, parts.spec)


VALUES = {
    "len(x):02d": "03",
    "x!r:>12": "   [3, 1, 2]",
    "'가\\udc80'": "가?",
    "print('no') or 1": "1",
    "np.float64(.5)": "0.5",
    "__import__('os').system('echo no')": "0",
    "y": "NameError: name 'y' is not defined",
    "1:q": "ValueError: Unknown format code 'q' for object of type 'int'",
    "'x' * 10**6": "ValueError: it has 1,000,000 characters",
    "__import__('sys').exit(3)": "SystemExit: 3",
    "np.float64(1) / 0": "FloatingPointError: divide by zero encountered in scalar divide",
}


def test_values(start: Start) -> None:
    """A value would be missing or another's, count as a cell, or print into one."""
    with start() as kernel:
        kernel.execute(CELLS[0], 60)
        found = {each: kernel.evaluate(_expression(each), 60) for each in VALUES}
        kernel.execute(CELLS[1], 60)
        first, second = kernel.outputs()
    assert (first, text(second)) == ((), "ValueError: ")
    assert "In[2]" in repr(second), "a value has counted as a cell"
    assert {each: _shown(answer) for each, answer in found.items()} == VALUES


def _shown(answer: Answer | Reply) -> str:
    assert isinstance(answer, Answer)
    return text([answer.error]) if answer.error else answer.text


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("__import__('time').sleep(99)", State.TIMEOUT),
        ("__import__('os')._exit(3)", State.DIED),
        ("kept.append(b'x' * (3 << 29)) or __import__('time').sleep(99)", State.LIMIT),
    ],
)
def test_what_stops_one(start: Start, written: str, state: State) -> None:
    """A build would hang, or lose the reason why a post has ended."""
    with start(Limits(grace=1.0, memory=1 << 30)) as kernel:
        kernel.execute("kept = []", 60)
        found = kernel.evaluate(_expression(written), 60 if state is State.LIMIT else 1)
        assert isinstance(found, Reply)
        assert found.state is state
        assert found.reason
