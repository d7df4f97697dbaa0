"""What readers take along, with the addresses that the site has."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

from haebom.downloads import FOLDER
from haebom.render.download import resolve


def is_one(uri: str) -> bool:
    """Whether a path of the staged tree is a notebook or a script to take along."""
    return uri.startswith(f"{FOLDER}/") and uri.count("/") == 1


def file(config: MkDocsConfig, files: Files, uri: str, path: Path) -> File:
    """The file as it is published.

    Args:
        config: MkDocs' configuration.
        files: All files, once the blog has given its posts their addresses.
        uri: Its path within the staged tree.
        path: Where it lies there.
    """

    def address(target: str) -> str:
        page = files.get_file_from_path(target)
        return urljoin(config.site_url or "/", page.url if page else target)

    content = resolve(path.read_text("utf-8"), address)
    return File.generated(config, uri, content=content, inclusion=InclusionLevel.NOT_IN_NAV)
