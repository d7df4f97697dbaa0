"""What the plugin does at each event of a build: posts are run and staged before MkDocs touches any
page, and MkDocs gets the staged pages."""

from __future__ import annotations

import contextlib
import gc
import importlib.resources
import logging
import posixpath
import re
import shutil
import sys
from html import unescape
from pathlib import Path
from threading import Thread

from jinja2 import Environment
from markdown import Markdown
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext
from rich.console import Console

from haebom import git, glossary, pipeline
from haebom.catalogue import Catalogue
from haebom.config import Outputs, SiteConfig
from haebom.errors import HaebomError
from haebom.glance import Glance
from haebom.hosts.mkdocs import downloads, notebooks, redirects, theme, untrusted
from haebom.hosts.mkdocs.blog import know_posts, quicken
from haebom.hosts.mkdocs.compiled import Compiled
from haebom.hosts.mkdocs.links import RepositoryLinks
from haebom.hosts.mkdocs.publish import Publication
from haebom.hosts.mkdocs.search import SiteSearch
from haebom.hosts.mkdocs.site import EXTENSION, SUPERFENCES, site_of
from haebom.hosts.mkdocs.theme import Theme
from haebom.hosts.mkdocs.unchanged import Unchanged
from haebom.kernels.preloaded.client import KernelServer
from haebom.model import Post
from haebom.pipeline import Workshop
from haebom.reference import Reference
from haebom.render.sanitise import plain, sanitise, sanitise_meta, tamed
from haebom.reports import github
from haebom.reports.report import Report
from haebom.reports.tally import Tally
from haebom.reports.text import TerminalProgress
from haebom.stage import CELLS, StagedPage, Tree, without_frame

_log = logging.getLogger("mkdocs.plugins.haebom")
_STYLE = "assets/stylesheets/haebom.css"
_SCRIPT = "assets/javascripts/haebom.js"

_ANCHOR = re.compile(r'\sid="([^"]+)"')


