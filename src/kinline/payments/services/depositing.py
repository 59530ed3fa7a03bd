"""A payment by card, from its beginning to the money on the account."""

from typing import Final

import structlog
from django.db import transaction

from kinline.billing.queries import debts_of
from kinline.billing.services import pay_debt, tell_received
from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.core.reasons import Reason
from kinline.ledger import queries as books
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.payments.errors import AnotherPayment, NotTaken, NotTheirs, ReferenceUsed
from kinline.payments.models import ARRIVED, UNFINISHED, Payment, PaymentState, SavedCard, Way, new_reference
from kinline.payments.services import limits, outcomes
from kinline.payments.services.holders import provider_customer
from kinline.people.models import Customer
from kinline.providers.cards import CardDeclined, CardProvider, Intent, IntentState, ProviderError, card_provider
from kinline.statements import retried

log = structlog.get_logger("payments")

KEY_LIVES: Final = 20 * 3_600_000
"""Providers forget a key after a day or more; asked later, the same request would be a second payment."""
_STATES = {
    IntentState.NEEDS_ACTION: PaymentState.REQUIRES_ACTION,
    IntentState.PROCESSING: PaymentState.PROCESSING,
    IntentState.CANCELLED: PaymentState.CANCELLED,
}


def ready() -> CardProvider:
    """The provider. Raises `NotTaken` where none is set up."""
    provider = card_provider()
    if provider is None:
        raise NotTaken(Reason.PAY_NOT_SET_UP)
    return provider


def begin(
    customer_id: int,
    account_id: AccountId,
    amount: Money,
    at: Instant,
    *,
    pays: AccountId | None = None,
    save_card: bool = False,
    reference: str = "",
) -> Payment:
    """A payment whose card is then entered in the provider's form (`client_secret`).

    `pays`: a debt of theirs that the money pays as soon as it has arrived; what is not owed then stays on the account.
    `reference`: the same one begins the same payment. Raises `NotTaken`, `NotTheirs`, `ReferenceUsed`; `ProviderError`
    when the provider does not answer: nothing was charged, and the same reference may be tried again.
    """
    provider = ready()
    payment = opened(
        customer_id, account_id, amount, Way.NEW_CARD, at, pays=pays, save_card=save_card, reference=reference
    )
    if payment.intent:
        return payment
    holder = provider_customer(provider, customer_id)
    intent = provider.begin(_key(payment), amount, holder, payment.reference, save_card=payment.save_card)
    return apply(payment.pk, intent, at)


def client_secret(payment: Payment) -> str:
    """What the browser needs to pay; empty when there is nothing left to pay. Raises `ProviderError`."""
    if payment.way != Way.NEW_CARD or not payment.intent or payment.state in ARRIVED:
        return ""
    return ready().intent(payment.intent).client_secret


def action_url(payment: Payment) -> str:
    """Where the customer confirms to their bank; empty when there is nothing to confirm. Raises `ProviderError`."""
    if payment.state != PaymentState.REQUIRES_ACTION:
        return ""
    return ready().intent(payment.intent).action_url


def charge(
    customer_id: int,
    account_id: AccountId,
    amount: Money,
    card_id: int,
    at: Instant,
    *,
    way: Way = Way.SAVED_CARD,
    pays: AccountId | None = None,
    reference: str = "",
    return_url: str = "",
) -> Payment:
    """Charge a saved card. The payment's state tells what came of it: succeeded, failed with its reason, waiting for
    the bank (`requires_action`, `processing`), or `created` when the provider did not answer: `reconcile` finds out.

    `pays`: as in `begin`. `return_url`: the customer is at a browser, to which their bank may send them back. Raises
    `NotTaken`, `NotTheirs`, `ReferenceUsed`.
    """
    payment = opened(
        customer_id, account_id, amount, way, at, card=card_id, pays=pays, reference=reference, return_url=return_url
    )
    return payment if payment.intent or payment.state not in UNFINISHED else send(payment, at)


