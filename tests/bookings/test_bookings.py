"""Residents come, move and go, one by one and by file: once, written down, and with nothing lost."""

import json
from datetime import date
from pathlib import Path

import pytest
from make import (
    NOON,
    a_contact,
    a_customer,
    a_debit_account,
    a_facility,
    a_number,
    a_resident,
    a_station,
    a_unit,
    authorised,
)

from kinline.audit.models import AuditEvent
from kinline.bookings import services
from kinline.bookings.models import Import
from kinline.bookings.reading import FileProblem, FileRefused
from kinline.calls.models import Call
from kinline.core.custody import Mode
from kinline.core.identity import Instant
from kinline.people import residents
from kinline.people.models import Resident, Separation
from kinline.people.pins import pin_matches
from kinline.refunds.models import WindingUp

pytestmark = pytest.mark.django_db


def full(facility, text: str, **how):
    return services.take(facility, "roster.csv", text.encode(), "upload", Mode.FULL, "user/7", NOON, **how)


def test_a_release_ends_the_call_freezes_contacts_and_closes_the_phone() -> None:
    facility = a_facility()
    resident = a_resident(facility)
    number = a_number()
    a_customer(number, "5.00")
    contact = a_contact(resident, number)
    debit = a_debit_account(resident, "3.00")
    call, _ = authorised(a_station(facility), resident, number)
    for _ in range(2):
        services.release(resident, "user/7", NOON, "Bail")
    assert Call.objects.get(pk=call).cut_off == "talk.cutoff"
    contact.refresh_from_db()
    assert contact.frozen_at == NOON
    assert WindingUp.objects.get().account_id == debit
    event = AuditEvent.objects.get(action="resident.released")
    assert (json.loads(event.before)["status"], json.loads(event.after)["status"]) == ("active", "released")

    back = services.book(facility, resident.resident_number, resident.name, None, "user/7", NOON)
    contact.refresh_from_db()
    assert (back.pk, back.pin_hash, contact.frozen_at) == (resident.pk, resident.pin_hash, None)


def test_a_resident_moves_within_an_agency_and_keeps_the_number_to_themselves() -> None:
    jail = a_facility()
    annex, elsewhere = a_facility(agency=jail.agency), a_facility()
    resident, unit = a_resident(jail), a_unit(annex)
    services.move(resident, annex, unit, "user/7", NOON)
    assert Resident.objects.get().unit == unit
    for facility, place, field in ((elsewhere, None, "facility"), (jail, unit, "unit")):
        with pytest.raises(services.NotBookable) as refused:
            services.move(resident, facility, place, "user/7", NOON)
        assert refused.value.field == field
    with pytest.raises(services.NotBookable):
        services.book(annex, resident.resident_number, "Another", None, "user/7", NOON)


def test_a_pin_is_made_seen_once_and_opens_a_locked_phone() -> None:
    resident = a_resident(a_facility(), pin_failures=5, pin_locked_until=NOON + 1)
    new = residents.reset_pin(resident, "user/7", NOON)
    stored = Resident.objects.get()
    assert pin_matches(stored.pin_hash, new.pin)
    assert (stored.pin_failures, stored.pin_locked_until) == (0, None)
    assert new.pin not in repr(new) + "".join(AuditEvent.objects.values_list("after", flat=True))


def test_suspensions_care_and_separations_are_written_down_with_before_and_after() -> None:
    facility = a_facility()
    one, other = a_resident(facility), a_resident(facility)
    until = Instant(NOON + 1000)
    residents.suspend(one, until, "Discipline", "user/7", NOON)
    residents.set_care(one, "es", ["tty", "relay"], True, "user/7", NOON)
    residents.set_care(one, "es", ["tty", "relay"], True, "user/7", NOON)
    residents.reinstate(one, "Served", "user/7", NOON)
    stored = Resident.objects.get(pk=one.pk)
    assert (stored.suspended_until, stored.language, stored.name_recording) == (None, "es", "")
    assert stored.accommodations == ["relay", "tty"]
    with pytest.raises(residents.NotAsked):
        residents.suspend(one, NOON, "Past", "user/7", NOON)

    apart = residents.keep_apart(other, one, "Fight", "user/7", NOON)
    assert residents.keep_apart(one, other, "Again", "user/7", NOON) == apart
    assert [each.pk for each in residents.separations_of(one)] == [apart.pk]
    residents.end_separation(apart, "Settled", "user/7", NOON)
    assert not residents.separations_of(other)
    assert Separation.objects.count() == 1
    events = AuditEvent.objects.filter(subject=f"resident/{one.pk}").order_by("id")
    assert [event.action for event in events] == [
        "resident.suspended",
        "resident.cared_for",
        "resident.reinstated",
        "residents.separated",
        "residents.reunited",
    ]
    assert json.loads(events[2].before) == {"suspended_until": until, "suspension_reason": "Discipline"}


