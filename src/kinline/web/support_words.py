"""The words of cases, as families and staff read them."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kinline.core.casework import CaseState, Expectation
from kinline.support.models import Outcome
from kinline.support.queries import Queue
from kinline.support.topics import Topic

TOPICS = {
    Topic.CALL_FAILED: gettext_lazy("A call did not come through"),
    Topic.CALL_QUALITY: gettext_lazy("A call sounded bad or ended by itself"),
    Topic.NOT_MY_CALL: gettext_lazy("I did not take this call"),
    Topic.BAD_SOUND: gettext_lazy("We could hardly hear each other"),
    Topic.DROPPED: gettext_lazy("The call dropped"),
    Topic.CUT_OFF_WRONGLY: gettext_lazy("We were cut off by mistake"),
    Topic.WRONG_PRICE: gettext_lazy("The price is wrong"),
    Topic.PAYMENT: gettext_lazy("A payment or a deposit"),
    Topic.REFUND: gettext_lazy("Getting money back"),
    Topic.ACCOUNT: gettext_lazy("My account, or signing in"),
    Topic.CONTACT: gettext_lazy("Being on somebody’s list of contacts"),
    Topic.UNWANTED_CALLS: gettext_lazy("Calls that I do not want"),
    Topic.PRIVACY: gettext_lazy("Privacy, recordings, calls with an attorney"),
    Topic.ACCESSIBILITY: gettext_lazy("Using the service with a disability"),
    Topic.COMPLAINT: gettext_lazy("A complaint about us"),
    Topic.CALL_BACK: gettext_lazy("A call back"),
    Topic.OTHER: gettext_lazy("Something else"),
}
STATES = {
    CaseState.OPEN: gettext_lazy("Received"),
    CaseState.WAITING_FOR_US: gettext_lazy("We are working on it"),
    CaseState.WAITING_FOR_YOU: gettext_lazy("Waits for you"),
    CaseState.RESOLVED: gettext_lazy("Decided"),
    CaseState.CLOSED: gettext_lazy("Closed"),
}
"""As a family reads them."""
STATES_FOR_STAFF = {
    CaseState.OPEN: gettext_lazy("New"),
    CaseState.WAITING_FOR_US: gettext_lazy("Waits for us"),
    CaseState.WAITING_FOR_YOU: gettext_lazy("Waits for the family"),
    CaseState.RESOLVED: gettext_lazy("Decided"),
    CaseState.CLOSED: gettext_lazy("Closed"),
}
BADGES = {
    CaseState.OPEN: "now",
    CaseState.WAITING_FOR_US: "now",
    CaseState.WAITING_FOR_YOU: "none",
    CaseState.RESOLVED: "good",
    CaseState.CLOSED: "none",
}
OUTCOMES = {
    Outcome.EXPLAINED: gettext_lazy("We explained it"),
    Outcome.FIXED: gettext_lazy("We put it right"),
    Outcome.CREDITED: gettext_lazy("You get money back"),
    Outcome.DECLINED: gettext_lazy("We looked at it, and it stays as it is"),
    Outcome.PASSED_ON: gettext_lazy("The facility decides this; we passed it on"),
}
OUTCOMES_FOR_STAFF = {
    Outcome.EXPLAINED: gettext_lazy("Explained"),
    Outcome.FIXED: gettext_lazy("Put right"),
    Outcome.CREDITED: gettext_lazy("Credited (the credit below must be given first)"),
    Outcome.DECLINED: gettext_lazy("Declined: the charge or decision stands"),
    Outcome.PASSED_ON: gettext_lazy("Passed on to the facility"),
}
QUEUES = {
    Queue.WAITING: gettext_lazy("Waiting for us"),
    Queue.MINE: gettext_lazy("Mine"),
    Queue.UNASSIGNED: gettext_lazy("Nobody’s"),
    Queue.LATE: gettext_lazy("Late"),
    Queue.ALL: gettext_lazy("All"),
}


def expected(expectation: Expectation) -> str:
    """`We usually answer within 4 hours.`, or our promise where there is nothing to measure."""
    span = _span(expectation.seconds)
    if expectation.is_measured:
        return _("Half of the questions of the last 30 days were answered within %(span)s.") % {"span": span}
    return _("We answer within %(span)s.") % {"span": span}


def _span(seconds: int) -> str:
    """Rounded up: whole hours up to two days, then days."""
    minutes = -(-seconds // 60)
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = -(-minutes // 60)
    if hours <= 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = -(-hours // 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def waited(milliseconds: int) -> str:
    """How long somebody has waited: `3 hours`."""
    return _span(max(milliseconds, 60_000) // 1000)