def send(payment: Payment, at: Instant) -> Payment:
    """Ask the provider to charge the saved card of a payment: the same request, however often, under the same key."""
    provider = ready()
    card = payment.card
    if card is None:
        raise NotTheirs("a payment without a saved card cannot be sent")
    try:
        holder = provider_customer(provider, payment.customer_id)
        intent = provider.charge(
            _key(payment),
            Money(payment.amount),
            holder,
            card.provider_id,
            payment.reference,
            return_url=payment.return_url,
        )
    except CardDeclined as declined:
        log.info("payment.declined", payment=payment.reference, code=declined.code)
        return fail(payment.pk, declined.reason, at, intent=declined.intent)
    except ProviderError as error:
        if error.is_transient:
            log.warning("payment.unanswered", payment=payment.reference)
            return payment
        log.error("payment.refused", payment=payment.reference, said=str(error))
        return fail(payment.pk, Reason.PAY_PROVIDER_UNREACHABLE, at)
    return _applied(provider, payment, intent, at)


def send_again(payment: Payment, at: Instant) -> Payment:
    """A charge that was not answered: bring it to what the provider made of it; where it made nothing, send it again,
    or fail it once the provider may have forgotten the key. Raises `ProviderError`: then nothing is known."""
    provider = ready()
    intent = provider.intent_of(provider_customer(provider, payment.customer_id), payment.reference)
    if intent is not None:
        return _applied(provider, payment, intent, at)
    if at - payment.created_at < KEY_LIVES:
        return send(payment, at)
    log.error("payment.lost", payment=payment.reference)
    return fail(payment.pk, Reason.PAY_PROVIDER_UNREACHABLE, at)


def _applied(provider: CardProvider, payment: Payment, intent: Intent, at: Instant) -> Payment:
    applied = apply(payment.pk, intent, at)
    if applied.state == PaymentState.FAILED and intent.state is IntentState.NEEDS_ACTION:
        _abandon(provider, applied)
    return applied


def _abandon(provider: CardProvider, payment: Payment) -> None:
    """Let the provider forget a payment that we gave up; that it does not answer changes nothing."""
    try:
        provider.cancel(f"{_key(payment)}/cancel", payment.intent)
    except ProviderError:
        log.warning("payment.not_abandoned", payment=payment.reference)


def abandon(payment: Payment, at: Instant) -> Payment:
    """Give up a payment whose form nobody filled in, or that nobody confirmed to their bank, unless it is paid in this
    moment. Raises `ProviderError`."""
    return apply(payment.pk, ready().cancel(f"{_key(payment)}/cancel", payment.intent), at)


def observe(payment_id: int, at: Instant) -> Payment:
    """Ask the provider how a payment stands, and bring ours to it. Raises `ProviderError`."""
    payment = Payment.objects.get(pk=payment_id)
    if not payment.intent:
        return payment
    return apply(payment.pk, ready().intent(payment.intent), at)


@retried
def apply(payment_id: int, intent: Intent, at: Instant) -> Payment:
    """Bring a payment to the state that the provider tells, with the ledger: the money arrives exactly once, however
    often and in whatever order this is called. Raises `AnotherPayment`."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        is_ours = intent.reference == payment.reference and intent.is_in_dollars
        if not is_ours or intent.amount != Money(payment.amount):
            log.error("payment.is_another", payment=payment.reference, intent=intent.id)
            raise AnotherPayment(f"{intent.id} is not the payment {payment.reference} of {Money(payment.amount)}")
        if payment.state in ARRIVED:
            return payment
        payment.intent = payment.intent or intent.id
        before = payment.state
        match intent.state:
            case IntentState.SUCCEEDED:
                # Also one that was given up here in the meantime: the card was charged, so the money is theirs.
                ledger.transfer(_deposit(payment), at)
                _pay_on(payment, at)
                payment.state, payment.reason = PaymentState.SUCCEEDED, ""
            case IntentState.NEEDS_CARD if intent.failure is not None:
                payment.state, payment.reason = PaymentState.FAILED, intent.failure.value
            case IntentState.NEEDS_CARD:
                pass
            case IntentState.CANCELLED if payment.state == PaymentState.FAILED:
                pass
            case IntentState.CANCELLED:
                payment.state, payment.reason = PaymentState.CANCELLED, Reason.PAY_UNFINISHED.value
            case IntentState.NEEDS_ACTION if payment.way in (Way.RELOAD, Way.PHONE):
                # Nobody is there to confirm it.
                payment.state, payment.reason = PaymentState.FAILED, Reason.PAY_AUTHENTICATION_NEEDED.value
            case _:
                payment.state = _STATES[intent.state]
        _changed(payment, before, at)
    return payment


@retried
def fail(payment_id: int, reason: Reason, at: Instant, intent: str = "") -> Payment:
    """A payment that the provider refused to make."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.state not in UNFINISHED:
            return payment
        before = payment.state
        payment.intent = payment.intent or intent
        payment.state, payment.reason = PaymentState.FAILED, reason.value
        _changed(payment, before, at)
    return payment


