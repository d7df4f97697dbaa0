"""What in code may put out something else each time."""

from __future__ import annotations

import pytest

from haebom.causes import imported, suspects
from haebom.model import Cause


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("import numpy as np\nrng = np.random.default_rng()", Cause.GENERATOR),
        ("from numpy.random import default_rng as new\nr = new()", Cause.GENERATOR),
        ("import random\nr = random.Random()", Cause.GENERATOR),
        ("import torch\ntorch.seed()", Cause.GENERATOR),
        ("import os\nos.urandom(8)", Cause.GENERATOR),
        ("import secrets\nsecrets.choice(x)", Cause.GENERATOR),
        ("import uuid\nprint(uuid.uuid4())", Cause.UUID),
        ("import time\nt = time.time()", Cause.TIME),
        ("from time import time\nt = time()", Cause.TIME),
        ("from datetime import datetime as dt\ndt.now()", Cause.TIME),
        ("import pandas as pd\npd.Timestamp.now()", Cause.TIME),
        ("x = 1\n%timeit x + 1", Cause.TIME),
        ("x\nprint(id(x))", Cause.ADDRESS),
        ("import os\nprint(os.getpid())", Cause.ADDRESS),
        ("from pathlib import Path\nlist(Path().glob('*'))", Cause.LISTING),
        ("import os\nos.listdir()", Cause.LISTING),
        ("x\nprint({'a', 'b'})", Cause.SETS),
        ("x\nprint(set(y))", Cause.SETS),
        ("from concurrent.futures import as_completed\nas_completed(f)", Cause.RACE),
        ("from urllib.request import urlopen\nurlopen(a)", Cause.NETWORK),
    ],
)
def test_suspects(code: str, cause: Cause) -> None:
    """An author would not be told where to look."""
    assert [(s.cause, s.line) for s in suspects(code, imported([code]))] == [(cause, 2)]


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np\nnp.random.default_rng(0).random()",
        "import numpy as np\nnp.random.seed(1)\nnp.random.rand()",
        "import random\nrandom.seed(7)\nrandom.Random(3)",
        "x = {'a': 1}\nx.values()",
        "import torch\ntorch.rand(3)",
        "import datetime\ndatetime.time(3, 4)",
        "this is no Python (",
        "%%bash\ndate",
    ],
)
def test_what_is_above_suspicion(code: str) -> None:
    """An author would be sent to a line that always does the same."""
    assert suspects(code, imported([code])) == ()
