"""`kinline notices`: what is waiting to be sent, what could not be; `kinline notices again` tries that once more."""

import argparse
import time

import django

from kinline.core.identity import Instant


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", nargs="?", choices=("again",), help="again: send what has failed once more")


def run(arguments: argparse.Namespace) -> int:
    """The exit status is 1 while something has failed for good."""
    django.setup()
    from kinline.notices import services

    if arguments.act == "again":
        print(f"{services.try_again(Instant(time.time_ns() // 1_000_000))} will be sent again by the worker")
        return 0
    found = services.backlog()
    print(f"{found.waiting} waiting, {found.failed} failed")
    if found.problem:
        print(f"last problem: {found.problem}")
    return 1 if found.failed else 0
