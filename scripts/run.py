#!/usr/bin/env python3
"""Call haebom in the project's own environment: scripts/run.py check, for instance."""

import sys

from _environment import main

if __name__ == "__main__":
    main("requirements.txt", ["-m", "haebom", *sys.argv[1:]])
