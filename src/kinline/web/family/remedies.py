"""What a family can do about a reason, as a button: for each action of the catalogue the page that does it."""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kinline.core.reasons import Action, Explanation


@dataclass(frozen=True, slots=True)
class Page:
    """Where an action is done. `argument` is what the address names: the call, the facility it came from, or a guide's
    slug as it stands; `asks_about` names the call in the query."""

    url_name: str
    label: Any
    argument: str = ""
    fragment: str = ""
    asks_about: str = ""


SEE_REQUEST: Final = Page("contacts", _("See the request"))

REMEDIES: Final[dict[Action, Page | None]] = {
    Action.NONE: None,
    Action.ADD_MONEY: Page("money", _("Add money"), fragment="add"),
    Action.AUTO_RELOAD: Page("money", _("Let money be added by itself"), fragment="reload"),
    Action.OPEN_ACCOUNT: Page("paying", _("Who pays for calls")),
    Action.USE_OTHER_BALANCE: Page("paying", _("Move the money")),
    Action.PAY_INVOICE: Page("paying", _("Pay the invoice"), fragment="bill"),
    Action.UNBLOCK: Page("wishes", _("Lift the block"), fragment="blocks"),
    Action.RESUME_CALLS: Page("wishes", _("Resume calls"), fragment="pause"),
    Action.CHANGE_QUIET_HOURS: Page("wishes", _("Change your quiet hours"), fragment="quiet"),
    Action.CHANGE_DAY_LIMIT: Page("wishes", _("Change your limit"), fragment="limits"),
    Action.ASK_FOR_APPROVAL: Page("find_resident", _("Ask for approval")),
    Action.SEE_REQUEST: SEE_REQUEST,
    Action.SEE_HOURS: Page("facility_rules", _("See hours and rules"), "facility"),
    Action.SEE_REFUNDS: Page("refund", _("Get money back")),
    Action.UPDATE_NUMBER: Page("own_numbers", _("Enter another number")),
    Action.TEST_LINE: Page("phone_tests", _("Test my phone")),
    Action.SAVE_CALLER: Page("guide", _("How to let calls through"), "calls-that-failed"),
    Action.VERIFY_PRIVILEGE: Page("ask_privilege", _("Confirm the number")),
    Action.DISPUTE: Page("dispute", _("Say that this was wrong"), "call"),
    Action.CONTACT_FACILITY: Page("facility_rules", _("About the facility"), "facility"),
    Action.CONTACT_SUPPORT: Page("new_case", _("Ask us for help"), asks_about="call"),
}


@dataclass(frozen=True, slots=True)
class Button:
    address: str
    label: Any


def button(explanation: Explanation | None, *, facility: int | None = None, call: int | None = None) -> Button | None:
    """What does it about this reason; None: nothing can be done by a page, or not without the call or the facility."""
    page = None if explanation is None else REMEDIES[explanation.action]
    if page is None:
        return None
    named = {"facility": facility, "call": call}
    arguments = [named.get(page.argument, page.argument)] if page.argument else []
    if None in arguments:
        return None
    address = reverse(page.url_name, args=arguments)
    if page.asks_about and named[page.asks_about] is not None:
        address += f"?{page.asks_about}={named[page.asks_about]}"
    return Button(f"{address}#{page.fragment}" if page.fragment else address, page.label)
