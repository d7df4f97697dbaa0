"""A server of static files as hosts have them: compressed, cacheable, with a 404 page."""

from __future__ import annotations

import functools
import gzip
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

_COMPRESSED = (
    "text/",
    "application/json",
    "application/xml",
    "application/javascript",
    "image/svg",
)


@contextmanager
def served(folder: Path, *, base: str = "/") -> Iterator[str]:
    """Serve a built site.

    Args:
        folder: The site.
        base: Path of the site on its host.

    Yields:
        The site's address.
    """
    handler = functools.partial(_Handler, directory=str(folder), base=base)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{base}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, base: str, **keywords: object) -> None:
        self.base = base
        super().__init__(*args, **keywords)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a file of the site."""
        if not self.path.startswith(self.base):
            return self.send_error(HTTPStatus.NOT_FOUND)
        path, status = Path(self.translate_path("/" + self.path[len(self.base) :])), HTTPStatus.OK
        if path.is_dir():
            if not self.path.partition("?")[0].endswith("/"):
                self.send_response(HTTPStatus.MOVED_PERMANENTLY)
                self.send_header("Location", f"{self.path}/")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            path /= "index.html"
        if not path.is_file():
            path, status = Path(self.directory, "404.html"), HTTPStatus.NOT_FOUND
        return self._answer(path, status)

    def _answer(self, path: Path, status: HTTPStatus) -> None:
        content, kind = path.read_bytes(), self.guess_type(path)
        self.send_response(status)
        if kind.startswith(_COMPRESSED):
            content = gzip.compress(content, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        self.send_header("Content-Type", kind + charset)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)


@dataclass(frozen=True)
class Visited:
    """What a page has cost.

    Args:
        size: Bytes that came through the network, headers included, without images.
        foreign: Addresses on other hosts that were asked.
    """

    size: int
    foreign: tuple[str, ...]


@contextmanager
def visitor(browser: Any, address: str) -> Iterator[Callable[[str], Visited]]:
    """Somebody with a phone and an empty cache, who goes from page to page.

    Args:
        browser: Chromium.
        address: The site.

    Yields:
        A function that goes to a page, by its path.
    """
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    asked: list[str] = []

    def sent(event: dict[str, Any]) -> None:
        asked.append(event["request"]["url"])
        kinds[event["requestId"]] = event.get("type", "")

    def finished(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    def visit(path: str) -> Visited:
        for memory in (kinds, sizes, asked):
            memory.clear()
        page.goto(address + path, wait_until="networkidle")
        size = sum(size for request, size in sizes.items() if kinds.get(request) != "Image")
        own = (address, "data:", "blob:")
        return Visited(size, tuple(url for url in asked if not url.startswith(own)))

    network.on("Network.requestWillBeSent", sent)
    network.on("Network.loadingFinished", finished)
    yield visit
    context.close()
