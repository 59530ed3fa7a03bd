"""The portal as it hangs together: sections, and the pages of each with the permission that opens it.

Whoever adds a page gives it an `Entry` in its section, or names it in `covers` of the page that leads to it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kinline.people.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation; `covers` are the names of pages that lie under it."""

    url_name: str
    label: Any
    permission: Permission
    covers: tuple[str, ...] = ()

    def has(self, url_name: str) -> bool:
        return url_name == self.url_name or url_name in self.covers


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that belong together. It leads to the first of them."""

    label: Any
    entries: tuple[Entry, ...]

    @property
    def url_name(self) -> str:
        return self.entries[0].url_name

    def has(self, url_name: str) -> bool:
        return any(entry.has(url_name) for entry in self.entries)


NAVIGATION: Final = (
    Section(
        _("Live"),
        (Entry("live", _("Live"), Permission.WATCH_CALLS, ("phones", "announcements", "cut_off")),),
    ),
    Section(
        _("Calls"),
        (
            Entry("facility", _("Calls and attempts"), Permission.SEE_CALLS, ("facility_call",)),
            Entry("figures", _("Figures"), Permission.SEE_CALLS),
            Entry(
                "reports",
                _("Reports"),
                Permission.SEE_REPORTS,
                ("report_shift", "report_suspensions", "report_busy", "report_contacts", "public_records"),
            ),
        ),
    ),
    Section(
        _("Residents"),
        (
            Entry("residents", _("Residents"), Permission.SEE_RESIDENTS, ("resident", "book")),
            Entry("imports", _("Import"), Permission.IMPORT_RESIDENTS, ("imports_of_facility", "import")),
        ),
    ),
    Section(
        _("Families"),
        (
            Entry(
                "contact_queue",
                _("Contacts"),
                Permission.DECIDE_CONTACTS,
                ("contact_case", "enter_contact", "contact_lists", "contact_lists_of_facility", "contact_import"),
            ),
            Entry("registry", _("Privileged numbers"), Permission.VERIFY_PRIVILEGE),
            Entry("number_lists", _("Lists of numbers"), Permission.LIST_NUMBERS),
            Entry("staff_cases", _("Questions"), Permission.ANSWER_CASES, ("staff_case", "attachment_document")),
            Entry("identity_checks", _("Identity"), Permission.REVIEW_IDENTITY, ("identity_check",)),
            Entry("identity_rule", _("What families show"), Permission.SET_IDENTITY_RULE),
            Entry("numbers", _("Numbers"), Permission.MANAGE_NUMBERS),
        ),
    ),
    Section(
        _("Rules"),
        (
            Entry(
                "rules", _("Calling rules"), Permission.SEE_RULES, ("rules_of_level", "rule_trial", "visiting_rules")
            ),
            Entry("rules_try", _("May they call?"), Permission.SEE_RULES),
        ),
    ),
    Section(
        _("Money"),
        (
            Entry(
                "compliance",
                _("Prices and the law"),
                Permission.SEE_PRICES,
                ("prices", "prices_of_facility", "plans_of_facility", "free_numbers"),
            ),
            Entry("deposits", _("Deposits"), Permission.TAKE_DEPOSITS, ("deposits_of_facility", "resident_statement")),
            Entry("vouchers", _("Prepaid cards"), Permission.MAKE_VOUCHERS),
            Entry("credit", _("Credit"), Permission.GIVE_CREDIT),
            Entry("billing", _("Monthly bills"), Permission.BILL_CUSTOMERS, ("billing_account",)),
            Entry("agencies", _("Agencies"), Permission.BILL_CUSTOMERS, ("agency",)),
            Entry("pay_outs", _("Refunds"), Permission.PAY_OUT, ("unclaimed",)),
            Entry("staff_credits", _("Give a credit"), Permission.GIVE_STAFF_CREDITS),
            Entry("books", _("Books"), Permission.RECONCILE, ("books_statement", "books_figures")),
            Entry("reconciliation", _("Reconciliation"), Permission.RECONCILE),
        ),
    ),
    Section(
        _("Set up"),
        (
            Entry(
                "set_up",
                _("Facilities"),
                Permission.SET_UP_FACILITIES,
                ("set_up_facility", "set_up_missing", "set_up_copy", "set_up_step"),
            ),
            Entry("staff_members", _("Staff"), Permission.MANAGE_STAFF, ("staff_member",)),
            Entry("staff_permissions", _("Who may do what"), Permission.USE_PORTAL),
            Entry("audit", _("Who did what"), Permission.SEE_AUDIT),
        ),
    ),
)

_LANDING: Final = ("facility", "contact_queue", "compliance")
"""Where one lands after signing in: on the first of these that one may see."""


def offered(permissions: Collection[Permission]) -> tuple[Section, ...]:
    """The sections with what these permissions open of them. A section with one page left has that page's name."""
    sections = []
    for section in NAVIGATION:
        entries = tuple(entry for entry in section.entries if entry.permission in permissions)
        if entries:
            label = entries[0].label if len(entries) == 1 else section.label
            sections.append(replace(section, label=label, entries=entries))
    return tuple(sections)


def section_of(url_name: str, sections: Collection[Section]) -> Section | None:
    """The section that a page lies in; None: in none of these."""
    return next((section for section in sections if section.has(url_name)), None)


def landing(permissions: Collection[Permission]) -> str:
    """The name of the page on which these permissions land."""
    names = [entry.url_name for section in offered(permissions) for entry in section.entries]
    return next((name for name in _LANDING if name in names), names[0])
