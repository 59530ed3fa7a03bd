"""A facility's price list as a reader sees it: what each row comes to under the law of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kinline.core.numbering import Jurisdiction
from kinline.core.reasons import Reason
from kinline.core.tariff import Cap, Plan, Rate, Service, Tariff, tariff_of, taxes_on
from kinline.facilities.queries.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A row in force on a day, the cap that binds it, and what its calls are charged by (or why they are not)."""

    rate: Rate
    cap: Cap | None
    tariff: Tariff | Reason

    @property
    def is_refused(self) -> bool:
        return isinstance(self.tariff, Reason)

    @property
    def is_at_cap(self) -> bool:
        """The list asks more than the law allows: the cap is charged in its place."""
        return isinstance(self.tariff, Tariff) and (self.tariff.price, self.tariff.facility_additive) != (
            self.rate.price,
            self.rate.facility_additive,
        )


@dataclass(frozen=True, slots=True)
class PriceList:
    """`lines` are in force, `coming` begin later, `past` were in force; each in the order of service and distance."""

    lines: tuple[PriceLine, ...]
    coming: tuple[Rate, ...]
    past: tuple[Rate, ...]


def price_list(rules: Rulebook, day: date) -> PriceList:
    """The list on a local day."""
    in_force: dict[tuple[Service, Jurisdiction, str], Rate] = {}
    for rate in sorted(rules.rates, key=lambda rate: rate.effective):
        if rate.effective <= day:
            in_force[rate.kind] = rate
    return PriceList(
        tuple(_line(rules, rate, day) for rate in _in_order(in_force.values())),
        _in_order(rate for rate in rules.rates if rate.effective > day),
        _in_order(rate for rate in rules.rates if rate.effective <= day and in_force[rate.kind] is not rate),
    )


def plans_on(rules: Rulebook, day: date) -> tuple[Plan, ...]:
    """The plans that can be subscribed to on a day."""
    return tuple(offer.plan for offer in rules.plans if offer.first_day <= day <= (offer.last_day or day))


def _line(rules: Rulebook, rate: Rate, day: date) -> PriceLine:
    cap = rules.cap(rate.service, rate.jurisdiction, day)
    return PriceLine(rate, cap, tariff_of(rate, taxes_on(day, rate.jurisdiction, rules.taxes), cap))


_SERVICES, _JURISDICTIONS = list(Service), list(Jurisdiction)


def _in_order(rates: Iterable[Rate]) -> tuple[Rate, ...]:
    return tuple(
        sorted(
            rates,
            key=lambda rate: (
                _SERVICES.index(rate.service),
                _JURISDICTIONS.index(rate.jurisdiction),
                rate.destination,
                rate.effective,
            ),
        )
    )
