"""The site as MkDocs' configuration describes it."""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException

from haebom.config import SiteConfig
from haebom.discover import Layout
from haebom.errors import ConfigError
from haebom.parsers.markdown import Settings
from haebom.pipeline import Site

SUPERFENCES = "pymdownx.superfences"
EXTENSION = "haebom"


def load_site(config_file: Path) -> Site:
    """Read a site's configuration.

    Args:
        config_file: The site's ``mkdocs.yml``.

    Raises:
        ConfigError: It is not there, or MkDocs or haebom cannot use it.
    """
    if not config_file.is_file():
        raise ConfigError(
            f"There is no {config_file}.", "Go to the site's folder, or name its file with -f."
        )
    try:
        config = load_config(str(config_file.absolute()))
    except (MkDocsException, SystemExit) as error:
        raise ConfigError(f"MkDocs cannot use {config_file}: {error}") from error
    blog = config.plugins.get("material/blog")
    if blog is not None:  # it makes a folder as soon as it is loaded
        shutil.rmtree(getattr(blog, "temp_dir", ""), ignore_errors=True)
    plugin = config.plugins.get("haebom")
    if plugin is None:
        raise ConfigError(
            f"{config_file} does not list the plugin haebom.", "Add '- haebom' under 'plugins:'."
        )
    return site_of(config, plugin.options)


def site_of(config: MkDocsConfig, options: SiteConfig) -> Site:
    """The site that a loaded configuration describes.

    Args:
        config: MkDocs' configuration.
        options: The plugin's options.
    """
    root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
    # as_posix and not Path.relative_to: the pages may lie beside the project's folder
    docs = Path(os.path.relpath(Path(config.docs_dir).resolve(), root)).as_posix()
    names = [e for e in config.markdown_extensions if isinstance(e, str) and e != EXTENSION]
    configs: Mapping[str, Any] = {
        name: dict(values or {}) for name, values in config.mdx_configs.items() if name in names
    }
    return Site(
        layout=Layout(root, options.posts_dir, docs, _mount(config, options)),
        config=options,
        settings=Settings(tuple(names), configs),
        language=options.language or _language(config),
        repository=config.repo_url or "",
    )


def _mount(config: MkDocsConfig, options: SiteConfig) -> str:
    """Where posts appear among the pages: where the blog looks for them, if there is a blog."""
    blog = config.plugins.get("material/blog")
    if blog is None or not blog.config.enabled:
        return posixpath.normpath(options.posts_dir)
    folder = posixpath.normpath(blog.config.blog_dir)
    return posixpath.normpath(str(blog.config.post_dir).format(blog=folder))


def _language(config: MkDocsConfig) -> str:
    language = config.theme.get("language") or config.theme.get("locale") or "en"
    return str(language).split("-")[0].split("_")[0]
