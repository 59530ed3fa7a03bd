"""`kinline cdr`: call detail records, one for each settled attempt, written out as they are read."""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import TextIO
from zoneinfo import ZoneInfo

import django

from kinline.core.identity import FacilityId
from kinline.operation.period import instant, moment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="csv, or jsonl: a JSON object a line")
    parser.add_argument("--since", type=moment, metavar="DAY", help="first day (2026-11-01), or moment with its zone")
    parser.add_argument("--until", type=moment, metavar="DAY", help="day or moment before which it ends")
    parser.add_argument("--facility", metavar="NAME", help="only this facility; days are then those of its time zone")


def run(arguments: argparse.Namespace) -> int:
    """Write to standard output; the exit status is 1 when there is no such facility."""
    django.setup()
    from kinline.calls.queries import CDR_COLUMNS, cdrs
    from kinline.facilities.models import Facility

    zone: tzinfo = UTC
    facility = None
    if arguments.facility:
        found = list(Facility.objects.filter(name=arguments.facility))
        if len(found) != 1:
            known = ", ".join(sorted(set(Facility.objects.values_list("name", flat=True)))) or "none"
            print(f"kinline: {len(found)} facilities are named {arguments.facility!r}; known: {known}", file=sys.stderr)
            return 1
        facility, zone = FacilityId(found[0].pk), ZoneInfo(found[0].time_zone)
    records = cdrs(instant(arguments.since, zone), instant(arguments.until, zone), facility)
    if arguments.format == "csv":
        write_csv(records, sys.stdout, CDR_COLUMNS)
    else:
        write_json_lines(records, sys.stdout)
    return 0


def write_json_lines(records: Iterable[Mapping[str, object]], to: TextIO) -> None:
    """A JSON object a line."""
    for record in records:
        to.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")


def write_csv(records: Iterable[Mapping[str, object]], to: TextIO, columns: Sequence[str] = ()) -> None:
    """A header, then a line a record (RFC 4180); what is nested stays JSON, what is not known stays empty.

    `columns`: the header, also where there is no record; left out, the first record gives it. A text that a
    spreadsheet would take for a formula gets an apostrophe before it.
    """
    writer = _headed(to, columns) if columns else None
    for record in records:
        writer = writer or _headed(to, list(record))
        writer.writerow({name: _cell(value) for name, value in record.items()})


def _headed(to: TextIO, columns: Sequence[str]) -> "csv.DictWriter[str]":
    writer = csv.DictWriter(to, fieldnames=columns, lineterminator="\r\n")
    writer.writeheader()
    return writer


def _cell(value: object) -> object:
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value[:1] in ("=", "@", "+", "-", "\t", "\r") and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()