class Build:
    """Runs posts, checks them, and shows them to MkDocs as pages; lives from build to build.

    Args:
        serving: Whether somebody is writing, and sees each build at once.
        may_stop: Whether nothing else waits for the site, so that one that is there already can
            be left alone.
        server: A kernel server that gets itself ready, if one has been started.
    """

    def __init__(self, serving: bool, may_stop: bool, server: KernelServer | None) -> None:
        self.serving = serving
        self.may_stop = may_stop
        self.server = server
        self.options = SiteConfig()
        self.compiled = Compiled()
        self.has_findings = False
        self.workshop: Workshop | None = None
        self.publication: Publication | None = None
        self.staged: dict[str, StagedPage] = {}
        self.made: tuple[str, ...] = ()
        self.reference = Reference()
        self.catalogue = Catalogue()
        self.assets: tuple[str, ...] = ()

    @property
    def is_sanitised(self) -> bool:
        """Whether nothing that the site's authors wrote may act on a page."""
        return self.options.outputs is Outputs.SANITISED

    # -- life ----------------------------------------------------------------------------------

    def configure(self, config: MkDocsConfig, options: SiteConfig) -> MkDocsConfig:
        """Hook into Markdown and the theme, and build beside the published site."""
        self.options = options
        self.mkdocs = config
        theme.configure(config, self.options, self.compiled)
        for name in (SUPERFENCES, EXTENSION):
            if name not in config.markdown_extensions:
                config.markdown_extensions.append(name)
        self.site = site_of(config, self.options)
        self.tree = self.site.folder / "stage"
        self.copies = self.site.folder / "notebooks"
        own = config.mdx_configs.setdefault(EXTENSION, {})
        own |= {"cells": str(self.tree / CELLS), "sanitised": self.is_sanitised}
        self.links = RepositoryLinks(config)
        config.markdown_extensions.append(self.links)  # type: ignore[arg-type]
        config.extra_css.insert(0, _STYLE)  # the site's own follow, and win
        config.extra_javascript.append(_script(_SCRIPT))
        config.watch.append(str(self.site.layout.root / self.options.posts_dir))
        self.shows_notebooks = notebooks.configure(config, self.site.layout, self.site.folder)
        self.theme = Theme(
            config, self.options, self.site.language, self.site.folder, preview=self.serving
        )
        self.search = SiteSearch(self.site.layout.root, self.site.folder)
        for file in (self.search.terms, self.site.layout.root / glossary.FILE):
            if file.exists():
                config.watch.append(str(file))
        # a preview is published nowhere, and need not look at every file for it at each rebuild
        self.unchanged = None if self.serving else Unchanged(config, self.site)
        self.publication = None if self.serving else Publication(config)
        return config

    def check(self, *, config: MkDocsConfig) -> None:
        """Run and check everything, before MkDocs touches any page.

        Raises:
            PluginError: There are findings, and nobody is writing; nothing is published then.
            SystemExit: The site that is there is the one that this build would make.
        """
        if self.unchanged and self.may_stop and self.unchanged.holds(self._workshop().probe):
            _log.info("nothing changed; the site is up to date")
            raise SystemExit(0)
        root = self.site.layout.root
        glance = Glance(root, root / self.options.posts_dir, self.site.store.folder)
        try:
            self.reference = pipeline.reference(self.site)
            found, sources = pipeline.find(self.site)
            self.links.targets = pipeline.targets(self.site, found, sources)
            standalone = (
                notebooks.sources(self.site.layout, sources) if self.shows_notebooks else ()
            )
            posts = pipeline.load(self.site, (*sources, *standalone))
            if not self.serving:
                posts = tuple(post for post in posts if not pipeline.is_draft(post))
            report = self._check(posts, {source.path for source in standalone}, glance)
        except HaebomError as error:
            raise PluginError(f"{error.message} {error.hint}".strip()) from error
        self._report(report)
        self.assets = found.assets

    def _check(self, posts: tuple[Post, ...], standalone: set[str], glance: Glance) -> Report:
        """Check posts, and stage each as soon as it has been; the tree is nobody's site yet."""
        tally = Tally(self.site.layout.root, self.site.figures, self.options.warn_only)
        tree = Tree(
            self.tree,
            self.site.layout.root,
            self.site.language,
            self.links.targets,
            notices=self.serving,
            reference=self.reference,
        )
        workshop, unsettled = self._workshop(), list[str]()
        try:
            with TerminalProgress(Console(stderr=True, highlight=False), len(posts)) as progress:
                for checked in pipeline.check(self.site, posts, workshop, progress):
                    tally.add(checked)
                    if not pipeline.is_settled(checked):
                        unsettled.append(checked.post.path)
                    if self.unchanged:
                        self.unchanged.add(checked)
                    if checked.post.path in standalone:
                        notebooks.write_executed(checked, self.site.layout, self.copies)
                    else:
                        tree.add(tamed(checked) if self.is_sanitised else checked)
        finally:
            for problem in workshop.kernels.problems():
                _log.info("%s", problem)
            if not self.serving:  # it takes a moment, in which pages can be made
                Thread(target=workshop.close).start()
                self.workshop = None
                gc.freeze()  # what is left of the posts stays until the end
        glance.leave_record(but=unsettled)
        finished = tree.finish(self.site.environments, self.options.published, self.site.repository)
        self.staged = {page.uri: page for page in finished.pages}
        self.made, self.catalogue = finished.made, finished.catalogue
        return tally.report()

    def _workshop(self) -> Workshop:
        if self.workshop is not None and self.workshop.config != self.options:
            self.close()
        if self.workshop is None:
            self.workshop = Workshop(self.site, server=self.server, meanwhile=self._get_ready)
            self.server = None
        return self.workshop

    def _get_ready(self) -> None:
        """Load and compile what the first page would have to wait for."""
        self.compiled.compile(self.mkdocs.theme)
        extensions = [name for name in self.mkdocs.markdown_extensions if name != EXTENSION]
        with contextlib.suppress(Exception):  # the first page will say what is wrong
            markdown = Markdown(extensions=extensions, extension_configs=self.mkdocs.mdx_configs)
            markdown.convert("```python\npass\n```")

    def close(self) -> None:
        """End what a preview has kept alive."""
        if self.server is not None:
            self.server.close()
            self.server = None
        if self.workshop is not None:
            self.workshop.close()
            self.workshop = None

    def _report(self, report: Report) -> None:
        on_github = github.is_here()
        with github.without_commands(_say):
            for finding in report.findings:
                level = logging.WARNING if finding.relaxed or self.serving else logging.ERROR
                lines = [f"{finding.place}: {finding.code}: {finding.message}"]
                if not on_github:  # where the annotations tell the rest
                    lines += filter(None, (finding.hint, *finding.detail.split("\n")))
                _log.log(level, "\n    ".join(lines))
            _log.info("%s", report)
        if on_github:
            _say(github.annotated(report.within(git.prefix(self.site.layout.root))))
            github.add_summary(report)
        self.has_findings = bool(report.findings)
        if self.unchanged:
            self.unchanged.forget()
        if report.fatal and not self.serving:
            raise PluginError(
                f"{report.fatal} finding{'s' if report.fatal > 1 else ''}; nothing was published."
            )

    # -- files ---------------------------------------------------------------------------------

    def mount(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the staged pages, the posts' own files and the images that their code drew."""
        layout = self.site.layout
        for page in self.staged.values():
            source = page.post.source
            if not source.is_post:
                self._replace(files, page, config)
            else:
                files.append(self._file(config, page.uri, layout.root / source.path))
            for uri in page.files:
                if not downloads.is_one(uri) and files.get_file_from_path(uri) is None:
                    files.append(_asset(config, uri, self.tree / uri))
        for path in self.assets:
            file = _asset(config, layout.uri(path), layout.root / path)
            if not file.is_documentation_page():  # the blog would make posts of README files
                files.append(file)
        for uri in self.made:
            if files.get_file_from_path(uri) is None:  # else the site has a page of its own there
                files.append(File.generated(config, uri, abs_src_path=str(self.tree / uri)))
        files.append(File.generated(config, _STYLE, content=_joined("css")))
        files.append(File.generated(config, _SCRIPT, content=_joined("js")))
        if self.shows_notebooks:
            notebooks.swap_in(files, self.copies)
        if self.is_sanitised:
            untrusted.check_files(files, config, layout)
        self._absent = [p for p in (Path(config.docs_dir) / layout.mount,) if not p.exists()]
        return files

    def _replace(self, files: Files, page: StagedPage, config: MkDocsConfig) -> None:
        """A page of the host that takes part: MkDocs reads its staged text, see below."""
        docs = self.site.layout.docs
        own = files.get_file_from_path(posixpath.relpath(page.post.path, docs))
        if own is not None and own.src_uri != page.uri:  # a notebook or a script
            files.remove(own)
            files.append(self._file(config, page.uri, self.site.layout.root / page.post.path))

    def _file(self, config: MkDocsConfig, uri: str, path: Path) -> File:
        """A page whose true source lies elsewhere; edit links and git dates go there."""
        file = File.generated(config, uri, abs_src_path=str(path))
        project_path = path.relative_to(self.site.layout.root).as_posix()
        file.edit_uri = posixpath.relpath(project_path, self.site.layout.docs)
        return file

    def show_staged(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Material's blog opens the file behind a post itself: let it find the staged page."""
        for uri, page in self.staged.items():
            if page.post.source.is_post:
                _find(files, uri).abs_src_path = str(self.tree / uri)
        return files

    def show_source(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Everything that asks later, for dates or authors, gets the true source."""
        for uri, page in self.staged.items():
            if page.post.source.is_post:
                _find(files, uri).abs_src_path = str(self.site.layout.root / page.post.path)
        for page in self.staged.values():
            for uri in filter(downloads.is_one, page.files):
                files.append(downloads.file(config, files, uri, self.tree / uri))
        self.links.files = files
        blog = config.plugins.get("material/blog")
        if blog is not None:
            know_posts(blog)
        if self.is_sanitised and blog is not None:
            untrusted.check_authors(getattr(blog, "authors", {}))
        for folder in self._absent:
            shutil.rmtree(folder, ignore_errors=True) if _is_empty(folder) else None
        return files

    # -- pages ---------------------------------------------------------------------------------

    def read_source(self, *, page: Page, config: MkDocsConfig) -> str | None:
        """Give MkDocs the staged text of a page that takes part."""
        staged = self.staged.get(page.file.src_uri)
        return (self.tree / staged.uri).read_text("utf-8") if staged else None

    def clean_meta(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str | None:
        """Templates put titles and descriptions into pages as they are."""
        if self.is_sanitised:
            page.meta = sanitise_meta(page.meta)
        return None

    def quicken_blog(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
        """Material's blog has a post's page now."""
        staged = self.staged.get(page.file.src_uri)
        if staged is not None and staged.post.source.is_post and "material/blog" in config.plugins:
            quicken(page, html, config)

    def finish_content(
        self, html: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str | None:
        """Tell MkDocs of anchors that it has not seen, and shorten what listings convert again."""
        if self.is_sanitised and page.title:  # templates read the entities in it
            page.title = plain(page.title)
        self.theme.on_content(html, page)
        anchors = {unescape(anchor) for anchor in _ANCHOR.findall(html)}
        page.present_anchor_ids = set(page.present_anchor_ids or ()) | anchors
        staged = self.staged.get(page.file.src_uri)
        if staged is None:  # a page of another plugin has not gone through our extension
            is_markdown = page.file.src_uri.endswith(".md")
            return sanitise(html) if self.is_sanitised and not is_markdown else None
        blog = config.plugins.get("material/blog")
        if blog and staged.post.source.is_post:
            separator = blog.config.post_excerpt_separator
            head, found, _ = without_frame(page.markdown or "").partition(separator)
            page.markdown = f"{head}{separator}\n\n…\n" if found else head
        return None

    def finish_templates(
        self, env: Environment, *, config: MkDocsConfig, files: Files
    ) -> Environment | None:
        """All pages have their content now: decide who searches it."""
        self.theme.on_env(env, self.catalogue, files)
        self.redirects = redirects.collect(files)
        texts = (file.page.content or "" for file in files.documentation_pages() if file.page)
        self.search.decide(config, str(config.theme.get("language") or ""), texts)
        return None

    def finish_template(
        self, output: str, *, template_name: str, config: MkDocsConfig
    ) -> str | None:
        """Pages without a source, such as 404.html, search too."""
        return self.search.on_page(output)

    def add_lists(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext | None:
        """Put lists of posts where a page wants them."""
        self.theme.on_context(page, context)
        return None

    def finish_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Point to the search, typeset formulas, and fill the head."""
        return self.theme.on_page(self.search.on_page(output), page)

    # -- end -----------------------------------------------------------------------------------

    def write_search(self, *, config: MkDocsConfig) -> None:
        """Write what the search loads; MkDocs' own has written its part."""
        self.search.publish(Path(config.site_dir), self.reference.glossary)

    def publish(self, *, config: MkDocsConfig) -> None:
        """Add what stands beside the pages, and put the site in its place."""
        # what parses and writes XML takes a moment to import, and not every build comes here
        from haebom.hosts.mkdocs import csp, feeds

        self.theme.publish(Path(config.site_dir))
        redirects.write(config, self.redirects, self.site.language)
        if self.options.feeds:
            for name, content in feeds.write(config, self.site.language).items():
                (Path(config.site_dir) / name).write_bytes(content)
        if self.is_sanitised:
            csp.enforce(Path(config.site_dir), self.options.comments is not None)
        if self.publication is not None and self.publication.finish():
            if self.unchanged and not self.has_findings:  # they are to be told at each build
                self.unchanged.stamp()
            _log.info("published to %s", config.site_dir)

    def abandon(self, *, error: Exception) -> None:
        """Leave the published site as it is."""
        if self.publication is not None:
            self.publication.abandon()


def _say(lines: str) -> None:
    """Print to the stream of the log, so that lines keep their order."""
    print(lines.rstrip("\n"), file=sys.stderr, flush=True)


def _find(files: Files, uri: str) -> File:
    file = files.get_file_from_path(uri)
    assert file is not None, uri
    return file


def _asset(config: MkDocsConfig, uri: str, path: Path) -> File:
    return File.generated(config, uri, abs_src_path=str(path), inclusion=InclusionLevel.NOT_IN_NAV)


def _joined(kind: str) -> str:
    """All style sheets, or all scripts, as one: each request costs more than its bytes."""
    folder = importlib.resources.files("haebom.hosts.mkdocs") / "assets" / kind
    names = sorted(path.name for path in folder.iterdir() if path.name.endswith(f".{kind}"))
    return "\n".join((folder / name).read_text("utf-8") for name in names)


def _script(uri: str) -> ExtraScriptValue:
    script = ExtraScriptValue(uri)
    script.defer = True
    return script


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
