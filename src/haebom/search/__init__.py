"""Search that knows Korean: an index made at build time, read by a worker in the browser."""

from haebom.search.entry import IndexReport, SearchEntry
from haebom.search.index import build_index

__all__ = ["IndexReport", "SearchEntry", "build_index"]
