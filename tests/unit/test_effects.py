"""Which names a cell reads and which it changes."""

from __future__ import annotations

import pytest

from haebom.effects import effects


@pytest.mark.parametrize(
    ("code", "reads", "binds", "changes"),
    [
        ("x = 1", "", "x", ""),
        ("x = y", "y", "x", ""),
        ("x = 1\ny = x", "", "x y", ""),
        ("x = x + 1", "x", "x", ""),
        ("x += 1", "x", "x", ""),
        ("a, (b, *c) = d", "d", "a b c", ""),
        ("for i in xs:\n    t = i", "xs", "i t", ""),
        ("with open('a') as f:\n    d = f.read()", "open", "f d", "f"),
        ("import torch.nn as nn, os.path", "", "nn os", ""),
        ("from a import b as c", "", "c", ""),
        ("def f(model, *a, k=d, **q):\n    return model + a + g", "d g", "f", ""),
        ("class A(B):\n    x = y", "B y", "A", ""),
        ("model.cuda()", "model", "", "model"),
        ("net = model.to(device)", "model device", "net", "model device"),
        ("xs[0].y = 1\ndel d['k']", "xs d", "", "xs d"),
        ("train(net, data=loader[0])", "train net loader", "", "net loader"),
        ("print(x)\ndisplay(y)\nlen(z)", "print x display y len z", "", ""),
        ("f = lambda a: a + b", "b", "f", ""),
        ("if (n := len(x)) > 1: pass", "len x", "n", ""),
        ("%matplotlib inline\n!ls\nx = 1", "get_ipython", "x", ""),
        ("%%time\nx = y", "y", "x", ""),
        ("%%bash\nls", "get_ipython", "", ""),
        ("[i for i in x if i]", "x", "", ""),
        ("try:\n    a = b\nexcept E:\n    c = a\nfinally:\n    d", "b E d", "a c", ""),
        ("while a:\n    for b in a:\n        c = c + b", "a c", "b c", ""),
        ("await f(x)", "f x", "", "x"),
        ("nothing like Python", "", "", ""),
    ],
)
def test_effects(code: str, reads: str, binds: str, changes: str) -> None:
    """A cell would run without what it needs, or not run although it could."""
    found = effects(code)
    assert found.reads == set(reads.split())
    assert found.binds == set(binds.split())
    assert found.changes - {"get_ipython"} == set(changes.split())


def test_definitions() -> None:
    """The use of a module would count as a change of it."""
    found = effects("import torch\ndef f(): pass\nclass A: pass\nx = 1")
    assert found.defines == {"torch", "f", "A"}
