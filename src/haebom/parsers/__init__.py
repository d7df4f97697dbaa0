"""From a source file's bytes to a post."""
