"""Processes that are killed at any point, and many that do the same at once: the money comes once, and is not lost."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from bank import Bank
from django.db import connection
from make import MINUTE, NOON
from payers import a_payer, a_payment, a_saved_card

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger import queries as books
from kinline.ledger.models import Transfer
from kinline.payments import services
from kinline.payments.models import CardRefund, Payment
from kinline.providers.cards import card_provider

HERE = Path(__file__).parent
TEN = Money.parse("10.00")
LATER = Instant(NOON + 5 * MINUTE)
POINTS = [
    "before_the_provider",
    "after_the_provider",
    "between_the_ledger_and_the_commit",
    "at_the_commit",
    "after_the_commit",
]


def let_die(point: str, act: str, *numbers: int, environment: dict[str, str]) -> None:
    connection.close()
    paths = os.pathsep.join((str(HERE.parent.parent / "src"), str(HERE.parent)))
    settings = {"PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "kinline.settings"}
    keys = {name: value for name, value in os.environ.items() if name.startswith("KINLINE_STRIPE")}
    command = [sys.executable, str(HERE / "dying.py"), point, act, *(str(number) for number in numbers)]
    died = subprocess.run(command, env={**environment, **keys, **settings}, capture_output=True, text=True, check=False)
    assert died.returncode == 9, died.stderr


@pytest.mark.parametrize("point", POINTS)
def test_a_payment_whose_process_was_killed_arrives_once(
    bank: Bank, committed_database: dict[str, str], point: str
) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    let_die(point, "charge", payer.customer, payer.account, card.pk, environment=committed_database)
    for minutes in range(3):
        services.reconcile(Instant(LATER + minutes * MINUTE))
    assert Payment.objects.get().state == "succeeded"
    assert (payer.balance, bank.charged_cents()) == (TEN, 1000)
    assert books.discrepancies() == []


@pytest.mark.parametrize("point", POINTS[1:])
def test_a_refund_whose_process_was_killed_is_sent_once_or_not_begun(
    bank: Bank, committed_database: dict[str, str], point: str
) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    let_die(point, "refund", payment.pk, environment=committed_database)
    services.reconcile(LATER)
    sent = sum(each["amount"] for each in bank.ask("GET", "/v1/refunds?limit=100")["data"])
    assert payer.balance == Money.of_cents(2500 - sent)
    is_begun = CardRefund.objects.exists()
    assert sent == (1000 if is_begun else 0)
    assert is_begun is (point in {"after_the_provider", "after_the_commit"})
    assert books.discrepancies() == []


def test_many_who_hear_of_a_payment_at_once_book_it_once(bank: Bank, committed_database: dict[str, str]) -> None:
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


def test_workers_who_reload_at_once_charge_once(bank: Bank, committed_database: dict[str, str]) -> None:
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
