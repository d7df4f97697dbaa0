"""A checked post as a page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from haebom.apidocs import Documentation
from haebom.fences import PYTHON
from haebom.glossary import Glossary
from haebom.marks import marks
from haebom.model import Cell, CellRun, Checked, Elsewhere, Finding, Mode, Show, State
from haebom.reference import Reference
from haebom.render.labels import Labels, labels
from haebom.render.outputs import Rendered, render
from haebom.render.page import Asset, CodeLink, Html, Page, PlacedCell, PlacedValue


def render_page(
    checked: Checked,
    language: str,
    notices: bool = False,
    reference: Reference = Reference(),  # noqa: B008 - a frozen value
) -> tuple[Page, tuple[Asset, ...]]:
    """Render a post's cells and the values in its prose.

    Args:
        checked: The post with its run.
        language: Language of haebom's own words.
        notices: Whether findings are told at the top of the page, as authors want to see them
            while they write.
        reference: What is known of the words in the post.

    Returns:
        The page, and the files that it refers to.
    """
    words = labels(language)
    cells: list[PlacedCell] = []
    whole = Rendered()
    linked: set[str] = set()
    for cell, mark in zip(checked.post.cells, marks(checked), strict=True):
        run = checked.run.cell(cell.index) if checked.run else None
        rendered = _rendered(cell, run, words)
        options = cell.options
        links = (
            _links(run, reference.documentation, linked) if options.code is not Show.HIDDEN else ()
        )
        cells.append(
            PlacedCell(
                digest=cell.digest,
                mode=options.mode,
                code=options.code,
                output=options.output,
                predict=options.predict,
                label=options.label,
                search=options.search,
                mark=mark,
                pieces=rendered.pieces,
                anchor=cell.anchor if run and run.uses else "",
                links=links,
            )
        )
        whole += rendered
    runs = {cell.language for cell in checked.post.cells}.union(PYTHON)
    notice = _notice(checked.findings, words) if notices and checked.findings else ""
    values = tuple(_values(checked, words))
    used = (
        reference.glossary.within(checked.post.body) if checked.post.source.is_post else Glossary()
    )
    page = Page(
        language,
        tuple(sorted(runs)),
        tuple(cells),
        values,
        notice,
        glossary=used,
        libraries=whole.libraries,
    )
    return page, tuple({asset.name: asset for asset in whole.assets}.values())


def _links(
    run: CellRun | None, documentation: Documentation, linked: set[str]
) -> tuple[CodeLink, ...]:
    """The links of a cell; their addresses join those that the page has linked to before."""
    links = []
    for use in run.uses if run else ():
        address = documentation.address(use.name, use.kind)
        if address and use.length:
            again = address in linked
            links.append(CodeLink(use.line, use.column, use.length, address, again))
            linked.add(address)
    return tuple(links)


def _values(checked: Checked, words: Labels) -> Iterator[PlacedValue]:
    in_prose = (each for each in checked.post.expressions if not each.key)
    for expression in in_prose:
        value = checked.run.value(expression.index) if checked.run else None
        has_text = value is not None and value.state is State.OK
        text = value.text if value is not None and has_text else words.no_value
        yield PlacedValue(expression.index, expression.text, text)


def _rendered(cell: Cell, run: CellRun | None, words: Labels) -> Rendered:
    if cell.options.mode is Mode.NO_RUN:
        return _note(words.not_run)
    if cell.options.mode is Mode.IGNORE:
        outputs = cell.recorded.outputs if cell.recorded else ()
        return render(outputs, cell, words) + _note(words.stored) if outputs else Rendered()
    if run is None or run.state is State.SKIPPED:
        return _note(words.skipped) if cell.runs else Rendered()
    if run.state is State.UNMET:
        return _unmet(run, words)
    rendered = render(run.outputs, cell, words)
    if run.elsewhere is not None:
        return rendered + _note(_told(words.from_elsewhere, run.elsewhere))
    if run.reason:
        return rendered + _note(run.reason)
    return rendered


def _unmet(run: CellRun, words: Labels) -> Rendered:
    """Why a cell did not run, and whether somebody has run what it was before."""
    told = [words.unmet.format(missing=run.reason)]
    if run.elsewhere is not None:
        told.append(_told(words.outdated, run.elsewhere))
    return _note(" ".join(told))


def _told(text: str, elsewhere: Elsewhere) -> str:
    device = f" ({elsewhere.device})" if elsewhere.device else ""
    return text.format(day=elsewhere.ended[:10], device=device)


def _note(text: str) -> Rendered:
    return Rendered((Html(f'<p class="haebom-note">{escape(text)}</p>'),))


def _notice(findings: tuple[Finding, ...], words: Labels) -> str:
    items = "".join(
        f"<li><code>{escape(str(finding.at))}</code> {escape(finding.message)}"
        f"{' ' + escape(finding.hint) if finding.hint else ''}</li>"
        for finding in findings
    )
    return (
        f'<div class="admonition failure haebom-notice"><p class="admonition-title">'
        f"{escape(words.failed)}</p><ul>{items}</ul></div>"
    )
