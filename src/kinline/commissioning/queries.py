"""What a facility lacks, and how its test calls went: read from what is stored, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import available_timezones

from django.db.models import Exists, OuterRef, Q, QuerySet

from kinline.calls.models import Call, HistoryEntry
from kinline.core.commissioning import Site
from kinline.core.identity import CallId, FacilityId, Instant
from kinline.core.numbering import Jurisdiction, NotANumber, e164, place_of
from kinline.core.policy import Rules
from kinline.core.reasons import Reason
from kinline.core.tariff import Service, tariff_on
from kinline.core.windows import ALWAYS
from kinline.facilities.call_settings import WrongCallSettings
from kinline.facilities.calling_rules import WrongCallingRules
from kinline.facilities.models import Facility, HousingUnit, NumberRule, Station, StationGroup, Trunk
from kinline.facilities.models.places import Switch
from kinline.facilities.models.rules import Treatment
from kinline.facilities.queries import Rulebook, course_of, rulebook, stamp
from kinline.live.models import StationState
from kinline.people.models import Resident, ResidentStatus, StaffRole

TEST_NOTE: Final = "Test call"
"""The note of the number that the test makes free."""
_DAY: Final = 86_400_000
_UNUSABLE: Final = "!"
"""How Django begins the hash of somebody without a password."""


def site_of(facility: Facility, at: Instant) -> Site:
    """The facts of a facility on which its calls depend."""
    units = list(HousingUnit.objects.filter(facility=facility).order_by("name"))
    phones = list(Station.objects.filter(facility=facility).order_by("name", "pk"))
    heard, absent = _heard(facility, at), _absent(phones, at)
    enabled = [phone for phone in phones if phone.is_enabled]
    in_use = {phone.unit_id for phone in enabled}
    book, readable = _book(facility)
    chains = _chains(facility, units, enabled, book, at) if readable.rules else {}
    rules = [each for chain in chains.values() for each in chain]
    here = Resident.objects.filter(facility=facility, status=ResidentStatus.ACTIVE)
    residents = list(here.values_list("is_test", "pin_hash", "unit_id"))
    roles = list(_roles_at(facility).values_list("role", "user__password", "user__name"))
    return Site(
        zone_is_known=facility.time_zone in available_timezones(),
        number_is_known=_is_of_the_country(facility.number),
        state=facility.state,
        population=facility.average_daily_population,
        languages=len(facility.languages),
        settings_are_readable=readable.settings,
        has_trunk=Trunk.objects.filter(is_enabled=True).exists(),
        off=tuple(_off(facility, units, enabled)),
        units=tuple(unit.name for unit in units),
        units_without_phone=tuple(unit.name for unit in units if unit.pk not in in_use) if enabled else (),
        phones=tuple(phone.name for phone in enabled),
        phones_without_secret=tuple(
            phone.name for phone in enabled if not (phone.ha1_sha256 or phone.ha1_md5 or phone.trusted_address)
        ),
        phones_not_registered=tuple(phone.name for phone in enabled if phone.pk in absent),
        phones_never_heard=tuple(phone.name for phone in enabled if phone.pk not in heard | absent),
        kinds_without_price=tuple(_kinds_without_price(book, at)) if book else tuple(_AT_HOME),
        without_hours=tuple(name for name, chain in chains.items() if all(level.hours is None for level in chain)),
        never_open=tuple(name for name, chain in chains.items() if not _opens(chain)),
        has_longest_call=any(each.maximum_seconds is not None for each in rules),
        rules_are_readable=readable.rules,
        list_required=any(each.list_required for each in rules),
        own_unit_only=any(each.own_unit_only for each in rules),
        residents=sum(not is_test for is_test, _, _ in residents),
        test_residents=sum(is_test for is_test, _, _ in residents),
        residents_without_pin=sum(not pin for _, pin, _ in residents),
        residents_without_unit=sum(unit is None for _, _, unit in residents),
        roles=frozenset(role for role, password, _ in roles if not password.startswith(_UNUSABLE)),
        not_accepted=tuple(sorted({name for _, password, name in roles if password.startswith(_UNUSABLE)})),
        calls_talked=int(_was_talked(facility, at)),
    )


_AT_HOME: Final = (Jurisdiction.LOCAL, Jurisdiction.INTRASTATE, Jurisdiction.INTERSTATE)


@dataclass(frozen=True, slots=True)
class _Readable:
    settings: bool
    rules: bool


def _book(facility: Facility) -> tuple[Rulebook | None, _Readable]:
    try:
        return rulebook(FacilityId(facility.pk), stamp()), _Readable(settings=True, rules=True)
    except WrongCallSettings:
        return None, _Readable(settings=False, rules=True)
    except WrongCallingRules:
        return None, _Readable(settings=True, rules=False)
    except (KeyError, ValueError):  # a zone that nobody knows
        return None, _Readable(settings=True, rules=True)


def _heard(facility: Facility, at: Instant) -> set[int]:
    """The phones from which a call ever came."""
    recent = Call.objects.filter(facility=facility, opened_at__gte=at - _DAY).values_list("station", flat=True)
    entered = Exists(HistoryEntry.objects.filter(station=OuterRef("pk")))
    return set(recent.distinct()) | set(Station.objects.filter(entered, facility=facility).values_list("pk", flat=True))


def _absent(phones: Iterable[Station], at: Instant) -> set[int]:
    """The phones that have a password and are not signed in now."""
    needed = {phone.pk for phone in phones if phone.ha1_sha256 and not phone.trusted_address}
    here = StationState.objects.filter(station__in=needed, registered_until__gt=at)
    return needed - set(here.values_list("station", flat=True))


def _chains(
    facility: Facility, units: Sequence[HousingUnit], phones: Sequence[Station], book: Rulebook | None, at: Instant
) -> dict[str, tuple[Rules, ...]]:
    """What the levels say, by unit (by phone, where it hangs in none; by facility, without any phone)."""
    names = {unit.pk: unit.name for unit in units}
    chains: dict[str, tuple[Rules, ...]] = {}
    if book is not None:
        for phone in phones:
            name = names.get(phone.unit_id or 0, phone.name)
            found = book.stations.get(phone.pk)  # type: ignore[call-overload]
            if found is not None and (name not in chains or not _opens(chains[name])):
                chains[name] = found.at(at)
    if not chains:
        try:
            chains[facility.name] = tuple(course_of(place).at(at) for place in (facility.agency, facility))
        except WrongCallingRules:
            return {}
    return chains


def _opens(chain: Iterable[Rules]) -> bool:
    """Whether there is a minute of the week that lies within the hours of all levels."""
    hours = ALWAYS
    for level in chain:
        hours = hours & level.hours if level.hours is not None else hours
    return bool(hours.spans) or any(spans for _, spans in hours.exceptions)


def _off(facility: Facility, units: Iterable[HousingUnit], phones: Iterable[Station]) -> Iterable[str]:
    groups = StationGroup.objects.filter(facility=facility).exclude(switch=Switch.ON)
    for place in (facility.agency, facility, *units, *groups, *phones):
        if place.switch != Switch.ON:
            yield str(place)


def _kinds_without_price(book: Rulebook, at: Instant) -> Iterable[str]:
    day = book.local_day(at)
    for kind in _AT_HOME:
        cap = book.cap(Service.AUDIO, kind, day)
        if isinstance(tariff_on(day, Service.AUDIO, kind, book.number, book.rates, book.taxes, cap), Reason):
            yield kind.value


def _roles_at(facility: Facility) -> QuerySet[StaffRole]:
    here = Q(facility=facility) | Q(agency=facility.agency_id, facility=None)
    return StaffRole.objects.filter(here, user__is_active=True)


def _is_of_the_country(number: str) -> bool:
    try:
        return place_of(e164(number)).country == "US"
    except NotANumber:
        return False


def _was_talked(facility: Facility, at: Instant) -> bool:
    recent = Call.objects.filter(facility=facility, opened_at__gte=at - _DAY, accepted_at__isnull=False)
    return recent.exists() or HistoryEntry.objects.filter(facility=facility, talk_seconds__gt=0).exists()


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far an attempt of the test came. `reached` are the happenings in their order, with whether each was."""

    call_id: CallId
    station: str
    opened_at: Instant
    is_over: bool
    reason: str
    reached: tuple[tuple[str, bool], ...]

    @property
    def is_whole(self) -> bool:
        return all(was for _, was in self.reached)


