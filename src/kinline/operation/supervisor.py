"""Keeps the programs of an installation running, and stops them so that nothing is left behind."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger("supervisor")

_PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STEADY_AFTER = 60.0
"""Seconds. What crashes is started again after 0.5, 1, 2 ... 30 s; what had run for a minute, after 0.5 s again."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program to keep running. `is_ready` tells whether it serves; `grace` are the seconds it has to stop itself."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], Awaitable[bool]] | None = None
    grace: float = 10.0


def kinline(*words: str) -> tuple[str, ...]:
    """The command line of one of our own subcommands, run by this very Python."""
    return (sys.executable, "-m", "kinline", *words)


class Supervisor:
    """Runs programs until it is told to stop; starts again what crashes.

    Each program leads its own process group, so that a Ctrl-C in the terminal reaches the supervisor alone, which then
    stops them one after the other in the order given. The kernel ends them when the supervisor itself is killed.
    """

    def __init__(self, programs: tuple[Program, ...]) -> None:
        self._programs = programs
        self._stopping = asyncio.Event()
        self._hurried = asyncio.Event()
        self._running: dict[str, asyncio.subprocess.Process] = {}

    def stop(self) -> None:
        """Stop all programs gracefully; asked a second time, at once."""
        if self._stopping.is_set():
            self._hurried.set()
        self._stopping.set()

    async def run(self, ready_within: float, on_ready: Callable[[], None]) -> int:
        """Run until `stop`; the exit status. When the programs are not all ready within `ready_within` seconds, that is
        logged and everything is stopped."""
        keepers = {program.name: asyncio.create_task(self._keep(program)) for program in self._programs}
        ready = asyncio.create_task(self._all_ready())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ready, stopping}, timeout=ready_within, return_when=asyncio.FIRST_COMPLETED)
        status = 0
        if ready.done():
            on_ready()
            await stopping
        else:
            ready.cancel()
            if not self._stopping.is_set():
                log.error("supervisor.not_ready", seconds=ready_within)
                status = 1
        self._stopping.set()
        for program in self._programs:
            await self._end(program)
            await keepers[program.name]
        stopping.cancel()
        return status

    async def _all_ready(self) -> None:
        for program in self._programs:
            while not await self._is_ready(program):  # noqa: ASYNC110 (what it waits for happens in another process)
                await asyncio.sleep(0.1)

    async def _is_ready(self, program: Program) -> bool:
        return program.name in self._running and (program.is_ready is None or await program.is_ready())

    async def _keep(self, program: Program) -> None:
        delay = FIRST_DELAY
        while not self._stopping.is_set():
            started = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *program.command,
                stdin=asyncio.subprocess.DEVNULL,
                # Not a session: Linux shares its processors among sessions (autogroup), and one that had little to do
                # was seen to stand still for seconds beside one that had much.
                process_group=0,
                preexec_fn=die_with(os.getpid()),
            )
            self._running[program.name] = process
            log.info("program.started", program=program.name, pid=process.pid)
            status = await process.wait()
            del self._running[program.name]
            _kill_group(process.pid)  # whatever it had started itself
            if self._stopping.is_set():
                log.info("program.stopped", program=program.name, status=status)
                return
            if time.monotonic() - started > STEADY_AFTER:
                delay = FIRST_DELAY
            log.error("program.crashed", program=program.name, status=status, again_in_seconds=delay)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _end(self, program: Program) -> None:
        process = self._running.get(program.name)
        if process is None:
            return
        log.info("program.stopping", program=program.name, pid=process.pid)
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        gone = asyncio.create_task(process.wait())
        hurried = asyncio.create_task(self._hurried.wait())
        await asyncio.wait({gone, hurried}, timeout=program.grace, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not gone.done():
            log.error("program.killed", program=program.name, pid=process.pid)
            _kill_group(process.pid)
            await gone


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def die_with(parent: int) -> Callable[[], None]:
    """For `preexec_fn`: what a child does before it becomes its program, asking for SIGTERM when the parent is gone."""

    def ask() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it was gone before we could ask
            os._exit(1)

    return ask
