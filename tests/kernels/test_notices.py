"""What libraries say they will change or drop, on both kernels."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from haebom.kernels.base import KernelFactory
from haebom.kernels.jupyter import JupyterKernel
from haebom.kernels.preloaded.client import KernelServer

from .conftest import run, text

HELPER = (
    "import warnings\ndef old():\n    warnings.warn('helper', FutureWarning)\n"
    "    warnings.warn('hidden', DeprecationWarning)\n"
)
CELLS = (
    "import warnings\nwarnings.warn('one', DeprecationWarning)",
    f"from pathlib import Path\nPath('lib.py').write_text({HELPER!r})\nimport lib\n\nlib.old()",
    "def f():\n    warnings.warn('two', PendingDeprecationWarning, stacklevel=2)\n\nf()",
    "warnings.filterwarnings('ignore')\nwarnings.warn('three', FutureWarning)",
    "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n"
    "    warnings.warn('no', FutureWarning)\nwarnings.warn('no', UserWarning)",
    "%%time\nx = 1\nwarnings.warn('four', FutureWarning)",
    "y = 1\n'\\d'",
    "warnings.simplefilter('error')\nwarnings.warn('five', DeprecationWarning)",
    "class A:\n    def __repr__(self):\n        warnings.simplefilter('default')\n"
    "        warnings.warn('six', FutureWarning)\n        return 'A'\n\nA()",
)
EXPECTED = [
    (1, 2, "DeprecationWarning", "one"),
    (2, 5, "FutureWarning", "helper"),
    (2, 5, "DeprecationWarning", "hidden"),
    (3, 2, "PendingDeprecationWarning", "two"),
    (4, 2, "FutureWarning", "three"),
    (6, 3, "FutureWarning", "four"),
    *(
        [(7, 2, "DeprecationWarning", "invalid escape sequence '\\d'")]
        * (sys.version_info < (3, 12))
    ),
    (8, 2, "DeprecationWarning", "five"),
    (9, 4, "FutureWarning", "six"),
]


@pytest.mark.slow
def test_what_is_heard(factory: KernelFactory, tmp_path: Path) -> None:
    """A change that breaks a post one day would be missed, be told of another line, or be shown
    because it was heard."""
    done = run(factory, tmp_path, CELLS)
    assert list(done.trace.notices) == EXPECTED
    shown = [text(outputs) for outputs in done.outputs]
    assert "DeprecationWarning: one" in shown[0]
    assert "helper" in shown[1]
    assert "hidden" not in shown[1]
    assert shown[3:5] == ["", ""]
    assert shown[7] == "DeprecationWarning: five"


@pytest.mark.slow
def test_warnings_of_preloaded_modules(server: KernelServer, tmp_path: Path) -> None:
    """What a package is warned of when it is imported would depend on who imported it first."""
    cells = ("import numpy as np", "import pandas\nimport torch\nimport matplotlib.pyplot as plt")
    found = [run(each, tmp_path, cells).trace.notices for each in (server, JupyterKernel)]
    assert set(found[0]) == set(found[1])
