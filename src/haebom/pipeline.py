"""One way through the house: discover, parse, reuse or run, store, verify."""

from __future__ import annotations

import functools
import importlib.metadata
import itertools
import posixpath
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from haebom import curriculum, frozen, glossary, leaks, libraries, links, scratch
from haebom.apidocs import Documentation
from haebom.config import Contain, SiteConfig
from haebom.discover import Found, Layout, discover, pages
from haebom.errors import ConfigError
from haebom.executors.local import LocalExecutor, Progress
from haebom.inputs import Probe
from haebom.kernels.base import Limits
from haebom.kernels.containment.policy import Policy
from haebom.kernels.environment import environment
from haebom.kernels.pool import KernelPool, installed_kernels
from haebom.kernels.preloaded.client import KernelServer
from haebom.keys import recipe
from haebom.links import Targets, address_key
from haebom.machine import known
from haebom.model import (
    Checked,
    Code,
    Environment,
    Execution,
    Finding,
    Location,
    Post,
    Run,
    Source,
    State,
    digest,
)
from haebom.parsers.markdown import Settings
from haebom.parsers.post import Content, finish, read
from haebom.project import belongs
from haebom.record import rerecord
from haebom.reference import Reference
from haebom.render.pages import MADE
from haebom.repeat import Circumstances, repeat
from haebom.store import Store, write_atomically
from haebom.verify import drift, is_failure, unsteady, verify

_CONTENT = TypeAdapter(Content)
_CANNOT_RUN = frozenset({Code.PARSE, Code.MISSING_DATA, Code.KERNEL})


@dataclass(frozen=True, slots=True)
class Site:
    """A site, as far as haebom is concerned.

    Args:
        layout: Where its parts lie.
        config: Its options.
        settings: Its Markdown extensions.
        language: Language of haebom's own words on its pages.
        repository: Address of the repository that it is in, or an empty string.
    """

    layout: Layout
    config: SiteConfig = field(default_factory=SiteConfig)
    settings: Settings = field(default_factory=Settings)
    language: str = "ko"
    repository: str = ""

    @property
    def folder(self) -> Path:
        """Where stored runs and working files lie."""
        return self.layout.root / self.config.store

    @property
    def figures(self) -> Path:
        """Where reports put figures that are not the recorded ones."""
        return self.folder / "figures"

    @property
    def store(self) -> Store:
        """The site's stored runs."""
        return Store(self.folder)

    @property
    def environments(self) -> tuple[Environment, ...]:
        """What the matrix has found in the environments that are still wanted, in their order."""
        found = {environment.name: environment for environment in self.store.environments()}
        titles = (entry.title for entry in self.config.matrix)
        return tuple(found[title] for title in titles if title in found)


