"""A built blog behind an address."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from helpers import MKDOCS_YML, Project, write_site


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path, files: Mapping[str, str | bytes], more: str = "") -> Iterator[str]:
    """Build a blog and serve it.

    Args:
        folder: Where to.
        files: Its files.
        more: Further lines of its configuration.
    """
    # the theme would ask the repository's host for its stars
    own = ("repo_url", "edit_uri")
    config = "".join(line for line in MKDOCS_YML.splitlines(True) if not line.startswith(own))
    project: Project = write_site(folder / "a", files, config + more)
    done = project.build()
    assert done.code == 0, done.text
    place = folder / "served"
    place.mkdir()
    (project.root / "site").rename(place / "blog-site")
    handler = functools.partial(_Quiet, directory=str(place))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/blog-site/"
        server.shutdown()
        thread.join()
