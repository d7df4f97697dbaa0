"""What was measured while posts ran: it differs from run to run, and so stays out of all pages.

A site has it in one file, from which a script fills it in where readers look for it::

    {
      "posts": {"posts/a.md": {"ended": "2026-11-25T13:38:57+00:00", "seconds": 7.3}},
      "slowest": [{"post": "posts/a.md", "line": 64, "cell": null, "seconds": 5.1}]
    }
"""

from __future__ import annotations

import heapq

from haebom.catalogue import Catalogue
from haebom.model import JSON

_SLOWEST = 10


def measured(catalogue: Catalogue) -> dict[str, JSON]:
    """Collect it.

    Args:
        catalogue: All posts.

    Returns:
        For each post that ran, when its run ended (UTC) and how many seconds it took; and the cells
        that took longest, the slowest first.
    """
    ran = [(entry.post, entry.run) for entry in catalogue.entries if entry.run]
    cells = (
        {
            "post": post.path,
            "line": post.cells[cell.index].at.line,
            "cell": post.cells[cell.index].at.cell,
            "seconds": round(cell.seconds, 2),
        }
        for post, run in ran
        for cell in run.cells
    )
    return {
        "posts": {
            post.path: {"ended": run.ended, "seconds": round(run.seconds, 2)} for post, run in ran
        },
        "slowest": heapq.nlargest(_SLOWEST, cells, key=lambda cell: cell["seconds"]),
    }
