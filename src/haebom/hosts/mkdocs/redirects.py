"""Pages at earlier addresses, which lead to where a post or page is now.

They are static, so that any host serves them, and they work without JavaScript; with it, the part
of the page that was asked for (``#…``) comes along.
"""

from __future__ import annotations

import logging
import posixpath
from html import escape
from pathlib import Path
from urllib.parse import quote, urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from haebom.links import address_file
from haebom.render.labels import labels

_log = logging.getLogger("mkdocs.plugins.haebom")
_PAGE = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="canonical" href="{canonical}">
<meta name="robots" content="noindex">
<meta name="viewport" content="width=device-width, initial-scale=1">
<noscript><meta http-equiv="refresh" content="0; url={link}"></noscript>
</head>
<body>
<p>{moved} <a href="{link}">{title}</a></p>
<script>location.replace(document.links[0].href + location.hash)</script>
</body>
</html>
"""


def collect(files: Files) -> dict[str, tuple[str, str]]:
    """The addresses that lead elsewhere: the file at each, with address and title of the page.

    Args:
        files: All files, once the pages have been read.
    """
    found: dict[str, tuple[str, str]] = {}
    for file in files.documentation_pages():
        page = file.page
        aliases = page.meta.get("aliases") if page is not None else None
        for alias in aliases if isinstance(aliases, list) else ():
            where = posixpath.normpath(address_file(str(alias)))
            if page is not None and not where.startswith(("..", "/")):
                found.setdefault(where, (file.url, str(page.title)))
    return found


def write(config: MkDocsConfig, redirects: dict[str, tuple[str, str]], language: str) -> None:
    """Write the pages, unless the site has pages of its own at their addresses.

    Args:
        config: MkDocs' configuration.
        redirects: See :func:`collect`.
        language: Language of haebom's own words.
    """
    site = Path(config.site_dir)
    for where, (url, title) in redirects.items():
        target = site / where
        if target.exists():
            if posixpath.normpath(address_file(f"/{url}")) != where:
                _log.warning("The alias /%s is the address of another page.", where)
            continue
        folder = posixpath.dirname(where)
        link = posixpath.relpath(url.rstrip("/") or ".", folder or ".")
        link = quote(f"{link}/" if url.endswith("/") or not url else link, safe="/%.~")
        canonical = urljoin(config.site_url, quote(url, safe="/%.~")) if config.site_url else link
        target.parent.mkdir(parents=True, exist_ok=True)
        text = _PAGE.format(
            language=language,
            title=escape(title),
            canonical=escape(canonical),
            link=escape(link),
            moved=labels(language).moved,
        )
        target.write_text(text, "utf-8")
