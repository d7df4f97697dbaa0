#!/usr/bin/env python3
"""Make a new post and print its path. Needs nothing installed."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from haebom.newpost import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(ROOT))
