"""Do our books and the payment provider's say the same? Every difference, one by one."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from kinline.core.identity import Instant
from kinline.core.money import Money
from kinline.ledger.models import AccountKind, Transfer
from kinline.ledger.queries import house_account

OUR_CURRENCY = "usd"
FEE = "/provider_fee"
"""How the key of a transfer ends that books what the provider kept for itself."""


@dataclass(frozen=True, slots=True)
class Row:
    """A movement between us and the provider: positive is money that came to us, negative a refund, a chargeback or
    what the provider kept. `key` is that of our transfer. Amounts are in the currency, 1/1,000,000 of its unit."""

    key: str
    amount: Money
    at: Instant
    currency: str = OUR_CURRENCY


class Fault(StrEnum):
    """How the two sides differ."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    OTHER_AMOUNT = "other_amount"
    OTHER_CURRENCY = "other_currency"
    FEE_NOT_BOOKED = "fee_not_booked"


@dataclass(frozen=True, slots=True)
class Difference:
    """One movement that is not the same on both sides; ZERO where a side knows nothing of it."""

    key: str
    ours: Money
    theirs: Money
    fault: Fault
    currency: str = OUR_CURRENCY

    def __str__(self) -> str:
        match self.fault:
            case Fault.MISSING_THERE:
                return f"{self.key}: we have {self.ours}, the provider nothing"
            case Fault.MISSING_HERE:
                return f"{self.key}: the provider has {self.theirs}, we nothing"
            case Fault.FEE_NOT_BOOKED:
                return f"{self.key}: the provider kept {-self.theirs}, we did not book it"
            case Fault.OTHER_CURRENCY:
                amount = str(self.theirs).replace("$", "")
                return f"{self.key}: we have {self.ours}, the provider {amount} {self.currency.upper()}"
            case Fault.OTHER_AMOUNT:
                return f"{self.key}: we have {self.ours}, the provider {self.theirs}"


def differences(ours: Iterable[Row], theirs: Iterable[Row]) -> list[Difference]:
    """The movements of both sides, key by key; the empty list when they agree. What one side counts twice differs."""
    here: Counter[str] = Counter()
    there: Counter[str] = Counter()
    currencies: dict[str, str] = {}
    for row in ours:
        here[row.key] += row.amount.micros
    for row in theirs:
        there[row.key] += row.amount.micros
        if row.currency != OUR_CURRENCY:
            currencies[row.key] = row.currency
    return [
        Difference(
            key,
            Money(here[key]),
            Money(there[key]),
            _fault(key, here, there, currencies),
            currencies.get(key, OUR_CURRENCY),
        )
        for key in sorted(here.keys() | there.keys())
        if here[key] != there[key] or key in currencies
    ]


def _fault(key: str, here: Counter[str], there: Counter[str], currencies: dict[str, str]) -> Fault:
    if key in currencies:
        return Fault.OTHER_CURRENCY
    if not there[key]:
        return Fault.MISSING_THERE
    if here[key]:
        return Fault.OTHER_AMOUNT
    return Fault.FEE_NOT_BOOKED if key.endswith(FEE) else Fault.MISSING_HERE


def through_clearing(prefix: str, since: Instant, until: Instant) -> Iterator[Row]:
    """Our movements whose key begins with `prefix` (`stripe/`), and their reversals, from `since` to before `until`."""
    return _rows(Q(at__gte=since, at__lt=until) & (Q(key__startswith=prefix) | Q(key__startswith=f"reverse/{prefix}")))


def with_keys(keys: Iterable[str]) -> Iterator[Row]:
    """Our movements through clearing with these keys, of any time."""
    return _rows(Q(key__in=list(keys)))


def _rows(which: Q) -> Iterator[Row]:
    clearing = house_account(AccountKind.CLEARING)
    transfers = Transfer.objects.filter(which).filter(Q(debit_id=clearing) | Q(credit_id=clearing))
    for key, debit, amount, at in transfers.values_list("key", "debit_id", "amount", "at").iterator():
        yield Row(key, Money(amount if debit == clearing else -amount), Instant(at))
