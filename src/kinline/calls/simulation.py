"""What other rules would have changed: the attempts of the past, decided again by the same policy.

Of a past attempt are known its time, its number, where it was made, and what the resident had used up by then. What
refused it besides rules (contacts, blocks, money, switches) stays as it was, so such attempts are passed over.
"""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from django.db.models import Q, QuerySet

from kinline.calls.models import Call
from kinline.contacts.models import Contact, ContactState
from kinline.core.identity import FacilityId, Instant, ResidentId, StationId
from kinline.core.numbering import E164
from kinline.core.policy import Allow, CallFacts, Deny, Level, Rules, Standing, Switch, Usage, decide
from kinline.core.reasons import Reason
from kinline.core.tariff import FREE
from kinline.core.windows import day_start, month_start, week_start
from kinline.facilities.calling_rules import calling_rules
from kinline.facilities.queries import Course, Rulebook, rulebook, stamp
from kinline.people.models import Resident
from kinline.people.resident_rules import resident_course

DAYS: Final = 30
DAY: Final = 86_400_000
LISTED: Final = 500
"""Attempts that the outcome names; the rest is counted."""
_HOUR: Final = 3_600_000

OF_RULES: Final = frozenset(
    {
        Reason.POLICY_FACILITY_CLOSED,
        Reason.POLICY_UNIT_CLOSED,
        Reason.POLICY_STATION_CLOSED,
        Reason.POLICY_STATION_NOT_ALLOWED,
        Reason.POLICY_DESTINATION_CLASS,
        Reason.POLICY_DESTINATION_OFF,
        Reason.POLICY_INTERNATIONAL_OFF,
        Reason.POLICY_NUMBER_BLOCKED_FACILITY,
        Reason.POLICY_NOT_ON_LIST,
        Reason.POLICY_VELOCITY,
        Reason.POLICY_TOO_SOON,
        Reason.POLICY_DAILY_CALLS,
        Reason.POLICY_CALLS_USED,
        Reason.POLICY_MINUTES_USED,
    }
)
"""Refusals that other rules could have spared."""

Progress = Callable[[int, int], None]
"""Attempts looked at, and how many there are."""


class Otherwise(StrEnum):
    """How an attempt would have gone."""

    REFUSED = "refused"
    ALLOWED = "allowed"
    SHORTER = "shorter"


@dataclass(frozen=True, slots=True)
class Difference:
    """An attempt that would have been decided otherwise. `reason`: of the refusal, as it was or as it would be."""

    call_id: int
    at: Instant
    resident: int
    number: str
    otherwise: Otherwise
    reason: str
    seconds: int
    """Of talk that would be lost; 0 for an attempt that was refused."""


