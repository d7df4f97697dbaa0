"""Starts the kernel server; see :mod:`haebom.kernels.preloaded.server`."""

import sys

from haebom.kernels.preloaded import heap

heap.fill()  # before everything else is imported
del sys.path[0]  # the folder that the builder was started in

from haebom.kernels.containment import rooms  # noqa: E402

fds = [int(argument) for argument in sys.argv[3:]]
maker = rooms.start(fds[1], fds[0]) if len(fds) > 1 else 0  # while there is little to be copied

from haebom.kernels.preloaded.server import main  # noqa: E402

main(sys.argv[1], int(sys.argv[2]), fds[0], maker)
