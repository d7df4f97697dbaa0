"""All or nothing: a site is built beside the old one and takes its place when it is complete."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import psutil
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import CountHandler


class Publication:
    """The way of one build to its folder.

    Args:
        config: MkDocs' configuration; until the end it builds into another folder.
    """

    def __init__(self, config: MkDocsConfig) -> None:
        self.config = config
        self.target = Path(config.site_dir)
        self.building = self.target.with_name(f".{self.target.name}.{os.getpid()}.new")
        _forget_abandoned(self.target)
        config.site_dir = str(self.building)

    def finish(self) -> bool:
        """Put the new site in the old one's place, unless a strict build has had warnings.

        Files whose names begin with a dot stay, as they do when MkDocs cleans its folder: they
        may belong to a deployment.

        Returns:
            Whether the site was published.
        """
        self.config.site_dir = str(self.target)
        if _strict_warnings():
            self.abandon()
            return False
        old = self.target.with_name(f".{self.target.name}.{os.getpid()}.old")
        if self.target.is_dir():
            for kept in self.target.glob(".*"):
                if not (self.building / kept.name).exists():
                    shutil.move(kept, self.building / kept.name)
            self.target.rename(old)
        self.building.rename(self.target)
        shutil.rmtree(old, ignore_errors=True)
        return True

    def abandon(self) -> None:
        """Leave the old site as it is."""
        self.config.site_dir = str(self.target)
        shutil.rmtree(self.building, ignore_errors=True)


def _strict_warnings() -> bool:
    """Whether MkDocs is about to abort a strict build."""
    counters = (h for h in logging.getLogger("mkdocs").handlers if isinstance(h, CountHandler))
    return any(counter.get_counts() for counter in counters)


def _forget_abandoned(target: Path) -> None:
    """Delete what builds that were killed have left."""
    for left in target.parent.glob(f".{target.name}.*.new"):
        pid = left.name.split(".")[-2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
