"""`kinline demo`: the demo agency, its log-ins, and the line that places a first call."""

import argparse
import sys
from pathlib import Path

import django

from kinline.configuration import configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show", action="store_true", help="only show the log-ins")


def run(arguments: argparse.Namespace) -> None:
    """Seed unless there is an agency already, then show how to get in."""
    if not arguments.show:
        print("seeded the demo agency" if seed_if_empty() else "there is an agency already: nothing was seeded")
    show()


def seed_if_empty() -> bool:
    """Seed the demo into a database without agencies; True when seeded."""
    django.setup()
    from kinline import demo

    return demo.seed()


def show() -> None:
    """Print the log-ins and the line that places a first call; a line only, where the demo is not in the database."""
    django.setup()
    from kinline import demo
    from kinline.facilities.models import Agency

    if not Agency.objects.filter(name=demo.AGENCY).exists():
        print("  (no demo agency in this database: kinline demo)")
        return
    settings = configuration()
    print(f"  log in at http://{settings.host}:{settings.web_port}/sign-in/ with the password {demo.PASSWORD}:")
    for log_in in demo.LOG_INS:
        print(f"    {log_in.email:<28}{log_in.name}, {log_in.who}")
    print(f"  place a first call:  {_ourselves()} call")


def _ourselves() -> str:
    """How this program is called from the folder where the person is."""
    program = Path(sys.prefix) / "bin" / "kinline"
    try:
        return str(program.relative_to(Path.cwd()))
    except ValueError:
        return str(program)
