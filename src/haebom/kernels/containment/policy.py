"""What a site allows its posts, and the plan that follows from it for each of them."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from haebom.kernels.base import KernelError, Workplace
from haebom.kernels.containment.plan import REQUIRED, Mechanism, Plan

_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/etc"),
    *("/nix/store", "/gnu/store", "/var/cache/fontconfig", "/var/lib/texmf"),
    *("/sys/devices/system/cpu", "/sys/devices/system/node"),
)
"""Programs, libraries and settings of the system."""

_ACCELERATORS = ("/dev/nvidia*", "/dev/kfd", "/dev/dri")
_FONTS = (".fonts", ".local/share/fonts")

_TASKS_OF_A_PROCESS = 8
_HINTS = {
    Mechanism.NAMESPACES: "Where user namespaces are forbidden to ordinary users, root can allow"
    " them: 'sysctl kernel.apparmor_restrict_unprivileged_userns=0' on Ubuntu.",
    Mechanism.SECCOMP: "Check these posts on another machine.",
}

_TRYING = threading.Lock()
"""Held while it is tried out what there is: the first posts ask at the same time."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the posts of a site may see and do.

    Args:
        required: Whether a post must not run where it cannot be contained.
        network: Whether posts that need the network get it.
        root: The project's folder, which they can read, but for what is hidden in it.
        store: The folder of stored runs, which they cannot.
        readable: Further files and folders that they can read.
    """

    required: bool
    network: bool
    root: Path
    store: Path
    readable: tuple[Path, ...] = ()

    def plan(self, workplace: Workplace, needs_network: bool) -> Plan:
        """The plan for one post.

        Args:
            workplace: Where its kernel is to work.
            needs_network: Whether it says that it needs the network.

        Raises:
            KernelError: It cannot be contained here, and must be.
        """
        if needs_network and not self.network:
            raise KernelError(
                "The post needs the network, which contained posts of this site do not get.",
                "The option 'network: true' in mkdocs.yml gives it to posts that ask for it.",
            )
        found = missing()
        for mechanism in REQUIRED if self.required else ():
            if mechanism in found:
                raise KernelError(
                    f"The post cannot be contained here: {found[mechanism]}.", _HINTS[mechanism]
                )
        devices = tuple(_accelerators())
        computing = ("/sys",) if any("/dri" not in device for device in devices) else ()
        return Plan(
            mechanisms=tuple(m for m in Mechanism if m not in found),
            network=needs_network,
            readable=(*_SYSTEM, *computing, *map(str, self._readable(workplace, needs_network))),
            hidden=tuple(map(str, self._hidden())),
            writable=tuple(map(str, workplace.folders)),
            devices=devices,
            cwd=str(workplace.cwd),
            tasks=workplace.limits.processes * _TASKS_OF_A_PROCESS,
            file_size=workplace.limits.disk,
            shared_memory=workplace.limits.memory // 2,
        )

    def own_variables(self, workplace: Workplace) -> dict[str, str]:
        """Variables that are another post's own: a home without anything, and nobody's name."""
        home = workplace.private / "home"
        home.mkdir(exist_ok=True)
        return {"HOME": str(home), "USER": "haebom", "LOGNAME": "haebom"}

    def _readable(self, workplace: Workplace, network: bool) -> Iterator[Path]:
        yield self.root
        named = filter(None, workplace.env.get("PYTHONPATH", "").split(os.pathsep))
        for folder in (*self.readable, *map(Path, named)):
            if not Path.home().is_relative_to(folder.resolve()) and self._is_straight(folder):
                yield folder
        if workplace.python is not None:
            yield from _interpreter(workplace.python)
        yield from (Path.home() / name for name in _FONTS)
        if network:
            yield Path("/etc/resolv.conf").resolve()

    def _is_straight(self, path: Path) -> bool:
        """Whether a path is what it says: in the project it may be a link that a stranger made."""
        return not path.is_relative_to(self.root) or path.resolve() == path

    def _hidden(self) -> Iterator[Path]:
        home = Path.home().resolve()
        if not home.is_relative_to(self.root):
            yield home
        yield self.store.resolve()
        for path in self.root.iterdir():
            is_interpreter = Path(sys.prefix).is_relative_to(path)
            if path.name.startswith(".") and not path.is_symlink() and not is_interpreter:
                yield path


def _interpreter(python: Path) -> Iterator[Path]:
    """The folders of an interpreter: of its virtual environment, and of what that stands on."""
    for path in (python, python.resolve()):
        yield path.parent.parent


def _accelerators() -> Iterator[str]:
    for pattern in _ACCELERATORS:
        yield from map(str, sorted(Path("/").glob(pattern[1:])))


def missing() -> dict[Mechanism, str]:
    """Which mechanisms are not to be had here, each with a clause that says why."""
    with _TRYING:
        return _missing()


@functools.cache
def _missing() -> dict[Mechanism, str]:
    if sys.platform != "linux":
        return dict.fromkeys(Mechanism, f"{sys.platform} has no means for it that haebom knows")
    environment = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-P", "-m", "haebom.kernels.containment.probe"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    try:
        return {Mechanism(name): why for name, why in json.loads(done.stdout).items()}
    except ValueError:
        return dict.fromkeys(Mechanism, "trying it out failed")
