"""What calls cost, for everybody: the page of 47 CFR 64.6110, its calculator, and the same for machines."""

from datetime import date

import pytest
from django.utils.translation import override

from kinline.core.caps import VERSIONS
from kinline.core.money import Money
from kinline.core.state_laws import LAWS as STATE_LAWS
from kinline.facilities.models import FreeMinutesRow, NumberRule, PlanRow, TariffRow, TaxRow
from kinline.web.rates.laws import LAWS, law_in_words


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def priced(town):
    """The jail with an additive, a tax, a price abroad, free minutes, a plan and a price that will change."""
    jail = town.jail
    TariffRow.objects.filter(facility=jail).update(price=60_000, facility_additive=20_000)
    terms = {"price": 60_000, "effective": date(2026, 1, 1), "is_checked": True}
    TariffRow.objects.create(facility=jail, jurisdiction="international", destination="MX", termination=12_500, **terms)
    TariffRow.objects.create(facility=jail, service="message", jurisdiction="local", **{**terms, "price": 250_000})
    TariffRow.objects.create(facility=jail, jurisdiction="local", **{**terms, "effective": date(2035, 1, 1)})
    tax = {"name": "Sales tax", "parts_per_million": 44_500, "source": "La. R.S. 47:302"}
    TaxRow.objects.create(facility=jail, effective=date(2026, 1, 1), **tax)
    FreeMinutesRow.objects.create(facility=jail, effective=date(2026, 1, 1), seconds_per_day=600)
    PlanRow.objects.create(
        facility=jail, name="Family", period="month", minutes=300, price=18_000_000, offered_from=date(2026, 1, 1)
    )
    return jail


def test_anybody_finds_the_facility_and_its_prices_without_an_account(priced, signed_in) -> None:
    nobody = signed_in(None)
    assert f'href="/rates/{priced.pk}/"' in text(nobody.get("/rates/"))
    assert "Cypress County Jail" not in text(nobody.get("/rates/?find=lake"))
    page = text(nobody.get(f"/rates/{priced.pk}/"))
    for told in (
        "$0.06</td>",  # the provider's price
        "$0.02</td>",  # the facility-related component, a column of its own
        "$0.08356</strong>",  # with tax
        "Sales tax 4.45 %",
        "Sales tax: La. R.S. 47:302.",
        "To another country: Mexico",
        "$0.0125</td>",
        "47 CFR 64.6030",  # the component's legal basis
        "FCC 25-75",  # the source of the cap
        "There are no other fees",
        "charged by the second",
        "The first 10 min of each day are free",
        "Plan “Family”",
        "300 minutes",
        "Jan. 1, 2035",
        "Managing an account",
        "Adding money",
        "Closing an account",
        "Getting money back",
        "180 days",
    ):
        assert told in page, told


def test_a_tax_that_another_law_sets_in_another_jurisdiction_is_told_with_both(priced, signed_in) -> None:
    tax = {"name": "Sales tax", "parts_per_million": 30_000, "source": "La. R.S. 47:301.1"}
    TaxRow.objects.create(facility=priced, effective=date(2026, 1, 1), jurisdiction="interstate", **tax)
    page = text(signed_in(None).get(f"/rates/{priced.pk}/"))
    for told in ("Sales tax: La. R.S. 47:302.", "Sales tax: La. R.S. 47:301.1."):
        assert told in page, told
    rates = signed_in(None).get(f"/rates/{priced.pk}/rates.json").json()["rates"]
    sources = {(rate["jurisdiction"], tax["source"]) for rate in rates for tax in rate["taxes"]}
    assert {("local", "La. R.S. 47:302"), ("interstate", "La. R.S. 47:301.1")} < sources


def test_the_most_that_the_facility_may_have_is_that_of_the_caps_in_force(priced, signed_in) -> None:
    told = "By law it is at most $0.02 a minute"
    assert told in text(signed_in(None).get(f"/rates/{priced.pk}/"))
    priced.state = "MA"  # calls within it are free by law
    priced.save()
    TariffRow.objects.filter(facility=priced, jurisdiction="interstate").delete()
    assert told not in text(signed_in(None).get(f"/rates/{priced.pk}/"))


def test_the_page_in_spanish(priced, signed_in) -> None:
    page = text(signed_in(None, "es").get(f"/rates/{priced.pk}/"))
    for told in ("A otro país: México", "Cómo se le cobra", "No hay otros cargos", "El dinero de una cuenta"):
        assert told in page, told


