"""A facility's rules and prices in memory."""

import pytest
from make import DAY, NOON, a_facility, a_station, a_unit

from kinline.core.callflow.settings import Entry
from kinline.core.identity import FacilityId, Instant, Language, StationId
from kinline.core.money import Money
from kinline.core.numbering import E164, NumberClass
from kinline.core.policy import Level, Switch
from kinline.core.reasons import Reason
from kinline.core.speech import SpokenName
from kinline.core.tariff import Tariff
from kinline.facilities.call_settings import WrongCallSettings, call_settings
from kinline.facilities.calling_rules import WrongCallingRules, calling_rules
from kinline.facilities.models import Facility, NumberRule, OpeningHours, TariffRow
from kinline.facilities.queries import Off, Rulebook, rulebook, stamp

NUMBER = E164("+15045550123")
JAIL = SpokenName("facility/1", "Jail")


def read(facility: Facility) -> Rulebook:
    return rulebook(FacilityId(facility.pk), stamp())


class TestCallSettings:
    def test_are_the_defaults_with_what_the_facility_says(self) -> None:
        settings = call_settings(
            JAIL, (Language.SPANISH,), {"entry": "joined", "keys": {"block": "8"}, "warnings": [120, 30]}
        )
        assert settings.entry is Entry.JOINED
        assert (settings.keys.block, settings.keys.accept) == ("8", "1")
        assert (settings.warnings, settings.languages) == ((120, 30), (Language.SPANISH,))

    @pytest.mark.parametrize("wrong", [{"no_such": 1}, {"pin_digits": "four"}, {"entry": "thumb"}, {"facility": "X"}])
    def test_refuse_what_they_do_not_know(self, wrong: dict[str, object]) -> None:
        with pytest.raises(WrongCallSettings, match=next(iter(wrong))):
            call_settings(JAIL, (Language.ENGLISH,), wrong)


class TestCallingRules:
    def test_are_those_of_a_level(self) -> None:
        rules = calling_rules(Level.UNIT, {"maximum_seconds": 600, "barred": ["premium"]}, Switch.CUT_OFF)
        assert (rules.level, rules.switch, rules.maximum_seconds) == (Level.UNIT, Switch.CUT_OFF, 600)
        assert rules.barred == {NumberClass.PREMIUM}

    @pytest.mark.parametrize("wrong", [{"no_such": 1}, {"maximum_seconds": "ten"}, {"level": "agency"}])
    def test_refuse_what_they_do_not_know(self, wrong: dict[str, object]) -> None:
        with pytest.raises(WrongCallingRules, match=next(iter(wrong))):
            calling_rules(Level.UNIT, wrong)


@pytest.mark.django_db
class TestTheRulebook:
    def test_a_station_is_under_every_level_above_it(self) -> None:
        jail = a_facility()
        jail.agency.calling_rules = {"wait_seconds": 60}
        jail.agency.save()
        unit = a_unit(jail, switch="cut_off", calling_rules={"calls_per_day": 3})
        station = a_station(jail, unit)
        OpeningHours.objects.create(facility=jail, station=station, weekday=0, opens=480, closes=1200)

        found = read(jail).stations[StationId(station.pk)]

        agency, facility, of_unit, of_station = found.at(NOON)
        assert [rules.level for rules in found.at(NOON)] == ["agency", "facility", "unit", "station"]
        assert (agency.wait_seconds, facility.maximum_seconds, of_unit.calls_per_day) == (60, 900, 3)
        assert (of_unit.hours, of_station.hours and of_station.hours.spans) == (None, ((480, 1200),))
        assert found.off == Off(Reason.TALK_CUTOFF)

    def test_a_change_is_seen_at_once(self) -> None:
        jail = a_facility()
        before = read(jail).settings.pin_digits
        Facility.objects.filter(pk=jail.pk).update(call_settings={"pin_digits": 6})
        assert (before, read(jail).settings.pin_digits) == (4, 6)

    def test_blocks_are_found_by_number_and_by_beginning(self) -> None:
        jail, elsewhere = a_facility(), a_facility()
        for facility, treatment, number, is_prefix in (
            (jail, "security", NUMBER, False),
            (None, "blocked", "+1504555", True),
            (elsewhere, "staff", NUMBER, False),
            (jail, "victim", "+1504556", True),
        ):
            NumberRule.objects.create(facility=facility, treatment=treatment, number=number, is_prefix=is_prefix)
        assert {block.reason for block in read(jail).blocks_on(NUMBER)} == {
            Reason.POLICY_NUMBER_BLOCKED_SECURITY,
            Reason.POLICY_NUMBER_BLOCKED_FACILITY,
        }

    def test_a_tariff_holds_from_its_day_on_the_facilitys_clock(self) -> None:
        jail = a_facility()
        TariffRow.objects.create(facility=jail, jurisdiction="intrastate", effective="2026-11-21", price=40_000)
        today, tomorrow = (read(jail).tariff(NUMBER, Instant(NOON + days * DAY)) for days in (0, 1))
        assert isinstance(today, Tariff)
        assert isinstance(tomorrow, Tariff)
        assert (today.price, tomorrow.price) == (Money(50_000), Money(40_000))
        assert today.cap == Money.parse("0.12")  # $0.13, of which the additive leaves a cent that is only its own

    def test_a_price_over_the_cap_is_no_tariff(self) -> None:
        jail = a_facility()
        TariffRow.objects.filter(facility=jail).update(price=130_000)
        assert read(jail).tariff(NUMBER, NOON) is Reason.TARIFF_OVER_CAP


@pytest.mark.django_db
@pytest.mark.parametrize("shown", ["+16125550100", "+18005550100", "+19855550100"])
def test_a_call_begins_where_the_facility_stands_whatever_number_it_shows(shown: str) -> None:
    prison = a_facility(state="MN", is_prison=True, number=shown)
    TariffRow.objects.filter(facility=prison).update(is_checked=True)

    minneapolis = E164("+16125550123")

    assert read(prison).jurisdiction(minneapolis).stays_in_state
    free = read(prison).tariff(minneapolis, NOON)
    assert isinstance(free, Tariff)
    assert free.is_free  # the law of Minnesota
    assert not read(prison).jurisdiction(NUMBER).stays_in_state
