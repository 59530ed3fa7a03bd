"""Cash is booked once, also when a kiosk's requests meet each other."""

import pytest
from at_once import at_once
from django.db import IntegrityError, transaction
from make import DAY, NOON, a_customer, a_facility, a_number

from kinline.audit.models import AuditEvent
from kinline.core.identity import FacilityId, Instant
from kinline.core.money import Money
from kinline.kiosks import services
from kinline.kiosks.models import CashDeposit, Kiosk
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order

TWENTY = Money.parse("20.00")


def a_kiosk() -> Kiosk:
    return services.make(FacilityId(a_facility().pk), "Lobby", "user/1", NOON).kiosk


@pytest.mark.usefixtures("committed_database")
def test_requests_that_are_sent_by_three_processes_at_once_are_booked_once() -> None:
    kiosk, account = a_kiosk(), a_customer(a_number())

    def send() -> str:
        answers = []
        for receipt in (f"R-{number}" for number in range(6)):

            def book(receipt: str = receipt) -> services.Answer:
                taken = services.deposit(kiosk, account, TWENTY, receipt, NOON)
                return services.Answer(201, {"reference": taken.key})

            answer = services.once(kiosk, f"key-of-{receipt}", receipt, NOON, book)
            answers.append("repeated" if answer.is_repeated else "booked")
        return " ".join(answers)

    said = " ".join(at_once(send, send, send)).split()

    assert (said.count("booked"), said.count("repeated")) == (6, 12)
    assert books.balance(account) == Money.parse("120.00")
    assert books.discrepancies() == []


@pytest.mark.django_db
def test_cash_that_was_booked_stays_as_it_was() -> None:
    kiosk, account = a_kiosk(), a_customer(a_number())
    services.deposit(kiosk, account, Money.parse("5.00"), "R-1", NOON)
    with pytest.raises(services.ReceiptUsed):
        services.deposit(kiosk, account, Money.parse("5.00"), "R-1", NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        CashDeposit.objects.update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Kiosk.objects.update(deposit_most=49_990_000)  # 47 CFR 64.6100


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_month_and_the_cash_is_still_booked_once() -> None:
    kiosk, account = a_kiosk(), a_customer(a_number())

    def ask(at: int) -> services.Answer:
        def book() -> services.Answer:
            return services.Answer(201, {"reference": services.deposit(kiosk, account, TWENTY, "R-1", Instant(at)).key})

        return services.once(kiosk, "key-of-R-1", "R-1", Instant(at), book)

    ask(NOON)
    assert services.forget_answers(Instant(NOON + 30 * DAY)) == 0
    assert ask(NOON + 30 * DAY).is_repeated
    assert services.forget_answers(Instant(NOON + 30 * DAY + 1)) == 1
    with pytest.raises(services.ReceiptUsed):
        ask(NOON + 31 * DAY)
    assert books.balance(account) == TWENTY


@pytest.mark.django_db
def test_cash_that_the_machine_gave_back_is_taken_off_once_and_only_soon_and_unspent() -> None:
    kiosk, other, account = a_kiosk(), a_kiosk(), a_customer(a_number())
    services.deposit(kiosk, account, TWENTY, "R-1", NOON)
    for _ in range(2):
        services.take_back(kiosk, "R-1", Instant(NOON + services.TAKEN_BACK_WITHIN))
    assert books.balance(account) == Money(0)
    assert services.take_back(kiosk, "R-1", Instant(NOON + DAY)).receipt_number == "R-1"  # it had been done
    assert AuditEvent.objects.get(action="transfer.reversed").subject == f"account/{account}"

    services.deposit(kiosk, account, TWENTY, "R-2", NOON)
    with pytest.raises(services.NoSuchReceipt):
        services.take_back(other, "R-2", NOON)
    with pytest.raises(services.TooLate):
        services.take_back(kiosk, "R-2", Instant(NOON + services.TAKEN_BACK_WITHIN + 1))
    revenue = books.house_account(AccountKind.REVENUE)
    ledger.transfer(Order("talked", account, revenue, Money.of_cents(1), "charge"), NOON)
    with pytest.raises(ledger.NotEnough):
        services.take_back(kiosk, "R-2", NOON)
    assert books.discrepancies() == []
