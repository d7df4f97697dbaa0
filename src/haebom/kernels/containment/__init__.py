"""Containment: what keeps a post from the machine that it runs on. Linux only.

In the builder: :mod:`policy` (what a site allows) and :mod:`probe` (what this system can do). In
the process that becomes a post's kernel: :mod:`enter`, which builds on :mod:`namespaces` with
:mod:`room`, on :mod:`landlock` and on :mod:`seccomp`; :mod:`launch` starts a portable kernel that
way. Both sides: :mod:`plan`. The process's side stands on the standard library alone, since every
post waits for it.
"""
