"""Staff book, look after and release residents, and take files of the jail's own records, on pages and by API."""

import json
import os
import re
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kinline.audit.models import AuditEvent
from kinline.bookings import services
from kinline.facilities.models import HousingUnit
from kinline.people.models import Resident, Role
from kinline.people.pins import pin_matches

PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def administrator(town, signed_in):
    return signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))


def act(browser, resident: Resident, what: str, **asked) -> str:
    sent = {"what": what, **{f"{what}-{name}": value for name, value in asked.items()}}
    return text(browser.post(f"/facility/residents/{resident.pk}/", sent, follow=True))


def test_an_officer_books_somebody_and_the_pin_is_shown_once(town, signed_in) -> None:
    officer = signed_in(town.officer)
    asked = {"book-resident_number": "100077", "book-name": "Ana Paz", "book-language": "es"}
    asked |= {"book-unit": town.jail.units.get().pk, "book-birth_date": "05/31/1990"}
    assert "must lie in the past" in text(
        officer.post("/facility/residents/book/", {**asked, "book-birth_date": "2199-01-01"})
    )
    page = text(officer.post("/facility/residents/book/", asked))
    ana = Resident.objects.get(resident_number="100077")
    pin = re.search(r'class="pin">(\d{4})<', page)[1]
    assert pin_matches(ana.pin_hash, pin)
    assert ana.birth_date == date(1990, 5, 31)
    shown = text(officer.get(f"/facility/residents/{ana.pk}/"))
    assert pin not in shown
    assert "May 31, 1990" in shown
    assert "has this number" in text(officer.post("/facility/residents/book/", asked))
    assert "Ana Paz" in text(officer.get("/facility/residents/?find=1000"))
    assert "Dana Reyes" not in text(officer.get("/facility/residents/?status=all"))


def test_what_is_done_for_a_resident_is_done_by_who_may_and_shown_to_who_may_see_it(
    town, signed_in, administrator
) -> None:
    marcus = town.marcus
    other = Resident.objects.create(facility=town.jail, resident_number="100002", name="Owen Pratt", pin_hash="-")
    assert "That time is past" in act(administrator, marcus, "suspend", until="2020-01-01T08:00", reason="Fight")
    assert "until" in act(administrator, marcus, "suspend", until="2099-01-01T08:00", reason="Fight")
    act(administrator, marcus, "care", language="es", accommodations=["tty"], name_again="on")
    page = act(administrator, marcus, "reinstate", reason="Served")
    assert "TTY" in page
    assert "<dt>Language</dt><dd>Español</dd>" in page
    assert "No other resident" in act(administrator, marcus, "apart", other="200001", reason="Fight")
    assert "Owen Pratt" in act(administrator, marcus, "apart", other="100002", reason="Fight")
    assert re.search(r'class="pin">\d{4}<', act(administrator, marcus, "pin"))
    act(administrator, marcus, "free", per_week="2", reason="Indigent")
    assert 'value="2"' in text(administrator.get(f"/facility/residents/{marcus.pk}/"))
    page = act(administrator, marcus, "release", reason="Bail", sure="on")
    assert "Released" in page
    assert "resident.released: Bail" in page
    marcus.refresh_from_db()
    assert (marcus.status, marcus.language, marcus.suspended_until) == ("released", "es", None)
    assert {event.actor for event in AuditEvent.objects.filter(subject=f"resident/{marcus.pk}")} == {
        f"user/{administrator.session['_auth_user_id']}"
    }
    approver = signed_in(town.approver)
    assert "Release" not in text(approver.get(f"/facility/residents/{other.pk}/"))
    assert approver.post(f"/facility/residents/{other.pk}/", {"what": "pin"}).status_code == 404


def test_an_officer_of_one_unit_finds_and_moves_only_its_residents(town, signed_in) -> None:
    other = HousingUnit.objects.create(facility=town.jail, name="Unit B")
    theirs = Resident.objects.create(facility=town.jail, unit=other, resident_number="5", name="Bo", pin_hash="-")
    officer = signed_in(town.staff(Role.OFFICER, town.jail.units.get(name="Unit A")))
    assert officer.get(f"/facility/residents/{theirs.pk}/").status_code == 404
    assert act(officer, town.marcus, "move", unit=other.pk)  # and is theirs no more
    assert officer.get(f"/facility/residents/{town.marcus.pk}/").status_code == 404


