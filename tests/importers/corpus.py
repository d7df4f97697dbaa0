"""How kramdown's own test documents fare: read, written for Python-Markdown, and rendered.

``python tests/importers/corpus.py FOLDER`` prints the share that agrees, and why others do not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from oldblog import SETTINGS

from haebom.importers import themes
from haebom.importers.convert import Converter
from haebom.importers.kramdown.blocks import parse
from haebom.importers.kramdown.nodes import Dialect
from haebom.importers.ledger import Ledger
from haebom.importers.sameness import normal
from haebom.importers.text import Text

_FOLDED = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "…": "..."}
    | {"–": "--", "—": "---", "«": "<<", "»": ">>"}
)  # fmt: skip

OTHER = {
    "man/": "pages of manuals",
    "html_to_native": "an option that rewrites HTML",
    "to_kramdown": "an option of kramdown's own writer",
    "latex_escaping": "about LaTeX",
    "minted": "about LaTeX",
    "rouge/multiple": "about a highlighter",
    "highlighting": "about a highlighter",
    "guess_lang_css_class": "about a highlighter",
    "normal-css-class": "about a highlighter",
    "header_type_offset": "an option that moves headings",
    "cjk-line-break": "an option that joins lines",
    "backlink_text": "an option for the look of footnotes",
    "backlink_inline": "an option for the look of footnotes",
    "footnote_link_text": "an option for the look of footnotes",
    "footnote_nr": "an option for the look of footnotes",
    "footnote_prefix": "an option for the look of footnotes",
    "encoding": "about the encoding of the reader",
    "with_header_links": "an option that links headings",
    "no_engine": "an option that shows no formulas",
    "typography_subst": "an option for signs",
    "gh_128": "a script in a formula",
    "codespan/rouge": "about a highlighter",
    "span/extension/options": "options within a document",
    "12_extension/options": "options within a document",
}
"""Parts of paths of documents that no blog would use, and what they are about."""

_CONTENTS = "Python-Markdown makes the table of contents: other names, and all headings"
KNOWN = {
    "block/06_codeblock/whitespace": "blanks in code are not made visible",
    "block/09_html/cdata_section": "CDATA is no HTML, and Python-Markdown drops it",
    "block/09_html/parse_as_raw": "a script within a paragraph ends the paragraph",
    "block/12_extension/nomarkdown": "text without an element around it becomes a paragraph",
    "block/13_definition_list/auto_ids": "terms get no names",
    "block/14_table/escaping": "a code span that begins in one row and ends in the next",
    "block/14_table/simple": "attributes of a table are those of an element around it",
    "block/16_toc/no_toc": _CONTENTS,
    "block/16_toc/toc_exclude": _CONTENTS,
    "block/16_toc/toc_levels": _CONTENTS,
    "block/16_toc/toc_with_footnotes": _CONTENTS,
    "block/16_toc/toc_with_links": _CONTENTS,
    "span/01_link/reference": "links defined in the configuration",
    "span/04_footnote/placement": "footnotes stand at the end",
    "span/05_html/normal": "elements that overlap, and a script within a paragraph",
    "span/math/normal": "an escaped dollar right before two others",
}
"""Documents that read otherwise, and why."""


@dataclass(frozen=True, slots=True)
class Document:
    """One of kramdown's test documents.

    Args:
        name: Its path within the folder, without suffix.
        text: What is written.
        html: What kramdown makes of it.
        options: How kramdown was set up for it.
    """

    name: str
    text: str
    html: str
    options: str

    @property
    def is_other(self) -> str:
        """What it is about, if no blog would use it."""
        return next((why for part, why in OTHER.items() if part in self.name), "")


def documents(folder: Path) -> Iterator[Document]:
    """All documents with their HTML."""
    for path in sorted(folder.rglob("*.text")):
        html, options = path.with_suffix(".html"), path.with_suffix(".options")
        if html.exists():
            yield Document(
                path.relative_to(folder).with_suffix("").as_posix(),
                path.read_text("utf-8"),
                html.read_text("utf-8"),
                options.read_text("utf-8") if options.exists() else "",
            )


def agrees(document: Document, converter: Converter, is_strict: bool = False) -> bool:
    """Whether a document reads after conversion as kramdown shows it."""
    dialect = Dialect(
        gfm=False,
        block_html="parse_block_html: true" in document.options,
        single_dollars=False,
    )
    read = parse(Text.of(document.text), dialect)
    themes.restyle(read, Ledger())
    written = converter.write(read, lambda node: node.name.split("?")[0])
    html = converter.html(written.text)
    return _normal(html, is_strict) == _normal(document.html, is_strict)


def _normal(html: str, is_strict: bool) -> object:
    return _fold(normal(html, is_strict))


def _fold(value: object) -> object:
    """Typographic signs as they are typed; Python-Markdown leaves them so."""
    if isinstance(value, str):
        return value.translate(_FOLDED)
    if isinstance(value, tuple):
        return tuple(map(_fold, value))
    return value


def main(folder: Path) -> None:
    """Print how all documents fare."""
    converter = Converter(SETTINGS.converter())
    counts = {"all": 0, "strictly": 0, "agree": 0}
    for document in documents(folder):
        if document.is_other:
            continue
        counts["all"] += 1
        counts["strictly"] += agrees(document, converter, is_strict=True)
        if agrees(document, converter):
            counts["agree"] += 1
        else:
            print(f"{document.name}: {KNOWN.get(document.name, 'not explained')}")
    print(counts)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
