"""What was checked, when, and how it went: the whole site on one page.

Its tables are put in order and searched by a script, which also fills in what was measured; see
:mod:`haebom.render.measured`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from haebom.catalogue import Catalogue, Entry, Standing
from haebom.ledger import Warned, ledger
from haebom.links import link
from haebom.marks import Mark
from haebom.model import Environment, Finding, Location, Outcome, Trial
from haebom.render.labels import Labels
from haebom.render.pages.page import SitePage, head
from haebom.render.panel import counted, mark
from haebom.render.xml import xml

STATUS = "status.md"

_MARKS = {Outcome.SAME: Mark.SAME, Outcome.DIFFERS: Mark.DIFFERS, Outcome.FAILS: Mark.FAILED}


def status(catalogue: Catalogue, words: Labels) -> SitePage:
    """Make the page.

    Args:
        catalogue: All posts.
        words: haebom's own.
    """
    entries = [
        entry
        for entry in catalogue.entries
        if entry.post.source.is_post or entry.standing is not Standing.NO_CODE
    ]
    by_path = {entry.post.path: entry for entry in entries}
    findings = [finding for entry in entries for finding in entry.findings]
    warned = ledger((entry.post, entry.run) for entry in entries)
    marks = (which for entry in entries for which in entry.marks)
    parts = (
        f'<p class="haebom-counts">{counted(marks, words)}</p>',
        _posts(entries, words),
        _environments(catalogue.environments, entries, words),
        _warnings(warned, by_path, words),
        _findings(findings, by_path, words),
        _slowest(words),
    )
    return SitePage(STATUS, head(words.status, words.status_intro), "".join(parts))


def _posts(entries: Sequence[Entry], words: Labels) -> str:
    repeated = any(entry.repetition for entry in entries)
    heads = [words.post, words.state, words.cells, words.marks[Mark.SAME], words.duration]
    heads += [words.repeats] if repeated else []
    heads += [words.checked_on, words.changed_on]
    rows = "".join(_post(entry, repeated, words) for entry in entries)
    return _tools(entries, words) + _table(heads, rows)


def _tools(entries: Sequence[Entry], words: Labels) -> str:
    """Fields to search by, which a script shows and listens to."""
    counts = Counter(entry.standing for entry in entries)
    options = "".join(
        f'<option value="{standing}">{xml(words.verdicts[standing])} {counts[standing]}</option>'
        for standing in Standing
        if counts[standing]
    )
    return (
        f'<p class="haebom-filter haebom-tools" hidden="">'
        f'<input type="search" placeholder="{xml(words.find_post)}" '
        f'aria-label="{xml(words.find_post)}"/>'
        f'<select aria-label="{xml(words.state)}"><option value="">{xml(words.any_state)} '
        f"{len(entries)}</option>{options}</select></p>"
    )


def _post(entry: Entry, repeated: bool, words: Labels) -> str:
    counts = Counter(entry.marks)
    ran = sum(counts[which] for which in Mark if which is not Mark.NOT_RUN)
    ended = entry.run.ended[:10] if entry.run and ran else ""
    changed = entry.commit.day if entry.commit else ""
    return (
        f'<tr data-post="{xml(entry.post.path)}" data-state="{entry.standing}">'
        f'<th scope="row">{_link(entry)}</th>'
        f'<td><span class="haebom-mark haebom-{entry.standing}"></span> '
        f"{xml(words.verdicts[entry.standing])}</td>"
        f'<td class="haebom-number">{ran or ""}</td>'
        f'<td class="haebom-number">{counts[Mark.SAME] or ""}</td>'
        f'<td class="haebom-number" data-haebom="seconds"></td>'
        f"{f'<td>{_repetition(entry, words)}</td>' if repeated else ''}"
        f"<td>{ended}</td><td>{changed}</td></tr>"
    )


def _repetition(entry: Entry, words: Labels) -> str:
    if entry.repetition is None:
        return ""
    which = Mark.DIFFERS if entry.repetition.varying else Mark.SAME
    return f"{mark(which)} {xml(words.times.format(runs=entry.repetition.runs))}"


def _slowest(words: Labels) -> str:
    """What a script fills in and shows."""
    return f'<section data-haebom="slowest" hidden="">{_heading(words.slowest)}<ol></ol></section>'


def _environments(
    environments: Sequence[Environment], entries: Sequence[Entry], words: Labels
) -> str:
    if not environments:
        return ""
    trials = [{trial.path: trial for trial in each.trials} for each in environments]
    tried = [entry for entry in entries if any(entry.post.path in found for found in trials)]
    rows = "".join(
        f'<tr><th scope="row">{_link(entry)}</th>'
        f"{''.join(_trial(found.get(entry.post.path), entry, words) for found in trials)}</tr>"
        for entry in tried
    )
    notes = "".join(_notes(environment, words) for environment in environments)
    heads = [words.post, *(environment.name for environment in environments)]
    return (
        f"{_heading(words.other_versions)}<p>{xml(words.other_versions_intro)}</p>"
        f"{_table(heads, rows)}<dl>{notes}</dl>"
    )


def _trial(trial: Trial | None, entry: Entry, words: Labels) -> str:
    if trial is None or entry.run is None:
        return "<td></td>"
    told = f"{mark(_MARKS[trial.outcome])} {xml(words.outcomes[trial.outcome])}"
    if trial.recipe != entry.run.recipe:
        told += f" <small>{xml(words.earlier_version)}</small>"
    return f"<td>{told}</td>"


def _notes(environment: Environment, words: Labels) -> str:
    """What an environment is, and what differs in it."""
    versions = [f"Python {environment.python}", *map(" ".join, environment.versions)]
    tried = f"{', '.join(versions)}; {environment.ended[:10]}"
    notes = "".join(f"<li>{xml(trial.note)}</li>" for trial in environment.trials if trial.note)
    return (
        f"<dt>{xml(environment.name)} <small>{xml(tried)}</small></dt>"
        f"<dd>{f'<ul>{notes}</ul>' if notes else xml(words.all_same)}</dd>"
    )


def _warnings(warned: Iterable[Warned], by_path: Mapping[str, Entry], words: Labels) -> str:
    rows = "".join(
        f'<tr class="haebom-told"><th scope="row">{xml(each.category)}</th>'
        f"<td>{xml(each.message)}</td>"
        f"<td>{'<br/>'.join(_place(at, by_path) for at in each.places)}</td></tr>"
        for each in warned
    )
    if not rows:
        return f"{_heading(words.warnings)}<p>{xml(words.no_warnings)}</p>"
    heads = [words.warning, words.message, words.places]
    return f"{_heading(words.warnings)}<p>{xml(words.warnings_intro)}</p>{_table(heads, rows)}"


def _findings(findings: Iterable[Finding], by_path: Mapping[str, Entry], words: Labels) -> str:
    """Only a site whose configuration relaxes findings is published with some."""
    rows = "".join(
        f'<tr class="haebom-told"><th scope="row">{xml(finding.code)}</th>'
        f"<td>{xml(finding.message)}</td>"
        f"<td>{_place(finding.at, by_path)}</td></tr>"
        for finding in findings
    )
    heads = [words.finding, words.message, words.places]
    return f"{_heading(words.relaxed)}{_table(heads, rows)}" if rows else ""


def _place(at: Location, by_path: Mapping[str, Entry]) -> str:
    entry = by_path.get(at.path)
    where = f"<code>{xml(at)}</code>"
    return f"{_link(entry)} {where}" if entry else where


def _heading(title: str) -> str:
    return f'<h2 id="{xml(title.replace(" ", "-"))}">{xml(title)}</h2>'


def _table(heads: Iterable[str], rows: str) -> str:
    """A table that a script lets readers put in order."""
    columns = "".join(f'<th scope="col">{xml(head)}</th>' for head in heads)
    return (
        f'<div class="haebom-table"><table class="haebom-sortable">'
        f"<thead><tr>{columns}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _link(entry: Entry) -> str:
    return f'<a href="{link(entry.uri, STATUS)}">{xml(entry.title)}</a>'
