"""The rules of each level on staff's pages: said, tried, explained, and phones turned off."""

import json
import os
from pathlib import Path

import pytest
from django.test import Client

from kinline.audit.models import AuditEvent
from kinline.calls.trials import perform_trials
from kinline.core.identity import FacilityId, Instant
from kinline.facilities.models import HousingUnit, RuleRow, RuleTrial, Station, StationGroup, Switching
from kinline.facilities.queries import rulebook, stamp
from kinline.facilities.services import say_rules
from kinline.people.models import Role

NOON = Instant(1_795_111_200_000)
HOURS = {f"day_{day}": "08:00-12:00 13:00-21:00" for day in range(5)}


@pytest.fixture
def administrator(town, signed_in) -> Client:
    return signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))


def test_an_administrator_says_the_rules_of_a_unit_and_everybody_reads_them(town, signed_in, administrator) -> None:
    unit = town.jail.units.get()
    path = f"/facility/rules/unit/{unit.pk}/"
    typed = {
        **HOURS,
        "maximum_seconds": "12:30",
        "calls_per_week": "10",
        "barred": ["premium"],
        "countries": "mx, CA",
        "numbers_blocked": "+1 900*\n",
        "exceptions": "2026-12-25 closed\n2026-12-24 08:00-12:00",
        "effective": "2031-01-01T00:00",
        "why": "Winter plan",
    }
    assert administrator.post(path, {**typed, "what": "say"}).status_code == 302
    row = RuleRow.objects.get()
    assert row.says == {
        "barred": ["premium"],
        "calls_per_week": 10,
        "countries": ["CA", "MX"],
        "exceptions": {"2026-12-24": [[480, 720]], "2026-12-25": []},
        "hours": [[day, *span] for day in range(5) for span in ([480, 720], [780, 1260])],
        "maximum_seconds": 750,
        "numbers_blocked": ["+1900*"],
    }
    assert row.effective == 1_925_013_600_000  # midnight at the jail
    page = signed_in(town.officer).get(path).content.decode()
    assert "hours Mon-Fri 08:00-12:00 13:00-21:00, Sat-Sun closed" in page
    assert "Winter plan" in page
    assert "coming" in page
    assert "Say it anew" not in page
    assert "hours" not in signed_in(town.officer).get("/facility/rules/").content.decode()  # not in force yet


def test_what_was_said_comes_back_into_the_form(town, administrator) -> None:
    unit = town.jail.units.get()
    said = {"hours": [[0, 480, 1260]], "maximum_seconds": 20, "barred": [], "exceptions": {"2026-12-25": []}}
    say_rules(unit, said, "user/1", "", NOON)
    form = administrator.get(f"/facility/rules/unit/{unit.pk}/").context["form"]
    typed = {name: form[name].value() or [] for name in form.fields} | {"why": "The same"}
    administrator.post(f"/facility/rules/unit/{unit.pk}/", {**typed, "what": "say"})
    first, again = RuleRow.objects.order_by("id")
    assert again.says == first.says == said


def test_what_cannot_be_read_is_marked_and_not_saved(town, administrator) -> None:
    unit = town.jail.units.get()
    for field, text in (
        ("day_0", "8 to 9"),
        ("maximum_seconds", "long"),
        ("numbers_allowed", "Bob"),
        ("countries", "Mexico"),
    ):
        page = administrator.post(f"/facility/rules/unit/{unit.pk}/", {field: text, "why": "x", "what": "say"})
        assert page.status_code == 200
        assert list(page.context["form"].errors) == [field]
    assert not RuleRow.objects.exists()


def test_who_asks_for_a_facility_by_no_number_sees_their_first(town, administrator) -> None:
    assert administrator.get("/facility/rules/?facility=²").context["facility"] == town.jail


def test_who_may_only_see_changes_nothing(town, signed_in, administrator) -> None:
    unit = town.jail.units.get()
    elsewhere = HousingUnit.objects.get(facility=town.other_jail)
    assert (
        signed_in(town.officer).post(f"/facility/rules/unit/{unit.pk}/", {"what": "say", "why": "x"}).status_code == 404
    )
    for path in (f"/facility/rules/unit/{elsewhere.pk}/", f"/facility/rules/facility/{town.other_jail.pk}/"):
        assert administrator.get(path).status_code == 404
    agency = f"/facility/rules/agency/{town.jail.agency_id}/"
    assert administrator.get(agency).status_code == 200  # it rules the jail: it may be read
    assert administrator.post(agency, {"what": "say", "why": "x"}).status_code == 404
    assert administrator.get("/facility/rules/planet/1/").status_code == 404


