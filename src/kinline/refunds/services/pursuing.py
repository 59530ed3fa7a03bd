"""What the worker looks after: refunds that a card did not take, accounts that were held, money that came late, and
cheques that came back."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from kinline.billing.services import give_back_number, give_back_overpaid, give_back_rest
from kinline.contacts.models import DedicatedNumber
from kinline.core.identity import AccountId, Instant, ResidentId
from kinline.core.money import ZERO, Money
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.services import NotEnough
from kinline.payments.models import RefundState
from kinline.people.models import ResidentStatus
from kinline.refunds.models import CardPart, PayOut, PayOutState, WindingUp
from kinline.refunds.services.asking import pay_out
from kinline.refunds.services.paying_out import ask_for_address
from kinline.refunds.services.winding_up import finish, release

_AT_ONCE = 500


def pursue(at: Instant) -> int:
    """Bring on what waits. How many things were dealt with."""
    done = _refused_by_cards(at)
    waiting = WindingUp.objects.filter(done_at=None, taken_back_at=None, account__held=0).order_by("pk")
    done += sum(finish(wound, at).done_at is not None for wound in waiting[:_AT_ONCE])
    bills = Account.objects.filter(closed_at__isnull=False, kind=AccountKind.DIRECT_BILL, posted__gt=F("held"))
    for bill in bills.filter(review_since=None)[:_AT_ONCE]:
        give_back_overpaid(bill.customer_id or 0, at)
    late = Account.objects.filter(closed_at__isnull=False, kind=AccountKind.CUSTOMER_PREPAID, posted__gt=F("held"))
    for account in late.filter(review_since=None)[:_AT_ONCE]:
        done += _came_late(account, at)
    left = Account.objects.filter(
        kind=AccountKind.RESIDENT_DEBIT, resident__status=ResidentStatus.RELEASED, posted__gt=0, held=0
    )
    for resident in left.values_list("resident_id", flat=True)[:_AT_ONCE]:
        done += release(ResidentId(resident or 0), None, "system", at) is not None
    back = PayOut.objects.filter(standing=PayOutState.RETURNED, told_at=None, refund__account__customer__isnull=False)
    done += sum(ask_for_address(number, at) for number in back.values_list("pk", flat=True)[:_AT_ONCE])
    return done + _set_aside_for_nothing(at)


def _set_aside_for_nothing(at: Instant) -> int:
    """What a family set aside for a number that nobody calls any more is on their own account again, to be used or
    given back: its only resident was released, or the number was given back. A call in progress is waited for."""
    held = Account.objects.filter(kind=AccountKind.DEDICATED, number=OuterRef("number"), held__gt=0)
    numbers = DedicatedNumber.objects.filter(~Exists(held), resident__status=ResidentStatus.RELEASED).order_by("pk")
    nobodys = ~Exists(DedicatedNumber.objects.filter(number=OuterRef("number"), customer__isnull=False))
    rest = Account.objects.filter(nobodys, kind=AccountKind.DEDICATED, posted__gt=0, held=0).order_by("pk")
    done = sum(_unless_in_use(give_back_number, number, at) for number in numbers[:_AT_ONCE])
    return done + sum(_unless_in_use(give_back_rest, AccountId(account.pk), at) for account in rest[:_AT_ONCE])


def _unless_in_use(give_back: Callable[..., None], what: DedicatedNumber | AccountId, at: Instant) -> bool:
    try:
        give_back(what, at)
    except NotEnough:  # a call has begun in this moment
        return False
    return True


def _refused_by_cards(at: Instant) -> int:
    """What a card did not take is on the account again: a cheque, where somebody said an address; else it stays there,
    and the family's page says so."""
    failed = CardPart.objects.filter(card_refund__state=RefundState.FAILED, given_up_at=None)
    parts = list(failed.values_list("pk", flat=True)[:_AT_ONCE])
    for part_id in parts:
        with transaction.atomic():
            part = CardPart.objects.select_for_update(of=("self",)).select_related("card_refund").get(pk=part_id)
            if part.given_up_at is not None:
                continue
            account = Account.objects.select_for_update().get(pk=part.refund.account_id)
            free = Money.of_cents(Money(account.posted - account.held).cents)
            amount = min(Money(part.card_refund.amount), free)
            if part.refund.street and amount > ZERO:
                pay_out(part.refund, amount, at)
            part.given_up_at = at
            part.save(update_fields=["given_up_at"])
    return len(parts)


def _came_late(account: Account, at: Instant) -> bool:
    """A payment that was under way when its account was closed, or that came back from a card: it goes the same way as
    the balance did."""
    if WindingUp.objects.filter(account=account, done_at=None, taken_back_at=None).exists():
        return False
    closing = WindingUp.objects.filter(account=account, taken_back_at=None).order_by("-pk").first()
    if closing is None:
        return False
    again = WindingUp.objects.create(
        account=account,
        cause=closing.cause,
        asked_by="system",
        asked_at=at,
        **{name: getattr(closing, name) for name in ("recipient", "street", "city", "state", "postal_code")},
    )
    return finish(again, at).done_at is not None
