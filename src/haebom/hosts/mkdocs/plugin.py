"""The MkDocs plugin: its options, and which event of a build leads where.

MkDocs imports this module before it knows whether it will build anything, so what a build needs is
imported with the first event of one. Where posts seem to have to run, the kernel server starts even
before that, and before what reads the options is imported: it takes as long to get ready as all the
rest.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import click
from mkdocs.config.base import Config, ConfigErrors, ConfigWarnings
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority

from haebom import usual
from haebom.glance import Glance
from haebom.kernels.environment import contains, environment
from haebom.kernels.preloaded.process import ServerProcess, available

if TYPE_CHECKING:
    from haebom.config import SiteConfig
    from haebom.hosts.mkdocs.build import Build
    from haebom.kernels.preloaded.client import KernelServer

_FIRST, _AFTER_SEARCH, _BEFORE_BLOG, _AFTER_BLOG, _LAST = 60, -40, -49, -60, -100
"""Event priorities; Material's search writes at 0, its blog takes its posts at -50."""


class _NoOptions(Config):  # type: ignore[no-untyped-call]
    """MkDocs' own scheme stays empty: the options have one schema, SiteConfig."""


def _event(name: str, priority: int = 0) -> Callable[..., Any]:
    """An event that the build sees to.

    Args:
        name: What it is called there.
        priority: MkDocs takes the highest first.
    """

    def handle(plugin: HaebomPlugin, *args: Any, **fields: Any) -> Any:
        return getattr(plugin.build, name)(*args, **fields)

    return event_priority(priority)(handle)


class HaebomPlugin(BasePlugin[_NoOptions]):  # type: ignore[no-untyped-call]
    """Runs posts, checks them, and shows them to MkDocs as pages."""

    options: SiteConfig

    def __init__(self) -> None:
        self._root = Path()
        self._command = ""
        self._seen: tuple[tuple[Path, Path], Glance] | None = None
        self._process: ServerProcess | None = None
        self._server: KernelServer | None = None
        self._build: Build | None = None

    def load_config(
        self, options: dict[str, Any], config_file_path: str | None = None
    ) -> tuple[ConfigErrors, ConfigWarnings]:
        """Validate the plugin's options; an unknown one is an error with a suggestion."""
        self.config = _NoOptions(config_file_path=config_file_path)
        self._root = Path(config_file_path or "mkdocs.yml").resolve().parent
        if not self._command and _is_called_by_mkdocs():
            self._launch_early(options)
        from pydantic import ValidationError

        from haebom.config import SiteConfig

        try:
            self.options = SiteConfig.model_validate(options).under(os.environ)
        except ValidationError as error:
            return [(_key(p), Exception(_message(p))) for p in error.errors()], []
        except ValueError as error:
            return [("", error)], []
        return [], []

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Note what is to be done, and let kernels get ready if posts will have to run; the plugin
        then lives from build to build."""
        self._command = command
        atexit.register(gc.freeze)  # a process that ends need not look for garbage first
        from haebom.kernels.preloaded.client import KernelServer

        options, process = self.options, self._process
        glance = self._look(options.posts_dir, options.store)
        is_useful = available() and glance.finds_code
        needed = environment(self._root, options), contains(options)
        if process and not (is_useful and (process.env, process.contains) == needed):
            process.close(at_once=True)
            process = None
        if is_useful:
            self._server = KernelServer(process or ServerProcess(*needed))
            atexit.register(self._server.close)
            if process is None:
                self._server.expect(glance.modules(options.preload))

    def _launch_early(self, options: dict[str, Any]) -> None:
        """Start a kernel server as most sites need it, where it seems that posts have to run; once
        the options have been read, it is used or ended."""
        posts, store = options.get("posts_dir", usual.POSTS), options.get("store", usual.STORE)
        glance = self._look(str(posts), str(store))
        if available() and glance.finds_code:
            most = SimpleNamespace(contain=usual.CONTAIN, pythonpath=(), env={})
            self._process = ServerProcess(environment(self._root, most), contains(most))
            atexit.register(self._process.close, at_once=True)  # whatever happens until then
            preload = options.get("preload", usual.PRELOAD)
            if isinstance(preload, list | tuple):  # else its reading will say what is wrong
                self._process.tell(glance.modules([str(name) for name in preload]), final=False)

    def _look(self, posts: str, store: str) -> Glance:
        """Have a glance at the posts; the options seldom name other folders than it seemed."""
        folders = self._root / posts, self._root / store
        if self._seen is None or self._seen[0] != folders:
            self._seen = folders, Glance(self._root, *folders)
        return self._seen[1]

    @event_priority(_FIRST)
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Begin a build; the options may have changed since the last one."""
        return self.build.configure(config, self.options)

    @property
    def build(self) -> Build:
        """What sees to the other events."""
        if self._build is None:
            from haebom.hosts.mkdocs.build import Build

            gc.freeze()  # what has been imported stays; to look through it takes its time
            self._build = Build(self._command == "serve", self._command == "build", self._server)
        return self._build

    on_pre_build = _event("check", _FIRST)
    on_files = CombinedEvent(
        _event("mount", _FIRST),
        _event("show_staged", _BEFORE_BLOG),
        _event("show_source", _AFTER_BLOG),
    )
    on_page_read_source = _event("read_source")
    on_page_markdown = _event("clean_meta", _FIRST)
    on_page_content = CombinedEvent(_event("quicken_blog", _FIRST), _event("finish_content", _LAST))
    on_env = _event("finish_templates", _LAST)
    on_page_context = _event("add_lists", _LAST)
    on_post_page = _event("finish_page", _LAST)
    on_post_template = _event("finish_template")
    on_post_build = CombinedEvent(_event("write_search", _AFTER_SEARCH), _event("publish", _LAST))
    on_build_error = _event("abandon")
    on_shutdown = _event("close")


def _is_called_by_mkdocs() -> bool:
    """Whether it is one of MkDocs' own commands that reads the configuration: it builds a site."""
    context = click.get_current_context(silent=True)
    module = sys.modules.get(getattr(context and context.command.callback, "__module__", ""))
    # which is called __main__ after ``python -m mkdocs``, and by its own name after ``mkdocs``
    return getattr(getattr(module, "__spec__", None), "name", "") == "mkdocs.__main__"


def _key(problem: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in problem["loc"])


def _message(problem: Mapping[str, Any]) -> str:
    if problem["type"] != "extra_forbidden":
        return str(problem["msg"])
    from haebom.config import SiteConfig
    from haebom.options import closest

    name = str(problem["loc"][-1])
    return f"There is no such option. {closest(name, SiteConfig.model_fields)}".strip()
