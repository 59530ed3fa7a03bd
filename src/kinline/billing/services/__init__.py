"""What can be done about paying afterwards, and about money that is passed on."""

from kinline.billing.services.applying import (
    AlreadyDecided,
    ApplicationRefused,
    NotYoursToDecide,
    apply,
    approve,
    refuse,
)
from kinline.billing.services.collecting import invite, pay_collect
from kinline.billing.services.dedicating import (
    NoNumberLeft,
    NotAContact,
    give_back_number,
    give_number,
    set_aside,
    stock_number,
)
from kinline.billing.services.feeding import feed_by_facility, give_to_resident
from kinline.billing.services.invoicing import (
    issue_invoices,
    pay_from_balance,
    record_payment,
    remind,
    return_payment,
)

__all__ = [
    "AlreadyDecided",
    "ApplicationRefused",
    "NoNumberLeft",
    "NotAContact",
    "NotYoursToDecide",
    "apply",
    "approve",
    "feed_by_facility",
    "give_back_number",
    "give_number",
    "give_to_resident",
    "invite",
    "issue_invoices",
    "pay_collect",
    "pay_from_balance",
    "record_payment",
    "refuse",
    "remind",
    "return_payment",
    "set_aside",
    "stock_number",
]
