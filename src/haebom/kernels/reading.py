"""Runs inside every Python kernel: reads the code of a cell with an eye on the names in it.

Like :mod:`haebom.kernels.bootstrap` it must not import anything but the standard library and its
neighbours.

A name that is at hand is looked up; what a call or an operator gives is not computed again, but
told from what the library says of it; see :mod:`haebom.kernels.results`. What a function is given
is known from its annotations, and from the first call that says more. What cannot be told is left
out.
"""

import ast
import builtins
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FunctionType, GeneratorType
from typing import Any, NamedTuple

from .naming import called, held, is_class
from .results import Known, Made, Results, Several, Value, kind, parts

_MAGIC = re.compile(r"^\s*(?:[%!?]|[\w.]+\?+$|[\w, ]+=\s*[%!])")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Use(NamedTuple):
    """A name of a library in the code of a cell.

    Args:
        name: The documented name, with the module: ``torch.nn.Linear``, ``builtins.print``.
        kind: ``class``, ``exception``, ``function``, ``method``, ``attribute`` or ``data``.
        line: Line of the code, from 1.
        column: Its first character, from 0.
        length: Its number of characters; 0 where Python does not say where it stands.
    """

    name: str
    kind: str
    line: int
    column: int
    length: int


class Memory:
    """What is known from the cells of a post that have been read."""

    def __init__(self) -> None:
        self.imported: dict[str, str] = {}
        """Names that were imported from modules, with what they are called there."""
        self.classes: dict[str, Any] = {}
        """Names that cells have given values, with the classes of these."""
        self.functions: dict[str, Function] = {}
        """The functions that cells have defined and nobody has been seen to call yet."""


class Function(NamedTuple):
    """A function of a cell, and who has read that."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    reader: "_Reader"


def read(
    source: str, namespace: dict[str, Any], memory: Memory, results: Results
) -> Callable[[], list[Use]]:
    """Read one cell.

    Args:
        source: The code of the cell.
        namespace: The names as the cell has left them.
        memory: What is known from earlier cells; what this one tells joins it.
        results: What calls give.

    Returns:
        What gives the uses that are known so far, in the order of the code: later cells may tell
        more of them, as they call what this one defines.
    """
    reader = _Reader(memory, results, namespace, source)
    try:
        reader.visit(_parsed(source))
    except Exception:  # a post must not fail because somebody wants to know what it does
        reader.uses.clear()
    else:
        memory.classes |= {n: type(namespace[n]) for n in reader.bound if n in namespace}
    reader.forget()
    return reader.found


def _parsed(source: str) -> ast.Module:
    """The tree of a cell; lines in IPython's own syntax count as blank."""
    try:
        return ast.parse(source)
    except SyntaxError:
        lines = ("" if _MAGIC.match(line) else line for line in source.split("\n"))
        return ast.parse("\n".join(lines))


_Given = Mapping[str | None, Value]
"""What the arguments of a call are, by name."""


class _Scope:
    """The names of a cell, or of a function, a class or a comprehension in it.

    Args:
        bindings: How often each name is bound in it.
        owner: The class whose body it is, or None.
    """

    def __init__(self, bindings: Iterable[str], owner: Any = None) -> None:
        self.left = Counter(bindings)
        """How many bindings of each name are still to come."""
        self.values: dict[str, Value] = {}
        self.owner = owner

    def bind(self, name: str, value: Value) -> None:
        self.values[name] = value
        self.left[name] -= 1


