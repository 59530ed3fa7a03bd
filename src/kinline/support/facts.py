"""What is known of a call or a payment when a case is opened about it, as plain values that JSON can keep."""

from typing import Any, Final

from kinline.calls.models import Call
from kinline.calls.queries import call_facts, credited_later, events_of
from kinline.calls.spoken import from_text
from kinline.core.identity import CallId, Language
from kinline.core.money import Money
from kinline.core.reasons import Audience, Reason, explain
from kinline.payments.models import Payment

_NOT_OF_A_CASE: Final = frozenset({"balance_before_usd", "balance_after_usd", "recording", "dialled"})
"""A balance may be a resident's; a recording is the facility's."""
_SIP: Final = {"sip.failed": "status", "sip.ended": "cause"}
"""Kinds of entries of the time line that tell a code: a final SIP status, or a Q.850 cause (RFC 3326)."""


def of_call(call: Call, language: Language) -> dict[str, Any]:
    """The call's own facts, how its lines ended by SIP, and what the family was told of it."""
    call_id = CallId(call.pk)
    facts = {name: value for name, value in (call_facts(call_id) or {}).items() if name not in _NOT_OF_A_CASE}
    facts["credited_later_usd"] = credited_later(call_id).plain
    facts["sip"] = [
        {"side": entry.fields.get("side"), _SIP[entry.kind]: entry.fields.get(_SIP[entry.kind])}
        for entry in events_of(call_id)
        if entry.kind in _SIP
    ]
    if call.reason:
        told = explain(Reason(call.reason), Audience.FAMILY, language, from_text(call.reason_values))
        facts["told"] = f"{told.text} {told.remedy}".strip()
    return facts


def of_payment(payment: Payment) -> dict[str, Any]:
    """Without anything of the card but its brand and last digits."""
    return {
        "reference": payment.reference,
        "amount_usd": Money(payment.amount).plain,
        "refunded_usd": Money(payment.refunded).plain,
        "disputed_usd": Money(payment.disputed).plain,
        "state": payment.state,
        "reason": payment.reason or None,
        "way": payment.way,
        "card": str(payment.card) if payment.card else None,
        "created_at": payment.created_at,
    }
