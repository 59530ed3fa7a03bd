"""Processes that are killed at any step, and many that do the same at once: the money comes once, and is not lost."""

import threading

import pytest
from bank import Bank
from django.db import connection
from killed import in_order, is_booked, killed_before_each_step, survives, whole
from make import MINUTE, NOON
from payers import a_payer, a_payment, a_saved_card

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.payments import services
from kinline.payments.models import CardRefund, Dispute, InboxMessage, Payment
from kinline.providers.cards import card_provider

pytestmark = pytest.mark.usefixtures("committed_database")

TEN, DOLLAR = Money.parse("10.00"), Money.parse("1.00")
LATER = Instant(NOON + 5 * MINUTE)


def test_a_message_of_the_card_provider_brings_its_money_whole(bank: Bank) -> None:
    payer = a_payer()
    asked: list[Payment] = []
    messages: list[tuple[bytes, dict[str, str]]] = []

    def another() -> None:
        asked.append(services.begin(payer.customer, payer.account, TEN, NOON))
        paid = bank.enter(asked[-1].intent, bank.card())
        messages.append(bank.message("payment_intent.succeeded", paid, f"evt_{len(asked)}"))

    def hear(number: int) -> None:
        payload, headers = messages[number - 1]
        event = card_provider().event(payload, headers["Stripe-Signature"])
        services.work_off(services.take(event, NOON), NOON)

    def is_done(number: int) -> bool:
        payment = Payment.objects.get(pk=asked[number - 1].pk)
        if len(asked) == number:
            another()
        arrived = whole(payment.state == "succeeded", is_booked(payment.deposit_key))
        assert arrived or not InboxMessage.objects.filter(event_id=f"evt_{number}", outcome="applied").exists()
        return arrived

    another()
    survives(hear, is_done)
    assert payer.balance == TEN * Transfer.objects.count()


@pytest.mark.parametrize("return_url", ["", "https://kinline.example/back"])
def test_a_saved_card_is_charged_once_wherever_its_process_died(bank: Bank, return_url: str) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)

    def then(_: int) -> None:
        before = payer.balance
        for minutes in range(2):
            services.reconcile(Instant(LATER + minutes * MINUTE))
        for payment in Payment.objects.all():
            assert whole(payment.state == "succeeded", is_booked(payment.deposit_key))
        assert payer.balance == TEN * Payment.objects.count() == Money.of_cents(bank.charged_cents()) >= before
        in_order()

    def charge(_: int) -> object:
        return services.charge(payer.customer, payer.account, TEN, card.pk, NOON, return_url=return_url)

    assert killed_before_each_step(charge, then) > 5
    assert Payment.objects.count() > 3


