"""What a case may be about."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kinline.refunds.models import CreditReason


class Topic(StrEnum):
    CALL_FAILED = "call_failed"
    CALL_QUALITY = "call_quality"
    NOT_MY_CALL = "not_my_call"
    """Disputes from here on, each of one call."""
    BAD_SOUND = "bad_sound"
    DROPPED = "dropped"
    CUT_OFF_WRONGLY = "cut_off_wrongly"
    WRONG_PRICE = "wrong_price"
    PAYMENT = "payment"
    """Questions again."""
    REFUND = "refund"
    ACCOUNT = "account"
    CONTACT = "contact"
    UNWANTED_CALLS = "unwanted_calls"
    PRIVACY = "privacy"
    """A privileged call was recorded, somebody heard what they should not have."""
    ACCESSIBILITY = "accessibility"
    COMPLAINT = "complaint"
    CALL_BACK = "call_back"
    OTHER = "other"


DISPUTES: Final[Mapping[Topic, CreditReason]] = {
    Topic.NOT_MY_CALL: CreditReason.NOT_THEIR_CALL,
    Topic.BAD_SOUND: CreditReason.BAD_SOUND,
    Topic.DROPPED: CreditReason.DROPPED,
    Topic.CUT_OFF_WRONGLY: CreditReason.CUT_OFF_WRONGLY,
    Topic.WRONG_PRICE: CreditReason.WRONG_PRICE,
}
"""The topics by which a family disputes a call, and the reason of the credit that may follow."""
