"""What a facility lacks before calls can be made there as they should be: facts in, findings out.

The steps of setting a facility up are derived from the same findings, so that one can stop anywhere and go on later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """The steps of setting up, in their order."""

    FACILITY = "facility"
    UNITS = "units"
    PHONES = "phones"
    PRICES = "prices"
    RULES = "rules"
    RESIDENTS = "residents"
    STAFF = "staff"
    TEST_CALL = "test_call"


class Lack(StrEnum):
    """Something that is missing; `of` its step."""

    ZONE = "zone"
    NUMBER = "number"
    STATE = "state"
    POPULATION = "population"
    LANGUAGES = "languages"
    CALL_SETTINGS = "call_settings"
    """They cannot be read: no call is decided."""
    TRUNK = "trunk"
    """No way out of the house is enabled."""
    TURNED_OFF = "turned_off"
    UNITS = "units"
    UNIT_WITHOUT_PHONE = "unit_without_phone"
    PHONES = "phones"
    PHONE_WITHOUT_SECRET = "phone_without_secret"  # noqa: S105
    """It has neither a password nor a trusted address: nobody lets it in."""
    PHONE_NOT_REGISTERED = "phone_not_registered"
    """It has a password, and is not signed in now."""
    PHONE_NEVER_HEARD = "phone_never_heard"
    """It is signed in, or needs no password, and no call ever came from it."""
    PRICE = "price"
    """Calls of a kind have no lawful price today."""
    HOURS = "hours"
    """No level says when a unit's phones may be used: they may at any time."""
    NEVER_OPEN = "never_open"
    LONGEST_CALL = "longest_call"
    RULES_UNREADABLE = "rules_unreadable"
    RESIDENTS = "residents"
    RESIDENT_WITHOUT_PIN = "resident_without_pin"
    RESIDENT_WITHOUT_UNIT = "resident_without_unit"
    """Phones of one's own unit are the only ones, and they have none."""
    ADMINISTRATOR = "administrator"
    APPROVER = "approver"
    """Contacts must be approved, and nobody can."""
    OFFICER = "officer"
    NOT_ACCEPTED = "not_accepted"
    """Somebody was invited and has not come yet."""
    TEST_CALL = "test_call"
    """Nobody ever talked from here."""
    TEST_LEFT = "test_left"
    """The resident of the test is still in custody, as far as the system knows."""


class Weight(StrEnum):
    """How grave a lack is."""

    STOPS = "stops"
    """No call can be made, or some cannot."""
    MEND = "mend"
    """Calls can be made; somebody will be missed or surprised."""


OF: Final[Mapping[Lack, tuple[Step, Weight]]] = {
    Lack.ZONE: (Step.FACILITY, Weight.STOPS),
    Lack.NUMBER: (Step.FACILITY, Weight.STOPS),
    Lack.STATE: (Step.FACILITY, Weight.MEND),
    Lack.POPULATION: (Step.FACILITY, Weight.MEND),
    Lack.LANGUAGES: (Step.FACILITY, Weight.MEND),
    Lack.CALL_SETTINGS: (Step.FACILITY, Weight.STOPS),
    Lack.TRUNK: (Step.TEST_CALL, Weight.STOPS),
    Lack.TURNED_OFF: (Step.RULES, Weight.STOPS),
    Lack.UNITS: (Step.UNITS, Weight.MEND),
    Lack.UNIT_WITHOUT_PHONE: (Step.PHONES, Weight.MEND),
    Lack.PHONES: (Step.PHONES, Weight.STOPS),
    Lack.PHONE_WITHOUT_SECRET: (Step.PHONES, Weight.STOPS),
    Lack.PHONE_NOT_REGISTERED: (Step.PHONES, Weight.MEND),
    Lack.PHONE_NEVER_HEARD: (Step.PHONES, Weight.MEND),
    Lack.PRICE: (Step.PRICES, Weight.STOPS),
    Lack.HOURS: (Step.RULES, Weight.MEND),
    Lack.NEVER_OPEN: (Step.RULES, Weight.STOPS),
    Lack.LONGEST_CALL: (Step.RULES, Weight.MEND),
    Lack.RULES_UNREADABLE: (Step.RULES, Weight.STOPS),
    Lack.RESIDENTS: (Step.RESIDENTS, Weight.STOPS),
    Lack.RESIDENT_WITHOUT_PIN: (Step.RESIDENTS, Weight.MEND),
    Lack.RESIDENT_WITHOUT_UNIT: (Step.RESIDENTS, Weight.MEND),
    Lack.ADMINISTRATOR: (Step.STAFF, Weight.MEND),
    Lack.APPROVER: (Step.STAFF, Weight.STOPS),
    Lack.OFFICER: (Step.STAFF, Weight.MEND),
    Lack.NOT_ACCEPTED: (Step.STAFF, Weight.MEND),
    Lack.TEST_CALL: (Step.TEST_CALL, Weight.MEND),
    Lack.TEST_LEFT: (Step.TEST_CALL, Weight.MEND),
}


