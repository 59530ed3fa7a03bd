"""`kinline import commissary FILE --facility NAME`: take a commissary's file of transfers."""

import argparse
import getpass
import sys
import time
from pathlib import Path

import django

from kinline.core.identity import FacilityId, Instant, Language
from kinline.core.reasons import Text

_UNNAMED = Text(
    "{count} facilities are named {name!r}; known: {known}",
    "{count} centros se llaman {name!r}; conocidos: {known}",
)
_LINE = Text("line {number}: {remedy} {content}", "línea {number}: {remedy} {content}")
_STOPPED = Text("nothing booked: {refused} bad lines", "no se registró nada: {refused} líneas malas")
_TRIED = Text(
    "{booked} lines would be booked ({amount}), {repeated} had been before, {refused} refused",
    "{booked} líneas se registrarían ({amount}), {repeated} ya lo estaban, {refused} rechazadas",
)
_BOOKED = Text(
    "{booked} lines booked ({amount}), {repeated} had been before, {refused} refused",
    "{booked} líneas registradas ({amount}), {repeated} ya lo estaban, {refused} rechazadas",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("commissary",), help="commissary: money from the facility's commissary")
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV with resident_number, amount and transaction_id")
    parser.add_argument("--facility", required=True, metavar="NAME", help="whose residents they are")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be booked")
    parser.add_argument("--strict", action="store_true", help="book nothing when any line is bad")
    parser.add_argument("--language", choices=[each.value for each in Language], default=Language.ENGLISH.value)


def run(arguments: argparse.Namespace) -> int:
    """Book and report; the exit status is 0 when every line is booked, 1 when some are not, 2 when none can be."""
    django.setup()
    from kinline.commissary.services import FileRefused, take
    from kinline.facilities.models import Facility

    language = Language(arguments.language)

    def said(text: Text, **values: object) -> str:
        return text.in_language(language).format(**values)

    found = list(Facility.objects.filter(name=arguments.facility))
    if len(found) != 1:
        known = ", ".join(sorted(set(Facility.objects.values_list("name", flat=True)))) or "-"
        unnamed = said(_UNNAMED, count=len(found), name=arguments.facility, known=known)
        print(f"kinline: {unnamed}", file=sys.stderr)
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
    except FileRefused as refused:
        print(f"kinline: {arguments.file}: {said(refused.problem.remedy)}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"kinline: {arguments.file}: {error}", file=sys.stderr)
        return 2
    for bad in report.refused:
        remedy = said(bad.problem.remedy)
        print(said(_LINE, number=bad.number, remedy=remedy, content=bad.content), file=sys.stderr)
    counts = {"booked": len(report.booked), "repeated": len(report.repeated), "refused": len(report.refused)}
    if report.was_stopped:
        print(said(_STOPPED, **counts))
        return 2
    print(said(_TRIED if report.is_trial else _BOOKED, amount=report.amount, **counts))
    return 1 if report.refused else 0
