"""What can be done with prepaid cards.

From anywhere in the house: `redeem(code, account_id, by, at)`, whose answer is `Redeemed` or `NotRedeemed` with its
reason. `by` names all that is counted when the code is wrong: on the phone `("account/12", "caller/+15045550123")`.
"""

from kinline.vouchers.services.guessing import forget_guesses
from kinline.vouchers.services.making import BatchRefused, Card, Made, make
from kinline.vouchers.services.redeeming import NotRedeemed, Redeemed, redeem
from kinline.vouchers.services.selling import NoSuchVouchers, activate, void

__all__ = [
    "BatchRefused",
    "Card",
    "Made",
    "NoSuchVouchers",
    "NotRedeemed",
    "Redeemed",
    "activate",
    "forget_guesses",
    "make",
    "redeem",
    "void",
]
