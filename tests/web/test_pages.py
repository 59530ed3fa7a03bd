"""What the pages tell, without a browser."""

from kinline.facilities.models import TaxRow


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_account_tells_the_balance_in_dollars_and_in_minutes(town, signed_in) -> None:
    page = text(signed_in(town.mother).get("/account/"))
    assert "$12.34" in page
    assert "$0.06 a minute" in page
    assert "15 minutes cost $0.90." in page
    assert "205 minutes" in page


def test_prices_include_taxes(town, signed_in) -> None:
    TaxRow.objects.create(facility=town.jail, name="Sales tax", parts_per_million=44_500, effective="2026-01-01")
    assert "$0.06267 a minute" in text(signed_in(town.mother).get("/account/"))


def test_a_family_without_money_reads_why_a_call_failed_and_what_to_do(town, signed_in) -> None:
    values = '{"balance": ["Money", 40000], "needed": ["Money", 62670]}'
    call = town.failed_call("fund.insufficient", "denied", number="+15045550902", reason_values=values)
    family = signed_in(town.father)
    for page in (text(family.get("/account/")), text(family.get(f"/account/calls/{call.pk}/"))):
        assert "You have $0.04; the call needs at least $0.06267." in page
        assert "Add money" in page


def test_the_same_in_spanish(town, signed_in) -> None:
    call = town.failed_call("ring.no_answer", "no_answer")
    page = text(signed_in(town.mother, "es-MX,es;q=0.9").get(f"/account/calls/{call.pk}/"))
    assert '<html lang="es">' in page
    assert "No conectada" in page
    assert "Tuvo una llamada perdida." in page


def test_a_receipt_adds_up(town, signed_in) -> None:
    call = town.call(facility_additive=42_000)
    page = text(signed_in(town.mother).get(f"/account/calls/{call.pk}/"))
    for line in (
        '<th scope="row">Talk</th><td>$0.21</td>',
        '<th scope="row">Facility-related component</th><td>$0.042</td>',
        '<th scope="row">Taxes</th><td>$0.011214</td>',
        '<th scope="row">Total</th><td>$0.263214</td>',
        '<th scope="row">Balance before</th><td>$12.603214</td>',
        '<th scope="row">Balance after</th><td>$12.34</td>',
    ):
        assert line in page


def test_what_was_given_back_shows_on_the_receipt(town, signed_in) -> None:
    call = town.call(reason="talk.media_dead", credited=263_214)
    page = text(signed_in(town.mother).get(f"/account/calls/{call.pk}/"))
    assert "−$0.263214" in page
    assert '<th scope="row">Total</th><td>$0.00</td>' in page


def test_a_call_in_progress_has_no_receipt_yet(town, signed_in) -> None:
    call = town.call(state="accepted", disposition="", reason="", ended_at=None, settled_at=None, charge=0)
    page = text(signed_in(town.mother).get(f"/account/calls/{call.pk}/"))
    assert "has not ended yet" in page
    assert "Total" not in page


def test_times_are_those_of_the_facility(town, signed_in) -> None:
    town.call()
    town.call(resident=town.dana)
    assert '12:00:00</a> <span class="soft">CST' in text(signed_in(town.officer).get("/facility/"))
    assert '13:00:00</a> <span class="soft">EST' in text(signed_in(town.other_investigator).get("/facility/"))


def test_signing_in_leads_to_the_page_that_is_ones_own(town, signed_in) -> None:
    asked = {"username": "mother@town.example", "password": "correct horse battery"}
    answer = signed_in(None).post("/sign-in/", asked, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/"
    for who, page in (("officer", "/facility/"), ("support", "/facility/"), ("approver", "/facility/contacts/")):
        assert signed_in(getattr(town, who)).get("/staff/", follow=True).redirect_chain[-1][0] == page


def test_an_address_of_another_site_is_not_followed_after_signing_in(town, signed_in) -> None:
    sent = {
        "username": "mother@town.example",
        "password": "correct horse battery",
        "next": "https://elsewhere.example/",
    }
    assert signed_in(None).post("/sign-in/", sent).headers["Location"] == "/welcome/"


def test_names_cannot_bring_markup_into_a_page(town, signed_in) -> None:
    town.marcus.name = "<script>alert(1)</script>"
    town.marcus.save()
    town.call()
    page = text(signed_in(town.mother).get("/account/"))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
