"""Pages of memory that posts write to, copied before they do."""

from __future__ import annotations

import ctypes
import itertools
import mmap
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haebom.kernels.base import KernelFactory, Workplace
from haebom.kernels.containment import linux
from haebom.kernels.pool import KernelPool
from haebom.kernels.preloaded.client import KernelServer
from haebom.kernels.preloaded.pages import Pages
from helpers import parsed

from .conftest import ENV, contained, run, text

_REGION = 100


def _is_supported() -> bool:
    """Linux can do it for a process itself from 6.13 on."""
    with mmap.mmap(-1, mmap.PAGESIZE) as memory:
        try:
            linux.populate(struct.pack("QQ", _address(memory), mmap.PAGESIZE))
        except OSError:
            return False
    return True


def _address(memory: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


supported = pytest.mark.skipif(not _is_supported(), reason="Linux before 6.13")


class _Known(Pages):
    """Three regions of a process that says itself which of their pages it has written to."""

    def __init__(self) -> None:
        super().__init__()
        self._kernels = itertools.count()
        size = _REGION * mmap.PAGESIZE
        self._regions = [(start, start + size) for start in (size, 2 * size, 7 * size)]

    def seen(self, kind: Iterable[str], pages: Iterable[int]) -> None:
        flags = bytearray(3 * _REGION + 2)
        for page in pages:
            flags[page + page // _REGION] = 1
        self._written = lambda pid: int.from_bytes(flags, "little")  # type: ignore[method-assign]
        self.learn(frozenset(kind), next(self._kernels))

    def pages(self, kind: Iterable[str]) -> set[int]:
        """The expected pages, numbered through all regions."""
        found = set()
        for start, length in struct.iter_unpack("QQ", self.expected(frozenset(kind))):
            for address in range(start, start + length, mmap.PAGESIZE):
                (region,) = (i for i, (a, e) in enumerate(self._regions) if a <= address < e)
                found.add(region * _REGION + (address - self._regions[region][0]) // mmap.PAGESIZE)
        return found


_pages = st.sets(st.integers(0, 3 * _REGION - 1), min_size=1)


@given(_pages, _pages, _pages)
def test_what_two_of_three_wrote_to_is_expected(a: set[int], b: set[int], c: set[int]) -> None:
    """One post's own data would be copied for all others, or what all write to for none; vectors
    would lead to other pages than those seen."""
    known = _Known()
    known.seen({"torch"}, a)
    assert known.pages({"torch"}) == set()
    known.seen({"torch"}, b)
    assert known.pages({"torch"}) == a & b
    known.seen({"torch"}, c)
    assert known.pages({"torch"}) == (a & b) | (b & c) | (a & c)


def test_kernels_are_not_looked_at_for_ever() -> None:
    """Looking at a kernel takes its time, and the fourth tells nothing new."""
    known = _Known()
    for pages in ({1}, {1, 2}, {1, 2}, {3}, {3}):
        known.seen({"torch"}, pages)
    assert known.pages({"torch"}) == {1, 2}


def test_a_kernel_counts_once() -> None:
    """One that breaks a limit is ended several times: its own data would count as what most kernels
    write to."""
    known = _Known()
    known._kernels = itertools.repeat(7)  # type: ignore[assignment]
    for _ in range(3):
        known.seen({"torch"}, {1, 2})
    assert known.pages({"torch"}) == set()


def test_posts_that_import_less_tell_of_those_that_import_more() -> None:
    """A post would have pages copied that only other packages write to; or the first posts with
    one more package would know nothing."""
    known = _Known()
    for kind, pages in (((), {1}), (("torch",), {1, 2}), (("pandas",), {1, 3})):
        known.seen(kind, pages)
        known.seen(kind, pages)
    assert known.pages(()) == {1}
    assert known.pages(("torch",)) == known.pages(("torch", "numpy")) == {1, 2}
    assert known.pages(("torch", "pandas")) == {1, 2, 3}
    assert known.pages(("numpy",)) == {1}


def test_a_process_that_is_gone_tells_nothing() -> None:
    """A kernel that ended by itself would end the server, and all others with it."""
    pages = Pages()
    pages.learn(frozenset(), 2**22 + 1)
    assert pages.expected(frozenset()) == b""


def test_a_kernel_that_has_just_ended_does_not_count() -> None:
    """What it says, which is nothing, would stand against what two others have in common."""
    known = _Known()
    known.seen({"torch"}, {1, 2})
    known.seen({"torch"}, set())
    known.seen({"torch"}, {1, 2, 3})
    known.seen({"torch"}, {2, 3})
    assert known.pages({"torch"}) == {1, 2, 3}


def test_pages_of_a_real_child() -> None:
    """Pages would be told that it still shares, or not those that it has written to."""
    memory = mmap.mmap(-1, 64 * mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for page in range(64):
        memory[page * mmap.PAGESIZE] = 1
    base, pages = _address(memory), Pages()
    written = {3, 4, 5, 40}
    for _ in range(2):
        with _child(memory, written) as pid:
            pages.learn(frozenset(), pid)
    vectors = list(struct.iter_unpack("QQ", pages.expected(frozenset())))
    size = mmap.PAGESIZE
    inside = [(a, n) for a, n in vectors if base <= a < base + 64 * size]
    assert inside == [(base + 3 * size, 3 * size), (base + 40 * size, size)]


class _child:  # noqa: N801 - a context manager
    """A forked process that has written to some pages, and waits."""

    def __init__(self, memory: mmap.mmap, pages: Iterable[int]) -> None:
        told, tell = os.pipe()
        self._wait, self._end = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._end)
            for page in pages:
                memory[page * mmap.PAGESIZE + 8] = 7
            os.write(tell, b".")
            os.read(self._wait, 1)
            os._exit(0)
        assert os.read(told, 1) == b"."
        os.close(told)
        os.close(tell)

    def __enter__(self) -> int:
        return self._pid

    def __exit__(self, *_: object) -> None:
        os.close(self._end)
        os.close(self._wait)
        os.waitpid(self._pid, 0)


def test_nothing_is_copied_where_nothing_is() -> None:
    """The server takes an error as the end of the matter; it must be one."""
    with pytest.raises(OSError, match="440"):
        linux.populate(struct.pack("QQ", mmap.PAGESIZE, mmap.PAGESIZE))


def test_a_post_is_of_the_kind_of_its_imports(tmp_path: Path) -> None:
    """All posts would count as one kind, and light ones have the pages of heavy ones copied."""
    seen: list[Workplace] = []
    pool = KernelPool(("torch", "matplotlib.pyplot", "pandas"), ENV)
    pool._server = seen.append  # type: ignore[assignment]
    for code in ("import pandas as pd", "from torch import nn\nimport matplotlib", "1"):
        post = parsed(f"# 글\n\n```python\n{code}\n```\n", "posts/2026-01-02-a.md")
        pool.factory(post)(Workplace("python3", tmp_path, tmp_path, ENV))
    assert [w.imports for w in seen] == [("pandas",), ("torch", "matplotlib.pyplot"), ()]


@pytest.fixture(scope="module")
def server() -> Iterator[KernelServer]:
    """A server of this module's own, which has seen no kernels."""
    with KernelServer.start(("pandas",), ENV, contains=True) as found:
        yield found


@supported
@pytest.mark.parametrize("is_contained", [False, True])
def test_later_posts_are_interrupted_less(
    server: KernelServer, tmp_path: Path, is_contained: bool
) -> None:
    """Kernels would not be looked at, or their pages not be copied for the next ones."""
    tmp_path.chmod(0o755)
    factory: KernelFactory = contained(server, tmp_path) if is_contained else server
    cells = [
        "import resource\nbefore = resource.getrusage(resource.RUSAGE_SELF).ru_minflt",
        "import pandas as pd\nprint(pd.DataFrame({'a': [1, 2]}).to_html())",
        "resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before",
    ]

    def importing(workplace: Workplace) -> object:
        return factory(replace(workplace, imports=("pandas", str(is_contained))))

    faults, tables = [], []
    for _ in range(5):
        _, table, count = run(importing, tmp_path, cells).outputs  # type: ignore[arg-type]
        tables.append(text(table))
        faults.append(int(text(count)))
    assert max(faults[3:]) < min(faults[:2]) / 2, faults
    assert len(set(tables)) == 1
