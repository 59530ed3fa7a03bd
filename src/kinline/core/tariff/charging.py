"""What talk costs: one function, for the quote before the call, the hold while it lasts and the charge at its end."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache

from kinline.core.money import ZERO, Money, round_down
from kinline.core.tariff.tariff import Tariff, Tax

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class TaxLine:
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Charge:
    """What some seconds of talk (or some messages) cost: `total == net + tax`, `net == base + facility_additive`."""

    seconds: int
    billed_seconds: int
    net: Money
    facility_additive: Money
    taxes: tuple[TaxLine, ...]
    total: Money
    termination: Money = ZERO
    """The part of `base` that is passed on to carriers abroad."""
    free_seconds: int = 0
    """Of `seconds`, those that cost nothing because the facility's free minutes reached for them."""
    owed_by_agency: Money = ZERO
    """What the agency pays for the seconds that cost the payer nothing; no part of `total`."""

    @property
    def base(self) -> Money:
        """The provider's own part, termination included."""
        return self.net - self.facility_additive

    @property
    def talk(self) -> Money:
        """The provider's own part without what it passes on."""
        return self.base - self.termination

    @property
    def tax(self) -> Money:
        return self.total - self.net


@dataclass(frozen=True, slots=True)
class Quote:
    """What is told to the payer beforehand, taxes included: for a minute that is not free, and at most."""

    price_per_minute: Money
    at_most: Charge

    @property
    def total(self) -> Money:
        return self.at_most.total


@lru_cache(maxsize=100_000)
def charge(tariff: Tariff, seconds: int) -> Charge:
    """The price of a whole call, each part of it rounded once, down. Never falls when `seconds` grows."""
    seconds = max(seconds, 0)
    billed = billed_seconds(tariff, seconds)
    free = min(seconds, tariff.free_seconds)
    net = _net(tariff, seconds, billed)
    taxes = tuple(TaxLine(tax.name, Money(_tax(tax, net))) for tax in tariff.taxes)
    return Charge(
        seconds,
        billed,
        Money(net),
        Money(_part(tariff, tariff.facility_additive, net, billed)),
        taxes,
        Money(net + sum(line.amount.micros for line in taxes)),
        Money(_part(tariff, tariff.termination, net, billed)),
        free,
        tariff.agency_price.portion(seconds if tariff.is_free else free, tariff.service.unit),
    )


@lru_cache(maxsize=10_000)
def quote(tariff: Tariff, seconds: int) -> Quote:
    """What to tell the payer of a call that lasts at most `seconds`: what `charge` would charge."""
    by_the_minute = replace(tariff, free_seconds=0, plan=None) if tariff.free_seconds or tariff.plan else tariff
    return Quote(charge(by_the_minute, tariff.service.unit).total, charge(tariff, seconds))


def affordable_seconds(tariff: Tariff, money: Money, at_most: int) -> int:
    """The most seconds, up to `at_most`, whose charge is within `money`."""
    if _total(tariff, at_most) <= money.micros:  # most calls: the money reaches for all of it
        return at_most
    within = bisect_right(range(at_most + 1), money.micros, key=lambda seconds: _total(tariff, seconds))
    return max(within - 1, 0)


def billed_seconds(tariff: Tariff, seconds: int) -> int:
    """The seconds that are charged for: whole increments, at least the minimum; nothing for nothing or what is free."""
    if seconds <= tariff.free_seconds:
        return 0
    started_increments = -(-(max(seconds, tariff.minimum) - tariff.free_seconds) // tariff.increment)
    return started_increments * tariff.increment


def _net(tariff: Tariff, seconds: int, billed: int) -> int:
    used = max(seconds - tariff.free_seconds, 0)
    by_the_minute = _by_the_minute(tariff, used, billed)
    if tariff.plan is None:
        return by_the_minute
    reach = tariff.plan.seconds_left
    covered = _by_the_minute(tariff, min(used, reach), min(billed, reach))
    return by_the_minute - max(covered - tariff.plan.money_left.micros, 0)


def _by_the_minute(tariff: Tariff, used: int, billed: int) -> int:
    """Without plan; never more than the cap for the time that was used."""
    unit = tariff.service.unit
    net = round_down(tariff.per_unit.micros * billed, unit)
    return net if tariff.cap is None else min(net, round_down(tariff.cap.micros * used, unit))


def _part(tariff: Tariff, per_unit: Money, net: int, billed: int) -> int:
    """The share of `net` that is the additive or the termination: less of it where less than the whole was charged."""
    whole = round_down(tariff.per_unit.micros * billed, tariff.service.unit)
    if net < whole:
        return round_down(net * per_unit.micros, tariff.per_unit.micros)
    return round_down(per_unit.micros * billed, tariff.service.unit)


def _tax(tax: Tax, net: int) -> int:
    return round_down(net * tax.parts_per_million, _MILLION)


def _total(tariff: Tariff, seconds: int) -> int:
    net = _net(tariff, seconds, billed_seconds(tariff, seconds))
    return net + sum(_tax(tax, net) for tax in tariff.taxes)
