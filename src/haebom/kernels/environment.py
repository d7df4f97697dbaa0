"""The environment variables that posts see, the same on every machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

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

_INHERITED = frozenset(
    {"PATH", "LANG", "LANGUAGE", "TZ", "HOME", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV"}
    | {"CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CI", "TERM", "SSL_CERT_FILE", "SSL_CERT_DIR"}
)
_FAMILIES = ("LC_", "CUDA_", "NVIDIA_", "ROCR_", "HIP_", "OMP_", "MKL_", "OPENBLAS_", "PYTORCH_")
"""Variables that say where things are and how to compute."""


class Options(Protocol):
    """The options that an environment depends on; see :class:`haebom.config.SiteConfig`."""

    @property
    def contain(self) -> str:
        """How strictly posts are contained."""

    @property
    def pythonpath(self) -> Sequence[str]:
        """Folders of modules that posts share."""

    @property
    def env(self) -> Mapping[str, str]:
        """Variables of the site's own."""


def permitted(name: str) -> bool:
    """Whether a contained post gets to see a variable of the builder's environment."""
    return name in _INHERITED or name.startswith(_FAMILIES)


def contains(config: Options) -> bool:
    """Whether posts are contained."""
    return config.contain != "off"


def environment(root: Path, config: Options) -> dict[str, str]:
    """The environment that all posts of a site share: contained ones get only harmless variables.

    Args:
        root: The project's folder.
        config: The site's options; its own variables win.
    """
    is_contained = contains(config)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if (permitted(name) if is_contained else name not in _LEFT_OUT)
    }
    modules = [str(root / name) for name in config.pythonpath]
    paths = [*modules, *filter(None, [inherited.get("PYTHONPATH")])]
    found = {"PYTHONPATH": os.pathsep.join(paths)} if paths else {}
    return {**inherited, **found, **_FIXED, **config.env}
