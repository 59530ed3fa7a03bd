"""A large demo: as many calls of the past year as wanted, written fast, some thousands in each transaction.

It goes on where it was stopped. It touches nothing that is there, and does nothing where there is more than the demo.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.audit.models import AuditEvent
from kinline.calls.history.numbers import backwards
from kinline.calls.models import Call, HistoryEntry
from kinline.configuration import configuration
from kinline.core.identity import CallId, Instant, call_began
from kinline.demo.cast import AGENCY
from kinline.demo.crowd import DEPARTMENT, callers, make_crowd
from kinline.demo.past_calls import LIMIT, TARIFF, ZONE, Crowd, PastCall, calls_of, shares
from kinline.facilities.models import Agency
from kinline.people.models import User

DAYS: Final = 365
CALLS_OF_A_RESIDENT: Final = 100
_BATCH: Final = 5_000
_SUBJECT: Final = "demo/load"

Progress = Callable[[int, int], None]
"""Calls that are written, and how many there will be."""


class NotLoaded(Exception):
    """Nothing was written; the text says why."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many calls, and the day before which they were."""

    size: int
    until: date

    def batches(self) -> Iterator[list[tuple[date, int]]]:
        """Days with their numbers of calls, as many as are written at once."""
        days = [self.until - timedelta(days=each) for each in range(DAYS, 0, -1)]
        batch: list[tuple[date, int]] = []
        for day, count in zip(days, shares(days, self.size), strict=True):
            batch.append((day, count))
            if sum(each for _, each in batch) >= _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def load(size: int, progress: Progress) -> int:
    """Write what is missing of so many calls; how many those were. Raises `NotLoaded`."""
    _refuse_what_is_real()
    begun = AuditEvent.objects.filter(action=Action.DEMO_LOADED.value, subject=_SUBJECT).first()
    if begun is None:
        plan = _begin(size)
    else:
        said = json.loads(begun.after)
        plan = Load(said["size"], date.fromisoformat(said["until"]))
        if plan.size != size:
            raise NotLoaded(
                f"a demo of {plan.size:,} calls is loaded already, or partly: it cannot become one of {size:,}"
            )
    last = _last_day()
    missing = [batch for batch in plan.batches() if last is None or batch[-1][0] > last]
    if not missing:
        raise NotLoaded(f"a demo of {size:,} calls is loaded already")
    written = sum(count for batch in missing for _, count in batch)
    crowd, done = Crowd(callers()), size - written
    progress(done, size)
    for batch in missing:
        try:
            _write([call for day, count in batch for call in calls_of(day, count, crowd, _chance(plan, day))])
        except IntegrityError as error:
            raise NotLoaded("somebody else is loading the same calls") from error
        done += sum(count for _, count in batch)
        progress(done, size)
    with connection.cursor() as cursor:  # the planner knows what is there now
        cursor.execute("ANALYZE")
    return written


def _refuse_what_is_real() -> None:
    if not configuration().demo:
        raise NotLoaded("this is no demo: KINLINE_DEMO is false")
    agencies = set(Agency.objects.values_list("name", flat=True))
    if AGENCY not in agencies:
        raise NotLoaded("there is no demo agency in this database (kinline demo)")
    if foreign := sorted(agencies - {AGENCY, DEPARTMENT}):
        raise NotLoaded(f"there is more than the demo in this database: {foreign[0]}")
    if User.objects.exclude(email__endswith="@demo.example").exists():
        raise NotLoaded("there is more than the demo in this database: people who are not of its cast log in")


def _begin(size: int) -> Load:
    at = Instant(time.time_ns() // 1_000_000)
    plan = Load(size, datetime.fromtimestamp(at / 1000, UTC).astimezone(ZONE).date())
    with transaction.atomic():
        if Agency.objects.filter(name=DEPARTMENT).exists():
            raise NotLoaded("somebody else is loading the demo")
        make_crowd(max(size // CALLS_OF_A_RESIDENT, 10), random.Random(size), at)  # noqa: S311 (a demo, always the same)
        after = {"size": size, "until": plan.until.isoformat()}
        audit.record("system", Action.DEMO_LOADED, _SUBJECT, at, after=after)
    return plan


def _chance(plan: Load, day: date) -> random.Random:
    """The same for a day whenever it is written."""
    return random.Random(f"{plan.size}/{day}")  # noqa: S311 (a demo guards nothing)


def _last_day() -> date | None:
    """The last day of which calls are there."""
    ours = HistoryEntry.objects.filter(facility__agency__name=DEPARTMENT)
    last = ours.aggregate(last=Max("id"))["last"]
    if last is None:
        return None
    return datetime.fromtimestamp(call_began(CallId(last)) / 1000, UTC).astimezone(ZONE).date()


def _write(calls: Sequence[PastCall]) -> None:
    """The calls and their entries in the history, all or none."""
    with transaction.atomic():
        _insert(Call._meta.db_table, _CALL, [_call(each) for each in calls])
        _insert(HistoryEntry._meta.db_table, _ENTRY, [_entry(each) for each in calls])


def _insert(table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """By COPY where there is such a thing."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 (ours)


_CALL: Final = (
    *("id", "state", "switchboard", "heartbeat_at", "cut_off", "station_id", "unit_id", "facility_id"),
    *("day_started_at", "week_started_at", "month_started_at", "resident_id", "identify_failures", "dialled"),
    *("called_party", "language", "jurisdiction", "is_hotline", "is_privileged", "payer", "tariff"),
    *("price_per_minute", "price_at_limit", "limit_seconds", "limit_reason", "funded_seconds", "held", "opened_at"),
    *("identified_at", "authorised_at", "answered_at", "accepted_at", "ended_at", "settled_at", "disposition"),
    *("reason", "reason_values", "ended_by", "billed_seconds", "charge", "taxes", "facility_additive", "credited"),
    *("recording", "quality_resident", "quality_called_party"),
)
_ENTRY: Final = (
    *("id", "facility_id", "unit_id", "station_id", "resident_id", "number_backwards", "disposition", "reason"),
    "talk_seconds",
)
_ENDED_BY: Final = {"talk.hangup_called": "called_party", "talk.hangup_resident": "resident"}


def _call(of: PastCall) -> tuple[Any, ...]:
    was_authorised = of.authorised_at is not None
    talked = _talked(of)
    return (
        *(of.call_id, "settled", "demo", of.ended_at, "", of.station, of.caller.unit, of.caller.facility, *of.starts),
        *(of.caller.resident if of.is_identified else None, 0, of.number.removeprefix("+1")),
        *(of.number if of.number.startswith("+") else "", "en" if was_authorised else ""),
        *("intrastate" if was_authorised else "", False, False, "free" if was_authorised else ""),
        *(TARIFF if was_authorised else "", *((0, 0, LIMIT) if was_authorised else (None, None, None))),
        *("talk.time_limit" if was_authorised else "", LIMIT if was_authorised else None, 0),
        *(of.opened_at, of.identified_at, of.authorised_at, of.answered_at, of.accepted_at, of.ended_at, of.ended_at),
        *(of.disposition.value, of.reason.value, "", _ENDED_BY.get(of.reason.value, ""), talked, 0, 0, 0, 0),
        *("", "", ""),
    )


def _entry(of: PastCall) -> tuple[Any, ...]:
    resident = of.caller.resident if of.is_identified else None
    return (
        *(of.call_id, of.caller.facility, of.caller.unit, of.station, resident, backwards(of.number)),
        *(of.disposition.value, of.reason.value, _talked(of)),
    )


def _talked(of: PastCall) -> int:
    return 0 if of.accepted_at is None else (of.ended_at - of.accepted_at) // 1000
