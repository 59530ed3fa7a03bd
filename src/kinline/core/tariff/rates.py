"""A facility's price list: rows with the day from which they hold, and the tariff that a call gets from them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import phonenumbers

from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164, Jurisdiction, country_of
from kinline.core.reasons import Reason
from kinline.core.tariff.cap import Cap
from kinline.core.tariff.tariff import Service, Tariff, Tax

ANYWHERE = ""
"""The destination of a rate for all numbers of its jurisdiction."""

_DESTINATION = re.compile(r"|[A-Z]{2}|\+[1-9][0-9]{0,14}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of a facility's price list: it holds from the day `effective` until a later row of its kind does.

    `destination` is a country (`MX`, ISO 3166) or the beginning of the numbers it is for (`+5255`). What fits most
    narrowly counts: a country before none, a beginning before its country.
    """

    service: Service
    jurisdiction: Jurisdiction
    effective: date
    price: Money
    facility_additive: Money = ZERO
    increment: int = 1
    minimum: int = 0
    destination: str = ANYWHERE
    termination: Money = ZERO  # abroad: what carriers ask on average for a unit, without markup
    agency_price: Money = ZERO  # what the agency pays for a unit that is free to the family
    is_checked: bool = True  # it was held to the cap when it was saved

    @property
    def kind(self) -> tuple[Service, Jurisdiction, str]:
        """What a later row must share with this one to take its place."""
        return self.service, self.jurisdiction, self.destination


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax that a facility's calls carry from the day `effective`, until a later row of its name and kind does.

    A row for one jurisdiction goes before the row of the same name for all; zero parts exempt it. `source` is the law
    that demands it of the caller.
    """

    tax: Tax
    effective: date
    jurisdiction: Jurisdiction | None = None  # None: calls of every jurisdiction
    source: str = ""


def is_destination(text: str) -> bool:
    """Whether a rate can be for it."""
    return _DESTINATION.fullmatch(text) is not None


def _is_country(destination: str) -> bool:
    """Whether it is a country, not a beginning of numbers and not everywhere."""
    return destination.isalpha()


def reaches(destination: str, number: E164) -> bool:
    """Whether a number belongs to a rate's destination."""
    return country_of(number) == destination if _is_country(destination) else number.startswith(destination)


def lies_within(one: str, other: str) -> bool:
    """Whether the numbers of one destination are priced by a rate for the other where they have none of their own."""
    if _is_country(other) and (_is_country(one) or _tells_its_country(one)):
        return other == (one if _is_country(one) else country_of(E164(one)))
    return _code(one).startswith(_code(other))


def narrowness(destination: str) -> tuple[int, int]:
    """What of two destinations that fit a number goes first, the higher: a whole jurisdiction, a beginning that many
    countries share (`+1`, `+12`, `+44`, `+5`), a country, a beginning within it."""
    if destination.startswith("+"):
        return (1 if _is_shared(destination) else 3), len(destination)
    return (2 if destination else 0), 0


def rates_before(destination: str, in_force: Iterable[Rate]) -> list[Rate]:
    """The rates, of those of one service and jurisdiction in force, by which numbers of a destination are priced until
    it has one of its own: the narrowest around it, and each of which only the whole numbers tell whether they fit it.
    """
    found: list[Rate] = []
    for rate in sorted(in_force, key=lambda rate: narrowness(rate.destination), reverse=True):
        other = rate.destination
        if narrowness(other) > narrowness(destination):
            continue  # its numbers stay its own
        if lies_within(destination, other) or lies_within(other, destination):
            found.append(rate)
        if _surely_lies_within(destination, other):
            break  # nothing wider prices any of them
    return found


