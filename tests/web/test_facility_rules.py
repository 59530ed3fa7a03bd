"""What a family reads before it pays: the price of a call to its number, and the rules of the facility."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kinline.audit.models import AuditEvent
from kinline.core.money import Money
from kinline.core.tariff import charge
from kinline.facilities.models import TaxRow, VisitingRules
from kinline.facilities.queries import rulebook, stamp
from kinline.people.models import Role

CHICAGO = ZoneInfo("America/Chicago")


def page_of(town) -> str:
    return f"/rates/{town.jail.pk}/rules/"


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def ruled(town):
    """Open from eight to nine in the evening, but closed tomorrow; fifteen minutes, four calls, ten minutes between."""
    tomorrow = datetime.now(tz=CHICAGO).date() + timedelta(days=1)
    town.jail.calling_rules = {
        "hours": [[day, 480, 1260] for day in range(7)],
        "exceptions": {tomorrow.isoformat(): []},
        "maximum_seconds": 900,
        "wait_seconds": 600,
        "calls_per_day": 4,
        "list_required": True,
    }
    town.jail.save()
    town.jail.units.update(calling_rules={"seconds_per_day": 3600})
    TaxRow.objects.create(facility=town.jail, name="tax", parts_per_million=44_500, effective=date(2025, 1, 1))
    return town


def test_everybody_reads_hours_lengths_counts_and_what_is_recorded(ruled, client) -> None:
    page = text(client.get(page_of(ruled)))
    for said in (
        "8 a.m. – 9 p.m.",
        "closed",
        "A call lasts at most 15",
        "lie at least 10",
        "4 calls a day",
        "Only approved numbers can be called.",
        "Unit A",
        "at most 60 min a day",
        "Never recorded and never listened to",
        "has not written its visiting rules",
    ):
        assert said in page, said


def test_the_phones_are_said_to_be_open_or_closed_as_calls_are_decided(ruled, client) -> None:
    page = text(client.get(page_of(ruled)))
    hour = datetime.now(tz=CHICAGO).hour
    assert ("The phones are open now." if 8 <= hour < 21 else "The phones are closed now.") in page
    ruled.jail.switch = "lockdown"
    ruled.jail.save()
    assert "turned off by staff" in text(client.get(page_of(ruled)))


def test_the_price_is_what_the_call_will_be_charged(ruled, signed_in, client) -> None:
    page = text(signed_in(ruled.mother).get(page_of(ruled)))
    book = rulebook(ruled.jail.pk, stamp())
    tariff = book.tariff("+15045550901", int(datetime.now(tz=UTC).timestamp() * 1000))
    for minutes in (5, 10, 15):
        assert str(charge(tariff, minutes * 60).total) in page
    assert "(504)\u00a0555-0901" in page
    assert "20\u00a0min" not in page  # longer than the facility allows
    assert "This is not a phone number" in text(client.get(page_of(ruled) + "?number=12"))
    assert "$" in text(client.get(page_of(ruled) + "?number=5045550901"))
    assert str(Money(0)) not in text(client.get(page_of(ruled)))  # nobody's number: no price yet


def test_a_facility_says_its_visiting_rules_in_both_languages(town, signed_in, client) -> None:
    administrator = town.staff(Role.FACILITY_ADMINISTRATOR)
    path = f"/facility/visiting-rules/{town.jail.pk}/"
    signed_in(administrator).post(path, {"en": "Sundays.\n\nBring an ID <b>.", "es": "Los domingos."})
    assert "<p>Bring an ID &lt;b&gt;.</p>" in text(client.get(page_of(town)))
    assert "Los domingos." in text(client.get(page_of(town), headers={"accept-language": "es"}))
    signed_in(administrator).post(path, {"en": "", "es": "Los domingos."})
    assert "Los domingos." in text(client.get(page_of(town)))
    assert AuditEvent.objects.filter(action="visiting_rules.said").count() == 2
    assert signed_in(town.officer).get(path).status_code == 404
    assert signed_in(administrator).get(f"/facility/visiting-rules/{town.other_jail.pk}/").status_code == 404


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 320)])
def test_the_page_is_accessible_fits_and_prints(ruled, address, chromium, language: str, width: int) -> None:
    VisitingRules.objects.create(facility=ruled.jail, language="en", text="Sundays.")
    folder = os.environ.get("KINLINE_PICTURES")
    picture = Path(folder) / f"facility_rules-{language}.png" if folder else None
    path = page_of(ruled) + "?number=5045550901"

    def look(page):
        seen = chromium.look_at(page, path, picture)
        page.emulate_media(media="print")
        return seen, page.get_by_role(
            "button", name={"en": "Show the price", "es": "Ver el precio"}[language]
        ).is_visible()

    seen, has_button = chromium.visit(look, base=address, language=language, width=width)
    assert [*seen.violations, *seen.complaints] == []
    assert seen.width <= width
    assert not has_button
