"""A balance goes back whole, once, to where it came from; while it is on its way nobody can spend it."""

import pytest
from bank import Bank
from make import (
    MINUTE,
    NOON,
    a_contact,
    a_customer,
    a_debit_account,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    dial,
    hung_up,
)
from payers import a_payer, a_payment

from kinline.audit.models import AuditEvent
from kinline.billing import services as billing
from kinline.contacts.models import DedicatedNumber
from kinline.core.callflow.events import Authorised
from kinline.core.identity import AccountId, FacilityId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.payments import services as payments
from kinline.payments.models import CardRefund
from kinline.people.models import ResidentStatus
from kinline.refunds import services
from kinline.refunds.errors import AddressNeeded, NothingToRefund, OtherRequest, UnderReview, WrongStanding
from kinline.refunds.models import Cause, PayOut, PayOutState, ReleaseRule, Way
from kinline.refunds.services import Address

pytestmark = pytest.mark.django_db

LATER = Instant(NOON + 5 * MINUTE)
HOME = Address("Rosa Doucet", "12 Levee Street", "New Orleans", "LA", "70112")


def house(kind: AccountKind) -> Money:
    return books.balance(books.house_account(kind))


def refunded_cents(bank: Bank) -> int:
    return sum(each["amount"] for each in bank.ask("GET", "/v1/refunds?limit=100")["data"])


@pytest.fixture(autouse=True)
def the_books_agree():
    yield
    assert books.discrepancies() == []
    assert sum(balance.micros for balance in books.trial_balance().values()) == 0


def test_a_balance_goes_to_its_cards_and_the_rest_by_cheque_and_no_fraction_stays(bank: Bank) -> None:
    payer = a_payer("10.123456")
    a_payment(bank, payer, "25.00")
    with pytest.raises(AddressNeeded) as needed:
        services.refund(payer.account, Cause.REQUEST, "user/1", NOON)
    assert str(needed.value.rest) == "$10.13"
    made, again = (
        services.refund(payer.account, Cause.REQUEST, "user/1", at, address=HOME, reference="a" * 32)
        for at in (NOON, LATER)
    )
    assert again.pk == made.pk
    with pytest.raises(OtherRequest):
        services.refund(a_customer(a_number(), "1.00"), Cause.REQUEST, "user/1", NOON, reference="a" * 32)
    assert (payer.balance, refunded_cents(bank), Money(made.amount)) == (ZERO, 2500, Money.parse("35.13"))
    assert house(AccountKind.REFUNDS) == Money.parse("10.13")
    assert AuditEvent.objects.get(action="refund.requested").actor == "user/1"


def test_a_cheque_is_filed_sent_and_returned_each_once_and_the_books_agree_in_between() -> None:
    account = a_customer(a_number(), "8.00")
    services.refund(account, Cause.REQUEST, "user/1", NOON, address=HOME)
    cheque = PayOut.objects.get()
    clearing = house(AccountKind.CLEARING)

    file = services.make_file(Way.CHEQUE, "user/2", NOON)
    assert file is not None
    assert services.make_file(Way.CHEQUE, "user/2", NOON) is None
    assert f"{cheque.reference}-1,8.00,Rosa Doucet,12 Levee Street,New Orleans,LA,70112" in file.content
    assert house(AccountKind.REFUNDS) == Money.parse("8.00")
    with pytest.raises(WrongStanding):
        services.readdress(cheque.pk, HOME, "user/2", NOON)

    assert [services.mark_sent(file.pk, "user/2", LATER) for _ in range(2)] == [1, 0]
    assert (house(AccountKind.REFUNDS), house(AccountKind.CLEARING)) == (ZERO, clearing + Money.parse("8.00"))

    for _ in range(2):
        services.mark_returned(cheque.pk, "user/2", LATER, "moved")
    assert (house(AccountKind.REFUNDS), house(AccountKind.CLEARING)) == (Money.parse("8.00"), clearing)

    services.readdress(cheque.pk, HOME, "user/2", LATER)
    again = services.make_file(Way.CHEQUE, "user/2", LATER)
    assert again is not None
    assert f"{cheque.reference}-2" in again.content
    assert services.mark_sent(again.pk, "user/2", LATER) == 1
    assert house(AccountKind.REFUNDS) == ZERO