def rate_on(
    day: date, service: Service, jurisdiction: Jurisdiction, number: E164, rates: Iterable[Rate]
) -> Rate | None:
    """The row that prices a call on a local day."""
    fitting = [
        rate
        for rate in rates
        if rate.service is service
        and rate.jurisdiction is jurisdiction
        and rate.effective <= day
        and reaches(rate.destination, number)
    ]
    return max(fitting, key=lambda rate: (narrowness(rate.destination), rate.effective), default=None)


def tariff_on(
    day: date,
    service: Service,
    jurisdiction: Jurisdiction,
    number: E164,
    rates: Iterable[Rate],
    taxes: Iterable[TaxRate],
    cap: Cap | None,
) -> Tariff | Reason:
    """The tariff of a call on a local day, or why there is none: `tariff.no_rate` or, by `tariff_of`,
    `tariff.over_cap`."""
    rate = rate_on(day, service, jurisdiction, number, rates)
    return Reason.TARIFF_NO_RATE if rate is None else tariff_of(rate, taxes_on(day, jurisdiction, taxes), cap)


def tariff_of(rate: Rate, taxes: tuple[Tax, ...], cap: Cap | None) -> Tariff | Reason:
    """What a row's calls are charged by under the domestic cap in force.

    A row that a later cap overtook is charged at the cap. What an additive leaves of its part of the cap is not for an
    increment to fill: the tariff's cap is the highest lawful price beside this additive. A row above the cap that was
    never held to any is a mistake in the price list, not a price: `tariff.over_cap`. Messages are charged one by one,
    whatever the row says.
    """
    price, additive = rate.price, rate.facility_additive
    if cap is not None and not cap.allows(price, additive):
        if not rate.is_checked:
            return Reason.TARIFF_OVER_CAP
        price, additive = cap.lawful(price, additive)
    is_by_the_piece = rate.service is Service.MESSAGE
    return Tariff(
        price,
        additive,
        1 if is_by_the_piece else rate.increment,
        0 if is_by_the_piece else rate.minimum,
        taxes,
        None if cap is None else cap.highest_price(additive) + additive + rate.termination,
        rate.service,
        rate.termination,
        agency_price=rate.agency_price,
    )


def taxes_on(day: date, jurisdiction: Jurisdiction, taxes: Iterable[TaxRate]) -> tuple[Tax, ...]:
    return tuple(rate.tax for rate in tax_rates_on(day, jurisdiction, taxes))


def tax_rates_on(day: date, jurisdiction: Jurisdiction, taxes: Iterable[TaxRate]) -> tuple[TaxRate, ...]:
    """The rows by which calls of a jurisdiction are taxed on a local day."""
    in_force: dict[str, TaxRate] = {}
    for rate in sorted(taxes, key=lambda rate: (rate.jurisdiction is not None, rate.effective)):
        if rate.effective <= day and rate.jurisdiction in (None, jurisdiction):
            in_force[rate.tax.name] = rate
    return tuple(rate for rate in in_force.values() if rate.tax.parts_per_million)


def _tells_its_country(beginning: str) -> bool:
    """Whether it is an area code of the North American plan, or more: several countries share the plan, none a code."""
    return beginning.startswith("+1") and len(beginning) >= len("+1876")


def _surely_lies_within(one: str, other: str) -> bool:
    """Whether all the numbers of one destination are of the other, which a code of several countries does not tell."""
    is_guess = _is_country(other) and one != other and not _tells_its_country(one) and _is_shared(_code(other))
    return lies_within(one, other) and not is_guess


def _code(destination: str) -> str:
    """The digits with which the numbers of a destination begin."""
    return f"+{phonenumbers.country_code_for_region(destination)}" if _is_country(destination) else destination


@lru_cache(maxsize=1000)
def _is_shared(beginning: str) -> bool:
    """Whether numbers of several countries begin so. Under +1 an area code tells the country, and less does not."""
    if beginning.startswith("+1") and not _tells_its_country(beginning):
        return True
    codes = [str(code) for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() for _ in regions]
    return sum(code.startswith(beginning[1:]) for code in codes) > 1
