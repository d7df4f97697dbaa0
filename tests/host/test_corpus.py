"""Other projects' notebooks and Markdown documents."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from pathlib import Path

import pytest

from haebom.closeness import Sameness, Terms
from haebom.compare import compare
from haebom.discover import discover
from haebom.fences import PYTHON
from haebom.model import Checked, Location, Mode, Recorded
from haebom.parsers import markdown
from haebom.pipeline import Site, Workshop, check, load
from helpers import FULL, Silent, parsed, plain_site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("corpus")]

MARKDOWN = (".md", ".markdown", ".mdx", ".text")
RUN = ("jupyter+nbclient", "jupyter+nbconvert", "executablebooks+MyST-NB",
       "computationalmodelling+nbval")  # fmt: skip

EXPECTED = {
    # nbclient: tests/test_client.py
    "nbclient/Autokill": ("cell-error", "ends its own kernel: DeadKernelError there"),
    "nbclient/Disable Stdin": ("cell-error", "asks for input, which nbclient forbids"),
    "nbclient/Error": ("cell-error", "divides by zero"),
    "nbclient/Interrupt": ("timeout", "sleeps until nbclient's timeout interrupts it"),
    "nbclient/Parallel Execute A": ("cell-error", "needs a variable that nbclient's suite sets"),
    "nbclient/Parallel Execute B": ("cell-error", "needs a variable that nbclient's suite sets"),
    "nbclient/Skip Exceptions": ("cell-error", "raises; runs there with allow_errors only"),
    # nbconvert: tests of its exporters, which do not run most of these
    "nbconvert/notebook2 (exporters)": ("option", "has tags of its own that look like Jupyter's"),
    "nbconvert/notebook3 (exporters)": ("cell-error", "asks for input"),
    "nbconvert/markdown_display_priority": ("cell-error", "imports what IPython dropped in 9"),
    "nbconvert/notebook2": ("cell-error", "imports what IPython dropped in 9"),
    "nbconvert/notebook3_with_errors": ("cell-error", "raises a deliberate exception"),
    "nbconvert/notebook4_jpeg": ("cell-error", "opens a picture that is not in the folder"),
    "nbconvert/notebook_jl": ("kernel", "is in Julia 0.4"),
    # MyST-NB: tests/test_execute.py
    "MyST-NB/basic_failing": ("cell-error", "raises 'oopsie!'"),
    "MyST-NB/with_glue": ("parse", "leaves a MyST directive open before a code cell"),
    # nbval: tests/test_nbval*.py
    "nbval/exceptions": ("cell-error", "raises; nbval takes the stored error for expected"),
    "nbval/test-exceptions-fail-storedmismatch": ("cell-error", "raises 'Foo'"),
    "nbval/sample_notebook": ("cell-error", "raises a NameError on purpose"),
}
"""Every notebook whose code fails, with the code of the first finding; all others run."""

DRIFTING = {
    "nbconvert/notebook2": "names the Matplotlib backend of that time",
    "nbconvert/notebook2 (exporters)": "draws random numbers without a seed; pylab's old greeting",
    "nbconvert/notebook_inject (exporters)": "has outputs that its code never made",
    "nbconvert/pngmetadata (exporters)": "has a figure of another size than Matplotlib's today",
    "nbconvert/svg (exporters)": "has a drawing of an older Matplotlib",
    "MyST-NB/complex_outputs": "draws random numbers without a seed",
    "MyST-NB/merge_streams_parallel": "prints from several processes at once",
    "MyST-NB/unknown_mimetype": "has an output that its code never made",
    "nbval/sample_notebook": "prints the time",
    "nbval/latex-example": "has the time in a formula",
    "nbval/test-latex-fail-randomoutput": "has the time in a formula: nbval expects it to fail",
    "nbval/test-latex-pass-failsbutignoreoutput": "has the time in a formula; nbval's own comment",
}
"""Every notebook that puts out something else than what is stored in it, and why."""


VARYING = {
    "nbclient/Sleep1s": "prints the time",
    "MyST-NB/merge_streams_parallel": "prints from several processes at once",
    "nbval/sample_notebook": "prints the time",
    "nbval/test-latex-pass-failsbutignoreoutput": "has the time in a formula",
}
"""Notebooks that put out something else each time they run, and why."""


def _documents(folder: Path, *suffixes: str) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.suffix in suffixes)
    return sorted(path for path in found if path.is_file())


def test_everything_is_parsed(fixtures: Path) -> None:
    """A document that somebody has really written would end the command."""
    counts: dict[str, Counter[str]] = {}
    for path in _documents(fixtures, ".ipynb", *MARKDOWN):
        own = counts.setdefault(path.relative_to(fixtures).parts[0], Counter())
        suffix = ".ipynb" if path.suffix == ".ipynb" else ".md"
        post = parsed(path.read_bytes(), f"docs/document{suffix}", is_post=False, slug="x")
        own["notebooks" if suffix == ".ipynb" else "markdown"] += 1
        own["cells"] += len(post.runnable)
        own["findings"] += len(post.findings)
        lines = path.read_bytes().count(b"\n") + 2
        assert all(1 <= finding.at.line <= lines for finding in post.findings), path
        for cell in post.cells:
            assert cell.options.mode is not Mode.RUN or cell.language, path
    _print_table(counts)
    assert sum(own["notebooks"] for own in counts.values()) > 200
    assert sum(own["markdown"] for own in counts.values()) > 900
    assert sum(own["cells"] for own in counts.values()) > 1800


def _print_table(counts: dict[str, Counter[str]]) -> None:
    columns = ("notebooks", "markdown", "cells", "findings")
    print(f"\n{'':40}" + "".join(f"{column:>10}" for column in columns))
    for name, own in sorted(counts.items()):
        print(f"{name:40}" + "".join(f"{own[column]:>10}" for column in columns))
    total: Counter[str] = sum(counts.values(), Counter())
    print(f"{'':40}" + "".join(f"{total[column]:>10}" for column in columns))


def test_what_runs_is_what_is_shown(fixtures: Path) -> None:
    """A fence of a real document would run in another place or with other text than shown."""
    for path in _documents(fixtures, *MARKDOWN)[::7]:
        text = path.read_text("utf-8", "replace").replace("\r\n", "\n")
        lines = text.split("\n")
        for cell in markdown.parse(text, FULL, PYTHON).cells:
            if cell.runs and "\t" not in cell.code:
                first = cell.source.split("\n")[0].strip()
                assert lines[cell.at.line - 1].strip("> \t") == first.strip("> "), path


Outcomes = dict[str, Checked]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, fixtures: Path) -> tuple[Site, dict[str, str]]:
    """A site of notebooks, each a bundle with the files beside it; and the name of each."""
    root = tmp_path_factory.mktemp("corpus")
    names = {}
    for repository in RUN:
        for number, path in enumerate(_documents(fixtures / repository, ".ipynb", ".md")):
            short = f"{repository.split('+')[1]}/{path.stem}"
            if "exporters" in path.parts:
                short += " (exporters)"
            folder = root / "posts" / f"2026-01-01-{repository.split('+')[1]}-{number}"
            folder.mkdir(parents=True)
            shutil.copy(path, folder / f"index{path.suffix}")
            for other in path.parent.iterdir():
                if other.is_file() and other.suffix not in (".ipynb", ".md"):
                    shutil.copy(other, folder / other.name)
            names[f"posts/{folder.name}/index{path.suffix}"] = short
    return plain_site(root, jobs=2, execute={"timeout": 12}), names


def _run(corpus: tuple[Site, dict[str, str]], is_fresh: bool) -> Outcomes:
    """Run them all, in forked kernels or each in a fresh one."""
    site, names = corpus
    posts = [
        dataclasses.replace(
            post,
            # their prose is full of links into their own repositories
            findings=tuple(f for f in post.findings if f.code in ("parse", "option")),
            execution=dataclasses.replace(post.execution, fresh=is_fresh),
        )
        for post in load(site, discover(site.layout).posts)
    ]
    with Workshop(site) as workshop:
        found = check(site, posts, workshop, Silent(), fresh=True)
        return {names[item.post.path]: item for item in found}


@pytest.fixture(scope="module")
def outcomes(corpus: tuple[Site, dict[str, str]]) -> Outcomes:
    """What came out of each notebook."""
    return _run(corpus, is_fresh=False)


def _codes(item: Checked) -> list[str]:
    return [str(finding.code) for finding in item.findings]


def test_notebooks_run_as_their_suites_expect(outcomes: Outcomes) -> None:
    """A notebook would fail here that runs in the tests of its own project, or the reverse."""
    fails = {
        # their figures are drawn for other pages than those of a site
        name: [code for code in _codes(item) if code not in ("output-drift", "missing-alt")]
        for name, item in outcomes.items()
    }
    failed = {name: codes[0] for name, codes in fails.items() if codes}
    assert failed == {name: code for name, (code, _) in EXPECTED.items()}
    assert len(outcomes) > 80


def test_what_differs_from_the_stored_outputs(outcomes: Outcomes) -> None:
    """An author would be told of a change where nothing changed, or not where something did."""
    drifting = {name for name, item in outcomes.items() if "output-drift" in _codes(item)}
    assert drifting == set(DRIFTING)


def test_both_kernels_agree(corpus: tuple[Site, dict[str, str]], outcomes: Outcomes) -> None:
    """A notebook would do something else where kernels cannot be forked."""
    fresh = _run(corpus, is_fresh=True)
    assert {name: _codes(item) for name, item in outcomes.items()} == {
        name: _codes(item) for name, item in fresh.items()
    }
    differing = {
        name for name, item in outcomes.items() if not _puts_out_the_same(item, fresh[name])
    }
    assert differing <= set(VARYING)


def _puts_out_the_same(one: Checked, other: Checked) -> bool:
    """Whether all cells put out the same, as far as outputs are ever compared."""
    pairs = zip(one.run.cells if one.run else (), other.run.cells if other.run else (), strict=True)
    return all(
        compare(Recorded(a.outputs, Location("a")), b.outputs, Terms()).sameness
        is not Sameness.DIFFERS
        for a, b in pairs
    )
