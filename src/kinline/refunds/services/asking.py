"""A balance leaves its account on its way back: to the cards it came from, the rest by cheque."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import structlog
from django.db import transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.queries import overpaid
from kinline.billing.services import give_back_overpaid
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.refunding import Plan, Share, plan
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.payments import services as payments
from kinline.payments.errors import NotTaken
from kinline.payments.models import CardRefund, RefundState
from kinline.payments.queries import refundable
from kinline.refunds.errors import AddressNeeded, MoreThanThere, NothingToRefund, OtherRequest, UnderReview
from kinline.refunds.models import CardPart, Cause, PayOut, Refund, Way, new_reference
from kinline.statements import retried

log = structlog.get_logger("refunds")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cheque goes."""

    recipient: str
    street: str
    city: str
    state: str
    postal_code: str


def planned(account: Account, amount: Money | None = None) -> Plan:
    """How a balance, or so much of it, would go back now. Raises `UnderReview`, `NothingToRefund`, `MoreThanThere`."""
    free = Money(account.posted - account.held)
    if account.review_since is not None:
        raise UnderReview
    if free <= ZERO or amount == ZERO:
        raise NothingToRefund
    if amount is not None and amount > free:
        raise MoreThanThere(free)
    return plan(free if amount is None else amount, cards_of(account))


def planned_on_request(account: Account) -> Plan:
    """How all that the owner of a prepaid account may ask for would go back now: also what their monthly bill was paid
    beyond what is owed. Raises `UnderReview`, `NothingToRefund`."""
    over = overpaid(account.customer_id or 0).micros
    like = Account(pk=account.pk, kind=account.kind, posted=account.posted + over, held=account.held)
    like.review_since = account.review_since
    return planned(like)


def refund(
    account_id: AccountId,
    cause: Cause,
    asked_by: str,
    at: Instant,
    *,
    amount: Money | None = None,
    address: Address | None = None,
    reference: str = "",
    cards_only: bool = False,
) -> Refund:
    """Give an account's balance back, or `amount` of it. The same reference is refunded once. Of a customer who asks or
    closes their account, also what their monthly bill was paid beyond what is owed.

    `cards_only`: what no card takes stays on the account. Raises `UnderReview`, `NothingToRefund`, `MoreThanThere`,
    `AddressNeeded`, `OtherRequest`.
    """
    made = write_down(account_id, cause, asked_by, at, amount, address, reference, cards_only=cards_only)
    send(made, at)
    return made


@retried
def write_down(
    account_id: AccountId,
    cause: Cause,
    asked_by: str,
    at: Instant,
    amount: Money | None,
    address: Address | None,
    reference: str,
    *,
    cards_only: bool = False,
    way: Way = Way.CHEQUE,
) -> Refund:
    """The refund with its parts and the ledger's rows, in one transaction, or in the caller's. Raises as `refund`."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        earlier = Refund.objects.filter(reference=reference).first() if reference else None
        if earlier is not None:
            if earlier.account_id != account_id or earlier.cause != cause:
                raise OtherRequest(reference)
            return earlier
        lacks = amount is None or amount > Money(account.posted - account.held)
        if lacks and account.kind == AccountKind.CUSTOMER_PREPAID and cause in (Cause.REQUEST, Cause.CLOSING):
            give_back_overpaid(account.customer_id or 0, at)
            account.refresh_from_db()
        if cards_only:
            whole = planned(account, amount)
            if whole.by_card == ZERO:
                raise NothingToRefund
            amount = min(whole.by_card, Money(account.posted - account.held))
        todo = planned(account, amount)
        facility = None
        if way is Way.COMMISSARY and account.resident is not None:
            facility = account.resident.facility_id
        if todo.rest > ZERO and address is None and facility is None and account.kind != AccountKind.RESIDENT_DEBIT:
            raise AddressNeeded(todo.rest)
        where = {} if address is None else asdict(address)
        made = Refund.objects.create(
            reference=reference or new_reference(),
            account=account,
            cause=cause,
            amount=todo.total.micros,
            asked_by=asked_by,
            at=at,
            **where,
        )
        if todo.rounded_up > ZERO:
            ours = house_account(AccountKind.CREDITS)
            ledger.transfer(
                Order(f"refund/{made.reference}/rounding", ours, account_id, todo.rounded_up, "rounding"), at
            )
        for share in todo.to_cards:
            CardPart.objects.create(
                refund=made, card_refund=payments.request_refund(share.payment_id, share.amount, at)
            )
        if todo.rest > ZERO:
            pay_out(made, todo.rest, at, facility)
        audit.record(
            asked_by,
            Action.REFUND_REQUESTED,
            f"account/{account_id}",
            at,
            after={
                "refund": made.reference,
                "cause": cause.value,
                "amount": str(todo.total),
                "to_cards": str(todo.by_card),
                "to_pay_out": str(todo.rest),
            },
        )
        notices.tell_customer(
            account.customer_id,
            Kind.REFUND_UNDER_WAY,
            f"refund/{made.reference}",
            at,
            amount=todo.total,
            cards=todo.by_card,
            cheque=todo.rest,
        )
    log.info("refund.requested", refund=made.reference, cause=cause.value, account=account_id)
    return made


def pay_out(made: Refund, amount: Money, at: Instant, facility: int | None = None) -> PayOut:
    """A part that goes by cheque, or through the facility's commissary: off the account now, paid when a file is sent.
    Part of the caller's transaction."""
    names = ("recipient", "street", "city", "state", "postal_code")
    where = {name: getattr(made, name) for name in names}
    resident = made.account.resident
    if not where["recipient"] and resident is not None:
        where["recipient"] = resident.name
    out = PayOut.objects.create(
        refund=made,
        way=Way.CHEQUE if facility is None else Way.COMMISSARY,
        facility_id=facility,
        amount=amount.micros,
        changed_at=at,
        **where,
    )
    order = Order(out.key, AccountId(made.account_id), house_account(AccountKind.REFUNDS), amount, "refund")
    ledger.transfer(order, at)
    return out


def send(made: Refund, at: Instant) -> None:
    """Tell the provider of cards what was written down; what it does not answer, the worker asks again."""
    for part in made.card_parts.filter(card_refund__state=RefundState.REQUESTED).select_related("card_refund__payment"):
        try:
            payments.send_refund(part.card_refund, at)
        except NotTaken:
            log.warning("refund.no_provider", refund=made.reference)
            return


def cards_of(account: Account) -> Sequence[Share]:
    """The payments that money of the account can go back to, newest first; none that refused before. What was paid
    onto a resident's account is the resident's, and goes to no card of somebody else."""
    if account.kind == AccountKind.RESIDENT_DEBIT:
        return []
    refused = set(
        CardRefund.objects.filter(payment__account=account, state=RefundState.FAILED).values_list(
            "payment_id", flat=True
        )
    )
    found = refundable(AccountId(account.pk))
    return [Share(each.payment_id, each.left) for each in found if each.payment_id not in refused]
