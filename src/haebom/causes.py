"""Why code may not put out the same each time, told from what it calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from haebom import syntax
from haebom.model import Cause

_TIMED = re.compile(r"^[ \t]*%{1,2}(?:time|timeit|prun)\b", re.MULTILINE)
_CALLS: Mapping[Cause, re.Pattern[str]] = {
    Cause.UUID: re.compile(r"(?:.*\.)?uuid[14]"),
    Cause.GENERATOR: re.compile(
        r"(?:.*\.)?(?:SystemRandom|urandom|token_(?:bytes|hex|urlsafe)|randbelow|randbits)"
        r"|secrets\..*"
    ),
    Cause.TIME: re.compile(
        r"(?:.*\.)?(?:time_ns|perf_counter(?:_ns)?|monotonic(?:_ns)?|process_time|thread_time|ctime"
        r"|asctime|localtime|gmtime|now|utcnow|today|timeit|default_timer|strftime)|(?:.*\.)?time\.time"
    ),
    Cause.ADDRESS: re.compile(r"id|hash|(?:.*\.)?(?:getpid|getppid|get_ident|gethostname)"),
    Cause.LISTING: re.compile(r"(?:.*\.)?(?:listdir|scandir|walk|i?glob|rglob|iterdir)"),
    Cause.NETWORK: re.compile(
        r"(?:.*\.)?(?:urlopen|urlretrieve|load_dataset|from_pretrained)|(?:requests|httpx)\..*"
    ),
    Cause.RACE: re.compile(
        r"(?:.*\.)?(?:Thread|ThreadPoolExecutor|ProcessPoolExecutor|ThreadPool|Pool|as_completed"
        r"|imap_unordered)"
    ),
    Cause.SETS: re.compile(r"set|frozenset"),
}
_UNSEEDED = re.compile(r"(?:.*\.)?(?:default_rng|RandomState|Random|SeedSequence|seed)")
"""Generators that take their seed from the system if nobody gives them one."""


_ALLOW = "What may differ is named by '#| varies: …' or '#| check: false' in the cell."
REASONS: Mapping[Cause, tuple[str, str]] = {
    Cause.GENERATOR: ("an unseeded random generator", "Give it a seed, as in default_rng(0)."),
    Cause.SETS: ("the order of a set", "Sort it before its order matters."),
    Cause.LISTING: ("the order in which a folder is listed", "Sort the names of the files."),
    Cause.THREADS: (
        "the rounding of several threads",
        "Allow for it by '#| tolerance: …', or print fewer digits.",
    ),
    Cause.RACE: ("the order in which threads or processes end", "Collect results in order."),
    Cause.TIME: ("the time", _ALLOW),
    Cause.UUID: ("a new identifier each time", _ALLOW),
    Cause.ADDRESS: ("the number of an object or a process", _ALLOW),
    Cause.NETWORK: ("what comes from the network", "Put the data in the post's bundle."),
    Cause.UNKNOWN: ("something that the code does not tell", _ALLOW),
}
"""Each cause as part of a sentence, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A place in code that may put out something else each time.

    Args:
        cause: How.
        line: Line of the code, from 1.
    """

    cause: Cause
    line: int


def suspects(source: str, names: Mapping[str, str]) -> tuple[Suspect, ...]:
    """Everything in a cell that may put out something else each time, in its order.

    Args:
        source: The cell's code.
        names: What names stand for that cells have imported; see :func:`imported`.
    """
    timed = [
        Suspect(Cause.TIME, source.count("\n", 0, match.start()) + 1)
        for match in _TIMED.finditer(source)
    ]
    tree = syntax.tree(source)
    found = [] if tree is None else list(_in_tree(tree, names))
    return tuple(sorted([*timed, *found], key=lambda suspect: suspect.line))


def _in_tree(tree: ast.Module, names: Mapping[str, str]) -> Iterator[Suspect]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Set | ast.SetComp):
            yield Suspect(Cause.SETS, node.lineno)
        elif isinstance(node, ast.Call):
            name = _dotted(node.func, names)
            given = bool(node.args or node.keywords)
            if _UNSEEDED.fullmatch(name) and not given:
                yield Suspect(Cause.GENERATOR, node.lineno)
            for cause, pattern in _CALLS.items():
                if pattern.fullmatch(name):
                    yield Suspect(cause, node.lineno)


def imported(sources: Sequence[str]) -> Mapping[str, str]:
    """What the names stand for that cells import, with their modules.

    Args:
        sources: The code of the cells.
    """
    found: dict[str, str] = {}
    for tree in filter(None, map(syntax.tree, sources)):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {each.asname: each.name for each in node.names if each.asname}
            elif isinstance(node, ast.ImportFrom):
                found |= {e.asname or e.name: f"{node.module}.{e.name}" for e in node.names}
    return found


def _dotted(node: ast.expr, names: Mapping[str, str]) -> str:
    """A function as ``module.name``; what is before it may be any expression."""
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, names)}.{node.attr}"
    return names.get(node.id, node.id) if isinstance(node, ast.Name) else ""
