"""The matrix: posts tried in environments with other packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from packaging.utils import canonicalize_name

from haebom import clock, pipeline
from haebom.config import MatrixEntry
from haebom.environments import Made, make
from haebom.executors.local import Progress
from haebom.kernels.environment import environment
from haebom.kernels.pool import KernelPool
from haebom.model import (
    Checked,
    Environment,
    InputKind,
    Outcome,
    Post,
    Run,
    Trial,
)
from haebom.pipeline import Site, Workshop
from haebom.verify import compare_runs, is_failure


def try_out(
    site: Site, baseline: Sequence[Checked], entry: MatrixEntry, progress: Progress
) -> Environment:
    """Try posts in an environment, which is made if need be.

    A post runs only if it imports something that differs there; what it puts out is compared with
    what it puts out here.

    Args:
        site: Whose posts.
        baseline: The posts as they run here; those that fail here are left out.
        entry: Which environment.
        progress: Is told what runs.

    Raises:
        HaebomError: The environment cannot be made.
    """
    made = make(site.folder / "environments", entry.requirements, entry.python)
    known = {checked.post.path: checked for checked in baseline if _runs_here(checked)}
    concerned = [
        checked.post for checked in known.values() if made.python or _uses(checked.run, made)
    ]
    trials = {path: Trial(path, Outcome.SAME, "", _recipe(c)) for path, c in known.items()}
    for checked in _run(site, concerned, made, progress):
        path = checked.post.path
        trials[path] = _trial(checked, known[path])
    versions = tuple(sorted(_asked_for(made, entry)))
    return Environment(entry.title, versions, made.version, clock.now(), tuple(trials.values()))


def with_earlier(environment: Environment, earlier: Environment | None) -> Environment:
    """Keep how posts did earlier in the same environment that were not tried this time.

    Args:
        environment: What was tried.
        earlier: What was known of it, if anything.
    """
    if earlier is None or (earlier.versions, earlier.python) != (
        environment.versions,
        environment.python,
    ):
        return environment
    tried = {trial.path for trial in environment.trials}
    kept = tuple(trial for trial in earlier.trials if trial.path not in tried)
    return replace(environment, trials=(*environment.trials, *kept))


def _asked_for(made: Made, entry: MatrixEntry) -> Iterator[tuple[str, str]]:
    """An overlay holds nothing else; another Python has the kernel and what it needs besides."""
    names = {canonicalize_name(re.split(r"[^\w.-]", text)[0]) for text in entry.requirements}
    for name, version in made.installed.items():
        if made.python is None or canonicalize_name(name) in names:
            yield name, version


def _runs_here(checked: Checked) -> bool:
    run = checked.run
    return run is not None and not run.frozen and pipeline.succeeded(checked.post, run)


def _uses(run: Run | None, made: Made) -> bool:
    packages = (
        {item.name for item in run.inputs if item.kind == InputKind.DISTRIBUTION} if run else set()
    )
    return bool(packages & set(made.installed))


def _run(site: Site, posts: Sequence[Post], made: Made, progress: Progress) -> Iterator[Checked]:
    """Run posts there; their runs are nobody else's, and are stored apart."""
    folders = () if made.python else (str(made.packages),)
    config = site.config.model_copy(
        update={
            "store": f"{site.config.store}/environments/runs",
            "pythonpath": (*folders, *site.config.pythonpath),
        }
    )
    there = replace(site, config=config)
    env, policy = environment(there.layout.root, there.config), pipeline.policy(there)
    pool = KernelPool(config.preload, env, made.python, policy)
    once = [replace(post, execution=replace(post.execution, repeat=1)) for post in posts]
    with Workshop(there, pool) as workshop:
        yield from pipeline.check(there, once, workshop, progress, fresh=True)


def _trial(there: Checked, here: Checked) -> Trial:
    path, key = there.post.path, _recipe(here)
    for cell in there.post.runnable:
        before, result = (side.run.cell(cell.index) if side.run else None for side in (here, there))
        if result is None or is_failure(cell, result):
            finding = next((f for f in there.findings if f not in here.findings), None)
            note = f"{finding.at}: {finding.message}" if finding else "It did not run."
            return Trial(path, Outcome.FAILS, note, key)
        if before is not None and (what := compare_runs(cell, before, result)):
            return Trial(path, Outcome.DIFFERS, f"{cell.at}: {what}", key)
    return Trial(path, Outcome.SAME, "", key)


def _recipe(checked: Checked) -> str:
    return checked.run.recipe if checked.run else ""
