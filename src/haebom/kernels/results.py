"""Runs inside every Python kernel: what is known of values without computing them.

Like :mod:`haebom.kernels.bootstrap` it must not import anything but the standard library and its
neighbours.

Values that are at hand are looked at, never called. What a function gives is told by the
annotation of its result, or by its documentation where that says so in one of the ways that the
libraries of science share: ``mean(dim) -> Tensor``, or a section ``Returns``.
"""

import builtins
import re
import sys
from types import FunctionType, MethodType
from typing import Any, NamedTuple, Self, TypeVar, get_args, get_origin

from .naming import Names, called, content, entry, held, is_class, is_module, order

_ARROW = re.compile(r"\A\s*[\w.]+\(.*\) *-> *(?P<type>[A-Za-z]\w*) *$", re.MULTILINE)
_ITEM = re.compile(r"(?:(?P<name>\w+) : )?(?P<type>[A-Za-z][\w.]*)\s*")
_CLOSED = ("torch.Tensor", "numpy.ndarray", "pandas.DataFrame", "pandas.Series")
"""Classes whose operators give objects of the same class."""

_ALIKE = frozenset({"T", "mT", "grad"})
"""Attributes of such objects that are of their class, too."""

_MANY = 100
"""Elements of a list that are looked at to see whether all are of one class."""


class Known(NamedTuple):
    """A value at hand, and the name under which it was reached."""

    value: Any
    path: str = ""


class Made(NamedTuple):
    """An object of a class that is not at hand, and what it gives when it is iterated over."""

    owner: Any
    item: "Value" = None


class Method(NamedTuple):
    """What a class holds under a name, asked of one of its objects or of itself."""

    held: Any
    owner: Any


class Several(NamedTuple):
    """A tuple."""

    parts: tuple["Value", ...]


Value = Known | Made | Method | Several | None


def kind(value: Any) -> str:
    """What a value is to its readers; see :class:`haebom.kernels.reading.Use`."""
    if is_class(value):
        return "exception" if issubclass(value, BaseException) else "class"
    return "data" if entry(type(value), "__call__") is None else "function"


def _class(value: Value) -> Any:
    """The class whose attributes a value has, or None."""
    if isinstance(value, Known):
        return value.value if is_class(value.value) else type(value.value)
    if isinstance(value, Several):
        return tuple
    return value.owner if isinstance(value, Made) else None


def _own(value: Value) -> dict[str, Any]:
    """The attributes that an object has besides those of its class."""
    if not isinstance(value, Known) or is_class(value.value):
        return {}
    try:
        found: dict[str, Any] = object.__getattribute__(value.value, "__dict__")
    except AttributeError:
        return {}
    return found


def parts(value: Value, count: int) -> tuple[Value, ...]:
    """What a value gives when it is assigned to so many targets."""
    if isinstance(value, Several) and len(value.parts) == count:
        return value.parts
    return (None,) * count


def _documented(text: str) -> str:
    """The one type of result that a documentation tells, ``self``, or an empty string."""
    if match := _ARROW.search(text):
        return match["type"]
    lines = [line for line in text.split("\n") if line.strip()]
    start = next((n for n, line in enumerate(lines) if line.strip() == "Returns"), len(lines))
    item = lines[start + 2] if lines[start + 1 : start + 2] and start + 2 < len(lines) else ""
    indent = len(item) - len(item.lstrip())
    others = (line for line in lines[start + 3 :] if len(line) - len(line.lstrip()) <= indent)
    if " : " in next(others, ""):
        return ""  # a tuple
    match = _ITEM.fullmatch(item.strip())
    if match is None:
        return ""
    return "self" if match["name"] == "self" else match["type"]


