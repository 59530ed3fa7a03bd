"""Accounts that end: closed by their customer, or of a resident who was released. What is on them goes back as soon as
nothing of it is held for a call."""

from dataclasses import asdict

from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.services import give_back_number
from kinline.contacts.models import DedicatedNumber
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.services import open_customer_account, open_resident_account
from kinline.payments.errors import NotTaken
from kinline.payments.models import SavedCard
from kinline.payments.services import remove_card, turn_off_auto_reload
from kinline.refunds.errors import AddressNeeded, NothingToRefund, OwesMoney, UnderReview
from kinline.refunds.models import Cause, ReleaseRule, Way, WindingUp
from kinline.refunds.services.asking import Address, planned, send, write_down
from kinline.statements import retried

_CLOSES = (AccountKind.CUSTOMER_PREPAID, AccountKind.DEDICATED, AccountKind.DIRECT_BILL)


def close_account(customer_id: int, address: Address | None, asked_by: str, at: Instant) -> WindingUp:
    """The customer wants no account any more: no call is paid from it from now on, and its balance goes back, at once
    or when the call in progress is settled. Raises `OwesMoney`, `UnderReview`, `AddressNeeded`."""
    wound = _closed(customer_id, address, asked_by, at)
    turn_off_auto_reload(customer_id, AccountId(wound.account_id), at)
    for card in SavedCard.objects.filter(customer_id=customer_id, removed_at=None):
        try:
            remove_card(customer_id, card.pk, at)
        except NotTaken:
            continue  # no provider is set up that could forget it
    return finish(wound, at)


@retried
def _closed(customer_id: int, address: Address | None, asked_by: str, at: Instant) -> WindingUp:
    with transaction.atomic():
        prepaid = open_customer_account(customer_id)
        theirs = Account.objects.select_for_update().filter(customer_id=customer_id, kind__in=_CLOSES)
        accounts = {account.pk: account for account in theirs.order_by("pk")}
        earlier = WindingUp.objects.filter(account=prepaid, done_at=None, taken_back_at=None).first()
        if earlier is not None:
            return earlier
        owed = sum(min(account.posted, 0) for account in accounts.values())
        if owed:
            raise OwesMoney(Money(-owed))
        if any(account.review_since is not None for account in accounts.values()):
            raise UnderReview
        rest = closing_rest(list(accounts.values()))
        if rest > ZERO and address is None:
            raise AddressNeeded(rest)
        Account.objects.filter(pk__in=list(accounts)).update(closed_at=at)
        wound = WindingUp.objects.create(
            account_id=prepaid,
            cause=Cause.CLOSING,
            asked_by=asked_by,
            asked_at=at,
            **({} if address is None else asdict(address)),
        )
        audit.record(asked_by, Action.ACCOUNT_CLOSED, f"customer/{customer_id}", at, after={"closed_at": at})
    return wound


def closing_rest(accounts: list[Account]) -> Money:
    """What of a customer's money no card would take, holds counted as free: at most this much goes by cheque."""
    whole = sum(max(account.posted, 0) for account in accounts)
    prepaid = next((account for account in accounts if account.kind == AccountKind.CUSTOMER_PREPAID), None)
    if prepaid is None or not whole:
        return ZERO
    like = Account(pk=prepaid.pk, kind=prepaid.kind, posted=whole)
    return planned(like).rest


@retried
def open_again(customer_id: int, asked_by: str, at: Instant) -> None:
    """The customer has thought better of it: calls are paid from what they add from now on. What is on its way back
    stays so."""
    with transaction.atomic():
        closed = Account.objects.select_for_update().filter(customer_id=customer_id, closed_at__isnull=False)
        if not closed.update(closed_at=None):
            return
        pending = WindingUp.objects.filter(account__customer_id=customer_id, done_at=None, taken_back_at=None)
        pending.update(taken_back_at=at)
        audit.record(asked_by, Action.ACCOUNT_OPENED_AGAIN, f"customer/{customer_id}", at)


def release(
    resident_id: ResidentId, address: Address | None, asked_by: str, at: Instant, *, cause: Cause = Cause.RELEASE
) -> WindingUp | None:
    """The resident leaves custody, or asks for it: their own money goes to them by cheque, or as the facility rules to
    its commissary, which pays them out. Whoever gave it, it is theirs. Without an address a cheque waits for one. None:
    there is nothing. Called by whatever books a release, as often as it likes."""
    account = Account.objects.get(pk=open_resident_account(resident_id))
    with transaction.atomic():
        wound = WindingUp.objects.select_for_update().filter(account=account, done_at=None, taken_back_at=None).first()
        if wound is None:
            if not account.posted:
                return None
            wound = WindingUp(account=account, cause=cause, asked_by=asked_by, asked_at=at)
        for name, value in ({} if address is None else asdict(address)).items():
            setattr(wound, name, value)
        wound.save()
    return finish(wound, at)


@retried
def finish(wound: WindingUp, at: Instant) -> WindingUp:
    """Give the balance back if nothing is held any more; else later, when the worker asks again."""
    made = None
    with transaction.atomic():
        wound = WindingUp.objects.select_for_update().get(pk=wound.pk)
        account = Account.objects.select_for_update(of=("self",)).select_related("resident").get(pk=wound.account_id)
        customer = account.customer_id or 0
        is_held = account.held or Account.objects.filter(customer_id=customer, held__gt=0).exists()
        if wound.done_at is not None or wound.taken_back_at is not None or is_held or account.review_since is not None:
            return wound
        for number in DedicatedNumber.objects.filter(customer_id=customer):
            give_back_number(number, at)
        try:
            made = write_down(
                AccountId(account.pk),
                Cause(wound.cause),
                wound.asked_by,
                at,
                None,
                address_of(wound),
                f"{wound.pk:032x}",
                way=way_of(account),
            )
        except NothingToRefund:
            made = None
        except AddressNeeded:  # more came than was there when they closed it
            return wound
        wound.done_at = at
        wound.save(update_fields=["done_at"])
    if made is not None:
        send(made, at)
    return wound


def address_of(said: WindingUp) -> Address | None:
    if not said.street:
        return None
    return Address(said.recipient, said.street, said.city, said.state, said.postal_code)


def way_of(account: Account) -> Way:
    """How a balance leaves that cannot go to cards: as the resident's facility rules."""
    if account.resident is None:
        return Way.CHEQUE
    rule: ReleaseRule | None = getattr(account.resident.facility, "release_rule", None)
    return Way.CHEQUE if rule is None else Way(rule.way)
