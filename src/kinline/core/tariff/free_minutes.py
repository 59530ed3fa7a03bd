"""Minutes of talk that cost the family nothing: so many of each day, of each week, or both."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from kinline.core.tariff.tariff import Tariff


@dataclass(frozen=True, slots=True)
class FreeMinutes:
    """A facility's free talk from the day `effective` on, in seconds for each resident; None: no such allowance."""

    effective: date
    seconds_per_day: int | None = None
    seconds_per_week: int | None = None

    def left(self, used_today: int, used_this_week: int) -> int:
        """The free seconds that a resident has left: the lesser of the day's and the week's."""
        lefts = [
            max(allowance - used, 0)
            for allowance, used in ((self.seconds_per_day, used_today), (self.seconds_per_week, used_this_week))
            if allowance is not None
        ]
        return min(lefts, default=0)

    def gives_as_much_as(self, other: "FreeMinutes") -> bool:
        """Whether nobody has less of it than of the other, whatever they used."""
        allowances = (
            (self.seconds_per_day, other.seconds_per_day),
            (self.seconds_per_week, other.seconds_per_week),
        )
        is_no_tighter = all(ours is None or (theirs is not None and ours >= theirs) for ours, theirs in allowances)
        return is_no_tighter and self.left(0, 0) > 0


def given(tariff: Tariff, free: FreeMinutes | None, used_today: int, used_this_week: int) -> Tariff:
    """The tariff of talk of which the resident's free minutes pay the first part."""
    left = 0 if free is None or tariff.is_free else free.left(used_today, used_this_week)
    return replace(tariff, free_seconds=left) if left else tariff


def free_minutes_on(day: date, known: Iterable[FreeMinutes]) -> FreeMinutes | None:
    """The allowance in force on a day; None also when that is nothing."""
    found = max((each for each in known if each.effective <= day), key=lambda each: each.effective, default=None)
    return found if found is not None and found.left(0, 0) else None