def test_disputed_money_and_money_held_for_a_call_do_not_go_back() -> None:
    jail, mother = a_facility(), a_number()
    resident, account = a_resident(jail), a_customer(mother, "2.00")
    a_contact(resident, mother)
    authorised(a_station(jail), resident, mother)
    held = Account.objects.get(pk=account).held
    made = services.refund(account, Cause.REQUEST, "user/1", NOON, address=HOME)
    assert 2_000_000 - held <= made.amount < 2_000_000 - held + 10_000
    assert books.balance(account) == Money(held)
    with pytest.raises(NothingToRefund):
        services.refund(account, Cause.REQUEST, "user/1", NOON, address=HOME)
    Account.objects.filter(pk=account).update(review_since=NOON)
    with pytest.raises(UnderReview):
        services.refund(account, Cause.REQUEST, "user/1", NOON, address=HOME)


@pytest.mark.parametrize("breakdown", ["cut", "answer_lost"])
def test_a_refund_whose_answer_was_lost_is_sent_once(bank: Bank, breakdown: str) -> None:
    payer = a_payer()
    a_payment(bank, payer)
    bank.breakdowns[:] = ["", *[breakdown] * 3]
    services.refund(payer.account, Cause.REQUEST, "user/1", NOON)
    assert payer.balance == ZERO
    payments.reconcile(LATER)
    services.pursue(LATER)
    assert (CardRefund.objects.get().state, refunded_cents(bank), payer.balance) == ("succeeded", 2500, ZERO)


@pytest.mark.parametrize("address", [HOME, None])
def test_what_a_card_does_not_take_goes_by_cheque_or_stays_and_is_not_sent_there_again(
    bank: Bank, address: Address | None
) -> None:
    payer = a_payer()
    a_payment(bank, payer)
    bank.refuse_refunds = True
    services.refund(payer.account, Cause.REQUEST, "user/1", NOON, address=address)
    assert [services.pursue(LATER), services.pursue(LATER)] == [1, 0]
    if address is None:
        assert payer.balance == Money.parse("25.00")
        assert services.planned(Account.objects.get(pk=payer.account)).by_card == ZERO
    else:
        assert (payer.balance, house(AccountKind.REFUNDS)) == (ZERO, Money.parse("25.00"))


def test_a_closed_account_pays_for_no_call_and_waits_for_the_one_in_progress(bank: Bank) -> None:
    jail, payer = a_facility(), a_payer()
    station, resident, other = a_station(jail), a_resident(jail), a_resident(jail)
    number = Account.objects.get(pk=payer.account).customer.numbers.get().number
    a_contact(resident, number)
    a_contact(other, number)
    a_payment(bank, payer)
    call, _ = authorised(station, resident, number)

    wound = services.close_account(payer.customer, HOME, "user/1", NOON)
    assert (wound.done_at, payer.balance) == (None, Money.parse("25.00"))
    assert not isinstance(dial(station, other, number)[1], Authorised)
    hung_up(call, 60)
    services.pursue(LATER)

    assert (payer.balance, refunded_cents(bank)) == (ZERO, 2494)
    assert PayOut.objects.count() == 0
    # What comes late goes the same way.
    ledger.deposit(payer.account, Money.parse("3.00"), "test/late", LATER)
    assert [services.pursue(LATER), services.pursue(LATER)] == [1, 0]
    assert (payer.balance, refunded_cents(bank), house(AccountKind.REFUNDS)) == (ZERO, 2500, Money.parse("2.94"))

    services.open_again(payer.customer, "user/1", LATER)
    ledger.deposit(payer.account, Money.parse("5.00"), "test/again", LATER)
    services.pursue(LATER)
    assert payer.balance == Money.parse("5.00")
    assert isinstance(dial(station, resident, number, LATER)[1], Authorised)


