"""Preloaded kernels: a server process imports the heavy packages once and forks a child per post.

Two sides share this package. In the builder: :mod:`client` (starts the server) and :mod:`kernel`
(one post's kernel). In the server and its children: :mod:`server`, :mod:`child`, :mod:`shell`,
:mod:`streams` and :mod:`shelf`. Both sides: :mod:`wire`. Nothing is imported here, so that the
server holds nothing but what it needs.
"""
