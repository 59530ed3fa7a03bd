"""Direct bill: asked for, decided, invoiced each month, overdue, paid, and the calls that go on at once."""

import pytest
from make import (
    DAY,
    NOON,
    SECOND,
    a_contact,
    a_customer,
    a_facility,
    a_number,
    a_resident,
    a_station,
    authorised,
    dial,
    hung_up,
)

from kinline.audit.models import AuditEvent
from kinline.billing import services
from kinline.billing.models import Application, Invoice, Suspension
from kinline.billing.queries import lines_of
from kinline.calls.models import Call
from kinline.core.callflow.events import Denied
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.facilities.models import Facility, Station
from kinline.ledger import queries as ledger
from kinline.ledger import services as books
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.people.models import Resident, Role, StaffRole, User

pytestmark = pytest.mark.django_db

MINUTE_PRICE = Money(62_670)
DECEMBER = Instant(1_796_083_200_000)
"""Tuesday, 1 December 2026, 00:00 UTC."""
JANUARY = Instant(DECEMBER + 31 * DAY)


@pytest.fixture
def jail() -> Facility:
    return a_facility()


@pytest.fixture
def station(jail: Facility) -> Station:
    return a_station(jail)


@pytest.fixture
def resident(jail: Facility) -> Resident:
    return a_resident(jail)


@pytest.fixture
def office(resident: Resident) -> str:
    """The number of a bondsman, an approved contact."""
    number = a_number()
    a_contact(resident, number)
    return number


@pytest.fixture
def finance() -> User:
    user = User.objects.create_user("finance@example.org", None, name="Finance")
    StaffRole.objects.create(user=user, role=Role.FINANCE)
    return user


@pytest.fixture
def bill(office: str, finance: User) -> AccountId:
    """The office's direct bill account, for which a dollar of credit was approved."""
    customer = Account.objects.get(pk=a_customer(office)).customer_id or 0
    application = services.apply(customer, Money.parse("200.00"), "A bail bond office", NOON)
    return services.approve(application, finance, Money.parse("1.00"), "New customer", NOON)


def refusal(station: Station, resident: Resident, number: str, at: Instant) -> Reason | None:
    """Why the call is refused, None if it is not; the attempt is over afterwards."""
    call, answer = dial(station, resident, number, at)
    if isinstance(answer, Denied):
        Call.objects.filter(pk=call).update(state="settled")
        return answer.reason
    hung_up(call, 0, at)
    return None