def test_an_officer_turns_the_phones_of_a_unit_off_with_a_time_signal(town, signed_in) -> None:
    unit = town.jail.units.get()
    officer = signed_in(town.officer)
    wanted = {"switch-switch": "cut_off", "switch-signal_seconds": "30", "switch-why": "Count", "what": "switch"}
    assert officer.post(f"/facility/rules/unit/{unit.pk}/", wanted).status_code == 302
    assert (Switching.objects.get().signal_seconds, Switching.objects.get().why) == (30, "Count")
    off = rulebook(FacilityId(town.jail.pk), stamp()).stations[Station.objects.get(facility=town.jail).pk].off
    assert off is not None
    assert off.ends_at == Switching.objects.get().at + 30_000
    event = AuditEvent.objects.get(action="phones.switched")
    assert json.loads(event.after) == {"switch": "cut_off", "signal_seconds": 30}
    assert "Turned off" in officer.get("/facility/rules/").content.decode()


def test_rules_are_tried_before_they_are_saved_and_how_far_it_is_is_shown(town, administrator) -> None:
    unit = town.jail.units.get()
    town.call(at=NOON, authorised_at=NOON)
    typed = {"maximum_seconds": "2", "why": "Shorter", "what": "try"}
    path = administrator.post(f"/facility/rules/unit/{unit.pk}/", typed).headers["Location"]
    waiting = administrator.get(path).content.decode()
    assert "<progress" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    RuleTrial.objects.update(since=NOON - 1, until=NOON + 1)
    perform_trials(NOON)
    page = administrator.get(path).content.decode()
    assert "hx-trigger" not in page
    assert "1 attempt would have gone otherwise" in page
    assert "2 min 12 s of talk less" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert not RuleRow.objects.exists()
    administrator.post(path, {"why": "As tried"})
    assert (RuleRow.objects.get().says, RuleRow.objects.get().why) == ({"maximum_seconds": 120}, "As tried")


def test_what_a_trial_found_appears_by_itself_where_its_progress_was(town, administrator, address, chromium) -> None:
    unit = town.jail.units.get()
    town.call(at=NOON, authorised_at=NOON)
    typed = {"maximum_seconds": "2", "why": "Shorter", "what": "try"}
    going, done = (administrator.post(f"/facility/rules/unit/{unit.pk}/", typed).headers["Location"] for _ in range(2))
    RuleTrial.objects.filter(pk=done.split("/")[-2]).update(since=NOON - 1, until=NOON + 1)
    RuleTrial.objects.filter(pk=going.split("/")[-2]).update(worked_on_at=2**62, done=3, total=10)
    perform_trials(NOON)

    def journey(page) -> list[str]:
        page.goto(going)
        before = page.get_by_role("progressbar").get_attribute("value")
        found = page.request.get(done).text()
        page.route(f"**{going}", lambda route: route.fulfill(body=found, content_type="text/html"))
        page.get_by_role("heading", name="1 attempt would have gone otherwise").wait_for()
        return [before, page.url]

    session = administrator.cookies["sessionid"].value
    assert chromium.visit(journey, base=address, session=session) == ["3", address + going]


def test_every_page_of_rules_is_accessible_and_fits_in_both_languages(
    town, signed_in, administrator, address, chromium
) -> None:
    unit = town.jail.units.get()
    StationGroup.objects.create(facility=town.jail, name="Yard", switch="lockdown", switch_reason="Count")
    say_rules(unit, {"hours": [[day, 480, 1260] for day in range(7)], "maximum_seconds": 900}, "user/1", "Plan", NOON)
    town.call(at=NOON, authorised_at=NOON)
    typed = {"maximum_seconds": "2", "why": "Shorter", "what": "try"}
    trials = [administrator.post(f"/facility/rules/unit/{unit.pk}/", typed).headers["Location"] for _ in range(2)]
    RuleTrial.objects.filter(pk=trials[0].split("/")[-2]).update(since=NOON - 1, until=NOON + 1)
    RuleTrial.objects.filter(pk=trials[1].split("/")[-2]).update(worked_on_at=2**62, done=3, total=10)
    perform_trials(NOON)
    late = "/facility/rules/try/?resident=100001&number=%2B15045550901&at=2026-11-20T23:00"
    pages = {
        # First: it asks again each second for as long as it stays open.
        "rule_trial_going": (trials[1], "3 of 10 attempts", "3 de 10 intentos"),
        "rules": ("/facility/rules/", "Calling rules", "Reglas de llamadas"),
        "rules_of_level": (f"/facility/rules/unit/{unit.pk}/", "Say it anew", "Definirlas de nuevo"),
        "rules_try": (late, "hours Mon-Sun 08:00-21:00", "Unit A: horario lun-dom 08:00-21:00"),
        "rule_trial": (trials[0], "1 attempt would", "1 intento habría"),
    }
    pictures, wrong = os.environ.get("KINLINE_PICTURES"), []
    for language, width in (("en", 1280), ("es", 320)):
        for name, (path, *texts) in pages.items():
            picture = Path(pictures) / f"{name}-{language}-{width}.png" if pictures else None
            look = chromium.visit(
                lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
                session=administrator.cookies["sessionid"].value,
                base=address,
                language=language,
                width=width,
            )
            wrong += [f"{name} {language}: {each}" for each in (*look.violations, *look.complaints)]
            if look.width > width:
                wrong.append(f"{name}: {look.width} px wide")
            if texts[language == "es"] not in look.text:
                wrong.append(f"{name} {language}: does not say it")
    assert wrong == []
