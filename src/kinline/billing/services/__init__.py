"""What can be done about paying afterwards, and about money that is passed on."""

from kinline.billing.services.agencies import MoreThanBroughtIn, pay_additive, take_agency_payment, undo_agency_movement
from kinline.billing.services.applying import (
    AlreadyDecided,
    ApplicationRefused,
    NotYoursToDecide,
    apply,
    approve,
    refuse,
)
from kinline.billing.services.collecting import invite, pay_collect
from kinline.billing.services.customer_accounts import (
    AccountRefused,
    restore,
    return_taken_payment,
    set_limit,
    suspend,
    take_payment,
)
from kinline.billing.services.debts import paid_of_debt, pay_again, pay_debt, reopen_debt
from kinline.billing.services.dedicating import (
    NoNumberLeft,
    NotAContact,
    WasGiven,
    free_numbers,
    give_back_number,
    give_back_rest,
    give_number,
    set_aside,
    stock_number,
)
from kinline.billing.services.feeding import feed_by_facility, give_to_resident
from kinline.billing.services.invoicing import (
    give_back_overpaid,
    issue_invoices,
    pay_from_balance,
    record_payment,
    remind,
    return_payment,
    tell_received,
    tell_returned,
)
from kinline.billing.services.reviewing import UnderReview
from kinline.billing.services.supplying import (
    NumberRefused,
    assign_number,
    order_payers,
    set_collect,
    supply_number,
    take_back_number,
)
from kinline.billing.services.suspending import settle_limits

__all__ = [
    "AccountRefused",
    "AlreadyDecided",
    "ApplicationRefused",
    "MoreThanBroughtIn",
    "NoNumberLeft",
    "NotAContact",
    "NotYoursToDecide",
    "NumberRefused",
    "UnderReview",
    "WasGiven",
    "apply",
    "approve",
    "assign_number",
    "feed_by_facility",
    "free_numbers",
    "give_back_number",
    "give_back_overpaid",
    "give_back_rest",
    "give_number",
    "give_to_resident",
    "invite",
    "issue_invoices",
    "order_payers",
    "paid_of_debt",
    "pay_additive",
    "pay_again",
    "pay_collect",
    "pay_debt",
    "pay_from_balance",
    "record_payment",
    "refuse",
    "remind",
    "reopen_debt",
    "restore",
    "return_payment",
    "return_taken_payment",
    "set_aside",
    "set_collect",
    "set_limit",
    "settle_limits",
    "stock_number",
    "supply_number",
    "suspend",
    "take_agency_payment",
    "take_back_number",
    "take_payment",
    "tell_received",
    "tell_returned",
    "undo_agency_movement",
]