def test_every_source_of_the_law_is_told_in_spanish_too(priced, signed_in) -> None:
    told = {version.source for version in VERSIONS} | {law.source for law in STATE_LAWS}
    told |= {law.doubt for law in STATE_LAWS if law.doubt}
    assert told == LAWS
    with override("es"):
        assert [text for text in told if law_in_words(text) == text] == []
    page = text(signed_in(None, "es").get(f"/rates/{priced.pk}/"))
    assert "FCC 25-75, 90 FR 56013, con la parte del centro de 0.02" in page


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("number=(504) 555-0123&minutes=15", ("$1.2534", "Local", "$0.30", "$0.0534", "free minutes: $0.4178")),
        ("number=(504) 555-0123&minutes=240", ("$20.0544", "free minutes: $19.2188", "“Family”: $18.801")),
        ("number=(504) 555-0123&minutes=4&service=message", ("$1.0445", "for 4 messages to", "Messages", "$0.0445")),
        ("number=%2B525512345678&minutes=1", ("$0.075726", "To another country", "$0.0125")),
        ("number=12&minutes=15", ("This is not a phone number",)),
        ("number=(504) 555-0123&minutes=0", ("from 1 to 240",)),
        ("number=(504) 555-0123&minutes=many", ("from 1 to 240",)),
        ("number=&minutes=15", ("Write the phone number",)),
        ("number=%2B442079460123&minutes=15", ("no price for such calls",)),
        ("number=%2B442079460123&minutes=4&service=message", ("no price for messages",)),
        ("number=9005550123&minutes=15", ("This kind of number",)),
        ("number=(504) 555-0166&minutes=15", ("Free",)),
    ],
)
def test_the_calculator_tells_what_a_call_would_cost_or_why_there_is_no_price(
    priced, signed_in, asked: str, told: tuple[str, ...]
) -> None:
    NumberRule.objects.create(facility=priced, treatment="free", number="+15045550166")
    page = text(signed_in(None).get(f"/rates/{priced.pk}/?{asked}"))
    for each in told:
        assert each in page, each


def test_a_plan_that_a_short_call_does_not_reach_is_not_said_to_lower_its_price(priced, signed_in) -> None:
    FreeMinutesRow.objects.all().delete()
    for minutes, lowers in ((15, False), (240, True)):
        page = text(signed_in(None).get(f"/rates/{priced.pk}/?number=5045550123&minutes={minutes}"))
        assert ("the call costs less" in page) is lowers


def test_machines_read_the_same(priced, signed_in) -> None:
    answer = signed_in(None).get(f"/rates/{priced.pk}/rates.json?number=5045550123&minutes=15")
    told = answer.json()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    local = next(rate for rate in told["rates"] if (rate["service"], rate["jurisdiction"]) == ("audio", "local"))
    assert local["in_state"]
    assert (local["price"], local["facility_additive"], local["total"]) == ("0.06", "0.02", "0.08356")
    assert local["cap"] == {
        "amount": "0.12",
        "effective": "2026-04-06",
        "source": "FCC 25-75, 90 FR 56013, with the additive of 0.02; compliance date 6 April 2026",
    }
    assert (local["initial_amount"], local["additional_amount"], local["tax_percent"]) == ("0.08", "0.08", "4.45")
    assert told["ancillary_fees"] == []
    assert local["taxes"] == [{"name": "Sales tax", "parts_per_million": 44_500, "source": "La. R.S. 47:302"}]
    assert told["quote"]["total"] == "1.2534"
    assert told["quote"]["lowered"] == [
        {"by": "free_minutes", "total": "0.4178"},
        {"by": "Family", "total": "0.4178"},
    ]
    lines = told["quote"]
    taxes = [tax["amount"] for tax in lines["taxes"]]
    parts = [lines["talk"], lines["facility_additive"], lines["termination"], *taxes]
    assert sum((Money.parse(part) for part in parts), Money(0)) == Money.parse(lines["total"])


def test_machines_are_told_what_messages_cost(priced, signed_in) -> None:
    asked = f"/rates/{priced.pk}/rates.json?number=5045550123&minutes=4&service=message"
    told = signed_in(None).get(asked).json()["quote"]
    assert (told["service"], told["messages"], told["price_per_message"], told["total"]) == (
        "message",
        4,
        "0.261125",
        "1.0445",
    )


def test_a_question_that_machines_ask_wrongly_names_the_fields(priced, signed_in) -> None:
    answer = signed_in(None).get(f"/rates/{priced.pk}/rates.json?number=12&minutes=0")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"number", "minutes"}


def test_an_overtaken_price_is_disclosed_at_the_cap_and_one_that_prices_no_call_not_at_all(town, signed_in) -> None:
    TariffRow.objects.filter(facility=town.jail).update(price=500_000)
    TariffRow.objects.filter(facility=town.jail, jurisdiction="local").update(is_checked=True)
    told = signed_in(None).get(f"/rates/{town.jail.pk}/rates.json").json()["rates"]
    assert [(rate["jurisdiction"], rate["price"], rate["charged_at_cap"]) for rate in told] == [("local", "0.10", True)]


def test_a_facility_that_is_closed_or_does_not_exist_has_no_page(town, signed_in) -> None:
    town.jail.is_active = False
    town.jail.save()
    text(signed_in(None).get(f"/rates/{town.jail.pk}/"), 404)
    text(signed_in(None).get("/rates/999999/"), 404)
