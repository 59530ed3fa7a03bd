"""`kinline report revenue | taxes | agencies | annual | unclaimed`: what the calls of a period came to, by
facility; whose money could not be given back, by state. As CSV."""

import argparse
import sys
import time

import django

from kinline.core.identity import Instant
from kinline.operation.cdr import write_csv
from kinline.operation.period import instant, moment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", choices=("revenue", "taxes", "agencies", "annual", "unclaimed"))
    parser.add_argument("--since", type=moment, metavar="DAY", help="first day (2026-01-01, UTC)")
    parser.add_argument("--until", type=moment, metavar="DAY", help="day before which it ends")
    parser.add_argument("--state", metavar="LA", help="only property of this state (unclaimed)")


def run(arguments: argparse.Namespace) -> int:
    """Write to standard output."""
    django.setup()
    from kinline.calls import reports
    from kinline.refunds import services as refunds
    from kinline.reports.annual import annual

    if arguments.report == "unclaimed":
        now = Instant(time.time_ns() // 1_000_000)
        print(refunds.report(refunds.unclaimed(now, arguments.state)), end="")
        return 0
    since, until = instant(arguments.since), instant(arguments.until)
    if since is None or until is None:
        print("kinline: say --since and --until, such as --since 2026-01-01 --until 2027-01-01", file=sys.stderr)
        return 2
    records = {
        "revenue": reports.revenue,
        "taxes": reports.taxes,
        "agencies": reports.agencies,
        "annual": annual,
    }
    write_csv(records[arguments.report](since, until), sys.stdout)
    return 0
