"""An account under review: while a bank decides on a payment onto it, its owner moves nothing from it."""

from kinline.core.identity import AccountId
from kinline.ledger.models import Account


class UnderReview(Exception):
    """A payment onto the account is disputed: wait for the bank's decision, or ask support."""


def require_no_review(account: AccountId) -> None:
    """Raises `UnderReview`."""
    if Account.objects.filter(pk=account).exclude(review_since=None).exists():
        raise UnderReview(account)
