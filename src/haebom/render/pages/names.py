"""The API index: which posts use what."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping

from haebom.apidocs import Documentation, package
from haebom.catalogue import Catalogue, Entry
from haebom.links import link
from haebom.render.labels import Labels
from haebom.render.pages.page import SitePage, head
from haebom.render.study import NAMES
from haebom.render.xml import xml

_TITLES = {
    "torch": "PyTorch",
    "numpy": "NumPy",
    "matplotlib": "Matplotlib",
    "sklearn": "scikit-learn",
    "scipy": "SciPy",
    "PIL": "Pillow",
    "keras": "Keras",
}
"""What packages call themselves where it is not their module's name; the ones that people look for
first come first."""
_PYTHON = "Python"

_Place = tuple[Entry, str, str]
"""A post, what the name is in it, and the anchor of the cell where it is used first."""


def names(catalogue: Catalogue, documentation: Documentation, words: Labels) -> SitePage:
    """Make the page.

    Args:
        catalogue: All posts.
        documentation: Where names are documented.
        words: haebom's own.
    """
    packages: dict[str, dict[str, list[_Place]]] = defaultdict(lambda: defaultdict(list))
    for entry in map(catalogue.by_slug.__getitem__, catalogue.curriculum.order):
        for name, (kind, anchor) in entry.uses.items():
            packages[_package(name)][name].append((entry, kind, anchor))
    known = {title: place for place, title in enumerate(_TITLES.values())}
    ordered = sorted(packages, key=lambda title: (known.get(title, len(known)), title.lower()))
    search = (
        f'<p class="haebom-filter" hidden=""><input type="search" class="md-input" '
        f'placeholder="{xml(words.find_name)}" aria-label="{xml(words.find_name)}"/></p>'
    )
    body = "".join(
        f'<section class="haebom-index"><h2 id="{xml(title)}">{xml(title)}</h2>'
        f"<dl>{_rows(packages[title], documentation)}</dl></section>"
        for title in ordered
    )
    return SitePage(NAMES, head(words.names_index, words.names_intro), search + body)


def _package(name: str) -> str:
    top = package(name)
    return _PYTHON if top in sys.stdlib_module_names else _TITLES.get(top, top)


def _rows(found: Mapping[str, list[_Place]], documentation: Documentation) -> str:
    rows = ""
    for name in sorted(found, key=str.lower):
        address = documentation.address(name, found[name][0][1])
        term = f"<code>{xml(name)}</code>"
        if address:
            term = f'<a href="{xml(address)}" rel="external">{term}</a>'
        posts = " · ".join(
            f'<a href="{link(entry.uri, NAMES)}#{anchor}">{xml(entry.title)}</a>'
            for entry, _, anchor in found[name]
        )
        rows += f'<div id="{xml(name)}"><dt>{term}</dt><dd>{posts}</dd></div>'
    return rows
