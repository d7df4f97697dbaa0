"""What a run depended on."""

from __future__ import annotations

import importlib.metadata

from haebom.inputs import ABSENT, distributions, version


def test_modules_of_distributions() -> None:
    """A package that a post imports would be unknown, and its new version not run the post."""
    expected = importlib.metadata.packages_distributions()
    assert len(expected) > 50
    found = distributions()
    assert {name: set(found.get(name, ())) for name in expected} == {
        name: set(brought) for name, brought in expected.items()
    }


def test_versions_of_distributions() -> None:
    """A run would be reused with another version of a package, or never."""
    names = {each.metadata["Name"] for each in importlib.metadata.distributions()}
    assert len(names) > 50
    found = {name: version(name) for name in names}
    assert found == {name: importlib.metadata.version(name) for name in names}
    assert version("no-such-distribution") == ABSENT
