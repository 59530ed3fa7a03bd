"""Who may do what: the one table that pages, navigation, services and the page "Who may do what" read.

A role is held somewhere (a unit, a facility, an agency, or, for the provider, everywhere): see `people.authority`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kinline.people.models import PROVIDER_ROLES, Role


class Permission(StrEnum):
    """Something that staff may do. A page names the one that it needs."""

    USE_PORTAL = "use_portal"
    """The portal itself: one's own sign-in, and who may do what."""
    SEE_CALLS = "see_calls"
    EXPORT_CALLS = "export_calls"
    """All that a search finds, as a file that leaves the house."""
    SEE_REPORTS = "see_reports"
    """Shifts, suspensions, decisions on contacts, busy hours."""
    EXPORT_RECORDS = "export_records"
    """Redacted records for who may ask for them by law."""
    HEAR_RECORDINGS = "hear_recordings"
    WATCH_CALLS = "watch_calls"
    """The live board, and how phones and carriers are."""
    SEE_LIVE_NUMBERS = "see_live_numbers"
    """On the board, which hangs where others may read it; without it the last four digits."""
    CUT_OFF_CALLS = "cut_off_calls"
    ANNOUNCE = "announce"
    SWITCH_PHONES = "switch_phones"
    SEE_RULES = "see_rules"
    SET_RULES = "set_rules"
    SEE_RESIDENTS = "see_residents"
    BOOK_RESIDENTS = "book_residents"
    """Book, move and release."""
    RESET_PINS = "reset_pins"
    CARE_FOR_RESIDENTS = "care_for_residents"
    """Language, spoken name, accommodations."""
    SUSPEND_RESIDENTS = "suspend_residents"
    SEPARATE_RESIDENTS = "separate_residents"
    GIVE_FREE_CALLS = "give_free_calls"
    IMPORT_RESIDENTS = "import_residents"
    DECIDE_CONTACTS = "decide_contacts"
    VERIFY_PRIVILEGE = "verify_privilege"
    LIST_NUMBERS = "list_numbers"
    """An agency's lists of staff, former staff and victims."""
    REVIEW_IDENTITY = "review_identity"
    """See what families send in to prove who they are, and decide."""
    SET_IDENTITY_RULE = "set_identity_rule"
    """What families must show: at one's facility, or, for the provider, everywhere."""
    SEE_PRICES = "see_prices"
    """Which prices are held to which law; the prices themselves are public."""
    SET_PRICES = "set_prices"
    """Prices, plans, what may be owed for collect calls, and numbers that are free."""
    TAKE_DEPOSITS = "take_deposits"
    """Send the commissary's files, give kiosks their keys, and read the statement of a resident's own money."""
    GIVE_MONEY = "give_money"
    MAKE_VOUCHERS = "make_vouchers"
    """Prints money: the provider's alone."""
    GIVE_CREDIT = "give_credit"
    BILL_CUSTOMERS = "bill_customers"
    """Record what customers paid by cheque or bank, suspend and restore monthly bills, lift reviews; settle
    with agencies."""
    MANAGE_NUMBERS = "manage_numbers"
    """Dedicated numbers, and the order of a number's payers."""
    RECONCILE = "reconcile"
    """See the books: balances, statements, revenue and taxes, and the card provider's side."""
    PAY_OUT = "pay_out"
    """Refunds by cheque, and unclaimed property."""
    GIVE_STAFF_CREDITS = "give_staff_credits"
    """How much, and who else must agree: `refunds.services.LIMITS`."""
    SET_UP_FACILITIES = "set_up_facilities"
    """Facilities, their units and phones, and copying settings."""
    ANSWER_CASES = "answer_cases"
    """What families ask and dispute: customer service."""
    SEE_AUDIT = "see_audit"
    MANAGE_STAFF = "manage_staff"
    """Accounts of staff, their roles, and the networks from which they sign in."""


_OFFICER, _APPROVER, _INVESTIGATOR, _ADMINISTRATOR = (
    Role.OFFICER,
    Role.APPROVER,
    Role.INVESTIGATOR,
    Role.FACILITY_ADMINISTRATOR,
)
_SUPPORT, _FINANCE, _COMPLIANCE, _PLATFORM = PROVIDER_ROLES

