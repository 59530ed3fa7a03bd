"""What the catalogue holds for a reason: texts for each audience, the remedy, and what it does to the charge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kinline.core.identity import Language
from kinline.core.reasons.reason import Reason
from kinline.core.speech import Value


class Audience(StrEnum):
    RESIDENT = "resident"
    FAMILY = "family"
    STAFF = "staff"


class Action(StrEnum):
    """What the family can do about it on a page: the id of a button."""

    NONE = "none"
    ADD_MONEY = "add_money"
    AUTO_RELOAD = "auto_reload"
    OPEN_ACCOUNT = "open_account"
    USE_OTHER_BALANCE = "use_other_balance"
    PAY_INVOICE = "pay_invoice"
    UNBLOCK = "unblock"
    RESUME_CALLS = "resume_calls"
    CHANGE_QUIET_HOURS = "change_quiet_hours"
    CHANGE_DAY_LIMIT = "change_day_limit"
    ASK_FOR_APPROVAL = "ask_for_approval"
    SEE_REQUEST = "see_request"
    SEE_HOURS = "see_hours"
    SEE_REFUNDS = "see_refunds"
    UPDATE_NUMBER = "update_number"
    TEST_LINE = "test_line"
    SAVE_CALLER = "save_caller"  # save the number that calls come from, turn off call filters
    VERIFY_PRIVILEGE = "verify_privilege"
    DISPUTE = "dispute"
    CONTACT_FACILITY = "contact_facility"
    CONTACT_SUPPORT = "contact_support"


class Charging(StrEnum):
    """What an attempt that ended so costs."""

    NOTHING = "nothing"
    TALK = "talk"  # the time talked
    CREDITED = "credited"  # the time talked, given back at once without a form


class Retry(StrEnum):
    """When another attempt can go through."""

    NOW = "now"
    LATER = "later"
    AFTER_CHANGE = "after_change"  # when somebody has done what the remedy says
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Text:
    """The same in every language. Placeholders are `{name}`, or `{calls:call|calls}` for a count with its noun."""

    english: str
    spanish: str

    def in_language(self, language: Language) -> str:
        return self.spanish if language is Language.SPANISH else self.english


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason for every audience.

    `values` are the placeholders of its texts with the types they take. A sentence whose value is not known is left
    out, so the others must stand without it. `resident` is spoken, hence short. `is_protected`: the family reads a
    neutral text instead, since the truth would tell a third party of an order of protection, a victim or an
    investigation. `foreseen` is for the family where nobody has tried yet; None: `family` holds for that too.
    """

    reason: Reason
    resident: Text
    family: Text
    remedy: Text
    staff: Text
    staff_remedy: Text
    action: Action = Action.NONE
    charging: Charging = Charging.NOTHING
    retry: Retry = Retry.NOW
    values: Mapping[str, type[Value]] = field(default_factory=dict)
    is_protected: bool = False
    foreseen: Text | None = None
