"""What belongs to a project: its files, but for what is hidden and what lies elsewhere."""

from __future__ import annotations

from pathlib import Path


def belongs(path: Path, root: Path) -> bool:
    """Whether a path leads to what a post may use: within the project, hidden nowhere on the way.

    Symbolic links count by where they end. They come with the repository, and so from strangers.

    Args:
        path: A file or folder, there or not.
        root: The project's folder.
    """
    real, base = path.resolve(), root.resolve()
    if not real.is_relative_to(base):
        return False
    return not any(part.startswith(".") for part in real.relative_to(base).parts)
