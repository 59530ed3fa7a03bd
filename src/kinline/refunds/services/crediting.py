"""Credits that staff give: with a reason of the catalogue, a limit by role, and a second person above it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Sum

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.calls.models import Call, CallState
from kinline.calls.queries import credited_later
from kinline.core.crediting import at_most
from kinline.core.identity import AccountId, CallId, FacilityId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import services as ledger
from kinline.ledger.models import Account, AccountKind
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.people.models import Role, StaffRole, User
from kinline.refunds.errors import MoreThanTheCall, NotYourRole, OtherRequest, WrongStanding
from kinline.refunds.models import CreditReason, CreditState, StaffCredit
from kinline.statements import retried

_DAY: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody may give alone to an account in a day, propose to a second person, and confirm as that person."""

    alone: Money
    proposes: Money
    confirms: Money


LIMITS: Final[Mapping[Role, Limits]] = {
    Role.SUPPORT: Limits(Money.of_cents(10_00), Money.of_cents(100_00), ZERO),
    Role.FINANCE: Limits(Money.of_cents(50_00), Money.of_cents(1000_00), Money.of_cents(1000_00)),
    Role.PLATFORM_ADMINISTRATOR: Limits(Money.of_cents(50_00), Money.of_cents(1000_00), Money.of_cents(1000_00)),
}
"""It is the provider's money: nobody else gives it."""


def limits_of(user: User) -> Limits:
    """The highest of their roles; nothing at all for who has none of these."""
    held = [LIMITS[Role(role)] for role in _roles(user) if role in LIMITS]
    if not held:
        return Limits(ZERO, ZERO, ZERO)
    return Limits(
        max(each.alone for each in held), max(each.proposes for each in held), max(each.confirms for each in held)
    )


@retried
def give(
    account_id: AccountId,
    amount: Money,
    reason: CreditReason,
    text: str,
    by: User,
    at: Instant,
    *,
    call_id: CallId | None = None,
    reference: str = "",
) -> StaffCredit:
    """Give a credit, or propose it where the amount needs a second person: its state says which. The same reference is
    given once, and refused for anything else. For a call, at most what of its charge was not given back yet.

    Raises `NotYourRole`, `MoreThanTheCall`, `OtherRequest`.
    """
    if amount <= ZERO or amount != amount.up_to_cents:
        raise ValueError(f"a credit is whole cents and more than nothing, not {amount}")
    limits = limits_of(by)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account_id)
        earlier = StaffCredit.objects.filter(reference=reference).first() if reference else None
        if earlier is not None:
            asked = Money(earlier.amount).up_to_cents  # the last cent of a call was less than one
            same = (earlier.account_id, earlier.call_id, earlier.proposed_by_id, earlier.reason, asked)
            if same != (account_id, call_id, by.pk, reason, amount):
                raise OtherRequest(reference)
            return earlier
        if amount > limits.proposes:
            raise NotYourRole(f"at most {limits.proposes}")
        if call_id is not None:
            amount = _within_the_call(call_id, account_id, amount)
        made = StaffCredit(
            account_id=account_id,
            call_id=call_id,
            amount=amount.micros,
            reason=reason,
            text=text.strip()[:300],
            proposed_by=by,
            proposed_at=at,
        )
        if reference:
            made.reference = reference
        is_enough = amount + _alone_of_late(account_id, by, at) <= limits.alone
        made.state = CreditState.GRANTED if is_enough else CreditState.WAITING
        made.save()
        _record(made, by, Action.CREDIT_GRANTED if is_enough else Action.CREDIT_PROPOSED, at)
        if is_enough:
            _book(made, at)
    return made


@retried
def decide(credit_id: int, by: User, at: Instant, *, is_granted: bool) -> StaffCredit:
    """The second person's word. Raises `NotYourRole` for who proposed it, or may not confirm so much;
    `WrongStanding` when it was decided otherwise before; `MoreThanTheCall`."""
    with transaction.atomic():
        # As in `give` and for redials, the account first: what is left of a call is read by one at a time.
        Account.objects.select_for_update().get(staff_credits=credit_id)
        found = StaffCredit.objects.select_for_update().get(pk=credit_id)
        wanted = CreditState.GRANTED if is_granted else CreditState.REFUSED
        if found.state != CreditState.WAITING:
            if found.state == wanted and found.decided_by_id == by.pk:
                return found
            raise WrongStanding(found.state)
        if found.proposed_by_id == by.pk or Money(found.amount) > limits_of(by).confirms:
            raise NotYourRole("another person with the right to confirm so much must decide")
        if is_granted and found.call_id is not None:
            call_id, account_id = CallId(found.call_id), AccountId(found.account_id)
            found.amount = _within_the_call(call_id, account_id, Money(found.amount)).micros
        found.state, found.decided_by, found.decided_at = wanted, by, at
        found.save()
        _record(found, by, Action.CREDIT_GRANTED if is_granted else Action.CREDIT_REFUSED, at)
        if is_granted:
            _book(found, at)
    return found


def left_of_call(call: Call) -> Money:
    """What of a call's charge was not given back yet, by the call's end, a redial or staff."""
    credited = Money(call.credited) + credited_later(CallId(call.pk))
    return at_most(Money(call.charge), Money(call.charge), credited)


def _alone_of_late(account_id: AccountId, by: User, at: Instant) -> Money:
    """What they gave this account without a second person in the last day: many small credits are one large one."""
    alone = StaffCredit.objects.filter(account_id=account_id, proposed_by=by, proposed_at__gt=at - _DAY)
    given = alone.filter(state=CreditState.GRANTED, decided_by=None).aggregate(sum=Sum("amount"))
    return Money(given["sum"] or 0)


def _within_the_call(call_id: CallId, account_id: AccountId, amount: Money) -> Money:
    """Staff write whole cents, a charge is finer: who asks for its last cent gets what is left of it."""
    call = Call.objects.filter(pk=call_id, state=CallState.SETTLED, account_id=account_id).first()
    left = ZERO if call is None else left_of_call(call)
    if left == ZERO or amount > left.up_to_cents:
        raise MoreThanTheCall(left)
    return min(amount, left)


def _book(credit: StaffCredit, at: Instant) -> None:
    call_id = None if credit.call_id is None else CallId(credit.call_id)
    ours = house_account(AccountKind.CREDITS)
    amount = Money(credit.amount)
    ledger.transfer(Order(credit.key, ours, AccountId(credit.account_id), amount, "staff_credit", call_id), at)


def _record(credit: StaffCredit, by: User, action: Action, at: Instant) -> None:
    call = None if credit.call_id is None else Call.objects.filter(pk=credit.call_id).first()
    audit.record(
        f"user/{by.pk}",
        action,
        f"account/{credit.account_id}",
        at,
        facility=None if call is None else FacilityId(call.facility_id),
        after={
            "credit": credit.reference,
            "amount": str(Money(credit.amount)),
            "why": credit.reason,
            "call": credit.call_id,
            "proposed_by": credit.proposed_by_id,
        },
        reason=credit.text,
    )


def _roles(user: User) -> Collection[str]:
    return set(StaffRole.objects.filter(user=user).values_list("role", flat=True))