class Results:
    """Says what attributes, calls and operators give.

    Args:
        names: Knows documented names.
    """

    def __init__(self, names: Names) -> None:
        self.names = names

    def attribute(self, base: Value, name: str) -> tuple[Value, str, str, bool]:
        """Ask a value for an attribute.

        Returns:
            What it gives; its documented name, or an empty string; what it is; and whether its
            name is that of the module and its own together.
        """
        if isinstance(base, Known) and is_module(base.value):
            value = held(base.value, name)
            if value is None:
                return None, "", "", True
            found = Known(value, f"{called(base.value)}.{name}")
            return found, self.names.of(value, found.path), kind(value), True
        owner = _class(base)
        defined = None if owner is None else entry(owner, name)
        if name in _own(base) and not hasattr(type(defined), "__set__"):
            return Known(_own(base)[name]), "", "", False
        if defined is None:
            return None, "", "", False
        what = kind(defined) if is_class(defined) else "attribute"
        if type(defined) in (staticmethod, classmethod) or kind(defined) == "function":
            what = "method"
        value = Made(owner) if name in _ALIKE and self._closed(owner) else Method(defined, owner)
        return value, self.names.member(owner, name), what, False

    def call(self, function: Value) -> Value:
        """What calling a value gives."""
        if isinstance(function, Known) and is_class(function.value):
            return Made(function.value)
        if isinstance(function, Method):
            return self._returned(function.held, function.owner)
        owner = _class(function)
        # what calling a module of torch computes
        forward = None if owner is None else entry(owner, "forward")
        if forward is not None:
            return self._returned(forward, owner)
        return self._returned(function.value, None) if isinstance(function, Known) else None

    def operation(self, *operands: Value) -> Value:
        """What an operator gives."""
        closed = (self._closed(_class(operand)) for operand in operands)
        owner = next((owner for owner in closed if owner is not None), None)
        return None if owner is None else Made(owner)

    def _closed(self, owner: Any) -> Any:
        """The class that operators give which are applied to an object of a class, or None."""
        line = () if owner is None else order(owner)
        return next((c for c in line if self.names.of(c) in _CLOSED), None)

    def item(self, value: Value) -> Value:
        """What iterating over a value gives."""
        if isinstance(value, Made) and value.item is not None:
            return value.item
        return self.element(value, None)

    def element(self, value: Value, index: Any) -> Value:
        """What a value holds at an index; any element, if that is None."""
        if isinstance(value, Several):
            return value.parts[index] if index in range(len(value.parts)) else None
        if isinstance(value, Known) and type(value.value) in (list, tuple) and value.value:
            many = value.value
            if type(index) is int and -len(many) <= index < len(many):
                return Known(many[index])
            kinds = {type(element) for element in many[:_MANY]}
            return Made(kinds.pop()) if len(kinds) == 1 else None
        name = self.names.of(self._closed(_class(value)))
        if isinstance(value, Known) and name == "numpy.ndarray" and value.value.dtype.hasobject:
            return Known(value.value.flat[0]) if value.value.size else None
        return self.operation(value) if name == "torch.Tensor" else None

    def _returned(self, function: Any, owner: Any) -> Value:
        """What a function says that it returns."""
        if type(function) in (staticmethod, classmethod, MethodType):
            function = function.__func__
        if type(function) is FunctionType and "return" in function.__annotations__:
            annotation = function.__annotations__["return"]
            return self._annotated(annotation, function.__globals__, owner)
        if not self.names.is_library(type(function).__module__):
            return None
        module = sys.modules.get(str(getattr(function, "__module__", None)))
        space = content(module) if module is not None else {}
        text = function.__doc__ if type(function.__doc__) is str else ""
        return self._named(_documented(text), space, owner)

    def _annotated(self, annotation: Any, space: dict[str, Any], owner: Any) -> Value:
        if type(annotation) is str:
            return self._named(annotation, space, owner)
        if annotation is Self or type(annotation) is TypeVar:
            return None if owner is None else Made(owner)
        arguments = [self._annotated(part, space, owner) for part in get_args(annotation)]
        if get_origin(annotation) is tuple:
            return Several(tuple(arguments))
        if is_class(get_origin(annotation)) and len(arguments) == 1:
            return Made(get_origin(annotation), arguments[0])
        return Made(annotation) if is_class(annotation) and annotation is not type(None) else None

    def _named(self, name: str, space: dict[str, Any], owner: Any) -> Value:
        """An object of a class that is known by its name where the function was written."""
        if owner is not None and name in ("self", "Self", owner.__name__):
            return Made(owner)
        package = sys.modules.get(str(space.get("__name__", "")).partition(".")[0])
        spaces = (space, content(package) if package is not None else {}, vars(builtins))
        found = next((place[name] for place in spaces if name in place), None)
        return Made(found) if is_class(found) and found is not object else None
