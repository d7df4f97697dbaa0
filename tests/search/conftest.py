"""A built site and a browser for the tests of search."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from searchable import build, free_port, serve, write_source

# Keeps what the page and its worker say to each other.
WATCH = """
window.__results = [];
const Native = Worker;
window.Worker = class extends Native {
  constructor(url) { super(url); window.__worker = String(url);
    this.addEventListener('message', e => { window.__answered = true;
      e.data.type === 3 && window.__results.push(e.data.data) }) }
}
"""


@pytest.fixture(scope="session")
def port() -> int:
    """Return the port of the built site; instant navigation compares it with the sitemap's."""
    return free_port()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, port: int) -> Path:
    """Return the folder that holds the built site under ``sub``."""
    pytest.importorskip("kiwipiepy")
    folder = tmp_path_factory.mktemp("site")
    write_source(folder, port)
    build(folder, folder / "out/sub")
    return folder / "out"


@pytest.fixture
def served(built: Path, port: int) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Serve the built site under a sub-path."""
    with serve(built, port) as place:
        yield place


@pytest.fixture(params=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """Open a page in a fresh profile, wide or narrow; a script error fails the test."""
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(**(phone if request.param == "phone" else {}))
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(WATCH)
    page.set_default_timeout(8000)
    yield page
    context.close()
    assert not errors


desktop_only = pytest.mark.parametrize("page", ["desktop"], indirect=True)
