"""Scripts that draw interactive figures on a page, out of the Python packages that bring them.

A site serves them itself, and only to pages that have such a figure.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from haebom.model import Code, Display, Finding, Post, Run
from haebom.outputs import PLOTLY, VEGA


@dataclass(frozen=True, slots=True)
class _Library:
    """A script.

    Args:
        mime: Type of the outputs that it draws, or the beginning of it.
        distribution: The Python distribution that brings it.
        package: The package that this installs.
    """

    mime: str
    distribution: str
    package: str

    @property
    def is_installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


LIBRARIES = {
    "plotly": _Library(PLOTLY, "plotly", "plotly"),
    "vega": _Library(VEGA, "vl-convert-python", "vl_convert"),
}
"""All there are, under the names that pages call them by."""


def missing(post: Post, run: Run) -> Iterator[Finding]:
    """Say which figures of a post cannot be shown, since what draws them is not installed.

    Args:
        post: The post.
        run: What it did.
    """
    for cell in post.runnable:
        result = run.cell(cell.index)
        types = {
            mime
            for output in (result.outputs if result else ())
            if isinstance(output, Display)
            for mime in output.data
        }
        for library in LIBRARIES.values():
            is_used = any(mime.startswith(library.mime) for mime in types)
            if is_used and not library.is_installed:
                name = library.distribution
                message = f"An interactive figure needs {name}, which is not installed."
                hint = f"Add {name} to requirements.txt."
                yield Finding(Code.MISSING_ASSET, cell.at, message, hint)


def scripts(names: Iterable[str], folder: Path) -> Iterator[tuple[str, bytes]]:
    """The JavaScript of libraries, each with the name of its file; those that are not installed
    are left out.

    Args:
        names: Which libraries.
        folder: Where such files lie from the last time; making one can take seconds.
    """
    for name in names:
        library = LIBRARIES[name]
        if not library.is_installed:
            continue
        version = importlib.metadata.version(library.distribution)
        head = f"/* {library.distribution} {version} */\n".encode()
        path = folder / f"{name}.js"
        there = path.read_bytes() if path.is_file() else b""
        yield path.name, there if there.startswith(head) else head + _content(name)


def _content(name: str) -> bytes:
    package = LIBRARIES[name].package
    if name == "vega":
        bundle = importlib.import_module(package).javascript_bundle
        return bytes(bundle("window.vegaEmbed = vegaEmbed"), "utf-8")
    spec = importlib.util.find_spec(package)  # to import plotly takes its time
    folder = Path(str(spec and spec.origin)).parent
    return (folder / "package_data" / "plotly.min.js").read_bytes()