class Workshop:
    """What runs posts, and what it remembers from one check to the next.

    Failed runs are not stored, since they may fail by accident; a preview remembers them, so that
    a failing post does not run again at every change of another.

    Args:
        site: Whose posts.
        kernels: What starts their kernels; default: a pool as the site is configured.
        server: A kernel server that gets itself ready, for such a pool.
        meanwhile: What is worth doing while the first kernels start.
    """

    def __init__(
        self,
        site: Site,
        kernels: KernelPool | None = None,
        server: KernelServer | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        self.config = site.config
        self.probe = probe_of(site)
        self.kernels = kernels or KernelPool(
            site.config.preload, self.probe.env, policy=policy(site), server=server
        )
        self.failed: dict[str, Run] = {}
        self._meanwhile = meanwhile

    def get_ready(self) -> None:
        """Do what takes long and can be done now, while there is nothing else to do."""
        self.kernels.get_ready()
        self.probe.get_ready()
        leaks.get_ready()
        self._meanwhile()

    def close(self) -> None:
        """End all kernels."""
        self.kernels.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def reference(site: Site) -> Reference:
    """What a site knows of the words in its posts.

    Args:
        site: The site.

    Raises:
        ConfigError: Its glossary cannot be used.
    """
    documentation = Documentation(site.language, site.config.api_docs)
    path = site.layout.root / glossary.FILE
    try:
        text = path.read_text("utf-8-sig") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        message = f"The glossary cannot be read: {error}."
        raise ConfigError(message, "Save it as UTF-8.") from error
    return Reference(documentation, glossary.read(text))


def policy(site: Site) -> Policy | None:
    """What a site's contained posts may do; None if they are not contained."""
    config, root = site.config, site.layout.root
    if config.contain is Contain.OFF:
        return None
    is_required = config.contain is Contain.REQUIRED
    return Policy(
        required=is_required,
        network=not is_required if config.network is None else config.network,
        root=root,
        store=site.folder,
        readable=tuple(root / Path(name).expanduser() for name in config.readable),
    )


def probe_of(site: Site) -> Probe:
    """What looks up the present value of a run's inputs."""
    return Probe(site.layout.root, environment(site.layout.root, site.config), site.config.env)


def find(site: Site) -> tuple[Found, tuple[Source, ...]]:
    """Everything in the posts' folder, and all sources: posts first, then pages that take part."""
    found = discover(site.layout)
    return found, (*found.posts, *pages(site.layout, site.config.include))


def targets(site: Site, found: Found, sources: Iterable[Source]) -> Targets:
    """Where everything that can be linked to is among the host's pages."""
    pages = {source.path: source.uri for source in sources}
    pages |= {path: site.layout.uri(path) for path in found.assets}
    normal = {unicodedata.normalize("NFC", path): uri for path, uri in pages.items()}
    return Targets(site.layout.docs, normal)


def load(site: Site, sources: Sequence[Source]) -> tuple[Post, ...]:
    """Parse sources, and look at them side by side."""
    execute = site.config.execute
    defaults = Execution(
        timeout=execute.timeout,
        post_timeout=execute.post_timeout,
        cache=execute.cache,
        strict_warnings=execute.warnings == "error",
    )
    posts = [finish(source, content_of(site, source), defaults) for source in sources]
    side_by_side = _conflicts(posts)
    return tuple(
        replace(
            post,
            findings=(
                *post.findings,
                *side_by_side.get(post.path, ()),
                *_unknown_kernel(post),
                *links.check(post, site.layout.docs, lambda path: _exists(site, path)),
                *scratch.missing(post, site.layout.root),
            ),
        )
        for post in posts
    )


def _unknown_kernel(post: Post) -> Iterator[Finding]:
    name = post.execution.kernel
    is_idle = bool(post.cells) and not post.runs  # every cell has been told not to run
    if not is_idle and name != Execution().kernel and name not in installed_kernels():
        known = ", ".join(installed_kernels())
        message = f"There is no Jupyter kernel named {name!r} here."
        yield Finding(Code.KERNEL, post.at("kernel"), message, f"Kernels here: {known}.")


def content_of(site: Site, source: Source) -> Content:
    """What a source holds; from the store if neither it nor the extensions changed."""
    file = site.layout.root / source.path
    if file.is_symlink() and not belongs(file, site.layout.root):
        at = Location(source.path)
        message = "The file is a link that leads out of the project."
        finding = Finding(Code.PARSE, at, message, "Put the file itself in its place.")
        return Content("", at, "", findings=(finding,))
    try:
        data = file.read_bytes()
    except OSError as error:
        at = Location(source.path)
        message = f"The file cannot be read: {error.strerror or error}."
        finding = Finding(Code.PARSE, at, message, "Look at its permissions.")
        return Content("", at, "", findings=(finding,))
    key = digest(
        *parser_versions(),
        repr(source),
        data.decode("latin-1"),
        fingerprint(site.settings.extensions),
        fingerprint(site.settings.configs),
    )
    path = site.folder / "parsed" / key[:2] / f"{key}.json"
    try:
        return _CONTENT.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        content = read(source, data, site.settings)
        write_atomically(path, _CONTENT.dump_json(content))
        return content


@functools.cache
def parser_versions() -> tuple[str, ...]:
    """What decides, besides the source and the configuration, what is found in a source."""
    package = Path(__file__).parent
    own = (path.read_text("utf-8") for path in sorted(package.glob("**/*.py")))
    others = ("Markdown", "pymdown-extensions", "nbformat", "jupytext")
    return (digest(*own), *(importlib.metadata.version(name) for name in others))


def fingerprint(value: Any) -> str:
    """A text that is the same for the same configuration in every process."""
    if isinstance(value, Mapping):
        return repr(sorted((str(key), fingerprint(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return repr([fingerprint(item) for item in value])
    if isinstance(value, str | int | float | bool | None):
        return repr(value)
    name = getattr(value, "__qualname__", type(value).__qualname__)
    return f"{getattr(value, '__module__', '')}.{name}"


def _exists(site: Site, path: str) -> bool:
    if any(path == posixpath.join(site.layout.docs, uri) for uri in MADE):
        return True
    root = site.layout.root
    files = (root / unicodedata.normalize(form, path) for form in ("NFC", "NFD"))
    return any(file.exists() and belongs(file, root) for file in files)


def _conflicts(posts: Iterable[Post]) -> Mapping[str, tuple[Finding, ...]]:
    """Posts that claim the same page or the same slug, and what is wrong with the way through."""
    posts = tuple(posts)
    taken: dict[tuple[str, str], Post] = {}
    findings: dict[str, list[Finding]] = {}
    for post in posts:
        own = findings.setdefault(post.path, [])
        claims = [("page", unicodedata.normalize("NFC", post.source.uri).casefold())]
        if post.source.is_post:
            claims.append(("slug", post.source.slug.casefold()))
        for claim in claims:
            other = taken.setdefault(claim, post)
            if other is not post:
                own.append(
                    Finding(
                        Code.DUPLICATE,
                        post.at("slug") if claim[0] == "slug" else Location(post.path),
                        f"The {claim[0]} {claim[1]!r} is taken by {other.path}.",
                        "Rename one of the files, or give one another 'slug:'.",
                    )
                )
                break
        for alias in post.meta.get("aliases") or ():
            other = taken.setdefault(("address", address_key(alias)), post)
            if other is not post:
                message = f"The address {alias!r} already leads to {other.path}."
                own.append(Finding(Code.DUPLICATE, post.at("aliases"), message))
    for post, finding in curriculum.findings(post for post in posts if post.source.is_post):
        findings[post.path].append(finding)
    return {path: tuple(found) for path, found in findings.items()}


def check(
    site: Site,
    posts: Sequence[Post],
    workshop: Workshop,
    progress: Progress,
    fresh: bool = False,
    times: int = 1,
) -> Iterator[Checked]:
    """Run posts, or reuse their stored runs, and say of each what is wrong as soon as it is known.

    Posts come in no particular order, and are not kept: figures can be large.

    Args:
        site: Whose posts.
        posts: Which.
        workshop: What runs them.
        progress: Is told what runs.
        fresh: Whether every post runs even if its stored run could be reused.
        times: How often each runs, to see whether it comes out the same; a post may ask for more.
    """
    again: list[tuple[Post, Run]] = []
    for post, run in _first_runs(site, posts, workshop, progress, fresh):
        if run is None:
            yield leaks.look_through(verify(post, None), known())
        elif _is_to_be_repeated(site, post, run, times, fresh):
            again.append((post, run))
        else:
            yield _verified(site, post, run, workshop, times)
    under = functools.partial(_under, site, workshop, progress)
    for post, run, repetition in repeat(again, lambda post: _times(post, times), under):
        site.store.put_repetition(run, repetition)
        yield _verified(site, post, run, workshop, times)


def _first_runs(
    site: Site, posts: Sequence[Post], workshop: Workshop, progress: Progress, fresh: bool
) -> Iterator[tuple[Post, Run | None]]:
    """Each post with its run, stored or new; None where it has nothing to run, or cannot."""
    missing: list[Post] = []
    for post in posts:
        if not post.runs or any(f.code in _CANNOT_RUN for f in post.findings):
            yield post, None
            continue
        stored = None if fresh or not post.execution.cache else _reuse(site, post, workshop)
        if stored is None:
            missing.append(post)
        else:
            yield post, replace(stored, reused=True)
    for post, run in _run(site, missing, workshop, progress):
        if _is_to_be_stored(leaks.look_through(verify(post, run), known())):
            site.store.put(post.path, run)
            workshop.failed.pop(run.recipe, None)
        elif run.stable:
            workshop.failed[run.recipe] = run
        yield post, run


def is_settled(checked: Checked) -> bool:
    """Whether a post does not run again as long as nothing changes.

    Args:
        checked: The post with its run.
    """
    if checked.run is None or checked.run.reused:
        return True
    return checked.post.execution.cache and _is_to_be_stored(checked)


def _is_to_be_stored(checked: Checked) -> bool:
    """Whether a new run may stand for later ones."""
    post, run = checked.post, checked.run
    is_private = any(finding.code is Code.LEAK for finding in checked.findings)
    return run is not None and run.stable and succeeded(post, run) and not is_private


def _times(post: Post, asked: int) -> int:
    return max(post.execution.repeat, asked)


def _is_to_be_repeated(site: Site, post: Post, run: Run, asked: int, fresh: bool) -> bool:
    wanted = _times(post, asked)
    has_run = any(cell.state in (State.OK, State.ERROR) for cell in run.cells)
    if wanted == 1 or not has_run or not succeeded(post, run):
        return False
    known = None if fresh else site.store.repetition(run)
    return known is None or known.runs < wanted


def _under(
    site: Site,
    workshop: Workshop,
    progress: Progress,
    posts: Sequence[Post],
    circumstances: Circumstances,
) -> Iterator[tuple[Post, Run]]:
    """Run posts under other circumstances; these runs are nobody's."""
    env = {**site.config.env, **circumstances.variables}
    there = replace(site, config=site.config.model_copy(update={"env": env}))
    pool = workshop.kernels.with_env(environment(there.layout.root, there.config))
    with Workshop(there, pool) as other:
        yield from _run(there, posts, other, progress.again(len(posts)))


def _verified(site: Site, post: Post, run: Run, workshop: Workshop, times: int) -> Checked:
    """What is wrong with a run; one that was stored has been looked through."""
    was_stored = run.stable and run.recipe not in workshop.failed
    repetition = site.store.repetition(run)
    asked = repetition is not None and _times(post, times) > 1
    steadiness = unsteady(post, repetition) if repetition and asked else ()
    layout = site.layout
    run, problems = frozen.completed(run, post, layout.root, layout.posts, workshop.probe.holds)
    seen = was_stored and not any(cell.elsewhere for cell in run.cells)
    checked = leaks.look_through(verify(post, run), known(), seen)
    return replace(
        checked,
        repetition=repetition,
        findings=(*checked.findings, *problems, *steadiness, *libraries.missing(post, run)),
    )


def _reuse(site: Site, post: Post, workshop: Workshop) -> Run | None:
    key = recipe(post)
    failed = [workshop.failed[key]] if key in workshop.failed else []
    candidates = itertools.chain(failed, site.store.candidates(key))
    found = next((run for run in candidates if workshop.probe.holds(post, run.inputs)), None)
    return None if found is None else _fitted(found, post)


def _fitted(run: Run, post: Post) -> Run:
    """A run of the same code with the numbers that cells and expressions have in the post now:
    fences and spans that are not run may have come or gone between them. A failed run may lack the
    last ones."""
    cells = list(zip(run.cells, post.runnable, strict=False))
    values = zip(run.values, post.expressions, strict=False)
    now = {old.index: cell.index for old, cell in cells}
    return replace(
        run,
        cells=tuple(replace(old, index=cell.index) for old, cell in cells),
        values=tuple(replace(old, index=each.index) for old, each in values),
        notices=tuple(replace(notice, cell=now[notice.cell]) for notice in run.notices),
    )


def _run(
    site: Site, posts: Sequence[Post], workshop: Workshop, progress: Progress
) -> Iterator[tuple[Post, Run]]:
    if not posts:
        return
    workshop.kernels.prepare(posts)
    executor = LocalExecutor(
        site.layout.root,
        workshop.kernels.factory,
        workshop.probe,
        Limits(**site.config.limits.model_dump()),
        site.config.jobs,
    )
    yield from executor.run(posts, progress, workshop.get_ready)


def succeeded(post: Post, run: Run) -> bool:
    """Whether a run may stand for later ones."""
    by_index = {cell.index: cell for cell in post.runnable}
    return (
        not run.reason
        and not any(is_failure(by_index[cell.index], cell) for cell in run.cells)
        and all(value.state in (State.OK, State.UNMET) for value in run.values)
    )


def update(site: Site, checked: Checked) -> tuple[Checked, int]:
    """Write what cells put out into the source where it differs from what is recorded there.

    Args:
        site: Whose post.
        checked: The post with its run.

    Returns:
        The post with the findings that are left, and how many outputs were written.
    """
    path = (site.layout.root / checked.post.path).resolve()
    written = rerecord(path.read_bytes().decode("utf-8"), checked)
    if not written.cells:
        return checked, 0
    write_atomically(path, written.text.encode("utf-8"), like=path)
    findings = [f for f in checked.findings if f.code is not Code.OUTPUT_DRIFT]
    for cell in written.left:
        result = checked.run.cell(cell.index) if checked.run else None
        if cell.recorded and result:
            findings += drift(cell, cell.recorded, result)
    return replace(checked, findings=tuple(findings)), written.cells


def freeze(site: Site, checked: Checked) -> str:
    """Keep the run of a post beside it, for machines that lack what it needs.

    Args:
        site: Whose post.
        checked: The post with its run here.

    Returns:
        Project path of the folder, or an empty string if the post has failed.
    """
    post, run = checked.post, checked.run
    if run is None or not succeeded(post, run):
        return ""
    place = frozen.folder(post.source, site.layout.posts)
    frozen.write(post, run, site.layout.root / place)
    return place


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a post would run, or not.

    Args:
        reusable: Whether its stored run can be reused.
        changes: What changed: name, old value, new value.
    """

    reusable: bool
    changes: tuple[tuple[str, str, str], ...] = ()


def why(site: Site, post: Post) -> Reason:
    """Explain what a build would do with a post."""
    probe = probe_of(site)
    key = recipe(post)
    if not post.execution.cache:
        return Reason(False, (("execute.cache", "", "false"),))
    if any(probe.holds(post, run.inputs) for run in site.store.candidates(key)):
        return Reason(True)
    last = site.store.latest(post.path)
    if last is None:
        return Reason(False)
    changes = probe.changes(post, last.inputs)
    if last.recipe != key:
        changes = (("code", last.recipe[:12], key[:12]), *changes)
    return Reason(False, changes)


def is_draft(post: Post) -> bool:
    """Whether a post is left out of the published site."""
    return bool(post.meta.get("draft"))
