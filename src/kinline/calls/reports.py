"""What settled calls came to, by facility: revenue, taxes, and talk that agencies give."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kinline.calls.account_statement import LATER_CREDITS
from kinline.calls.given import given_talk
from kinline.calls.models import Call, CallState
from kinline.calls.priced import charged
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.facilities.models import Facility
from kinline.ledger.models import Transfer


def revenue(since: Instant, until: Instant) -> Iterator[dict[str, object]]:
    """For each facility, jurisdiction and payer: calls, minutes and what they came to. `revenue` is the provider's own
    part, without the facility's additive and taxes, credits not deducted: those at the call's end (`credited`) and
    those for a redial or by staff (`credited_later`)."""
    groups = (
        settled(since, until)
        .values("facility__agency__name", "facility__name", "jurisdiction", "payer")
        .annotate(calls=Count("id"), **sums())
        .order_by("facility__agency__name", "facility__name", "jurisdiction", "payer")
    )
    for group in groups:
        yield {
            "agency": group["facility__agency__name"],
            "facility": group["facility__name"],
            "jurisdiction": group["jurisdiction"],
            "payer": group["payer"],
            "calls": group["calls"],
            **amounts(group),
        }


def taxes(since: Instant, until: Instant) -> Iterator[dict[str, object]]:
    """For each facility, jurisdiction and tax, what was charged by the tariff frozen with each call; credits are not
    deducted. A call whose row does not agree with its tariff is in the line `not itemised`."""
    sums: dict[tuple[str, str, str, str], int] = defaultdict(int)
    bases: dict[tuple[str, str, str, str], int] = defaultdict(int)
    calls = settled(since, until).filter(taxes__gt=0).select_related("facility__agency")
    for call in calls.iterator(chunk_size=1000):
        place = (call.facility.agency.name, call.facility.name, call.jurisdiction)
        cost = charged(call)
        lines = [(line.name, line.amount.micros) for line in cost.taxes] if cost else [("not itemised", call.taxes)]
        for name, micros in lines:
            sums[*place, name] += micros
            bases[*place, name] += call.charge - call.taxes
    for key in sorted(sums):
        agency, facility, jurisdiction, name = key
        yield {
            "agency": agency,
            "facility": facility,
            "jurisdiction": jurisdiction,
            "tax": name,
            "taxed_usd": Money(bases[key]).plain,
            "tax_usd": Money(sums[key]).plain,
        }


def agencies(since: Instant, until: Instant) -> Iterator[dict[str, object]]:
    """For each facility, the talk that cost families nothing and that its agency pays."""
    facilities = Facility.objects.select_related("agency").in_bulk()
    for given in given_talk(since, until):
        facility = facilities[given.facility]
        yield {
            "agency": facility.agency.name,
            "facility": facility.name,
            "calls": given.calls,
            "seconds": given.seconds,
            "owed_usd": given.owed.plain,
        }


def settled(since: Instant, until: Instant) -> QuerySet[Call]:
    """The calls of a time that were accepted, each with what was credited later."""
    of_call = Transfer.objects.filter(call_id=OuterRef("pk"), reason__in=LATER_CREDITS).values("call_id")
    credited_later = Subquery(of_call.annotate(sum=Sum("amount")).values("sum"), output_field=BigIntegerField())
    return Call.objects.filter(
        state=CallState.SETTLED, opened_at__gte=since, opened_at__lt=until, accepted_at__isnull=False
    ).annotate(credited_later=credited_later)


def sums() -> dict[str, Coalesce]:
    """What `amounts` reads of a group of calls."""
    columns = ("billed_seconds", "charge", "taxes", "facility_additive", "credited", "credited_later")
    return {f"sum_{column}": Coalesce(Sum(column), 0) for column in columns}


def amounts(group: Mapping[str, Any]) -> dict[str, object]:
    """The columns of minutes and money of a group of calls; an empty group is nothing."""

    def of(column: str) -> int:
        return int(group.get(f"sum_{column}", 0))

    own = of("charge") - of("taxes") - of("facility_additive")
    return {
        "minutes": f"{of('billed_seconds') / 60:.2f}",
        "charged_usd": Money(of("charge")).plain,
        "revenue_usd": Money(own).plain,
        "facility_additive_usd": Money(of("facility_additive")).plain,
        "taxes_usd": Money(of("taxes")).plain,
        "credited_usd": Money(of("credited")).plain,
        "credited_later_usd": Money(of("credited_later")).plain,
    }
