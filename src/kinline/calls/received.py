"""The calls of a family, newest first, page by page: those to their telephone numbers and those their money paid for.

Each number and each account is a walk along an index of its own, so a page costs the same whatever the length of the
history. One that was given up before a number was dialled belongs to no family.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kinline.calls.models import Call, CallState
from kinline.core.callflow.commands import Disposition
from kinline.core.identity import CallId, Instant, call_began
from kinline.ledger.models import Account
from kinline.people.models import Customer, CustomerNumber
from kinline.statements import rows

MISSED: Final = (Disposition.DENIED, Disposition.NO_ANSWER, Disposition.BUSY, Disposition.FAILED, Disposition.ABANDONED)
"""How an attempt ends that did not reach them, or that they did not answer."""
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Whose:
    """A family's telephone numbers, confirmed as theirs, since when each is, and its accounts."""

    numbers: Mapping[str, Instant]
    accounts: tuple[int, ...]

    @classmethod
    def of(cls, customer: Customer) -> "Whose":
        confirmed = customer.numbers.filter(is_verified=True).order_by("number")
        accounts = Account.objects.filter(customer=customer).order_by("pk")
        return cls(theirs(confirmed), tuple(accounts.values_list("pk", flat=True)))


def theirs(confirmed: Iterable[CustomerNumber]) -> dict[str, Instant]:
    """Numbers, and since when calls to each are their owner's to see."""
    return {each.number: Instant(each.theirs_since) for each in confirmed}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is left out narrows nothing."""

    resident: int | None = None
    number: str = ""
    dispositions: tuple[Disposition, ...] = ()
    since: Instant | None = None
    until: Instant | None = None
    """Not included."""


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """Conditions and their values."""

    sql: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def by(self, sql: str, **values: Any) -> None:
        self.sql.append(sql)
        self.values.update(values)


def received(
    whose: Whose, wanted: Wanted, count: int, before: CallId | None = None, after: CallId | None = None
) -> list[Call]:
    """At most `count` calls that fit, newest first: the newest of all, those before a call, or those next after one.
    Two queries."""
    narrowed = _conditions(wanted)
    if before is not None:
        narrowed.by("(opened_at, id) < (%(began)s, %(cursor)s)", began=call_began(before), cursor=before)
    if after is not None:
        narrowed.by("(opened_at, id) > (%(began)s, %(cursor)s)", began=call_began(after), cursor=after)
    ids = _ids(whose, narrowed, count, "ASC" if after is not None else "DESC")
    calls = Call.objects.filter(pk__in=ids).select_related("resident", "facility", "account")
    return sorted(calls, key=lambda call: (call.opened_at, call.pk), reverse=True)


def all_received(whose: Whose, wanted: Wanted) -> Iterator[Call]:
    """All that fit, newest first, read some hundreds at a time."""
    before = None
    while batch := received(whose, wanted, _BATCH, before):
        yield from batch
        before = CallId(batch[-1].pk)


def first_received(whose: Whose) -> Instant | None:
    """When the oldest call of theirs began; None: there was none."""
    found = _ids(whose, _Narrowed(), 1, "ASC")
    return call_began(CallId(found[0])) if found else None


def _conditions(wanted: Wanted) -> _Narrowed:
    narrowed = _Narrowed()
    if wanted.resident is not None:
        narrowed.by("resident_id = %(resident)s", resident=wanted.resident)
    if wanted.number:
        narrowed.by("called_party = %(number)s", number=wanted.number)
    if wanted.since is not None:
        narrowed.by("opened_at >= %(since)s", since=wanted.since)
    if wanted.until is not None:
        narrowed.by("opened_at < %(until)s", until=wanted.until)
    if wanted.dispositions:
        names = {f"disposition_{place}": each.value for place, each in enumerate(wanted.dispositions)}
        listed = ", ".join(f"%({name})s" for name in names)
        narrowed.by(f"disposition IN ({listed}) AND state = %(settled)s", settled=CallState.SETTLED.value, **names)
    return narrowed


def _ids(whose: Whose, narrowed: _Narrowed, count: int, order: str) -> list[int]:
    """Of the first `count` in the order of time, which is that of ids."""
    values = {**narrowed.values, "count": count}
    keys: list[tuple[str, str | int, Instant | None]] = [
        *(("called_party", number, since) for number, since in whose.numbers.items()),
        *(("account_id", account, None) for account in whose.accounts),
    ]
    walks = []
    for place, (column, key, since) in enumerate(keys):
        values[f"key_{place}"] = key
        conditions = [f"{column} = %(key_{place})s", *narrowed.sql]
        if since is not None:
            values[f"since_{place}"] = since
            conditions.append(f"opened_at >= %(since_{place})s")
        walk = f"SELECT id, opened_at FROM calls_call WHERE {' AND '.join(conditions)}"  # noqa: S608 (only names of ours)
        walks.append(f"SELECT * FROM ({walk} ORDER BY opened_at {order}, id {order} LIMIT %(count)s) AS w{place}")  # noqa: S608
    if not walks:
        return []
    together = f"{' UNION '.join(walks)} ORDER BY opened_at {order}, id {order} LIMIT %(count)s"
    return [row[0] for row in rows(f"SELECT id, opened_at FROM ({together}) AS f", values)]  # noqa: S608