@dataclass(frozen=True, slots=True)
class Site:
    """What is stored of a facility, as far as calls depend on it. Names are those that staff gave."""

    zone_is_known: bool = True
    number_is_known: bool = True
    """Its number is one of the country, in its form."""
    state: str = ""
    population: int = 0
    languages: int = 0
    settings_are_readable: bool = True
    has_trunk: bool = True
    off: tuple[str, ...] = ()
    """The places whose phones are turned off."""
    units: tuple[str, ...] = ()
    units_without_phone: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    """Those that are enabled."""
    phones_without_secret: tuple[str, ...] = ()
    phones_not_registered: tuple[str, ...] = ()
    phones_never_heard: tuple[str, ...] = ()
    kinds_without_price: tuple[str, ...] = ()
    without_hours: tuple[str, ...] = ()
    """Units (without any: the facility) for which no level says hours."""
    never_open: tuple[str, ...] = ()
    has_longest_call: bool = False
    rules_are_readable: bool = True
    list_required: bool = False
    own_unit_only: bool = False
    residents: int = 0
    """In custody, those of the test not counted."""
    test_residents: int = 0
    residents_without_pin: int = 0
    residents_without_unit: int = 0
    roles: frozenset[str] = frozenset()
    """Held here by somebody who has a password: `facility_administrator`, `approver`, `officer`."""
    not_accepted: tuple[str, ...] = ()
    calls_talked: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing, and where: names of places, phones or people."""

    lack: Lack
    where: tuple[str, ...] = ()

    @property
    def step(self) -> Step:
        return OF[self.lack][0]

    @property
    def weight(self) -> Weight:
        return OF[self.lack][1]


def lacking(site: Site) -> tuple[Finding, ...]:
    """All that is missing, in the order of the steps, the gravest first within each."""
    found = [Finding(lack) for lack, is_missing in _simple(site) if is_missing]
    found += [Finding(lack, where) for lack, where in _placed(site) if where]
    steps, weights = list(Step), list(Weight)
    return tuple(sorted(found, key=lambda finding: (steps.index(finding.step), weights.index(finding.weight))))


def steps_done(site: Site) -> Mapping[Step, bool]:
    """Which steps leave nothing open that would stop a call, and have been begun at all."""
    found = lacking(site)
    begun = {
        Step.FACILITY: True,
        Step.UNITS: bool(site.units),
        Step.PHONES: bool(site.phones),
        Step.PRICES: True,
        Step.RULES: site.has_longest_call or not site.without_hours,
        Step.RESIDENTS: site.residents + site.test_residents > 0,
        Step.STAFF: "facility_administrator" in site.roles,
        Step.TEST_CALL: site.calls_talked > 0,
    }
    stopped = {finding.step for finding in found if finding.weight is Weight.STOPS}
    return {step: begun[step] and step not in stopped for step in Step}


def _simple(site: Site) -> tuple[tuple[Lack, bool], ...]:
    return (
        (Lack.ZONE, not site.zone_is_known),
        (Lack.NUMBER, not site.number_is_known),
        (Lack.STATE, not site.state),
        (Lack.POPULATION, site.population == 0),
        (Lack.LANGUAGES, site.languages == 0),
        (Lack.CALL_SETTINGS, not site.settings_are_readable),
        (Lack.TRUNK, not site.has_trunk),
        (Lack.UNITS, not site.units),
        (Lack.PHONES, not site.phones),
        (Lack.LONGEST_CALL, not site.has_longest_call),
        (Lack.RULES_UNREADABLE, not site.rules_are_readable),
        (Lack.RESIDENTS, site.residents + site.test_residents == 0),
        (Lack.RESIDENT_WITHOUT_PIN, site.residents_without_pin > 0),
        (Lack.RESIDENT_WITHOUT_UNIT, site.own_unit_only and site.residents_without_unit > 0),
        (Lack.ADMINISTRATOR, "facility_administrator" not in site.roles),
        (Lack.APPROVER, site.list_required and not site.roles & {"approver", "facility_administrator"}),
        (Lack.OFFICER, "officer" not in site.roles),
        (Lack.TEST_CALL, site.calls_talked == 0),
        (Lack.TEST_LEFT, site.test_residents > 0 and site.calls_talked > 0),
    )


def _placed(site: Site) -> tuple[tuple[Lack, tuple[str, ...]], ...]:
    return (
        (Lack.TURNED_OFF, site.off),
        (Lack.UNIT_WITHOUT_PHONE, site.units_without_phone),
        (Lack.PHONE_WITHOUT_SECRET, site.phones_without_secret),
        (Lack.PHONE_NOT_REGISTERED, site.phones_not_registered),
        (Lack.PHONE_NEVER_HEARD, site.phones_never_heard),
        (Lack.PRICE, site.kinds_without_price),
        (Lack.HOURS, site.without_hours),
        (Lack.NEVER_OPEN, site.never_open),
        (Lack.NOT_ACCEPTED, site.not_accepted),
    )
