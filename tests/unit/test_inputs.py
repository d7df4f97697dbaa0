"""What a run depended on."""

from __future__ import annotations

import importlib.metadata

from haebom.inputs import distributions


def test_modules_of_distributions() -> None:
    """A package that a post imports would be unknown, and its new version not run the post."""
    expected = importlib.metadata.packages_distributions()
    assert len(expected) > 50
    found = distributions()
    assert {name: set(found.get(name, ())) for name in expected} == {
        name: set(brought) for name, brought in expected.items()
    }
