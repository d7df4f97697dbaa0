"""Gives each post the kernel that suits it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from haebom.kernels.base import Kernel, KernelFactory, Workplace
from haebom.kernels.containment.policy import Policy, missing
from haebom.kernels.preloaded.client import KernelServer
from haebom.kernels.preloaded.process import ServerProcess, available
from haebom.kernels.wanted import wanted
from haebom.model import Post
from haebom.need import Kind

_SLOW = "kernels cannot be preloaded on this system; each post starts its own"


class KernelPool:
    """Starts kernels: forked from a server with preloaded packages where that can be done, else
    in a fresh process.

    It may live from one build to the next; the server then needs no new start.

    Args:
        preload: Modules that are worth preloading.
        env: The environment that all posts share.
        python: Interpreter of the kernels, if it is another than the one that runs haebom.
        policy: What contained posts may do, or None if posts are not contained.
        server: One that has been launched already; of no use if its environment is another.
    """

    def __init__(
        self,
        preload: Sequence[str],
        env: Mapping[str, str],
        python: Path | None = None,
        policy: Policy | None = None,
        server: KernelServer | None = None,
    ) -> None:
        self.preload = tuple(preload)
        self.env = dict(env)
        self.python = python
        self.policy = policy
        self._server = server
        contains = policy is not None
        if server is not None and (server.env, server.contains) != (self.env, contains):
            self.close()
        self._has_contained = False
        self._has_started = False

    def with_env(self, env: Mapping[str, str]) -> KernelPool:
        """A pool of the same kernels in another environment.

        Args:
            env: The environment.
        """
        return KernelPool(self.preload, env, self.python, self.policy)

    @property
    def is_portable(self) -> bool:
        """Whether all kernels are fresh processes.

        Another interpreter may lack haebom, which the server is made of.
        """
        return not available() or self.python is not None

    def prepare(self, posts: Iterable[Post]) -> None:
        """Get ready for posts; what none of them imports is not preloaded."""
        if self.is_portable:
            return
        names = self._wanted(post for post in posts if self._is_forked(post))
        loaded = self._server.preloaded if self._server else None
        if self._server is None or (loaded is not None and not set(names) <= set(loaded)):
            self.close()
            process = ServerProcess(self.env, contains=self.policy is not None)
            self._server, loaded = KernelServer(process), None
        if loaded is None:
            self._server.preload(names)

    @staticmethod
    def get_ready() -> None:
        """Import what drives kernels, which takes a moment itself."""
        from haebom.kernels import collector  # noqa: F401

    def _is_forked(self, post: Post) -> bool:
        return post.execution.kernel == "python3" and not (post.execution.fresh or self.is_portable)

    def _wanted(self, posts: Iterable[Post]) -> tuple[str, ...]:
        """The modules that are worth preloading for posts."""
        code = "\n".join(cell.code for post in posts for cell in post.runnable)
        return wanted(code, self.preload)

    def factory(self, post: Post) -> KernelFactory:
        """What starts the kernel of a post."""
        forked = self._server if self._is_forked(post) else None
        imports = self._wanted([post]) if forked else ()
        needs = {*post.execution.needs, *(n for c in post.runnable for n in c.options.needs)}

        def start(workplace: Workplace) -> Kernel:
            self._has_started = True
            workplace = replace(workplace, python=self.python, imports=imports)
            if self.policy is not None:
                plan = self.policy.plan(workplace, needs_network=Kind.NETWORK in needs)
                env = {**workplace.env, **self.policy.own_variables(workplace)}
                workplace = replace(workplace, plan=plan, env=env)
                self._has_contained = True
            return (forked or _start_fresh)(workplace)

        return start

    def problems(self) -> tuple[str, ...]:
        """What is less than good about the kernels that have been started, as lines."""
        preload = self._server.problems if self._server else ()
        contain = missing().values() if self._has_contained else ()
        return (
            *([_SLOW] if self._has_started and not available() else []),
            *(f"preload: {problem}" for problem in preload),
            *(f"contain: {problem}; posts are contained without it" for problem in contain),
        )

    def close(self) -> None:
        """End the server and all its kernels."""
        if self._server is not None:
            self._server.close()
            self._server = None


def _start_fresh(workplace: Workplace) -> Kernel:
    # nbclient and what it stands on take a quarter of a second to import
    from haebom.kernels.jupyter import JupyterKernel

    workplace.turn()
    return JupyterKernel(workplace)


@functools.cache
def installed_kernels() -> tuple[str, ...]:
    """Names of the Jupyter kernels on this machine."""
    from jupyter_client.kernelspec import find_kernel_specs

    return tuple(sorted(find_kernel_specs()))
