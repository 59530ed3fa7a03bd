"""Everything that people are told. The words of each lie in `words/`, in every language."""

from enum import StrEnum


class Kind(StrEnum):
    INVOICE_ISSUED = "invoice_issued"
    INVOICE_REMINDER = "invoice_reminder"
    INVOICE_PAYMENT_RECEIVED = "invoice_payment_received"
    INVOICE_PAYMENT_RETURNED = "invoice_payment_returned"
    DIRECT_BILL_APPROVED = "direct_bill_approved"
    DIRECT_BILL_REFUSED = "direct_bill_refused"
    DIRECT_BILL_SUSPENDED = "direct_bill_suspended"
    DIRECT_BILL_RESTORED = "direct_bill_restored"
    RELOAD_DONE = "reload_done"
    """A saved card was charged without its holder being there."""
    RELOAD_FAILED = "reload_failed"
    RELOAD_STOPPED = "reload_stopped"
    PAYMENT_DISPUTED = "payment_disputed"
    REVIEW_LIFTED = "review_lifted"
    ACCOUNT_UNUSED = "account_unused"
    """Nobody used it for a while: when its balance goes back (47 CFR 64.6130)."""
    REFUND_UNDER_WAY = "refund_under_way"
    COLLECT_INVITATION = "collect_invitation"
    """To a number that accepted a collect call and has no account."""
    BOOKS_DIFFER = "books_differ"
    """To the provider's finance: the card provider's books and ours do not say the same."""
