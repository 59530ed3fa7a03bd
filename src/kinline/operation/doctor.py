"""`kinline doctor`: what is well with this installation, what is not, and how to mend it."""

import argparse
import datetime
import os
import platform
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kinline import mail
from kinline.certificate import certificate_files, expires_at
from kinline.configuration import Configuration, configuration
from kinline.core.phrases import assembly
from kinline.operation import ground, migrate, processes
from kinline.providers.sms import sms_provider
from kinline.secrets import Secret, secret_file

OLDEST_PYTHON = (3, 11)
SPARE_BYTES = 1 << 30
"""An hour of talk takes 115 MB of recording (two channels, 8 kHz, 16 bit); a gigabyte is a day of a quiet jail."""
SPARE_DAYS = 21
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
"""No clock of a running installation can be before the year in which this was written."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what is wrong with it and how to mend it; `problem` empty: nothing."""

    subject: str
    state: str = ""
    problem: str = ""

    @property
    def is_well(self) -> bool:
        return not self.problem

    def __str__(self) -> str:
        return f"{'ok     ' if self.is_well else 'PROBLEM'} {self.subject}: {self.problem or self.state}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything comes from the environment."""


def run(arguments: argparse.Namespace) -> int:
    """Say what was found, a line each; the exit status is 1 when anything is wrong."""
    is_well = True
    for finding in findings(configuration()):
        print(finding, flush=True)
        is_well = is_well and finding.is_well
    return 0 if is_well else 1


def findings(settings: Configuration) -> Iterator[Finding]:
    """Look at everything, in the order in which it should be mended."""
    yield python()
    yield from_problems("tools", "espeak-ng", ground.tool_problems())
    yield from_problems("PDF", "Pango is there", ground.paper_problems())
    yield from_problems("data folder", str(settings.data.absolute()), ground.folder_problems(settings))
    yield disk(settings)
    yield clock(settings)
    yield from secret_files(settings)
    yield certificate(settings)
    yield prompts(settings)
    yield cards(settings)
    yield email(settings)
    yield texts(settings)
    yield files(settings)
    unreachable = list(ground.database_problems(settings))
    yield from_problems("database", ground.masked(settings.database_url) or "SQLite", iter(unreachable))
    if not unreachable:
        yield from database(settings)
        yield notices()
    yield from running(settings)


def cards(settings: Configuration) -> Finding:
    """Whether the keys for card payments belong together: a half of them takes money and never hears of it."""
    if not settings.stripe_key.get_secret_value():
        return Finding("cards", "not taken: KINLINE_STRIPE_KEY is not set")
    needed = {
        "KINLINE_STRIPE_PUBLISHABLE_KEY": settings.stripe_publishable_key,
        "KINLINE_STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret.get_secret_value(),
    }
    missing = " and ".join(name for name, value in needed.items() if not value)
    if missing:
        return Finding("cards", problem=f"KINLINE_STRIPE_KEY is set without {missing}: copy it from Stripe's dashboard")
    return Finding("cards", "taken through Stripe")


def email(settings: Configuration) -> Finding:
    """Whether people are written to: files in a folder reach nobody."""
    server = mail.mail(settings.email_url.get_secret_value())
    if server.host:
        return Finding("e-mail", f"through {server.host}, from {settings.email_from}")
    if settings.demo:
        return Finding("e-mail", f"into files: {settings.mail.absolute()}")
    return Finding("e-mail", problem="it goes into files that nobody gets: set KINLINE_EMAIL_URL, or KINLINE_DEMO=true")


def texts(settings: Configuration) -> Finding:
    """Whether text messages reach anybody."""
    try:
        provider = sms_provider()
    except ValueError as error:
        return Finding("text messages", problem=f"KINLINE_SMS_URL: {error}")
    if provider is None:
        return Finding("text messages", "none are sent: KINLINE_SMS_URL is not set, numbers are confirmed by a call")
    return Finding("text messages", f"through {provider.name}")


def files(settings: Configuration) -> Finding:
    """Whether what strangers sent in is given out under another name than the pages: browsers keep cookies by name."""
    names = [urlsplit(address).hostname for address in (settings.site, settings.files_site)]
    if names[0] == names[1] and not settings.demo:
        remedy = "set KINLINE_FILES_ADDRESS to https:// and another name, for KINLINE_FILES_PORT"
        return Finding("files", problem=f"given out under the name of the pages, {names[0]}: {remedy}")
    return Finding("files", f"given out at {settings.files_site}")


def notices() -> Finding:
    """Whether what was to be told was told."""
    from kinline.notices.services import backlog

    if migrate.missing_migrations():
        return Finding("notices", "not asked: the tables are not there")
    found = backlog()
    if found.failed:
        remedy = "mend KINLINE_EMAIL_URL or the address, then kinline notices again"
        return Finding("notices", problem=f"{found.failed} could not be sent (last: {found.problem}): {remedy}")
    return Finding(
        "notices", f"{found.waiting} waiting" + (f", last problem: {found.problem}" if found.problem else "")
    )


