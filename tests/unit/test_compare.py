"""When an output counts as the recorded one."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from haebom.closeness import Sameness, Terms
from haebom.compare import as_text, compare
from haebom.looks import images
from haebom.model import Display, Error, Location, Output, Recorded, Stream

AT = Location("posts/a.md", 9)
EXACT, CLOSE, DIFFERS = Sameness


def _text(old: str, new: str, **terms: Any) -> Sameness:
    recorded = Recorded((Stream("stdout", old + "\n"),), AT, is_text=True)
    return compare(recorded, [Stream("stdout", new + "\n")], Terms(**terms)).sameness


def _stored(old: list[Output], new: list[Output], **terms: Any) -> Sameness:
    return compare(Recorded(tuple(old), AT), new, Terms(**terms)).sameness


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("loss 0.5", "loss 0.5", EXACT),
        ("loss 0.5  \n", "loss 0.5", EXACT),
        ("<A object at 0x7f00deadbeef>", "<A object at 0x000001>", EXACT),
        ("in /tmp/tmpab12/x.csv", "in /var/folders/zz/T/x.csv", EXACT),
        ("Wall time: 3.1 ms", "Wall time: 12 s", EXACT),
        ("1.2 ms ± 3 µs per loop (mean)", "9.9 s ± 1 ms per loop (mean)", EXACT),
        (r"in C:\Users\a\AppData\Local\Temp\tmp1.csv", r"in D:\Temp\tmp2.csv", EXACT),
        ("loss 0.5000001", "loss 0.5000002", CLOSE),
        ("[ 1.0000001, 2.0]", "[1.0,   2.0]", CLOSE),
        ("[ 1.0, 2.0]", "[1.0,   2.0]", DIFFERS),
        ("tree\n  leaf", "tree\n    leaf", DIFFERS),
        ("a\n\nb", "a\nb", DIFFERS),
        ("1e-17", "-3e-17", CLOSE),
        ("0", "1e-17", CLOSE),
        ("0", "0.0", DIFFERS),
        ("3", "3.0", DIFFERS),
        ("3.0", "3.", CLOSE),
        ("loss 0.51", "loss 0.52", DIFFERS),
        ("60000 images", "60001 images", DIFFERS),
        ("torch 2.13.0", "torch 2.13.1", DIFFERS),
        ("a b", "ab", DIFFERS),
        ("accuracy 0.97", "Accuracy 0.97", DIFFERS),
        ("1 2 3", "1 2", DIFFERS),
        ("", "x", DIFFERS),
        ("-1", "1", DIFFERS),
        ("nan", "0.0", DIFFERS),
    ],
)
def test_text(old: str, new: str, expected: Sameness) -> None:
    """A change would pass unseen, or what means nothing would be a false alarm."""
    assert _text(old, new) is expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("...", "whatever\nit is 3", CLOSE),
        ("epoch 1: ...\nepoch 2: ...", "epoch 1: 0.3\nepoch 2: 0.2", CLOSE),
        ("epoch 1: ...\nepoch 3: ...", "epoch 1: 0.3\nepoch 2: 0.2", DIFFERS),
        ("a ... c", "a c", CLOSE),
        ("a ... c", "a b", DIFFERS),
        ("x ... x", "x", DIFFERS),
        ("array([0, ..., 9])", "array([0, ..., 9])", EXACT),
        ("array([0, ..., 9])", "array([1, ..., 9])", DIFFERS),
        ("took ... s, 3 steps", "took 0.3 s, 4 steps", DIFFERS),
    ],
)
def test_dots(old: str, new: str, expected: Sameness) -> None:
    """Dots would stand for nothing, or hide what stands beside them."""
    assert _text(old, new) is expected


def test_dots_of_a_notebook_are_dots() -> None:
    """What NumPy leaves out of a long array would excuse any other output."""
    old: list[Output] = [Stream("stdout", "[0 ... 9]")]
    assert _stored(old, [Stream("stdout", "[0 1 9]")]) is DIFFERS


@pytest.mark.parametrize(
    ("terms", "old", "new", "expected"),
    [
        ({"tolerance": 0.1}, "0.51", "0.52", CLOSE),
        ({"tolerance": 0.1}, "100", "101", CLOSE),
        ({"tolerance": 0.0}, "0.5000001", "0.5000002", DIFFERS),
        ({"varies": r"\d+ ms"}, "took 12 ms", "took 7 ms", EXACT),
        ({"varies": r"\d+ ms"}, "took 12 ms, 3", "took 7 ms, 4", DIFFERS),
    ],
)
def test_terms(terms: dict[str, Any], old: str, new: str, expected: Sameness) -> None:
    """What an author allows would not be allowed, or more than that."""
    assert _text(old, new, **terms) is expected


@pytest.mark.parametrize(
    ("old", "new", "what", "line"),
    [
        ("a\nloss 0.5\nb", "a\nloss 0.7\nb", "line 2: '0.5' is now '0.7'", 1),
        ("a 1.0\nb", "a 1.0\nb\nc", "'c' is new behind line 2", 2),
        ("a\nb\nc", "a\nc", "line 2, 'b', is gone", 1),
        ("numpy 2.4.6", "numpy 2.2.6", "line 1: '2.4.6' is now '2.2.6'", 0),
        ("a", "", "line 1, 'a', is gone", 0),
        ("", "a", "'a' is new", 0),
        ("0.30000001 2", "0.3 3", "line 1: '2' is now '3'", 0),
        ("\n\na\nb", "a\nc", "line 2: 'b' is now 'c'", 3),
    ],
)
def test_where(old: str, new: str, what: str, line: int) -> None:
    """An author would have to search for the number that changed."""
    recorded = Recorded((Stream("stdout", old),), AT, is_text=True)
    found = compare(recorded, [Stream("stdout", new)], Terms())
    assert (found.what, found.line) == (what, line)
    signs = [line[0] for line in found.diff.split("\n")]
    assert set(signs) <= {"-", "+", " "} and {"-", "+"} & set(signs)


def test_close_lines_are_not_in_the_diff() -> None:
    """A change in one line would drown among lines that count as equal."""
    old = "\n".join(f"step {n}: 1.{n}0000001" for n in range(50))
    new = "\n".join(f"step {n}: 1.{n}0000002" for n in range(49)) + "\nstep 49: 0.7"
    found = compare(Recorded((Stream("stdout", old),), AT, True), [Stream("stdout", new)], Terms())
    assert found.line == 49
    assert len(found.diff.split("\n")) == 3


def test_long_diffs_are_cut() -> None:
    """A thousand changed lines would fill the screen."""
    old, new = ("\n".join(f"{word} {n}" for n in range(1000)) for word in "ab")
    found = compare(Recorded((Stream("stdout", old),), AT, True), [Stream("stdout", new)], Terms())
    assert len(found.diff.split("\n")) < 30
    assert "more lines" in found.diff


STACKS = {
    "plain": "Traceback (most recent call last):\n  File 'a', line 1\n    f()\n",
    "IPython": "-" * 75 + "\nValueError             Traceback (most recent call last)\n"
    "Cell In[3], line 2\n      1 x\n----> 2 f()\n\nFile a.py:3, in f()\n\n",
}


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize(
    ("message", "expected"), [("no: 3", EXACT), ("no: 4", DIFFERS), ("no", DIFFERS)]
)
def test_a_pasted_traceback(name: str, message: str, expected: Sameness) -> None:
    """Line numbers and paths of libraries would be part of what a cell puts out."""
    recorded = Recorded(
        (Stream("stdout", f"before\n{STACKS[name]}ValueError: {message}\n"),), AT, is_text=True
    )
    outputs = [Stream("stdout", "before\n"), Error("ValueError", "no: 3", ("Traceback", "…"))]
    found = compare(recorded, outputs, Terms())
    assert found.sameness is expected
    assert found.line == (0 if expected is EXACT else 1 + STACKS[name].count("\n"))


def test_streams() -> None:
    """Where a kernel cuts its text, or what it warns of, would be a change."""
    whole: list[Output] = [Stream("stdout", "ab"), Stream("stderr", "50%"), Stream("stdout", "c\n")]
    assert _stored(whole, [Stream("stdout", "abc\n"), Stream("stderr", "100%")]) is EXACT
    assert _stored(whole, [Stream("stdout", "abd\n")]) is DIFFERS


def _table(*rows: tuple[object, ...]) -> Display:
    html = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return Display({"text/html": f"<table>{html}</table>", "text/plain": repr(rows)})


def test_tables() -> None:
    """A cell of a table would change unseen, or the words would not say which."""
    assert _stored([_table((1, 2.5))], [_table((1, 2.5000001))]) is CLOSE
    assert _stored([_table((1, 2.5))], [_table((1, 2.5), (3, 4))]) is DIFFERS
    found = compare(Recorded((_table((1, 2), (3, 4)),), AT), [_table((1, 2), (3, 5))], Terms())
    assert found.what == "row 2, column 2: '4' is now '5'"


def _picture(points: list[tuple[int, int]], size: tuple[int, int] = (320, 240)) -> str:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).line(points, fill="navy", width=4)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def test_images() -> None:
    """Another anti-aliasing would be a change, or another curve none."""
    rising = _picture([(10, 230), (310, 10)])
    assert images(rising, rising).sameness is EXACT
    assert images(rising, _picture([(11, 230), (311, 10)], (322, 240))).sameness is CLOSE
    assert images(rising, _picture([(10, 10), (310, 230)])).sameness is DIFFERS
    assert images(rising, _picture([(10, 230), (310, 10)], (640, 480))).sameness is DIFFERS
    assert images(rising, "bm90IGFuIGltYWdl").sameness is DIFFERS
    other = images(rising, _picture([(10, 230), (310, 60)]))
    assert other.sameness is DIFFERS, "a line that ends elsewhere is little of the whole"
    shown = [Display({"image/png": rising, "text/plain": "<Figure>"})]
    other = [Display({"image/png": rising, "text/plain": "<Figure size 1x1>"})]
    assert _stored(list(shown), list(other)) is EXACT


def test_drawings() -> None:
    """The names of a drawing's parts would be a change, or its shapes none."""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g id="{}"><path d="M 0 0 L {} 9"/></g></svg>'
    )

    def shown(name: str, x: float) -> list[Output]:
        return [Display({"image/svg+xml": drawing.format(name, x), "text/plain": "<Figure>"})]

    assert _stored(shown("a", 5), shown("b", 5)) is EXACT
    assert _stored(shown("a", 5), shown("a", 5.001)) is CLOSE
    assert _stored(shown("a", 5), shown("a", 7)) is DIFFERS


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<b>a</b><script>1</script>", "<i>a</i><script>2</script>", EXACT),
        ("<b>a</b>", "<b>b</b>", DIFFERS),
    ],
)
def test_html(old: str, new: str, expected: Sameness) -> None:
    """Ids in a script would be a change, or words that a reader sees none."""
    plain = "<IPython.core.display.HTML object>"
    shown = [[Display({"text/html": html, "text/plain": plain})] for html in (old, new)]
    assert _stored(list(shown[0]), list(shown[1])) is expected


