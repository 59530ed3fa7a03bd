"""Stripe's messages: signed over time and body (HMAC-SHA256), so neither forged nor replayed after five minutes."""

import json
from collections.abc import Mapping
from typing import Any, Final

import stripe

from kinline.providers.cards import BadSignature, Event, Subject

_TOLERANCE: Final = 300
"""Seconds between signing and arrival; Stripe signs anew when it tries again."""

_SUBJECTS: Final = {
    "payment_intent": Subject.PAYMENT,
    "setup_intent": Subject.SET_UP,
    "refund": Subject.REFUND,
    "dispute": Subject.DISPUTE,
}


def read_event(payload: bytes, signature: str, secret: str) -> Event:
    """What a message says happened. Raises `BadSignature`, `ValueError` when it is signed but cannot be understood."""
    if not secret:
        raise BadSignature("no webhook secret is set")
    try:
        stripe.WebhookSignature.verify_header(payload, signature, secret, _TOLERANCE)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise BadSignature(str(error)) from error
    message = json.loads(payload)
    try:
        thing: Mapping[str, Any] = message["data"]["object"]
        event_id, kind = str(message["id"]), str(message["type"])
        subject_id = str(thing["id"])
        reference = (thing.get("metadata") or {}).get("reference", "")
        subject = _SUBJECTS.get(str(thing.get("object")), Subject.OTHER)
    except (AttributeError, TypeError, KeyError) as error:
        raise ValueError("the message is no event of Stripe's") from error
    if subject is Subject.REFUND:
        # What we ask for is the state of the payment that it belongs to.
        return Event(event_id, kind, subject, str(thing.get("payment_intent") or ""), str(reference))
    return Event(event_id, kind, subject, subject_id, str(reference))
