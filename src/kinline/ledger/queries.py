"""Balances, statements, and whether the books agree with themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Case, F, Q, QuerySet, Sum, When

from kinline.core.identity import AccountId, Instant
from kinline.core.money import Money
from kinline.ledger.models import OWNED, Account, AccountKind, Transfer
from kinline.ledger.postings import OWNED_KINDS
from kinline.statements import database_name, rows

_FOREVER = 2**62

Place = tuple[Instant, int]
"""Of a transfer in the order of statements: its instant, and its id among those of the same instant."""

_house: dict[tuple[str, AccountKind], AccountId] = {}


def house_account(kind: AccountKind) -> AccountId:
    """The house's account of a kind: made with the tables, never changed, so remembered for each database."""
    key = (database_name(), kind)
    if key not in _house:
        found = Account.objects.get(kind=kind, customer=None, resident=None, agency=None)
        _house[key] = AccountId(found.pk)
    return _house[key]


def balance(account_id: AccountId) -> Money:
    """What lies on an account, holds included. A house account's is the sum of its transfers."""
    account = Account.objects.get(pk=account_id)
    return Money(account.posted) if account.kind in OWNED else _sum(account_id)


def available(account: Account) -> Money | None:
    """What can be spent or held now; None: a house account, without limit."""
    return Money(account.posted - account.held + account.credit_limit) if account.kind in OWNED else None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement: `amount` as the account's owner sees it, and the balance after it."""

    at: Instant
    reason: str
    amount: Money
    balance: Money
    call_id: int | None
    key: str


def transfers_of(
    account_id: AccountId, since: Instant | Place | None = None, until: Instant | Place | None = None
) -> QuerySet[Transfer]:
    """What came and went from `since` (included) to `until` (excluded), in no order."""
    transfers = Transfer.objects.filter(Q(debit_id=account_id) | Q(credit_id=account_id))
    if since is not None:
        transfers = transfers.filter(~_before(since))
    return transfers if until is None else transfers.filter(_before(until))


def balances_before(account_id: AccountId, places: Sequence[Instant | Place]) -> list[Money]:
    """What lay on the account before each of these places, in one query."""
    amount = Case(When(credit_id=account_id, then=F("amount")), default=-F("amount"))
    sums = {f"before_{number}": Sum(amount, filter=_before(place)) for number, place in enumerate(places)}
    found = transfers_of(account_id).aggregate(**sums)
    return [Money(int(found[name] or 0)) for name in sums]


def statement(
    account_id: AccountId, since: Instant | Place | None = None, until: Instant | Place | None = None
) -> Iterator[Line]:
    """The account's lines from `since` (included) to `until` (excluded), oldest first; balances count all before."""
    running = 0 if since is None else balances_before(account_id, [since])[0].micros
    for transfer in transfers_of(account_id, since, until).order_by("at", "id").iterator():
        amount = transfer.amount if transfer.credit_id == account_id else -transfer.amount
        running += amount
        yield Line(Instant(transfer.at), transfer.reason, Money(amount), Money(running), transfer.call_id, transfer.key)


def trial_balance(before: Instant | None = None) -> dict[AccountId, Money]:
    """The balance of each account that moved before an instant, or ever, summed from the transfers alone; together they
    are nothing."""
    sums: dict[AccountId, Money] = {}
    for account_id, micros in rows(
        """SELECT account_id, SUM(amount) FROM (
             SELECT credit_id AS account_id, amount FROM ledger_transfer WHERE at < %(before)s
             UNION ALL SELECT debit_id, -amount FROM ledger_transfer WHERE at < %(before)s) AS sides
           GROUP BY account_id""",
        {"before": _FOREVER if before is None else before},
    ):
        sums[AccountId(account_id)] = Money(int(micros))
    return sums


def balances_by_kind(before: Instant | None = None) -> dict[AccountKind, Money]:
    """The trial balance with the accounts of a kind taken together, in the order of the kinds."""
    kinds = dict(Account.objects.values_list("pk", "kind"))
    sums = dict.fromkeys(AccountKind, 0)
    for account_id, amount in trial_balance(before).items():
        sums[AccountKind(kinds[account_id])] += amount.micros
    return {kind: Money(micros) for kind, micros in sums.items()}


def discrepancies() -> list[str]:
    """Everything in which the books disagree with themselves, as sentences; none in a healthy ledger."""
    found = [
        f"account {account} has {posted} posted, its transfers say {summed}"
        for account, posted, summed in rows(
            f"""SELECT a.id, a.posted, COALESCE(s.amount, 0) FROM ledger_account a
            LEFT JOIN (SELECT account_id, SUM(amount) AS amount FROM (
              SELECT credit_id AS account_id, amount FROM ledger_transfer
              UNION ALL SELECT debit_id, -amount FROM ledger_transfer) AS sides GROUP BY account_id) s
              ON s.account_id = a.id
            WHERE a.kind IN ({OWNED_KINDS}) AND a.posted <> COALESCE(s.amount, 0)""",  # noqa: S608
            {},
        )
    ]
    found += [
        f"account {account} has {held} held, its calls in progress say {summed}"
        for account, held, summed in rows(
            """SELECT a.id, a.held, COALESCE(h.amount, 0) FROM ledger_account a
            LEFT JOIN (SELECT account_id, SUM(held) AS amount FROM calls_call
              WHERE state IN ('open', 'authorised', 'accepted') GROUP BY account_id) h ON h.account_id = a.id
            WHERE a.held <> COALESCE(h.amount, 0)""",
            {},
        )
    ]
    found += [
        f"transfer {key} names an account that does not exist"
        for (key,) in rows(
            """SELECT t.key FROM ledger_transfer t LEFT JOIN ledger_account d ON d.id = t.debit_id
            LEFT JOIN ledger_account c ON c.id = t.credit_id WHERE d.id IS NULL OR c.id IS NULL""",
            {},
        )
    ]
    return found


def _before(place: Instant | Place) -> Q:
    if isinstance(place, int):
        return Q(at__lt=place)
    at, number = place
    return Q(at__lt=at) | Q(at=at, id__lt=number)


def _sum(account_id: AccountId) -> Money:
    credited = Transfer.objects.filter(credit_id=account_id).aggregate(sum=Sum("amount"))["sum"] or 0
    debited = Transfer.objects.filter(debit_id=account_id).aggregate(sum=Sum("amount"))["sum"] or 0
    return Money(credited - debited)
