"""What leads from one post to others: its series, what to read first, what is like it."""

from __future__ import annotations

from haebom.catalogue import Catalogue, Entry
from haebom.curriculum import membership, prerequisites
from haebom.links import link
from haebom.render.labels import Labels
from haebom.render.xml import xml

PATHS, NAMES, TERMS = "paths.md", "api.md", "glossary.md"
"""Where the made pages stand in the staged tree that these parts of a post lead to."""


def banner(entry: Entry, catalogue: Catalogue, words: Labels) -> str:
    """What stands below the title of a post: its place in its series, and what to read first."""
    name, _ = membership(entry.post)
    members = catalogue.curriculum.series.get(name, ())
    found = ""
    if entry.slug in members:
        place = members.index(entry.slug) + 1
        told = words.place_in_series.format(place=place, count=len(members))
        found = (
            f'<p><a href="{link(PATHS, entry.uri)}">{xml(name)}</a> <span>{xml(told)}</span></p>'
            f'<progress value="{place}" max="{len(members)}" aria-label="{xml(told)}"></progress>'
        )
    first = [slug for slug in prerequisites(entry.post) if slug in catalogue.by_slug]
    if first:
        titles = " · ".join(_link(catalogue.by_slug[slug], entry) for slug in first)
        found += f"<p>{xml(words.read_first)}: {titles}</p>"
    if not found:
        return ""
    label = xml(words.series if name else words.read_first)
    return f'<nav class="haebom-series" aria-label="{label}" {_QUIET}>{found}</nav>'


_QUIET = 'data-haebom-read="" data-search-exclude=""'


def ending(entry: Entry, catalogue: Catalogue, words: Labels) -> str:
    """What stands right behind the text of a post: a button, related posts, the names it uses."""
    if not entry.post.source.is_post:
        return ""
    button = (
        f'<p class="haebom-done"><button type="button" class="md-button" aria-pressed="false" '
        f'hidden="">{xml(words.mark_read)}</button></p>'
    )
    return button + _related(entry, catalogue, words) + _names(entry, words)


def neighbours(entry: Entry, catalogue: Catalogue, words: Labels) -> str:
    """The posts before and behind a post in its series."""
    members = catalogue.curriculum.series.get(membership(entry.post)[0], ())
    if entry.slug not in members:
        return ""
    place = members.index(entry.slug)
    found = ""
    for label, index, kind in (
        (words.previous_post, place - 1, "prev"),
        (words.next_post, place + 1, "next"),
    ):
        if 0 <= index < len(members):
            other = catalogue.by_slug[members[index]]
            found += (
                f'<a class="haebom-{kind}" rel="{kind}" href="{link(other.uri, entry.uri)}">'
                f"<small>{xml(label)}</small> {xml(other.title)}</a>"
            )
    if not found:
        return ""
    label = xml(words.in_series)
    return f'<nav class="haebom-neighbours" aria-label="{label}" {_QUIET}>{found}</nav>'


def _related(entry: Entry, catalogue: Catalogue, words: Labels) -> str:
    items = ""
    for kin in catalogue.kin.get(entry.slug, ()):
        why = f"{words.kinds_of_kin[kin.reason]}: {', '.join(map(_short, kin.shared))}"
        other = catalogue.by_slug[kin.slug]
        items += f"<li>{_link(other, entry)} <small>{xml(why)}</small></li>"
    return _section(words.related, f"<ul>{items}</ul>", "haebom-related") if items else ""


def _names(entry: Entry, words: Labels) -> str:
    if not entry.uses:
        return ""
    index = link(NAMES, entry.uri)
    names = " ".join(
        f'<a href="{index}#{xml(name)}">{xml(_short(name))}</a>' for name in entry.uses
    )
    summary = f"<summary>{xml(words.names_used)} <small>{len(entry.uses)}</small></summary>"
    return f'<details class="haebom-names" data-search-exclude="">{summary}<p>{names}</p></details>'


def _short(name: str) -> str:
    """A name as it stands in code, more or less: without what stands before the last module."""
    parts = name.split(".")
    return name if len(parts) < 3 else ".".join(parts[-2:])


def _section(title: str, html: str, kind: str) -> str:
    return (
        f'<section class="{kind}" aria-label="{xml(title)}" {_QUIET}><p><b>{xml(title)}</b></p>'
        f"{html}</section>"
    )


def _link(other: Entry, entry: Entry) -> str:
    return f'<a href="{link(other.uri, entry.uri)}">{xml(other.title)}</a>'
