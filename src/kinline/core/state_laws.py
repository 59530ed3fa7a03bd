"""What states of the United States say of prices: free calls, as data with the day each law took effect.

States may demand less than the federal caps, and bind calls within the state. Whom a law binds is taken narrowly where
the sources do not say (prisons of the state, not county jails). A law whose first day is not sure binds from the latest
day that it can be, and its doubt is shown to staff for checking. The sources are summaries of campaigns and of the
press, not the statutes: each must be compared with its text before a release. Of counties, such as Los Angeles County,
free calls are reported without a day or a text: they are none of these laws.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kinline.core.caps import FacilityClass, cap_for
from kinline.core.money import ZERO, Money
from kinline.core.numbering import Jurisdiction
from kinline.core.tariff import Cap, Service

_PRISONS: Final = frozenset({FacilityClass.PRISON})
_ALL: Final = frozenset(FacilityClass)
_AUDIO: Final = frozenset({Service.AUDIO})
_EVERYTHING: Final = frozenset(Service)


@dataclass(frozen=True, slots=True)
class StateLaw:
    """From the day `effective` on, in-state `services` at facilities of these classes cost families `per_unit` at most.

    `doubt`: what is not sure about it, for staff to check.
    """

    state: str
    effective: date
    services: frozenset[Service]
    classes: frozenset[FacilityClass]
    source: str
    per_unit: Money = ZERO
    doubt: str = ""

    def concerns(self, state: str, facility: FacilityClass) -> bool:
        return self.state == state and facility in self.classes


LAWS: Final = (
    StateLaw(
        "CT",
        date(2022, 10, 1),
        _AUDIO,
        _ALL,
        "Connecticut law signed 16 June 2021: free calls, at least 90 minutes a day",
        doubt="in force since 1 July or 1 October 2022: the day is not verified",
    ),
    StateLaw(
        "CA",
        date(2023, 1, 31),
        _AUDIO,
        _PRISONS,
        "California law of 2022: free calls from state prisons",
        doubt="the exact day in January 2023 is not verified",
    ),
    StateLaw("MN", date(2023, 7, 1), _AUDIO, _PRISONS, "Minnesota law in force since 1 July 2023: free calls"),
    StateLaw(
        "CO",
        date(2025, 7, 1),
        _AUDIO,
        _PRISONS,
        "Colorado law: the state pays 25 % of calls from 1 September 2023, 35 % from 1 July 2024, all from 1 July 2025",
    ),
    StateLaw(
        "MA",
        date(2023, 12, 1),
        _EVERYTHING,
        _ALL,
        "Massachusetts law in force since 1 December 2023: free calls, video and messages in prisons and jails",
    ),
)


def laws_of(state: str, facility: FacilityClass, laws: Iterable[StateLaw] = LAWS) -> tuple[StateLaw, ...]:
    """The laws that concern a facility."""
    return tuple(law for law in laws if law.concerns(state, facility))


def lawful_cap(
    service: Service, facility: FacilityClass, state: str, jurisdiction: Jurisdiction, day: date
) -> Cap | None:
    """The lowest of what federal and state law allow for a unit on a day; None where neither says anything.

    Calls abroad may cost their termination on top: it is for the caller to add.
    """
    federal = cap_for(service, facility, jurisdiction, day)
    if not jurisdiction.stays_in_state:
        return federal
    caps = [] if federal is None else [federal]
    caps += [
        Cap(law.per_unit, law.effective, law.source)
        for law in laws_of(state, facility)
        if law.effective <= day and service in law.services
    ]
    return min(caps, key=lambda cap: cap.per_minute, default=None)
