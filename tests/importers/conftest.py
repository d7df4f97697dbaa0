"""What the tests of imports share."""

from __future__ import annotations

import pytest
from oldblog import SETTINGS, OldBlog, OldFolder

from haebom.importers.convert import Converter


@pytest.fixture(scope="session")
def converter() -> Converter:
    """Writes documents for a site as an import makes it."""
    return Converter(SETTINGS.converter())


@pytest.fixture
def blog() -> OldBlog:
    """An empty blog."""
    return OldBlog()


@pytest.fixture
def folder() -> OldFolder:
    """An empty folder."""
    return OldFolder()
