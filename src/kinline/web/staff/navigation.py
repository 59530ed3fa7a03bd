"""What the portal's navigation offers: each entry with the permission that opens it, from the same table."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kinline.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation; `covers` are the names of pages that lie under it."""

    url_name: str
    label: Any
    permission: Permission
    covers: tuple[str, ...] = ()


NAVIGATION = (
    Entry("facility", _("Calls"), Permission.SEE_CALLS, ("facility_call", "figures")),
    Entry("live", _("Live"), Permission.WATCH_CALLS, ("phones", "announcements")),
    Entry(
        "rules",
        _("Calling rules"),
        Permission.SEE_RULES,
        ("rules_of_level", "rules_try", "rule_trial", "visiting_rules"),
    ),
    Entry(
        "contact_queue",
        _("Contacts"),
        Permission.DECIDE_CONTACTS,
        ("contact_case", "enter_contact", "contact_lists", "contact_lists_of_facility", "contact_import"),
    ),
    Entry("registry", _("Privileged numbers"), Permission.VERIFY_PRIVILEGE),
    Entry("number_lists", _("Lists of numbers"), Permission.LIST_NUMBERS),
    Entry("residents", _("Residents"), Permission.SEE_RESIDENTS, ("resident", "book")),
    Entry("imports", _("Import"), Permission.IMPORT_RESIDENTS, ("imports_of_facility", "import")),
    Entry("identity_checks", _("Identity"), Permission.REVIEW_IDENTITY, ("identity_check",)),
    Entry("identity_rule", _("What families show"), Permission.SET_IDENTITY_RULE),
    Entry("compliance", _("Prices and the law"), Permission.SEE_PRICES, ("prices_of_facility", "plans_of_facility")),
    Entry("staff_cases", _("Questions"), Permission.ANSWER_CASES, ("staff_case", "attachment_document")),
    Entry("deposits", _("Deposits"), Permission.TAKE_DEPOSITS, ("deposits_of_facility", "vouchers")),
    Entry("credit", _("Credit"), Permission.GIVE_CREDIT),
    Entry("billing", _("Monthly bills"), Permission.BILL_CUSTOMERS, ("billing_account",)),
    Entry("numbers", _("Numbers"), Permission.MANAGE_NUMBERS),
    Entry("reconciliation", _("Reconciliation"), Permission.RECONCILE),
    Entry("pay_outs", _("Refunds"), Permission.PAY_OUT, ("unclaimed",)),
    Entry("staff_credits", _("Give a credit"), Permission.GIVE_STAFF_CREDITS),
    Entry(
        "reports",
        _("Reports"),
        Permission.SEE_REPORTS,
        ("report_shift", "report_suspensions", "report_busy", "report_contacts", "public_records"),
    ),
    Entry(
        "set_up",
        _("Set up"),
        Permission.SET_UP_FACILITIES,
        ("set_up_facility", "set_up_missing", "set_up_copy", "set_up_step"),
    ),
    Entry("staff_members", _("Staff"), Permission.MANAGE_STAFF, ("staff_member",)),
    Entry("audit", _("Who did what"), Permission.SEE_AUDIT),
    Entry("staff_permissions", _("Who may do what"), Permission.USE_PORTAL),
)


def offered(permissions: Collection[Permission]) -> tuple[Entry, ...]:
    return tuple(entry for entry in NAVIGATION if entry.permission in permissions)
