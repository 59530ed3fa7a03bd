"""Why a price list stays as it is: each refusal with what is to be changed, and what would be lawful."""

from datetime import date
from enum import StrEnum

from kinline.core.money import Money
from kinline.core.tariff import Cap, Plan, PlanFault, Rate


class PriceRefused(ValueError):
    """The price list stays as it is. `field` is what has to be changed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class OverCap(PriceRefused):
    """The price or the additive is higher than the law allows on the day on which it would begin."""

    def __init__(self, rate: Rate, cap: Cap) -> None:
        self.rate = rate
        self.cap = cap
        field = "facility_additive" if rate.facility_additive > cap.highest_additive else "price"
        super().__init__(
            field,
            f"{rate.price} and {rate.facility_additive} for the facility are over the cap of {cap.per_minute} in force "
            f"since {cap.effective} ({cap.source}): the highest lawful price is {self.highest_price}, beside at most "
            f"{self.highest_additive} for the facility",
        )

    @property
    def highest_price(self) -> Money:
        """What may be asked beside the additive that was asked, or the most of it that is lawful."""
        return self.cap.highest_price(min(self.rate.facility_additive, self.highest_additive))

    @property
    def highest_additive(self) -> Money:
        return self.cap.highest_additive


class InThePast(PriceRefused):
    """Nothing is priced anew after the fact."""

    def __init__(self, effective: date, today: date) -> None:
        super().__init__("effective", f"{effective} is past: let it begin on {today} or later")
        self.effective = effective
        self.today = today


class AlreadyInForce(PriceRefused):
    """Calls of today were quoted by the row of today."""

    def __init__(self, today: date) -> None:
        super().__init__("effective", f"a price is in force since this morning ({today}): begin tomorrow or later")
        self.today = today


class DearerToday(PriceRefused):
    """Calls of today were quoted by less."""

    def __init__(self, tomorrow: date) -> None:
        super().__init__("effective", f"calls of today were quoted by less: begin on {tomorrow} or later")
        self.tomorrow = tomorrow


class Problem(StrEnum):
    """What is wrong with a price that is none."""

    DESTINATION = "destination"
    DESTINATION_ABROAD_ONLY = "destination_abroad_only"
    TERMINATION_ABROAD_ONLY = "termination_abroad_only"
    INCREMENT = "increment"
    MINIMUM = "minimum"
    BY_THE_PIECE = "by_the_piece"
    NEGATIVE = "negative"
    TAX = "tax"
    NAME = "name"
    SOURCE = "source"
    LAST_DAY = "last_day"
    ANCILLARY = "ancillary"


class NotAPrice(PriceRefused):
    """It cannot be read as a price: see `problem`."""

    def __init__(self, field: str, problem: Problem, message: str) -> None:
        super().__init__(field, message)
        self.problem = problem


class PlanRefused(PriceRefused):
    """The plan is unlawful or saves nobody anything (47 CFR 64.6140)."""

    def __init__(self, plan: Plan, faults: tuple[PlanFault, ...], per_minute: Money, cap: Cap | None) -> None:
        most = (cap.per_minute if cap and cap.per_minute < per_minute else per_minute) * plan.minutes
        super().__init__(
            "minutes" if PlanFault.NO_MINUTES in faults else "price",
            f"{plan.name}: {', '.join(faults)}; {plan.minutes} minutes must cost less than {most}",
        )
        self.plan = plan
        self.faults = faults
        self.most = most
