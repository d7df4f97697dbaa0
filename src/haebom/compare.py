"""Whether a cell puts out what its author recorded.

Streams count as one text, however they were cut; images count by what they show, tables cell by
cell, errors by type and message. What goes to standard error is left out: it holds progress bars
and warnings, which have a list of their own.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from haebom.closeness import ANSI, DIFF_LINES, SAME, Comparison, Sameness, Terms, texts
from haebom.model import Display, Error, Output, Recorded, Stream
from haebom.normalize import normalize

_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_LIVE = re.compile(r"application/vnd\.jupyter\.widget|text/html\+widget")
_SVG, _HTML = "image/svg+xml", "text/html"
_FORMULA_PART = re.compile(r"\\[A-Za-z]+|\d+(?:\.\d*)?|\S")
_FORMULA_STYLE = re.compile(r"\$+|\\displaystyle\b")
_STACK = re.compile(
    r"^(?:-{9,}\n)?[^\n]*Traceback \(most recent call last\)[^\n]*\n"
    r"(?:.*\n)?(?=[A-Za-z_][\w.]*(?::|$))",
    re.MULTILINE | re.DOTALL,
)
_PLACEHOLDER = re.compile(r"<[\w.]+(?: object)?(?: at 0x\w+)?>")


def compare(recorded: Recorded, outputs: Sequence[Output], terms: Terms) -> Comparison:
    """Compare the recorded outputs of a cell with those of a run.

    Args:
        recorded: What the source says.
        outputs: Normalised outputs of the run.
        terms: On which terms; its ``dots`` follow from what was recorded.
    """
    terms = Terms(terms.tolerance, terms.varies, recorded.is_text)
    if recorded.is_text:
        return _written(as_text(recorded.outputs), as_text(outputs), terms)
    (before,) = normalize([recorded.outputs])
    return _worst(
        itertools.chain(
            [texts(_printed(before), _printed(outputs), terms)],
            _displays(_shown(before), _shown(outputs), terms),
            [_errors(before, outputs, terms)],
        )
    )


def as_text(outputs: Sequence[Output]) -> str:
    """What a reader of plain text gets of a cell: an ``output`` fence holds just that."""
    parts: list[str] = []
    for output in outputs:
        match output:
            case Stream(name="stdout", text=text):
                parts.append(text)
            case Display(data=data) if not any(mime in data for mime in (*_IMAGES, _SVG)):
                text = str(data.get("text/markdown") or data.get("text/plain") or "")
                parts += ["\n" if parts and not parts[-1].endswith("\n") else "", text, "\n"]
            case Error(name=name, message=message):
                parts.append(f"{name}: {message}\n")
    return ANSI.sub("", "".join(parts)).rstrip("\n")


def _written(before: str, after: str, terms: Terms) -> Comparison:
    """Compare what an author has written with what was printed.

    Where a whole traceback was pasted, its type and message are what counts.
    """
    stack = _STACK.search(before)
    if stack is None:
        return texts(before, after, terms)
    found = texts(before[: stack.start()] + before[stack.end() :], after, terms)
    is_below = found.line >= before.count("\n", 0, stack.start())
    return replace(found, line=found.line + stack[0].count("\n") * is_below)


def _worst(comparisons: Iterator[Comparison]) -> Comparison:
    worst = SAME
    for each in comparisons:
        if each.sameness > worst.sameness:
            worst = each
    return worst


def _printed(outputs: Sequence[Output]) -> str:
    return "".join(o.text for o in outputs if isinstance(o, Stream) and o.name == "stdout")


def _shown(outputs: Sequence[Output]) -> list[Display]:
    """Displays that say something by themselves; widgets are drawn by a live kernel only."""
    return [
        output
        for output in outputs
        if isinstance(output, Display) and not any(map(_LIVE.match, output.data))
    ]


def _displays(old: Sequence[Display], new: Sequence[Display], terms: Terms) -> Iterator[Comparison]:
    for number, (before, after) in enumerate(itertools.zip_longest(old, new), start=1):
        if before is None or after is None:
            there = after or before
            verb = "is new" if before is None else "is gone"
            yield Comparison(
                Sameness.DIFFERS,
                f"output {number}, {_form(there)}, {verb}",
                f"{'+' if before is None else '-'} {_plain(there) or _form(there)}",
            )
        else:
            yield _display(before, after, terms)


def _form(display: Display) -> str:
    if any(mime in display.data for mime in (*_IMAGES, _SVG)):
        return "an image"
    return "a table" if "<table" in str(display.data.get(_HTML)) else "a value"


def _plain(display: Display) -> str:
    text = str(display.data.get("text/plain", ""))
    return text if text.count("\n") < DIFF_LINES else ""


def _display(old: Display, new: Display, terms: Terms) -> Comparison:
    """Compare two displays in the form that a reader sees and that can be compared."""
    from haebom import looks  # Pillow and lxml take their time to import

    def both(mime: str) -> tuple[str, str] | None:
        has = mime in old.data and mime in new.data
        return (str(old.data[mime]), str(new.data[mime])) if has else None

    if pair := both("text/latex"):  # a picture beside it is how some program drew the formula
        formulas = [
            " ".join(_FORMULA_PART.findall(_FORMULA_STYLE.sub("", formula))) for formula in pair
        ]
        return texts(formulas[0], formulas[1], terms)
    for mime in _IMAGES:
        if pair := both(mime):
            return looks.images(*pair)
    if pair := both(_SVG):
        return looks.drawings(*pair)
    if pair := both(_HTML):
        before, after = map(looks.table, pair)
        if before and after:
            return looks.tables(before, after, terms)
        if not (_speaks(old) and _speaks(new)):
            return texts(looks.words(pair[0]), looks.words(pair[1]), terms)
    for mime in ("text/markdown", "application/javascript", "text/plain"):
        if pair := both(mime):
            return texts(*pair, terms)
    if set(old.data) & set(new.data):
        return SAME  # nothing that anybody could compare: a script, say
    return Comparison(Sameness.DIFFERS, f"{', '.join(old.data)} is now {', '.join(new.data)}")


def _speaks(display: Display) -> bool:
    """Whether the plain text says more than what kind of thing is shown."""
    text = str(display.data.get("text/plain", "")).strip()
    return bool(text) and not _PLACEHOLDER.fullmatch(text)


def _errors(old: Sequence[Output], new: Sequence[Output], terms: Terms) -> Comparison:
    before, after = (
        "\n".join(f"{o.name}: {o.message}" for o in outputs if isinstance(o, Error))
        for outputs in (old, new)
    )
    return texts(before, after, terms)
