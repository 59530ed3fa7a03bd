"""What is disclosed of a facility's prices, and the same for machines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kinline.core.identity import FacilityId, Instant
from kinline.core.money import Money
from kinline.core.tariff import FreeMinutes, Plan, Tariff, TaxRate, charge, quote, tax_rates_on
from kinline.facilities.models import Facility
from kinline.facilities.queries import PriceLine, PriceList, Rulebook, plans_on, price_list, rulebook, stamp
from kinline.web.rates.laws import law_in_words
from kinline.web.rates.words import PERIODS, SERVICES, kind_of_call, percent


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A line of the price list in a reader's words. Every amount is for a unit: a minute, or a message."""

    line: PriceLine
    tariff: Tariff
    service: str
    kind: str
    tax_rates: tuple[TaxRate, ...]

    @property
    def before_taxes(self) -> Money:
        return self.tariff.per_unit

    @property
    def total(self) -> Money:
        """Taxes included, as the offer says it."""
        return quote(self.tariff, 0).price_per_minute

    @property
    def taxes(self) -> list[tuple[str, str]]:
        return [(rate.tax.name, percent(rate.tax.parts_per_million)) for rate in self.tax_rates]

    @property
    def fifteen_minutes(self) -> Money:
        return charge(self.tariff, 15 * self.tariff.service.unit).total


@dataclass(frozen=True, slots=True)
class Coming:
    """A price that will hold from a day on; amounts are for a unit, before taxes."""

    service: str
    kind: str
    price: Money
    additive: Money
    day: date


@dataclass(frozen=True, slots=True)
class Disclosure:
    facility: Facility
    rules: Rulebook
    day: date
    lines: tuple[Disclosed, ...]
    prices: PriceList
    free_minutes: FreeMinutes | None
    plans: tuple[Plan, ...]

    @property
    def coming(self) -> list[Coming]:
        return [
            Coming(
                str(SERVICES[rate.service]),
                kind_of_call(rate.jurisdiction, rate.destination),
                rate.price + rate.termination,
                rate.facility_additive,
                rate.effective,
            )
            for rate in self.prices.coming
        ]

    @property
    def plans_in_words(self) -> list[tuple[Plan, str]]:
        """Each plan, and what its period is called."""
        return [(plan, str(PERIODS[plan.period])) for plan in self.plans]

    @property
    def sources(self) -> list[str]:
        """The laws that bind these prices, each once."""
        return list(dict.fromkeys(law_in_words(each.line.cap.source) for each in self.lines if each.line.cap))

    @property
    def tax_sources(self) -> list[tuple[str, str]]:
        """Each tax of these prices with the law behind it: one of a name may have another law in each jurisdiction."""
        charged = [(rate.tax.name, rate.source) for each in self.lines for rate in each.tax_rates if rate.source]
        return list(dict.fromkeys(charged))

    @property
    def highest_additive(self) -> Money | None:
        """What the law lets a facility have of a minute for its own costs; None where it sets it no part apart."""
        caps = [each.line.cap for each in self.lines if each.tariff.facility_additive.micros]
        return max((cap.additive for cap in caps if cap and cap.additive is not None), default=None)

    @property
    def has_additive(self) -> bool:
        return any(each.tariff.facility_additive.micros for each in self.lines)

    @property
    def has_termination(self) -> bool:
        return any(each.tariff.termination.micros for each in self.lines)

    @property
    def is_paid_by_agency(self) -> bool:
        return any(each.tariff.agency_price.micros for each in self.lines)

    @property
    def increments(self) -> list[int]:
        return sorted({each.tariff.increment for each in self.lines if each.tariff.service.unit > 1})

    @property
    def minimums(self) -> list[int]:
        return sorted({each.tariff.minimum for each in self.lines if each.tariff.minimum})


def disclosure(facility: Facility, at: Instant) -> Disclosure:
    """All that holds at the facility today. A row that is not lawful is not disclosed: nobody is charged by it."""
    rules = rulebook(FacilityId(facility.pk), stamp())
    day = rules.local_day(at)
    prices = price_list(rules, day)
    return Disclosure(
        facility,
        rules,
        day,
        tuple(
            Disclosed(
                line,
                line.tariff,
                str(SERVICES[line.rate.service]),
                kind_of_call(line.rate.jurisdiction, line.rate.destination),
                tax_rates_on(day, line.rate.jurisdiction, rules.taxes),
            )
            for line in prices.lines
            if isinstance(line.tariff, Tariff)
        ),
        prices,
        rules.free_minutes_at(at),
        plans_on(rules, day),
    )


def for_machines(disclosed: Disclosure) -> dict[str, object]:
    """The same as JSON. Amounts are dollars as text, exact; `initial` and `additional` are for readers of other
    providers' rate records, whose first minutes may have another price; ours never have."""
    facility = disclosed.facility
    return {
        "facility": {
            "id": facility.pk,
            "name": facility.name,
            "agency": facility.agency.name,
            "state": facility.state,
            "time_zone": facility.time_zone,
            "class": disclosed.rules.facility_class.value,
            "average_daily_population": facility.average_daily_population,
        },
        "day": disclosed.day.isoformat(),
        "currency": "USD",
        "rates": [_rate(each) for each in disclosed.lines],
        "coming": [
            {
                "service": rate.service.value,
                "jurisdiction": rate.jurisdiction.value,
                "destination": rate.destination,
                "effective": rate.effective.isoformat(),
                "price": rate.price.plain,
                "facility_additive": rate.facility_additive.plain,
                "termination": rate.termination.plain,
            }
            for rate in disclosed.prices.coming
        ],
        "free_minutes": None
        if disclosed.free_minutes is None
        else {
            "seconds_per_day": disclosed.free_minutes.seconds_per_day,
            "seconds_per_week": disclosed.free_minutes.seconds_per_week,
        },
        "plans": [
            {"name": plan.name, "price": plan.price.plain, "minutes": plan.minutes, "period": plan.period.value}
            for plan in disclosed.plans
        ],
        "ancillary_fees": [],
    }


def _rate(each: Disclosed) -> Mapping[str, object]:
    tariff, rate, cap = each.tariff, each.line.rate, each.line.cap
    return {
        "service": rate.service.value,
        "jurisdiction": rate.jurisdiction.value,
        "in_state": rate.jurisdiction.stays_in_state,
        "destination": rate.destination,
        "effective": rate.effective.isoformat(),
        "unit": "message" if rate.service.unit == 1 else "minute",
        "price": tariff.price.plain,
        "facility_additive": tariff.facility_additive.plain,
        "termination": tariff.termination.plain,
        "before_taxes": each.before_taxes.plain,
        "taxes": [
            {"name": tax.tax.name, "parts_per_million": tax.tax.parts_per_million, "source": tax.source}
            for tax in each.tax_rates
        ],
        "total": each.total.plain,
        "increment": tariff.increment,
        "minimum": tariff.minimum,
        "charged_at_cap": each.line.is_at_cap,
        "cap": None
        if cap is None
        else {
            "amount": (cap.per_minute + tariff.termination).plain,
            "effective": cap.effective.isoformat(),
            "source": cap.source,
        },
        "initial_duration": rate.service.unit,
        "initial_amount": each.before_taxes.plain,
        "additional_duration": rate.service.unit,
        "additional_amount": each.before_taxes.plain,
        "tax_percent": percent(sum(tax.parts_per_million for tax in tariff.taxes)).removesuffix(" %"),
    }
