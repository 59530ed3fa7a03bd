"""The pages of prices in a real browser: accessible, no wider than a small phone, in both languages, on paper."""

import os
from datetime import date
from pathlib import Path

import pytest

from kinline.facilities.models import FreeMinutesRow, PlanRow, TariffRow, TaxRow
from kinline.people.models import Role, StaffRole, User

PAGES = {
    "rates": (False, "/rates/", ("What calls cost", "Precios de las llamadas")),
    "rates_of_facility": (False, "/rates/{jail}/", ("What calls from", "Lo que cuestan")),
    "calculated": (False, "/rates/{jail}/?number=5045550123&minutes=15", ("$1.2534", "$1.2534")),
    "miscalculated": (False, "/rates/{jail}/?number=12&minutes=0", ("This is not", "Este no es")),
    "compliance": (True, "/facility/compliance/", ("Prices and the law", "Precios y ley")),
    "prices": (True, "/facility/prices/{jail}/?saved=rate", ("Prices of", "Precios de")),
}


@pytest.fixture
def finance(town) -> User:
    jail, terms = town.jail, {"price": 60_000, "effective": date(2026, 1, 1), "is_checked": True}
    TariffRow.objects.filter(facility=jail).update(price=60_000, facility_additive=20_000)
    TariffRow.objects.filter(facility=town.other_jail, jurisdiction="local").update(price=500_000)
    TariffRow.objects.filter(facility=town.other_jail, jurisdiction="intrastate").update(price=500_000, is_checked=True)
    TariffRow.objects.create(facility=jail, jurisdiction="international", destination="MX", termination=12_500, **terms)
    TariffRow.objects.create(facility=jail, service="video", jurisdiction="local", **terms)
    TariffRow.objects.create(facility=jail, jurisdiction="local", **{**terms, "effective": date(2035, 1, 1)})
    TariffRow.objects.create(facility=jail, jurisdiction="local", **{**terms, "effective": date(2025, 1, 1)})
    TaxRow.objects.create(facility=jail, name="Sales tax", parts_per_million=44_500, effective=date(2026, 1, 1))
    FreeMinutesRow.objects.create(facility=jail, effective=date(2026, 1, 1), seconds_per_day=600)
    PlanRow.objects.create(
        facility=jail, name="Family", period="month", minutes=300, price=18_000_000, offered_from=date(2026, 1, 1)
    )
    user = User.objects.create_user("finance@town.example", "correct horse battery", name="Fay Finance")
    StaffRole.objects.create(user=user, role=Role.FINANCE)
    return user


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_of_prices_is_accessible_and_fits(
    town, finance, signed_in, address, chromium, language: str, width: int
) -> None:
    session = signed_in(finance).cookies["sessionid"].value
    pictures = os.environ.get("KINLINE_PICTURES")
    wrong = []
    for name, (is_staff, path, words) in PAGES.items():
        picture = Path(pictures) / f"{name}-{language}-{width}.png" if pictures else None
        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path.format(jail=town.jail.pk), picture),
            session=session if is_staff else "",
            base=address,
            language=language,
            width=width,
        )
        wrong += [f"{name}: {each}" for each in (*look.violations, *look.complaints)]
        if look.width > width:
            wrong.append(f"{name}: {look.width} px wide")
        if words[language == "es"] not in look.text:
            wrong.append(f"{name}: does not say {words[language == 'es']!r}")
    assert wrong == []


def test_anybody_finds_a_facility_and_calculates_a_call_without_javascript(town, finance, address, chromium) -> None:
    def journey(page) -> list[str]:
        page.goto("/")
        page.get_by_role("link", name="What calls cost").first.click()
        page.get_by_label("Name, agency or state").fill("cypress")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Cypress County Jail", exact=True).click()
        page.get_by_label("Phone number that is called").fill("(504) 555-0123")
        page.get_by_label("Minutes").fill("15")
        page.get_by_role("button", name="Calculate").click()
        answer = page.get_by_role("status").inner_text()
        page.emulate_media(media="print")
        hidden = page.get_by_role("button", name="Calculate").is_visible()
        return [answer, str(hidden)]

    answer, shown_on_paper = chromium.visit(journey, base=address, scripts=False)
    assert "$1.2534" in answer
    assert "Sales tax\t$0.0534" in answer
    assert shown_on_paper == "False"


def test_the_refusal_of_a_price_over_the_cap_is_read_beside_its_field(
    town, finance, signed_in, address, chromium
) -> None:
    session = signed_in(finance).cookies["sessionid"].value

    def journey(page) -> str:
        page.goto(f"/facility/prices/{town.jail.pk}/")
        page.get_by_label("Our price of a minute or message, dollars").fill("0.50")
        page.get_by_role("button", name="Save the price").click()
        return page.locator(".error").inner_text()

    refusal = chromium.visit(journey, base=address, session=session, scripts=False)
    assert "over the cap of $0.12" in refusal
    assert "highest lawful price is $0.10" in refusal
