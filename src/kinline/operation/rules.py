"""`kinline rules try | simulate`: ask before a rule bites."""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from kinline.core.identity import Instant, Language
from kinline.operation.period import add_moment, instant

_LEVELS = ("agency", "facility", "unit", "station_group", "station", "resident")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    trying = acts.add_parser("try", help="may this resident call this number at this time?")
    trying.add_argument("resident", help="the resident's number")
    trying.add_argument("number", help="what is dialled: 5045550123, *77, a speed-dial slot")
    add_moment(trying, "--at", "moment (UTC); now without it")
    trying.add_argument("--facility", default="", help="its name, where several have a resident of this number")
    trying.add_argument("--station", default="", metavar="USER", help="the phone's SIP user; the unit's first without")
    trying.add_argument("--language", choices=[each.value for each in Language], default=Language.ENGLISH.value)
    trying.add_argument("--json", action="store_true", help="the whole answer as JSON")
    simulating = acts.add_parser("simulate", help="which attempts would have gone otherwise under other rules?")
    simulating.add_argument("level", choices=_LEVELS)
    simulating.add_argument("place", type=int, help="the key of the place (of a resident: their key)")
    simulating.add_argument("rules", type=Path, help="file with the rules in JSON; - for standard input")
    simulating.add_argument("--days", type=int, default=30)


def run(arguments: argparse.Namespace) -> int:
    """The exit status of `try` is 0 for yes and 1 for no."""
    django.setup()
    return _try(arguments) if arguments.act == "try" else _simulate(arguments)


def _try(arguments: argparse.Namespace) -> int:
    from dataclasses import asdict

    from kinline.calls.trying import NoStation, in_words, may
    from kinline.facilities.models import Station
    from kinline.people.models import Resident

    residents = Resident.objects.filter(resident_number=arguments.resident)
    if arguments.facility:
        residents = residents.filter(facility__name=arguments.facility)
    found = list(residents[:2])
    if len(found) != 1:
        return _refuse("no such resident" if not found else "several facilities have one: name it with --facility")
    station = Station.objects.filter(sip_user=arguments.station).first() if arguments.station else None
    if arguments.station and station is None:
        return _refuse(f"no station logs in as {arguments.station}")
    at = instant(arguments.at) or Instant(time.time_ns() // 1_000_000)
    try:
        answer = in_words(may(found[0], arguments.number, at, station), Language(arguments.language))
    except NoStation:
        return _refuse("the facility has no phone yet")
    if arguments.json:
        print(json.dumps(asdict(answer), ensure_ascii=False, indent=2))
        return 0 if answer.is_allowed else 1
    print(answer.answer, f"[{answer.reason}]" if answer.reason else "")
    if answer.rule:
        print(f"  {answer.rule}")
    for step in answer.steps:
        print(f"  {'+' if step.is_passed else '-'} {step.question} {step.why}".rstrip())
    for level in answer.chain:
        print(f"  {level.place}: {'; '.join(level.rules) or '-'}")
    return 0 if answer.is_allowed else 1


def _simulate(arguments: argparse.Namespace) -> int:
    from kinline.calls.simulation import DAY, Otherwise, simulate
    from kinline.core.policy import Level
    from kinline.facilities.calling_rules import WrongCallingRules

    text = sys.stdin.read() if str(arguments.rules) == "-" else arguments.rules.read_text()
    until = Instant(time.time_ns() // 1_000_000)
    try:
        says: dict[str, Any] = json.loads(text)
        outcome = simulate(
            Level(arguments.level),
            arguments.place,
            says,
            Instant(until - arguments.days * DAY),
            until,
            lambda done, total: print(f"\r{done} of {total} attempts", end="", file=sys.stderr),
        )
    except (json.JSONDecodeError, WrongCallingRules) as error:
        return _refuse(str(error))
    print(file=sys.stderr)
    for each in outcome.differences:
        when = datetime.fromtimestamp(each.at / 1000, UTC).isoformat(timespec="seconds")
        print(f"{when}  resident {each.resident}  ...{each.number[-4:]}  {each.otherwise.value:<8} {each.reason}")
    print(
        f"{outcome.attempts} attempts: {outcome.counts[Otherwise.REFUSED]} more refused, "
        f"{outcome.counts[Otherwise.ALLOWED]} more allowed, {outcome.counts[Otherwise.SHORTER]} ended sooner"
        + (f"; {outcome.unexplained} passed over" if outcome.unexplained else "")
    )
    return 0


def _refuse(why: str) -> int:
    print(f"rules: {why}", file=sys.stderr)
    return 2
