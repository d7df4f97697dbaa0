"""The glossary: what terms are called in English, what they mean, and which posts use them."""

from __future__ import annotations

from haebom.catalogue import Catalogue
from haebom.glossary import Glossary, Term
from haebom.links import link
from haebom.render.labels import Labels
from haebom.render.pages.page import SitePage, head
from haebom.render.study import TERMS
from haebom.render.xml import xml


def terms(catalogue: Catalogue, glossary: Glossary, words: Labels) -> SitePage:
    """Make the page.

    Args:
        catalogue: All posts.
        glossary: The site's.
        words: haebom's own.
    """
    ordered = sorted(glossary.terms, key=lambda term: term.name.casefold())
    body = "".join(_row(term, catalogue, words) for term in ordered)
    text = head(words.glossary, words.glossary_intro, is_searched=True)
    return SitePage(TERMS, text, f'<dl class="haebom-terms">{body}</dl>')


def _row(term: Term, catalogue: Catalogue, words: Labels) -> str:
    entries = map(catalogue.by_slug.__getitem__, catalogue.curriculum.order)
    posts = " · ".join(
        f'<a href="{link(entry.uri, TERMS)}">{xml(entry.title)}</a>'
        for entry in entries
        if term in entry.terms
    )
    used = f"<p><small>{xml(words.used_in)}: {posts}</small></p>" if posts else ""
    meaning = f"<p>{xml(term.text)}</p>" if term.text else ""
    anchor = xml(term.name.replace(" ", "-"))
    return (
        f'<dt id="{anchor}">{xml(term.name)} <span lang="en">{xml(term.english)}</span></dt>'
        f"<dd>{meaning}{used}</dd>"
    )
