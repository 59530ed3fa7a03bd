"""`kinline up`: the whole installation in one terminal."""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
from functools import partial

from kinline import logs
from kinline.configuration import Configuration, configuration
from kinline.operation import ground
from kinline.operation.readiness import accepts_tcp, answers_http
from kinline.operation.supervisor import Program, Supervisor, kinline

READY_WITHIN = 60.0
"""Seconds that the programs have to become ready."""
CALLS_END_WITHIN = 15.0
"""Seconds that the switchboard has to end and settle its calls, after it has let them go on for `drain_seconds`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ports, database and the rest come from the environment: see docs/operations.md."""


def run(arguments: argparse.Namespace) -> int:
    """Check, prepare, run until Ctrl-C or SIGTERM, stop. The exit status: 0 when stopped, 1 when it could not run."""
    settings = configuration()
    logs.configure(settings)
    wrong = list(ground.problems(settings))
    if wrong:
        for problem in wrong:
            print(f"kinline: {problem}", file=sys.stderr)
        return 1
    prepared = subprocess.run(kinline("prepare"), check=False, stdin=subprocess.DEVNULL)
    if prepared.returncode:
        print("kinline: could not prepare the installation: see above", file=sys.stderr)
        return 1
    return asyncio.run(_supervise(settings, _log_ins() if settings.demo else ""))


def programs(settings: Configuration) -> tuple[Program, ...]:
    """What runs, in the order in which it is stopped: first the switchboard, so that calls end and are settled."""
    web_ready = partial(answers_http, settings.host, settings.web_port, "/healthz")
    sip_ready = partial(accepts_tcp, settings.host, settings.sip_port)
    return (
        Program("switchboard", kinline("switchboard"), sip_ready, grace=settings.drain_seconds + CALLS_END_WITHIN),
        Program("worker", kinline("worker")),
        Program("web", kinline("web"), web_ready),
    )


def _log_ins() -> str:
    """What the demo offers, told by a process of its own: the supervisor stays small and needs no database."""
    return subprocess.run(
        kinline("demo", "--show"), check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ).stdout


async def _supervise(settings: Configuration, log_ins: str) -> int:
    supervisor = Supervisor(programs(settings))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.stop)
    return await supervisor.run(READY_WITHIN, on_ready=partial(_welcome, settings, log_ins))


def _welcome(settings: Configuration, log_ins: str) -> None:
    host = settings.host
    print("\nKinline is ready.")
    print(f"  web          http://{host}:{settings.web_port}/")
    print(f"  files        http://{host}:{settings.files_port}/ (what people sent in)")
    print(f"  SIP          {host}:{settings.sip_port} (UDP and TCP), {host}:{settings.sips_port} (TLS)")
    print(f"  data         {settings.data.absolute()}")
    print(log_ins, end="")
    print(f"Ctrl-C stops everything (pid {os.getpid()}).", flush=True)
