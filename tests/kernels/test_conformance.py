"""Every cell must do the same on a preloaded kernel and on an ordinary one."""

import pytest

from .cells import GROUPS, UNORDERED
from .conftest import Groups, comparable

CASES = [
    pytest.param(group, index, id=f"{group}-{index + 1}")
    for group, cells in GROUPS.items()
    for index in range(len(cells))
]


def test_there_are_enough_cells() -> None:
    """The comparison would prove little if it were small."""
    assert len(CASES) >= 120


@pytest.mark.slow
@pytest.mark.parametrize(("group", "index"), CASES)
def test_same_as_an_ordinary_kernel(groups: Groups, group: str, index: int) -> None:
    """A post would look different depending on which kernel happened to run it."""
    expected, found = groups.of(group, "jupyter"), groups.of(group, "preloaded")
    unordered = group in UNORDERED
    source = GROUPS[group][index]
    assert found.replies[index] == expected.replies[index], source
    assert comparable(found.outputs[index], unordered) == comparable(
        expected.outputs[index], unordered
    ), source


@pytest.mark.slow
@pytest.mark.parametrize(("group", "index"), CASES)
def test_same_when_contained(groups: Groups, group: str, index: int) -> None:
    """A post would look different on a machine that contains it."""
    expected, found = groups.of(group, "preloaded"), groups.of(group, "contained")
    unordered = group in UNORDERED
    source = GROUPS[group][index]
    assert found.replies[index] == expected.replies[index], source
    assert comparable(found.outputs[index], unordered) == comparable(
        expected.outputs[index], unordered
    ), source


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_same_inputs_are_noted(groups: Groups, group: str) -> None:
    """A run would be reused on one kernel and repeated on the other."""
    expected, found = groups.of(group, "jupyter").trace, groups.of(group, "preloaded").trace
    assert found.modules == expected.modules
    assert found.subprocesses == expected.subprocesses
    assert set(found.environment) == set(expected.environment)
    assert [path.rpartition("/post")[2].partition("/")[2] for path in found.files] == [
        path.rpartition("/post")[2].partition("/")[2] for path in expected.files
    ]


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_same_names_are_told(groups: Groups, group: str) -> None:
    """The index of a site would depend on which kernel happened to run its posts."""
    expected, found = groups.of(group, "jupyter").trace, groups.of(group, "preloaded").trace
    assert found.uses == expected.uses
