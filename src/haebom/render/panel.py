"""The panel under a post: when it was checked, with what, and how far it can be trusted.

What is measured anew at each run, such as the time that it took, is not in it: a script fills that
in from ``haebom/status.json``, so that the same sources give the same pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from haebom.catalogue import Catalogue, Entry, Standing
from haebom.marks import Mark
from haebom.model import Commit, Elsewhere, Execution, InputKind, Repetition, Run, State
from haebom.render.labels import Labels
from haebom.render.xml import xml
from haebom.seed import SEED

_KERNEL = frozenset({"ipykernel", "ipython", "psutil"})
"""Packages of the kernel itself: every post has them."""


def panel(entry: Entry, catalogue: Catalogue, words: Labels) -> str:
    """Make the panel of a post; empty for one without code.

    Args:
        entry: The post's.
        catalogue: All posts, with what is known of other environments.
        words: haebom's own.
    """
    if entry.standing is Standing.NO_CODE:
        return ""
    return (
        f'<section class="haebom-panel haebom-{entry.standing}" aria-label="{xml(words.panel)}" '
        f'data-post="{xml(entry.post.path)}" data-search-exclude="">'
        f"<details><summary>{_summary(entry, words)}</summary>"
        f"<dl>{''.join(_rows(entry, catalogue, words))}</dl></details></section>"
    )


def day(moment: str) -> str:
    """The day of an ISO time as an element, in which a script may put the time of day."""
    return f'<time data-haebom="ended">{xml(moment[:10])}</time>'


def mark(which: Mark) -> str:
    """A mark as an element, beside which words say what it means."""
    return f'<span class="haebom-mark haebom-{which}"></span>'


def counted(marks: Iterable[Mark | None], words: Labels) -> str:
    """How many cells have which mark; no mark is parted from its words."""
    counts = Counter(marks)
    return " · ".join(
        f"<span>{mark(which)} {xml(words.marks[which])} {counts[which]}</span>"
        for which in Mark
        if counts[which]
    )


def _summary(entry: Entry, words: Labels) -> str:
    told = xml(words.standings[entry.standing])
    return told.replace("{day}", day(entry.run.ended)) if entry.run else told


def _rows(entry: Entry, catalogue: Catalogue, words: Labels) -> Iterator[str]:
    if any(entry.marks):  # else there are values in prose only
        yield _row(words.cells, counted(entry.marks, words))
    if entry.run is not None and entry.standing is not Standing.NOT_RUN:
        yield from _of_run(entry, entry.run, words)
        if entry.repetition is not None:
            yield _row(words.repeats, _repeats(entry, entry.repetition, words))
        elsewhere = " · ".join(_elsewhere(entry, catalogue, words))
        if elsewhere:
            yield _row(words.other_versions, elsewhere)
    yield _row(words.source, _source(entry.post.path, entry.commit, catalogue.repository))


def _row(name: str, value: str) -> str:
    """A row of the panel.

    Args:
        name: What it tells.
        value: HTML.
    """
    return f"<div><dt>{xml(name)}</dt><dd>{value}</dd></div>"


def _of_run(entry: Entry, run: Run, words: Labels) -> Iterator[str]:
    yield f'<div data-haebom="seconds" hidden=""><dt>{xml(words.duration)}</dt><dd></dd></div>'
    interpreters = [f"{i.name} {i.value}" for i in run.inputs if i.kind == InputKind.INTERPRETER]
    yield _row(words.interpreter, xml(", ".join(interpreters)))
    packages = [
        f"{item.name} {item.value}"
        for item in run.inputs
        if item.kind == InputKind.DISTRIBUTION and item.name not in _KERNEL
    ]
    if packages:
        yield _row(words.packages, xml(", ".join(packages)))
    yield _row(words.device, xml(run.device or "CPU"))
    for origin in () if run.frozen else _origins(run):
        yield _row(words.marks[Mark.ELSEWHERE], xml(f"{origin.ended[:10]} {origin.device}".strip()))
    if entry.post.execution.kernel == Execution().kernel:
        yield _row(words.seed, xml(words.seeds.format(seed=SEED)))


def _origins(run: Run) -> Iterable[Elsewhere]:
    """Where the cells ran that could not run here, each place once."""
    shown = (cell for cell in run.cells if cell.state is not State.UNMET)
    return dict.fromkeys(cell.elsewhere for cell in shown if cell.elsewhere is not None)


def _repeats(entry: Entry, repetition: Repetition, words: Labels) -> str:
    if not repetition.varying:
        return xml(words.repeats_alike.format(runs=repetition.runs))
    lines = [
        f"{entry.post.steps[varying.step].at.line}: {words.causes[varying.cause]}"
        for varying in repetition.varying
    ]
    return xml(f"{words.repeats_vary.format(runs=repetition.runs)} {', '.join(lines)}")


def _elsewhere(entry: Entry, catalogue: Catalogue, words: Labels) -> Iterator[str]:
    recipe = entry.run.recipe if entry.run else ""
    for environment in catalogue.environments:
        for trial in environment.trials:
            if trial.path == entry.post.path and trial.recipe == recipe:
                yield f"{xml(environment.name)} {xml(words.outcomes[trial.outcome])}"


def _source(path: str, commit: Commit | None, repository: str) -> str:
    if commit is None:
        return f"<code>{xml(path)}</code>"
    name = f"<code>{xml(commit.name[:7])}</code>"
    if repository:
        name = f'<a href="{xml(_address(repository, commit))}">{name}</a>'
    return f"<code>{xml(path)}</code>, {name}"


def _address(repository: str, commit: Commit) -> str:
    """The page of a commit at the places that people use; most call it alike."""
    host = urlsplit(repository).hostname or ""
    folder = "commits" if "bitbucket" in host else "-/commit" if "gitlab" in host else "commit"
    return f"{repository.rstrip('/')}/{folder}/{commit.name}"
