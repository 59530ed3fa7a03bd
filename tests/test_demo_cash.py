"""The demo's cards and kiosk work at once."""

import json

import pytest
from django.test import Client

from kinline import demo
from kinline.core.identity import Instant
from kinline.core.reasons import Reason
from kinline.demo import cash as demo_cash
from kinline.ledger import queries
from kinline.ledger.services import open_customer_account
from kinline.people.models import Customer
from kinline.vouchers.services import NotRedeemed, Redeemed, redeem

pytestmark = pytest.mark.django_db


def test_the_cards_redeem_but_the_one_that_was_not_sold_and_the_kiosk_takes_cash() -> None:
    assert demo.seed()
    mother = open_customer_account(Customer.objects.get(user__email="rosa@demo.example").pk)
    answers = [redeem(code, mother, (f"account/{mother}",), Instant(1)) for code in demo_cash.CODES]
    assert [type(answer) for answer in answers] == [Redeemed] * 4 + [NotRedeemed]
    assert getattr(answers[-1], "reason", None) is Reason.PAY_VOUCHER_NOT_ACTIVE

    booked = Client().post(
        "/api/kiosk/v1/deposits",
        json.dumps({"resident_number": "100001", "amount": "20.00", "receipt_number": "1"}),
        content_type="application/json",
        headers={"authorization": f"Bearer {demo_cash.KIOSK_KEY}", "idempotency-key": "a-first-deposit"},
    )
    assert booked.status_code == 201
    assert queries.discrepancies() == []