def test_displays_come_and_go() -> None:
    """A figure that is drawn no more would pass unseen."""
    figure = Display({"image/png": _picture([(0, 0), (9, 9)]), "text/plain": "<Figure>"})
    value = Display({"text/plain": "3"}, is_result=True)
    found = compare(Recorded((figure, value), AT), [figure], Terms())
    assert found.what == "output 2, a value, is gone"
    assert _stored([value], [value, figure]) is DIFFERS
    widget = Display({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}})
    assert _stored([widget, value], [value]) is EXACT


def test_errors() -> None:
    """An exception would count by its traceback, which holds other paths everywhere."""
    old = Error("ValueError", "bad 3", ("/home/a/x.py", "line 1"))
    assert _stored([old], [Error("ValueError", "bad 3", ("/work/x.py",))]) is EXACT
    assert _stored([old], [Error("ValueError", "bad 4")]) is DIFFERS
    assert _stored([old], [Error("KeyError", "bad 3")]) is DIFFERS


def test_text_of_a_cell() -> None:
    """A fence would be filled with what no reader of plain text sees."""
    outputs = [
        Stream("stdout", "a"),
        Stream("stderr", "warned"),
        Display({"image/png": "…", "text/plain": "<Figure>"}),
        Display({"text/plain": "3", "text/html": "<b>3</b>"}, is_result=True),
        Error("ValueError", "no"),
    ]
    assert as_text(outputs) == "a\n3\nValueError: no"


TEXTS = st.text(st.sampled_from("ab .,-+0123456789e\n[]()…가나"), max_size=60)


@given(TEXTS)
def test_every_text_is_itself(text: str) -> None:
    """An output would differ from itself."""
    assert _text(text, text) is EXACT


@given(TEXTS, TEXTS)
def test_sameness_is_mutual(old: str, new: str) -> None:
    """What counts as the same would depend on which of the two was recorded."""
    there, back = (
        compare(Recorded((Stream("stdout", a),), AT), [Stream("stdout", b)], Terms()).sameness
        for a, b in ((old, new), (new, old))
    )
    assert there is back


@given(TEXTS, TEXTS)
def test_differences_are_told(old: str, new: str) -> None:
    """A finding would say that something differs, but not what."""
    found = compare(Recorded((Stream("stdout", old),), AT, True), [Stream("stdout", new)], Terms())
    assert (found.sameness is DIFFERS) == bool(found.what) == bool(found.diff)
    assert 0 <= found.line <= old.count("\n") + 1
