"""The card provider's promises (`providers.cards`), kept by Stripe."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import stripe

from kinline.configuration import Configuration
from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.providers.cards import (
    Card,
    CardDeclined,
    CardPage,
    DisputeAnswer,
    DisputeState,
    Event,
    Intent,
    IntentState,
    Movement,
    ProviderError,
    RefundAnswer,
    RefundState,
    SetUp,
)
from kinline.providers.stripe.declines import decline_reason
from kinline.providers.stripe.movements import movement
from kinline.providers.stripe.webhooks import read_event

_TIMEOUT: Final = 20
"""Seconds for an answer: people wait for it."""
_RETRIES: Final = 2
"""The SDK asks again, with the same key, when the connection broke or Stripe was busy."""
_SCRIPT: Final = "https://js.stripe.com/v3/"
_CURRENCY: Final = "usd"

_INTENTS: Final = {
    "requires_payment_method": IntentState.NEEDS_CARD,
    "requires_confirmation": IntentState.NEEDS_CARD,
    "requires_action": IntentState.NEEDS_ACTION,
    "processing": IntentState.PROCESSING,
    "succeeded": IntentState.SUCCEEDED,
    "canceled": IntentState.CANCELLED,
}
_REFUNDS: Final = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_DISPUTES: Final = {
    "won": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
}


class Stripe:
    """Stripe's API with this installation's key."""

    name = "stripe"
    least = Money.of_cents(50)

    def __init__(self, settings: Configuration) -> None:
        api = settings.stripe_api.rstrip("/")
        self._client = stripe.StripeClient(
            settings.stripe_key.get_secret_value(),
            base_addresses={"api": api} if api else {},
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT),
        )
        self._webhook_secret = settings.stripe_webhook_secret.get_secret_value()
        self._page = CardPage(
            script=f"{api}/js.stripe.com/v3/" if api else _SCRIPT,
            publishable_key=settings.stripe_publishable_key,
            may_script=(api,) if api else ("https://js.stripe.com", "https://*.js.stripe.com"),
            may_connect=(api,) if api else ("https://api.stripe.com",),
            may_frame=() if api else ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
        )

    def open_customer(self, key: str, email: str) -> str:
        with _translated():
            made = self._client.v1.customers.create({"email": email}, {"idempotency_key": key})
        return made.id

    def begin(self, key: str, amount: Money, customer: str, reference: str, *, save_card: bool) -> Intent:
        parameters: Any = _payment(amount, customer, reference)
        if save_card:
            parameters["payment_method_options"] = {"card": {"setup_future_usage": "off_session"}}
        with _translated():
            return _intent(self._client.v1.payment_intents.create(parameters, {"idempotency_key": key}))

    def charge(self, key: str, amount: Money, customer: str, card: str, reference: str, *, return_url: str) -> Intent:
        parameters: Any = {
            **_payment(amount, customer, reference),
            "payment_method": card,
            "confirm": True,
        }
        parameters |= {"return_url": return_url} if return_url else {"off_session": True}
        with _translated():
            return _intent(self._client.v1.payment_intents.create(parameters, {"idempotency_key": key}))

    def intent(self, intent_id: str) -> Intent:
        with _translated():
            return _intent(self._client.v1.payment_intents.retrieve(intent_id))

    def intent_of(self, customer: str, reference: str) -> Intent | None:
        # A list has a payment as soon as it is made; Stripe's search has it a minute later.
        with _translated():
            for found in self._client.v1.payment_intents.list({"customer": customer, "limit": 100}).auto_paging_iter():
                if (_plain(found).get("metadata") or {}).get("reference") == reference:
                    return _intent(found)
        return None

    def cancel(self, key: str, intent_id: str) -> Intent:
        try:
            with _translated():
                return _intent(self._client.v1.payment_intents.cancel(intent_id, {}, {"idempotency_key": key}))
        except ProviderError as error:
            if error.is_transient:
                raise
            return self.intent(intent_id)  # it is paid, or was given up before

    def refund(self, key: str, intent_id: str, amount: Money, reference: str) -> RefundAnswer:
        with _translated():
            return _refund(
                self._client.v1.refunds.create(
                    {"payment_intent": intent_id, "amount": amount.cents, "metadata": {"reference": reference}},
                    {"idempotency_key": key},
                )
            )

    def refund_of(self, intent_id: str, reference: str) -> RefundAnswer | None:
        with _translated():
            found = self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
        refunds = (
            refund for refund in found.data if (_plain(refund).get("metadata") or {}).get("reference") == reference
        )
        refund = next(refunds, None)
        return None if refund is None else _refund(refund)

    def begin_saving(self, key: str, customer: str) -> SetUp:
        parameters: Any = {"customer": customer, "usage": "off_session", "payment_method_types": ["card"]}
        with _translated():
            return _set_up(self._client.v1.setup_intents.create(parameters, {"idempotency_key": key}))

    def saving(self, set_up_id: str) -> SetUp:
        with _translated():
            return _set_up(self._client.v1.setup_intents.retrieve(set_up_id))

    def card(self, card_id: str) -> Card:
        with _translated():
            found = _plain(self._client.v1.payment_methods.retrieve(card_id))
        card = found["card"]
        return Card(found["id"], card["brand"], card["last4"], card["exp_month"], card["exp_year"])

    def forget_card(self, card_id: str) -> None:
        try:
            with _translated():
                self._client.v1.payment_methods.detach(card_id)
        except ProviderError as error:
            if error.is_transient:
                raise

    def dispute(self, dispute_id: str) -> DisputeAnswer:
        with _translated():
            found = _plain(self._client.v1.disputes.retrieve(dispute_id))
        return DisputeAnswer(
            id=found["id"],
            intent=_id(found.get("payment_intent")),
            amount=Money.of_cents(found["amount"]),
            state=_DISPUTES.get(found["status"], DisputeState.INQUIRY),
            cause=found.get("reason") or "",
        )

    def movements(self, since: Instant, until: Instant) -> Iterator[Movement]:
        parameters: Any = {
            "created": {"gte": -(-since // 1000), "lt": -(-until // 1000)},
            "limit": 100,
            "expand": ["data.source"],
        }
        with _translated():
            for found in self._client.v1.balance_transactions.list(parameters).auto_paging_iter():
                yield movement(_plain(found))

    def event(self, payload: bytes, signature: str) -> Event:
        return read_event(payload, signature, self._webhook_secret)

    def page(self) -> CardPage:
        return self._page


def _payment(amount: Money, customer: str, reference: str) -> dict[str, object]:
    return {
        "amount": amount.cents,
        "currency": _CURRENCY,
        "customer": customer,
        "payment_method_types": ["card"],
        "metadata": {"reference": reference},
    }


def _intent(answer: stripe.PaymentIntent) -> Intent:
    found = _plain(answer)
    return Intent(
        id=found["id"],
        state=_INTENTS.get(found["status"], IntentState.PROCESSING),
        amount=Money.of_cents(found["amount"]),
        reference=(found.get("metadata") or {}).get("reference", ""),
        client_secret=found.get("client_secret") or "",
        card=_id(found.get("payment_method")),
        failure=_failure(found.get("last_payment_error")),
        action_url=((found.get("next_action") or {}).get("redirect_to_url") or {}).get("url") or "",
        is_in_dollars=found["currency"] == _CURRENCY,
    )


def _set_up(answer: stripe.SetupIntent) -> SetUp:
    found = _plain(answer)
    return SetUp(
        id=found["id"],
        state=_INTENTS.get(found["status"], IntentState.PROCESSING),
        client_secret=found.get("client_secret") or "",
        card=_id(found.get("payment_method")),
        failure=_failure(found.get("last_setup_error")),
    )


def _refund(answer: stripe.Refund) -> RefundAnswer:
    return RefundAnswer(answer.id, _REFUNDS.get(answer.status or "", RefundState.PENDING))


def _failure(error: Mapping[str, Any] | None) -> Reason | None:
    return decline_reason(error.get("code") or "", error.get("decline_code") or "") if error else None


def _plain(answer: stripe.StripeObject) -> dict[str, Any]:
    """As a dictionary: fields that an older or another Stripe does not send are simply not there."""
    found: dict[str, Any] = answer.to_dict()
    return found


def _id(thing: Any) -> str:
    """The id of what is given by id, or in full."""
    return thing["id"] if isinstance(thing, dict) else thing or ""


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's errors as ours."""
    try:
        yield
    except stripe.CardError as error:
        raise _declined(error) from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise ProviderError(f"Stripe could not be reached: {type(error).__name__}", is_transient=True) from error
    except stripe.StripeError as error:
        status = error.http_status or 0
        # 409: the same key is being worked on at this moment. Nor does a key that was used otherwise tell what came of
        # the request that used it.
        is_transient = status >= 500 or status in {409, 429} or isinstance(error, stripe.IdempotencyError)
        said = f"Stripe answered {status}: {error.code or ''} {error.user_message or ''}".rstrip()
        raise ProviderError(said, is_transient=is_transient) from error


def _declined(error: stripe.CardError) -> CardDeclined:
    details: Any = error.json_body.get("error", {}) if isinstance(error.json_body, dict) else {}
    code, decline_code = details.get("code") or "", details.get("decline_code") or ""
    return CardDeclined(decline_reason(code, decline_code), decline_code or code, _id(details.get("payment_intent")))