def test_what_was_paid_of_a_monthly_bill_beyond_what_is_owed_goes_back_to_who_asks_or_closes_their_account() -> None:
    payer = a_payer("1.00")
    bill = ledger.open_direct_bill_account(payer.customer, Money.parse("20.00"))
    called = ledger.Order("called", bill, books.house_account(AccountKind.REVENUE), Money.parse("5.00"), "charge")
    ledger.transfer(called, NOON)
    billing.record_payment(bill, Money.parse("50.00"), "cheque/1", NOON)

    services.refund(payer.account, Cause.REQUEST, "user/1", NOON, amount=Money.parse("0.40"), address=HOME)
    assert (books.balance(bill), payer.balance) == (Money.parse("45.00"), Money.parse("0.60"))
    assert services.planned_on_request(Account.objects.get(pk=payer.account)).total == Money.parse("45.60")
    services.refund(payer.account, Cause.REQUEST, "user/1", NOON, amount=Money.parse("40.60"), address=HOME)
    assert (books.balance(bill), payer.balance, house(AccountKind.REFUNDS)) == (
        ZERO,
        Money.parse("5.00"),
        Money.parse("41.00"),
    )

    billing.record_payment(bill, Money.parse("2.00"), "cheque/2", NOON)
    services.close_account(payer.customer, HOME, "user/1", NOON)
    assert (books.balance(bill), payer.balance, house(AccountKind.REFUNDS)) == (ZERO, ZERO, Money.parse("48.00"))
    billing.record_payment(bill, Money.parse("3.00"), "cheque/3", LATER)  # what comes late goes the same way
    assert [services.pursue(LATER), services.pursue(LATER)] == [1, 0]
    assert (books.balance(bill), payer.balance, house(AccountKind.REFUNDS)) == (ZERO, ZERO, Money.parse("51.00"))


def test_a_released_residents_money_is_theirs_by_cheque_that_waits_for_an_address() -> None:
    resident = a_resident(a_facility(), name="Andre Brooks")
    account = a_debit_account(resident, "5.00")
    resident.status = ResidentStatus.RELEASED
    resident.save()
    assert [services.pursue(NOON), services.pursue(NOON)] == [1, 0]
    cheque = PayOut.objects.get()
    assert (cheque.recipient, cheque.has_address, books.balance(account)) == ("Andre Brooks", False, ZERO)
    assert services.make_file(Way.CHEQUE, "user/2", NOON) is None
    services.readdress(cheque.pk, Address("Andre Brooks", "1 Main St", "Slidell", "LA", "70458"), "user/2", NOON)
    assert services.make_file(Way.CHEQUE, "user/2", NOON) is not None


def test_what_a_family_set_aside_for_who_was_released_is_on_their_own_account_again() -> None:
    number = a_number()
    prepaid = a_customer(number, "8.00")
    customer = Account.objects.get(pk=prepaid).customer_id
    resident = a_resident(a_facility())
    dedicated = DedicatedNumber.objects.create(
        number="+15045550700", customer_id=customer, resident=resident, forwards_to=number, given_at=NOON
    )
    aside = ledger.open_dedicated_account(customer, dedicated.number)
    billing.set_aside(prepaid, dedicated, Money.parse("3.00"), "test", NOON)
    assert services.pursue(NOON) == 0
    resident.status = ResidentStatus.RELEASED
    resident.save()
    Account.objects.filter(pk=aside).update(held=1)
    assert services.pursue(NOON) == 0  # a call to it is in progress
    Account.objects.filter(pk=aside).update(held=0)
    assert [services.pursue(NOON), services.pursue(NOON)] == [1, 0]
    assert (books.balance(aside), books.balance(prepaid)) == (ZERO, Money.parse("8.00"))
    assert not DedicatedNumber.objects.exclude(customer=None).exists()
    ledger.deposit(aside, Money.parse("0.06"), "test/credit", LATER)  # for the last call, after its end
    assert [services.pursue(LATER), services.pursue(LATER)] == [1, 0]
    assert (books.balance(aside), books.balance(prepaid)) == (ZERO, Money.parse("8.06"))


def test_a_facility_can_rule_that_its_commissary_pays_out_who_leaves() -> None:
    jail = a_facility()
    ReleaseRule.objects.create(facility=jail, way=Way.COMMISSARY)
    resident = a_resident(jail)
    a_debit_account(resident, "5.00")
    services.release(ResidentId(resident.pk), None, "jms", NOON)
    assert services.release(ResidentId(resident.pk), None, "jms", NOON) is None
    file = services.make_file(Way.COMMISSARY, "user/2", NOON, FacilityId(jail.pk))
    assert file is not None
    assert f"{resident.resident_number},5.00," in file.content
    assert PayOut.objects.get().standing == PayOutState.IN_FILE


def test_two_who_ask_for_the_same_money_get_it_once() -> None:
    account: AccountId = a_customer(a_number(), "4.00")
    services.refund(account, Cause.REQUEST, "user/1", NOON, amount=Money.parse("3.00"), address=HOME)
    services.refund(account, Cause.REQUEST, "user/1", NOON, address=HOME)
    with pytest.raises(NothingToRefund):
        services.refund(account, Cause.REQUEST, "user/1", NOON, address=HOME)
    assert sum(PayOut.objects.values_list("amount", flat=True)) == 4_000_000
