"""Staff read, print and save the reports of where they work, and redact records for the public."""

import io
import json
import time
import zipfile

import pytest
from django.http import QueryDict
from pictures import for_docs

from kinline.audit.models import AuditEvent
from kinline.calls.models import Call
from kinline.core.identity import Instant, new_call_id
from kinline.facilities.models import HousingUnit
from kinline.people import residents
from kinline.people.models import Role

DAY = 86_400_000
MINUTES_BY_HOUR = (*(0, 0, 0, 0, 0, 0, 2, 9, 20, 24, 18, 30), *(38, 25, 20, 22, 30, 44, 52, 48, 36, 8, 0, 0))
PAGES = ("shift", "suspensions", "contacts", "busy")


@pytest.fixture
def past(town) -> int:
    """Some calls and a suspension, an hour ago."""
    at = time.time_ns() // 1_000_000 - 3_600_000
    town.call(at=at)
    town.call(at=at - 7_200_000, reason="talk.media_dead")
    town.failed_call("policy.victim", "denied", at=at + 1000)
    like, busy = town.call(at=at - DAY), []
    for day in range(1, 13):
        for hour, minutes in enumerate(
            (0, 0, 0, 0, 0, 0, 2, 9, 20, 24, 18, 30, 38, 25, 20, 22, 30, 44, 52, 48, 36, 8, 0, 0)
        ):
            began = at - at % DAY - day * DAY + ((hour + 6) % 24) * 3_600_000
            fields = {**vars(like), "pk": new_call_id(Instant(began), day), "opened_at": began}
            fields |= {"id": fields["pk"], "ended_at": began + minutes * 60_000}
            busy.append(Call(**{name: value for name, value in fields.items() if name not in ("_state", "pk")}))
    Call.objects.bulk_create(busy)
    residents.suspend(town.marcus, Instant(at + 3 * DAY), "Fight", f"user/{town.officer.pk}", Instant(at))
    return at


def test_reports_are_read_printed_and_saved_and_each_look_is_written_down(
    town, past, signed_in, chromium, address
) -> None:
    session = signed_in(town.investigator).cookies["sessionid"].value

    def journey(page) -> list[str]:
        seen = []
        page.goto("/facility/reports/")
        page.get_by_role("link", name="Shift report").click()
        page.get_by_label("Length").select_option("24")
        page.get_by_role("button", name="Show").click()
        seen.append(page.locator("main").inner_text())
        for_docs(page, "facility-shift", height=1000)
        page.emulate_media(media="print")
        navigation = page.locator(".top nav:visible").count()
        seen.append(str(page.get_by_role("button", name="Show").is_visible() or navigation > 0))
        page.emulate_media(media="screen")
        with page.expect_download() as download:
            page.get_by_role("link", name="Save as a file").click()
        seen.append(download.value.path().read_text("utf-8-sig"))
        page.goto("/facility/reports/busy/")
        seen.append(page.locator("main").inner_text())
        for_docs(page, "facility-busy-hours")
        return seen

    shift, prints_forms, file, busy = chromium.visit(journey, base=address, session=session)
    assert "Fight" in shift
    assert "Marcus Doucet 100001" in shift
    assert prints_forms == "False"
    assert "Fight" in file
    assert "Calls by unit" in file
    assert "1 phone is in use." in busy
    seen = AuditEvent.objects.filter(action="report.seen").order_by("pk")
    assert [json.loads(each.after)["as"] for each in seen] == ["page", "page", "csv", "page"]
    assert {each.facility for each in seen} == {town.jail.pk}


def test_the_reports_are_accessible_fit_and_speak_spanish(town, past, signed_in, chromium, address) -> None:
    session = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR)).cookies["sessionid"].value
    wrong = []
    for path in ("", *(f"{name}/" for name in PAGES), "records/"):
        look = chromium.visit(
            lambda page, path=path: chromium.look_at(page, f"/facility/reports/{path}"),
            base=address,
            session=session,
            language="es",
            width=320,
        )
        wrong += [f"{path}: {each}" for each in (*look.violations, *look.complaints)]
        if look.width > 320:
            wrong.append(f"{path}: {look.width} px wide")
    assert wrong == []


def test_nobody_reads_of_a_facility_or_unit_that_is_not_theirs(town, past, signed_in) -> None:
    other = HousingUnit.objects.create(facility=town.jail, name="Unit B")
    of_unit = signed_in(town.staff(Role.OFFICER, other))
    elsewhere = signed_in(town.other_investigator)
    for name in PAGES:
        for browser in (of_unit, elsewhere):
            page = browser.get(f"/facility/reports/{name}/?facility={town.jail.pk}&hours=24").content.decode()
            assert "Marcus" not in page
    assert "Lake County Jail" in elsewhere.get(f"/facility/reports/shift/?facility={town.jail.pk}").content.decode()


def test_records_are_made_with_a_manifest_and_only_by_who_may(town, past, signed_in) -> None:
    town.call(at=past + 2000, is_privileged=True, called_party="+15045550999")
    asked = QueryDict(mutable=True)
    asked.update({"make": "yes", "reference": "2026-17", "numbers": "area", "names": "hidden", "residents": ""})
    asked.setlist("columns", ["began", "number", "contact", "reason", "seconds"])
    path = f"/facility/reports/records/?{asked.urlencode()}"
    assert signed_in(town.investigator).get(path).status_code == 404
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    answer = administrator.get(path)
    assert answer.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text, manifest = archive.read("calls.csv").decode(), json.loads(archive.read("manifest.json"))
    assert "+1504███████" in text
    for hidden in ("5550901", "Rosa", "victim", "5550999"):
        assert hidden not in text
    event = AuditEvent.objects.get(action="records.exported")
    assert json.loads(event.after) == manifest
    assert manifest["privileged_calls_left_out"] == 1
    wrong = administrator.get(path.replace("2026-17", "")).content.decode()
    assert 'class="error"' in wrong
    other = administrator.get(f"{path}&facility={town.other_jail.pk}")
    assert json.loads(zipfile.ZipFile(io.BytesIO(other.content)).read("manifest.json"))["facility"] == town.jail.name