def _bindings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that nodes bind, as often as they do, without those within functions."""
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif not isinstance(node, (ast.Lambda, *_COMPREHENSIONS)):
            yield from _bindings(ast.iter_child_nodes(node))


class _Reader(ast.NodeVisitor):
    """Walks through a cell in the order in which it runs.

    Visiting an expression gives what is known of its value, or None.

    Args:
        memory: What is known from earlier cells.
        results: What calls give.
        namespace: The names as the cell has left them.
        source: The code of the cell.
    """

    def __init__(
        self, memory: Memory, results: Results, namespace: dict[str, Any], source: str
    ) -> None:
        self.memory = memory
        self.results = results
        self.names = results.names
        self.namespace = namespace
        self.lines = source.split("\n")
        self.uses: list[Use] = []
        self.scopes: list[_Scope] = [_Scope(())]
        self.is_late = False
        """Whether the code runs later than the cell's own: in a function."""

    def found(self) -> list[Use]:
        """What has been found so far, in the order of the code."""
        return sorted(set(self.uses), key=lambda use: (use.line, use.column, use.name))

    def forget(self) -> None:
        """Let go of the post's values, which must not live longer because of us."""
        self.scopes[0].values.clear()

    def note(self, name: str, kind: str, node: ast.expr | ast.alias, text: str) -> None:
        """Note a use whose text ends where a node ends."""
        if not name:
            return
        line = node.end_lineno or node.lineno
        written = self.lines[line - 1].encode("utf-8")
        end = len(written[: node.end_col_offset].decode("utf-8", "ignore"))
        start = end - len(text)
        if self.lines[line - 1][max(start, 0) : end] == text:
            self.uses.append(Use(name, kind, line, start, len(text)))
        else:  # within f-strings, before Python 3.12
            self.uses.append(Use(name, kind, line, 0, 0))

    # -- names ---------------------------------------------------------------------------------

    def visit_Module(self, node: ast.Module) -> None:
        self.scopes = [_Scope(_bindings(node.body))]
        self.generic_visit(node)

    @property
    def bound(self) -> Iterable[str]:
        """The names that the cell itself has bound."""
        return self.scopes[0].left

    def visit_Name(self, node: ast.Name) -> Value:
        found = self.look_up(node.id)
        if isinstance(found, Known):
            name = self.names.of(found.value, found.path)
            self.note(name, kind(found.value), node, node.id)
        return found

    def look_up(self, name: str) -> Value:
        """What is known of a name where the walk is now."""
        for scope in reversed(self.scopes[1:]):
            if name in scope.left and (scope.owner is None or scope is self.scopes[-1]):
                return scope.values.get(name)
        cell = self.scopes[0]
        if name in self.namespace and (self.is_late or cell.left[name] <= 0):
            return Known(self.namespace[name], self.path(name))
        if name in cell.values:
            return cell.values[name]
        if name in cell.left:
            earlier = self.memory.classes.get(name)
            return None if earlier is None else Made(earlier)
        held = vars(builtins).get(name)
        return None if held is None else Known(held, f"builtins.{name}")

    def path(self, name: str) -> str:
        """Under what name a value was imported, if it still is the imported one."""
        path = self.memory.imported.get(name, "")
        module, _, own = path.rpartition(".")
        is_same = module in sys.modules and (held(sys.modules[module], own) is self.namespace[name])
        return path if is_same else ""

    def bind(self, target: ast.AST, value: Value) -> None:
        """Give the target of an assignment a value."""
        if isinstance(target, ast.Name):
            self.scopes[-1].bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            for element, part in zip(target.elts, parts(value, len(target.elts)), strict=True):
                self.bind(element, part)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, None)
        else:
            self.visit(target)

    @contextmanager
    def within(self, scope: _Scope, is_late: bool = False) -> Iterator[None]:
        """Walk in a scope of its own."""
        before = self.is_late
        self.scopes.append(scope)
        self.is_late = before or is_late
        yield
        self.scopes.pop()
        self.is_late = before

    # -- expressions ---------------------------------------------------------------------------

    def visit_Attribute(self, node: ast.Attribute) -> Value:
        base = self.visit(node.value)
        found, name, what, is_whole = self.results.attribute(base, node.attr)
        text = ast.unparse(node) if is_whole and node.lineno == node.end_lineno else node.attr
        self.note(name, what, node, text)
        return found

    def visit_Call(self, node: ast.Call) -> Value:
        function = self.visit(node.func)
        given = [self.visit(argument) for argument in node.args]
        named = {keyword.arg: self.visit(keyword.value) for keyword in node.keywords}
        if isinstance(node.func, ast.Name) and any((*given, *named.values())):
            self._called(node.func.id, given, named)
        return self.results.call(function)

    def _called(self, name: str, given: list[Value], named: dict[str | None, Value]) -> None:
        """Read a function of the post again, now that it is known what it is given."""
        is_own = type(self.namespace.get(name)) is FunctionType
        function = self.memory.functions.pop(name, None) if is_own else None
        if function is not None:
            places = [a.arg for a in (*function.node.args.posonlyargs, *function.node.args.args)]
            values: dict[str | None, Value] = dict(zip(places, given, strict=False))
            function.reader.again(function.node, values | named)

    def again(self, node: ast.FunctionDef | ast.AsyncFunctionDef, given: _Given) -> None:
        """Read a function of this cell again.

        Args:
            node: The function.
            given: What it has been called with.
        """
        before = self.scopes, self.is_late
        self.scopes, self.is_late = self.scopes[:1], True
        try:
            self.body(node.args, node.body, given)
        finally:
            self.scopes, self.is_late = before

    def visit_BinOp(self, node: ast.BinOp) -> Value:
        return self.results.operation(self.visit(node.left), self.visit(node.right))

    def visit_Compare(self, node: ast.Compare) -> Value:
        return self.results.operation(*map(self.visit, (node.left, *node.comparators)))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Value:
        return self.results.operation(self.visit(node.operand))

    def visit_Subscript(self, node: ast.Subscript) -> Value:
        base = self.visit(node.value)
        self.visit(node.slice)
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return self.results.element(base, index)

    def visit_Constant(self, node: ast.Constant) -> Value:
        return Made(type(node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Value:
        self.generic_visit(node)
        return Made(str)

    def visit_Tuple(self, node: ast.Tuple) -> Value:
        return Several(tuple(map(self.visit, node.elts)))

    def visit_List(self, node: ast.List) -> Value:
        self.generic_visit(node)
        return Made(list)

    def visit_Dict(self, node: ast.Dict) -> Value:
        self.generic_visit(node)
        return Made(dict)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Value:
        value: Value = self.visit(node.value)
        self.bind(node.target, value)
        return value

    def _comprehension(
        self, node: Any, owner: type, key: ast.expr, value: ast.expr | None = None
    ) -> Value:
        with self.within(_Scope(_bindings(part.target for part in node.generators))):
            for part in node.generators:
                self.bind(part.target, self.results.item(self.visit(part.iter)))
                for condition in part.ifs:
                    self.visit(condition)
            item = self.visit(key)
            if value is not None:
                self.visit(value)
        return Made(owner, item)

    def visit_ListComp(self, node: ast.ListComp) -> Value:
        return self._comprehension(node, list, node.elt)

    def visit_SetComp(self, node: ast.SetComp) -> Value:
        return self._comprehension(node, set, node.elt)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Value:
        return self._comprehension(node, GeneratorType, node.elt)

    def visit_DictComp(self, node: ast.DictComp) -> Value:
        return self._comprehension(node, dict, node.key, node.value)

    # -- statements ----------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> None:
        value = self.visit(node.value)
        for target in node.targets:
            self.bind(target, value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        self.bind(node.target, self.visit(node.value) if node.value else None)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        is_name = isinstance(node.target, ast.Name)
        before = self.look_up(node.target.id) if isinstance(node.target, ast.Name) else None
        value = self.results.operation(before, self.visit(node.value))
        self.bind(node.target, value if is_name else None)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.bind(node.target, self.results.item(self.visit(node.iter)))
        for statement in (*node.body, *node.orelse):
            self.visit(statement)

    visit_AsyncFor = visit_For

    def visit_withitem(self, node: ast.withitem) -> None:
        self.visit(node.context_expr)
        if node.optional_vars is not None:
            self.bind(node.optional_vars, None)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        value = self.results.call(self.visit(node.type)) if node.type else None
        if node.name:
            self.scopes[-1].bind(node.name, value)
        for statement in node.body:
            self.visit(statement)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            module = sys.modules.get(alias.name if alias.asname else name)
            self.scopes[-1].bind(name, None if module is None else Known(module))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = sys.modules.get(node.module or "") if not node.level else None
        for alias in node.names:
            value = held(module, alias.name) if module is not None else None
            found: Value = None
            if value is not None:
                path = f"{called(module)}.{alias.name}"
                found = Known(value, path)
                if len(self.scopes) == 1:
                    self.memory.imported[alias.asname or alias.name] = path
                if alias.asname is None:
                    name = self.names.of(value, path)
                    self.note(name, kind(value), alias, alias.name)
            self.scopes[-1].bind(alias.asname or alias.name, found)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.body(node.args, node.body)
        if node.returns:
            self.visit(node.returns)
        if len(self.scopes) == 1:
            self.memory.functions[node.name] = Function(node, self)
        self.scopes[-1].bind(node.name, None)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.body(node.args, [node.body])

    def body(
        self,
        arguments: ast.arguments,
        body: Iterable[ast.AST],
        called_with: _Given | None = None,
    ) -> None:
        """The body of a function.

        Args:
            arguments: Its arguments; what they are is known if they are annotated.
            body: What it does.
            called_with: What the others are, if somebody has called it.
        """
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.visit(default)
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        given += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        values = {
            a.arg: self.results.call(self.visit(a.annotation)) if a.annotation else None
            for a in given
        }
        for name, value in (called_with or {}).items():
            if name in values and values[name] is None:
                values[name] = value
        owner = self.scopes[-1].owner
        if owner is not None and given and values[given[0].arg] is None:
            values[given[0].arg] = Made(owner)
        scope = _Scope(_bindings(body))
        outer = {name for n in body if isinstance(n, ast.Global) for name in n.names}
        for name in outer:
            del scope.left[name]
        with self.within(scope, is_late=True):
            for name, value in values.items():
                scope.values[name] = value
                scope.left[name] += 0
            for node in body:
                self.visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(part)
        made = self.namespace.get(node.name) if len(self.scopes) == 1 else None
        owner = made if is_class(made) else object
        with self.within(_Scope(_bindings(node.body), owner)):
            for statement in node.body:
                self.visit(statement)
        self.scopes[-1].bind(node.name, None)