GRANTS: Final[Mapping[Permission, frozenset[Role]]] = {
    Permission.USE_PORTAL: frozenset(Role),
    Permission.SEE_CALLS: frozenset({_OFFICER, _INVESTIGATOR, _ADMINISTRATOR, _SUPPORT, _COMPLIANCE, _PLATFORM}),
    Permission.EXPORT_CALLS: frozenset({_INVESTIGATOR, _ADMINISTRATOR, _COMPLIANCE, _PLATFORM}),
    Permission.SEE_REPORTS: frozenset({_OFFICER, _APPROVER, _INVESTIGATOR, _ADMINISTRATOR, _COMPLIANCE, _PLATFORM}),
    Permission.EXPORT_RECORDS: frozenset({_ADMINISTRATOR, _COMPLIANCE, _PLATFORM}),
    # Nobody of the provider: what was said is the facility's to hear.
    Permission.HEAR_RECORDINGS: frozenset({_INVESTIGATOR, _ADMINISTRATOR}),
    Permission.WATCH_CALLS: frozenset({_OFFICER, _INVESTIGATOR, _ADMINISTRATOR, _SUPPORT, _PLATFORM}),
    Permission.SEE_LIVE_NUMBERS: frozenset({_INVESTIGATOR, _ADMINISTRATOR}),
    Permission.ANNOUNCE: frozenset({_OFFICER, _ADMINISTRATOR}),
    Permission.CUT_OFF_CALLS: frozenset({_OFFICER, _INVESTIGATOR, _ADMINISTRATOR}),
    Permission.SWITCH_PHONES: frozenset({_OFFICER, _ADMINISTRATOR}),
    Permission.SEE_RULES: frozenset({_OFFICER, _INVESTIGATOR, _ADMINISTRATOR, _SUPPORT, _COMPLIANCE, _PLATFORM}),
    Permission.SET_RULES: frozenset({_ADMINISTRATOR}),
    Permission.SEE_RESIDENTS: frozenset({_OFFICER, _APPROVER, _INVESTIGATOR, _ADMINISTRATOR, _SUPPORT, _PLATFORM}),
    Permission.BOOK_RESIDENTS: frozenset({_OFFICER, _ADMINISTRATOR}),
    Permission.RESET_PINS: frozenset({_OFFICER, _ADMINISTRATOR}),
    Permission.CARE_FOR_RESIDENTS: frozenset({_OFFICER, _ADMINISTRATOR}),
    Permission.SUSPEND_RESIDENTS: frozenset({_OFFICER, _INVESTIGATOR, _ADMINISTRATOR}),
    Permission.SEPARATE_RESIDENTS: frozenset({_INVESTIGATOR, _ADMINISTRATOR}),
    Permission.GIVE_FREE_CALLS: frozenset({_ADMINISTRATOR}),
    Permission.IMPORT_RESIDENTS: frozenset({_ADMINISTRATOR}),
    Permission.DECIDE_CONTACTS: frozenset({_APPROVER, _ADMINISTRATOR}),
    Permission.VERIFY_PRIVILEGE: frozenset({_APPROVER, _ADMINISTRATOR, _COMPLIANCE}),
    Permission.REVIEW_IDENTITY: frozenset({_APPROVER, _ADMINISTRATOR, _SUPPORT}),
    Permission.LIST_NUMBERS: frozenset({_INVESTIGATOR, _ADMINISTRATOR}),
    Permission.SET_IDENTITY_RULE: frozenset({_ADMINISTRATOR, _COMPLIANCE, _PLATFORM}),
    Permission.SEE_PRICES: frozenset({_ADMINISTRATOR, _FINANCE, _COMPLIANCE, _PLATFORM}),
    Permission.SET_PRICES: frozenset({_ADMINISTRATOR, _FINANCE, _PLATFORM}),
    Permission.TAKE_DEPOSITS: frozenset({_ADMINISTRATOR, _FINANCE, _PLATFORM}),
    Permission.GIVE_MONEY: frozenset({_ADMINISTRATOR}),
    Permission.MAKE_VOUCHERS: frozenset({_FINANCE, _PLATFORM}),
    Permission.GIVE_CREDIT: frozenset({_FINANCE, _PLATFORM}),
    Permission.BILL_CUSTOMERS: frozenset({_FINANCE, _PLATFORM}),
    Permission.MANAGE_NUMBERS: frozenset({_SUPPORT, _FINANCE, _PLATFORM}),
    Permission.RECONCILE: frozenset({_FINANCE, _COMPLIANCE, _PLATFORM}),
    Permission.PAY_OUT: frozenset({_FINANCE, _PLATFORM}),
    Permission.GIVE_STAFF_CREDITS: frozenset({_SUPPORT, _FINANCE, _PLATFORM}),
    Permission.SET_UP_FACILITIES: frozenset({_ADMINISTRATOR, _PLATFORM}),
    Permission.ANSWER_CASES: frozenset({_SUPPORT, _PLATFORM}),
    Permission.SEE_AUDIT: frozenset({_ADMINISTRATOR, _COMPLIANCE, _PLATFORM}),
    Permission.MANAGE_STAFF: frozenset({_ADMINISTRATOR, _PLATFORM}),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether a role, wherever it is held, may do this there."""
    return role in GRANTS[permission]
