"""The provider's own books beside ours: fetched, its fees booked, and every difference listed.

What goes to our bank (payouts) stays on `clearing` and is for the bank's statement to prove. A dispute is one movement
to both sides, whichever way it went: while it is open the provider has the money.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q

from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import services as ledger
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order, reversal_of
from kinline.ledger.queries import house_account
from kinline.ledger.reconciliation import OUR_CURRENCY, Difference, Row, differences, through_clearing, with_keys
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.payments.models import BooksCheck, Dispute, Payment, ProviderMovement
from kinline.payments.services.depositing import ready
from kinline.people.models import Role, User
from kinline.providers.cards import DisputeState, Movement, MovementKind, card_provider

log = structlog.get_logger("payments")

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR
GRACE: Final = _HOUR
"""Younger movements may be known to one side alone: a message is on its way."""
OVERLAP: Final = 3 * _DAY
"""Days that are compared again, since movements of a provider appear late."""


def check_books(at: Instant) -> int:
    """Once a day (UTC): fetch, book, compare, and tell the provider's finance of differences. 1 when it was done.

    Raises `ProviderError`; the day is then tried again.
    """
    day = datetime.fromtimestamp(at / 1000, UTC).date()
    if card_provider() is None or BooksCheck.objects.filter(day=day).exists():
        return 0
    since, until = _unchecked_since(), Instant(at - GRACE)
    if since is None or since >= until:
        return 0
    fetch(since, until, at)
    found = books_differ(since, until)
    with transaction.atomic():
        BooksCheck.objects.update_or_create(
            day=day,
            defaults={
                "at": at,
                "since": since,
                "until": until,
                "movements": ProviderMovement.objects.filter(at__gte=since, at__lt=until).count(),
                "differences": len(found),
            },
        )
        if found:
            log.error("books.differ", day=day.isoformat(), differences=len(found))
            for user in User.objects.filter(roles__role=Role.FINANCE, is_active=True).distinct():
                notices.tell(user, Kind.BOOKS_DIFFER, f"books/{day}/{user.pk}", at, count=len(found), day=day)
    return 1


def fetch(since: Instant, until: Instant, at: Instant) -> int:
    """Keep what moved at the provider in this time, and book what it kept; how many movements were new.

    Booked at `at`, which is now: the days from `since` to `until` may be closed. Done again, it changes nothing.
    Raises `NotTaken`, `ProviderError`.
    """
    provider = ready()
    rows = [_stored(provider.name, each) for each in provider.movements(since, until)]
    known = set(ProviderMovement.objects.filter(at__gte=since, at__lt=until).values_list("movement_id", flat=True))
    ProviderMovement.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    for row in ProviderMovement.objects.filter(at__gte=since, at__lt=until).exclude(provider_fee=0):
        _book_fee(row, at)
    return sum(row.movement_id not in known for row in rows)


def books_differ(since: Instant, until: Instant) -> list[Difference]:
    """Every movement from `since` to before `until`, by either side's clock, that the other side has otherwise or not
    at all."""
    suspicious = {each.key for each in differences(_ours(since, until), _theirs(Q(at__gte=since, at__lt=until)))}
    if not suspicious:
        return []
    fees = [key.split("/")[1] for key in suspicious if key.endswith("/provider_fee")]
    of_any_time = Q(key__in=suspicious) | Q(movement_id__in=fees)  # the two sides may date a movement differently
    theirs = (row for row in _theirs(of_any_time) if row.key in suspicious)
    return differences(_ours_with(suspicious), theirs)


def _unchecked_since() -> Instant | None:
    last = BooksCheck.objects.order_by("-until").first()
    if last is not None:
        return Instant(max(last.until - OVERLAP, 0))
    first = Payment.objects.order_by("created_at").first()
    return None if first is None else Instant(max(first.created_at - _DAY, 0))


def _stored(provider: str, movement: Movement) -> ProviderMovement:
    return ProviderMovement(
        provider=provider,
        movement_id=movement.id,
        kind=movement.kind.value,
        key=_key(provider, movement),
        amount=movement.amount.micros,
        provider_fee=movement.fee.micros,
        currency=movement.currency,
        at=movement.at,
    )


def _key(provider: str, movement: Movement) -> str:
    """Of our transfer for it; what is none of ours keeps the provider's name, and so shows as a difference."""
    refund = f"{provider}/{movement.intent}/refund/{movement.reference}"
    match movement.kind:
        case MovementKind.PAYMENT if movement.intent:
            return f"{provider}/{movement.intent}/deposit"
        case MovementKind.REFUND if movement.reference:
            return refund
        case MovementKind.REFUND_RETURNED if movement.reference:
            return reversal_of(refund)
        case MovementKind.DISPUTE if movement.dispute:
            return _dispute_key(provider, movement.dispute)
        case MovementKind.FEE | MovementKind.PAYOUT:
            return ""
    return f"{provider}/{movement.id}"


def _dispute_key(provider: str, dispute: str) -> str:
    return f"{provider}/{dispute}/dispute"


def _book_fee(row: ProviderMovement, at: Instant) -> None:
    """What the provider kept is our cost. One that it gives back goes the other way."""
    if row.currency != OUR_CURRENCY:
        return
    fee, clearing = house_account(AccountKind.PROVIDER_FEE), house_account(AccountKind.CLEARING)
    debit, credit = (fee, clearing) if row.provider_fee > 0 else (clearing, fee)
    order = Order(row.provider_fee_key, debit, credit, Money(abs(row.provider_fee)), "provider_fee")
    ledger.transfer(order, at)


def _theirs(which: Q) -> Iterator[Row]:
    for row in ProviderMovement.objects.filter(which).iterator():
        at = Instant(row.at)
        if row.key:
            yield Row(row.key, Money(row.amount), at, row.currency)
        if row.provider_fee:
            yield Row(row.provider_fee_key, Money(-row.provider_fee), at, row.currency)


def _ours(since: Instant, until: Instant) -> Iterator[Row]:
    open_ones = Q(opened_at__gte=since, opened_at__lt=until)
    for provider in _providers():
        yield from _with_disputes_as_one(through_clearing(f"{provider}/", since, until))
    yield from _withheld(open_ones)


def _ours_with(keys: set[str]) -> Iterator[Row]:
    disputes = {key.split("/")[1] for key in keys if key.endswith("/dispute")}
    theirs = [key.removesuffix("/dispute") for key in keys if key.endswith("/dispute")]
    raw = [f"{key}/{end}" for key in theirs for end in ("lost", "written_off")]
    yield from _with_disputes_as_one(with_keys([*keys, *raw]))
    yield from _withheld(Q(provider_id__in=disputes))


def _with_disputes_as_one(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        name, _, end = row.key.rpartition("/")
        yield Row(f"{name}/dispute", row.amount, row.at) if end in ("lost", "written_off") else row


def _withheld(which: Q) -> Iterator[Row]:
    """What banks hold until they decide: no transfer of ours yet."""
    for dispute in Dispute.objects.filter(which, state=DisputeState.OPEN).select_related("payment"):
        key = _dispute_key(dispute.payment.provider, dispute.provider_id)
        yield Row(key, ZERO - Money(dispute.amount), Instant(dispute.opened_at))


def _providers() -> list[str]:
    return sorted(
        set(Payment.objects.order_by().values_list("provider", flat=True).distinct())
        | set(ProviderMovement.objects.order_by().values_list("provider", flat=True).distinct())
    )