def test_a_debt_is_paid_with_the_card_that_was_charged_for_it_wherever_its_process_died(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    bill = ledger.open_direct_bill_account(payer.customer, Money.parse("500.00"))
    spent = Order("called", bill, books.house_account(AccountKind.REVENUE), Money.parse("500.00"), "charge")
    ledger.transfer(spent, NOON)

    def then(_: int) -> None:
        for minutes in range(2):
            services.reconcile(Instant(LATER + minutes * MINUTE))
        for payment in Payment.objects.all():
            paid = f"invoice_payment/payment/{payment.reference}"
            assert whole(payment.state == "succeeded", is_booked(payment.deposit_key), is_booked(paid))
        charged = Money.of_cents(bank.charged_cents())
        assert (payer.balance, books.balance(bill)) == (Money(0), charged - Money.parse("500.00"))
        in_order()

    def charge(_: int) -> object:
        return services.charge(payer.customer, payer.account, TEN, card.pk, NOON, pays=bill)

    assert killed_before_each_step(charge, then) > 5
    assert Payment.objects.count() > 3


def test_a_refund_is_sent_once_or_not_begun_wherever_its_process_died(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer, "50.00")

    def sent_cents() -> int:
        return sum(each["amount"] for each in bank.ask("GET", "/v1/refunds?limit=100")["data"])

    def then(number: int) -> None:
        services.reconcile(LATER)
        begun = CardRefund.objects.count()
        assert all(each.state == "succeeded" and is_booked(each.key) for each in CardRefund.objects.all())
        assert (sent_cents(), payer.balance) == (begun * 100, Money.parse("50.00") - DOLLAR * begun)
        in_order()

    assert killed_before_each_step(lambda _: services.refund(payment.pk, DOLLAR, NOON), then) > 5
    assert CardRefund.objects.exists()


def test_a_refund_that_the_bank_sends_back_is_on_the_account_again_once(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer, "80.00")
    refunds: list[CardRefund] = []
    events = []

    def another() -> None:
        refunds.append(made := services.refund(payment.pk, DOLLAR, NOON))
        bank.ask("POST", f"/v1/refunds/{made.provider_id}", status="failed")
        thing = {"id": made.provider_id, "object": "refund", "payment_intent": payment.intent}
        events.append(bank.message("refund.failed", thing, f"evt_back_{made.pk}"))

    def hear(number: int) -> None:
        payload, headers = events[number - 1]
        event = card_provider().event(payload, headers["Stripe-Signature"])
        services.work_off(services.take(event, NOON), NOON)

    def is_back(number: int) -> bool:
        made = refunds[number - 1]
        if len(refunds) == number:
            another()
        has_failed = CardRefund.objects.filter(pk=made.pk, state="failed").exists()
        return whole(has_failed, is_booked(f"reverse/{made.key}"))

    another()
    survives(hear, is_back)
    under_way = CardRefund.objects.exclude(state="failed").count()
    assert payer.balance == DOLLAR * (80 - under_way)


def test_what_nobody_told_of_is_found_whichever_step_of_the_search_was_the_last(bank: Bank) -> None:
    """Payments that arrived and disputes that began, without a message."""
    payers = [a_payer() for _ in range(4)]
    for payer in payers:
        bank.enter(services.begin(payer.customer, payer.account, TEN, NOON).intent, bank.card())
    assert killed_before_each_step(lambda _: services.reconcile(LATER), lambda _: in_order()) > 10
    assert [payer.balance for payer in payers] == [TEN] * 4
    for payment in Payment.objects.all():
        services.observe_dispute(name := bank.dispute(payment.intent, 300), NOON)
        bank.disputes[name]["status"] = "lost"
    assert killed_before_each_step(lambda _: services.reconcile_disputes(LATER), lambda _: in_order()) > 10
    assert [payer.balance for payer in payers] == [DOLLAR * 7] * 4
    assert Dispute.objects.filter(state="lost").count() == 4


def test_a_dispute_freezes_and_takes_back_whole(bank: Bank) -> None:
    payment = a_payment(bank, a_payer(), "450.00")
    disputes = [bank.dispute(payment.intent, 100, status="lost") for _ in range(100)]

    def is_done(number: int) -> bool:
        name = disputes[number]
        is_lost = Dispute.objects.filter(provider_id=name, state="lost").exists()
        return whole(is_lost, is_booked(f"stripe/{name}/freeze"), is_booked(f"stripe/{name}/lost"))

    survives(lambda number: services.observe_dispute(disputes[number], NOON), is_done)


def test_a_dispute_that_was_won_frees_what_it_froze_whole(bank: Bank) -> None:
    payment = a_payment(bank, a_payer(), "450.00")
    disputes = [bank.dispute(payment.intent, 100) for _ in range(60)]
    for each in disputes:
        services.observe_dispute(each, NOON)
        bank.disputes[each]["status"] = "won"

    def is_done(number: int) -> bool:
        is_won = Dispute.objects.filter(provider_id=disputes[number], state="won").exists()
        return whole(is_won, is_booked(f"stripe/{disputes[number]}/thaw"))

    survives(lambda number: services.observe_dispute(disputes[number], NOON), is_done)


def test_a_bill_is_owed_again_with_the_dispute_of_what_paid_it_or_not_at_all(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    bill = ledger.open_direct_bill_account(payer.customer, TEN * 20)
    spent = Order("called", bill, books.house_account(AccountKind.REVENUE), TEN * 20, "charge")
    ledger.transfer(spent, NOON)
    disputes: list[tuple[str, str]] = []

    def another() -> None:
        payment = services.charge(payer.customer, payer.account, DOLLAR, card.pk, NOON, pays=bill)
        disputes.append((payment.debt_key, bank.dispute(payment.intent, 100)))

    def is_done(number: int) -> bool:
        paid, name = disputes[number]
        if len(disputes) == number + 1:
            another()
        is_open = Dispute.objects.filter(provider_id=name, state="open").exists()
        return whole(is_open, is_booked(f"stripe/{name}/freeze"), is_booked(f"reverse/invoice_payment/{paid}"))

    another()
    another()
    survives(lambda number: services.observe_dispute(disputes[number][1], NOON), is_done)
    assert books.balance(bill) == DOLLAR * 2 - TEN * 20  # the two that nobody disputes


def test_an_account_is_reloaded_once_wherever_its_process_died(bank: Bank) -> None:
    payers = []

    def another() -> None:
        payers.append(a_payer())
        card = a_saved_card(bank, payers[-1])
        services.set_auto_reload(payers[-1].customer, payers[-1].account, card.pk, DOLLAR, TEN, TEN * 9, NOON)

    def then(_: int) -> None:
        for minutes in range(3):
            services.reconcile(Instant(LATER + minutes * MINUTE))
            services.reload(Instant(LATER + minutes * MINUTE))
        assert {payer.balance for payer in payers} == {TEN}
        assert Money.of_cents(bank.charged_cents()) == TEN * len(payers) == TEN * Payment.objects.count()
        in_order()
        another()

    another()
    assert killed_before_each_step(lambda _: services.reload(NOON), then) > 5


def test_what_the_provider_keeps_is_booked_wherever_its_process_died(bank: Bank) -> None:
    payer = a_payer()
    since, until = Instant(0), Instant(4_102_444_800_000)
    for _ in range(5):
        a_payment(bank, payer, "5.00")
    assert killed_before_each_step(lambda _: services.fetch(since, until, LATER), lambda _: in_order()) > 5
    assert Transfer.objects.filter(reason="provider_fee").count() == 5
    assert services.books_differ(since, until) == []


def test_many_who_hear_of_a_payment_at_once_book_it_once(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON)
    message = bank.message("payment_intent.succeeded", bank.enter(payment.intent, bank.card()))
    failures: list[BaseException] = []

    def hear() -> None:
        try:
            event = card_provider().event(message[0], message[1]["Stripe-Signature"])
            services.work_off(services.take(event, NOON), NOON)
            services.observe(payment.pk, NOON)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=hear) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (payer.balance, Transfer.objects.count()) == (TEN, 1)


def test_workers_who_reload_at_once_charge_once(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    services.set_auto_reload(payer.customer, payer.account, card.pk, TEN, TEN, TEN * 9, NOON)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            services.reload(NOON)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (payer.balance, bank.charged_cents()) == (TEN, 1000)
