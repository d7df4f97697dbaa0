"""Environments with other packages, in which posts are tried.

With the interpreter that runs haebom an environment is an *overlay*: a virtual environment that
holds only what differs and finds everything else in the one that is there; it takes seconds, and
preloaded kernels work in it. Another version of Python needs an environment of its own.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import findpython
from packaging.specifiers import SpecifierSet

from haebom.errors import HaebomError
from haebom.model import digest
from haebom.store import write_atomically

_READY = "ready.json"
_KERNEL = "ipykernel"


@dataclass(frozen=True, slots=True)
class Made:
    """An environment that is there.

    Args:
        python: Its interpreter, or None where it is an overlay of the one that runs haebom.
        packages: The folder with what was installed.
        version: Version of the interpreter, as ``3.12.1``.
        installed: Distributions that were installed, with their versions.
    """

    python: Path | None
    packages: Path
    version: str
    installed: Mapping[str, str]

    def variables(self, env: Mapping[str, str]) -> dict[str, str]:
        """The environment variables that posts need in it.

        Args:
            env: Those that posts have otherwise.
        """
        if self.python is not None:
            return dict(env)
        paths = [str(self.packages), *filter(None, [env.get("PYTHONPATH")])]
        return {**env, "PYTHONPATH": os.pathsep.join(paths)}


def make(folder: Path, requirements: Iterable[str], python: str = "") -> Made:
    """Make an environment, unless it is there already.

    Args:
        folder: Where environments are kept.
        requirements: What to install, as pip takes it. Where another interpreter is asked for,
            that is everything that posts import; the kernel itself comes along.
        python: Version of another interpreter, such as ``3.12``, or an empty string.

    Raises:
        HaebomError: There is no such interpreter, or something cannot be installed.
    """
    wanted = list(requirements)
    interpreter = _find(python) if python else None
    if interpreter is not None:
        wanted.append(f"{_KERNEL}=={importlib.metadata.version(_KERNEL)}")
    target = folder / digest(sys.version, str(interpreter), *wanted)
    if not (target / _READY).exists():
        _install(target, interpreter, wanted)
    return _look(target, interpreter)


def other_pythons() -> tuple[str, ...]:
    """Versions of the other interpreters on the machine that the kernel works in, newest first."""
    here = sys.version_info[:2]
    suits = SpecifierSet(importlib.metadata.metadata(_KERNEL)["Requires-Python"])
    found = {(each.major, each.minor) for each in findpython.find_all() if each.is_valid()}
    versions = [f"{major}.{minor}" for major, minor in sorted(found - {here}, reverse=True)]
    return tuple(suits.filter(versions))


def _find(version: str) -> Path | None:
    """The interpreter of that version; None if it is the one that runs this."""
    if version == ".".join(map(str, sys.version_info[:2])):
        return None
    found = findpython.find(version)
    if found is None:
        raise HaebomError(
            f"There is no Python {version} on this machine.",
            "Install it, for instance with pyenv, or take it out of 'matrix:'.",
        )
    return Path(found.executable)


def _install(target: Path, interpreter: Path | None, requirements: list[str]) -> None:
    shutil.rmtree(target, ignore_errors=True)  # what an interrupted attempt has left
    target.parent.mkdir(parents=True, exist_ok=True)
    _run([str(interpreter or sys.executable), "-m", "venv", "--without-pip", str(target)])
    if interpreter is None:
        here = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
        lines = "".join(f"{path}\n" for path in dict.fromkeys(here))
        (_packages(target) / "haebom.pth").write_text(lines, "utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(_python(target)), "install", "--quiet"]
    if requirements:
        _run([*pip, "--disable-pip-version-check", "--no-input", *requirements])
    content = json.dumps({"requirements": requirements}, indent=1).encode()
    write_atomically(target / _READY, content)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        reason = (lines or done.stderr.splitlines() or ["it gave no reason"])[-1].strip()
        raise HaebomError(
            f"The environment cannot be made: {reason.removeprefix('ERROR: ').rstrip('.')}.",
            "Look at 'requirements:' of this entry under 'matrix:'.",
        )


def _look(target: Path, interpreter: Path | None) -> Made:
    packages = _packages(target)
    found = importlib.metadata.distributions(path=[str(packages)])
    installed = {str(each.name): each.version for each in found}
    config = (target / "pyvenv.cfg").read_text("utf-8")
    settings = dict(line.split(" = ", 1) for line in config.splitlines() if " = " in line)
    python = None if interpreter is None else _python(target)
    return Made(python, packages, settings["version"], installed)


def _packages(target: Path) -> Path:
    if os.name == "nt":
        return target / "Lib" / "site-packages"
    return next((target / "lib").glob("python3.*")) / "site-packages"


def _python(target: Path) -> Path:
    return target / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
