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
EVENTS = {
    "called_party.answered": _("The called party answered"),
    "called_party.invited": _("The called party's phone is rung"),
    "called_party.machine": _("Person or machine?"),
    "call.became_privileged": _("The call became privileged: nobody records or hears it from here on"),
    "call.accepted": _("The call was accepted"),
    "call.bridged": _("Both can hear each other"),
    "call.listening_allowed": _("Live listening is possible"),
    "call.suspicion": _("Suspicion"),
    "menu.answered": _("Answer of the account menu"),
    "menu.asked": _("Question to the account menu"),
    "menu.opened": _("The account menu answered"),
    "prompt": _("Announcement"),
    "recording.started": _("Recording started"),
    "service_call.over": _("The call to the family is over"),
    "service_call.recording_deleted": _("What the family said for the test was deleted"),
    "service_call.taken": _("The switchboard calls a family"),
    "sip.failed": _("A line could not be connected"),
    "sip.ended": _("A line was hung up"),
}
"""What happened in a call, by the kind of its entry in the time line."""
PAYERS = {
    "customer_prepaid": _("Family's prepaid account"),
    "resident_debit": _("Resident's debit account"),
    "dedicated": _("Family's money for a dedicated number"),
    "direct_bill": _("Monthly bill"),
    "collect": _("Collect"),
    "free": _("Free"),
}
