"""`kinline demo`: the demo agency, its log-ins, and the line that places a first call."""

import argparse

import django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show", action="store_true", help="only show the log-ins")


def run(arguments: argparse.Namespace) -> None:
    """Seed unless there is an agency already, then show how to get in."""
    if not arguments.show:
        seed_if_empty()
    show()


def seed_if_empty() -> bool:
    """Seed the demo into a database without agencies; True when seeded."""
    django.setup()
    from kinline import demo

    return demo.seed()


def show() -> None:
    """Print the log-ins and the line that places a first call."""
