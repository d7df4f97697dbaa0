"""``python -m haebom``."""

from haebom.cli import main

main()
