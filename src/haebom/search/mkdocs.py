"""The seam to MkDocs and Material: what the plugin calls, in this order.

1. ``reason_to_stand_aside(language, texts)`` once all pages have their content (``on_env``): a
   sentence when Material's own search should stay, otherwise ``None``.
2. ``point_to_worker(html, worker_url())`` for every rendered page and template
   (``on_post_page``, ``on_post_template``).
3. ``publish(site_dir, …)`` after the build, later than Material's search plugin (``on_post_build``
   with a priority below 0).

Material's worker protocol and its ``__config`` are private to the pinned version; browser tests
guard both.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from haebom.search.entry import IndexReport, SearchEntry
from haebom.search.hangul import has_hangul
from haebom.search.index import build_index
from haebom.search.morphemes import available

__all__ = [
    "MaterialIndex",
    "point_to_worker",
    "publish",
    "read_material_index",
    "reason_to_stand_aside",
    "worker_url",
]

WORKERS = "assets/javascripts/workers"
_INDEX = "search/search_index.json"
_SHARDS = "search/shards"
_CONFIG = re.compile(
    r'(<script id="__config"[^>]*>.*?"search":\s*")([^"]*?)assets/javascripts/workers/[^"/]+"'
    r"(.*?</script>)",
    re.DOTALL,
)
# Material searches on keyup; an input method, dictation or a pasted word may bring only input.
_BRIDGE = (
    "<script>document.addEventListener('input',function(e){var t=e.target;"
    "if(t.matches&&t.matches('[data-md-component=search-query]'))"
    "t.dispatchEvent(new Event('keyup'))})</script>"
)


@dataclass(frozen=True, slots=True)
class MaterialIndex:
    """What Material's search plugin wrote: its settings, and the site's sections."""

    config: dict[str, Any]
    entries: tuple[SearchEntry, ...]


def reason_to_stand_aside(
    language: str, texts: Iterable[str], *, offline: bool = False
) -> str | None:
    """Say why Material's own search should stay, if it should.

    Args:
        language: The theme's language, such as ``ko``.
        texts: The pages' contents; looked at only when the language isn't Korean, and only until
            the first Hangul.
        offline: Whether Material's offline plugin is on. Browsers fetch nothing from ``file://``,
            so a site for that gets the index that Material inlines into a script.

    Returns:
        One line for the log, or ``None`` when this search takes over. A site without Korean pays
        nothing for it: no analysis, no tables, Material's own worker.
    """
    if offline:
        return "search: the offline plugin is on, Material's own search stays"
    if not language.startswith("ko") and not any(has_hangul(text) for text in texts):
        return "search: no Korean on this site, Material's own search stays"
    if not available():
        return (
            "search: kiwipiepy is not installed, Material's own search stays "
            "(pip install 'haebom[ko]' for search that knows Korean)"
        )
    return None


def _asset(name: str) -> bytes:
    return resources.files("haebom.search").joinpath(f"assets/{name}").read_bytes()


def _hashed(name: str) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"haebom-{stem}.{hashlib.sha256(_asset(name)).hexdigest()[:8]}.{suffix}"


def worker_url() -> str:
    """Return the worker's URL relative to the site; its name changes with its content."""
    return f"{WORKERS}/{_hashed('worker.js')}"


def point_to_worker(html: str, worker_url: str) -> str:
    """Make a page load our worker in place of Material's.

    Args:
        html: The rendered page, with Material's ``__config``.
        worker_url: As from ``worker_url()``, relative to the site.

    Returns:
        The page with the worker named in ``__config``, behind the same relative or absolute
        prefix, and a one-line script that tells Material's dialog of input without a key. A page
        without search comes back as it is.
    """
    return _CONFIG.sub(
        lambda m: f'{m.group(1)}{m.group(2)}{worker_url}"{m.group(3)}{_BRIDGE}', html, count=1
    )


def read_material_index(site_dir: Path) -> MaterialIndex:
    """Read ``search/search_index.json`` as Material's search plugin wrote it.

    Args:
        site_dir: The built site.

    Returns:
        Settings and sections.

    Raises:
        FileNotFoundError: Material's search plugin did not run.
        ValueError: The file is not such an index.
    """
    data = json.loads((site_dir / _INDEX).read_text("utf-8"))
    if not isinstance(data, dict) or not isinstance(data.get("docs"), list):
        raise ValueError(f"{_INDEX} is not an index of Material's search plugin")
    entries = tuple(SearchEntry.from_material(entry) for entry in data["docs"])
    return MaterialIndex(dict(data.get("config") or {}), entries)


def publish(
    site_dir: Path,
    *,
    cache: Path | None = None,
    terms: Path | None = None,
    groups: Iterable[Sequence[str]] = (),
    index: MaterialIndex | None = None,
) -> IndexReport:
    """Write our index and worker, and leave Material a stub of its own.

    Args:
        site_dir: The built site.
        cache: A folder for the analysis of each page.
        terms: The site's ``search-terms.yml``; need not exist.
        groups: Further groups of equal terms.
        index: What Material's plugin recorded; read from ``site_dir`` when left out.

    Returns:
        What was written.

    Raises:
        ModuleNotFoundError: Kiwi is missing; ask ``reason_to_stand_aside`` first.
        FileNotFoundError: There is no index of Material's.
        ValueError: ``terms`` or Material's index is malformed.
    """
    material = index or read_material_index(site_dir)
    report = build_index(
        material.entries, site_dir / _SHARDS, cache=cache, terms=terms, groups=groups
    )
    workers = site_dir / WORKERS
    workers.mkdir(parents=True, exist_ok=True)
    for name in ("worker.js", "engine.js"):
        (workers / _hashed(name)).write_bytes(_asset(name))
    place = {
        "engine": _hashed("engine.js"),
        "index": "../../../search/shards/",
        "manifest": report.manifest,
    }
    stub = {"config": {**material.config, "haebom": place}, "docs": []}
    text = json.dumps(stub, ensure_ascii=False, separators=(",", ":"))
    (site_dir / _INDEX).write_text(text, "utf-8")
    return report
