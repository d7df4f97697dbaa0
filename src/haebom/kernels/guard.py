"""A small process that outlives the builder by a moment, to end the kernels of a killed one.

The builder tells it on standard input which processes there are; the end of the input, however it
comes about, ends those that are left.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading

from haebom.kernels.processes import end_family


class Guard:
    """The builder's side; it starts the process when there is first something to watch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def watch(self, pid: int, marker: str) -> None:
        """End this family if the builder goes away.

        Args:
            pid: The kernel's process id.
            marker: See :func:`haebom.kernels.processes.end_family`.
        """
        self._tell(f"+{pid} {marker}\n")

    def release(self, pid: int) -> None:
        """The family has ended."""
        self._tell(f"-{pid}\n")

    def _tell(self, line: str) -> None:
        with self._lock:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "haebom.kernels.guard"],
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                    stdin=subprocess.PIPE,
                    text=True,
                    start_new_session=True,  # an interrupt at the terminal is the builder's alone
                )
                atexit.register(self._close)
            assert self._process.stdin is not None
            try:
                self._process.stdin.write(line)
                self._process.stdin.flush()
            except OSError:
                return  # somebody has killed it; the builder still cleans up by itself

    def _close(self) -> None:
        if self._process is not None:
            self._process.communicate()


guard = Guard()
"""The builder's one guard."""


def main() -> None:
    """Take notes until the builder is gone, then clean up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    families: dict[int, str] = {}
    for line in sys.stdin:
        pid, _, marker = line[1:].rstrip("\n").partition(" ")
        if line.startswith("+"):
            families[int(pid)] = marker
        else:
            families.pop(int(pid), None)
    for number, marker in families.items():
        end_family(number, marker)


if __name__ == "__main__":
    main()
