"""Money that goes back may be stopped between any two steps: it is on its account, or on its way, and goes once."""

import pytest
from bank import Bank
from killed import in_order, is_booked, killed_before_each_step, survives, whole
from make import (
    DAY,
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
    hung_up,
)
from payers import Payer, a_payer, a_payment

from kinline.audit.models import AuditEvent
from kinline.billing import services as billing
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.payments.models import CardRefund
from kinline.people.models import Resident, ResidentStatus, Role, StaffRole, User
from kinline.refunds import services
from kinline.refunds.models import (
    Cause,
    CreditReason,
    PayOut,
    PayOutFile,
    PayOutState,
    PropertyReport,
    StaffCredit,
    Way,
    WindingUp,
)
from kinline.refunds.services import Address

pytestmark = pytest.mark.usefixtures("committed_database")

LATER = Instant(NOON + 5 * MINUTE)
HOME = Address("Rosa Doucet", "12 Levee Street", "New Orleans", "LA", "70112")
MOST = 70
"""More than any of these acts has steps."""


def is_noted(action: str, word: str) -> bool:
    return AuditEvent.objects.filter(action=action, after__contains=word).exists()


def test_a_balance_goes_to_its_card_and_by_cheque_whole(bank: Bank) -> None:
    payers: list[Payer] = []

    def another() -> None:
        payers.append(a_payer("10.123456"))
        a_payment(bank, payers[-1], "5.00")

    def refund(number: int) -> object:
        how = {"address": HOME, "reference": f"{number:032x}"}
        return services.refund(payers[number].account, Cause.REQUEST, "user/1", NOON, **how)

    def is_done(number: int) -> bool:
        account = payers[number].account
        if len(payers) == number + 1:
            another()
        return whole(
            is_booked(f"refund/{number:032x}/rounding"),
            PayOut.objects.filter(refund__reference=f"{number:032x}").exists(),
            Transfer.objects.filter(debit=account, reason="refund").count() == 2,
            is_noted("refund.requested", f"{number:032x}"),
            books.balance(account) == ZERO,
        )

    another()
    another()
    survives(refund, is_done)
    sent = [each["amount"] for each in bank.ask("GET", "/v1/refunds?limit=100")["data"]]
    assert sent == [500] * CardRefund.objects.filter(state="succeeded").count() == [500] * CardRefund.objects.count()


def test_a_cheque_is_sent_and_comes_back_whole() -> None:
    accounts = [a_customer(a_number(), "8.00") for _ in range(MOST)]

    def cheque(number: int) -> PayOut | None:
        return PayOut.objects.filter(refund__account=accounts[number]).first()

    def send(number: int) -> None:
        name = f"{number:032x}"
        services.refund(accounts[number], Cause.REQUEST, "user/1", NOON, address=HOME, reference=name)
        services.make_file(Way.CHEQUE, "user/1", NOON)
        for file in PayOutFile.objects.filter(sent_at=None):
            services.mark_sent(file.pk, "user/1", NOON)

    def is_sent(number: int) -> bool:
        found = cheque(number)
        if found is None:
            return False
        file = found.file
        is_paid = file is not None and file.sent_at is not None
        return whole(is_paid, found.standing == PayOutState.SENT, is_booked(f"{found.key}/sent/1"))

    survives(send, is_sent)
    for number in range(MOST):
        send(number)

    def come_back(number: int) -> None:
        found = cheque(number)
        assert found is not None
        services.mark_returned(found.pk, "user/1", NOON, "Moved")

    def is_back(number: int) -> bool:
        found = cheque(number)
        assert found is not None
        return whole(found.standing == PayOutState.RETURNED, is_booked(f"{found.key}/returned/1"))

    survives(come_back, is_back)
    returned = PayOut.objects.filter(standing=PayOutState.RETURNED).count()
    assert books.balance(books.house_account(AccountKind.REFUNDS)) == Money.parse("8.00") * returned


def test_a_credit_of_staff_is_given_and_confirmed_whole() -> None:
    account = a_customer(a_number())
    support, finance = (User.objects.create_user(f"{role}@example.org", None, name=role) for role in "sf")
    for user, role in ((support, Role.SUPPORT), (finance, Role.FINANCE)):
        StaffRole.objects.create(user=user, role=role)

    def give(number: int, cents: int = 500) -> StaffCredit:
        how = (CreditReason.DROPPED, "why", support, Instant(NOON + 2 * number * DAY))  # so much a day alone
        return services.give(account, Money.of_cents(cents), *how, reference=f"{cents:016x}{number:016x}")

    def is_given(number: int) -> bool:
        name = f"{500:016x}{number:016x}"
        return whole(is_booked(f"credit/{name}"), is_noted("credit.granted", name))

    survives(give, is_given)
    proposed = [give(number, 2000) for number in range(MOST)]

    def is_confirmed(number: int) -> bool:
        waiting = proposed[number]
        waiting.refresh_from_db()
        return whole(waiting.state == "granted", is_booked(waiting.key))

    survives(lambda number: services.decide(proposed[number].pk, finance, NOON, is_granted=True), is_confirmed)
    given = Transfer.objects.filter(reason="staff_credit").values_list("amount", flat=True)
    assert books.balance(account).micros == sum(given)


