"""A facility's rules and prices in memory: read once for each stamp, then a decision needs no look-up for them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Q

from kinline.core.announcement import Announcement
from kinline.core.callflow.settings import CallSettings
from kinline.core.caps import FacilityClass, facility_class
from kinline.core.crediting import CreditRule
from kinline.core.identity import FacilityId, Instant, Language, StationId
from kinline.core.money import Money
from kinline.core.numbering import E164, Jurisdiction, Place, relation, standing_in
from kinline.core.policy import Block, Level
from kinline.core.reasons import Reason
from kinline.core.speech import SpokenName
from kinline.core.state_laws import lawful_cap
from kinline.core.tariff import (
    Cap,
    FreeMinutes,
    Period,
    Plan,
    Rate,
    Service,
    Tariff,
    Tax,
    TaxRate,
    free_minutes_on,
    tariff_on,
)
from kinline.facilities.call_settings import call_settings, credit_rule
from kinline.facilities.models import (
    Facility,
    FreeMinutesRow,
    NumberRule,
    PlanRow,
    TariffRow,
    TaxRow,
)
from kinline.facilities.models.rules import Treatment
from kinline.facilities.queries.announcements import Placed, announcements_of
from kinline.facilities.queries.levels import StationRules, station_rules
from kinline.statements import database_name

_QUARTER_OF_AN_HOUR = 900_000
_TARIFFS_KEPT = 10_000

_REASONS = {
    Treatment.BLOCKED: Reason.POLICY_NUMBER_BLOCKED_FACILITY,
    Treatment.SECURITY: Reason.POLICY_NUMBER_BLOCKED_SECURITY,
    Treatment.STAFF: Reason.POLICY_STAFF_NUMBER,
    Treatment.VICTIM: Reason.POLICY_VICTIM,
}


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """A plan, and the days on which it can be subscribed to; `last_day` None: until further notice."""

    id: int
    plan: Plan
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that a decision needs to know of a facility and that changes seldom."""

    facility: FacilityId
    agency: int
    zone: ZoneInfo
    number: E164
    place: Place
    state: str
    facility_class: FacilityClass
    settings: CallSettings
    credit: CreditRule
    contacts_at_most: int | None
    collect_allowance: Money
    """What a number without an account may owe for collect calls; zero: there are none."""
    pin_tries: int
    pin_lock_seconds: int
    stations: Mapping[StationId, StationRules]
    blocks: Mapping[str, tuple[Block, ...]]
    """By whole number, or by prefix."""
    prefix_lengths: tuple[int, ...]
    hotlines: frozenset[E164]
    hot_numbers: Mapping[str, E164]
    """By what residents dial for them."""
    rates: tuple[Rate, ...]
    taxes: tuple[TaxRate, ...]
    free_minutes: tuple[FreeMinutes, ...]
    plans: tuple[PlanOffer, ...]
    announcements: tuple[Placed, ...]
    _tariffs: dict[tuple[Service, Jurisdiction, date, str], Tariff | Reason] = field(
        default_factory=dict, compare=False, repr=False
    )
    """What `tariff` has answered: of the called number it asks only where a rate is for some numbers alone."""

    @property
    def default_language(self) -> Language:
        return self.settings.languages[0]

    def blocks_on(self, number: E164) -> tuple[Block, ...]:
        """The blocks of this facility, or of all, that are on the number."""
        found = list(self.blocks.get(number, ()))
        for length in self.prefix_lengths:
            found += self.blocks.get(number[:length] + "*", ())
        return tuple(found)

    def announced(self, station: StationId, at: Instant, *, in_calls: bool = False) -> tuple[Announcement, ...]:
        """What staff announce at a station now: at off-hook, or to those who talk."""
        if not self.announcements:
            return ()
        rules = self.stations.get(station)
        unit = None if rules is None else rules.unit
        return tuple(
            each.announcement
            for each in self.announcements
            if each.is_said(station, unit, at) and (each.is_said_in_calls or not in_calls)
        )

    def jurisdiction(self, number: E164) -> Jurisdiction:
        return relation(self.place, number)

    def tariff(self, number: E164, at: Instant, service: Service = Service.AUDIO) -> Tariff | Reason:
        """What a call to the number costs if it begins now, or why it cannot be priced. Free minutes are not deducted:
        how many are left is the resident's (`free_minutes_at`)."""
        jurisdiction, day = self.jurisdiction(number), self.local_day(at)
        which = number if any(rate.destination for rate in self.rates) else ""
        key = (service, jurisdiction, day, which)
        known = self._tariffs.get(key)
        if known is None:
            cap = self.cap(service, jurisdiction, day)
            known = tariff_on(day, service, jurisdiction, number, self.rates, self.taxes, cap)
            if len(self._tariffs) >= _TARIFFS_KEPT:
                self._tariffs.clear()
            self._tariffs[key] = known
        return known

    def cap(self, service: Service, jurisdiction: Jurisdiction, day: date) -> Cap | None:
        """The domestic cap, federal or the state's, that binds this facility on a day."""
        return lawful_cap(service, self.facility_class, self.state, jurisdiction, day)

    def free_minutes_at(self, at: Instant) -> FreeMinutes | None:
        """The free minutes of a call that begins now."""
        return free_minutes_on(self.local_day(at), self.free_minutes) if self.free_minutes else None

    def local_day(self, at: Instant) -> date:
        return _local_day(self.zone, at // _QUARTER_OF_AN_HOUR)


@lru_cache(maxsize=1000)
def _local_day(zone: ZoneInfo, quarter: int) -> date:
    """Every zone's midnight is at the full quarter of an hour (UTC)."""
    return datetime.fromtimestamp(quarter * _QUARTER_OF_AN_HOUR / 1000, UTC).astimezone(zone).date()


def rulebook(facility: FacilityId, stamp: int) -> Rulebook:
    """The facility's rulebook, as of `stamp` or newer."""
    return _read(database_name(), facility, stamp)


@lru_cache(maxsize=4096)
def _read(_database: str, facility_id: FacilityId, _stamp: int) -> Rulebook:
    facility = Facility.objects.select_related("agency").get(pk=facility_id)
    languages = tuple(Language(code) for code in facility.languages) or tuple(Language)
    here_or_everywhere = Q(facility=facility_id) | Q(agency=facility.agency_id) | Q(facility=None, agency=None)
    number_rules = list(NumberRule.objects.filter(here_or_everywhere))
    blocks = _blocks(number_rules)
    free = [rule for rule in number_rules if rule.treatment == Treatment.FREE]
    number = E164(facility.number)
    return Rulebook(
        facility=facility_id,
        agency=facility.agency_id,
        zone=ZoneInfo(facility.time_zone),
        number=number,
        place=standing_in(facility.state, number),
        state=facility.state,
        facility_class=facility_class(
            is_prison=facility.is_prison, average_daily_population=facility.average_daily_population
        ),
        settings=call_settings(SpokenName(f"facility/{facility_id}", facility.name), languages, facility.call_settings),
        credit=credit_rule(facility.call_settings),
        contacts_at_most=facility.contacts_at_most,
        collect_allowance=Money(facility.collect_allowance),
        pin_tries=facility.pin_tries,
        pin_lock_seconds=facility.pin_lock_seconds,
        stations=station_rules(facility),
        blocks=blocks,
        prefix_lengths=tuple(sorted({len(prefix) - 1 for prefix in blocks if prefix.endswith("*")})),
        hotlines=frozenset(E164(rule.number) for rule in free),
        hot_numbers={rule.short_code: E164(rule.number) for rule in free if rule.short_code},
        rates=tuple(_rate(row) for row in TariffRow.objects.filter(facility=facility_id)),
        taxes=tuple(_tax(row) for row in TaxRow.objects.filter(facility=facility_id)),
        free_minutes=tuple(
            FreeMinutes(row.effective, row.seconds_per_day, row.seconds_per_week)
            for row in FreeMinutesRow.objects.filter(facility=facility_id)
        ),
        plans=tuple(
            PlanOffer(
                row.pk,
                Plan(row.name, Money(row.price), row.minutes, Period(row.period)),
                row.offered_from,
                row.offered_until,
            )
            for row in PlanRow.objects.filter(facility=facility_id).order_by("price", "name")
        ),
        announcements=announcements_of(facility),
    )


def _blocks(number_rules: Iterable[NumberRule]) -> Mapping[str, tuple[Block, ...]]:
    blocks: dict[str, list[Block]] = defaultdict(list)
    for rule in number_rules:
        if (reason := _REASONS.get(Treatment(rule.treatment))) is not None:
            level = Level.FACILITY if rule.facility_id else Level.AGENCY if rule.agency_id else Level.PLATFORM
            key = rule.number + "*" if rule.is_prefix else rule.number
            blocks[key].append(Block(rule.number, reason, level, is_whole=not rule.is_prefix))
    return {key: tuple(found) for key, found in blocks.items()}


def _rate(row: TariffRow) -> Rate:
    return Rate(
        Service(row.service),
        Jurisdiction(row.jurisdiction),
        row.effective,
        Money(row.price),
        Money(row.facility_additive),
        row.increment,
        row.minimum,
        row.destination,
        Money(row.termination),
        Money(row.agency_price),
        row.is_checked,
    )


def _tax(row: TaxRow) -> TaxRate:
    return TaxRate(
        Tax(row.name, row.parts_per_million),
        row.effective,
        Jurisdiction(row.jurisdiction) if row.jurisdiction else None,
        row.source,
    )