def test_a_list_is_tried_taken_once_and_its_bad_lines_kept() -> None:
    facility = a_facility()
    a_unit(facility, "A")
    gone = a_resident(facility, resident_number="1", name="Gone")
    text = 'resident_number,name,unit,pin\n2,"Paz, Ana",a,8642\n3,Bo,Z,\n'
    assert full(facility, text, is_trial=True).counts["book"] == 1
    assert Resident.objects.count() == 1
    done = Import.objects.get(pk=full(facility, text).pk)
    assert {kind: done.counts[kind] for kind in ("book", "release", "bad")} == {"book": 1, "release": 1, "bad": 1}
    assert done.bad_lines == [
        {
            "line": 3,
            "problem": "unit",
            "content": [["resident_number", "3"], ["name", "Bo"], ["unit", "Z"], ["pin", ""]],
        }
    ]
    ana = Resident.objects.get(resident_number="2")
    assert (ana.name, ana.unit.name, pin_matches(ana.pin_hash, "8642")) == ("Ana Paz", "A", True)
    assert Resident.objects.get(pk=gone.pk).status == "released"
    again = full(facility, text)
    assert (again.changes, again.counts["unchanged"]) == ([], 1)


def test_a_list_brings_birth_dates_and_a_partial_one_forgets_none() -> None:
    facility = a_facility()
    known = a_resident(facility, resident_number="1", name="One", birth_date=date(1970, 1, 2))
    text = "resident_number,name,birth_date\n1,One,1970-XX-XX\n2,Two,05/31/1990\n3,Three,1982-02-XX\n4,Four,31.5.1990\n"

    tried = full(facility, text, is_trial=True)
    assert [(each["name"], each["birth_date"]) for each in tried.changes] == [("Two", "1990-05-31"), ("Three", "")]
    done = full(facility, text)
    assert [(bad["line"], bad["problem"]) for bad in done.bad_lines] == [(5, "birth_date")]
    born = dict(Resident.objects.values_list("resident_number", "birth_date"))
    assert born == {"1": date(1970, 1, 2), "2": date(1990, 5, 31), "3": None}

    full(facility, "resident_number,name,birth_date\n1,One,1970-03-04\n2,Two,\n3,Three,\n")
    event = AuditEvent.objects.get(action="resident.corrected", subject=f"resident/{known.pk}")
    assert (json.loads(event.before)["birth_date"], json.loads(event.after)["birth_date"]) == (
        "1970-01-02",
        "1970-03-04",
    )
    assert Resident.objects.get(resident_number="2").birth_date == date(1990, 5, 31)

    with pytest.raises(services.NotBookable) as refused:
        services.book(facility, "9", "Nine", None, "user/7", NOON, birth_date=date(2199, 1, 1))
    assert refused.value.field == "birth_date"


def test_a_list_that_would_release_too_many_is_refused_whole_until_somebody_raises_the_limit() -> None:
    facility = a_facility()
    for _ in range(3):
        a_resident(facility)
    text = "resident_number,name\n77,New One\n"
    refused = full(facility, text, releases_at_most=2)
    assert (refused.outcome, refused.counts["release"]) == ("refused", 3)
    assert Resident.objects.filter(status="active").count() == 3
    assert AuditEvent.objects.filter(action="residents.import_refused").count() == 1
    assert full(facility, text, releases_at_most=3).outcome == "applied"
    assert list(Resident.objects.filter(status="active").values_list("resident_number", flat=True)) == ["77"]


def test_a_request_repeated_with_its_key_gives_the_first_report() -> None:
    facility = a_facility()
    first = full(facility, "resident_number,name\n77,New One\n", key="once")
    assert full(facility, "resident_number,name\n77,New One\n", key="once").pk == first.pk
    with pytest.raises(services.KeyUsedOtherwise):
        full(facility, "resident_number,name\n78,Other\n", key="once")
    assert Import.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.csv", b"\xff\xfe", FileProblem.NOT_TEXT),
        ("a.csv", b"", FileProblem.HEADER),
        ("a.csv", b"name,name\n", FileProblem.HEADER),
        ("a.json", b"{}", FileProblem.NOT_JSON),
        ("a.json", b"[", FileProblem.NOT_JSON),
    ],
)
def test_a_file_that_cannot_be_read_releases_nobody(name: str, data: bytes, problem: FileProblem) -> None:
    facility = a_facility()
    a_resident(facility)
    with pytest.raises(FileRefused) as refused:
        services.take(facility, name, data, "upload", Mode.FULL, "user/7", NOON)
    assert refused.value.problem is problem
    assert Resident.objects.get().status == "active"


def test_files_dropped_into_a_facilitys_folder_are_taken_and_reported(tmp_path: Path, monkeypatch) -> None:
    facility = a_facility()
    monkeypatch.setattr("kinline.bookings.services.feeding._SETTLED_AFTER", 0.0)
    place = tmp_path / str(facility.pk)
    place.mkdir()
    (place / "now.json").write_text(json.dumps([{"resident_number": 77, "name": "New One"}, "nonsense"]))
    (place / "broken.json").write_text("[")
    assert services.take_folder(tmp_path, NOON) == 2
    assert services.take_folder(tmp_path, NOON) == 0
    assert Resident.objects.get().resident_number == "77"
    assert "line 2: form" in (place / "done" / f"{NOON}-now.json.txt").read_text()
    assert (place / "refused" / f"{NOON}-broken.json").exists()
