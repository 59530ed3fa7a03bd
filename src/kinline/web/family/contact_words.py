"""The words of contacts as families read them."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.contacts.errors import NotAskable
from kinline.core.contacts import Act, AskProblem, FamilyState

STANDINGS = {
    FamilyState.WAITING: ("now", _("Waiting for the facility’s decision")),
    FamilyState.APPEALED: ("now", _("Your appeal is being decided")),
    FamilyState.APPROVED: ("good", _("Approved: they may call you")),
    FamilyState.EXPIRED: ("bad", _("Your approval has ended")),
    FamilyState.NOT_APPROVED: ("bad", _("Not approved")),
    FamilyState.REMOVED: ("bad", _("Not on the list any more")),
    FamilyState.WITHDRAWN: ("none", _("You withdrew")),
}
"""The badge, and what it says."""
HAPPENED = {
    Act.APPROVE.value: _("The facility approved you"),
    Act.EXTEND.value: _("The facility extended your approval"),
    Act.REJECT.value: _("The facility did not approve you"),
    Act.REMOVE.value: _("The facility removed you from the list"),
    Act.WITHDRAW.value: _("You withdrew"),
}
CANNOT_ASK = {
    AskProblem.NOT_IN_CUSTODY: _("This person is not at the facility any more."),
    AskProblem.KEPT_BY_STAFF: _("This facility takes no requests: its staff put contacts on the lists themselves."),
    AskProblem.ALREADY_CONTACT: _("This number is on their list already."),
    AskProblem.ALREADY_ASKED: _("You asked already. The facility is deciding."),
    AskProblem.NOT_CALLABLE: _("Numbers of this kind cannot be called from a facility. Choose another one."),
    AskProblem.LIST_FULL: _("Their list of contacts is full. They must remove somebody before you can be added."),
}
"""Why a family cannot ask; `TOO_SOON` names a day, see `cannot_ask`."""


def cannot_ask(refused: NotAskable, day: str) -> str:
    """What to say; `day`: from when on they can ask again."""
    if refused.problem is AskProblem.TOO_SOON:
        return gettext("The facility decided a short while ago. You can ask again from %(day)s on, or appeal.") % {
            "day": day
        }
    return str(CANNOT_ASK[refused.problem])
