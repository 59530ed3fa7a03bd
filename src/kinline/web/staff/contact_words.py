"""The words of contacts and of privileged numbers, as the portal writes them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kinline.contacts.models import ContactState, PrivilegeKind
from kinline.core.contacts import (
    DECISION_REASONS,
    Act,
    AskProblem,
    ContactReason,
    Mode,
    NotDecided,
    Relationship,
    SearchBy,
    Source,
    Told,
    WaitsFor,
    relationship_in_words,
)
from kinline.core.identity import Language
from kinline.core.numbering import Jurisdiction, NumberClass
from kinline.facilities.models.rules import Treatment

STATES = {
    ContactState.PENDING.value: _("Waits for a decision"),
    ContactState.SHARED.value: _("Waits: on other lists too"),
    ContactState.APPROVED.value: _("Approved"),
    ContactState.REJECTED.value: _("Not approved"),
    ContactState.REMOVED.value: _("Removed"),
    ContactState.NO_CONTACT_ORDER.value: _("Order of no contact"),
}
WAITS_FOR = {
    WaitsFor.REQUEST.value: _("Request"),
    WaitsFor.RENEWAL.value: _("Renewal"),
    WaitsFor.APPEAL.value: _("Appeal"),
}
SOURCES = {
    Source.FAMILY.value: _("the family"),
    Source.RESIDENT.value: _("the resident"),
    Source.STAFF.value: _("staff"),
    Source.IMPORT.value: _("an import"),
    Source.LEARNED.value: _("a call that was completed"),
}
ACTS = {
    Act.APPROVE.value: _("Approve"),
    Act.REJECT.value: _("Do not approve"),
    Act.EXTEND.value: _("Extend"),
    Act.REMOVE.value: _("Remove"),
    Act.FORBID.value: _("Forbid: a court’s order"),
    Act.WITHDRAW.value: _("Withdrawn by the family"),
}
TOLD = {
    Told.NOTHING.value: _("nothing"),
    Told.APPROVED.value: _("approved"),
    Told.EXTENDED.value: _("extended"),
    Told.REJECTED.value: _("not approved"),
    Told.REMOVED.value: _("removed"),
    Told.WITHDRAWN.value: _("withdrawn"),
}
NOT_DECIDED = {
    NotDecided.NOT_POSSIBLE: _("This cannot be done to a contact that stands so."),
    NotDecided.FROZEN: _("The resident is not in custody: their contacts are frozen."),
    NotDecided.LIST_FULL: _("The resident’s list is full. Remove a contact first."),
    NotDecided.SHARING_NOT_AGREED: _("The number is on another resident’s list. Say that you agree to that."),
    NotDecided.REASON_NEEDED: _("Choose a reason: the family reads it."),
    NotDecided.WRONG_REASON: _("This reason does not fit what you chose to do."),
    NotDecided.SAME_PERSON: _("You made the decision that is appealed. Somebody else must decide."),
}
ASK_PROBLEMS: dict[str, Any] = {
    AskProblem.NOT_IN_CUSTODY: _("The resident is not in custody."),
    AskProblem.ALREADY_CONTACT: _("The number is on the list already."),
    AskProblem.NOT_CALLABLE: _("This kind of number cannot be a contact."),
    AskProblem.LIST_FULL: _("The resident’s list is full. Remove a contact first."),
    AskProblem.SHARING_NOT_AGREED: _("The number is on another resident’s list. Say that you agree to that."),
    AskProblem.FORBIDDEN: _("A court forbids this contact. Remove the order first, if it has ended."),
}
MODES = {
    Mode.OPEN.value: _("Open: any number may be called"),
    Mode.APPROVE_FIRST.value: _("Approve first: families and residents ask, staff decide"),
    Mode.ALLOW_LIST.value: _("Allow-list only: staff alone put contacts on lists"),
}
SEARCHES = {
    SearchBy.NUMBER.value: _("Their number is enough"),
    SearchBy.NUMBER_AND_NAME.value: _("Number and last name must both be right"),
    SearchBy.NAME.value: _("Also by first and last name"),
}
KINDS = {
    PrivilegeKind.ATTORNEY.value: _("Attorney"),
    PrivilegeKind.CLERGY.value: _("Clergy"),
    PrivilegeKind.OMBUDSMAN.value: _("Ombudsman"),
    PrivilegeKind.CONSULATE.value: _("Consulate"),
    PrivilegeKind.DOCTOR.value: _("Doctor"),
    PrivilegeKind.COURT.value: _("Court"),
}
LISTS = {
    Treatment.STAFF.value: _("Staff (calls are refused)"),
    Treatment.FORMER_STAFF.value: _("Former staff (shown at decisions)"),
    Treatment.VICTIM.value: _("Victims and witnesses (calls are refused)"),
}
NOTES = {
    Treatment.STAFF.value: _("Staff"),
    Treatment.FORMER_STAFF.value: _("Former staff"),
    Treatment.VICTIM.value: _("Victim or witness"),
    Treatment.BLOCKED.value: _("Blocked by the facility"),
    Treatment.SECURITY.value: _("Blocked for security"),
    Treatment.FREE.value: _("Hotline"),
}
CLASSES = {
    NumberClass.GEOGRAPHIC.value: _("ordinary or mobile"),
    NumberClass.INTERNATIONAL.value: _("abroad"),
    NumberClass.TOLL_FREE.value: _("toll-free"),
    NumberClass.PREMIUM.value: _("premium"),
    NumberClass.PERSONAL.value: _("personal (500)"),
}
JURISDICTIONS = {
    Jurisdiction.LOCAL.value: _("local"),
    Jurisdiction.INTRASTATE.value: _("within the state"),
    Jurisdiction.INTERSTATE.value: _("another state"),
    Jurisdiction.INTERNATIONAL.value: _("another country"),
}


def reason_choices(language: Language, *acts: Act) -> list[tuple[str, str]]:
    """The catalogue's reasons that fit one of the acts, in its order."""
    return [
        (entry.reason.value, entry.staff.in_language(language))
        for entry in DECISION_REASONS.values()
        if entry.acts & set(acts)
    ]


def reason_words(reason: str, language: Language) -> str:
    """A stored reason as staff read it; empty: there is none."""
    return DECISION_REASONS[ContactReason(reason)].staff.in_language(language) if reason else ""


def relationship_choices(language: Language) -> list[tuple[str, str]]:
    return [(each.value, relationship_in_words(each.value, language)) for each in Relationship]
