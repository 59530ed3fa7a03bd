"""Why Stripe says that a card was declined, in our reasons.

Codes are Stripe's `decline_code` of a `card_declined`, else its error `code`. A card that was reported lost or stolen,
or that looks like fraud, is declined without saying so: who holds it must not learn it from us.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kinline.core.reasons import Reason

_CODES: Final[dict[Reason, tuple[str, ...]]] = {
    Reason.PAY_INSUFFICIENT_FUNDS: ("insufficient_funds", "balance_insufficient"),
    Reason.PAY_EXPIRED_CARD: ("expired_card",),
    Reason.PAY_INCORRECT_CVC: ("incorrect_cvc", "invalid_cvc"),
    Reason.PAY_INCORRECT_NUMBER: (
        "incorrect_number",
        "invalid_number",
        "invalid_account",
        "invalid_expiry_month",
        "invalid_expiry_year",
    ),
    Reason.PAY_INCORRECT_ADDRESS: ("incorrect_zip", "incorrect_address"),
    Reason.PAY_PROCESSING_ERROR: (
        "processing_error",
        "issuer_not_available",
        "try_again_later",
        "reenter_transaction",
        "approve_with_id",
        "duplicate_transaction",
    ),
    Reason.PAY_AUTHENTICATION_FAILED: (
        "payment_intent_authentication_failure",
        "setup_intent_authentication_failure",
        "authentication_failure",
        "mobile_device_authentication_required",
        "payment_method_provider_decline",
    ),
    Reason.PAY_AUTHENTICATION_NEEDED: ("authentication_required", "authentication_not_handled"),
    Reason.PAY_CARD_VELOCITY: ("card_velocity_exceeded", "withdrawal_count_limit_exceeded"),
    Reason.PAY_CARD_NOT_SUPPORTED: (
        "card_not_supported",
        "currency_not_supported",
        "transaction_not_allowed",
        "service_not_allowed",
        "not_permitted",
        "testmode_decline",
        "live_mode_test_card",
    ),
}

DECLINES: Final[Mapping[str, Reason]] = MappingProxyType(
    {code: reason for reason, codes in _CODES.items() for code in codes}
)


def decline_reason(code: str, decline_code: str = "") -> Reason:
    """The most exact reason that the codes allow; `pay.declined` for lost, stolen, fraud, and what is new to us."""
    return DECLINES.get(decline_code) or DECLINES.get(code) or Reason.PAY_DECLINED
