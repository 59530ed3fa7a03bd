"""What can be done with cards: pay, save, reload, refund, and take what the provider tells us.

A payment by a saved card from anywhere in the house: `charge(customer_id, account_id, amount, card_id, at, way=...)`.
Money back to a card: `refund(payment_id, amount, at)` for one of `queries.refundable(account_id)`; as a part of a
larger transaction `request_refund`, and `send_refund` after it.
"""

from kinline.payments.services.comparing import books_differ, check_books, fetch
from kinline.payments.services.depositing import action_url, begin, charge, client_secret, observe
from kinline.payments.services.disputing import lift_review, observe_dispute
from kinline.payments.services.inbox import take, work_off
from kinline.payments.services.reconciling import reconcile, reconcile_disputes
from kinline.payments.services.refunding import refund, request_refund, send_refund
from kinline.payments.services.reloading import reload, set_auto_reload, turn_off_auto_reload
from kinline.payments.services.saving import begin_saving, keep_card_of, observe_saving, remove_card

__all__ = [
    "action_url",
    "begin",
    "begin_saving",
    "books_differ",
    "charge",
    "check_books",
    "client_secret",
    "fetch",
    "keep_card_of",
    "lift_review",
    "observe",
    "observe_dispute",
    "observe_saving",
    "reconcile",
    "reconcile_disputes",
    "refund",
    "reload",
    "remove_card",
    "request_refund",
    "send_refund",
    "set_auto_reload",
    "take",
    "turn_off_auto_reload",
    "work_off",
]
