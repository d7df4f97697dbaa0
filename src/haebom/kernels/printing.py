"""Runs inside an ordinary Python kernel: what C code and other programs print belongs to the cell
that printed it.

ipykernel reads their output from pipes, each in a thread of its own. What such a thread reads a
moment too late carries the number of a cell that is over, and is lost.

It must not import anything of haebom, since a kernel may live in another environment.
"""

import os
import sys
import threading
from typing import Any

MARK = "\0"
"""Written behind everything else; a longer one could arrive in two parts."""

PATIENCE = 5.0
"""Seconds to wait for a thread that should answer at once."""


def watch(shell: Any) -> None:
    """Wait at the end of each cell until what it has printed has been read.

    Args:
        shell: The IPython shell of an ordinary kernel.
    """
    for stream in (sys.stdout, sys.stderr):
        shell.events.register("post_run_cell", lambda _, stream=stream: catch_up(stream))


def catch_up(stream: Any) -> None:
    """Wait until the thread of a stream has read everything in its pipe.

    Args:
        stream: ipykernel's; one without such a thread is left alone.
    """
    thread = getattr(stream, "watch_fd_thread", None)
    if thread is None or not thread.is_alive() or threading.current_thread() is thread:
        return
    seen = threading.Event()

    def write(text: str) -> int:
        before, mark, after = text.rpartition(MARK)
        if mark and threading.current_thread() is thread:
            text = before + after
            seen.set()
        return int(type(stream).write(stream, text))

    stream.write = write
    try:
        os.write(stream._original_stdstream_fd, MARK.encode())
        seen.wait(PATIENCE)
    finally:
        del stream.write