@dataclass(slots=True)
class Outcome:
    """Of all attempts in the period, those that would have gone otherwise; the first `LISTED` of them by name."""

    attempts: int = 0
    counts: dict[Otherwise, int] = field(default_factory=lambda: dict.fromkeys(Otherwise, 0))
    unexplained: int = 0
    """Attempts that the rules on record do not decide as they were decided: passed over."""
    differences: list[Difference] = field(default_factory=list)

    def add(self, difference: Difference) -> None:
        self.counts[difference.otherwise] += 1
        if len(self.differences) < LISTED:
            self.differences.append(difference)

    def to_json(self) -> dict[str, Any]:
        return {
            "attempts": self.attempts,
            "unexplained": self.unexplained,
            "counts": {otherwise.value: count for otherwise, count in self.counts.items()},
            "differences": [
                [str(d.call_id), d.at, d.resident, d.number, d.otherwise.value, d.reason, d.seconds]
                for d in self.differences
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Outcome":
        return cls(
            stored["attempts"],
            {Otherwise(name): count for name, count in stored["counts"].items()},
            stored["unexplained"],
            [
                Difference(int(call), Instant(at), resident, number, Otherwise(otherwise), reason, seconds)
                for call, at, resident, number, otherwise, reason, seconds in stored["differences"]
            ],
        )


def simulate(
    level: Level,
    place: int,
    says: Mapping[str, Any],
    since: Instant,
    until: Instant,
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """What had been otherwise from `since` to `until` (excluded), had this level said this. Raises
    `WrongCallingRules`."""
    new = calling_rules(level, says)
    attempts = Call.objects.filter(_under(level, place), opened_at__gte=since, opened_at__lt=until)
    wanted = set(attempts.exclude(called_party="").exclude(resident=None).values_list("pk", flat=True))
    outcome, done, as_of = Outcome(), 0, stamp()
    history = _history(attempts, since, until)
    for resident_id, calls in groupby(history, key=lambda call: call.resident_id):
        past = _Past(ResidentId(resident_id), as_of)
        for call in calls:
            if call.pk in wanted:
                outcome.attempts += 1
                past.decide_again(call, level, new, outcome)
                done += 1
                if done % 100 == 0:
                    progress(done, len(wanted))
            else:
                past.pass_over(call)
    progress(len(wanted), len(wanted))
    return outcome


def _under(level: Level, place: int) -> Q:
    """The calls at which a level has a say."""
    match level:
        case Level.AGENCY:
            return Q(facility__agency=place)
        case Level.FACILITY:
            return Q(facility=place)
        case Level.UNIT:
            return Q(unit=place)
        case Level.STATION_GROUP:
            return Q(station__group=place)
        case Level.STATION:
            return Q(station=place)
        case Level.RESIDENT:
            return Q(resident=place)
    raise ValueError(f"{level} says no rules of its own")


def _history(attempts: QuerySet[Call], since: Instant, until: Instant) -> Iterator[Call]:
    """All calls of the residents who tried, resident by resident, from before any count of the period began."""
    residents = attempts.exclude(resident=None).values("resident")
    return (
        Call.objects.filter(resident__in=residents, opened_at__gte=since - 33 * DAY, opened_at__lt=until)
        .exclude(dialled="")
        .only(
            *("resident", "station", "facility", "unit", "opened_at", "identified_at", "authorised_at", "accepted_at"),
            *("ended_at", "called_party", "reason", "is_hotline", "dialled"),
        )
        .order_by("resident_id", "opened_at", "id")
        .iterator(chunk_size=2000)
    )


class _Talk:
    """What a resident had used up in one course of events."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.spent = [0]
        self.last_ended: int | None = None

    def add(self, accepted_at: int, ended_at: int) -> None:
        self.begun.append(accepted_at)
        self.spent.append(self.spent[-1] + ended_at - accepted_at)
        self.last_ended = max(ended_at, self.last_ended or 0)

    def since(self, instant: Instant) -> tuple[int, int]:
        """Calls, and seconds of talk."""
        index = bisect_left(self.begun, instant)
        return len(self.begun) - index, (self.spent[-1] - self.spent[index]) // 1000


class _Past:
    """One resident's attempts in order, as they went and as they would have gone."""

    def __init__(self, resident: ResidentId, as_of: int) -> None:
        self._as_of = as_of
        row = Resident.objects.filter(pk=resident).values_list("unit_id", "calling_rules").first()
        self._unit: int | None
        self._unit, stored = row or (None, {})
        self._course: Course = resident_course(json.dumps(stored))
        self._approved = frozenset(
            Contact.objects.filter(resident=resident, state=ContactState.APPROVED).values_list("number", flat=True)
        )
        self._attempts: list[int] = []
        self._as_it_was, self._otherwise = _Talk(), _Talk()

    def decide_again(self, call: Call, level: Level, new: Rules, outcome: Outcome) -> None:
        was_allowed = call.authorised_at is not None
        if not was_allowed and call.reason not in OF_RULES:
            self.pass_over(call)
            return
        rules = rulebook(FacilityId(call.facility_id), self._as_of)
        at = Instant(call.authorised_at or call.identified_at or call.opened_at)
        station = rules.stations.get(StationId(call.station_id))
        if station is None:
            outcome.unexplained += 1
            self.pass_over(call)
            return
        chain = tuple(replace(said, switch=Switch.ON) for said in (*station.at(at), self._course.at(at)))
        facts = self._facts(call, rules, chain, at, was_allowed)
        before = decide(facts)
        if isinstance(before, Allow) is not was_allowed:
            outcome.unexplained += 1
            self.pass_over(call)
            return
        instead = tuple(replace(new, place=said.place) if said.level is level else said for said in chain)
        after = decide(replace(facts, rules=instead, usage=self._usage(self._otherwise, rules, at)))
        self._compare(call, before, after, outcome)
        longest = after.limit.seconds if isinstance(after, Allow) else 0
        self._remember(call, was_made=isinstance(after, Allow), longest=longest)

    def pass_over(self, call: Call) -> None:
        """It would have gone as it went: of an attempt that was refused nothing is used up."""
        self._remember(call, was_made=call.authorised_at is not None)

    def _remember(self, call: Call, *, was_made: bool, longest: int | None = None) -> None:
        """The attempt is past; `was_made`: under the other rules, and then `longest` seconds of talk at most."""
        if call.is_hotline:
            return
        self._attempts.append(call.opened_at)
        if call.accepted_at and call.ended_at:
            self._as_it_was.add(call.accepted_at, call.ended_at)
            if was_made:
                end = call.ended_at if longest is None else min(call.ended_at, call.accepted_at + longest * 1000)
                self._otherwise.add(call.accepted_at, end)
        elif was_made and call.authorised_at is None:
            # Refused then, made now: somebody might have answered. It counts as a call of no length.
            self._otherwise.add(call.opened_at, call.opened_at)

    def _compare(self, call: Call, before: Allow | Deny, after: Allow | Deny, outcome: Outcome) -> None:
        talked = max(call.ended_at - call.accepted_at, 0) // 1000 if call.accepted_at and call.ended_at else 0
        match before, after:
            case Allow(), Deny(reason=reason):
                found = (Otherwise.REFUSED, reason, talked)
            case Deny(reason=reason), Allow():
                found = (Otherwise.ALLOWED, reason, 0)
            case Allow(), Allow(limit=limit) if talked > limit.seconds:
                found = (Otherwise.SHORTER, limit.reason, talked - limit.seconds)
            case _:
                return
        at = Instant(call.opened_at)
        outcome.add(Difference(call.pk, at, call.resident_id or 0, call.called_party, found[0], found[1], found[2]))

    def _facts(
        self, call: Call, rules: Rulebook, chain: tuple[Rules, ...], at: Instant, was_allowed: bool
    ) -> CallFacts:
        number = E164(call.called_party)
        listed = call.called_party in self._approved
        # Where a list was required, whoever was let through was on it, whatever has become of the contact since.
        was_listed = was_allowed and any(said.list_required for said in chain)
        return CallFacts(
            at=at,
            zone=rules.zone,
            number=number,
            tariff=FREE,
            rules=chain,
            usage=self._usage(self._as_it_was, rules, at),
            standing=Standing.APPROVED if listed or was_listed else Standing.UNLISTED,
            is_hotline=call.is_hotline,
            is_free=True,
            is_in_own_unit=None in (self._unit, call.unit_id) or self._unit == call.unit_id,
            jurisdiction=rules.jurisdiction(number),
        )

    def _usage(self, talk: _Talk, rules: Rulebook, at: Instant) -> Usage:
        (today, spent_today), (week, spent_in_week), (month, spent_in_month) = (
            talk.since(begin(rules.zone, at)) for begin in (day_start, week_start, month_start)
        )
        return Usage(
            last_call_ended_at=None if talk.last_ended is None else Instant(talk.last_ended),
            attempts_in_hour=tuple(Instant(each) for each in self._attempts[bisect_left(self._attempts, at - _HOUR) :]),
            calls_today=today,
            calls_this_week=week,
            calls_this_month=month,
            seconds_today=spent_today,
            seconds_this_week=spent_in_week,
            seconds_this_month=spent_in_month,
        )
