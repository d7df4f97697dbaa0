"""Which names a cell reads and which it changes, told from its code.

Where a cell does not run, this says which of the others would miss what it would have done.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from haebom import syntax

_TIMED = re.compile(r"\A%%(?:time|timeit|capture|prun)\b.*\n")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Effects:
    """What code does with names.

    Args:
        reads: Names that it uses before it gives them a value itself.
        binds: Names that it gives a value.
        defines: Those of them that are modules, functions and classes, whose use changes nothing.
        changes: Names whose values it may change: what it assigns parts of, calls methods of, or
            hands to functions.
    """

    reads: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    defines: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()


def effects(source: str) -> Effects:
    """Tell the effects of a cell; code that is not Python has none.

    Args:
        source: The cell's code, magics included.
    """
    tree = syntax.tree(_TIMED.sub("", source))
    body = tree.body if tree else []
    binds: set[str] = set()
    reads = set(_reads(body, binds))
    defines = {n for each in body if isinstance(each, _DEFINITIONS) for n in _bound(each)}
    changes = {name for statement in body for name in _changed(statement)}
    return Effects(*map(frozenset, (reads, binds, defines, changes)))


def _reads(statements: Iterable[ast.stmt], binds: set[str]) -> Iterator[str]:
    """Names that statements use before they have a value; those that they bind are added."""
    for statement in statements:
        match statement:
            case ast.For() | ast.AsyncFor():
                yield from _used(statement.iter, binds)
                binds.update(_bound(statement.target))
            case ast.With() | ast.AsyncWith():
                for item in statement.items:
                    yield from _used(item, binds)
                    binds.update(_bound(item))
            case ast.If() | ast.While():
                yield from _used(statement.test, binds)
                binds.update(_bound(statement.test))
            case ast.Try():
                types = [each.type for each in statement.handlers if each.type is not None]
                yield from (name for each in types for name in _used(each, binds))
            case _:
                yield from _used(statement, binds)
                binds.update(_bound(statement))
                continue
        for part in ("body", "handlers", "orelse", "finalbody"):
            for each in getattr(statement, part, ()):
                yield from _reads(
                    each.body if isinstance(each, ast.ExceptHandler) else [each], binds
                )


def _bound(node: ast.AST) -> Iterator[str]:
    """Names that a piece of code binds, those within its functions left out."""
    for each in _outside_functions(node):
        match each:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((own.asname or own.name).split(".")[0] for own in names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name


def _used(node: ast.AST, known: set[str]) -> Iterator[str]:
    """Names that a piece of code uses, besides those that are known and its functions' own."""
    own = set(known)
    for each in ast.walk(node):
        if isinstance(each, ast.arg):
            own.add(each.arg)
        elif isinstance(each, ast.comprehension):
            own.update(_bound(each.target))
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name, ctx=ast.Load()) if name not in own:
                yield name
            case ast.AugAssign(target=ast.Name(id=name)) if name not in own:
                yield name


def _changed(statement: ast.stmt) -> Iterator[str]:
    for node in _outside_functions(statement):
        match node:
            case (
                ast.Attribute(ctx=ast.Store() | ast.Del())
                | ast.Subscript(ctx=ast.Store() | ast.Del())
            ):
                yield from _base(node)
            case ast.Call(func=ast.Name(id=name)) if hasattr(builtins, name) or name == "display":
                continue
            case ast.Call(func=function, args=arguments, keywords=keywords):
                yield from _base(function) if isinstance(function, ast.Attribute) else ()
                for argument in (*arguments, *(keyword.value for keyword in keywords)):
                    yield from _base(argument)


def _base(node: ast.expr) -> Iterator[str]:
    """The name at the beginning of ``name.attribute[…].method``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """A node with all that is below it, but what has names of its own."""
    yield node
    if isinstance(node, ast.comprehension):
        yield from _outside_functions(node.iter)
    elif not isinstance(node, _SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _outside_functions(child)
