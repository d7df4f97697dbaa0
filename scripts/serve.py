#!/usr/bin/env python3
"""Show the site while you write, at http://127.0.0.1:8000/. Arguments go to `mkdocs serve`."""

import sys

from _environment import main

if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
    main("requirements.txt", ["-m", "mkdocs", "serve", *sys.argv[1:]])
