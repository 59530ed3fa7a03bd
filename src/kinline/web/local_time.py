"""Times as a family reads them: in the words of their language, on the clock of the facility, which is named."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final, cast

from babel.dates import format_skeleton, format_time, get_timezone_name
from django.utils.translation import get_language

from kinline.core.identity import Instant

_LOCALES: Final = {"en": "en_US", "es": "es_US"}


@dataclass(frozen=True, slots=True)
class LocalTime:
    """An instant on a facility's clock. As text: `Fri, Nov 20, 2026, 12:00 PM, Central Time`."""

    on_the_clock: datetime
    read_in: int | None = None
    """The year in which it is read, on the same clock."""

    @classmethod
    def of(cls, instant: Instant | int, zone: tzinfo, read_at: Instant | None = None) -> "LocalTime":
        """`read_at`: when it is read, for a `day` that may go without its year."""
        read_in = None if read_at is None else _on_the_clock(read_at, zone).year
        return cls(_on_the_clock(instant, zone), read_in)

    @property
    def day(self) -> str:
        """`Fri, Nov 20`; `vie, 20 de nov`. Of another year than that in which it is read: `Fri, Nov 26, 2027`."""
        skeleton = "MMMEd" if self.on_the_clock.year == self.read_in else "yMMMEd"
        return format_skeleton(skeleton, self.on_the_clock, locale=_locale())

    @property
    def date(self) -> str:
        """`Nov 20, 2026`; `20 nov 2026`."""
        return format_skeleton("yMMMd", self.on_the_clock, locale=_locale())

    @property
    def month(self) -> str:
        """`November 2026`; `noviembre de 2026`."""
        return format_skeleton("yMMMM", self.on_the_clock, locale=_locale())

    @property
    def clock(self) -> str:
        """`12:00 PM`; `12:00 p.m.`."""
        return format_time(self.on_the_clock, "short", tzinfo=self.on_the_clock.tzinfo, locale=_locale())

    @property
    def zone(self) -> str:
        """`Central Time`; `hora central`; `UTC` as it is."""
        zone = cast(tzinfo, self.on_the_clock.tzinfo)
        return "UTC" if str(zone) == "UTC" else get_timezone_name(zone, width="long", locale=_locale())

    def __str__(self) -> str:
        return f"{self.date}, {self.clock}, {self.zone}"


def _on_the_clock(instant: Instant | int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone)


def _locale() -> str:
    return _LOCALES["es" if get_language() == "es" else "en"]
