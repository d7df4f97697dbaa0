"""The Content-Security-Policy of a built site: scripts of its own, and its inline ones by hash."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from lxml import html as parser

from haebom.store import write_if_changed

_SCRIPTS = frozenset({"", "module", "text/javascript", "application/javascript"})
"""Types of script elements that a browser runs."""

_GISCUS = "https://giscus.app"


def policy(site_dir: Path, comments: bool = False) -> str:
    """The policy under which every page of a built site works, as the value of the header.

    Args:
        site_dir: The site's folder.
        comments: Whether posts have comments, which come from another site.
    """
    hashes = sorted({each for path in _pages(site_dir) for each in _hashes(path)})
    others = (_GISCUS,) if comments else ()
    directives = {
        "default-src": ("'self'",),
        "script-src": ("'self'", *(f"'sha256-{each}'" for each in hashes), *others),
        # drawings and tables of outputs have their colours in attributes
        "style-src": ("'self'", "'unsafe-inline'", *others),
        "img-src": ("'self'", "data:", "https:"),
        "media-src": ("'self'", "data:", "https:"),
        "frame-src": others or ("'none'",),
        "object-src": ("'none'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
    }
    return "; ".join(" ".join((name, *sources)) for name, sources in directives.items())


def enforce(site_dir: Path, comments: bool = False) -> None:
    """Write the policy into the head of every page, where no header can be set.

    Args:
        site_dir: The site's folder.
        comments: Whether posts have comments.
    """
    content = escape(policy(site_dir, comments), quote=True)
    element = f'<meta http-equiv="Content-Security-Policy" content="{content}">'
    for path in _pages(site_dir):
        text = path.read_text("utf-8")
        write_if_changed(path, text.replace("<head>", f"<head>{element}", 1).encode("utf-8"))


def _pages(site_dir: Path) -> Iterator[Path]:
    return iter(sorted(site_dir.rglob("*.html")))


def _hashes(page: Path) -> Iterable[str]:
    """Hashes of the scripts within a page."""
    tree = parser.document_fromstring(page.read_bytes())
    for script in tree.iter("script"):
        if script.get("src") is None and script.get("type", "").strip().lower() in _SCRIPTS:
            code = (script.text or "").encode("utf-8")
            yield base64.b64encode(hashlib.sha256(code).digest()).decode("ascii")