def from_problems(subject: str, state: str, problems: Iterator[str]) -> Finding:
    """One finding of all problems of a subject."""
    return Finding(subject, state, "; ".join(problems))


def python() -> Finding:
    found = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", problem=f"{found} is too old: install Python 3.11 or newer, then script/server")
    return Finding("Python", f"{found} at {sys.executable}")


def disk(settings: Configuration) -> Finding:
    try:
        free = shutil.disk_usage(_existing(settings.data)).free
    except OSError as error:
        return Finding("disk", problem=f"cannot be asked ({error.strerror}): check KINLINE_DATA")
    if free < SPARE_BYTES:
        return Finding("disk", problem=f"{free >> 20} MiB free for {settings.data}: make room, or recordings will stop")
    return Finding("disk", f"{free >> 30} GiB free")


def clock(settings: Configuration) -> Finding:
    """Calls are priced by the clock: it must go, and not be behind what was already written."""
    now = datetime.datetime.now(datetime.UTC)
    newest = max((path.stat().st_mtime for path in settings.data.glob("*") if path.is_file()), default=0.0)
    remedy = "set it and keep it right: apt-get install systemd-timesyncd"
    if now < EPOCH:
        return Finding("clock", problem=f"it says {now:%Y-%m-%d}: {remedy}")
    if newest > time.time() + 60:
        return Finding("clock", problem=f"it is behind files already written ({newest - time.time():.0f} s): {remedy}")
    return Finding("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def secret_files(settings: Configuration) -> Iterator[Finding]:
    for secret in Secret:
        subject = f"secret {secret}"
        path = secret_file(settings, secret)
        if getattr(settings, secret.value).get_secret_value():
            yield Finding(subject, "from the environment")
        elif not path.exists():
            yield Finding(subject, problem="not made yet: kinline prepare")
        elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(subject, problem=f"others can read it: chmod 600 {path}")
        else:
            yield Finding(subject, str(path))


def certificate(settings: Configuration) -> Finding:
    files = certificate_files(settings)
    try:
        ends = expires_at(files.certificate)
    except (OSError, ValueError) as error:
        remedy = "mend KINLINE_TLS_CERTIFICATE" if settings.tls_certificate else "kinline prepare"
        return Finding("certificate", problem=f"{files.certificate} cannot be read ({type(error).__name__}): {remedy}")
    if not os.access(files.key, os.R_OK):
        return Finding("certificate", problem=f"its key {files.key} cannot be read: set KINLINE_TLS_KEY, or its owner")
    if files.key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("certificate", problem=f"others can read its key: chmod 600 {files.key}")
    left = ends - datetime.datetime.now(datetime.UTC)
    if left < datetime.timedelta(days=SPARE_DAYS):
        remedy = "renew it" if settings.tls_certificate else f"remove {files.certificate}, then kinline prepare"
        return Finding("certificate", problem=f"it ends {ends:%Y-%m-%d}: {remedy}")
    return Finding("certificate", f"{files.certificate}, until {ends:%Y-%m-%d}")


def prompts(settings: Configuration) -> Finding:
    wanted = assembly.inventory()
    missing = sum(not (settings.prompts / f"{name}.wav").exists() for name in wanted)
    if missing:
        return Finding("prompts", problem=f"{missing} of {len(wanted)} are missing: kinline prompts")
    return Finding("prompts", f"{len(wanted)} in {settings.prompts.absolute()}")


def database(settings: Configuration) -> Iterator[Finding]:
    """Tables as this version wants them, and the guards of money and audit in force."""
    missing = migrate.missing_migrations()
    if missing:
        yield Finding("tables", problem=f"{len(missing)} migrations are missing ({missing[0]} ...): kinline migrate")
        return
    yield Finding("tables", "every migration is applied")
    lacking = migrate.missing_guards()
    if lacking:
        yield Finding("guards", problem=f"nothing keeps {', '.join(lacking)} from being changed: restore the triggers")
    else:
        yield Finding("guards", "transfers, audit and settled calls cannot be changed")


def running(settings: Configuration) -> Iterator[Finding]:
    """The programs of this installation; when none runs, whether its ports are free."""
    found = processes.of_this_installation(settings.data)
    if not found:
        yield Finding("programs", "none is running")
        yield from_problems("ports", "free", ground.port_problems(settings))
        return
    lacking = [name for name in ("web", "switchboard", "worker") if name not in found]
    if lacking:
        yield Finding(
            "programs", problem=f"{', '.join(lacking)} not running: see the log, or start script/server again"
        )
        return
    yield Finding("programs", ", ".join(f"{name} (pid {pid})" for name, pid in sorted(found.items())))


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder
