"""A family reads who pays, asks for a monthly bill, pays it, and passes money on; finance decides."""

import pytest

from kinline.billing import services
from kinline.billing.models import Application, Invoice
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.numbering import E164
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.people import services as people
from kinline.people.models import Role, StaffRole, User

NOVEMBER = Instant(1_795_197_600_000)
DECEMBER = Instant(1_796_083_200_000)
PAYING = "/account/paying/"
REFERENCE = "0123456789abcdef0123456789abcdef"


def text(response, status: int = 200) -> str:
    assert response.status_code == status
    return " ".join(response.content.decode().split())


@pytest.fixture
def finance(town) -> User:
    user = User.objects.create_user("finance@town.example", "correct horse battery", name="Finance")
    StaffRole.objects.create(user=user, role=Role.FINANCE)
    return user


@pytest.fixture
def bill(town, finance) -> AccountId:
    """Five dollars of November, invoiced."""
    account = books.open_direct_bill_account(town.mother.pk, Money.parse("20.00"))
    spent = Order("test/call", account, ledger.house_account(AccountKind.REVENUE), Money.parse("5.00"), "charge")
    books.transfer(spent, NOVEMBER)
    services.issue_invoices(DECEMBER)
    return account


def test_a_number_with_several_payers_says_when_theirs_is_asked(town, signed_in) -> None:
    number = town.mother.numbers.get().number
    assert "Your account alone pays" in text(signed_in(town.mother).get(PAYING))
    people.serve(town.father.pk, number)
    assert "2 accounts pay for calls to this number. Yours is asked as number 1" in text(
        signed_in(town.mother).get(PAYING)
    )


def test_a_monthly_bill_is_asked_for_and_finance_decides(town, signed_in, finance) -> None:
    family = signed_in(town.mother)
    for limit, said in (("200.005", "at most two decimals"), ("-1.00", "more than nothing"), ("many", "with digits")):
        told = text(family.post(PAYING, {"what": "apply", "limit": limit, "purpose": "Law office"}, follow=True))
        assert said in told
        assert "Credit limit, in dollars" in told
    told = text(family.post(PAYING, {"what": "apply", "limit": "200.00", "purpose": "Law office"}, follow=True))
    assert "We have not decided yet" in told

    application = Application.objects.get()
    assert signed_in(town.support).get("/provider/credit/").status_code == 404
    provider = signed_in(finance)
    assert "Asks for $200.00" in text(provider.get("/provider/credit/"))
    choice = {"application": application.pk, "decision": "approve", "limit": "50.00", "reason": "New"}
    assert "Nobody waits" in text(provider.post("/provider/credit/", choice, follow=True))
    assert "Somebody decided this before" in text(provider.post("/provider/credit/", choice, follow=True))
    assert "of a credit limit of $50.00" in text(signed_in(town.mother).get(PAYING))


def test_an_invoice_is_read_and_paid_from_the_balance(town, signed_in, bill) -> None:
    family, number = signed_in(town.mother), Invoice.objects.get().number
    assert "Overdue" in text(family.get(PAYING)) or "due on" in text(family.get(PAYING))
    page = text(family.get(f"/account/invoices/{number}/"))
    assert "$5.00" in page
    assert signed_in(town.father).get(f"/account/invoices/{number}/").status_code == 404

    family = signed_in(town.mother)
    paid = {"what": "pay_invoices", "amount": "5.00", "reference": REFERENCE}
    for _ in range(2):
        text(family.post(PAYING, paid, follow=True))
    assert ledger.balance(bill).micros == 0
    assert Invoice.objects.get().paid_at is not None
    told = text(family.post(PAYING, {**paid, "amount": "500.00", "reference": REFERENCE[::-1]}, follow=True))
    assert "not enough money" in told


def test_money_is_given_to_a_resident_who_has_them_as_a_contact(town, signed_in) -> None:
    family = signed_in(town.mother)
    gift = {"what": "give", "resident": f"resident-{town.marcus.pk}", "amount": "1.00", "reference": REFERENCE}
    assert "It belongs to them now" in text(family.post(PAYING, gift, follow=True))
    account = Account.objects.get(kind=AccountKind.RESIDENT_DEBIT, resident=town.marcus)
    assert ledger.balance(AccountId(account.pk)) == Money.parse("1.00")
    assert family.post(PAYING, {**gift, "resident": "resident-999999"}).status_code == 404
    assert "Choose for whom" in text(family.post(PAYING, {**gift, "resident": ""}, follow=True))


def test_nothing_is_given_while_a_bank_decides_on_a_payment(town, signed_in) -> None:
    Account.objects.filter(customer=town.mother, kind=AccountKind.CUSTOMER_PREPAID).update(review_since=NOVEMBER)
    given = {"what": "give", "resident": f"resident-{town.marcus.pk}", "amount": "1.00", "reference": REFERENCE}
    assert "Until then nothing can be moved" in text(signed_in(town.mother).post(PAYING, given, follow=True))


def test_a_family_gets_a_number_that_only_one_of_their_people_can_call_and_gives_it_back(town, signed_in) -> None:
    family, phone = signed_in(town.mother), town.mother.numbers.get().number
    take = {"what": "take_number", "line": f"{town.marcus.pk}/{phone}"}
    assert "A number that only one person can call" in text(family.get(PAYING))
    assert "No number is free just now" in text(family.post(PAYING, take, follow=True))
    services.stock_number(E164("+15045550700"))
    services.stock_number(E164("+15045550701"))
    for line in (f"{town.dana.pk}/{phone}", f"{town.marcus.pk}/{town.father.numbers.get().number}", "x"):
        text(family.post(PAYING, {**take, "line": line}, follow=True))
    assert not town.mother.dedicated_numbers.exists()

    for _ in range(2):
        page = text(family.post(PAYING, take, follow=True))
    number = town.mother.dedicated_numbers.get()
    assert (number.number, number.resident, number.forwards_to) == ("+15045550700", town.marcus, phone)
    assert "A number that only one person can call" not in page

    aside = {"what": "set_aside", "number": number.number, "amount": "3.00", "reference": REFERENCE}
    text(family.post(PAYING, aside, follow=True))
    back = {"what": "give_back_number", "number": number.number}
    assert signed_in(town.father).post(PAYING, back).status_code == 404
    assert "is in your balance again" in text(family.post(PAYING, back, follow=True))
    assert not town.mother.dedicated_numbers.exists()
    assert ledger.balance(books.open_customer_account(town.mother.pk)) == Money.parse("12.34")
    assert family.post(PAYING, back).status_code == 404


def test_the_page_is_spanish_for_who_reads_spanish(town, signed_in, bill) -> None:
    assert "Quién paga las llamadas" in text(signed_in(town.mother, "es").get(PAYING))
