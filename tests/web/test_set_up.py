"""An administrator sets a facility up, from nothing to a first test call, and can stop after any step."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event

import pytest
from make import a_facility
from pictures import for_docs

from kinline.calls import services as calls
from kinline.calls.models import Call
from kinline.commissioning import copying
from kinline.commissioning.copying import Part
from kinline.core.callflow.events import Authorised, Identified
from kinline.core.identity import Instant, ResidentId, StationId, new_call_id
from kinline.facilities.models import Agency, Facility, RuleRow, Station, TariffRow, Trunk
from kinline.facilities.queries import station_by_user
from kinline.facilities.services import say_rules
from kinline.people.models import Resident, Role, StaffRole
from kinline.web.clock import now


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def administrator(town, signed_in):
    """Of the whole agency."""
    user = town.staff(Role.FACILITY_ADMINISTRATOR)
    StaffRole.objects.filter(user=user).update(facility=None)
    return signed_in(user)


def test_a_facility_is_set_up_in_one_sitting(town, administrator, chromium, address) -> None:
    Trunk.objects.create(name="carrier", kind="gateway", priority=1, host="192.0.2.1")
    session = administrator.cookies["sessionid"].value

    def sitting(page) -> list[str]:
        seen = []
        page.goto("/facility/set-up/")
        page.get_by_label("Name of the facility").fill("Cypress Annex")
        page.get_by_label("Its telephone number").fill("985")
        page.get_by_label("State", exact=True).select_option("LA")
        page.get_by_label("Time zone").select_option("America/Chicago")
        page.get_by_label("Average daily population").fill("48")
        page.get_by_role("button", name="Make the facility").click()
        seen.append(page.locator(".error").inner_text())
        page.get_by_label("Its telephone number").fill("985 555 0144")
        page.get_by_role("button", name="Make the facility").click()
        page.get_by_role("link", name="Housing units").click()
        page.get_by_label("New units").fill("North\nSouth")
        page.get_by_role("button", name="Add the units").click()
        page.get_by_role("link", name="Next step").click()
        page.get_by_label("Name of the phone").fill("North 1")
        page.get_by_label("Unit", exact=True).select_option(label="North")
        page.get_by_role("button", name="Add the phone").click()
        seen += page.locator(".secret").all_inner_texts()
        page.evaluate("document.querySelector('.pin').textContent = '(shown once)'")
        for_docs(page, "facility-set-up-phone")
        page.get_by_role("link", name="Next step").click()
        page.get_by_label("Our price of a minute").fill("0.90")
        page.get_by_role("button", name="Save the price").click()
        seen.append(page.locator(".error").inner_text())
        page.get_by_label("Our price of a minute").fill("0.05")
        page.get_by_role("button", name="Save the price").click()
        page.get_by_role("link", name="Next step").click()
        page.get_by_label("Hours of every day").fill("08:00-21:00")
        page.get_by_role("button", name="Say these rules").click()
        page.get_by_role("link", name="All steps").click()
        for_docs(page, "facility-set-up")
        return seen

    wrong, user, password, over, *rest = chromium.visit(sitting, base=address, session=session, scripts=True)
    assert "ten digits" in wrong
    assert "highest lawful price" in over
    assert rest == []
    annex = Facility.objects.get(name="Cypress Annex")
    assert station_by_user(user).facility == annex.pk
    assert len(password) == 16
    assert TariffRow.objects.filter(facility=annex, price=50_000).count() == 3
    assert RuleRow.objects.get(place=annex.pk).says["hours"] == [[day, 480, 1260] for day in range(7)]

    def first_call(page) -> list[str]:
        page.goto(f"/facility/set-up/{annex.pk}/test_call/")
        page.get_by_label("Number of a phone").fill("5045550123")
        page.get_by_role("button", name="Begin", exact=True).click()
        number, pin, dialled = page.locator(".pin").all_inner_texts()
        page.get_by_text("No call of the test has arrived").wait_for()
        return [number, pin, dialled]

    number, pin, dialled = chromium.visit(first_call, base=address, session=session)
    at = Instant(time.time_ns() // 1_000_000)
    say_rules(annex, {"maximum_seconds": 900}, "user/1", "", at)  # the test is made at any hour
    station = Station.objects.get(facility=annex)
    call = new_call_id(at, 0)
    calls.open_call(call, StationId(station.pk), "a", at)
    assert isinstance(calls.identify(call, number, pin, at), Identified)
    resident = ResidentId(Resident.objects.get(is_test=True).pk)
    assert isinstance(calls.authorise(call, resident, dialled.removeprefix("+1"), at), Authorised)
    calls.accept(call, Instant(at + 1000))

    opened = Event()

    def noticing(page) -> str:
        look = chromium.look_at(page, f"/facility/set-up/{annex.pk}/test_call/")
        assert (look.violations, look.complaints, look.width) == ([], [], 320)
        opened.set()
        page.get_by_text("Funciona").wait_for()  # by itself: the page asks every three seconds
        page.get_by_role("button", name="Terminar la prueba").click()
        return page.locator("main").inner_text()

    with ThreadPoolExecutor(1) as beside:
        told = beside.submit(lambda: chromium.visit(noticing, base=address, session=session, language="es", width=320))
        opened.wait(60)
        Call.objects.filter(pk=call).update(state="settled", settled_at=at + 2000)
        assert "La prueba terminó" in told.result()
    assert not Resident.objects.filter(is_test=True, status="active").exists()


def test_what_is_missing_is_told_at_any_time_and_settings_are_copied_after_a_look(
    town, administrator, chromium, address
) -> None:
    sister = a_facility("Sister", agency=town.jail.agency, contacts_at_most=7, calling_rules={"maximum_seconds": 600})
    session = administrator.cookies["sessionid"].value

    def journey(page) -> list[str]:
        seen = []
        look = chromium.look_at(page, f"/facility/set-up/{town.jail.pk}/missing/")
        assert (look.violations, look.complaints, look.width) == ([], [], 1280)
        seen.append(look.text)
        for_docs(page, "facility-missing", height=700)
        page.goto(f"/facility/set-up/{town.jail.pk}/copy/")
        page.get_by_label("From").select_option(label="Sister (Cypress County Sheriff)")
        page.get_by_role("button", name="Show what would change").click()
        seen.append(page.get_by_role("table").inner_text())
        for_docs(page, "facility-copy")
        page.get_by_role("button", name="Copy", exact=True).click()
        seen.append(page.locator(".notice").first.inner_text())
        return seen

    missing, preview, copied = chromium.visit(journey, base=address, session=session)
    assert "nobody here can" not in missing
    assert "neither a password nor a trusted address: Phone 1" in missing
    assert "Contacts on a list, at most" in preview
    assert "copied" in copied
    assert Facility.objects.get(pk=town.jail.pk).contacts_at_most == 7
    assert sister.pk != town.jail.pk


def test_whoever_corrects_what_a_facility_is_reads_that_it_holds_at_once(town, administrator) -> None:
    page = text(administrator.get(f"/facility/set-up/{town.jail.pk}/facility/"))
    assert "A correction holds for every call that begins afterwards, also where it makes the call dearer" in page


def test_what_somebody_changed_meanwhile_is_told_after_copying(town, signed_in, monkeypatch) -> None:
    """The look at what would change is one from before another's price for everywhere."""
    sister = a_facility("Sister", agency=town.jail.agency)
    abroad = {"jurisdiction": "international", "effective": date(2025, 1, 1), "termination": 0}
    TariffRow.objects.create(facility=sister, price=80_000, destination="MX", **abroad)
    seen = copying.changes(sister, town.jail, [Part.PRICES], now())
    TariffRow.objects.create(facility=town.jail, price=50_000, **abroad)
    monkeypatch.setattr(copying, "changes", lambda *_: seen)
    platform = signed_in(town.staff(Role.PLATFORM_ADMINISTRATOR))
    asked = {"what": "copy", "source": sister.pk, "parts": ["prices"]}
    said = text(platform.post(f"/facility/set-up/{town.jail.pk}/copy/", asked, follow=True))
    assert re.search(r"Mexico stays as it is. Calls of today were quoted by less.", said)
    assert "0 settings were copied" not in said


