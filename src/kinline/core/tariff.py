"""What a call costs: one function prices it, before it is made, while it lasts and when it has ended."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kinline.core.money import ZERO, Money, round_down
from kinline.core.numbering import E164, Jurisdiction
from kinline.core.reasons import Reason

_MILLION = 1_000_000


class Service(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"
    MESSAGE = "message"

    @property
    def unit(self) -> int:
        """What a price is for: sixty seconds of talk or video, one message."""
        return 1 if self is Service.MESSAGE else 60


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on top of the price; 4.45 % is 44,500 parts per million."""

    name: str
    parts_per_million: int

    def __post_init__(self) -> None:
        if self.parts_per_million < 0:
            raise ValueError(f"{self.name}: a tax is zero or more")


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a call is charged by. Frozen with the call when it is authorised, so that no later change re-prices it.

    `increment` and `minimum` are seconds: talk is charged in started increments, and at least the minimum. `cap` is
    the highest lawful price of a unit (additive included, taxes not) for the time really used, whatever the increment.
    """

    price: Money  # per `service.unit`, without the facility's additive and without taxes
    facility_additive: Money = ZERO  # per unit, passed to the facility for its costs (47 CFR 64.6030)
    increment: int = 1
    minimum: int = 0
    taxes: tuple[Tax, ...] = ()
    cap: Money | None = None
    service: Service = Service.AUDIO

    def __post_init__(self) -> None:
        if self.price < ZERO or self.facility_additive < ZERO or (self.cap is not None and self.cap < ZERO):
            raise ValueError("a price is zero or more")
        if self.increment < 1 or self.minimum < 0:
            raise ValueError("a charging increment is at least 1, a minimum at least 0")

    @property
    def is_free(self) -> bool:
        return self.price + self.facility_additive == ZERO

    def to_json(self) -> dict[str, object]:
        """For storing with the call; `from_json` reads it."""
        return {
            "service": self.service.value,
            "price": self.price.micros,
            "facility_additive": self.facility_additive.micros,
            "increment": self.increment,
            "minimum": self.minimum,
            "taxes": [[tax.name, tax.parts_per_million] for tax in self.taxes],
            "cap": None if self.cap is None else self.cap.micros,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Tariff":
        match stored:
            case {
                "service": str(service),
                "price": int(price),
                "facility_additive": int(additive),
                "increment": int(increment),
                "minimum": int(minimum),
                "taxes": list(taxes),
                "cap": int() | None as cap,
            }:
                return cls(
                    Money(price),
                    Money(additive),
                    increment,
                    minimum,
                    tuple(Tax(name, parts) for name, parts in taxes),
                    None if cap is None else Money(cap),
                    Service(service),
                )
        raise ValueError("this is not a stored tariff")


FREE = Tariff(ZERO)


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

    @property
    def base(self) -> Money:
        """The provider's own part."""
        return self.net - self.facility_additive

    @property
    def tax(self) -> Money:
        return self.total - self.net


@dataclass(frozen=True, slots=True)
class Quote:
    """What is told to the payer beforehand, taxes included: for a minute, and at most."""

    price_per_minute: Money
    at_most: Charge

    @property
    def total(self) -> Money:
        return self.at_most.total


def charge(tariff: Tariff, seconds: int) -> Charge:
    """The price of a whole call, each part of it rounded once, down. Never falls when `seconds` grows."""
    billed = billed_seconds(tariff, seconds)
    net = _net(tariff, seconds, billed)
    additive = min(net, round_down(tariff.facility_additive.micros * billed, tariff.service.unit))
    taxes = tuple(TaxLine(tax.name, Money(_tax(tax, net))) for tax in tariff.taxes)
    total = net + sum(line.amount.micros for line in taxes)
    return Charge(max(seconds, 0), billed, Money(net), Money(additive), taxes, Money(total))


def quote(tariff: Tariff, seconds: int) -> Quote:
    """What to tell the payer of a call that lasts at most `seconds`: what `charge` would charge."""
    return Quote(charge(tariff, tariff.service.unit).total, charge(tariff, seconds))


def affordable_seconds(tariff: Tariff, money: Money, at_most: int) -> int:
    """The most seconds, up to `at_most`, whose charge is within `money`."""
    if _total(tariff, at_most) <= money.micros:  # most calls: the money reaches for all of it
        return at_most
    within = bisect_right(range(at_most + 1), money.micros, key=lambda seconds: _total(tariff, seconds))
    return max(within - 1, 0)


def billed_seconds(tariff: Tariff, seconds: int) -> int:
    """The seconds that are charged for: whole increments, at least the minimum; nothing for nothing."""
    if seconds <= 0:
        return 0
    started_increments = -(-max(seconds, tariff.minimum) // tariff.increment)
    return started_increments * tariff.increment


def _net(tariff: Tariff, seconds: int, billed: int) -> int:
    unit = tariff.service.unit
    net = round_down((tariff.price.micros + tariff.facility_additive.micros) * billed, unit)
    return net if tariff.cap is None else min(net, round_down(tariff.cap.micros * max(seconds, 0), unit))


def _tax(tax: Tax, net: int) -> int:
    return round_down(net * tax.parts_per_million, _MILLION)


def _total(tariff: Tariff, seconds: int) -> int:
    net = _net(tariff, seconds, billed_seconds(tariff, seconds))
    return net + sum(_tax(tax, net) for tax in tariff.taxes)


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of a facility's price list: it holds from the day `effective` until a later row of its kind does."""

    service: Service
    jurisdiction: Jurisdiction
    effective: date
    price: Money
    facility_additive: Money = ZERO
    increment: int = 1
    minimum: int = 0
    destination: str = ""  # the beginning of the numbers it is for (`+52`); the longest that fits counts


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A tax that a facility's calls carry from the day `effective`, until a later row of its name and kind does.

    A row for one jurisdiction goes before the row of the same name for all; zero parts exempt it.
    """

    tax: Tax
    effective: date
    jurisdiction: Jurisdiction | None = None  # None: calls of every jurisdiction


def tariff_on(
    day: date,
    service: Service,
    jurisdiction: Jurisdiction,
    number: E164,
    rates: Iterable[Rate],
    taxes: Iterable[TaxRate],
    cap: Money | None,
) -> Tariff | Reason:
    """The tariff of a call on a local day, or why there is none: `tariff.no_rate`, or `tariff.over_cap` when the
    price list asks more than the law allows on that day."""
    fitting = [
        rate
        for rate in rates
        if rate.service is service
        and rate.jurisdiction is jurisdiction
        and rate.effective <= day
        and number.startswith(rate.destination)
    ]
    if not fitting:
        return Reason.TARIFF_NO_RATE
    rate = max(fitting, key=lambda rate: (len(rate.destination), rate.effective))
    if cap is not None and rate.price + rate.facility_additive > cap:
        return Reason.TARIFF_OVER_CAP
    return Tariff(
        rate.price,
        rate.facility_additive,
        rate.increment,
        rate.minimum,
        _taxes_on(day, jurisdiction, taxes),
        cap,
        service,
    )


def _taxes_on(day: date, jurisdiction: Jurisdiction, taxes: Iterable[TaxRate]) -> tuple[Tax, ...]:
    in_force: dict[str, Tax] = {}
    for rate in sorted(taxes, key=lambda rate: (rate.jurisdiction is not None, rate.effective)):
        if rate.effective <= day and rate.jurisdiction in (None, jurisdiction):
            in_force[rate.tax.name] = rate.tax
    return tuple(tax for tax in in_force.values() if tax.parts_per_million)
