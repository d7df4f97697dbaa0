"""Outputs without what changes from run to run."""

from __future__ import annotations

import pytest

from haebom.model import Display, Error, Output, Stream
from haebom.normalize import Place, normalize


def _text(text: str, *places: Place) -> str:
    ((output,),) = normalize([[Stream("stdout", text)]], places)
    assert isinstance(output, Stream)
    return output.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\n", "a\nb\n"),
        (" 10%\r 50%\r100%\n", "100%\n"),
        ("one\rtwo", "two"),
        ("\r 0%\n\r 0% in\x1b[A\r 50%\n\r100% in\x1b[A\r100%", "100%\n100% in"),
        ("a\nb\x1b[2Ac", "ac\nb"),
        ("done\r", "done"),
        ("abc\b\bX", "aX"),
        ("ab\x00\x07c", "abc"),
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("\x1b]8;;https://a.example\x07link\x1b]8;;\x1b\\ \x1b]0;title\x07", "link "),
        ("한\t글", "한\t글"),
        ("\x02wzxhzdk:0\x03", "wzxhzdk:0"),
        ("<a at 0x7f00deadbeef> <b at 0x7f00deadbee0> <a at 0x7f00deadbeef>",
         "<a at 0x000001> <b at 0x000002> <a at 0x000001>"),
        ("0xdeadbeef is a number", "0xdeadbeef is a number"),
        ("/usr/lib/python3.11/json/decoder.py", "python/json/decoder.py"),
        ("/x/.venv/lib/python3.12/site-packages/torch/nn.py", "site-packages/torch/nn.py"),
        ("File \x1b[0;32m/usr/lib/python3.11/os.py\x1b[0m", "File \x1b[0;32mpython/os.py\x1b[0m"),
        ("\x1b[32m/tmp/ipykernel_1/2.py\x1b[0m", "\x1b[32m<cell>\x1b[0m"),
        ("C:\\x\\lib\\python3.12\\os.py", "python/os.py"),
    ],
)  # fmt: skip
def test_texts(text: str, expected: str) -> None:
    """Something that changes from run to run would reach the page, or something else be lost."""
    assert _text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000, "/a" * 500_000, "ab/" * 300_000, "a" * 500_000 + "\b" * 500_000,
        "/" * 1_000_000, "(/a" * 300_000, "a\r" * 500_000, "~" * 1_000_000, "/lib" * 250_000,
        "\x1b[0m/a" * 130_000, "/0m" * 300_000, "\\a=" * 300_000, " at 0x" * 150_000,
        "ipykernel_1" * 90_000, "/ipykernel_1/" * 80_000,
    ],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
@pytest.mark.timeout(30)
def test_long_lines(text: str) -> None:
    """A long line would be searched again from each of its places, which takes hours."""
    assert len(_text(f"{text}.")) <= len(text) + 1


def test_places() -> None:
    """The paths of a run's folders would be published; the longer path has to win."""
    places = (Place("/tmp/h-1", "/run"), Place("/tmp/h-1/post", "/post"))
    assert _text("/tmp/h-1/post/a.csv /tmp/h-1/b", *places) == "/post/a.csv /run/b"


@pytest.mark.parametrize("name", ["/project", "~"])
def test_libraries_below_a_place(name: str) -> None:
    """A folder with a space in its name would leave a part of itself before the library's."""
    text = "/a b/.venv/lib/python3.12/site-packages/torch/nn.py"
    assert _text(text, Place("/a b", name)) == "site-packages/torch/nn.py"


def test_addresses_are_numbered_across_cells() -> None:
    """Whether two cells show the same object would no longer be visible."""
    first, second = normalize([[Stream("stdout", "<a at 0x7fff0001>")]] * 2)
    assert first == second


def test_streams_are_joined_and_empty_ones_dropped() -> None:
    """The same text would differ by how the kernel cut it."""
    chunks: list[Output] = [
        Stream("stdout", "a"), Stream("stdout", ""), Stream("stdout", "b\r"), Stream("stdout", "c"),
        Stream("stderr", "e"), Stream("stdout", "d"), Stream("stderr", ""),
    ]  # fmt: skip
    (outputs,) = normalize([chunks])
    assert outputs == (Stream("stdout", "c"), Stream("stderr", "e"), Stream("stdout", "d"))


def test_a_progress_bar_keeps_its_last_state_only() -> None:
    """A bar between which a loop prints would stay in every state that it had."""
    chunks: list[Output] = [
        Stream("stderr", "note\n\r 0%"), Stream("stdout", "one\n"), Stream("stderr", "\r 50%"),
        Stream("stdout", "two\n"), Stream("stderr", "\r100%\n"), Stream("stderr", "end\n"),
    ]  # fmt: skip
    (outputs,) = normalize([chunks])
    assert outputs == (
        Stream("stderr", "note\n"), Stream("stdout", "one\ntwo\n"), Stream("stderr", "100%\nend\n")
    )  # fmt: skip


def test_only_texts_of_bundles_change() -> None:
    """Binary data would be damaged, or a table keep its addresses."""
    bundle = {
        "text/html": "<p>x at 0x7fff0001</p>\x01",
        "image/png": "at 0x7fff0001",
        "application/json": {"a": "at 0x7fff0001"},
    }
    ((display,),) = normalize([[Display(bundle)]])
    assert isinstance(display, Display)
    assert display.data == {**bundle, "text/html": "<p>x at 0x000001</p>"}


def test_tracebacks() -> None:
    """A traceback would show the machine's paths."""
    error = Error("E", "x at 0x7fff0001", ("File /tmp/ipykernel_12/345.py:3", "/s/a.py"))
    ((found,),) = normalize([[error]], [Place("/s", "/post")])
    assert found == Error("E", "x at 0x000001", ("File <cell>:3", "/post/a.py"))
