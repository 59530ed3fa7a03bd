"""The highest lawful price of a minute: every version of the federal caps, as data with the day each took effect.

Caps include the facility additive and exclude taxes. Where an order sets the additive apart (`additives`), a provider's
own price may not fill that part (FCC 25-75: a cap, and "up to $0.02" for the facility's costs on top of it). They must
be compared once more with the codified table (47 CFR 64.6010 and 64.6030) before a release: the figures of 2025 are
those of the published order as summarised by the Prison Policy Initiative on 7 November 2025, of which the audio cap of
very small jails is the least certain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from kinline.core.money import ZERO, Money
from kinline.core.numbering import Jurisdiction
from kinline.core.tariff import Cap, Service


class FacilityClass(StrEnum):
    """The classes of facilities, by average daily population (47 CFR 64.6000)."""

    PRISON = "prison"
    LARGE_JAIL = "large_jail"  # 1,000 and more
    MEDIUM_JAIL = "medium_jail"  # 350 to 999
    SMALL_JAIL = "small_jail"  # 100 to 349
    VERY_SMALL_JAIL = "very_small_jail"  # 50 to 99
    EXTREMELY_SMALL_JAIL = "extremely_small_jail"  # 0 to 49: a class of its own since 2025


_JAILS: Final = (
    (1000, FacilityClass.LARGE_JAIL),
    (350, FacilityClass.MEDIUM_JAIL),
    (100, FacilityClass.SMALL_JAIL),
    (50, FacilityClass.VERY_SMALL_JAIL),
)


def facility_class(*, is_prison: bool, average_daily_population: int) -> FacilityClass:
    """The class of a facility; the population is that of the facility over the preceding calendar year."""
    if is_prison:
        return FacilityClass.PRISON
    return next(
        (jail for least, jail in _JAILS if average_daily_population >= least), FacilityClass.EXTREMELY_SMALL_JAIL
    )


_EVERYWHERE: Final = frozenset(Jurisdiction)
_BETWEEN_STATES: Final = frozenset({Jurisdiction.INTERSTATE})
_BETWEEN_STATES_AND_ABROAD: Final = frozenset({Jurisdiction.INTERSTATE, Jurisdiction.INTERNATIONAL})
_NOWHERE: Final[frozenset[Jurisdiction]] = frozenset()


@dataclass(frozen=True, slots=True)
class CapVersion:
    """One state of the law, for the classes it names; it holds until a later version for the same class and service."""

    effective: date
    service: Service
    jurisdictions: frozenset[Jurisdiction]  # where it caps; elsewhere the federal law sets none
    per_minute: Mapping[FacilityClass, Money]
    source: str
    collect: Money | None = None  # another cap for collect calls
    additives: Mapping[FacilityClass, Money] = field(default_factory=dict)  # the part of the cap that is theirs alone


def _by_class(*dollars: str) -> dict[FacilityClass, Money]:
    """Caps in the order of `FacilityClass`."""
    return dict(zip(FacilityClass, map(Money.parse, dollars), strict=True))


def _only(caps: Mapping[FacilityClass, Money], *classes: FacilityClass) -> dict[FacilityClass, Money]:
    return {facility: caps[facility] for facility in classes}


_BIG: Final = (FacilityClass.PRISON, FacilityClass.LARGE_JAIL)
_OTHER_JAILS: Final = tuple(facility for facility in FacilityClass if facility not in _BIG)

_AUDIO_2014: Final = _by_class("0.21", "0.21", "0.21", "0.21", "0.21", "0.21")
_AUDIO_2021: Final = _by_class("0.14", "0.16", "0.21", "0.21", "0.21", "0.21")
_AUDIO_2024: Final = _by_class("0.06", "0.06", "0.07", "0.09", "0.12", "0.12")
_AUDIO_2025: Final = _by_class("0.11", "0.10", "0.12", "0.13", "0.15", "0.19")
_VIDEO_2024: Final = _by_class("0.16", "0.11", "0.12", "0.14", "0.25", "0.25")
_VIDEO_2025: Final = _by_class("0.25", "0.19", "0.19", "0.21", "0.25", "0.44")

_ADDITIVE: Final = Money.parse("0.02")
_ADDITIVES_2021: Final = dict.fromkeys(_BIG, _ADDITIVE)
_ADDITIVES_2025: Final = dict.fromkeys(FacilityClass, _ADDITIVE)

_SOURCE_2014: Final = "47 CFR 64.6030 (2014): interim caps, debit and prepaid 0.21, collect 0.25"
_SOURCE_2021: Final = "FCC 21-60, 86 FR 40340: 0.12 and 0.14 with an additive of 0.02; 0.21 for the other jails"
_SOURCE_2024: Final = "FCC 24-75, 89 FR 77244, Table One"
_SOURCE_WAIVED: Final = "FCC waiver of 30 June 2025 of the caps of FCC 24-75: the caps of FCC 21-60 hold again"
_SOURCE_2025: Final = "FCC 25-75, 90 FR 56013, with the additive of 0.02; compliance date 6 April 2026"

VERSIONS: Final = (
    CapVersion(
        date(2014, 2, 11), Service.AUDIO, _BETWEEN_STATES, _AUDIO_2014, _SOURCE_2014, collect=Money.parse("0.25")
    ),
    CapVersion(
        date(2021, 10, 26),
        Service.AUDIO,
        _BETWEEN_STATES_AND_ABROAD,
        _AUDIO_2021,
        _SOURCE_2021,
        additives=_ADDITIVES_2021,
    ),
    CapVersion(date(2025, 1, 1), Service.AUDIO, _EVERYWHERE, _only(_AUDIO_2024, *_BIG), _SOURCE_2024),
    CapVersion(date(2025, 1, 1), Service.VIDEO, _EVERYWHERE, _only(_VIDEO_2024, *_BIG), _SOURCE_2024),
    CapVersion(date(2025, 4, 1), Service.AUDIO, _EVERYWHERE, _only(_AUDIO_2024, *_OTHER_JAILS), _SOURCE_2024),
    CapVersion(date(2025, 4, 1), Service.VIDEO, _EVERYWHERE, _only(_VIDEO_2024, *_OTHER_JAILS), _SOURCE_2024),
    CapVersion(
        date(2025, 6, 30),
        Service.AUDIO,
        _BETWEEN_STATES_AND_ABROAD,
        _AUDIO_2021,
        _SOURCE_WAIVED,
        additives=_ADDITIVES_2021,
    ),
    CapVersion(date(2025, 6, 30), Service.VIDEO, _NOWHERE, _VIDEO_2024, _SOURCE_WAIVED),
    CapVersion(date(2026, 4, 6), Service.AUDIO, _EVERYWHERE, _AUDIO_2025, _SOURCE_2025, additives=_ADDITIVES_2025),
    CapVersion(date(2026, 4, 6), Service.VIDEO, _EVERYWHERE, _VIDEO_2025, _SOURCE_2025, additives=_ADDITIVES_2025),
)
"""In order of their days. Contracts that the order of 2024 let run on to 2026 are not told apart."""


def cap_for(
    service: Service,
    facility: FacilityClass,
    jurisdiction: Jurisdiction,
    day: date,
    *,
    termination: Money = ZERO,
    is_collect: bool = False,
) -> Cap | None:
    """The federal cap in force on a day; None where the law sets none.

    International calls: the domestic cap and what the provider pays on average for a minute to that country
    (`termination`), without markup (FCC 21-60).
    """
    in_force = [
        version
        for version in VERSIONS
        if version.service is service and facility in version.per_minute and version.effective <= day
    ]
    if not in_force or jurisdiction not in in_force[-1].jurisdictions:
        return None
    version = in_force[-1]
    amount = version.collect if is_collect and version.collect is not None else version.per_minute[facility]
    if jurisdiction is Jurisdiction.INTERNATIONAL:
        amount += termination
    return Cap(amount, version.effective, version.source, version.additives.get(facility))
