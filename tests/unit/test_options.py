"""Flags, option lines and tags."""

from __future__ import annotations

import pytest

from haebom import options
from haebom.model import CellOptions, Mode, Show


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((), CellOptions()),
        (("no-run",), CellOptions(mode=Mode.NO_RUN)),
        (("ignore",), CellOptions(mode=Mode.IGNORE)),
        (("raises",), CellOptions(raises="")),
        (("hide-code",), CellOptions(code=Show.HIDDEN)),
        (("hide-output",), CellOptions(output=Show.HIDDEN)),
        (("fold-code", "fold-output"), CellOptions(code=Show.FOLDED, output=Show.FOLDED)),
        (("setup",), CellOptions(code=Show.HIDDEN, output=Show.HIDDEN)),
        (("annotate", "no-copy"), CellOptions()),
    ],
)
def test_flags(flags: tuple[str, ...], expected: CellOptions) -> None:
    """A flag of the fence would mean something else than documented."""
    assert options.from_flags(flags, {}) == (expected, ())


def test_expect_names_the_exception() -> None:
    """`{.raises expect="ValueError"}` would accept any exception."""
    chosen, problems = options.from_flags(("raises",), {"expect": "ValueError"})
    assert (chosen.raises, problems) == ("ValueError", ())


@pytest.mark.parametrize(
    ("flags", "attributes", "message", "hint"),
    [
        (("norun",), {}, "no flag 'norun'", "'no-run'"),
        (("hidecode",), {}, "no flag 'hidecode'", "'hide-code'"),
        (("xyzzy",), {}, "no flag 'xyzzy'", "Flags: no-run"),
        ((), {"expect": "ValueError"}, "without '.raises'", ""),
        ((), {"titel": "a"}, "no fence option 'titel'", "'title'"),
    ],
)
def test_unknown_flags(
    flags: tuple[str, ...], attributes: dict[str, str], message: str, hint: str
) -> None:
    """A misspelt flag would be silently ignored, and the cell would run after all."""
    _, (problem,) = options.from_flags(flags, attributes)
    assert message in problem.message
    assert hint in problem.hint
    assert problem.line == 0


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("eval: false", "mode", Mode.NO_RUN),
        ("eval: true", "mode", Mode.RUN),
        ("echo: false", "code", Show.HIDDEN),
        ("echo: fold", "code", Show.FOLDED),
        ("output: false", "output", Show.HIDDEN),
        ("output: fold", "output", Show.FOLDED),
        ("raises: ValueError", "raises", "ValueError"),
        ("raises: torch.OutOfMemoryError", "raises", "torch.OutOfMemoryError"),
        ("raises: true", "raises", ""),
        ("raises: false", "raises", None),
        ("timeout: 120", "timeout", 120.0),
        ("timeout: 0.5", "timeout", 0.5),
        ("label: 그림-하나", "label", "그림-하나"),
        ("fig-alt: 두 곡선: 가", "fig_alt", "두 곡선: 가"),
        ("fig_cap: a caption", "fig_cap", "a caption"),
        ("fig-cap: 2.50", "fig_cap", "2.50"),
        ("fig-cap: '# 1'", "fig_cap", "# 1"),
        ("search: true", "search", True),
    ],
)
def test_lines(line: str, field: str, value: object) -> None:
    """An option line would be read as something else, or not at all."""
    chosen, problems = options.from_source(f"#| {line}\nx", CellOptions())
    assert problems == ()
    assert getattr(chosen, field) == value


def test_include_hides_both_parts() -> None:
    """A set-up cell would show its code or its output."""
    chosen, _ = options.from_source("#| include: false\nx", CellOptions())
    assert (chosen.code, chosen.output) == (Show.HIDDEN, Show.HIDDEN)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("evla: false", "no cell option 'evla'", "'eval'"),
        ("eval: maybe", "'maybe' is not true or false", ""),
        ("timeout: soon", "'soon' is not a number of seconds", "timeout: 120"),
        ("timeout: 0", "0 is not a number of seconds", "timeout: 120"),
        ("timeout: true", "True is not a number of seconds", "timeout: 120"),
        ("raises: 3", "3 is not the name of an exception", "raises: ValueError"),
        ("label: two words", "'two words' cannot be an anchor", "letters"),
        ("fig-alt:", "'fig-alt' is empty", ""),
        ("no colon here", "'no colon here' is not an option", "key: value"),
    ],
)
def test_unusable_lines(line: str, message: str, hint: str) -> None:
    """A faulty option line would be ignored, or told at another line."""
    _, (problem,) = options.from_source(f"#| echo: true\n#| {line}\nx", CellOptions())
    assert message in problem.message
    assert hint in problem.hint
    assert problem.line == 2


def test_lines_win_over_flags() -> None:
    """What stands closer to the code would lose against the fence."""
    chosen, _ = options.from_source("#| eval: true\nx", CellOptions(mode=Mode.NO_RUN))
    assert chosen.mode is Mode.RUN


@pytest.mark.parametrize(
    ("source", "head", "rest"),
    [
        ("x", "", "x"),
        ("#| a: 1\n#|b\nx\n#| y", "#| a: 1\n#|b", "x\n#| y"),
        ("# | a: 1\nx", "", "# | a: 1\nx"),
        ("#| a: 1", "#| a: 1", ""),
        ("\n#| a: 1\nx", "", "\n#| a: 1\nx"),
    ],
)
def test_split(source: str, head: str, rest: str) -> None:
    """Code would be taken for an option line, or an option line be shown as code."""
    assert options.split(source) == (head, rest)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("skip-execution", CellOptions(mode=Mode.NO_RUN)),
        ("ignore", CellOptions(mode=Mode.IGNORE)),
        ("raises-exception", CellOptions(raises="")),
        ("remove-input", CellOptions(code=Show.HIDDEN)),
        ("hide-input", CellOptions(code=Show.FOLDED)),
        ("remove-output", CellOptions(output=Show.HIDDEN)),
        ("hide-output", CellOptions(output=Show.FOLDED)),
        ("remove-cell", CellOptions(code=Show.HIDDEN, output=Show.HIDDEN)),
        ("hide-cell", CellOptions(code=Show.FOLDED, output=Show.FOLDED)),
        ("parameters", CellOptions()),
        ("my-own", CellOptions()),
    ],
)
def test_tags(tag: str, expected: CellOptions) -> None:
    """A notebook's tag would mean something else than in Jupyter Book, or another tool's tag
    would be a finding."""
    assert options.from_tags((tag,)) == (expected, ())


@pytest.mark.parametrize(
    ("tag", "meant"),
    [("skip_execution", "skip-execution"), ("raise-exception", "raises-exception")],
)
def test_near_misses_among_tags(tag: str, meant: str) -> None:
    """A misspelt tag would silently do nothing."""
    _, (problem,) = options.from_tags((tag,))
    assert meant in problem.hint


@pytest.mark.parametrize("tag", sorted(options.TAGS))
def test_tags_survive_as_flags(tag: str) -> None:
    """A notebook's tag would get lost on the staged page."""
    chosen, _ = options.from_tags((tag,))
    braces = options.to_flags(chosen).strip().strip("{}")
    assert options.from_flags([f.lstrip(".") for f in braces.split()], {}) == (chosen, ())


def test_closest() -> None:
    """A suggestion would be given where nothing is near, or none where something is."""
    assert "'timeout'" in options.closest("time_out", ["timeout", "echo"])
    assert options.closest("zzz", ["timeout", "echo"]) == ""
