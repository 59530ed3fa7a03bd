"""What the provider tells us: signed, taken once, in any order, and asked about before it is believed."""

import json
import time

import pytest
from bank import SECRET, Bank, signed
from make import MINUTE, NOON
from payers import a_payer, a_payment, a_saved_card

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.payments import services
from kinline.payments.models import InboxMessage, Payment, PaymentState
from kinline.providers.cards import BadSignature, Subject, card_provider

pytestmark = pytest.mark.django_db

TEN = Money.parse("10.00")
LATER = Instant(NOON + 5 * MINUTE)


def hear(message: tuple[bytes, dict[str, str]]) -> InboxMessage:
    payload, headers = message
    provider = card_provider()
    assert provider is not None
    return services.work_off(services.take(provider.event(payload, headers["Stripe-Signature"]), NOON), NOON)


def test_a_message_brings_the_money_once_however_often_it_comes(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON)
    paid = bank.enter(payment.intent, bank.card())
    message = bank.message("payment_intent.succeeded", paid, "evt_1")
    assert [hear(message).outcome for _ in range(3)] == ["applied"] * 3
    assert hear(bank.message("payment_intent.succeeded", paid, "evt_2")).outcome == "applied"
    assert (payer.balance, InboxMessage.objects.count()) == (TEN, 2)


def test_messages_in_the_wrong_order_end_in_the_right_state(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON)
    created = bank.about(payment.intent)
    paid = bank.enter(payment.intent, bank.card())
    hear(bank.message("payment_intent.succeeded", paid))
    hear(bank.message("payment_intent.processing", {**created, "status": "processing"}))
    hear(bank.message("payment_intent.payment_failed", {**created, "status": "requires_payment_method"}))
    hear(bank.message("payment_intent.created", created))
    assert (Payment.objects.get(pk=payment.pk).state, payer.balance) == (PaymentState.SUCCEEDED, TEN)


def test_what_a_message_says_is_not_believed(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON)
    pretence = {**bank.about(payment.intent), "status": "succeeded", "amount": 999_999}
    assert hear(bank.message("payment_intent.succeeded", pretence)).outcome == "applied"
    assert (Payment.objects.get(pk=payment.pk).state, payer.balance) == (PaymentState.CREATED, Money(0))


def test_a_message_can_be_faster_than_the_answer_it_is_about(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    bank.breakdowns[:] = ["answer_lost"] * 3
    payment = services.charge(payer.customer, payer.account, TEN, card.pk, NOON)
    assert payment.intent == ""
    (made,) = bank.ask("GET", "/v1/payment_intents?limit=100")["data"]
    assert hear(bank.message("payment_intent.succeeded", made)).outcome == "applied"
    services.reconcile(LATER)
    assert (payer.balance, bank.charged_cents()) == (TEN, 1000)


def test_a_payment_in_another_currency_is_not_taken_for_dollars(bank: Bank) -> None:
    payer = a_payer()
    card = a_saved_card(bank, payer)
    bank.breakdowns[:] = ["cut"] * 3
    payment = services.charge(payer.customer, payer.account, TEN, card.pk, NOON)
    named = {"metadata[reference]": payment.reference}
    euros = bank.ask("POST", "/v1/payment_intents", amount=1000, currency="eur", **named)
    assert hear(bank.message("payment_intent.succeeded", bank.enter(euros["id"], bank.card()))).outcome == "refused"
    assert (payer.balance, Payment.objects.get(pk=payment.pk).state) == (Money(0), PaymentState.CREATED)


def test_a_message_about_an_unknown_payment_is_kept(bank: Bank) -> None:
    stranger = bank.ask("POST", "/v1/payment_intents", amount=700, currency="usd")
    assert hear(bank.message("payment_intent.succeeded", stranger)).outcome == "unknown"
    assert hear(bank.message("payment_intent.succeeded", {**stranger, "id": "pi_never_made"})).outcome == "unknown"
    assert hear(bank.message("charge.dispute.created", {"id": "du_none", "object": "dispute"})).outcome == "unknown"
    assert hear(bank.message("setup_intent.succeeded", {"id": "seti_0", "object": "setup_intent"})).outcome == "unknown"
    assert hear(bank.message("refund.updated", {"id": "re_0", "object": "refund"})).outcome == "unknown"
    assert hear(bank.message("customer.created", {"id": "cus_0", "object": "customer"})).outcome == "ignored"
    assert InboxMessage.objects.filter(done_at=NOON).count() == 6


def test_a_message_that_cannot_be_dealt_with_now_is_dealt_with_later(bank: Bank) -> None:
    payer = a_payer()
    payment = services.begin(payer.customer, payer.account, TEN, NOON)
    paid = bank.enter(payment.intent, bank.card())
    bank.breakdowns[:] = ["500"] * 3
    assert hear(bank.message("payment_intent.succeeded", paid)).done_at is None
    services.reconcile(Instant(NOON + 1000))
    assert InboxMessage.objects.get().outcome == "applied"
    assert payer.balance == TEN


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda body: signed(body, secret="whsec_guessed"), id="signed by a stranger"),
        pytest.param(lambda body: (body + b" ", signed(body)[1]), id="changed on the way"),
        pytest.param(lambda body: signed(body, at=int(time.time()) - 301), id="replayed after five minutes"),
        pytest.param(lambda body: (body, {"Stripe-Signature": ""}), id="not signed"),
        pytest.param(lambda body: (body, {"Stripe-Signature": "t=x,v1=y"}), id="signed with nonsense"),
    ],
)
def test_a_forged_message_is_refused(bank: Bank, spoil) -> None:
    body = json.dumps({"id": "evt_1", "type": "x", "data": {"object": {"id": "pi_1"}}}).encode()
    payload, headers = spoil(body)
    with pytest.raises(BadSignature):
        card_provider().event(payload, headers["Stripe-Signature"])
    assert SECRET not in str(headers)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'"x"', b'{"id": "e", "type": "t", "data": {}}', b"\xff\xfe"])
def test_a_signed_message_that_makes_no_sense_is_told_apart(bank: Bank, body: bytes) -> None:
    payload, headers = signed(body)
    with pytest.raises((ValueError, BadSignature)):
        card_provider().event(payload, headers["Stripe-Signature"])


def test_a_saved_card_is_learned_from_a_message(bank: Bank) -> None:
    payer = a_payer()
    saving, answer = services.begin_saving(payer.customer, NOON, "save")
    done = bank.ask("POST", f"/v1/setup_intents/{answer.id}/confirm", payment_method=bank.card())
    assert hear(bank.message("setup_intent.succeeded", done)).outcome == "applied"
    saving.refresh_from_db()
    assert saving.card.last4 == "4242"
    assert Subject(InboxMessage.objects.get().subject) is Subject.SET_UP


def test_a_refund_that_the_bank_sends_back_is_on_the_account_again(bank: Bank) -> None:
    payer = a_payer()
    payment = a_payment(bank, payer)
    made = services.refund(payment.pk, TEN, NOON)
    assert payer.balance == Money.parse("15.00")
    bank.ask("POST", f"/v1/refunds/{made.provider_id}", status="failed")
    thing = {"id": made.provider_id, "object": "refund", "payment_intent": payment.intent}
    assert [hear(bank.message("refund.failed", thing)).outcome for _ in range(2)] == ["applied"] * 2
    assert payer.balance == Money.parse("25.00")