def test_an_approved_customer_calls_on_credit(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    call, permit = authorised(station, resident, office)
    assert (permit.is_billed, permit.is_collect) == (True, False)
    hung_up(call, 60)
    assert ledger.balance(bill) == ZERO - MINUTE_PRICE
    assert Call.objects.get(pk=call).payer == "direct_bill"


def test_prepaid_money_is_spent_before_credit(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    customer = Account.objects.get(pk=bill).customer_id or 0
    prepaid = books.open_customer_account(customer)
    books.deposit(prepaid, Money.parse("2.00"), "test/prepaid", NOON)
    hung_up(authorised(station, resident, office)[0], 60)
    assert (ledger.balance(bill), ledger.balance(prepaid)) == (ZERO, Money.parse("2.00") - MINUTE_PRICE)


def test_nobody_but_finance_gives_credit_and_the_decision_is_audited(office: str, finance: User) -> None:
    customer = Account.objects.get(pk=a_customer(office)).customer_id or 0
    application = services.apply(customer, Money.parse("200.00"), "A bail bond office", NOON)
    support = User.objects.create_user("support@example.org", None, name="Support")
    StaffRole.objects.create(user=support, role=Role.SUPPORT)
    with pytest.raises(services.NotYoursToDecide):
        services.approve(application, support, Money.parse("1.00"), "", NOON)
    services.refuse(application, finance, "No answer from the bank", NOON)
    with pytest.raises(services.AlreadyDecided):
        services.approve(application, finance, Money.parse("1.00"), "", NOON)
    assert Application.objects.get().standing == "refused"
    event = AuditEvent.objects.get(action="direct_bill.decided")
    assert (event.actor, event.reason) == (f"user/{finance.pk}", "No answer from the bank")


def test_one_application_at_a_time_and_for_something(office: str) -> None:
    customer = Account.objects.get(pk=a_customer(office)).customer_id or 0
    services.apply(customer, Money.parse("200.00"), "A bail bond office", NOON)
    for limit, purpose in (("200.00", "Again"), ("0.00", "Nothing"), ("5.00", " ")):
        with pytest.raises(services.ApplicationRefused):
            services.apply(customer, Money.parse(limit), purpose, NOON)


def test_at_the_credit_limit_no_call_is_placed(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    for _ in range(3):  # of five minutes each: six cents are left, and a minute costs more
        hung_up(authorised(station, resident, office)[0], 300)
    assert refusal(station, resident, office, Instant(NOON + DAY)) is Reason.FUND_CREDIT_LIMIT
    services.record_payment(bill, Money.parse("1.00"), "cheque/1", Instant(NOON + DAY))
    assert refusal(station, resident, office, Instant(NOON + DAY)) is None


def test_a_month_is_invoiced_once_with_all_that_was_called(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 60)
    assert services.issue_invoices(Instant(NOON + DAY)) == 0, "the month is not over"
    assert services.issue_invoices(DECEMBER) == 1
    assert services.issue_invoices(Instant(DECEMBER + DAY)) == 0
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.amount) == (f"2026-11-{bill:06}", MINUTE_PRICE.micros)
    assert invoice.due_at == DECEMBER + 21 * DAY


def test_a_charge_that_is_written_after_its_month_was_invoiced_is_on_the_next_invoice(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 60)
    accepted_at = Instant(DECEMBER - 61 * SECOND)
    last_of_month, _ = authorised(station, resident, office, accepted_at)
    services.issue_invoices(DECEMBER)
    hung_up(last_of_month, 60, accepted_at)

    assert services.issue_invoices(JANUARY) == 1

    november, december = Invoice.objects.order_by("since")
    assert sum_of_lines(november) == sum_of_lines(december) == MINUTE_PRICE
    assert ledger.balance(bill) == -Money(november.amount + december.amount)
    services.record_payment(bill, Money(november.amount + december.amount), "cheque/1", JANUARY)
    assert not Invoice.objects.filter(paid_at=None).exists()


def sum_of_lines(invoice: Invoice) -> Money:
    """What its lines come to, which is its amount."""
    together = sum((line.amount for line in lines_of(invoice)), ZERO)
    assert together == Money(invoice.amount)
    return together


def test_a_credit_for_a_call_that_was_invoiced_is_taken_off_the_next_invoice(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    for day in (NOON, Instant(DECEMBER + DAY)):
        hung_up(authorised(station, resident, office, day)[0], 120, day)
        services.issue_invoices(DECEMBER)
    given_back = Order("credit/1", ledger.house_account(AccountKind.CREDITS), bill, MINUTE_PRICE, "staff_credit")
    books.transfer(given_back, Instant(DECEMBER - 1))

    services.issue_invoices(JANUARY)

    november, december = Invoice.objects.order_by("since")
    assert (sum_of_lines(november), sum_of_lines(december)) == (MINUTE_PRICE * 2, MINUTE_PRICE)


def test_a_month_without_calls_has_no_invoice(bill: AccountId) -> None:
    assert services.issue_invoices(DECEMBER) == 0


def test_an_overdue_invoice_stops_calls_until_the_moment_it_is_paid(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 60)
    services.issue_invoices(DECEMBER)
    due = Invoice.objects.get().due_at
    assert refusal(station, resident, office, Instant(due)) is None
    late = Instant(due + DAY)
    assert refusal(station, resident, office, late) is Reason.FUND_INVOICE_OVERDUE

    services.record_payment(bill, Money(30_000), "cheque/1", late)
    assert refusal(station, resident, office, late) is Reason.FUND_INVOICE_OVERDUE
    services.record_payment(bill, MINUTE_PRICE - Money(30_000), "cheque/2", late)

    assert refusal(station, resident, office, late) is None
    assert Invoice.objects.get().paid_at == late
    assert ledger.discrepancies() == []


def test_a_payment_that_bounced_opens_the_invoice_again(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 60)
    services.issue_invoices(DECEMBER)
    paid = services.record_payment(bill, MINUTE_PRICE, "cheque/1", DECEMBER)
    services.return_payment(paid.key, Instant(DECEMBER + DAY))
    assert Invoice.objects.get().paid_at is None


def test_a_payment_that_bounced_after_its_room_was_spent_stops_the_bill_until_it_is_within_its_limit_again(
    station: Station, resident: Resident, office: str, bill: AccountId, finance: User
) -> None:
    for _ in range(3):
        hung_up(authorised(station, resident, office)[0], 300)
    owed = -ledger.balance(bill)
    paid = services.record_payment(bill, owed, "cheque/1", NOON)
    hung_up(authorised(station, resident, office, Instant(NOON + DAY))[0], 300, Instant(NOON + DAY))
    anew, later = -ledger.balance(bill), Instant(NOON + 2 * DAY)
    for _ in range(2):
        services.return_payment(paid.key, later)
    assert -ledger.balance(bill) == owed + anew
    assert refusal(station, resident, office, later) is Reason.FUND_BILL_SUSPENDED
    services.restore(bill, finance, later, "nothing that finance stopped")

    services.record_payment(bill, anew, "cheque/2", later)
    assert refusal(station, resident, office, later) is Reason.FUND_CREDIT_LIMIT
    assert Account.objects.get(pk=bill).credit_limit == 1_000_000
    services.record_payment(bill, owed, "cheque/3", later)
    assert refusal(station, resident, office, later) is None
    assert ledger.discrepancies() == []


def test_a_bill_that_is_within_its_limit_again_by_a_hold_given_back_is_restored_by_the_worker(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 300)
    services.record_payment(bill, -ledger.balance(bill), "cheque/1", NOON)
    for _ in range(2):
        hung_up(authorised(station, resident, office)[0], 300)
    call, _ = authorised(station, resident, office)
    services.return_payment("invoice_payment/cheque/1", NOON)
    hung_up(call, 0)
    later = Instant(NOON + DAY)
    assert refusal(station, resident, office, later) is Reason.FUND_BILL_SUSPENDED
    assert [services.settle_limits(later) for _ in range(2)] == [1, 0]
    assert refusal(station, resident, office, later) is Reason.FUND_CREDIT_LIMIT  # six cents are left of it
    assert Account.objects.get(pk=bill).credit_limit == 1_000_000


def test_a_bill_over_its_limit_may_get_a_higher_one_and_one_that_finance_stops_too_waits_for_both(
    station: Station, resident: Resident, office: str, bill: AccountId, finance: User
) -> None:
    for key in ("cheque/1", "cheque/2"):
        for _ in range(3):
            hung_up(authorised(station, resident, office)[0], 300)
        if key == "cheque/1":
            services.record_payment(bill, -ledger.balance(bill), key, NOON)
    services.return_payment("invoice_payment/cheque/1", NOON)
    services.suspend(bill, finance, NOON, "A cheque bounced")
    with pytest.raises(services.AccountRefused, match="restore it first"):
        services.set_limit(bill, Money.parse("5.00"), finance, NOON, "why not")
    services.record_payment(bill, Money.parse("1.50"), "cheque/3", NOON)
    assert refusal(station, resident, office, NOON) is Reason.FUND_BILL_SUSPENDED
    services.restore(bill, finance, NOON, "They called")
    assert refusal(station, resident, office, NOON) is None
    assert Suspension.objects.get().reason == "A cheque bounced"
    assert [each.action for each in AuditEvent.objects.filter(action__startswith="direct_bill.").order_by("pk")][
        -2:
    ] == [
        "direct_bill.suspended",
        "direct_bill.restored",
    ]

    services.return_payment("invoice_payment/cheque/3", NOON)
    services.set_limit(bill, Money.parse("5.00"), finance, NOON, "A good customer after all")
    assert refusal(station, resident, office, NOON) is None
    assert Account.objects.get(pk=bill).credit_limit == 5_000_000


def test_a_suspended_bill_pays_for_nothing_whatever_is_paid_or_given_back_of_a_hold(
    station: Station, resident: Resident, office: str, bill: AccountId, finance: User
) -> None:
    hung_up(authorised(station, resident, office)[0], 300)
    call, _ = authorised(station, resident, office)
    services.suspend(bill, finance, NOON, "Two cheques bounced")
    hung_up(call, 60)
    assert refusal(station, resident, office, NOON) is Reason.FUND_BILL_SUSPENDED
    services.record_payment(bill, Money.parse("0.30"), "cheque/1", NOON)
    assert refusal(station, resident, office, NOON) is Reason.FUND_BILL_SUSPENDED
    assert ledger.available(Account.objects.get(pk=bill)) == ZERO


def test_what_was_paid_too_much_covers_the_next_invoice(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 60)
    services.issue_invoices(DECEMBER)
    services.record_payment(bill, Money.parse("1.00"), "cheque/1", DECEMBER)
    hung_up(authorised(station, resident, office, Instant(DECEMBER + DAY))[0], 60, Instant(DECEMBER + DAY))
    services.issue_invoices(JANUARY)
    assert [invoice.paid_at for invoice in Invoice.objects.order_by("since")] == [DECEMBER, JANUARY]


def test_what_was_paid_too_much_can_be_prepaid_money_again_and_no_invoice_asks_for_it(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 60)
    services.record_payment(bill, Money.parse("5.00"), "cheque/1", NOON)
    customer = Account.objects.get(pk=bill).customer_id or 0
    over = Money.parse("5.00") - MINUTE_PRICE
    assert [services.give_back_overpaid(customer, NOON) for _ in range(2)] == [over, ZERO]
    assert (ledger.balance(bill), ledger.balance(books.open_customer_account(customer))) == (ZERO, over)
    services.issue_invoices(DECEMBER)
    invoice = Invoice.objects.get()
    assert (Money(invoice.amount), invoice.paid_at) == (MINUTE_PRICE, DECEMBER)
    services.return_payment("invoice_payment/cheque/1", DECEMBER)  # it bounced after all: the whole is owed
    assert ledger.balance(bill) == -Money.parse("5.00")


def test_a_credit_for_a_call_that_was_paid_can_be_prepaid_money_and_opens_no_invoice_that_was_paid(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 60)
    services.issue_invoices(DECEMBER)
    services.record_payment(bill, MINUTE_PRICE, "cheque/1", DECEMBER)
    credit = books.Order("credit/1", ledger.house_account(AccountKind.CREDITS), bill, MINUTE_PRICE, "staff_credit")
    books.transfer(credit, DECEMBER)
    customer = Account.objects.get(pk=bill).customer_id or 0
    assert services.give_back_overpaid(customer, DECEMBER) == MINUTE_PRICE
    prepaid = books.open_customer_account(customer)
    books.transfer(
        books.Order("spent", prepaid, ledger.house_account(AccountKind.REVENUE), MINUTE_PRICE, "charge"), NOON
    )
    hung_up(authorised(station, resident, office, DECEMBER)[0], 60, DECEMBER)
    services.issue_invoices(JANUARY)
    assert list(Invoice.objects.order_by("since").values_list("amount", "paid_at")) == [
        (MINUTE_PRICE.micros, DECEMBER),
        (MINUTE_PRICE.micros, None),
    ]


def test_an_unpaid_invoice_is_reminded_of_three_times(
    station: Station, resident: Resident, office: str, bill: AccountId
) -> None:
    hung_up(authorised(station, resident, office)[0], 60)
    services.issue_invoices(DECEMBER)
    due = Invoice.objects.get().due_at
    reminded = [services.remind(Instant(due + days * DAY + 1)) for days in (-1, 0, 1, 7, 8, 14, 100)]
    assert reminded == [0, 1, 0, 1, 0, 1, 0]
