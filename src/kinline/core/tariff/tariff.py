"""What a call is charged by: frozen with the call when it is authorised, so that no later change re-prices it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kinline.core.money import ZERO, Money
from kinline.core.tariff.plans import PlanStanding


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
    """All that the price of a call depends on, but for how long it lasts.

    `increment` and `minimum` are seconds: talk is charged in started increments, and at least the minimum. `cap` is the
    highest lawful price of a unit beside this additive (additive and termination included, taxes not) for the time
    really used, whatever the increment. The first `free_seconds` cost the payer nothing. There is no price for anything
    but a unit: none for a connection, none for a payment (47 CFR 64.6020, 64.6080).
    """

    price: Money  # per `service.unit`, without the facility's additive and without taxes
    facility_additive: Money = ZERO  # per unit, passed to the facility for its costs (47 CFR 64.6030)
    increment: int = 1
    minimum: int = 0
    taxes: tuple[Tax, ...] = ()
    cap: Money | None = None
    service: Service = Service.AUDIO
    termination: Money = ZERO  # per unit: what carriers abroad ask, passed on as it is
    free_seconds: int = 0  # that are left of the free minutes of the day or the week
    agency_price: Money = ZERO  # per unit that the payer gets free: what the agency pays for it
    plan: PlanStanding | None = None  # the payer's alternate pricing plan, as far as it still reaches

    def __post_init__(self) -> None:
        amounts = (self.price, self.facility_additive, self.termination, self.agency_price, self.cap or ZERO)
        if min(amounts) < ZERO:
            raise ValueError("a price is zero or more")
        if self.increment < 1 or self.minimum < 0 or self.free_seconds < 0:
            raise ValueError("a charging increment is at least 1, a minimum and free seconds at least 0")

    def __hash__(self) -> int:
        """By what tells most tariffs apart: prices are looked up by the whole tariff, several times for each call."""
        return hash((self.price.micros, self.increment, self.free_seconds))

    @property
    def per_unit(self) -> Money:
        """What a unit costs, taxes not included."""
        return self.price + self.facility_additive + self.termination

    @property
    def is_free(self) -> bool:
        return self.per_unit == ZERO

    def to_json(self) -> dict[str, object]:
        """For storing with the call; `from_json` reads it."""
        stored: dict[str, object] = {
            "service": self.service.value,
            "price": self.price.micros,
            "facility_additive": self.facility_additive.micros,
            "increment": self.increment,
            "minimum": self.minimum,
            "taxes": [[tax.name, tax.parts_per_million] for tax in self.taxes],
            "cap": None if self.cap is None else self.cap.micros,
        }
        rare = {
            "termination": self.termination.micros,
            "free_seconds": self.free_seconds,
            "agency_price": self.agency_price.micros,
        }
        stored |= {name: value for name, value in rare.items() if value}
        if self.plan is not None:
            stored["plan"] = self.plan.to_json()
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> "Tariff":
        match {"termination": 0, "free_seconds": 0, "agency_price": 0, "plan": None, **stored}:
            case {
                "service": str(service),
                "price": int(price),
                "facility_additive": int(additive),
                "increment": int(increment),
                "minimum": int(minimum),
                "taxes": list(taxes),
                "cap": int() | None as cap,
                "termination": int(termination),
                "free_seconds": int(free_seconds),
                "agency_price": int(agency_price),
                "plan": dict() | None as plan,
            }:
                return cls(
                    Money(price),
                    Money(additive),
                    increment,
                    minimum,
                    tuple(Tax(name, parts) for name, parts in taxes),
                    None if cap is None else Money(cap),
                    Service(service),
                    Money(termination),
                    free_seconds,
                    Money(agency_price),
                    None if plan is None else PlanStanding.from_json(plan),
                )
        raise ValueError("this is not a stored tariff")


FREE = Tariff(ZERO)
