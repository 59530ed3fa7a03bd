"""Why a payment was not begun."""

from collections.abc import Mapping
from types import MappingProxyType

from kinline.core.reasons import Reason
from kinline.core.speech import Value


class PaymentError(Exception):
    """Nothing was charged."""


class NotTaken(PaymentError):
    """The payment was not begun, for a reason that can be explained to the payer."""

    def __init__(self, reason: Reason, **values: Value) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.values: Mapping[str, Value] = MappingProxyType(values)


class NotTheirs(PaymentError):
    """The card, account or payment is not one that this customer may use."""


class ReferenceUsed(PaymentError):
    """The reference names another payment: of another amount, account, card or customer."""


class NotRefundable(PaymentError):
    """More than is left of the payment, or a payment whose money never arrived."""


class AnotherPayment(PaymentError):
    """The provider's payment is not the one that we asked for. Nothing is booked; a person must look."""
