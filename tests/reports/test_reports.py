"""What a facility reports is what happened there, and no more than its reader may see."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from django.db.models import Q
from make import (
    DAY,
    MINUTE,
    NOON,
    a_contact,
    a_customer,
    a_facility,
    a_resident,
    a_station,
    a_unit,
    authorised,
    completed,
    off_hook,
)

from kinline.bookings import services as bookings
from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.contacts.models import ContactDecision
from kinline.core.erlang import blocking, lines_for
from kinline.core.identity import Instant, new_call_id
from kinline.core.reasons import Reason
from kinline.core.redaction import NameAs, NumberAs
from kinline.facilities.models.places import Switch
from kinline.facilities.services import switch_phones
from kinline.people import residents
from kinline.people.models import Role, StaffRole, User
from kinline.reports.busy_hours import busy_hours
from kinline.reports.decisions import decision_report
from kinline.reports.records import Asked, Column, records
from kinline.reports.shift import shift_report
from kinline.reports.suspensions import suspension_report
from kinline.web.spreadsheet import line

pytestmark = pytest.mark.django_db
MOTHER, ATTORNEY = "+15045550123", "+15045550199"
HOUR = 60 * MINUTE
EVERYTHING = Q()


class House:
    """A jail with two units, a phone in each, and a resident in each."""

    def __init__(self) -> None:
        self.jail = a_facility("Cypress")
        self.a, self.b = a_unit(self.jail, "A"), a_unit(self.jail, "B")
        self.phone_a, self.phone_b = a_station(self.jail, self.a), a_station(self.jail, self.b)
        self.marcus = a_resident(self.jail, unit=self.a, name="Marcus Doucet")
        self.owen = a_resident(self.jail, unit=self.b, name="Owen Pratt")
        self.officer = User.objects.create_user("o@house.example", None, name="Olga Officer")
        StaffRole.objects.create(user=self.officer, role=Role.OFFICER, agency=self.jail.agency, facility=self.jail)
        self.who = f"user/{self.officer.pk}"
        a_contact(self.marcus, MOTHER, name="Rosa Doucet", relationship="mother")
        a_customer(MOTHER, "30.00")

    def line(self, at: int, minutes: int, station=None, **fields: object) -> Call:
        """A settled call of so long."""
        station = station or self.phone_a
        return Call.objects.create(
            **{
                "id": new_call_id(Instant(at), Call.objects.count()),
                "state": "settled",
                "switchboard": "a",
                "heartbeat_at": at,
                "station": station,
                "unit": station.unit,
                "facility": self.jail,
                "resident": self.marcus,
                "day_started_at": at,
                "week_started_at": at,
                "month_started_at": at,
                "called_party": MOTHER,
                "opened_at": at,
                "accepted_at": at,
                "ended_at": at + minutes * MINUTE,
                "settled_at": at + minutes * MINUTE,
                "disposition": "completed",
                "reason": "talk.hangup_called",
                "billed_seconds": minutes * 60,
                **fields,
            }
        )


@pytest.fixture
def house() -> House:
    return House()


def test_a_shift_tells_what_was_called_refused_done_and_broken(house) -> None:
    house.line(NOON, 10)
    house.line(NOON + HOUR, 5, reason="talk.media_dead")
    house.line(NOON + HOUR, 0, house.phone_b, disposition="denied", reason="policy.suspended", accepted_at=None)
    house.line(NOON - 2 * DAY, 5, house.phone_b)
    calls.enter_settled(Instant(NOON + DAY))
    two = Instant(NOON + 2 * HOUR)
    cut, _ = authorised(house.phone_a, house.marcus, MOTHER, two)
    calls.accept(cut, two)
    calls.cut_off(cut, Reason.TALK_CUTOFF, house.who, "Threats", two)
    calls.settle(cut, completed(two, two + MINUTE, Reason.TALK_CUTOFF), None, None, None, Instant(two + MINUTE))
    residents.suspend(house.owen, NOON + 2 * DAY, "Fight", house.who, NOON + 1)
    new = bookings.book(house.jail, "77", "Ana Paz", house.a, house.who, NOON + 2)
    switch_phones(house.b, Switch.LOCKDOWN, house.who, "Count", NOON + 3)
    residents.suspend(house.owen, NOON + 3 * DAY, "Earlier", house.who, NOON - DAY)

    report = shift_report(house.jail, EVERYTHING, EVERYTHING, NOON, Instant(NOON + 8 * HOUR))

    assert [(each.unit, each.attempts, each.connected, each.minutes) for each in report.units] == [
        ("A", 3, 3, 16),
        ("B", 1, 0, 0),
    ]
    assert report.refusals == (("policy.suspended", 1),)
    assert [(each.resident[:6], each.who) for each in report.cut_off] == [("Marcus", "Olga Officer")]
    assert [(each.action, each.resident, each.why) for each in report.happenings] == [
        ("resident.suspended", f"Owen Pratt {house.owen.resident_number}", "Fight"),
        ("resident.booked", f"Ana Paz {new.resident_number}", ""),
    ]
    assert [(each.place, each.switch, each.why) for each in report.switched] == [("B", "lockdown", "Count")]
    assert [(each.station, each.reason, each.calls) for each in report.faults] == [
        (house.phone_a.name, "talk.media_dead", 1)
    ]
    assert report.silent == ()
    later = shift_report(house.jail, EVERYTHING, EVERYTHING, Instant(NOON + 8 * HOUR), Instant(NOON + 16 * HOUR))
    assert set(later.silent) == {house.phone_b.name, house.phone_a.name}
    own = shift_report(house.jail, Q(unit=house.b), Q(pk=house.b.pk), NOON, Instant(NOON + 8 * HOUR))
    assert [each.unit for each in own.units] == ["B"]
    assert {each.resident[:4] for each in own.happenings} == {"Owen"}
    assert own.cut_off == ()


def test_suspensions_are_told_as_they_are_and_as_they_came(house) -> None:
    residents.suspend(house.owen, NOON + DAY, "Fight", house.who, NOON)
    residents.suspend(house.marcus, NOON + DAY, "Noise", house.who, NOON)
    residents.reinstate(house.marcus, "Served", house.who, NOON + HOUR)
    report = suspension_report(house.jail, EVERYTHING, NOON, Instant(NOON + DAY), Instant(NOON + HOUR))
    assert [(each.resident[:4], each.until, each.reason) for each in report.now] == [("Owen", NOON + DAY, "Fight")]
    assert [(each.resident[:4], each.until, each.reason) for each in report.changes] == [
        ("Owen", NOON + DAY, "Fight"),
        ("Marc", NOON + DAY, "Noise"),
        ("Marc", None, "Served"),
    ]
    own = suspension_report(house.jail, Q(unit=house.a), NOON, Instant(NOON + DAY), NOON)
    assert own.now == ()
    assert {each.resident[:4] for each in own.changes} == {"Marc"}


def test_the_load_of_an_hour_is_the_time_that_phones_were_off_the_hook(house) -> None:
    house.line(NOON + 30 * MINUTE, 60)  # half an hour at noon, half at one
    house.line(NOON, 60, house.phone_b)
    house.line(NOON + DAY, 30)
    report = busy_hours(house.jail, EVERYTHING, None, date(2026, 11, 20), date(2026, 11, 21))
    assert (report.phones, report.days) == (2, 2)
    carried = {each.hour: each.carried for each in report.hours if each.carried}
    assert carried == {12: pytest.approx((30 + 60 + 30) / 60 / 2), 13: pytest.approx(30 / 60 / 2)}
    noon = report.busiest
    assert noon.hour == 12
    assert noon.offered * (1 - blocking(noon.offered, 2)) == pytest.approx(noon.carried)
    assert noon.lost == blocking(noon.offered, 2)
    assert report.phones_needed == lines_for(noon.offered, 0.01)
    assert blocking(noon.offered, report.phones_needed) <= 0.01
    of_b = busy_hours(house.jail, EVERYTHING, house.b.pk, date(2026, 11, 20), date(2026, 11, 21))
    assert (of_b.phones, of_b.busiest.carried) == (1, 0.5)
    nothing = busy_hours(house.jail, Q(pk__in=[]), None, date(2026, 11, 20), date(2026, 11, 20))
    assert (nothing.phones, nothing.busiest.lost) == (0, 0.0)


def test_decisions_are_counted_with_how_long_they_were_waited_for(house) -> None:
    pending = a_contact(house.marcus, "+15045550145")
    other = a_contact(house.owen, "+15045550146")
    for number, (contact, act, waited) in enumerate(
        [(pending, "approve", 10), (pending, "approve", 30), (other, "reject", 20), (other, "remove", None)]
    ):
        ContactDecision.objects.create(
            contact=contact,
            facility=house.jail,
            at=NOON + number,
            by=house.officer if act != "remove" else None,
            act=act,
            reason="minor" if act == "reject" else "",
            before="pending",
            after="approved",
            waited=waited and waited * MINUTE,
        )
    report = decision_report(house.jail, None, NOON, Instant(NOON + DAY))
    assert [(each.act, each.count) for each in report.acts] == [("approve", 2), ("reject", 1), ("remove", 1)]
    assert (report.acts[0].waited.median, report.acts[0].waited.ninety) == (10 * MINUTE, 30 * MINUTE)
    assert (report.waited.requests, report.acts[2].waited) == (3, None)
    assert report.reasons == (("reject", "minor", 1),)
    assert report.people == (("Olga Officer", 3), ("", 1))
    own = decision_report(house.jail, Q(unit=house.b), NOON, Instant(NOON + DAY))
    assert [each.act for each in own.acts] == ["reject", "remove"]


def test_records_for_the_public_hold_nothing_that_was_masked_and_say_what_was(house) -> None:
    house.line(NOON, 4)
    house.line(NOON + 1, 4, called_party=ATTORNEY, is_privileged=True)
    house.line(NOON + 2, 0, disposition="denied", reason="policy.victim", accepted_at=None)
    house.line(NOON + 3, 0, disposition="denied", reason="policy.number_blocked_security", accepted_at=None)
    asked = Asked("2026-17", date(2026, 11, 20), date(2026, 11, 20), tuple(Column))
    neutral = {"policy.victim": "Not allowed.", "policy.number_blocked_security": "Not allowed."}

    def made(asked: Asked) -> tuple[str, list[dict[str, str]], dict]:
        found = records(house.jail, asked, line, lambda reason: neutral.get(reason, reason), "Carla", NOON)
        with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
            text = archive.read("calls.csv").decode()
            manifest = json.loads(archive.read("manifest.json"))
            assert hashlib.sha256(archive.read("calls.csv")).hexdigest() == manifest["files"]["calls.csv"]["sha256"]
        assert manifest == json.loads(json.dumps(found.manifest))
        return text, list(csv.DictReader(io.StringIO(text))), manifest

    text, rows, manifest = made(asked)
    for hidden in (MOTHER[-7:], ATTORNEY[-7:], "Rosa", "Marcus", "Doucet", "victim", "security"):
        assert hidden not in text
    assert (len(rows), manifest["rows"], manifest["privileged_calls_left_out"]) == (3, 3, 1)
    assert rows[0]["relationship"] == "mother"
    assert manifest["redactions"]["numbers of the public"] == "hidden"

    open_ = Asked(
        *("2026-18", date(2026, 11, 20), date(2026, 11, 20), tuple(Column)),
        residents=(house.marcus.resident_number,),
        numbers=NumberAs.WHOLE,
        names=NameAs.WHOLE,
        residents_are_named=True,
        with_privileged=True,
    )
    text, rows, _ = made(open_)
    assert "Rosa Doucet" in text
    assert MOTHER in text
    assert ATTORNEY not in text  # whatever was asked
    assert len(rows) == 4
    nobody = Asked("2026-19", date(2026, 11, 20), date(2026, 11, 20), tuple(Column), residents=("nobody",))
    assert made(nobody)[1] == []


def test_the_queries_of_a_shift_do_not_grow_with_it(house, django_assert_max_num_queries) -> None:
    for number in range(15):
        house.line(NOON + number, 1, reason="talk.cutoff")
        residents.suspend(house.owen, NOON + DAY + number, f"Fight {number}", house.who, NOON + number)
        off_hook(house.phone_b, NOON + number)
    with django_assert_max_num_queries(20):
        report = shift_report(house.jail, EVERYTHING, EVERYTHING, NOON, Instant(NOON + HOUR))
    assert (len(report.cut_off), len(report.happenings)) == (15, 15)