@retried
def give_up(payment_id: int, at: Instant) -> Payment:
    """A payment that the provider never heard of and that nobody can make any more."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.state == PaymentState.CREATED and not payment.intent:
            payment.state, payment.reason = PaymentState.CANCELLED, Reason.PAY_UNFINISHED.value
            _changed(payment, PaymentState.CREATED, at)
    return payment


def _changed(payment: Payment, before: str, at: Instant) -> None:
    if payment.state != before:
        payment.changed_at = at
        outcomes.count(payment, at)
        log.info("payment.changed", payment=payment.reference, state=payment.state, reason=payment.reason)
    payment.save()


def _pay_on(payment: Payment, at: Instant) -> None:
    if payment.pays_id is not None:
        prepaid, debt = AccountId(payment.account_id), AccountId(payment.pays_id)
        if paid := pay_debt(prepaid, debt, Money(payment.amount), payment.debt_key, at):
            tell_received(paid, at)


def _deposit(payment: Payment) -> Order:
    return Order(
        payment.deposit_key,
        books.house_account(AccountKind.CLEARING),
        AccountId(payment.account_id),
        Money(payment.amount),
        "deposit",
    )


@retried
def opened(
    customer_id: int,
    account_id: AccountId,
    amount: Money,
    way: Way,
    at: Instant,
    *,
    card: int | None = None,
    pays: AccountId | None = None,
    save_card: bool = False,
    reference: str = "",
    return_url: str = "",
) -> Payment:
    """The payment of this reference, written down before the provider hears of it. Raises `NotTaken`, `NotTheirs`,
    `ReferenceUsed`."""
    provider = ready()
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer_id)  # one payment of theirs is begun at a time
        earlier = Payment.objects.filter(reference=reference).select_related("card").first() if reference else None
        if earlier is not None:
            asked = (customer_id, amount.micros, account_id, pays, way)
            found = (earlier.customer_id, earlier.amount, earlier.account_id, earlier.pays_id, earlier.way)
            # By telephone nobody chose the card: it is the last saved one, which may be another by now.
            if found != asked or (way == Way.SAVED_CARD and earlier.card_id != card):
                raise ReferenceUsed(reference)
            return earlier
        limits.check(provider, customer_id, amount, way, at)
        theirs = SavedCard.objects.filter(customer_id=customer_id, removed_at=None)
        if card is not None and not theirs.filter(pk=card).exists():
            raise NotTheirs("this card is not, or no longer, one of theirs")
        if pays is not None and pays not in {debt.account for debt in debts_of(customer_id)}:
            raise NotTheirs("this debt is not, or no longer, one of theirs")
        account = Account.objects.filter(pk=account_id).first()
        if account is None:
            raise NotTheirs("no such account")
        if account.closed_at is not None:
            raise NotTaken(Reason.PAY_ACCOUNT_CLOSED)
        return Payment.objects.create(
            reference=reference or new_reference(),
            customer_id=customer_id,
            account_id=account_id,
            amount=amount.micros,
            way=way,
            card_id=card,
            pays_id=pays,
            save_card=save_card,
            return_url=return_url,
            provider=provider.name,
            created_at=at,
            changed_at=at,
            asked_at=at,
        )


def _key(payment: Payment) -> str:
    return f"{payment.provider}/payment/{payment.reference}"
