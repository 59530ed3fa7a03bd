"""The provider at work: monthly bills, numbers, plans, collect calls, and the card provider's books beside ours."""

import os
import time
from pathlib import Path

import pytest
from make import NOON

from kinline.audit.models import AuditEvent
from kinline.billing import services as billing
from kinline.billing.models import Invoice
from kinline.contacts.models import DedicatedNumber
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.facilities.models import NumberRule, PlanRow
from kinline.facilities.services import make_number_free
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.closing import close_day
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.services import NotEnough
from kinline.notices.models import Message
from kinline.payments.models import BooksCheck, ProviderMovement
from kinline.people import services as people
from kinline.people.models import Role

DECEMBER = Instant(1_796_083_200_000)


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def finance(town, signed_in):
    return signed_in(town.staff(Role.FINANCE))


@pytest.fixture
def bill(town) -> AccountId:
    """Five dollars of November, invoiced, within twenty of credit."""
    account = ledger.open_direct_bill_account(town.mother.pk, Money.parse("20.00"))
    spend(account, "5.00")
    billing.issue_invoices(DECEMBER)
    return account


def spend(account: AccountId, amount: str) -> None:
    revenue = books.house_account(AccountKind.REVENUE)
    ledger.transfer(Order(f"test/{amount}", account, revenue, Money.parse(amount), "charge"), Instant(NOON))


