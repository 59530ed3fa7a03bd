"""Why a credit was given, and why a balance does not go back, in the words that a person reads."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kinline.refunds.errors import AddressNeeded, MoreThanThere, NothingToRefund, OwesMoney, RefundError, UnderReview
from kinline.refunds.models import CreditReason

CREDIT_REASONS = {
    CreditReason.BAD_SOUND: gettext_lazy("The sound of a call was bad"),
    CreditReason.DROPPED: gettext_lazy("A call was dropped"),
    CreditReason.CUT_OFF_WRONGLY: gettext_lazy("A call was cut off by mistake"),
    CreditReason.NOT_THEIR_CALL: gettext_lazy("A call that was not yours"),
    CreditReason.WRONG_PRICE: gettext_lazy("A wrong price"),
    CreditReason.OUTAGE: gettext_lazy("The phones did not work"),
    CreditReason.MISSING_DEPOSIT: gettext_lazy("A deposit that went missing"),
    CreditReason.GOODWILL: gettext_lazy("A courtesy"),
}


def why_not(error: RefundError) -> tuple[str | None, str]:
    """The field of the form that it is about, or None for all of it, and what to do."""
    match error:
        case AddressNeeded(rest=rest):
            text = _("%(rest)s cannot go to a card. Write the address for the cheque.")
            return "street", text % {"rest": rest}
        case MoreThanThere(free=free):
            return "amount", _("At most %(free)s can go back now.") % {"free": free}
        case OwesMoney(owed=owed):
            text = _("You owe %(owed)s on your monthly bill. Pay it first, then close the account.")
            return None, text % {"owed": owed}
        case UnderReview():
            return None, _("A payment is being looked at by a bank. Until that is decided, nothing can be given back.")
        case NothingToRefund():
            return None, _("There is nothing that can go back now.")
        case _:
            return None, _("This form was used before. Look below at what became of it.")