def attempts(facility: Facility, at: Instant) -> tuple[Attempt, ...]:
    """The newest attempts of the last day by a resident of the test, or by nobody who was known."""
    found = (
        Call.objects.filter(facility=facility, opened_at__gte=at - _DAY)
        .filter(Q(resident__is_test=True) | Q(resident=None))
        .select_related("station")
        .order_by("-opened_at")[:5]
    )
    return tuple(
        Attempt(
            CallId(call.pk),
            call.station.name,
            Instant(call.opened_at),
            call.settled_at is not None,
            call.reason,
            (
                ("off_hook", True),
                ("identified", call.identified_at is not None or call.resident_id is not None),
                ("authorised", call.authorised_at is not None),
                ("answered", call.answered_at is not None or call.accepted_at is not None),
                ("accepted", call.accepted_at is not None),
                ("settled", call.settled_at is not None and call.accepted_at is not None),
            ),
        )
        for call in found
    )


def test_residents(facility: Facility) -> Sequence[Resident]:
    """Those who are still in custody, as far as the system knows."""
    here = Resident.objects.filter(facility=facility, is_test=True, status=ResidentStatus.ACTIVE)
    return list(here.select_related("unit").order_by("pk"))


def test_numbers(facility: Facility) -> Sequence[NumberRule]:
    return list(NumberRule.objects.filter(facility=facility, treatment=Treatment.FREE, note=TEST_NOTE))
