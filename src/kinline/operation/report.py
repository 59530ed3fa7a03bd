"""`kinline report revenue | taxes | annual`: what the calls of a period came to, by facility, as CSV."""

import argparse
import sys

import django

from kinline.operation.cdr import write_csv
from kinline.operation.period import instant, moment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", choices=("revenue", "taxes", "annual"))
    parser.add_argument("--since", type=moment, required=True, metavar="DAY", help="first day (2026-01-01, UTC)")
    parser.add_argument("--until", type=moment, required=True, metavar="DAY", help="day before which it ends")


def run(arguments: argparse.Namespace) -> int:
    """Write to standard output."""
    django.setup()
    from kinline.calls import reports

    since, until = instant(arguments.since), instant(arguments.until)
    assert since is not None  # noqa: S101 (both are required)
    assert until is not None  # noqa: S101
    records = {"revenue": reports.revenue, "taxes": reports.taxes, "annual": reports.annual}[arguments.report]
    write_csv(records(since, until), sys.stdout)
    return 0