def test_an_account_is_closed_and_a_resident_released_with_all_that_was_theirs() -> None:
    jail = a_facility()
    customers = [Account.objects.get(pk=a_customer(a_number(), "3.00")) for _ in range(MOST)]
    residents = [a_resident(jail) for _ in range(MOST)]
    debits = [a_debit_account(each, "2.00") for each in residents]

    def is_wound_up(account: AccountId) -> bool:
        is_over = WindingUp.objects.filter(account=account, done_at__isnull=False).exists()
        gone = Transfer.objects.filter(debit=account, reason="refund").exists()
        return whole(is_over, gone, books.balance(account) == ZERO)

    def close(number: int) -> object:
        return services.close_account(customers[number].customer_id or 0, HOME, "user/1", NOON)

    survives(close, lambda number: is_wound_up(AccountId(customers[number].pk)))
    survives(
        lambda number: services.release(ResidentId(residents[number].pk), HOME, "user/1", NOON),
        lambda number: is_wound_up(debits[number]),
    )


def test_what_nobody_claims_is_turned_over_to_its_state_and_paid_whole() -> None:
    accounts: list[AccountId] = []
    later = Instant(NOON + 181 * DAY)

    def another() -> None:
        """In a state of its own, and told three times."""
        phone = a_number()
        a_contact(a_resident(a_facility(state=f"{len(accounts):02d}")), phone)
        accounts.append(a_customer(phone, "5.00"))
        for day in (90, 150, 175):
            services.look_after_inactive(Instant(NOON + day * DAY))

    def is_turned_over(number: int) -> bool:
        if len(accounts) == number + 1:
            another()
        return whole(
            PropertyReport.objects.filter(state=f"{number:02d}").exists(),
            Transfer.objects.filter(debit=accounts[number], reason="unclaimed").exists(),
            books.balance(accounts[number]) == ZERO,
        )

    another()
    another()
    survives(lambda number: services.turn_over(f"{number:02d}", "user/1", later), is_turned_over)
    for number in range(len(accounts)):
        services.turn_over(f"{number:02d}", "user/1", later)
    reports = list(PropertyReport.objects.order_by("pk"))

    def is_paid(number: int) -> bool:
        made = reports[number]
        made.refresh_from_db()
        return whole(made.paid_at is not None, is_booked(f"unclaimed_report/{made.pk}/paid"))

    survives(lambda number: services.mark_paid(reports[number].pk, "user/1", later), is_paid)


def test_what_nobody_uses_goes_back_whichever_step_was_the_last(bank: Bank) -> None:
    payers = [a_payer() for _ in range(6)]
    for payer in payers:
        a_payment(bank, payer, "5.00")
    for day in (90, 150, 175):
        services.look_after_inactive(Instant(NOON + day * DAY))
    later = Instant(NOON + 181 * DAY)

    def then(_: int) -> None:
        in_order()
        for payer in payers:
            whole(payer.balance == ZERO, CardRefund.objects.filter(payment__account=payer.account).exists())

    assert killed_before_each_step(lambda _: services.look_after_inactive(later), then) > 10
    assert CardRefund.objects.count() == len(payers)


def test_what_was_overpaid_of_a_monthly_bill_moves_and_goes_back_in_one_step() -> None:
    accounts = [Account.objects.get(pk=a_customer(a_number(), "1.00")) for _ in range(3)]
    bills = [ledger.open_direct_bill_account(each.customer_id or 0, Money.parse("20.00")) for each in accounts]
    for account, bill in zip(accounts, bills, strict=True):
        services.refund(AccountId(account.pk), Cause.REQUEST, "user/1", NOON, address=HOME)
        billing.record_payment(bill, Money.parse("5.00"), f"cheque/{bill}", NOON)
    for day in (90, 150, 175):
        services.look_after_inactive(Instant(NOON + day * DAY))
    later = Instant(NOON + 181 * DAY)

    def then(_: int) -> None:
        in_order()
        for account, bill in zip(accounts, bills, strict=True):
            assert books.balance(AccountId(account.pk)) == ZERO
            whole(
                books.balance(bill) == ZERO, PayOut.objects.filter(refund__account=account, amount=5_000_000).exists()
            )

    assert killed_before_each_step(lambda _: services.look_after_inactive(later), then) > 10


def test_what_the_worker_pursues_goes_on_whichever_step_was_the_last(bank: Bank) -> None:
    """A refund that its card refused goes by cheque; an account that was closed during a call; a resident who was
    released; what was set aside for them."""
    jail, phone = a_facility(), a_number()
    station, caller = a_station(jail), a_resident(jail)
    a_contact(caller, phone)
    payers, closed, debits = [a_payer() for _ in range(3)], [a_customer(phone, "3.00")], []
    for payer in payers:
        a_payment(bank, payer, "5.00")
    bank.refuse_refunds = True
    for payer in payers:
        services.refund(payer.account, Cause.REQUEST, "user/1", NOON, address=HOME)
    call, _ = authorised(station, caller, phone)
    services.close_account(Account.objects.get(pk=closed[0]).customer_id or 0, HOME, "user/1", NOON)
    assert books.balance(closed[0]) == Money.parse("3.00")
    hung_up(call, 0)
    for _ in range(3):
        resident = a_resident(jail)
        debits.append(a_debit_account(resident, "2.00"))
        Resident.objects.filter(pk=resident.pk).update(status=ResidentStatus.RELEASED)
    accounts = [*(payer.account for payer in payers), *closed, *debits]

    def then(_: int) -> None:
        in_order()
        for account in accounts:
            whole(books.balance(account) == ZERO, PayOut.objects.filter(refund__account=account).exists())

    assert killed_before_each_step(lambda _: services.pursue(LATER), then) > 10
    assert PayOut.objects.count() == len(accounts)
