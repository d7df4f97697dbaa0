"""Errors that end a command, as opposed to findings, which are collected."""

from __future__ import annotations


class HaebomError(Exception):
    """Something that haebom cannot work around: one sentence, and a hint where one helps.

    Args:
        message: What is wrong, as a full sentence.
        hint: What to do about it, or an empty string.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(HaebomError):
    """The configuration cannot be used."""


class UsageError(HaebomError):
    """The command line asks for something that does not exist."""