def test_a_file_is_mapped_tried_refused_and_taken_and_its_bad_lines_come_back(town, administrator) -> None:
    place = f"/facility/imports/{town.jail.pk}/"
    mapping = {"what": "mapping", "mapping-mode": "full", "mapping-releases_at_most": "0"}
    mapping["mapping-columns"] = "resident_number = No\nname = WHO\nunit = POD\nbirth_date = DOB"
    assert "one pair on each line" in text(administrator.post(place, {**mapping, "mapping-units": "Pod 1"}))
    administrator.post(place, {**mapping, "mapping-units": "Pod 1 = Unit A"})

    def sent(limit: int, **how: str) -> str:
        data = b"No,WHO,POD,DOB\n77,=Ana Paz,pod 1,5/31/1990\n78,Bo,Attic,\n79,Cy,pod 1,31.5.90\n"
        file = SimpleUploadedFile("roster.csv", data)
        asked = {"what": "file", "file-file": file, "file-mode": "full", "file-releases_at_most": limit, **how}
        return text(administrator.post(place, asked, follow=True))

    tried = sent(0, **{"file-is_trial": "on"})
    assert "This is what would change" in tried
    assert "birth date 1990-05-31" in tried
    assert "Line 4: The birth date is no day of a lifetime." in tried
    assert "would release more than 0" in sent(0)
    assert Resident.objects.filter(facility=town.jail, status="active").get() == town.marcus
    page = sent(1)
    assert "Booked" in page
    assert "There is no such unit." in page
    bad = administrator.get(re.search(r'href="(/facility/imports/[^"]*bad-lines.csv)"', page)[1]).content.decode()
    assert bad.splitlines()[1].startswith("78,Bo,Attic,,3,")
    assert Resident.objects.get(resident_number="77").unit.name == "Unit A"


def test_the_api_takes_residents_with_the_facilitys_key(town, signed_in) -> None:
    key = services.give_key(services.feed_of(town.jail), "user/1", 0)

    def asked(body, key: str = key, once: str = "first-request"):
        return signed_in(None).post(
            "/api/bookings/v1/residents",
            json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Bearer {key}", "idempotency-key": once},
        )

    body = {"mode": "changes", "residents": [{"resident_number": 77, "name": "Ana Paz"}, {"name": "Nobody"}]}
    assert asked(body, "jail_wrong").status_code == 401
    done = asked(body)
    assert (done.status_code, done.json()["counts"]["book"]) == (200, 1)
    assert done.json()["bad_lines"][0]["problem"] == "number"
    assert asked(body).json() == done.json()
    assert asked({**body, "dry_run": False, "mode": "full"}).status_code == 409
    refused = asked({"mode": "full", "residents": [], "releases_at_most": 0}, once="second-request")
    assert (refused.status_code, refused.json()["outcome"]) == (409, "refused")
    assert Resident.objects.filter(facility=town.jail, status="active").count() == 2


def test_the_pages_are_accessible_fit_and_speak_spanish(town, administrator, signed_in, chromium, address) -> None:
    session = administrator.cookies["sessionid"].value
    act(administrator, town.marcus, "suspend", until="2099-01-01T08:00", reason="Fight")
    file = SimpleUploadedFile("roster.csv", b"resident_number,name,unit\n77,Ana Paz,Unit A\n78,Bo,Attic\n")
    asked = {"what": "file", "file-file": file, "file-mode": "changes", "file-releases_at_most": 1}
    taken = administrator.post(f"/facility/imports/{town.jail.pk}/", asked).headers["Location"]
    pages = {
        "residents": ("/facility/residents/", "es", 320, "Residentes"),
        "resident": (f"/facility/residents/{town.marcus.pk}/", "en", 320, "Suspend calling"),
        "resident-wide": (f"/facility/residents/{town.marcus.pk}/", "es", 1280, "Suspender"),
        "book": ("/facility/residents/book/", "es", 1280, "Ingresar"),
        "imports": (f"/facility/imports/{town.jail.pk}/", "es", 1280, "Qué significan"),
        "imports-small": (f"/facility/imports/{town.jail.pk}/", "en", 320, "What your files mean"),
        "import": (taken, "es", 320, "Líneas malas"),
    }
    wrong = []
    for name, (path, language, width, words) in pages.items():
        picture = PICTURES and PICTURES / f"{name}.png"
        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
            base=address,
            session=session,
            language=language,
            width=width,
        )
        wrong += [f"{name}: {each}" for each in (*look.violations, *look.complaints)]
        if look.width > width or words not in look.text:
            wrong.append(f"{name}: {look.width} px wide, {words in look.text}")
    assert wrong == []
