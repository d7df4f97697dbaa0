"""Build the search index: entries in, a folder of small files out."""

from __future__ import annotations

import base64
import json
import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from haebom.search.aliases import read_terms
from haebom.search.analysis import analyse
from haebom.search.cache import AnalysisCache
from haebom.search.codec import front_coded, named, pack_postings, shards, varint
from haebom.search.entry import IndexReport, PageText, SearchEntry
from haebom.search.hangul import has_hangul
from haebom.search.lexicon import Lexicon, build_lexicon
from haebom.search.morphemes import Analyser
from haebom.search.text import pages_of

__all__ = ["build_index"]

_SHARD = 16_384
_PROSE_LIMIT, _CODE_LIMIT = 8_000, 3_000
FORMAT = 1
_STEMS_VERSION = 2


class _Folder:
    """Writes content-named files; a file that is there already is left alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sizes: dict[str, int] = {}
        path.mkdir(parents=True, exist_ok=True)

    def add(self, prefix: str, content: bytes) -> str:
        name, data = named(prefix, content, 6 if prefix == "f" else 9)
        target = self.path / name
        if not target.is_file() or target.stat().st_size != len(data):
            target.write_bytes(data)
        self.sizes[name] = len(data)
        return name

    def add_json(self, prefix: str, value: Any) -> str:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return self.add(prefix, text.encode())

    def remove_others(self) -> None:
        for path in self.path.glob("?-*.bin"):
            if path.name not in self.sizes:
                path.unlink()


def build_index(
    entries: Sequence[SearchEntry],
    out: Path,
    *,
    cache: Path | None = None,
    terms: Path | None = None,
    groups: Iterable[Sequence[str]] = (),
) -> IndexReport:
    """Analyse the entries and write the index.

    Args:
        entries: The site's sections. Drafts and excluded pages are not among them.
        out: The folder to write; files of an earlier index in it are removed.
        cache: A folder for the analysis of each page, or ``None``.
        terms: The site's ``search-terms.yml``; a missing file counts as empty.
        groups: Further groups of equal terms.

    Returns:
        What was written.

    Raises:
        ModuleNotFoundError: The entries hold Hangul and Kiwi is not installed.
        ValueError: ``terms`` is not a list of groups.
    """
    started = time.perf_counter()
    pages = pages_of(entries)
    korean = any(has_hangul(entry.title) or has_hangul(entry.text) for entry in entries)
    analyser = Analyser() if korean else None
    store = AnalysisCache(cache / "search.sqlite" if cache else None)
    found, fresh = analyse(pages, store, analyser)
    own = read_terms(terms) if terms and terms.is_file() else []
    lexicon = build_lexicon(found, [*own, *map(list, groups)])
    folder = _Folder(out)
    manifest = _write(folder, pages, lexicon, _stems(lexicon, analyser, cache))
    folder.remove_others()
    first = [manifest, *(name for name in folder.sizes if name.startswith("v-"))]
    return IndexReport(
        pages=len(pages),
        sections=sum(len(page.sections) for page in pages),
        analysed=fresh,
        terms=len(lexicon.core),
        rare_terms=len(lexicon.rare),
        aliases=len(lexicon.aliases),
        first_search_bytes=sum(folder.sizes[name] for name in first),
        total_bytes=sum(folder.sizes.values()),
        manifest=manifest,
        seconds=round(time.perf_counter() - started, 2),
    )


def _stems(lexicon: Lexicon, analyser: Analyser | None, cache: Path | None) -> dict[str, list[str]]:
    """For each verb the stems that it shows, beyond its plain one."""
    if analyser is None:
        return {}
    store = AnalysisCache(cache / "verbs.sqlite" if cache else None)
    keys = {f"{verb} {_STEMS_VERSION}": verb for verb in lexicon.verbs}
    known = dict(store.load(keys))
    new = {key: list(analyser.surfaces(verb)) for key, verb in keys.items() if key not in known}
    if new:
        store.store(new)
    return {verb: known.get(key) or new[key] for key, verb in keys.items()}


def _write(
    folder: _Folder, pages: Sequence[PageText], lexicon: Lexicon, stems: dict[str, list[str]]
) -> str:
    fragments = [folder.add_json("f", _fragment(page)) for page in pages]
    core = shards(((t, pack_postings(lexicon.postings[t])) for t in lexicon.core), _SHARD)
    vocabulary, previous = bytearray(), ""
    for term in lexicon.core:
        postings = lexicon.postings[term]
        vocabulary += front_coded(term, previous)
        vocabulary += varint(len(postings))
        vocabulary.append(_prominence(lexicon, term))
        previous = term
    rare = shards(((t, pack_postings(lexicon.postings[t])) for t in lexicon.rare), _SHARD)
    return folder.add_json(
        "m",
        {
            "format": FORMAT,
            "pages": len(pages),
            "average": round(sum(lexicon.lengths) / max(1, len(pages)), 1),
            "lengths": _base64(min(255, round(16 * math.log2(1 + n))) for n in lexicon.lengths),
            "fragments": _base64(b for name in fragments for b in bytes.fromhex(name[2:14])),
            "boosts": {str(i): p.boost for i, p in enumerate(pages) if p.boost != 1.0},
            "vocabulary": folder.add("v", bytes(vocabulary)),
            "core": [[folder.add("p", b"".join(data)), len(terms)] for terms, data in core],
            "rare": [[folder.add("r", _rare_shard(t, d)), t[0]] for t, d in rare],
            "aliases": [[a.a, a.b, round(a.weight * 100)] for a in lexicon.aliases],
            "verbs": stems,
        },
    )


def _prominence(lexicon: Lexicon, term: str) -> int:
    """1 when a title holds the term, 2 for a heading, 4 for a tag; added up."""
    flags = 0
    for posting in lexicon.postings[term]:
        flags |= (posting.flags & 7 > 0) | (posting.flags & 24 > 0) << 1
        flags |= (posting.flags & 32 > 0) << 2
    return flags


def _rare_shard(terms: Sequence[str], data: Sequence[bytes]) -> bytes:
    out, previous = bytearray(), ""
    for term, postings in zip(terms, data, strict=True):
        out += front_coded(term, previous) + postings
        previous = term
    return bytes(out)


def _fragment(page: PageText) -> list[Any]:
    """What is fetched to show a page among the results."""
    sections = [
        [s.anchor, s.title, s.prose[:_PROSE_LIMIT], s.code[:_CODE_LIMIT]] for s in page.sections
    ]
    return [page.location, page.title, list(page.tags), sections]


def _base64(values: Any) -> str:
    return base64.b64encode(bytes(values)).decode()
