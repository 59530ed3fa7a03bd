"""`/facility/compliance/`: each price beside the law that binds it, and what of it is charged."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kinline.core.caps import VERSIONS, CapVersion
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import Money
from kinline.core.numbering import Jurisdiction
from kinline.core.state_laws import laws_of
from kinline.core.tariff import Rate, Tariff
from kinline.facilities.models import Facility
from kinline.facilities.queries import PriceLine, Rulebook, price_list, rulebook, stamp
from kinline.web.rates.laws import law_in_words
from kinline.web.rates.words import CLASSES, JURISDICTIONS, SERVICES, kind_of_call
from kinline.web.staff.access import Permission, facilities_where, staff_page
from kinline.web.trail import refuse


@dataclass(frozen=True, slots=True)
class Held:
    """A price held to the law. `overtaken_on`: the day from which a later cap that is known already is lower."""

    line: PriceLine
    service: str
    kind: str
    overtaken_on: date | None

    @property
    def charged(self) -> Money | None:
        """Of a unit, before taxes; None: its calls are not placed."""
        return self.line.tariff.per_unit if isinstance(self.line.tariff, Tariff) else None

    @property
    def source(self) -> str:
        """Of the cap in force; empty where the law sets none."""
        return law_in_words(self.line.cap.source) if self.line.cap else ""

    @property
    def asked(self) -> Money:
        return self.line.rate.price + self.line.rate.facility_additive + self.line.rate.termination

    @property
    def charged_additive(self) -> Money | None:
        return self.line.tariff.facility_additive if isinstance(self.line.tariff, Tariff) else None


@dataclass(frozen=True, slots=True)
class Compliance:
    facility: Facility
    kind: str
    lines: tuple[Held, ...]
    laws_in_doubt: tuple[tuple[str, str], ...]
    """The source of each, and what is not sure of it."""
    may_set: bool


@require_safe
@staff_page(Permission.SEE_PRICES)
def page(request: HttpRequest) -> HttpResponse:
    """Every facility whose prices this reader answers for."""
    facilities = (
        facilities_where(request.user, Permission.SEE_PRICES).select_related("agency").order_by("agency__name", "name")
    )
    if not facilities:
        refuse(request, "compliance")
    settable = set(facilities_where(request.user, Permission.SET_PRICES).values_list("pk", flat=True))
    at, as_of = Instant(time.time_ns() // 1_000_000), stamp()
    shown = [
        held_to_the_law(each, rulebook(FacilityId(each.pk), as_of), at, may_set=each.pk in settable)
        for each in facilities
    ]
    return render(
        request, "kinline/compliance.html", {"facilities": shown, "classes": CLASSES.values(), "caps": _caps()}
    )


@dataclass(frozen=True, slots=True)
class CapLine:
    """A version of the federal caps in words. `by_class`: None where it says nothing of a class."""

    effective: date
    service: str
    where: str
    by_class: tuple[tuple[str, Money | None], ...]
    source: str


def _caps() -> list[CapLine]:
    """Every version, newest first."""
    return [
        CapLine(
            version.effective,
            str(SERVICES[version.service]),
            _where(version),
            tuple(
                (str(name), version.per_minute.get(each) if version.jurisdictions else None)
                for each, name in CLASSES.items()
            ),
            law_in_words(version.source),
        )
        for version in VERSIONS[::-1]
    ]


def _where(version: CapVersion) -> str:
    if not version.jurisdictions:
        return _("No calls: waived")
    if version.jurisdictions == frozenset(Jurisdiction):
        return _("All calls")
    return ", ".join(str(name) for each, name in JURISDICTIONS.items() if each in version.jurisdictions)


def held_to_the_law(facility: Facility, rules: Rulebook, at: Instant, *, may_set: bool) -> Compliance:
    today = rules.local_day(at)
    lines = tuple(
        Held(
            line,
            str(SERVICES[line.rate.service]),
            kind_of_call(line.rate.jurisdiction, line.rate.destination),
            _overtaken_on(rules, line.rate, today),
        )
        for line in price_list(rules, today).lines
    )
    laws = laws_of(facility.state, rules.facility_class)
    doubtful = tuple((law_in_words(law.source), law_in_words(law.doubt)) for law in laws if law.doubt)
    return Compliance(facility, str(CLASSES[rules.facility_class]), lines, doubtful, may_set)


def _overtaken_on(rules: Rulebook, rate: Rate, today: date) -> date | None:
    for day in _days_of_change(today):
        cap = rules.cap(rate.service, rate.jurisdiction, day)
        if cap is not None and not cap.allows(rate.price, rate.facility_additive):
            return day
    return None


def _days_of_change(today: date) -> Iterator[date]:
    """The days to come on which a known cap takes effect."""
    return iter(sorted({version.effective for version in VERSIONS if version.effective > today}))
