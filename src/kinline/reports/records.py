"""Records of calls for who may ask for them by law, with what must not leave the house masked, and a manifest."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q

from kinline.calls.models import Call, CallState
from kinline.contacts.models import Contact
from kinline.core.identity import Instant
from kinline.core.redaction import NameAs, NumberAs, redacted_name, redacted_number
from kinline.facilities.models import Facility

AT_MOST: Final = 200_000
"""Rows of one file; more are asked for in several."""
Lines = Callable[[Sequence[object]], str]


class Column(StrEnum):
    CALL = "call"
    BEGAN = "began"
    ENDED = "ended"
    UNIT = "unit"
    STATION = "station"
    RESIDENT_NUMBER = "resident_number"
    RESIDENT = "resident"
    NUMBER = "number"
    CONTACT = "contact"
    RELATIONSHIP = "relationship"
    DISPOSITION = "disposition"
    REASON = "reason"
    """As a family would read it: an order of protection, a victim or an investigation does not show."""
    SECONDS = "seconds"
    CHARGE = "charge"


class TooMany(ValueError):
    """More than `AT_MOST` rows fit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is for, and what is masked in the answer. Days of the facility's clock, both included."""

    reference: str
    first: date
    last: date
    columns: tuple[Column, ...]
    residents: tuple[str, ...] = ()
    """Resident numbers; none: all."""
    numbers: NumberAs = NumberAs.HIDDEN
    names: NameAs = NameAs.HIDDEN
    residents_are_named: bool = False
    with_privileged: bool = False
    """Calls with attorneys and others, whose number and contact are hidden in any case."""


@dataclass(frozen=True, slots=True)
class Records:
    """A ZIP with `calls.csv` and `manifest.json`."""

    content: bytes
    manifest: Mapping[str, Any]


def records(
    facility: Facility, asked: Asked, line: Lines, reason_in_words: Callable[[str], str], by: str, at: Instant
) -> Records:
    """The settled calls that were asked for, oldest first. `line` writes a row of the file. Raises `TooMany`."""
    calls = _calls(facility, asked)
    left_out = 0 if asked.with_privileged else calls.filter(is_privileged=True).count()
    if not asked.with_privileged:
        calls = calls.filter(is_privileged=False)
    if (rows := calls.count()) > AT_MOST:
        raise TooMany(rows)
    text = io.StringIO(newline="")
    text.write(line([column.value for column in asked.columns]))
    for cells in _rows(facility, calls, asked, reason_in_words):
        text.write(line(cells))
    file = text.getvalue().encode()
    manifest = {
        "request": asked.reference,
        "facility": facility.name,
        "agency": facility.agency.name,
        "days": [asked.first.isoformat(), asked.last.isoformat()],
        "time_zone": facility.time_zone,
        "columns": [column.value for column in asked.columns],
        "residents": list(asked.residents) or "all",
        "redactions": {
            "numbers of the public": asked.numbers.value,
            "names of the public": asked.names.value,
            "residents": "named" if asked.residents_are_named else "by number",
            "privileged calls": "in the file, without number and contact" if asked.with_privileged else "left out",
            "reasons": "as a family reads them: protected reasons do not show",
        },
        "rows": rows,
        "privileged_calls_left_out": left_out,
        "made_by": by,
        "made_at": datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds"),
        "files": {"calls.csv": {"sha256": hashlib.sha256(file).hexdigest(), "bytes": len(file)}},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("calls.csv", file), ("manifest.json", json.dumps(manifest, indent=2).encode())):
            archive.writestr(zipfile.ZipInfo(name, _stamp(at)), content, zipfile.ZIP_DEFLATED)
    return Records(packed.getvalue(), manifest)


def _calls(facility: Facility, asked: Asked) -> Any:
    zone = ZoneInfo(facility.time_zone)
    begins, ends = (_instant(day, zone) for day in (asked.first, asked.last + timedelta(days=1)))
    narrowed = Q(resident__resident_number__in=asked.residents) if asked.residents else Q()
    return Call.objects.filter(
        narrowed, facility=facility, opened_at__gte=begins, opened_at__lt=ends, state=CallState.SETTLED
    )


def _rows(
    facility: Facility, calls: Any, asked: Asked, reason_in_words: Callable[[str], str]
) -> Iterator[list[object]]:
    zone = ZoneInfo(facility.time_zone)
    contacts: dict[tuple[int, str], tuple[str, str]] = {}
    if {Column.CONTACT, Column.RELATIONSHIP} & set(asked.columns):
        known = Contact.objects.filter(resident__facility=facility)
        contacts = {
            (r, n): (name, of) for r, n, name, of in known.values_list("resident", "number", "name", "relationship")
        }
    ordered = calls.select_related("resident", "unit", "station").order_by("opened_at", "id")
    for call in ordered.iterator(chunk_size=1000):
        yield [_cell(column, call, asked, zone, contacts, reason_in_words) for column in asked.columns]


def _cell(
    column: Column,
    call: Call,
    asked: Asked,
    zone: ZoneInfo,
    contacts: Mapping[tuple[int, str], tuple[str, str]],
    reason_in_words: Callable[[str], str],
) -> object:
    name, relationship = contacts.get((call.resident_id or 0, call.called_party), ("", ""))
    numbers, names = asked.numbers, asked.names
    if call.is_privileged:
        numbers, names, relationship = NumberAs.HIDDEN, NameAs.HIDDEN, ""
    match column:
        case Column.CALL:
            return call.pk
        case Column.BEGAN:
            return _clock(call.opened_at, zone)
        case Column.ENDED:
            return _clock(call.ended_at, zone)
        case Column.UNIT:
            return call.unit.name if call.unit else ""
        case Column.STATION:
            return call.station.name
        case Column.RESIDENT_NUMBER:
            return call.resident.resident_number if call.resident else ""
        case Column.RESIDENT:
            named = NameAs.WHOLE if asked.residents_are_named else NameAs.HIDDEN
            return redacted_name(call.resident.name, named) if call.resident else ""
        case Column.NUMBER:
            return redacted_number(call.called_party or "", numbers)
        case Column.CONTACT:
            return redacted_name(name, names)
        case Column.RELATIONSHIP:
            return relationship
        case Column.DISPOSITION:
            return call.disposition
        case Column.REASON:
            return reason_in_words(call.reason)
        case Column.SECONDS:
            return call.billed_seconds
        case Column.CHARGE:
            return f"{call.charge // 1_000_000}.{call.charge % 1_000_000:06d}"
    raise TypeError(column)


def _clock(at: int | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, zone).isoformat(sep=" ", timespec="seconds")


def _instant(day: date, zone: ZoneInfo) -> Instant:
    return Instant(int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1000))


def _stamp(at: Instant) -> tuple[int, int, int, int, int, int]:
    made = datetime.fromtimestamp(at / 1000, UTC)
    return made.year, made.month, made.day, made.hour, made.minute, made.second