def told(user) -> list[str]:
    return list(Message.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def did(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def test_a_cheque_is_recorded_once_and_returned_once(town, finance, bill) -> None:
    address = f"/provider/billing/{bill}/"
    cheque = {"what": "take", "account": bill, "means": "cheque", "reference": "No 1041", "amount": "5.00"}
    for _ in range(2):
        assert "written down with your name" in text(finance.post(address, cheque, follow=True))
    assert books.balance(bill).micros == 0
    assert Invoice.objects.get().paid_at is not None
    assert did("invoice_payment.taken") == 1
    assert "with another amount" in text(finance.post(address, {**cheque, "amount": "6.00"}, follow=True))
    assert "at most two decimals" in text(finance.post(address, {**cheque, "amount": "5.001"}, follow=True))

    returned = {"what": "return", "account": bill, "key": f"invoice_payment/cheque/{bill}/NO1041", "reason": "No funds"}
    for _ in range(2):
        assert "Returned by the bank" in text(finance.post(address, returned, follow=True))
    assert books.balance(bill) == -Money.parse("5.00")
    assert Invoice.objects.get().paid_at is None
    assert did("invoice_payment.returned") == 1
    assert "no such payment" in text(finance.post(address, {**returned, "key": "test/5.00"}, follow=True))
    assert told(town.mother.user) == ["invoice_issued", "invoice_payment_received", "invoice_payment_returned"]


def test_a_cheque_that_bounces_after_its_room_was_spent_stops_the_bill_and_says_so_to_both(
    town, finance, bill, signed_in
) -> None:
    address = f"/provider/billing/{bill}/"
    cheque = {"what": "take", "account": bill, "means": "cheque", "reference": "1041", "amount": "5.00"}
    text(finance.post(address, cheque, follow=True))
    spend(bill, "20.00")
    returned = {"what": "return", "account": bill, "key": f"invoice_payment/cheque/{bill}/1041", "reason": "No funds"}
    assert "more is owed than the limit" in text(finance.post(address, returned, follow=True))
    assert books.balance(bill) == -Money.parse("25.00")
    paying = text(signed_in(town.mother).get("/account/paying/"))
    assert "You owe $25.00 of a credit limit of $20.00." in paying
    assert "A payment was taken back, and more is owed than the credit limit." in paying
    assert "more is owed" not in text(finance.post(address, {**cheque, "reference": "1042"}, follow=True))
    assert told(town.mother.user)[-2:] == ["direct_bill_restored", "invoice_payment_received"]


def test_a_suspended_bill_takes_no_more_and_comes_back_as_it_was(town, finance, bill) -> None:
    address = f"/provider/billing/{bill}/"
    why = {"account": bill, "reason": "Moved away"}
    for _ in range(2):
        assert "Moved away" in text(finance.post(address, {**why, "what": "suspend"}, follow=True))
    with pytest.raises(NotEnough):
        spend(bill, "0.01")
    assert books.balance(bill) == -Money.parse("5.00")
    for _ in range(2):
        assert "Suspend the monthly bill" in text(finance.post(address, {**why, "what": "restore"}, follow=True))
    spend(bill, "15.00")
    assert (did("direct_bill.suspended"), did("direct_bill.restored")) == (1, 1)
    assert told(town.mother.user)[1:] == ["direct_bill_suspended", "direct_bill_restored"]


def test_finance_changes_a_credit_limit_and_the_customer_is_told(town, finance, bill) -> None:
    address = f"/provider/billing/{bill}/"
    raised = {"what": "limit", "account": bill, "limit": "30.00", "reason": "Pays well"}
    for _ in range(2):
        assert "$30.00" in text(finance.post(address, raised, follow=True))
    assert (did("direct_bill.limit_set"), told(town.mother.user)[1:]) == (1, ["direct_bill_limit_set"])
    spend(bill, "24.00")
    assert "More than that is owed" in text(finance.post(address, {**raised, "limit": "28.99"}, follow=True))
    assert "more than nothing" in text(finance.post(address, {**raised, "limit": "0"}, follow=True))
    assert "$29.00" in text(finance.post(address, {**raised, "limit": "29.00", "reason": "Paid late"}, follow=True))
    with pytest.raises(NotEnough):
        spend(bill, "0.01")
    text(finance.post(address, {"what": "suspend", "account": bill, "reason": "Moved"}, follow=True))
    assert "Restore it first" in text(finance.post(address, raised, follow=True))


def test_a_review_is_lifted_with_a_reason(town, finance) -> None:
    account = Account.objects.get(customer=town.mother)
    Account.objects.filter(pk=account.pk).update(review_since=NOON)
    assert "Rosa Doucet" in text(finance.get("/provider/billing/"))
    asked = {"what": "lift_review", "account": account.pk}
    assert "Reason" in text(finance.post("/provider/billing/", asked, follow=True))
    assert "No account is under review" in text(
        finance.post("/provider/billing/", {**asked, "reason": "The bank was wrong"}, follow=True)
    )
    assert "not under review any more" in text(
        finance.post("/provider/billing/", {**asked, "reason": "Again"}, follow=True)
    )
    assert (did("review.lifted"), told(town.mother.user)) == (1, ["review_lifted"])


def test_numbers_are_stocked_given_and_taken_back(town, signed_in) -> None:
    support, address = signed_in(town.staff(Role.SUPPORT)), "/provider/numbers/"
    phone = town.mother.numbers.get().number
    give = {"what": "assign", "forwards_to": phone, "resident_number": "100001", "reason": "Asked by phone"}
    assert "No number is free" in text(support.post(address, give, follow=True))
    assert "no toll-free one" in text(support.post(address, {"what": "supply", "number": "800 555 0100"}, follow=True))
    assert "Write ten digits" in text(support.post(address, {"what": "supply", "number": "555"}, follow=True))
    for _ in range(2):
        text(support.post(address, {"what": "supply", "number": "(504) 555-0700"}, follow=True))
    assert did("dedicated_number.stocked") == 1
    assert "no approved contact" in text(support.post(address, {**give, "resident_number": "200001"}, follow=True))
    assert "+15045550700 rings" in text(support.post(address, give, follow=True))
    number = DedicatedNumber.objects.get()
    assert number.customer == town.mother
    back = {"what": "take_back", "number": number.pk, "reason": "Not needed"}
    assert "Nobody has one" in text(support.post(address, back, follow=True))
    assert (did("dedicated_number.given"), did("dedicated_number.taken_back")) == (1, 1)
    again = text(support.post(address, {"what": "supply", "number": "(504) 555-0700"}, follow=True))
    assert "kept for them" in again
    assert "0 numbers are free" in again


def test_staff_say_who_is_asked_first_to_pay(town, signed_in) -> None:
    support, address = signed_in(town.staff(Role.SUPPORT)), "/provider/numbers/"
    number = town.mother.numbers.get().number
    people.serve(town.father.pk, number)
    page = text(support.get(address, {"number": number}))
    assert page.index("Rosa Doucet") < page.index("Ask Paul Doucet first")
    asked = {"what": "first", "number": number, "customer": town.father.pk, "reason": "They agreed"}
    assert "Ask Rosa Doucet first" in text(support.post(address, asked, follow=True))
    assert town.father.numbers.get(number=number).order == 1
    assert "has changed" in text(support.post(address, {**asked, "customer": 999_999}, follow=True))
    assert did("payers.ordered") == 1


def test_a_facility_makes_hotlines_and_ends_them(town, signed_in) -> None:
    administrator, address = (
        signed_in(town.staff(Role.FACILITY_ADMINISTRATOR)),
        f"/facility/prices/{town.jail.pk}/free/",
    )
    assert administrator.get(f"/facility/prices/{town.other_jail.pk}/free/").status_code == 404
    line = {"what": "make", "number": "800 555 0144", "note": "Crisis line", "short_code": "*77"}
    assert "911 is none" in text(administrator.post(address, {**line, "short_code": "911"}, follow=True))
    assert "Write ten digits" in text(administrator.post(address, {**line, "number": "900 555 0144"}, follow=True))
    assert "dial *77" in text(administrator.post(address, line, follow=True))
    assert "written down with your name" in text(administrator.post(address, line, follow=True))
    assert "free already, as “Crisis line”" in text(administrator.post(address, {**line, "note": "Other"}, follow=True))
    rule = NumberRule.objects.get(facility=town.jail, treatment="free")
    end = {"what": "end", "rule": rule.pk}
    elsewhere = NumberRule.objects.create(facility=town.other_jail, treatment="free", number="+18005550145")
    assert "not free any more" in text(administrator.post(address, {**end, "rule": elsewhere.pk}, follow=True))
    assert "Nothing yet" in text(administrator.post(address, end, follow=True))
    assert (did("free_number.made"), did("free_number.ended")) == (1, 1)


def test_a_facility_offers_a_plan_and_sets_its_collect_allowance(town, signed_in) -> None:
    administrator = signed_in(town.staff(Role.FACILITY_ADMINISTRATOR))
    address = f"/facility/prices/{town.jail.pk}/plans/"
    assert administrator.get(f"/facility/prices/{town.other_jail.pk}/plans/").status_code == 404
    plan = {"name": "Hundred", "minutes": "100", "period": "month", "price": "4.20", "offered_from": "2027-01-01"}
    dear = {**plan, "what": "offer", "price": "6.00"}
    assert "must cost less than $6.00" in text(administrator.post(address, dear, follow=True))
    assert "100 minutes a month for at most $4.20" in text(
        administrator.post(address, {**plan, "what": "offer"}, follow=True)
    )
    stop = {"what": "stop", "name": "Hundred", "last_day": "2027-06-30"}
    assert "June 30, 2027" in text(administrator.post(address, stop, follow=True))
    assert PlanRow.objects.get().offered_until is not None

    allow = {"what": "allow", "allowance": "5.00", "reason": "New families"}
    assert "may owe up to $5.00" in text(administrator.post(address, allow, follow=True))
    assert "from $0.00 to $100.00" in text(administrator.post(address, {**allow, "allowance": "101"}, follow=True))
    assert did("collect_allowance.set") == 1


def test_every_difference_to_the_card_providers_books_is_on_the_page(town, signed_in, finance) -> None:
    assert "None: both books say the same" in text(finance.get("/provider/reconciliation/"))
    ProviderMovement.objects.create(
        provider="stripe",
        movement_id="txn_1",
        kind="payment",
        key="stripe/pi_1/deposit",
        amount=25_000_000,
        provider_fee=1_030_000,
        currency="usd",
        at=int(time.time() * 1000) - 2 * 3_600_000,
    )
    close_day(DECEMBER)
    BooksCheck.objects.create(day="2026-11-20", at=NOON, since=0, until=NOON, movements=1, differences=2)
    page = text(finance.get("/provider/reconciliation/"))
    for part in ("stripe/pi_1/deposit", "25.00 USD", "A cost of ours is not booked", "2 differences"):
        assert part in page
    assert "ends after it begins" in text(finance.get("/provider/reconciliation/?since=2026-11-30&until=2026-11-01"))
    spanish = signed_in(town.staff(Role.COMPLIANCE), "es")
    assert "Conciliación" in text(spanish.get("/provider/reconciliation/"))


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("es", 320)])
def test_the_pages_fit_and_are_accessible(town, signed_in, chromium, address, bill, language: str, width: int) -> None:
    finance = signed_in(town.staff(Role.FINANCE))
    mother = signed_in(town.mother)
    people.serve(town.father.pk, town.mother.numbers.get().number)
    billing.stock_number(E164("+15045550700"))
    billing.give_number(town.mother.pk, town.marcus, E164(town.mother.numbers.get().number), Instant(NOON))
    billing.record_payment(bill, Money.parse("2.00"), f"cheque/{bill}/1", DECEMBER)
    PlanRow.objects.create(
        facility=town.jail, name="Hundred", minutes=100, price=4_200_000, period="month", offered_from="2026-01-01"
    )
    make_number_free(town.jail, "800 555 0144", "Crisis line", "user/1", Instant(NOON), "*77")
    billing.suspend(bill, town.staff(Role.FINANCE), Instant(NOON), "Two checks bounced")
    Account.objects.filter(customer=town.mother, kind="customer_prepaid").update(review_since=NOON)
    close_day(DECEMBER)
    BooksCheck.objects.create(day="2026-11-20", at=NOON, since=0, until=NOON, movements=1, differences=2)
    number = town.mother.numbers.get().number.lstrip("+")
    pages = {
        "billing": (finance, "/provider/billing/"),
        "billing_account": (finance, f"/provider/billing/{bill}/"),
        "numbers": (finance, f"/provider/numbers/?number={number}"),
        "plans_of_facility": (finance, f"/facility/prices/{town.jail.pk}/plans/"),
        "free_numbers": (finance, f"/facility/prices/{town.jail.pk}/free/"),
        "agencies": (finance, "/provider/agencies/"),
        "agency": (finance, f"/provider/agencies/{town.jail.agency_id}/"),
        "reconciliation": (finance, "/provider/reconciliation/"),
        "books": (finance, "/provider/books/"),
        "books_of_a_kind": (finance, "/provider/books/?kind=direct_bill"),
        "books_figures": (finance, "/provider/books/figures/?report=annual"),
        "books_statement": (finance, f"/provider/books/accounts/{bill}/?month=2026-11"),
        "plans": (mother, "/account/plans/"),
        "phone_pin": (mother, "/account/phone-pin/"),
        "paying": (mother, "/account/paying/"),
        "invoice": (mother, f"/account/invoices/{Invoice.objects.get().number}/"),
        "statement": (mother, "/account/statement/?month=2026-11"),
    }
    pictures = os.environ.get("KINLINE_PICTURES")
    wrong = []
    for name, (browser, path) in pages.items():
        picture = Path(pictures) / f"{name}-{language}-{width}.png" if pictures else None
        look = chromium.visit(
            lambda page, path=path, picture=picture: chromium.look_at(page, path, picture),
            base=address,
            session=browser.cookies["sessionid"].value,
            language=language,
            width=width,
        )
        wrong += [f"{name}: {each}" for each in (*look.violations, *look.complaints)]
        if look.width > width:
            wrong.append(f"{name}: {look.width} px wide")
    assert wrong == []
