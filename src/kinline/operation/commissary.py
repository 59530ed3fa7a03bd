"""`kinline import commissary FILE --facility NAME`: take a commissary's file of transfers."""

import argparse
import getpass
import sys
import time
from pathlib import Path

import django

from kinline.core.identity import FacilityId, Instant


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("commissary",), help="commissary: money from the facility's commissary")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV with resident_number, amount and transaction_id")
    parser.add_argument("--facility", required=True, metavar="NAME", help="whose residents they are")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be booked")
    parser.add_argument("--strict", action="store_true", help="book nothing when any line is bad")


def run(arguments: argparse.Namespace) -> int:
    """Book and report; the exit status is 0 when every line is booked, 1 when some are not, 2 when none can be."""
    django.setup()
    from kinline.commissary.services import FileRefused, take
    from kinline.facilities.models import Facility

    found = list(Facility.objects.filter(name=arguments.facility))
    if len(found) != 1:
        known = ", ".join(sorted(set(Facility.objects.values_list("name", flat=True)))) or "none"
        print(f"kinline: {len(found)} facilities are named {arguments.facility!r}; known: {known}", file=sys.stderr)
        return 2
    try:
        report = take(
            FacilityId(found[0].pk),
            arguments.file.name,
            arguments.file.read_bytes(),
            f"shell/{getpass.getuser()}",
            Instant(time.time_ns() // 1_000_000),
            is_trial=arguments.dry_run,
            is_strict=arguments.strict,
        )
    except (FileRefused, OSError) as error:
        print(f"kinline: {arguments.file}: {error}", file=sys.stderr)
        return 2
    for bad in report.refused:
        print(f"line {bad.number}: {bad.problem.remedy}: {bad.content}", file=sys.stderr)
    if report.was_stopped:
        print(f"nothing booked: {len(report.refused)} bad lines")
        return 2
    verb = "would be booked" if report.is_trial else "booked"
    print(
        f"{len(report.booked)} lines {verb} ({report.amount}), {len(report.repeated)} had been before, "
        f"{len(report.refused)} refused"
    )
    return 1 if report.refused else 0
