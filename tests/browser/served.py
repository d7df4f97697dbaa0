"""Sites over HTTP, and how legible their texts are."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder; gives the address of its root."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


CONTRAST = """selector => [...document.querySelectorAll(selector)].map(element => {
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true})
    const paint = colours => {
        canvas.clearRect(0, 0, 1, 1)
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1) }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
    }
    const grounds = []
    for (let e = element; e; e = e.parentElement)
        grounds.unshift(getComputedStyle(e).backgroundColor)
    const light = rgb => rgb.map(v => v / 255)
        .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)
    const a = light(paint(grounds)), b = light(paint([...grounds, getComputedStyle(element).color]))
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05)
})"""
"""Gives the contrast of each element's text with its ground (WCAG)."""
