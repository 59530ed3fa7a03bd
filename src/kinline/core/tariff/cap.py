"""What the law allows for a unit of a service, and the price that is left of a higher one."""

from dataclasses import dataclass
from datetime import date

from kinline.core.money import Money


@dataclass(frozen=True, slots=True)
class Cap:
    """The highest lawful price of a unit, the facility's additive included, taxes not.

    `additive` is the part that only the additive may fill (47 CFR 64.6030 since 2025); None: the law of that time draws
    no line between the two.
    """

    per_minute: Money
    effective: date
    source: str
    additive: Money | None = None

    def highest_price(self, additive: Money) -> Money:
        """The most that the provider may ask for itself beside a lawful `additive`."""
        return self.per_minute - (additive if self.additive is None else self.additive)

    @property
    def highest_additive(self) -> Money:
        return self.per_minute if self.additive is None else self.additive

    def allows(self, price: Money, additive: Money) -> bool:
        return additive <= self.highest_additive and price <= self.highest_price(additive)

    def lawful(self, price: Money, additive: Money) -> tuple[Money, Money]:
        """Price and additive as they may be charged: each as it is, or the most that is lawful."""
        additive = min(additive, self.highest_additive)
        return min(price, self.highest_price(additive)), additive
