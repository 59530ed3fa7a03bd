"""Watching balances and calls that did not come through."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from kinline.alerts.models import BalanceWatch
from kinline.alerts.queries import price_of
from kinline.calls.models import Call, CallState
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import AccountId, Instant, new_call_id
from kinline.core.money import Money
from kinline.core.reasons import CATALOGUE, Reason
from kinline.core.telling import watched
from kinline.ledger.models import Account, AccountKind
from kinline.notices import services as notices
from kinline.notices.kinds import Kind
from kinline.notices.models import Message, PageNotice
from kinline.people.models import CustomerNumber

USUAL: Final = Money.of_cents(2_00)
"""Below this a balance is low, for who set nothing."""
FEWEST_MINUTES: Final = 1
MOST_MINUTES: Final = 600
_AT_ONCE: Final = 500
_DAY: Final = 24 * 3_600_000
LOOKS_BACK: Final = 3_600_000
"""Milliseconds in which a refused attempt is found, should the worker have stood still."""


class NoPrice(Exception):
    """Nobody calls them for money now, so minutes have no price: a threshold in dollars is needed."""


def set_threshold(
    account_id: AccountId, at: Instant, *, money: Money | None = None, minutes: int | None = None
) -> None:
    """Tell the account's customer when less than this is left: money, or the price of so many minutes. What is low
    already is not told. Raises `NoPrice`, `ValueError`."""
    account = Account.objects.get(pk=account_id, kind=AccountKind.CUSTOMER_PREPAID)
    if minutes is not None:
        if not FEWEST_MINUTES <= minutes <= MOST_MINUTES or account.customer_id is None:
            raise ValueError("a threshold is 1 to 600 minutes")
        money = price_of(account.customer_id, minutes, at)
        if money is None:
            raise NoPrice
    if money is None or money.micros <= 0:
        raise ValueError("a threshold is more than nothing")
    with transaction.atomic():
        watch = BalanceWatch.objects.select_for_update().filter(account_id=account_id).first()
        watch = watch or BalanceWatch(account_id=account_id)
        watch.threshold, watch.minutes, watch.priced_at = money.micros, minutes, at
        watch.is_armed = watched(False, Money(account.posted), money).is_armed
        watch.save()


def watch_balances(at: Instant) -> int:
    """Tell whose balance has fallen below their threshold; how many."""
    _begin_watching()
    _price_again(at)
    crossed = BalanceWatch.objects.filter(
        Q(is_armed=False, account__posted__gte=F("threshold")) | Q(is_armed=True, account__posted__lt=F("threshold"))
    )
    return sum(_looked_at(watch_id, at) for watch_id in crossed.values_list("pk", flat=True)[:_AT_ONCE])


def _begin_watching() -> None:
    """Each prepaid account, from when it first holds as much as the usual threshold."""
    unwatched = Account.objects.filter(
        kind=AccountKind.CUSTOMER_PREPAID, closed_at=None, watch=None, posted__gte=USUAL.micros
    )
    BalanceWatch.objects.bulk_create(
        [
            BalanceWatch(account_id=account_id, threshold=USUAL.micros, is_armed=True)
            for account_id in unwatched.values_list("pk", flat=True)[:_AT_ONCE]
        ],
        ignore_conflicts=True,
    )


def _price_again(at: Instant) -> None:
    """Prices change: minutes are priced once a day. One that has no price now keeps its last."""
    stale = BalanceWatch.objects.filter(minutes__isnull=False, priced_at__lt=at - _DAY)
    for watch in stale.select_related("account").order_by("priced_at")[:_AT_ONCE]:
        price = price_of(watch.account.customer_id or 0, watch.minutes or 0, at)
        BalanceWatch.objects.filter(pk=watch.pk, minutes=watch.minutes).update(
            threshold=watch.threshold if price is None else price.micros, priced_at=at
        )


def _looked_at(watch_id: int, at: Instant) -> bool:
    """Whether it was told."""
    with transaction.atomic():
        watch = BalanceWatch.objects.select_for_update().get(pk=watch_id)
        account = Account.objects.get(pk=watch.account_id)
        balance = Money(account.posted)
        seen = watched(watch.is_armed, balance, Money(watch.threshold))
        tells = seen.tells and account.closed_at is None
        watch.is_armed = seen.is_armed
        watch.falls += tells
        watch.save()
        if tells:
            key = f"low_balance/{account.pk}/{watch.falls}"
            threshold = Money(watch.threshold)
            notices.tell_customer(
                account.customer_id,
                Kind.LOW_BALANCE,
                key,
                at,
                balance=Money.of_cents(balance.cents),
                threshold=threshold,
            )
    return tells


def tell_missed_calls(at: Instant) -> int:
    """Tell families of attempts that were refused before they rang, once a day for a resident and a reason; how many
    were told. Of what protects somebody (an order of no contact, an investigation) nobody is told."""
    since, until = new_call_id(Instant(at - LOOKS_BACK), 0), new_call_id(at, 0)
    refused = Call.objects.filter(
        id__gt=since, id__lt=until, state=CallState.SETTLED, disposition=Disposition.DENIED.value
    ).exclude(called_party="")
    calls = refused.exclude(resident=None).select_related("resident", "facility").order_by("id")
    told = 0
    for batch in batched(calls.iterator(chunk_size=_AT_ONCE), _AT_ONCE):
        told += _tell_of(batch, at)
    return told


def _tell_of(calls: Sequence[Call], at: Instant) -> int:
    holders = CustomerNumber.objects.filter(number__in={call.called_party for call in calls}, is_verified=True)
    missed = {
        _key(holder.customer_id, call): (holder.customer_id, call)
        for holder in holders
        for call in calls
        if call.called_party == holder.number and not CATALOGUE[Reason(call.reason)].is_protected
    }
    known = set(PageNotice.objects.filter(key__in=missed).values_list("key", flat=True))
    known |= set(Message.objects.filter(key__in=missed).values_list("key", flat=True))
    for key in missed.keys() - known:
        customer_id, call = missed[key]
        name = call.resident.name if call.resident else ""
        why = Reason(call.reason)
        notices.tell_customer(customer_id, Kind.MISSED_CALL, key, at, resident=name, number=call.called_party, why=why)
    return len(missed.keys() - known)


def _key(customer_id: int, call: Call) -> str:
    zone = ZoneInfo(call.facility.time_zone)
    day = datetime.fromtimestamp(call.opened_at / 1000, UTC).astimezone(zone).date()
    return f"missed/{customer_id}/{call.resident_id}/{call.reason}/{day}"


def batched(calls: Iterable[Call], size: int) -> Iterator[list[Call]]:
    """As `itertools.batched` of Python 3.12."""
    rest = iter(calls)
    while batch := list(islice(rest, size)):
        yield batch
