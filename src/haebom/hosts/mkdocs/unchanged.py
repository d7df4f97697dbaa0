"""Whether a build would make again, byte for byte, the site that is already there.

MkDocs knows no such thing and renders every page at each build.  What decides a site is looked at
as a whole; where something takes part whose workings are unknown (another plugin, a hook, an
extension that reads files of its own), nothing is said to be unchanged.
"""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from pydantic import TypeAdapter, ValidationError

import haebom
from haebom import glossary
from haebom.git import head
from haebom.inputs import Probe
from haebom.model import Checked, Input, InputKind, digest
from haebom.pipeline import Site, fingerprint, parser_versions
from haebom.scratch import files
from haebom.store import write_atomically

_PLUGINS = frozenset(
    {"haebom", "search", "tags", "blog", "mkdocs-jupyter"}
    | {f"material/{name}" for name in ("search", "tags", "blog", "meta", "info")}
)
_EXTENSIONS = ("markdown.", "pymdownx.", "material.extensions.", "haebom")
_BUILT_IN = frozenset(
    {"abbr", "admonition", "attr_list", "def_list", "extra", "fenced_code", "footnotes"}
    | {"md_in_html", "meta", "nl2br", "sane_lists", "smarty", "tables", "toc", "wikilinks"}
)
_READS_FILES = frozenset({"pymdownx.snippets", "pymdownx.b64"})


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a site was made of.

    Args:
        sources: Hash of everything that is looked at before posts are.
        inputs: What the runs depended on besides their own files.
        site: Hash of the names, sizes and times of the site's files.
    """

    sources: str
    inputs: tuple[Input, ...]
    site: str


_STAMP = TypeAdapter(Stamp)


class Unchanged:
    """Compares what is there with what the last build left a stamp of.

    Args:
        config: MkDocs' configuration, as the user wrote it: before plugins change it.
        site: The site.
    """

    def __init__(self, config: MkDocsConfig, site: Site) -> None:
        self._root = site.layout.root
        self._target = Path(config.site_dir)
        self._path = site.folder / "site.json"
        self._is_known = _is_known(config)
        self._sources = digest(
            *parser_versions(),
            sys.version,
            str(self._target),
            *_configured(config, site),
            *_packages(),
            *_listing(_folders(config, site)),
            *_listing(site.store.shown),
            head(site.layout.root),
        )
        self._inputs: set[Input] = set()

    def holds(self, probe: Probe) -> bool:
        """Whether the site that is there is the one that a build would make."""
        try:
            stamp = _STAMP.validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return False
        return (
            self._is_known
            and stamp.sources == self._sources
            and stamp.site == self._site()
            and probe.holds(None, stamp.inputs)
        )

    def add(self, checked: Checked) -> None:
        """Take in what a post depends on."""
        own = {where: path for path, where in files(checked.post, self._root)}
        for item in checked.run.inputs if checked.run else ():
            if item.kind == InputKind.DATA and item.name in own:
                name = own[item.name].relative_to(self._root).as_posix()
                self._inputs.add(Input(InputKind.FILE, name, item.value))
            elif not _is_of_a_post(item):
                self._inputs.add(item)

    def stamp(self) -> None:
        """Note what the site that has just been published was made of."""
        inputs = tuple(sorted(self._inputs, key=repr))
        stamp = Stamp(self._sources, inputs, self._site())
        write_atomically(self._path, _STAMP.dump_json(stamp))

    def forget(self) -> None:
        """Leave no stamp: the next build is to build."""
        self._path.unlink(missing_ok=True)

    def _site(self) -> str:
        return digest(*_listing([self._target])) if self._target.is_dir() else ""


def _configured(config: MkDocsConfig, site: Site) -> Iterator[str]:
    """The configuration: as it is written, and as environment and command line have made it."""
    yield Path(config.config_file_path).read_text("utf-8-sig")
    yield fingerprint(dict(config))
    yield fingerprint(dict(config.theme))
    plugins = config.plugins.items()  # hooks are among them, and have no configuration
    yield fingerprint({name: dict(getattr(plugin, "config", {})) for name, plugin in plugins})
    yield site.config.model_dump_json()


def _is_known(config: MkDocsConfig) -> bool:
    extensions = (e for e in config.markdown_extensions if isinstance(e, str))
    return (
        all(name in _PLUGINS for name in config.plugins)
        and not config.hooks
        and all(e in _BUILT_IN or e.startswith(_EXTENSIONS) for e in extensions)
        and not _READS_FILES.intersection(config.markdown_extensions)
        and not _depends_on_the_day(config)
    )


def _depends_on_the_day(config: MkDocsConfig) -> bool:
    blog: Any = config.plugins.get("material/blog")
    return blog is not None and bool(blog.config.draft_if_future_date)


def _is_of_a_post(item: Input) -> bool:
    """Names in a working directory; the files behind them are among the sources."""
    return item.kind == InputKind.FOLDER and not item.name.startswith("/")


def _folders(config: MkDocsConfig, site: Site) -> list[Path]:
    root = site.layout.root
    return [
        Path(config.docs_dir),
        root / site.layout.posts,
        root / "search-terms.yml",
        root / glossary.FILE,
        *(root / name for name in site.config.pythonpath),
        *(Path(folder) for folder in config.theme.dirs if not _is_package(Path(folder))),
        *(folder for folder in (Path(haebom.__file__).parent,) if not _is_package(folder)),
    ]


def _is_package(folder: Path) -> bool:
    return any(folder.is_relative_to(place) for place in _package_folders())


def _package_folders() -> tuple[Path, ...]:
    return tuple({Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")})


def _packages() -> Iterator[str]:
    """A folder's time changes whenever a package is installed, upgraded or removed."""
    for folder in _package_folders():
        yield f"{folder} {folder.stat().st_mtime_ns}"


def _listing(places: Iterable[Path]) -> Iterator[str]:
    for place in places:
        below = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in below:
            # modules are compiled when they are first imported
            if path.is_file() and "__pycache__" not in path.parts:
                status = path.stat()
                yield f"{path} {status.st_size} {status.st_mtime_ns}"
