"""Do our books and the payment provider's say the same? Every difference, one by one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kinline.core.identity import Instant
from kinline.core.money import ZERO, Money
from kinline.ledger.models import AccountKind, Transfer
from kinline.ledger.queries import house_account


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A balance transaction of the provider. `key` is that of our transfer; `amount` is gross, before the
    provider's own fee: positive is money that came to us, negative a refund or a chargeback."""

    key: str
    amount: Money
    at: Instant


@dataclass(frozen=True, slots=True)
class Difference:
    """One movement that is not the same on both sides; ZERO where a side knows nothing of it."""

    key: str
    ours: Money
    theirs: Money

    def __str__(self) -> str:
        if self.theirs == ZERO:
            return f"{self.key}: we have {self.ours}, the provider nothing"
        if self.ours == ZERO:
            return f"{self.key}: the provider has {self.theirs}, we nothing"
        return f"{self.key}: we have {self.ours}, the provider {self.theirs}"


def differences(theirs: Iterable[ProviderRow], prefix: str, since: Instant, until: Instant) -> list[Difference]:
    """Our movements through clearing whose key begins with `prefix` (`stripe/`), from `since` to before `until`, beside
    the provider's of the same period; the empty list when they agree.

    A movement that the two sides date on different sides of a period's end shows in both periods, once on each side.
    """
    clearing = house_account(AccountKind.CLEARING)
    ours: Counter[str] = Counter()
    for transfer in Transfer.objects.filter(at__gte=since, at__lt=until):
        reversed_key = transfer.key.removeprefix("reverse/")
        if reversed_key.startswith(prefix) and clearing in (transfer.debit_id, transfer.credit_id):
            ours[transfer.key] += transfer.amount if transfer.debit_id == clearing else -transfer.amount
    provided: Counter[str] = Counter()
    for row in theirs:
        if since <= row.at < until:
            provided[row.key] += row.amount.micros
    return [
        Difference(key, Money(ours[key]), Money(provided[key]))
        for key in sorted(ours.keys() | provided.keys())
        if ours[key] != provided[key]
    ]
