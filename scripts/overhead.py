#!/usr/bin/env python3
"""Time what running a post costs besides the author's own code.

A forked kernel of haebom and nbclient with a fresh ipykernel, which is what other tools do, take
turns at the same posts. Processor time counts this process, the kernel, and for haebom the server
that forks it; what the server needs to start is told apart, since it starts once for all posts.
Prints a Markdown table of medians. Call it with the Python of the project's environment.
"""

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import nbformat.v4
import psutil
from nbclient import NotebookClient

from haebom.config import Contain, SiteConfig
from haebom.kernels.base import Workplace
from haebom.kernels.environment import environment
from haebom.kernels.preloaded.client import KernelServer
from haebom.kernels.processes import MARKER

DRAW = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]); plt.show()"
POSTS = {
    "empty": ("pass",),
    "import torch": ("import torch",),
    "torch and a figure": ("import torch", DRAW),
    "20 cells": ("import torch", *[f"x = torch.ones({n})" for n in range(1, 20)]),
}
PRELOAD = ("numpy.random", "torch", "matplotlib.pyplot")


class Forked:
    """haebom's way: a kernel forked from a server."""

    def __init__(self) -> None:
        begun = time.perf_counter()
        self.env = environment(Path.cwd(), SiteConfig(contain=Contain.OFF))
        self.server = KernelServer.start(PRELOAD, self.env)
        self.started = time.perf_counter() - begun

    def cpu(self) -> float:
        """Processor time of this process, the server, and the kernels that it has reaped."""
        served = [psutil.Process(pid).cpu_times() for pid in _children()]
        return time.process_time() + sum(sum(times[:4]) for times in served)

    def run(self, cells: tuple[str, ...], folder: Path) -> None:
        places = [folder / name for name in ("work", "private", "tmp")]
        for place in places:
            place.mkdir()
        env = {**self.env, "TMPDIR": str(places[2]), MARKER: str(folder)}
        kernel = self.server(Workplace("python3", places[0], places[1], env))
        for cell in cells:
            kernel.execute(cell, 60)
        kernel.outputs()
        kernel.trace()
        kernel.close()


class Fresh:
    """The others' way: nbclient starts an ipykernel."""

    def cpu(self) -> float:
        """Processor time of this process and of the kernels that have ended."""
        times = os.times()
        return time.process_time() + times.children_user + times.children_system

    def run(self, cells: tuple[str, ...], folder: Path) -> None:
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        quiet = ["--log-level=ERROR"]
        where = {"metadata": {"path": str(folder)}}
        client = NotebookClient(book, resources=where, extra_arguments=quiet)
        asyncio.run(client.async_execute())


def _children() -> list[int]:
    return [child.pid for child in psutil.Process().children()]


def timed(way: Forked | Fresh, cells: tuple[str, ...]) -> tuple[float, float]:
    """Wall and processor seconds of one post."""
    with tempfile.TemporaryDirectory() as folder:
        cpu, begun = way.cpu(), time.perf_counter()
        way.run(cells, Path(folder))
        wall = time.perf_counter() - begun
        time.sleep(0.05)  # the server reaps the kernel
        return wall, way.cpu() - cpu


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often (default: 9)")
    rounds = parser.parse_args().rounds
    forked, fresh = Forked(), Fresh()
    print("| milliseconds, wall / processor | haebom | nbclient, fresh ipykernel | times less |")
    print("|---|--:|--:|--:|")
    for name, cells in POSTS.items():
        found: dict[str, list[tuple[float, float]]] = {"haebom": [], "nbclient": []}
        for number in range(rounds + 1):
            for key, way in (("haebom", forked), ("nbclient", fresh)):
                result = timed(way, cells)
                if number:  # the first round warms up
                    found[key].append(result)
        print(row(name, found["haebom"], found["nbclient"]), flush=True)
    forked.server.close()
    print(
        f"\nThe server took {forked.started:.1f} s to start. {date.today():%B %Y}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}; "
        f"medians of {rounds} rounds."
    )


def row(name: str, ours: list[tuple[float, float]], theirs: list[tuple[float, float]]) -> str:
    median: Callable[[list[tuple[float, float]], int], float] = lambda found, part: (  # noqa: E731
        statistics.median(each[part] * 1000 for each in found)
    )
    a, b = (f"{median(found, 0):,.0f} / {median(found, 1):,.0f}" for found in (ours, theirs))
    times = [median(theirs, part) / max(median(ours, part), 0.1) for part in (0, 1)]
    return f"| {name} | {a} | {b} | {times[0]:.0f}× / {times[1]:.0f}× |"


if __name__ == "__main__":
    main()
