"""The portable kernel: any Jupyter kernel in a fresh process, driven by nbclient."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from queue import Empty
from typing import Any, TypeVar

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from traitlets import Type

from haebom.kernels import bootstrap
from haebom.kernels.base import ANSWER, Answer, KernelError, Reply, Trace, Workplace
from haebom.kernels.collector import QUIET, UPSET, Collector, GarbledError
from haebom.kernels.containment.plan import KEEPERS, Mechanism
from haebom.kernels.guard import guard
from haebom.kernels.processes import MARKER, end_family
from haebom.kernels.watch import TICK, Watch
from haebom.model import Expression, Output, State
from haebom.seed import SEED

STARTUP = 60.0
"""Seconds that a kernel may take to answer for the first time."""

WAKE = 0.1
"""Seconds after which a reply is looked for again; see :class:`_ShellChannel`."""

_PACKAGE = "haebom_inside"
"""What the helpers within a kernel are called there, where there may be another haebom or none."""

_INSIDE = (
    "dark",
    "texts",
    "bootstrap",
    "description",
    "png",
    "plain",
    "both",
    "figures",
    "notices",
    "printing",
    "tracing",
    "naming",
    "results",
    "reading",
    "uses",
)
"""The helpers, each after those that it imports."""

T = TypeVar("T")


class _ShellChannel(AsyncZMQSocketChannel):  # type: ignore[misc]
    """Receives although something is sent meanwhile.

    A ZeroMQ socket tells of news once. Jupyter sends past the event loop, and where a widget makes
    it send just as a reply comes in, the sending takes the news with it: whoever waits for the
    reply would wait for ever.
    """

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        clock = asyncio.get_running_loop().time
        end = math.inf if timeout is None else clock() + timeout
        while True:
            left = max(end - clock(), 0)
            try:
                message: dict[str, Any] = await super().get_msg(min(left, WAKE))
            except Empty:
                if left <= WAKE:
                    raise
            else:
                return message


class _Client(AsyncKernelClient):  # type: ignore[misc]
    shell_channel_class = Type(_ShellChannel)


class _Loop:
    """An event loop in a thread of its own.

    Who calls may be inside a loop already (a notebook, a server, Playwright), and no thread runs
    two.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="haebom-kernel", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    @property
    def closed(self) -> bool:
        return self._loop.is_closed()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it there and wait for what it returns or raises; an interrupt here cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        self.run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _transport(folder: Path) -> dict[str, str]:
    """Sockets in a folder, where the system has them.

    Jupyter looks for free ports and lets them go again before the kernel takes them: kernels that
    start at the same time take each other's.
    """
    path = str(folder / "s")
    longest = 90  # the system's limit is about a hundred bytes, and a number is put behind
    return {} if os.name == "nt" or len(path) > longest else {"transport": "ipc", "ip": path}


class _Specs(KernelSpecManager):  # type: ignore[misc]
    """Jupyter's kernels, started the way that a post's workplace asks for.

    Args:
        workplace: It may ask for another interpreter, and for containment.
        sockets: The folder of the sockets, which a contained kernel has to reach too.
    """

    def __init__(self, workplace: Workplace, sockets: Path) -> None:
        super().__init__()
        self._workplace = workplace
        self._sockets = sockets

    def get_kernel_spec(self, kernel_name: str) -> Any:
        spec = super().get_kernel_spec(kernel_name)
        python, plan = self._workplace.python, self._workplace.plan
        if python is not None and spec.language == "python":
            spec.argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        elif re.fullmatch(r"python[\d.]*", spec.argv[0]):  # Jupyter means the one that runs it
            spec.argv = [sys.executable, *spec.argv[1:]]
        if plan is not None:
            program = Path(shutil.which(spec.argv[0]) or spec.argv[0])
            where = (program.parent.parent, program.resolve().parent.parent, spec.resource_dir)
            plan = replace(
                plan,
                readable=(*plan.readable, *map(str, where)),
                writable=(*plan.writable, str(self._sockets)),
                # a kernel talks to itself over 127.0.0.1, which is the machine's own without them
                network=plan.network or not plan.uses(Mechanism.NAMESPACES),
            )
            launcher = [sys.executable, "-P", "-m", "haebom.kernels.containment.launch"]
            spec.argv = [*launcher, json.dumps(plan.as_json()), *spec.argv]
        return spec


