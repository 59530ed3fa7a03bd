"""The history on staff's pages: searched, paged, kept, saved as a file and drawn, by who may; all written down."""

import csv
import io
import json
import os
from pathlib import Path

import pytest

from kinline.audit.models import AuditEvent
from kinline.calls.models import SavedSearch
from kinline.calls.services import enter_settled
from kinline.core.identity import Instant
from kinline.facilities.models import HousingUnit, Station
from kinline.people.models import Role
from kinline.web.staff.history import CALLS_ON_A_PAGE

PICTURES = Path(os.environ["KINLINE_PICTURES"]) if "KINLINE_PICTURES" in os.environ else None
NOON = 1_795_111_200_000
HOUR = 3_600_000


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def ids(response) -> list[int]:
    assert response.status_code == 200
    return [call.call_id for call in response.context["calls"]]


def test_the_history_is_narrowed_by_what_is_asked_before_and_after_calls_entered_it(town, signed_in) -> None:
    unit = HousingUnit.objects.create(facility=town.jail, name="Unit B")
    station = Station.objects.create(facility=town.jail, unit=unit, name="Phone 2", sip_user="phone-b")
    early = town.failed_call("ring.no_answer", "no_answer", at=NOON - 18 * HOUR)
    first = town.call()
    theirs = town.call(resident=town.dana)
    last = town.call(number="+15045550902", at=NOON + 8 * HOUR, resident=town.marcus)
    wrong = {"accepted_at": None, "unit": unit, "station_id": station.pk, "dialled": "911", "called_party": ""}
    wrong |= {"reason": "policy.emergency_number", "disposition": "denied", "resident_id": None}
    odd = town.call(at=NOON + 9 * HOUR, **wrong)
    expected = {
        "": [odd, last, first, early],
        "disposition=no_answer": [early],
        "reason=ring.no_answer": [early],
        "resident=100001": [last, first, early],
        "number=(504) 555-0901": [first, early],
        "number=%2B15045550902": [last],
        "number=0902": [last],
        "number=0902&disposition=no_answer": [],
        "since=2026-11-18T18:00&until=2026-11-19T12:00": [early],
        "since=2026-11-18T18:01&until=2026-11-19T12:01": [first],
        f"unit={unit.pk}": [odd],
        f"station={station.pk}": [odd],
        "since=yesterday": [],
        "number=902": [],
        f"facility={town.jail.pk}": [odd, last, first, early],
    }
    officer, support = signed_in(town.officer), signed_in(town.support)
    for entered in (0, 3, 2):  # nothing yet, the calls of the past, and all of them
        at = NOON + (2 * HOUR if entered == 3 else 24 * HOUR)
        assert (enter_settled(Instant(at)) if entered else 0) == entered
        found = {asked: ids(officer.get(f"/facility/?{asked}")) for asked in expected}
        assert found == {asked: [call.pk for call in calls] for asked, calls in expected.items()}
        assert ids(support.get("/facility/")) == [call.pk for call in (odd, last, theirs, first, early)]
        # Noon in Louisiana is one o'clock in New York.
        assert ids(support.get("/facility/?since=2026-11-19T12:30&until=2026-11-19T13:30")) == [theirs.pk]
    assert ids(support.get("/facility/?facility=999999")) == []
    assert enter_settled(Instant(NOON + 25 * HOUR)) == 0
    assert theirs.resident.name not in text(officer.get("/facility/"))


