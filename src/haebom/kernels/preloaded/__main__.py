"""Starts the kernel server; see :mod:`haebom.kernels.preloaded.server`."""

from haebom.kernels.preloaded import heap

heap.fill()  # before everything else is imported

from haebom.kernels.preloaded.server import main  # noqa: E402

main()
