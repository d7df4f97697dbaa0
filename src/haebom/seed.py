"""The seed of all posts."""

SEED = 0
"""What the global random generators of every post start with."""
