"""The figures by facility that the FCC's annual report asks of a provider (47 CFR 64.6060, FCC Form 2301(a))."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Sum

from kinline.calls.models import Call
from kinline.calls.priced import frozen_tariff
from kinline.calls.reports import amounts, settled, sums
from kinline.core.caps import facility_class
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.facilities.models import Agency, Facility
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.transfer_reasons import TransferReason
from kinline.support.models import Case
from kinline.support.topics import DISPUTES, Topic

_COUNTED: Mapping[str, frozenset[Topic]] = {
    "disputes": frozenset(DISPUTES),
    "complaints": frozenset({Topic.COMPLAINT}),
    "accessibility_complaints": frozenset({Topic.ACCESSIBILITY}),
}


@dataclass(slots=True)
class _Line:
    """What is known of one kind of call at one facility."""

    sums: Mapping[str, Any] = field(default_factory=dict)
    rates: list[Money] = field(default_factory=list)
    cases: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))


def annual(since: Instant, until: Instant) -> Iterator[dict[str, object]]:
    """For each facility and kind of call: what kind of place it is, its people, minutes and money, the highest and the
    lowest rate that a call was charged by (a minute, without taxes), and what families disputed or complained of. Then
    a line for each agency that was paid of the facility-related component, which goes to agencies and not to
    facilities; and one for the cases that are of no call. There are no ancillary fees to report.

    Class and population are those of today: none of the past is kept.
    """
    lines = _lines(since, until)
    for facility in Facility.objects.select_related("agency").order_by("agency__name", "name"):
        kinds = sorted(jurisdiction for place, jurisdiction in lines if place == facility.pk)
        for jurisdiction in kinds or [""]:
            yield _row(facility, jurisdiction, lines[facility.pk, jurisdiction])
    for agency in Agency.objects.order_by("name"):
        if paid := _paid(agency, since, until):
            yield _row(agency, "", _Line(), paid)
    if any(lines[None, ""].cases.values()):
        yield _row(None, "", lines[None, ""])


def _row(place: Facility | Agency | None, jurisdiction: str, line: _Line, paid: int = 0) -> dict[str, object]:
    facility = place if isinstance(place, Facility) else None
    agency = place if isinstance(place, Agency) else facility and facility.agency
    population = facility and facility.average_daily_population
    return {
        "agency": agency.name if agency else "",
        "facility": facility.name if facility else "",
        "state": facility.state if facility else "",
        "class_now": facility_class(is_prison=facility.is_prison, average_daily_population=population or 0).value
        if facility
        else "",
        "average_daily_population_now": "" if population is None else population,
        "service": "audio",
        "jurisdiction": jurisdiction,
        "calls": line.sums.get("calls", 0),
        "lowest_rate_usd": min(line.rates).plain if line.rates else "",
        "highest_rate_usd": max(line.rates).plain if line.rates else "",
        **amounts(line.sums),
        "facility_additive_paid_usd": Money(paid).plain,
        "ancillary_fees_usd": Money(0).plain,
        **line.cases,
    }


def _lines(since: Instant, until: Instant) -> dict[tuple[int | None, str], _Line]:
    """By facility and kind of call; `(None, "")` is what belongs to no call."""
    lines: dict[tuple[int | None, str], _Line] = defaultdict(_Line)
    calls = settled(since, until)
    for group in calls.values("facility", "jurisdiction").annotate(calls=Count("id"), **sums()):
        lines[group["facility"], group["jurisdiction"]].sums = group
    charged = calls.filter(charge__gt=0).exclude(tariff="").values_list("facility", "jurisdiction", "tariff").distinct()
    for place, jurisdiction, tariff in charged.order_by("facility", "jurisdiction"):
        lines[place, jurisdiction].rates.append(frozen_tariff(tariff).per_unit)
    names = {topic.value: name for name, topics in _COUNTED.items() for topic in topics}
    cases = Case.objects.filter(opened_at__gte=since, opened_at__lt=until, topic__in=names)
    said = list(cases.values_list("topic", "call_id"))
    disputed = Call.objects.in_bulk([number for _topic, number in said if number])
    for topic, number in said:
        call = disputed.get(number)
        lines[(call.facility_id, call.jurisdiction) if call else (None, "")].cases[names[topic]] += 1
    return lines


def _paid(agency: Agency, since: Instant, until: Instant) -> int:
    """What it was paid in the time, less what of earlier or later payments came back in it. Microdollars."""
    theirs = Account.objects.filter(kind=AccountKind.FACILITY_ADDITIVE, agency=agency)
    moved = Transfer.objects.filter(at__gte=since, at__lt=until)
    paid = moved.filter(reason=TransferReason.ADDITIVE_PAID, debit__in=theirs).aggregate(sum=Sum("amount"))["sum"] or 0
    back = moved.filter(reason=TransferReason.REVERSAL, credit__in=theirs).aggregate(sum=Sum("amount"))["sum"] or 0
    return paid - back