def test_pages_lead_back_and_forth_and_keep_what_was_asked(town, signed_in) -> None:
    calls = [town.call(at=NOON - number * HOUR // 6, accepted_at=None).pk for number in range(2 * CALLS_ON_A_PAGE + 5)]
    enter_settled(Instant(NOON - 3 * HOUR))
    officer = signed_in(town.officer)
    page = officer.get("/facility/?number=0901")
    seen = [ids(page)]
    assert not page.context["newer"]
    while page.context["older"]:
        page = officer.get(f"/facility/?{page.context['older']}")
        seen.append(ids(page))
    assert [call for each in seen for call in each] == calls
    for before in reversed(seen[:-1]):
        assert "number=0901" in page.context["newer"]
        page = officer.get(f"/facility/?{page.context['newer']}")
        assert ids(page) == before
    assert not page.context["newer"]


def test_a_search_is_kept_by_its_owner_at_a_facility_and_written_down(town, signed_in) -> None:
    call = town.failed_call("ring.no_answer", "no_answer")
    support, officer = signed_in(town.support), signed_in(town.officer)
    nowhere = {"name": "Unanswered", "disposition": "no_answer"}
    assert "Choose a facility" in text(support.post("/facility/searches/", nowhere, follow=True))
    support.post("/facility/searches/", nowhere | {"facility": town.jail.pk})
    page = text(officer.post("/facility/searches/", nowhere, follow=True))
    assert "Your searches" in page
    own = SavedSearch.objects.get(user=town.officer)
    assert f'href="?disposition=no_answer&amp;facility={town.jail.pk}"' in page
    assert ids(officer.get("/facility/?disposition=no_answer")) == [call.pk]
    assert support.post("/facility/searches/forget/", {"search": own.pk}).status_code == 404
    town.officer.roles.update(facility=town.other_jail, agency=town.other_jail.agency)
    assert "Unanswered" not in text(officer.get("/facility/"))
    officer.post("/facility/searches/forget/", {"search": own.pk})
    assert [each.user for each in SavedSearch.objects.all()] == [town.support]
    written = AuditEvent.objects.filter(actor=f"user/{town.officer.pk}").order_by("id")
    assert [each.action for each in written] == [
        *("search.saved", "history.searched", "history.searched", "search.forgotten")
    ]
    assert json.loads(written[2].after) == {"facility": town.jail.pk, "disposition": "no_answer"}


def test_all_that_fits_is_saved_as_a_file_by_who_may_and_only_theirs(town, signed_in) -> None:
    other = HousingUnit.objects.create(facility=town.jail, name="Unit B")
    town.call(resident=town.dana)
    town.call(unit=other)
    town.marcus.name = "=HYPERLINK(1)"
    town.marcus.save()
    mine = town.call(at=NOON + HOUR)
    enter_settled(Instant(NOON + 30 * 60_000))

    def rows(who, asked: str = "") -> list[list[str]]:
        answer = signed_in(who).get(f"/facility/calls.csv?{asked}")
        assert (answer.status_code, answer.streaming) == (200, True)
        return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))

    everywhere, unit_a = town.investigator, town.staff(Role.INVESTIGATOR, town.jail.units.get(name="Unit A"))
    assert len(rows(everywhere)) == 3
    head, only = rows(unit_a, "number=0901")
    assert len(head) == len(only)
    assert only[:5] == [str(mine.pk), "2026-11-19 13:00:00", "CST", "Cypress County Jail", "Unit A"]
    assert "'=HYPERLINK(1)" in only
    assert "+15045550901" in only
    assert "0.263214" in only
    assert signed_in(town.officer).get("/facility/calls.csv").status_code == 404
    assert signed_in(everywhere).get("/facility/calls.csv?number=1").status_code == 400
    written = AuditEvent.objects.filter(action="history.exported", actor=f"user/{unit_a.pk}").get()
    assert (written.facility, json.loads(written.after)["number"]) == (town.jail.pk, "0901")


def test_figures_count_each_call_at_its_facilitys_hour_and_day(town, signed_in) -> None:
    town.call()
    town.call(at=NOON + 10 * 60_000, resident=town.dana)
    town.failed_call("ring.no_answer", "no_answer", at=NOON + 13 * HOUR)
    town.failed_call("ring.busy", "busy", at=NOON - 40 * 24 * HOUR)
    enter_settled(Instant(NOON + 24 * HOUR))
    days = "first=2026-11-19&last=2026-11-20"
    figures = signed_in(town.support).get(f"/facility/figures/?{days}").context["figures"]
    assert {hour: each for hour, each in enumerate(figures.by_hour) if any(each)} == {1: (0, 1), 12: (1, 0), 13: (1, 0)}
    assert [each[1:] for each in figures.by_day] == [(2, 2), (1, 0)]
    assert figures.reasons == ("ring.no_answer",)
    assert sorted((each.name, each.minutes) for each in figures.talkers) == [("Dana Reyes", 4), ("Marcus Doucet", 4)]
    officer = signed_in(town.officer)
    assert officer.get(f"/facility/figures/?{days}").context["figures"].attempts == 2
    assert "lies before" in text(officer.get("/facility/figures/?first=2026-11-19&last=2026-11-18"))
    assert "At most 92 days" in text(officer.get("/facility/figures/?first=2020-01-01&last=2026-11-19"))


@pytest.mark.parametrize(("language", "words"), [("en", "Most attempts began"), ("es", "La mayoría de los intentos")])
def test_the_pages_of_the_history_are_accessible_fit_and_speak_both_languages(
    town, signed_in, chromium, address, language: str, words: str
) -> None:
    for number in range(24):
        town.call(at=NOON - number * 3 * HOUR)
        town.failed_call(
            ("ring.no_answer", "ring.busy", "identify.bad_pin", "offer.refused", "ring.unreachable", "dial.invalid")[
                number % 6
            ],
            "failed",
            at=NOON - number * 5 * HOUR,
        )
    enter_settled(Instant(NOON + HOUR))
    user = town.staff(Role.INVESTIGATOR)
    signed_in(user).post("/facility/searches/", {"name": "Unanswered", "reason": "ring.no_answer"})
    session = signed_in(user, language).cookies["sessionid"].value
    wrong = []
    widths = (320, 1280) if language == "es" else (1280, 320)
    paths = {"figures": "/facility/figures/?first=2026-11-14&last=2026-11-19", "history": "/facility/?number=0901"}
    for width, (name, path) in zip(widths, paths.items(), strict=True):
        picture = PICTURES and PICTURES / f"{name}-{language}-{width}.png"
        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
            session=session,
            base=address,
            language=language,
            width=width,
        )
        wrong += look.violations + look.complaints + ([f"{look.width} px"] if look.width > width else [])
        if name == "figures" and words not in look.text:
            wrong.append(look.text)
    assert wrong == []
