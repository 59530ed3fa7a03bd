"""The words of the house that stand in the database as codes, as a page writes them."""

from django.utils.translation import gettext_lazy as _

from kinline.core.callflow.commands import Disposition

DISPOSITIONS = {
    Disposition.COMPLETED.value: _("Connected"),
    Disposition.REFUSED.value: _("Not accepted"),
    Disposition.NO_ANSWER.value: _("No answer"),
    Disposition.BUSY.value: _("Busy"),
    Disposition.FAILED.value: _("Could not be connected"),
    Disposition.DENIED.value: _("Not allowed"),
    Disposition.ABANDONED.value: _("Given up"),
}
PAYERS = {
    "customer_prepaid": _("Family's prepaid account"),
    "resident_debit": _("Resident's debit account"),
    "dedicated": _("Family's money for a dedicated number"),
    "direct_bill": _("Monthly bill"),
    "collect": _("Collect"),
    "free": _("Free"),
}
