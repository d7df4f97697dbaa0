"""The environment variables that posts see, the same on every machine."""

from __future__ import annotations

import os
from pathlib import Path

from haebom.config import Contain, SiteConfig
from haebom.kernels.containment.policy import permitted

_FIXED = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    # one thread sums in one order on every machine, and leaves the cores to the other posts
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONUTF8": "1",
    "COLUMNS": "80",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_LEFT_OUT = frozenset({"PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONINSPECT", "DISPLAY", "LINES"})


def environment(root: Path, config: SiteConfig) -> dict[str, str]:
    """The environment that all posts of a site share: contained ones get only harmless variables.

    Args:
        root: The project's folder.
        config: The site's options; its own variables win.
    """
    is_contained = config.contain is not Contain.OFF
    inherited = {
        name: value
        for name, value in os.environ.items()
        if (permitted(name) if is_contained else name not in _LEFT_OUT)
    }
    modules = [str(root / name) for name in config.pythonpath]
    paths = [*modules, *filter(None, [inherited.get("PYTHONPATH")])]
    found = {"PYTHONPATH": os.pathsep.join(paths)} if paths else {}
    return {**inherited, **found, **_FIXED, **config.env}
