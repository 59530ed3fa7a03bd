"""From nothing to a first test call: what is missing is told at each step, and settings come from a sister facility."""

from dataclasses import replace
from datetime import date

import pytest
from make import NOON, a_facility, a_resident, a_station, a_unit, off_hook

from kinline.audit.models import AuditEvent
from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.commissioning import copying, queries, services
from kinline.commissioning.copying import Part
from kinline.contacts.queries import list_rules
from kinline.contacts.services import keep_lists
from kinline.core.callflow.events import Authorised, Identified
from kinline.core.commissioning import Lack, Site, Step, lacking, steps_done
from kinline.core.contacts import Mode
from kinline.core.identity import FacilityId, Instant, ResidentId
from kinline.core.money import Money
from kinline.core.numbering import Jurisdiction
from kinline.core.tariff import Rate, Service
from kinline.facilities import services as facilities
from kinline.facilities.models import Facility, NumberRule, Station, TariffRow, TaxRow, Trunk
from kinline.facilities.queries import course_of, station_by_address, station_by_user
from kinline.live.models import StationState
from kinline.people.models import Role, StaffRole, User
from kinline.people.pins import pin_matches

pytestmark = pytest.mark.django_db
WHO = "user/1"
LAKE = {
    "name": "Lake  Jail",
    "time_zone": "America/Chicago",
    "number": "(985) 555-0100",
    "state": "LA",
    "average_daily_population": 180,
    "languages": ["en", "es"],
}


def missing(facility: Facility, at: Instant = NOON) -> set[Lack]:
    return {finding.lack for finding in lacking(queries.site_of(facility, at))}


def test_a_facility_is_set_up_from_nothing_to_a_first_test_call() -> None:
    agency = facilities.make_agency("Lake County Sheriff", WHO, NOON)
    jail = facilities.make_facility(agency, LAKE, WHO, NOON)
    assert (jail.name, jail.number) == ("Lake Jail", "+19855550100")
    assert {Lack.PHONES, Lack.UNITS, Lack.PRICE, Lack.HOURS, Lack.RESIDENTS, Lack.ADMINISTRATOR} < missing(jail)
    unit = facilities.make_unit(jail, "A", WHO, NOON)
    new = facilities.make_station(jail, unit, "Phone 1", "", WHO, NOON)
    assert station_by_user(new.station.sip_user).secrets.md5 == new.station.ha1_md5
    assert new.password not in str(AuditEvent.objects.values_list("after", flat=True))
    gateway = facilities.make_station(jail, unit, "Gateway", "192.0.2.9", WHO, NOON)
    assert (gateway.password, station_by_address("192.0.2.9").id) == ("", gateway.station.pk)
    for kind in (Jurisdiction.LOCAL, Jurisdiction.INTRASTATE, Jurisdiction.INTERSTATE):
        rate = Rate(Service.AUDIO, kind, date(2026, 11, 20), Money.parse("0.05"))
        facilities.save_rate(FacilityId(jail.pk), rate, WHO, NOON)
    says = {"hours": [[day, 480, 1260] for day in range(7)], "maximum_seconds": 900, "list_required": True}
    facilities.say_rules(jail, says, WHO, "", NOON)
    assert Lack.APPROVER in missing(jail)
    for role in (Role.FACILITY_ADMINISTRATOR, Role.OFFICER):
        user = User.objects.create_user(f"{role}@lake.example", None, name=f"The {role}")
        StaffRole.objects.create(user=user, role=role, agency=agency, facility=jail)
    assert {Lack.NOT_ACCEPTED, Lack.ADMINISTRATOR} < missing(jail)
    User.objects.update(password="x")
    Trunk.objects.create(name="carrier", kind="gateway", priority=1, host="192.0.2.1")
    absent = {Lack.PHONE_NOT_REGISTERED}
    assert missing(jail) == {Lack.RESIDENTS, Lack.PHONE_NEVER_HEARD, Lack.TEST_CALL} | absent
    StationState.objects.create(station=new.station, registered_until=NOON + 60_000)
    assert missing(jail) == {Lack.RESIDENTS, Lack.PHONE_NEVER_HEARD, Lack.TEST_CALL}

    test = services.begin_test(jail, unit, "504 555 0123", WHO, NOON)
    assert (test.resident.resident_number, test.resident.is_test) == ("999999", True)
    assert pin_matches(test.resident.pin_hash, test.pin)
    call = off_hook(new.station, NOON)
    assert [was for _, was in queries.attempts(jail, NOON)[0].reached] == [True] + [False] * 5
    known = calls.identify(call, test.resident.resident_number, test.pin, NOON)
    assert isinstance(known, Identified)
    assert isinstance(calls.authorise(call, ResidentId(test.resident.pk), "5045550123", NOON), Authorised)
    calls.accept(call, NOON + 9000)
    attempt = queries.attempts(jail, NOON + 10_000)[0]
    assert (attempt.reached[4], attempt.is_whole) == (("accepted", True), False)
    later = NOON + 20_000
    assert {Lack.TEST_LEFT, Lack.PHONE_NEVER_HEARD} == missing(jail, later)
    assert all(steps_done(queries.site_of(jail, later)).values())
    services.end_test(jail, WHO, later)
    assert not NumberRule.objects.filter(facility=jail).exists()
    assert Call.objects.get(pk=call).cut_off
    assert services.begin_test(jail, unit, "5045550123", WHO, later).resident == test.resident


