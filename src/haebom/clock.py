"""What time it is, for all that is stored or shown."""

from __future__ import annotations

import datetime
import os


def now() -> str:
    """The present, as an ISO time in UTC with seconds.

    Where ``SOURCE_DATE_EPOCH`` is set, that moment stands for it, so that a site can be made again
    byte for byte; see https://reproducible-builds.org/specs/source-date-epoch/.
    """
    moment = datetime.datetime.now(datetime.UTC)
    if stands_still():
        moment = datetime.datetime.fromtimestamp(int(os.environ[_EPOCH]), datetime.UTC)
    return moment.isoformat(timespec="seconds")


def stands_still() -> bool:
    """Whether one moment stands for all; then nothing that was measured is to be shown either."""
    return os.environ.get(_EPOCH, "").isdecimal()


_EPOCH = "SOURCE_DATE_EPOCH"
