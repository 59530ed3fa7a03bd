"""A customer asks for direct bill; finance of the provider decides. Each decision has its reason, and is audited."""

from django.db import IntegrityError, transaction

from kinline.audit import services as audit
from kinline.audit.actions import Action
from kinline.billing.models import Application, Standing
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger.services import open_direct_bill_account
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.people.authority import is_permitted
from kinline.people.models import User
from kinline.people.permissions import Permission


class ApplicationRefused(Exception):
    """It cannot be asked for like this: says why and what to do."""


class NotYoursToDecide(Exception):
    """Only finance of the provider gives credit."""


class AlreadyDecided(Exception):
    """Somebody decided otherwise before."""


def apply(customer_id: int, limit: Money, purpose: str, at: Instant) -> Application:
    """Ask for direct bill with a credit limit. Raises `ApplicationRefused`."""
    if limit <= ZERO:
        raise ApplicationRefused("The credit limit must be more than nothing: give an amount such as 200.00.")
    if not purpose.strip():
        raise ApplicationRefused("Say what the account is for, for example a law office.")
    try:
        with transaction.atomic():
            return Application.objects.create(
                customer_id=customer_id, asked_limit=limit.micros, purpose=purpose.strip()[:200], at=at
            )
    except IntegrityError as error:
        raise ApplicationRefused("You have asked already: wait for the decision.") from error


@transaction.atomic
def approve(application: Application, decided_by: User, limit: Money, reason: str, at: Instant) -> AccountId:
    """Give credit up to `limit`. Raises `NotYoursToDecide`, `AlreadyDecided`; `ledger.services.NotEnough` when more is
    owed than that."""
    if limit <= ZERO:
        raise ApplicationRefused("The credit limit must be more than nothing: refuse the application instead.")
    _decide(application, Standing.APPROVED, decided_by, limit, reason, at)
    told = f"application/{application.pk}/approved"
    notices.tell_customer(
        application.customer_id, Kind.DIRECT_BILL_APPROVED, told, at, limit=limit, reason=reason[:200]
    )
    return open_direct_bill_account(application.customer_id, limit)


@transaction.atomic
def refuse(application: Application, decided_by: User, reason: str, at: Instant) -> None:
    """Give no credit. Raises `NotYoursToDecide`, `AlreadyDecided`."""
    _decide(application, Standing.REFUSED, decided_by, None, reason, at)
    told = f"application/{application.pk}/refused"
    notices.tell_customer(application.customer_id, Kind.DIRECT_BILL_REFUSED, told, at, reason=reason[:200])


def _decide(
    application: Application, standing: Standing, decided_by: User, limit: Money | None, reason: str, at: Instant
) -> None:
    if not is_permitted(decided_by, Permission.GIVE_CREDIT):
        raise NotYoursToDecide(decided_by.pk)
    decided = Application.objects.filter(pk=application.pk, standing=Standing.PENDING).update(
        standing=standing,
        decided_at=at,
        decided_by=decided_by,
        credit_limit=None if limit is None else limit.micros,
        decision=reason[:200],
    )
    if not decided:
        raise AlreadyDecided(application.pk)
    audit.record(
        f"user/{decided_by.pk}",
        Action.DIRECT_BILL_DECIDED,
        f"customer/{application.customer_id}",
        at,
        before={"standing": Standing.PENDING.value, "asked": str(Money(application.asked_limit))},
        after={"standing": standing.value, "limit": None if limit is None else str(limit)},
        reason=reason,
    )
