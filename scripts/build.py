#!/usr/bin/env python3
"""Run every post and write the site to site/. Further arguments go to `mkdocs build`."""

import sys

from _environment import main

if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
    main("requirements.txt", ["-m", "mkdocs", "build", "--strict", *sys.argv[1:]])
