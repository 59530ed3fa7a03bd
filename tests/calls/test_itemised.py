"""An invoice says of each call what made its price, and of all together what goes to whom."""

from datetime import date

import pytest
from make import (
    DAY,
    MINUTE,
    NOON,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    completed,
    hung_up,
)

from kinline.billing import services as billing
from kinline.billing.models import Invoice
from kinline.calls import services as calls
from kinline.calls.itemised import ItemisedBill, itemised
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.core.tariff import TaxLine
from kinline.facilities.models import Facility, TaxRow
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order

pytestmark = pytest.mark.django_db

DECEMBER = Instant(1_796_083_200_000)


@pytest.fixture
def jail() -> Facility:
    """Six cents a minute, one of them additive, and two taxes."""
    jail = a_facility("Cypress County Jail")
    TaxRow.objects.all().delete()
    for name, parts in (("Louisiana sales tax", 44_500), ("Universal service", 20_000)):
        TaxRow.objects.create(facility=jail, name=name, parts_per_million=parts, effective=date(2025, 1, 1))
    return jail


@pytest.fixture
def office() -> str:
    return a_number()


@pytest.fixture
def bill(office: str) -> AccountId:
    customer = Account.objects.get(pk=a_customer(office)).customer_id or 0
    return books.open_direct_bill_account(customer, Money.parse("20.00"))


def sum_of(bill: ItemisedBill) -> Money:
    own = bill.talk + bill.termination + bill.facility_additive + bill.other_taxes
    return own + sum((tax.amount for tax in bill.taxes), ZERO) - bill.credited


def test_an_invoice_shows_each_call_and_its_parts_together(jail: Facility, office: str, bill: AccountId) -> None:
    resident, station = a_resident(jail), a_station(jail)
    a_contact(resident, office)
    hung_up(authorised(station, resident, office)[0], 100)
    dead, _ = authorised(station, resident, office, Instant(NOON + DAY))
    calls.accept(dead, Instant(NOON + DAY))
    ended = Instant(NOON + DAY + MINUTE)
    calls.settle(dead, completed(Instant(NOON + DAY), ended, Reason.TALK_MEDIA_DEAD), None, None, None, ended)
    outage = Order("credit/1", ledger.house_account(AccountKind.CREDITS), bill, Money(10_000), "staff_credit")
    books.transfer(outage, Instant(NOON + 2 * DAY))
    billing.issue_invoices(DECEMBER)
    invoice = Invoice.objects.get()

    found = itemised(invoice)

    assert [each.is_charge for each in found.lines] == [True, True, False]
    first, given_back, _ = found.lines
    assert first.call is not None
    shown = first.call.call
    assert (shown.number, shown.facility, shown.seconds) == (office, "Cypress County Jail", 100)
    assert (str(shown.rate), first.call.began, str(first.call.zone)) == ("$0.06", NOON, "America/Chicago")
    assert given_back.line.amount == ZERO
    assert (found.talk, found.facility_additive) == (Money(83_334 + 50_000), Money(16_666 + 10_000))
    assert found.taxes == (
        TaxLine("Louisiana sales tax", Money(4450 + 2670)),
        TaxLine("Universal service", Money(2000 + 1200)),
    )
    assert found.credited == Money(63_870 + 10_000)
    assert sum_of(found) == Money(invoice.amount) == -ledger.balance(bill)


def test_a_credit_for_a_call_of_an_earlier_invoice_names_the_call_and_is_no_charge(
    jail: Facility, office: str, bill: AccountId
) -> None:
    resident, station = a_resident(jail), a_station(jail)
    a_contact(resident, office)
    call, _ = authorised(station, resident, office)
    hung_up(call, 100)
    billing.issue_invoices(DECEMBER)
    later = Instant(DECEMBER + DAY)
    hung_up(authorised(station, resident, office, later)[0], 300, later)
    credit = Order("credit/1", ledger.house_account(AccountKind.CREDITS), bill, Money(50_000), "staff_credit", call)
    books.transfer(credit, later)
    billing.issue_invoices(Instant(DECEMBER + 31 * DAY))
    invoice = Invoice.objects.latest("since")

    found = itemised(invoice)

    credited = next(each for each in found.lines if each.line.call_id == call)
    assert credited.call is not None
    assert (credited.is_charge, credited.line.amount) == (False, -Money(50_000))
    assert found.talk == Money(250_000), "of the later call alone"
    assert sum_of(found) == Money(invoice.amount)