class JupyterKernel:
    """A kernel in a process of its own; see :class:`haebom.kernels.base.Kernel`.

    Args:
        workplace: Where and how to start it.

    Raises:
        KernelError: There is no such kernel, or it does not start.
    """

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._marker = workplace.env.get(MARKER, "")
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._killed = False
        self._loop = _Loop()
        self._sockets = Path(tempfile.mkdtemp(prefix=f"haebom-{os.getpid()}-"))
        self._manager = AsyncKernelManager(
            kernel_name=workplace.kernel,
            log=QUIET,
            client_factory=_Client,
            kernel_spec_manager=_Specs(workplace, self._sockets),
            connection_file=str(workplace.private / "connection.json"),
            **_transport(self._sockets),
        )
        self._client = Collector(workplace.limits, self.kill, self._manager)
        plan = workplace.plan
        is_in_room = plan is not None and plan.uses(Mechanism.NAMESPACES)
        self._watch = Watch(workplace, KEEPERS if is_in_room else 0)
        self._errors = workplace.private / "kernel.log"
        try:
            self._loop.run(self._start())
        except NoSuchKernel:
            self.close()
            known = ", ".join(sorted(KernelSpecManager().find_kernel_specs())) or "none"
            raise KernelError(
                f"There is no Jupyter kernel named {workplace.kernel!r} here.",
                f"Kernels on this machine: {known}.",
            ) from None
        except BaseException as error:
            self.close()
            if not isinstance(error, Exception):
                raise
            raise KernelError(
                f"The kernel {workplace.kernel!r} did not start: {self._last_words() or error}."
            ) from error

    async def _start(self) -> None:
        profiles = self._make_profile()
        errors = await asyncio.to_thread(self._errors.open, "wb")
        with errors:
            await self._manager.start_kernel(
                cwd=str(self._workplace.cwd),
                env={**self._workplace.env, "IPYTHONDIR": str(profiles)},
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        pid: int = self._manager.provisioner.pid
        guard.watch(pid, self._marker)
        with self._lock:
            self._pid = pid
        if self._killed:
            self.kill()
        self._client.startup_timeout = STARTUP
        await self._client.async_start_new_kernel_client()
        if self._is_python():
            await self._silently(self._preparation(), STARTUP)

    def _make_profile(self) -> Path:
        """Make settings for IPython, so that it neither reads nor writes the user's own."""
        folder = self._workplace.private / "ipython"
        (folder / "profile_default").mkdir(parents=True, exist_ok=True)
        settings = {"HistoryManager": {"hist_file": ":memory:"}}
        file = folder / "profile_default" / "ipython_kernel_config.json"
        file.write_text(json.dumps(settings), "utf-8")
        return folder

    def _preparation(self) -> str:
        """Code that brings the helpers into the kernel, which may lack haebom, and starts them."""
        folder = Path(bootstrap.__file__).parent
        sources = {name: (folder / f"{name}.py").read_text("utf-8") for name in _INSIDE}
        private = str(self._workplace.private)
        return (
            "def prepare():\n"
            "    import sys, types\n"
            f"    inside = sys.modules[{_PACKAGE!r}] = types.ModuleType({_PACKAGE!r})\n"
            f"    for name, source in {sources!r}.items():\n"
            f"        module = types.ModuleType({_PACKAGE!r} + '.' + name)\n"
            f"        module.__package__ = {_PACKAGE!r}\n"
            "        sys.modules[module.__name__] = inside.__dict__[name] = module\n"
            "        exec(compile(source, name, 'exec'), module.__dict__)\n"
            "    tracer, reader = inside.tracing.tracer, inside.uses.reader\n"
            "    notices = inside.notices.notices\n"
            "    inside.report = lambda: {**tracer.report(), 'uses': reader.report(),\n"
            "        'notices': notices.report()}\n"
            f"    inside.bootstrap.pin({SEED})\n"
            "    inside.bootstrap.name_cells(get_ipython())\n"
            "    inside.bootstrap.reverse_listings()\n"
            "    inside.figures.register(get_ipython())\n"
            "    tracer.install()\n"
            "    tracer.settle()\n"
            f"    tracer.start({private!r})\n"
            "    reader.watch(get_ipython())\n"
            "    inside.printing.watch(get_ipython())\n"
            "    notices.listen()\n"
            "prepare()\n"
            "del prepare\n"
        )

    def _is_python(self) -> bool:
        return str(self._manager.kernel_spec.language) == "python"

    async def _silently(self, code: str, timeout: float, **expressions: str) -> dict[str, Any]:
        """Run code that leaves no trace in the history or on the page.

        Args:
            code: The code.
            timeout: Seconds that it may take.
            expressions: Expressions that are evaluated afterwards, under their names.
        """
        reply = await self._client.kc.execute_interactive(
            code,
            silent=True,
            store_history=False,
            allow_stdin=False,
            timeout=timeout,
            user_expressions=expressions,
            output_hook=lambda message: None,
        )
        content: dict[str, Any] = reply["content"]
        if content["status"] != "ok":
            raise RuntimeError(content.get("evalue", "the set-up failed"))
        return content

    def execute(self, source: str, timeout: float) -> Reply:
        """See :meth:`haebom.kernels.base.Kernel.execute`."""
        index = self._client.add_cell(source)
        return self._loop.run(self._execute(index, timeout))

    async def _execute(self, index: int, timeout: float) -> Reply:
        cell = self._client.nb.cells[index]
        task = asyncio.ensure_future(self._client.async_execute_cell(cell, index))
        try:
            await self._watched(task, timeout)
            if not task.done():
                await self._stop(task)
                return Reply(State.TIMEOUT, f"It ran longer than its limit of {timeout:g} seconds.")
            await task
        except DeadKernelError:
            if self._client.exceeded:
                return Reply(State.LIMIT, self._client.exceeded)
            return Reply(State.DIED, f"The kernel ended while it ran{self._how()}.")
        except GarbledError:
            self.kill()
            return UPSET
        failed = any(output.output_type == "error" for output in cell.outputs)
        return Reply(State.ERROR if failed else State.OK)

    def evaluate(self, expression: Expression, timeout: float) -> Answer | Reply:
        """See :meth:`haebom.kernels.base.Kernel.evaluate`."""
        return self._loop.run(self._evaluate(expression, timeout))

    async def _evaluate(self, expression: Expression, timeout: float) -> Answer | Reply:
        parts = [expression.code, expression.conversion, expression.spec]
        ask = f"bootstrap.evaluate(get_ipython().user_ns, *{parts!r})"
        answer = self._ask(ask, timeout + self._workplace.limits.grace)
        task = asyncio.ensure_future(self._while_alive(answer))
        await self._watched(task, timeout)
        if not task.done():
            await self._stop(task)
            return Reply(State.TIMEOUT, f"It ran longer than its limit of {timeout:g} seconds.")
        try:
            return Answer.from_report(await task)
        except (RuntimeError, DeadKernelError, TimeoutError, KeyError, ValueError):
            if self._client.exceeded:
                return Reply(State.LIMIT, self._client.exceeded)
            return Reply(State.DIED, f"The kernel ended while it ran{self._how()}.")

    async def _while_alive(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for an answer, but not for that of a kernel that has ended."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait({task}, timeout=TICK)
            if not task.done() and self._exit_code() is not None:
                task.cancel()
                raise DeadKernelError
        return await task

    async def _ask(self, call: str, timeout: float) -> Any:
        """What a function of the helpers in the kernel returns, by way of JSON."""
        ask = f"__import__('json').dumps(__import__({_PACKAGE!r}).{call})"
        content = await self._silently("", timeout, answer=ask)
        shown = content["user_expressions"]["answer"]["data"]["text/plain"]
        return json.loads(ast.literal_eval(shown))

    async def _watched(self, task: asyncio.Task[Any], timeout: float) -> None:
        """Wait for the cell, with an eye on what it uses."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout
        while not task.done() and (left := deadline - clock()) > 0:
            await asyncio.wait({task}, timeout=min(left, TICK))
            if not task.done() and not self._client.exceeded:
                reason = self._watch.breach(self._pid or 0)
                if reason:
                    self._client.exceed(reason)

    async def _stop(self, task: asyncio.Task[Any]) -> None:
        """Interrupt, give it a moment, then kill."""
        with contextlib.suppress(Exception):
            await self._manager.interrupt_kernel()
        await asyncio.wait({task}, timeout=self._workplace.limits.grace)
        self.kill()
        task.cancel()
        await asyncio.wait({task}, timeout=self._workplace.limits.grace)
        if task.done() and not task.cancelled():
            task.exception()  # it is told as a timeout; asyncio need not complain

    def _how(self) -> str:
        code = self._exit_code()
        if code is None:
            return ""
        if code < 0:
            return f" (signal {-code})"
        return f" (exit code {code})"

    def _exit_code(self) -> int | None:
        process = self._manager.provisioner and self._manager.provisioner.process
        return process.poll() if process else None

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = self._errors.read_text("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else ""
        return ""

    def outputs(self) -> tuple[tuple[Output, ...], ...]:
        """See :meth:`haebom.kernels.base.Kernel.outputs`."""
        return self._client.gathered()

    def trace(self) -> Trace | None:
        """See :meth:`haebom.kernels.base.Kernel.trace`."""
        if self._killed or self._exit_code() is not None or not self._is_python():
            return None
        try:
            return self._loop.run(self._trace())
        except (RuntimeError, TimeoutError, KeyError, ValueError):
            return None  # the post has upset its kernel

    async def _trace(self) -> Trace:
        return Trace.from_report(await self._ask("report()", ANSWER))

    def kill(self) -> None:
        """See :meth:`haebom.kernels.base.Kernel.kill`."""
        with self._lock:
            self._killed = True
            pid = self._pid
        if pid is not None:
            end_family(pid, self._marker)
            guard.release(pid)

    def close(self) -> None:
        """See :meth:`haebom.kernels.base.Kernel.close`."""
        self.kill()
        if self._loop.closed:
            return
        with contextlib.suppress(Exception):
            self._loop.run(self._release())
        self._loop.close()
        shutil.rmtree(self._sockets, ignore_errors=True)

    async def _release(self) -> None:
        if self._client.kc is not None:
            self._client.kc.stop_channels()
        if self._manager.has_kernel:
            await self._manager.shutdown_kernel(now=True)
        await self._manager.cleanup_resources()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
