"""Findings and progress, for the people and tools that read them."""
