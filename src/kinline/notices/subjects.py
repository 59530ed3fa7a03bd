"""What notices are about, as people choose how they are told of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kinline.core.telling import SubjectRule, Way
from kinline.notices.kinds import Kind


class Subject(StrEnum):
    LOW_BALANCE = "low_balance"
    MISSED_CALLS = "missed_calls"
    RELOADS = "reloads"
    BILLS = "bills"
    MONEY_BACK = "money_back"
    CONTACTS = "contacts"
    CASES = "cases"


_ALL_BUT_TEXTS: Final = frozenset({Way.EMAIL, Way.PAGES})
_LETTER: Final = frozenset({Way.EMAIL})

RULES: Final[Mapping[Subject, SubjectRule]] = {
    Subject.LOW_BALANCE: SubjectRule(frozenset(Way)),
    Subject.MISSED_CALLS: SubjectRule(frozenset({Way.PAGES})),
    # A transfer from a card by itself, which varies in amount, must be told (12 CFR 1005.10(d)).
    Subject.RELOADS: SubjectRule(_ALL_BUT_TEXTS, required=_LETTER),
    # An invoice that nobody receives is not due; suspending an account needs notice.
    Subject.BILLS: SubjectRule(_ALL_BUT_TEXTS, required=_LETTER),
    # 47 CFR 64.6130: the owner of an unused balance is told before it goes back.
    Subject.MONEY_BACK: SubjectRule(_ALL_BUT_TEXTS, required=_LETTER),
    Subject.CONTACTS: SubjectRule(_ALL_BUT_TEXTS),
    Subject.CASES: SubjectRule(_ALL_BUT_TEXTS),
}

SUBJECTS: Final[Mapping[Kind, Subject]] = {
    Kind.LOW_BALANCE: Subject.LOW_BALANCE,
    Kind.MISSED_CALL: Subject.MISSED_CALLS,
    Kind.RELOAD_DONE: Subject.RELOADS,
    Kind.RELOAD_FAILED: Subject.RELOADS,
    Kind.RELOAD_STOPPED: Subject.RELOADS,
    Kind.INVOICE_ISSUED: Subject.BILLS,
    Kind.INVOICE_REMINDER: Subject.BILLS,
    Kind.INVOICE_PAYMENT_RECEIVED: Subject.BILLS,
    Kind.INVOICE_PAYMENT_RETURNED: Subject.BILLS,
    Kind.DIRECT_BILL_APPROVED: Subject.BILLS,
    Kind.DIRECT_BILL_REFUSED: Subject.BILLS,
    Kind.DIRECT_BILL_LIMIT_SET: Subject.BILLS,
    Kind.DIRECT_BILL_SUSPENDED: Subject.BILLS,
    Kind.DIRECT_BILL_RESTORED: Subject.BILLS,
    Kind.PAYMENT_DISPUTED: Subject.MONEY_BACK,
    Kind.REVIEW_LIFTED: Subject.MONEY_BACK,
    Kind.ACCOUNT_UNUSED: Subject.MONEY_BACK,
    Kind.REFUND_UNDER_WAY: Subject.MONEY_BACK,
    Kind.CHEQUE_RETURNED: Subject.MONEY_BACK,
    Kind.CONTACT_APPROVED: Subject.CONTACTS,
    Kind.CONTACT_EXTENDED: Subject.CONTACTS,
    Kind.CONTACT_REJECTED: Subject.CONTACTS,
    Kind.CONTACT_REMOVED: Subject.CONTACTS,
    Kind.CONTACT_APPEAL_REFUSED: Subject.CONTACTS,
    Kind.CONTACT_EXPIRES: Subject.CONTACTS,
    Kind.CASE_ANSWERED: Subject.CASES,
    Kind.CASE_RESOLVED: Subject.CASES,
}
"""A kind that is not here goes by e-mail, at once, whatever anybody chose: what concerns signing in, and staff."""

URGENT: Final = frozenset({Kind.PAYMENT_DISPUTED, Kind.DIRECT_BILL_SUSPENDED})
"""They wait for no end of quiet hours: calls have stopped, or will."""
