"""What can be asked about money that goes back."""

from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from kinline.core.identity import AccountId
from kinline.ledger.models import Account
from kinline.refunds.models import (
    CreditState,
    InactivityNotice,
    PayOut,
    PayOutFile,
    PayOutState,
    PropertyReport,
    Refund,
    ReleaseRule,
    StaffCredit,
    StatePeriod,
)
from kinline.refunds.services.inactivity import last_activity, of_owner


def refunds_of(account_id: AccountId) -> QuerySet[Refund]:
    """Newest first, with their parts."""
    theirs = Refund.objects.filter(account_id=account_id)
    return theirs.prefetch_related("card_parts__card_refund__payment__card", "pay_outs").order_by("-at", "-pk")


def notice_now(account_id: AccountId) -> InactivityNotice | None:
    """The last notice to the account's owner, if nothing has been done or said since and there is money."""
    account = Account.objects.select_related("customer__user").get(pk=account_id)
    given = InactivityNotice.objects.filter(of_owner(account), account__posted__gt=0)
    told = given.select_related("account__customer__user").order_by("-at", "-pk").first()
    return None if told is None or last_activity(told.account) > told.at else told


def pay_outs_waiting() -> QuerySet[PayOut]:
    """For a file, or for an address; the oldest first."""
    waiting = PayOut.objects.filter(standing__in=(PayOutState.REQUESTED, PayOutState.RETURNED))
    return waiting.select_related(
        "refund__account__customer__user", "refund__account__resident", "facility", "file"
    ).order_by("pk")


def files() -> QuerySet[PayOutFile]:
    """Newest first, with what lies in them."""
    return PayOutFile.objects.select_related("facility").prefetch_related("pay_outs").order_by("-pk")


def state_periods() -> QuerySet[StatePeriod]:
    return StatePeriod.objects.order_by("state")


def release_rules() -> QuerySet[ReleaseRule]:
    """Of the facilities that have one; the others' residents get a cheque."""
    return ReleaseRule.objects.select_related("facility").order_by("facility__name")


def property_reports() -> QuerySet[PropertyReport]:
    return PropertyReport.objects.order_by("-pk")


def credits_waiting() -> QuerySet[StaffCredit]:
    """For a second person; the oldest first."""
    return _credits().filter(state=CreditState.WAITING).order_by("pk")


def credits_decided() -> QuerySet[StaffCredit]:
    """Newest first."""
    return _credits().exclude(state=CreditState.WAITING).order_by("-pk")


def credits_by_key(keys: Collection[str]) -> Mapping[str, StaffCredit]:
    """The credits behind movements of a statement, by the keys of those."""
    references = [key.removeprefix("credit/") for key in keys if key.startswith("credit/")]
    return {credit.key: credit for credit in StaffCredit.objects.filter(reference__in=references)}


def _credits() -> QuerySet[StaffCredit]:
    return StaffCredit.objects.select_related(
        "account__customer__user", "account__resident", "proposed_by", "decided_by"
    )
