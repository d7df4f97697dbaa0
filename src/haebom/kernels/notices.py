"""Runs inside every Python kernel: notes what libraries say they will change or drop one day.

Like :mod:`haebom.kernels.bootstrap` it must not import anything but the standard library.

Every such warning is heard, shown or not, and nothing changes for the post: a filter stands before
all others that looks at each warning and never matches. Python asks no filter about a warning that
it has already shown for the same place, so that each place counts once.
"""

import linecache
import re
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

_CELL = re.compile(r"<cell (?P<number>\d+)(?:\.\d+)?>")
_TIMED = "<timed exec>"  # what %%time calls the code below it
_KINDS = (DeprecationWarning, PendingDeprecationWarning, FutureWarning)


class Notices:
    """What has been heard, with the line of the post's own code that has set it off."""

    def __init__(self) -> None:
        self.sink: Callable[[str, str], None] = self.add
        """Where category and text of what is heard go to."""
        self._found: dict[tuple[int, int, str, str], None] = {}

    def listen(self) -> None:
        """Hear every warning from now on."""
        text, module = _Match("text"), _Match("module")
        listener = ("ignore", text, _Category, module, 0)
        warnings.filters = _Filters([listener, *warnings.filters])
        warnings._filters_mutated()  # type: ignore[attr-defined]

    def forget(self) -> None:
        """Forget what was heard so far; from here on the post is at work."""
        self._found = {}

    def hear(self, category: type[Warning], text: str) -> None:
        """A warning has been given."""
        of_numpy = category.__name__.endswith("DeprecationWarning")  # these are for users, it says
        if issubclass(category, _KINDS) or of_numpy:
            self.sink(category.__name__, text)

    def add(self, category: str, text: str) -> None:
        """Note a warning for the line that is being executed, or the cell that is compiled."""
        place = _line() or _compiled(text)
        if place is not None:
            self._found[(*place, category, text)] = None

    def report(self) -> list[tuple[int, int, str, str]]:
        """What was noted: number of the cell and line in it, from 1, category and text."""
        return list(self._found)


def _line() -> tuple[int, int] | None:
    """Number and line of the cell whose code is the innermost on the stack."""
    frame, below = sys._getframe(1), 0
    while frame is not None:
        name = frame.f_code.co_filename
        if name == _TIMED and not below:
            below = frame.f_lineno
        elif cell := _CELL.fullmatch(name):
            return int(cell["number"]), frame.f_lineno + below
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _compiled(text: str) -> tuple[int, int] | None:
    """The same for a warning of the compiler, which names the cell but runs nothing of it."""
    cell = _CELL.fullmatch(_heard.module)
    if cell is None:
        return None
    source = "".join(linecache.getlines(_heard.module))
    with warnings.catch_warnings(record=True) as again:
        warnings.simplefilter("always")
        try:
            compile(source, "<again>", "exec", 0x2000)  # top-level await is allowed
        except SyntaxError:
            return int(cell["number"]), 1
    lines = [each.lineno for each in again if str(each.message) == text]
    return int(cell["number"]), lines[0] if lines else 1


class _Heard(threading.local):
    text = ""
    module = ""


_heard = _Heard()


class _Match:
    """Stands in a filter where a regular expression would, and keeps what it is asked about."""

    def __init__(self, name: str) -> None:
        self._name = name

    def match(self, text: str) -> bool:
        setattr(_heard, self._name, text)
        return True


class _Listener(type):
    """Decides what is a subclass of a filter's category; Python asks that last."""

    def __subclasscheck__(cls, category: type) -> bool:
        notices.hear(category, _heard.text)
        return False


class _Category(Warning, metaclass=_Listener):
    pass


class _Filters(list[Any]):
    """The filters of :mod:`warnings`; whoever puts another in front gets the second place."""

    def insert(self, index: Any, item: Any) -> None:
        super().insert(max(index, 1), item)


notices = Notices()
"""The kernel's one list."""