def test_nobody_sets_up_what_is_not_theirs(town, signed_in, administrator) -> None:
    other = town.other_jail
    for path in ("", "missing/", "copy/", "phones/", "test_call/"):
        assert administrator.get(f"/facility/set-up/{other.pk}/{path}").status_code == 404
    theirs = Station.objects.get(facility=other)
    asked = {"what": "password", "phone": theirs.pk}
    assert administrator.post(f"/facility/set-up/{town.jail.pk}/phones/", asked).status_code == 404
    asked = {"what": "copy", "source": other.pk, "parts": ["contacts"]}
    assert "copied" not in text(administrator.post(f"/facility/set-up/{town.jail.pk}/copy/", asked))
    of_one = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    assert "A new facility" not in text(of_one.get("/facility/set-up/"))
    assert of_one.post("/facility/set-up/", {"name": "X"}).status_code == 404
    platform = signed_in(town.staff(Role.PLATFORM_ADMINISTRATOR))
    asked = {
        "agency_name": "Bayou Sheriff",
        "name": "Bayou Jail",
        "number": "9855550100",
        "state": "LA",
        "kind": "jail",
    }
    asked |= {"time_zone": "America/Chicago", "average_daily_population": 10, "languages": ["en"]}
    platform.post("/facility/set-up/", asked)
    bayou = Facility.objects.get(agency=Agency.objects.get(name="Bayou Sheriff"))
    assert "A facility administrator says the rules" in text(platform.get(f"/facility/set-up/{bayou.pk}/rules/"))
    assert platform.post(f"/facility/set-up/{bayou.pk}/rules/", {"maximum_seconds": "15"}).status_code == 404
    assert not re.search("Set rules", text(platform.get(f"/facility/set-up/{bayou.pk}/copy/")))


def test_every_step_is_accessible_and_fits(town, administrator, chromium, address) -> None:
    session = administrator.cookies["sessionid"].value
    steps = ("facility", "units", "phones", "prices", "rules", "residents", "staff")
    paths = ["/facility/set-up/", f"/facility/set-up/{town.jail.pk}/", f"/facility/set-up/{town.jail.pk}/copy/"]
    wrong = []
    for path in [*paths, *(f"/facility/set-up/{town.jail.pk}/{step}/" for step in steps)]:
        look = chromium.visit(
            lambda page, path=path: chromium.look_at(page, path),
            base=address,
            session=session,
            language="es",
            width=320,
        )
        wrong += [f"{path}: {each}" for each in (*look.violations, *look.complaints)]
        if look.width > 320:
            wrong.append(f"{path}: {look.width} px wide")
    assert wrong == []
