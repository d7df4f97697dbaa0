"""The project's own environment in .venv, made by whatever Python runs the scripts.

Standard library only, and syntax that an old Python can at least read, so that it can say that it
is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)

REASONS = (
    ("No space left", "The disk is full."),
    ("Temporary failure in name resolution", "There is no network connection."),
    ("Failed to establish a new connection", "There is no network connection."),
    ("NewConnectionError", "There is no network connection."),
    ("ProxyError", "The network's proxy does not let pip through."),
    ("Permission denied", "This folder cannot be written to."),
    ("Requires-Python", "A pinned package does not support this Python."),
    ("No matching distribution", "A pinned package cannot be found (no network, or withdrawn)."),
)


class SetUpError(Exception):
    """The environment cannot be made; the message is one sentence."""


def main(requirements: str, *commands: list) -> None:
    """Make the environment if need be, run commands in it one after the other.

    Each command is a list of arguments for Python. The first one that fails ends this process too,
    with its exit code.
    """
    try:
        python = prepare(requirements)
        for command in commands:
            code = run(python, command)
            if code:
                sys.exit(code)
    except SetUpError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(3)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        sys.exit(2)


def prepare(requirements: str) -> Path:
    """The environment's Python, with the requirements installed.

    A stamp with a hash of all that decides what is installed lets the next call start at once.
    """
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise SetUpError(
            "Python {}.{} to {}.{} is needed, and this is {}.{}; call the script with another, "
            "for instance python3.11 {}.".format(
                *OLDEST, *NEWEST, *sys.version_info[:2], Path(sys.argv[0]).name
            )
        )
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = VENV / f"stamp-{requirements}"
    wanted = fingerprint(requirements)
    if python.exists() and stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return python
    try:
        if not usable(python):
            say("making .venv with Python {}.{}.{}".format(*sys.version_info[:3]))
            shutil.rmtree(str(VENV), ignore_errors=True)
            step([sys.executable, "-m", "venv", str(VENV)], "The environment cannot be made.")
        say(f"installing {requirements} into .venv; the first time takes a few minutes")
        install = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
        step([*install, "-r", requirements], "The packages cannot be installed.")
        stamp.write_text(wanted, "utf-8")
    except OSError as error:
        reason = REASONS[0][1] if error.errno == 28 else str(error)
        raise SetUpError(f"The environment cannot be made: {reason}") from error
    return python


def usable(python: Path) -> bool:
    """Whether .venv is there, whole, and of the Python that runs this script."""
    if not python.exists():
        return False
    try:
        answer = subprocess.run(
            [str(python), "-c", "import pip, sys; print(sys.version_info[:2])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except OSError:
        return False
    return answer.stdout.strip() == str(sys.version_info[:2])


def fingerprint(requirements: str) -> str:
    """Hash of the requirements, the package's metadata if it is here, and the interpreter."""
    whole = hashlib.sha256(repr((sys.version_info[:3], str(ROOT))).encode())
    for name in ("requirements.txt", requirements, "pyproject.toml"):
        if (ROOT / name).is_file():
            whole.update((ROOT / name).read_bytes())
    return whole.hexdigest()


def step(command: list, failure: str) -> None:
    """Run a part of the set-up; its output is shown only if it fails."""
    process = subprocess.Popen(
        command,
        cwd=str(ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    try:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            show_progress(line)
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        show_progress("")
    if code:
        whole = "\n".join(lines)
        reason = next((text for sign, text in REASONS if sign in whole), "")
        last = "" if reason else "\n" + "\n".join(lines[-12:])
        raise SetUpError(f"{failure} {reason}{last}".strip())


def show_progress(line: str) -> None:
    """Name the package that pip is busy with, on one line of a terminal."""
    if sys.stdout.isatty():
        words = line.split()
        name = words[1] if line.startswith("Collecting") and len(words) > 1 else ""
        if name or not line:
            print("\r\033[K{}".format("  " + name if name else ""), end="", flush=True)


def say(message: str) -> None:
    """Tell what is being done."""
    print(f"haebom: {message}", flush=True)


def run(python: Path, command: list) -> int:
    """Run the environment's Python in the project's folder.

    An interrupt at the terminal reaches the command as well; it is left to end by itself.
    """
    env = dict(os.environ, NO_MKDOCS_2_WARNING="1", PYTHONUTF8="1")
    env["PATH"] = str(python.parent) + os.pathsep + env.get("PATH", "")
    process = subprocess.Popen([str(python), *command], cwd=str(ROOT), env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
