"""Disputes (chargebacks): what is left of the payment is frozen until the bank decides, and the account is reviewed."""

import structlog
from django.db import transaction
from django.db.models import Sum

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.services import pay_again, reopen_debt, tell_received, tell_returned
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.payments.models import Dispute, Payment, PaymentState
from kinline.payments.services.depositing import observe, ready
from kinline.providers.cards import DisputeAnswer, DisputeState
from kinline.statements import retried

log = structlog.get_logger("payments")


def observe_dispute(dispute_id: str, at: Instant) -> Dispute | None:
    """Ask the provider how a dispute stands and bring the books to it; None: it is about no payment of ours.
    Raises `ProviderError`."""
    provider = ready()
    answer = provider.dispute(dispute_id)
    payment = Payment.objects.filter(provider=provider.name, intent=answer.intent).exclude(intent="").first()
    if payment is None:
        return None
    observe(payment.pk, at)  # the money must have come before it can be taken back
    return _apply(payment.pk, answer, at)


@retried
def _apply(payment_id: int, answer: DisputeAnswer, at: Instant) -> Dispute:
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        account = Account.objects.select_for_update().get(pk=payment.account_id)
        dispute, _ = Dispute.objects.get_or_create(
            provider_id=answer.id,
            defaults={"payment": payment, "amount": answer.amount.micros, "opened_at": at, "changed_at": at},
        )
        before = dispute.state
        if before in (answer.state, DisputeState.WON, DisputeState.LOST):  # decided is decided
            return dispute
        match answer.state:
            case DisputeState.INQUIRY if before:
                return dispute
            case DisputeState.INQUIRY:
                pass
            case DisputeState.OPEN:
                _freeze(dispute, payment, account, at)
            case DisputeState.WON:
                _thaw(dispute, payment, account, at)
            case DisputeState.LOST:
                if before != DisputeState.OPEN:
                    _freeze(dispute, payment, account, at)
                _write_off(dispute, payment, account, at)
        dispute.state, dispute.cause, dispute.changed_at = answer.state.value, answer.cause[:60], at
        dispute.save()
        _weigh(payment, at)
        account.save(update_fields=["review_since"])
        log.warning("dispute.changed", dispute=dispute.provider_id, payment=payment.reference, state=dispute.state)
    return dispute


def _freeze(dispute: Dispute, payment: Payment, account: Account, at: Instant) -> None:
    """Whatever of the amount is not spent and not on hold for a call: an account never goes below nothing. What is
    disputed of a payment that paid a debt is owed again. Of a resident's own account, which others feed too, the
    amount alone is frozen."""
    reopened = _reopened(payment, at)
    account.refresh_from_db()
    dispute.frozen = max(min(dispute.amount, account.posted - account.held), 0)
    _move(f"{dispute.provider_id}/freeze", payment, account.pk, AccountKind.DISPUTED, dispute.frozen, "dispute", at)
    if account.kind != AccountKind.RESIDENT_DEBIT:
        account.review_since = account.review_since or at
    told, amount = f"dispute/{dispute.provider_id}/opened", Money(dispute.amount)
    notices.tell_customer(payment.customer_id, Kind.PAYMENT_DISPUTED, told, at, amount=amount)
    if reopened > ZERO:
        left = payment.amount - payment.refunded - _weighing(payment) - dispute.amount
        left = min(left, reopened.micros, account.posted - account.held - dispute.frozen)
        paid = _pay_debt_again(dispute, payment, "rest", left, at)
        if (returned := reopened - Money(paid.amount if paid else 0)) > ZERO:
            tell_returned(payment.customer_id, returned, f"dispute/{dispute.provider_id}/returned", at)


def _thaw(dispute: Dispute, payment: Payment, account: Account, at: Instant) -> None:
    _move(f"{dispute.provider_id}/thaw", payment, AccountKind.DISPUTED, account.pk, dispute.frozen, "dispute", at)
    if paid := _pay_debt_again(dispute, payment, "won", dispute.frozen, at):
        tell_received(paid, at)
    if not _others_weigh(dispute, account):
        account.review_since = None


def _reopened(payment: Payment, at: Instant) -> Money:
    return reopen_debt(AccountId(payment.pays_id), payment.debt_key, at) if payment.pays_id else ZERO


def _pay_debt_again(dispute: Dispute, payment: Payment, part: str, micros: int, at: Instant) -> Transfer | None:
    """With what of the payment is not disputed, or not any more."""
    if payment.pays_id is None:
        return None
    accounts = AccountId(payment.account_id), AccountId(payment.pays_id)
    return pay_again(*accounts, Money(micros), payment.debt_key, f"{dispute.pk}/{part}", at)


def _write_off(dispute: Dispute, payment: Payment, account: Account, at: Instant) -> None:
    """What was spent of it is our loss. Then the account stays under review until staff have looked at it."""
    lost = dispute.amount - dispute.frozen
    frozen = (AccountKind.DISPUTED, AccountKind.CLEARING, dispute.frozen)
    _move(f"{dispute.provider_id}/lost", payment, *frozen, "chargeback", at)
    spent = (AccountKind.CHARGEBACKS, AccountKind.CLEARING, lost)
    _move(f"{dispute.provider_id}/written_off", payment, *spent, "chargeback", at)
    if not lost and not _others_weigh(dispute, account):
        account.review_since = None


def _weigh(payment: Payment, at: Instant) -> None:
    """What all disputes of a payment together keep from being given back: those that are open, and those that were
    lost. A payment can be disputed in parts."""
    payment.disputed = _weighing(payment)
    if payment.disputed:
        payment.state = PaymentState.DISPUTED
    elif payment.state == PaymentState.DISPUTED:
        is_all = payment.refunded == payment.amount
        payment.state = PaymentState.REFUNDED if is_all else PaymentState.SUCCEEDED
    payment.changed_at = at
    payment.save()


def _weighing(payment: Payment) -> int:
    weighing = payment.disputes.filter(state__in=(DisputeState.OPEN, DisputeState.LOST))
    return weighing.aggregate(sum=Sum("amount"))["sum"] or 0


def _others_weigh(dispute: Dispute, account: Account) -> bool:
    """Whether another dispute keeps the account under review: one that is open, or that cost us money."""
    others = Dispute.objects.filter(payment__account=account).exclude(pk=dispute.pk)
    return any(
        other.state == DisputeState.OPEN or (other.state == DisputeState.LOST and other.frozen < other.amount)
        for other in others
    )


@transaction.atomic
def lift_review(account_id: AccountId, actor: str, at: Instant, reason: str) -> None:
    """Staff have looked: the account may be spent from again. Audited; whether they may is for the caller to know."""
    account = Account.objects.select_for_update().get(pk=account_id)
    since = account.review_since
    if since is None:
        return
    account.review_since = None
    account.save(update_fields=["review_since"])
    audit.record(
        actor, Action.REVIEW_LIFTED, f"account/{account_id}", at, before={"review_since": since}, reason=reason
    )
    told = f"account/{account_id}/review/{since}/lifted"
    notices.tell_customer(account.customer_id, Kind.REVIEW_LIFTED, told, at)


def _move(
    name: str,
    payment: Payment,
    debit: AccountKind | int,
    credit: AccountKind | int,
    micros: int,
    reason: str,
    at: Instant,
) -> None:
    if Money(micros) > ZERO:
        key = f"{payment.provider}/{name}"
        ledger.transfer(Order(key, _account(debit), _account(credit), Money(micros), reason), at)


def _account(place: AccountKind | int) -> AccountId:
    return books.house_account(place) if isinstance(place, AccountKind) else AccountId(place)
