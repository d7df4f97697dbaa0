"""What is this machine's own, and no reader's business."""

from __future__ import annotations

import functools
import getpass
import os
import platform
import re

from haebom.leaks import Known

_SECRET = re.compile(
    r"TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|_KEY$|_PAT$|AUTH(?!OR)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\d.,:]+|true|false|yes|no|none|(?:[\w+-]+:)?[/~.].*", re.IGNORECASE)
"""Values that are no secret: numbers, switches, paths and addresses."""

_SHORTEST_SECRET, _SHORTEST_NAME = 8, 5


@functools.cache
def known() -> Known:
    """What outputs are searched for."""
    secrets = tuple(
        (name, value)
        for name, value in sorted(os.environ.items())
        if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET and not _PLAIN.fullmatch(value)
    )
    host = platform.node()
    return Known(secrets, _distinct(_user()), _distinct(host) if not host.isalpha() else ())


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a number that no account has
        return ""


def _distinct(name: str) -> tuple[str, ...]:
    """A name, unless it is so short that it would be found everywhere."""
    return (name,) if len(name) >= _SHORTEST_NAME else ()
