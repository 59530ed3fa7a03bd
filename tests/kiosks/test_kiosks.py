"""Cash is booked once, also when a kiosk's requests meet each other."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from make import DAY, NOON, a_customer, a_facility, a_number

from kinline.core.identity import FacilityId, Instant
from kinline.core.money import Money
from kinline.kiosks import services
from kinline.kiosks.models import CashDeposit, Kiosk
from kinline.ledger import queries as books

TWENTY = Money.parse("20.00")


def a_kiosk() -> Kiosk:
    return services.make(FacilityId(a_facility().pk), "Lobby", "user/1", NOON).kiosk


def test_requests_that_are_sent_by_three_processes_at_once_are_booked_once(
    committed_database: Mapping[str, str],
) -> None:
    kiosk, account = a_kiosk(), a_customer(a_number())
    paths = [str(Path(services.__file__).parents[2]), str(Path(__file__).parents[1])]
    environment = {
        **committed_database,
        "PYTHONPATH": os.pathsep.join(paths),
        "DJANGO_SETTINGS_MODULE": "kinline.settings",
    }
    words = [sys.executable, str(Path(__file__).with_name("worker.py")), str(kiosk.pk), str(account)]
    receipts = [f"R-{number}" for number in range(6)]
    workers = [
        subprocess.Popen([*words, *receipts], env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [worker.communicate(timeout=90)[0] for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0, 0], said
    assert "".join(said).count("booked") == 6
    assert "".join(said).count("repeated") == 12
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