def test_what_is_wrong_is_named_by_its_field_and_nothing_is_made() -> None:
    agency = facilities.make_agency("Lake County Sheriff", WHO, NOON)
    wrong = {"time_zone": "Chicago", "number": "985", "languages": [], "name": " ", "state": "la"}
    for field, value in wrong.items():
        with pytest.raises(facilities.NotAPlace, match=field):
            facilities.make_facility(agency, {**LAKE, field: value}, WHO, NOON)
    jail = facilities.make_facility(agency, LAKE, WHO, NOON)
    for make, field in (
        (lambda: facilities.make_agency(agency.name, WHO, NOON), "agency_name"),
        (lambda: facilities.make_facility(agency, LAKE, WHO, NOON), "name"),
        (lambda: facilities.make_station(jail, None, "P", "nowhere", WHO, NOON), "address"),
        (lambda: facilities.make_station(jail, a_unit(a_facility()), "P", "", WHO, NOON), "unit"),
    ):
        with pytest.raises(facilities.NotAPlace, match=field):
            make()
    facilities.make_station(jail, None, "P", "192.0.2.9", WHO, NOON)
    with pytest.raises(facilities.NotAPlace, match="address"):
        facilities.make_station(jail, None, "Q", "192.0.2.9", WHO, NOON)
    assert Station.objects.filter(facility=jail).count() == 1


def test_a_phone_gets_another_password_and_is_let_in_no_more() -> None:
    jail = a_facility()
    new = facilities.make_station(jail, None, "Phone 1", "192.0.2.9", WHO, NOON)
    again = facilities.new_station_password(new.station, WHO, NOON)
    assert station_by_address("192.0.2.9") is None
    assert len(again.password) == 16
    intake = facilities.station_group(jail, " Intake ", WHO, NOON)
    assert facilities.station_group(jail, "Intake", WHO, NOON) == intake
    facilities.change_station(again.station, a_unit(jail), intake, "Yard 1", is_enabled=False, actor=WHO, at=NOON)
    assert intake.stations.get().name == "Yard 1"
    assert station_by_user(new.station.sip_user) is None


def test_rules_and_settings_that_nobody_can_read_are_told_and_do_not_break_the_page() -> None:
    jail = a_facility()
    a_station(jail, a_unit(jail))
    Facility.objects.filter(pk=jail.pk).update(call_settings={"nothing": 1})
    assert Lack.CALL_SETTINGS in missing(Facility.objects.get(pk=jail.pk))
    Facility.objects.filter(pk=jail.pk).update(call_settings={}, calling_rules={"nothing": 1})
    assert Lack.RULES_UNREADABLE in missing(Facility.objects.get(pk=jail.pk))
    Facility.objects.filter(pk=jail.pk).update(calling_rules={}, time_zone="Nowhere")
    assert Lack.ZONE in missing(Facility.objects.get(pk=jail.pk))


def test_the_number_of_queries_does_not_grow_with_the_facility(django_assert_max_num_queries) -> None:
    jail = a_facility()
    for number in range(12):
        unit = a_unit(jail, f"Unit {number}")
        a_station(jail, unit)
        a_resident(jail, unit=unit)
    with django_assert_max_num_queries(45):
        site = queries.site_of(jail, NOON)
    assert (len(site.units), len(site.phones), site.residents) == (12, 12, 12)
    assert steps_done(site)[Step.UNITS]
    assert isinstance(replace(site, residents=0), Site)


def test_a_tax_that_names_no_law_is_not_copied_and_says_so() -> None:
    sister, jail = a_facility(), a_facility()
    TariffRow.objects.filter(facility=jail).delete()
    TaxRow.objects.filter(facility=jail).delete()
    TaxRow.objects.create(
        facility=sister, name="city", parts_per_million=1_000, source="Code 1", effective=date(2026, 1, 1)
    )
    done = copying.copy(sister, jail, [Part.PRICES], WHO, NOON)
    refused = {each.name for each in copying.changes(sister, jail, [Part.PRICES], NOON) if each.refused}
    assert refused == {"tax/tax"}
    assert {"tax/city", "audio/local"} < {each.name for each in done}
    assert [(row.name, row.effective) for row in TaxRow.objects.filter(facility=jail)] == [("city", date(2026, 11, 20))]


def abroad(price: str, destination: str = "") -> Rate:
    return Rate(
        Service.AUDIO, Jurisdiction.INTERNATIONAL, date(2026, 11, 20), Money.parse(price), destination=destination
    )


def prices_abroad(jail: Facility) -> dict[str, tuple[int, date]]:
    rows = TariffRow.objects.filter(facility=jail, jurisdiction="international")
    return {row.destination: (row.price, row.effective) for row in rows}


