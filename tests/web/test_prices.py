"""The price list for those who answer for it, and each price beside the law."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kinline.audit.models import AuditEvent
from kinline.core.caps import VERSIONS
from kinline.facilities.models import FreeMinutesRow, TariffRow, TaxRow
from kinline.people.models import Role, StaffRole, User

TOMORROW = datetime.now(UTC).date() + timedelta(days=2)  # in any time zone


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def staff(town):
    """`staff(Role.FINANCE)`: somebody of the jail, or of the provider, with that role."""

    def with_role(role: Role) -> User:
        user = User.objects.create_user(f"{role}@staff.example", "correct horse battery", name=role)
        of_provider = role in (Role.FINANCE, Role.COMPLIANCE, Role.PLATFORM_ADMINISTRATOR, Role.SUPPORT)
        StaffRole.objects.create(
            user=user,
            role=role,
            agency=None if of_provider else town.jail.agency,
            facility=None if of_provider else town.jail,
        )
        return user

    return with_role


def a_rate(**changes: str) -> dict[str, str]:
    asked = {
        "what": "rate",
        "rate-service": "audio",
        "rate-jurisdiction": "local",
        "rate-destination": "",
        "rate-price": "0.07",
        "rate-facility_additive": "0.02",
        "rate-termination": "",
        "rate-agency_price": "",
        "rate-increment": "1",
        "rate-minimum": "0",
        "rate-effective": TOMORROW.isoformat(),
    }
    return asked | {f"rate-{name}": value for name, value in changes.items()}


@pytest.mark.parametrize(
    ("role", "own", "other", "law"),
    [
        (Role.FACILITY_ADMINISTRATOR, 200, 404, 200),
        (Role.FINANCE, 200, 200, 200),
        (Role.PLATFORM_ADMINISTRATOR, 200, 200, 200),
        (Role.COMPLIANCE, 404, 404, 200),
        (Role.OFFICER, 404, 404, 404),
        (Role.SUPPORT, 404, 404, 404),
    ],
)
def test_each_role_reaches_the_prices_it_answers_for(town, staff, signed_in, role, own, other, law) -> None:
    browser = signed_in(staff(role))
    assert browser.get(f"/facility/prices/{town.jail.pk}/").status_code == own
    assert browser.post(f"/facility/prices/{town.jail.pk}/", a_rate()).status_code == (302 if own == 200 else 404)
    assert browser.get(f"/facility/prices/{town.other_jail.pk}/").status_code == other
    assert browser.get("/facility/compliance/").status_code == law
    assert signed_in(town.mother).get(f"/facility/prices/{town.jail.pk}/").status_code == 302
    assert "/sign-in/" in signed_in(None).get("/facility/compliance/").headers["Location"]


def test_a_lawful_price_is_saved_shown_and_written_down(town, staff, signed_in) -> None:
    browser = signed_in(staff(Role.FACILITY_ADMINISTRATOR))
    answer = browser.post(f"/facility/prices/{town.jail.pk}/", a_rate(), follow=True)
    page = text(answer)
    assert "Saved." in page
    assert "Prices that will change" in page
    row = TariffRow.objects.get(effective=TOMORROW)
    assert (row.price, row.facility_additive, row.is_checked) == (70_000, 20_000, True)
    assert AuditEvent.objects.filter(action="price.set", facility=town.jail.pk).count() == 1


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("This is over the cap of $0.12", "FCC 25-75", "April 6, 2026", "highest lawful price is $0.10")),
        ("es", ("supera el máximo legal de $0.12", "6 de abril de 2026", "$0.10")),
    ],
)
def test_a_price_over_the_cap_is_refused_with_what_would_be_lawful(town, staff, signed_in, language, told) -> None:
    browser = signed_in(staff(Role.FINANCE), language)
    page = text(browser.post(f"/facility/prices/{town.jail.pk}/", a_rate(price="0.11")))
    for each in told:
        assert each in page, each
    assert 'value="0.11"' in page
    assert not TariffRow.objects.filter(effective=TOMORROW).exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"price": "0.0000001"}, "at most 6 decimals"),
        ({"price": "-1"}, "Write dollars"),
        ({"price": "ten"}, "Write dollars"),
        ({"effective": "2026-01-01"}, "That day is past."),
        ({"effective": "soon"}, "Enter a valid date."),
        ({"increment": "0"}, "1 to 60 seconds"),
        ({"increment": "60", "service": "message"}, "Messages are priced one by one"),
        ({"minimum": "60", "service": "message"}, "Messages are priced one by one"),
        ({"destination": "MX"}, "Only calls to another country"),
        ({"termination": "0.01"}, "Only calls to another country"),
        ({"destination": "Mexico", "jurisdiction": "international"}, "two letters"),
    ],
)
def test_what_is_no_price_is_refused_at_its_field(town, staff, signed_in, changes, told) -> None:
    page = text(signed_in(staff(Role.FINANCE)).post(f"/facility/prices/{town.jail.pk}/", a_rate(**changes)))
    assert told in page
    assert not TariffRow.objects.filter(effective__gt=date(2026, 2, 1)).exists()


@pytest.mark.parametrize(("language", "told"), [("en", "can begin on"), ("es", "puede empezar el")])
def test_a_price_that_would_rise_today_is_told_from_which_day_it_can(town, staff, signed_in, language, told) -> None:
    today = datetime.now(ZoneInfo(town.jail.time_zone)).date()
    asked = a_rate(price="0.10", effective=today.isoformat())
    assert told in text(signed_in(staff(Role.FINANCE), language).post(f"/facility/prices/{town.jail.pk}/", asked))


def test_taxes_and_free_minutes_are_saved(town, staff, signed_in) -> None:
    browser = signed_in(staff(Role.FINANCE))
    address = f"/facility/prices/{town.jail.pk}/"
    day = TOMORROW.isoformat()
    asked = {"what": "tax", "tax-name": "Sales tax", "tax-percent": "4.45", "tax-effective": day}
    assert "This field is required" in text(browser.post(address, asked))
    asked["tax-source"] = "La. R.S. 47:302"
    assert "fee that nobody may charge" in text(browser.post(address, {**asked, "tax-name": "Processing fee"}))
    assert "Sales tax 4.45 %" in text(browser.post(address, asked, follow=True))
    asked = {"what": "free", "free-per_day": "10", "free-per_week": "", "free-effective": day}
    assert "10 min a day" in text(browser.post(address, asked, follow=True))
    saved = TaxRow.objects.get()
    assert (saved.parts_per_million, saved.source) == (44_500, "La. R.S. 47:302")
    assert FreeMinutesRow.objects.get().seconds_per_day == 600


def test_the_law_page_tells_what_is_charged_in_place_of_an_overtaken_price(town, staff, signed_in) -> None:
    rows = TariffRow.objects.filter(facility=town.jail)
    rows.filter(jurisdiction="local").update(price=500_000, facility_additive=50_000, is_checked=True)
    rows.filter(jurisdiction="intrastate").update(price=500_000)
    town.other_jail.state, town.other_jail.is_prison = "CA", True
    town.other_jail.save()
    page = text(signed_in(staff(Role.COMPLIANCE)).get("/facility/compliance/"))
    for told in (
        "average daily population 420",
        "Medium jail",
        "Overtaken: charged at the cap",
        "$0.55",
        "<strong>$0.12</strong>",
        "Over the cap, no call is placed",
        "Lawful",
        "To be checked: California",
        "FCC 25-75",
    ):
        assert told in page, told


def test_the_law_page_tells_sources_and_doubts_in_spanish_too(town, staff, signed_in) -> None:
    town.other_jail.state, town.other_jail.is_prison = "CA", True
    town.other_jail.save()
    page = text(signed_in(staff(Role.COMPLIANCE), "es").get("/facility/compliance/"))
    for told in (
        "Ley de California de 2022: llamadas gratis",
        "el día exacto de enero de 2023 no está verificado",
        "FCC 25-75, 90 FR 56013, con la parte del centro de 0.02",
    ):
        assert told in page, told


def test_the_law_page_shows_every_version_of_the_caps_with_its_day_amounts_and_source(town, staff, signed_in) -> None:
    page = text(signed_in(staff(Role.COMPLIANCE)).get("/facility/compliance/"))
    rows = page[page.index("Federal caps") :].split("<tr>")[2:]
    cells = [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row.split("</td>")] for row in rows]
    found = {(since, what): (amounts, source) for since, what, *amounts, source, _ in cells}
    assert len(found) == len(VERSIONS)
    newest = ["$0.11", "$0.10", "$0.12", "$0.13", "$0.15", "$0.19"]
    source = "FCC 25-75, 90 FR 56013, with the additive of 0.02; compliance date 6 April 2026"
    assert found["April 6, 2026", "Phone call · All calls"] == (newest, source)
    assert found["June 30, 2025", "Video call · No calls: waived"][0] == ["–"] * 6
    assert found["Jan. 1, 2025", "Phone call · All calls"][0] == ["$0.06", "$0.06", "–", "–", "–", "–"]
    assert found["Feb. 11, 2014", "Phone call · To another state"][0] == ["$0.21"] * 6
