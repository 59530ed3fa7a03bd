"""What stands on a statement, in the reader's words: movements, kinds of accounts, and what decided a call."""

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kinline.calls.account_statement import Rule
from kinline.core.numbering import Jurisdiction
from kinline.core.reasons import Reason
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.transfer_reasons import TransferReason
from kinline.web.rates.words import JURISDICTIONS
from kinline.web.templatetags.plain_words import dollars, span, telephone

REASONS = {
    "call": _("Call"),
    TransferReason.DEPOSIT: _("Money added"),
    TransferReason.CHARGE: _("Call"),
    TransferReason.FACILITY_ADDITIVE: _("Call"),
    TransferReason.TAXES: _("Call"),
    TransferReason.CREDIT: _("Credit"),
    TransferReason.AGENCY_PAID: _("Talk that the agency pays"),
    TransferReason.AGENCY_PAYMENT: _("Paid by the agency"),
    TransferReason.ADDITIVE_PAID: _("Paid to the agency for its costs"),
    TransferReason.REFUND: _("Money given back"),
    TransferReason.DISPUTE: _("Disputed payment: set aside, or free again"),
    TransferReason.CHARGEBACK: _("Disputed payment"),
    TransferReason.PROVIDER_FEE: _("Kept by the card provider"),
    TransferReason.VOUCHER_SOLD: _("Prepaid card sold"),
    TransferReason.VOUCHER: _("Prepaid card"),
    TransferReason.COMMISSARY_TRANSFER: _("From the commissary"),
    TransferReason.GIFT: _("Given to a resident"),
    TransferReason.FACILITY_GIFT: _("Added by the facility"),
    TransferReason.SET_ASIDE: _("Set aside for a resident's own number"),
    TransferReason.GIVEN_BACK: _("Back on the prepaid account"),
    TransferReason.INVOICE_PAYMENT: _("Invoice paid"),
    TransferReason.OVERPAID: _("Paid beyond the monthly bill: back on the prepaid account"),
    TransferReason.COLLECT_PAYMENT: _("Collect calls paid"),
    TransferReason.REVERSAL: _("Taken back"),
    TransferReason.REFUND_SENT: _("Refund sent"),
    TransferReason.REFUND_RETURNED: _("Refund came back"),
    TransferReason.ROUNDING: _("Rounded up to a whole cent"),
    TransferReason.UNCLAIMED: _("Handed to your state, which keeps it for you"),
    TransferReason.REDIAL_CREDIT: _("A call was dropped and dialled again: given back"),
    TransferReason.STAFF_CREDIT: _("Credit"),
}
"""What a line is: each reason for which money moves, and a call's movements taken together."""
ACCOUNTS = {
    AccountKind.CUSTOMER_PREPAID: _("Prepaid"),
    AccountKind.RESIDENT_DEBIT: _("Resident’s debit account"),
    AccountKind.DEDICATED: _("Set aside for one number"),
    AccountKind.DIRECT_BILL: _("Monthly bill"),
    AccountKind.COLLECT_RECEIVABLE: _("Owed for collect calls"),
    AccountKind.AGENCY_PAID: _("Owed by an agency for talk it gives"),
    AccountKind.FACILITY_ADDITIVE: _("Owed to an agency for its costs"),
    AccountKind.REVENUE: _("Revenue"),
    AccountKind.TAXES: _("Taxes owed"),
    AccountKind.CREDITS: _("Credits given"),
    AccountKind.CLEARING: _("Clearing: money on its way"),
    AccountKind.DISPUTED: _("Disputed payments"),
    AccountKind.CHARGEBACKS: _("Lost disputes"),
    AccountKind.VOUCHERS: _("Prepaid cards not redeemed"),
    AccountKind.PROVIDER_FEE: _("Kept by the card provider"),
    AccountKind.REFUNDS: _("Refunds not sent yet"),
    AccountKind.UNCLAIMED: _("Unclaimed property"),
}
_LIMITS = {
    Reason.TALK_TIME_LIMIT: _("the longest call allowed"),
    Reason.TALK_SCHEDULE_END: _("the end of calling hours"),
    Reason.TALK_DAY_LIMIT: _("the limit for a day"),
}


def account_name(account: Account) -> str:
    """`Prepaid · Rosa Doucet`; the house's accounts by their kind alone."""
    owner = account.customer.user.name if account.customer else account.resident.name if account.resident else ""
    owner = account.agency.name if account.agency else owner
    parts = (str(ACCOUNTS[AccountKind(account.kind)]), owner, telephone(account.number))
    return " · ".join(part for part in parts if part)


def rule_in_words(rule: Rule) -> str:
    """`Local, by the second, under the lawful $0.11 a minute; could last 15 min: the longest call allowed.`"""
    kind = str(JURISDICTIONS[Jurisdiction(rule.jurisdiction)]) if rule.jurisdiction else gettext("Call")
    step = span(rule.increment)
    parts = [kind, gettext("by the second") if rule.increment == 1 else gettext("each %(span)s begun") % {"span": step}]
    if rule.minimum:
        parts.append(gettext("at least %(span)s") % {"span": span(rule.minimum)})
    if rule.cap is not None:
        most = {"price": dollars(rule.cap)}
        at_most = gettext("the lawful highest price, %(price)s a minute") % most
        parts.append(at_most if rule.is_at_cap else gettext("lawful up to %(price)s a minute") % most)
    if rule.free_seconds:
        parts.append(gettext("%(span)s free") % {"span": span(rule.free_seconds)})
    if rule.has_plan:
        parts.append(gettext("on your plan"))
    text = ", ".join(parts)
    if rule.limit_seconds:
        why = _LIMITS.get(Reason(rule.limit_reason)) if rule.limit_reason else None
        longest = {"span": span(rule.limit_seconds), "why": why or _("the longest call allowed")}
        text = str(format_lazy("{}; {}", text, gettext("it could last %(span)s: %(why)s") % longest))
    return f"{text}."