def test_a_dear_country_is_copied_with_the_cheaper_rest_of_the_world() -> None:
    sister, jail = a_facility(), a_facility()
    for rate in (abroad("0.09", "+5255"), abroad("0.08", "MX"), abroad("0.05")):
        facilities.save_rate(FacilityId(sister.pk), rate, WHO, NOON)
    shown = copying.changes(sister, jail, [Part.PRICES], NOON)
    assert copying.copy(sister, jail, [Part.PRICES], WHO, NOON) == shown
    today = date(2026, 11, 20)
    assert prices_abroad(jail) == {"": (50_000, today), "MX": (80_000, today), "+5255": (90_000, today)}


def test_a_price_that_makes_a_country_dearer_is_copied_from_tomorrow_on() -> None:
    sister, jail = a_facility(), a_facility()
    for where, rate in ((sister, abroad("0.08", "MX")), (sister, abroad("0.05")), (jail, abroad("0.05"))):
        facilities.save_rate(FacilityId(where.pk), rate, WHO, NOON)
    (change,) = copying.changes(sister, jail, [Part.PRICES], NOON)
    assert (change.refused, change.after.effective) == (None, date(2026, 11, 21))
    copying.copy(sister, jail, [Part.PRICES], WHO, NOON)
    assert prices_abroad(jail)["MX"] == (80_000, date(2026, 11, 21))


def test_a_price_that_somebody_else_made_unlawful_meanwhile_is_told_and_the_others_are_copied(monkeypatch) -> None:
    sister, jail = a_facility(), a_facility()
    for rate in (abroad("0.08", "MX"), abroad("0.06", "GB")):
        facilities.save_rate(FacilityId(sister.pk), rate, WHO, NOON)
    seen = copying.changes(sister, jail, [Part.PRICES], NOON)
    facilities.save_rate(FacilityId(jail.pk), abroad("0.07"), "user/2", NOON)
    monkeypatch.setattr(copying, "changes", lambda *_: seen)
    outcome = {each.name: each.refused for each in copying.copy(sister, jail, [Part.PRICES], WHO, NOON)}
    assert isinstance(outcome["audio/international/MX"], facilities.DearerToday)
    assert outcome["audio/international/GB"] is None
    assert set(prices_abroad(jail)) == {"", "GB"}
    copied = AuditEvent.objects.get(action="settings.copied")
    assert '"changes": 1' in copied.after


def test_settings_of_a_sister_are_shown_before_they_are_copied_and_held_to_the_caps_of_the_other() -> None:
    sister = a_facility(call_settings={"offer_wait": 20}, contacts_at_most=15, pin_tries=3)
    facilities.say_rules(sister, {"maximum_seconds": 1200, "calls_per_day": 4}, WHO, "", NOON)
    keep_lists(sister, Mode.ALLOW_LIST, 15, {"appeal_days": 10}, WHO, NOON)
    sister.refresh_from_db()
    free = {"facility": sister, "effective": date(2025, 1, 1), "seconds_per_week": 900}
    sister.free_minutes_rows.create(**{key: value for key, value in free.items() if key != "facility"})
    dear = Rate(Service.VIDEO, Jurisdiction.LOCAL, date(2026, 11, 20), Money.parse("0.10"))
    facilities.save_rate(FacilityId(sister.pk), dear, WHO, NOON)
    prison = a_facility("Prison", agency=sister.agency, is_prison=True)
    TariffRow.objects.filter(facility=prison).delete()
    TariffRow.objects.filter(facility=sister, service="audio").update(price=200_000)  # more than a prison may ask

    found = copying.changes(sister, prison, set(Part), NOON)
    assert {each.name for each in found if each.refused} == {"audio/local", "audio/intrastate", "audio/interstate"}
    before = AuditEvent.objects.count()
    assert copying.changes(sister, prison, {Part.CONTACTS}, NOON) == (
        copying.Change(Part.CONTACTS, "mode", "approve_first", "allow_list"),
        copying.Change(Part.CONTACTS, "contacts_at_most", None, 15),
        copying.Change(Part.CONTACTS, "appeal_days", 30, 10),
    )
    assert AuditEvent.objects.count() == before

    done = copying.copy(sister, prison, set(Part), WHO, NOON)
    assert {each.name for each in done} == {each.name for each in found if not each.refused}
    prison.refresh_from_db()
    assert (prison.call_settings, prison.contacts_at_most, prison.pin_tries) == ({"offer_wait": 20}, 15, 3)
    assert course_of(prison).at(NOON).maximum_seconds == 1200
    kept = list_rules(prison, NOON)
    assert (kept.mode, kept.settings.appeal_days) == (Mode.ALLOW_LIST, 10)
    assert [row.service for row in TariffRow.objects.filter(facility=prison)] == ["video"]
    assert prison.free_minutes_rows.get().seconds_per_week == 900
    again = copying.changes(sister, prison, set(Part), NOON)
    assert {each.name for each in again} == {each.name for each in found if each.refused}
    assert "settings.copied" in AuditEvent.objects.values_list("action", flat=True)
