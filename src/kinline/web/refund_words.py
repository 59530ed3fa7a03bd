"""Why a credit was given, in the words that a family reads."""

from django.utils.translation import gettext_lazy as _

from kinline.refunds.models import CreditReason

CREDIT_REASONS = {
    CreditReason.BAD_SOUND: _("The sound of a call was bad"),
    CreditReason.DROPPED: _("A call was dropped"),
    CreditReason.CUT_OFF_WRONGLY: _("A call was cut off by mistake"),
    CreditReason.NOT_THEIR_CALL: _("A call that was not yours"),
    CreditReason.WRONG_PRICE: _("A wrong price"),
    CreditReason.OUTAGE: _("The phones did not work"),
    CreditReason.MISSING_DEPOSIT: _("A deposit that went missing"),
    CreditReason.GOODWILL: _("A courtesy"),
}
