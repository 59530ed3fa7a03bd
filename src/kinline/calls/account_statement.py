"""What an account's owner reads of their money: a line for each movement, and a call as one line with what made it.

The entries of a call (charge, additive, taxes, credit) are one line; its amounts are those that `settle` posted, so the
balance after the last line is the account's.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from itertools import groupby
from typing import Any, TextIO

from django.db.models import Case, CharField, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from kinline.calls.models import Call
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.ledger import queries as books
from kinline.ledger.models import Transfer
from kinline.ledger.queries import Line, Place

LATER_CREDITS = ("redial_credit", "staff_credit")
"""Movements about a call that came after its end: a line of their own."""
_AT_A_TIME = 500
_COLUMNS = (
    *("at", "what", "number", "facility", "seconds", "rate_per_minute", "rule", "hold", "charge", "tax"),
    *("facility_additive", "credited", "amount", "balance"),
)


@dataclass(frozen=True, slots=True)
class CallOnStatement:
    """`rate` is per minute and without taxes; `rule` names the jurisdiction and how seconds are counted; `hold` is what
    was set aside while the call lasted, of which `charge` was taken."""

    call_id: int
    number: str
    facility: str
    seconds: int
    rate: Money
    rule: str
    hold: Money
    charge: Money
    tax: Money
    facility_additive: Money
    credited: Money


@dataclass(frozen=True, slots=True)
class StatementLine:
    """`amount` as the owner sees it: a deposit is positive; `balance` is that after it."""

    at: Instant
    reason: str
    amount: Money
    balance: Money
    call: CallOnStatement | None
    key: str
    """Of the last movement in it."""


@dataclass(frozen=True)
class Statement:
    """The account's lines from `since` (included) to `until` (excluded), oldest first, to be shown in parts: `len`
    counts them, and a slice reads no others. The queries for a part are as many for a long statement as for a short."""

    account: AccountId
    since: Instant
    until: Instant

    @cached_property
    def ends(self) -> tuple[Money, Money]:
        """The balance at the beginning and at the end."""
        opening, closing = books.balances_before(self.account, [self.since, self.until])
        return opening, closing

    def __len__(self) -> int:
        return self._movements.distinct().count()

    def __getitem__(self, part: slice) -> list[StatementLine]:
        first, after = part.start or 0, len(self) if part.stop is None else part.stop
        starts = self._movements.annotate(first=Min("id")).order_by("at", "first").values_list("at", "first")
        places = [(Instant(at), number) for at, number in starts[first : after + 1]]
        if not places or first >= after:
            return []
        until = places[-1] if len(places) > after - first else self.until
        return list(account_statement(self.account, places[0], until, after - first))

    @property
    def _movements(self) -> QuerySet[Transfer, Any]:
        """As `_movement` tells them apart."""
        is_of_its_end = Q(call_id__isnull=False) & ~Q(reason__in=LATER_CREDITS)
        call = Concat(Value("call/"), Cast("call_id", CharField()))
        movement = Case(When(is_of_its_end, then=call), default=F("key"), output_field=CharField())
        return (
            books.transfers_of(self.account, self.since, self.until)
            .annotate(movement=movement)
            .values("at", "movement")
        )


def account_statement(
    account: AccountId,
    since: Instant | Place | None = None,
    until: Instant | Place | None = None,
    at_a_time: int | None = None,
) -> Iterator[StatementLine]:
    """The account's lines from `since` (included) to `until` (excluded), oldest first. A query for each `at_a_time`
    lines, for some hundreds unless said otherwise."""
    movements = [
        list(lines) for _, lines in groupby(books.statement(account, since, until), key=lambda line: _movement(line))
    ]
    size = at_a_time or _AT_A_TIME
    for start in range(0, len(movements), size):
        some = movements[start : start + size]
        calls = _calls(line.call_id for lines in some for line in lines if line.call_id is not None)
        for lines in some:
            last = lines[-1]
            call = calls.get(last.call_id or 0)
            amount = sum((line.amount for line in lines), ZERO)
            is_whole_call = call is not None and last.reason not in LATER_CREDITS
            reason = "call" if is_whole_call else last.reason
            yield StatementLine(last.at, reason, amount, last.balance, call, last.key)


def write_csv(lines: Iterable[StatementLine], zone: tzinfo, to: TextIO) -> None:
    """RFC 4180, a header first; amounts are dollars, instants ISO 8601 with the zone's offset."""
    writer = csv.writer(to, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for line in lines:
        at = datetime.fromtimestamp(line.at / 1000, UTC).astimezone(zone).isoformat(timespec="seconds")
        call = line.call
        details: tuple[object, ...] = ("",) * 10
        if call is not None:
            amounts = (call.charge, call.tax, call.facility_additive, call.credited)
            details = (call.number.removeprefix("+"), call.facility, call.seconds, _plain(call.rate), call.rule)
            details += (_plain(call.hold), *map(_plain, amounts))
        writer.writerow((at, line.reason, *details, _plain(line.amount), _plain(line.balance)))


def _movement(line: Line) -> tuple[int, str]:
    is_of_its_end = line.call_id is not None and line.reason not in LATER_CREDITS
    return (line.at, f"call/{line.call_id}" if is_of_its_end else line.key)


def _calls(ids: Iterable[int]) -> Mapping[int, CallOnStatement]:
    found = Call.objects.filter(pk__in=set(ids)).select_related("facility")
    return {call.pk: _on_statement(call) for call in found}


def _on_statement(call: Call) -> CallOnStatement:
    tariff = json.loads(call.tariff or "{}")
    rate = sum(tariff.get(part, 0) for part in ("price", "facility_additive", "termination"))
    seconds = tariff.get("increment", 1)
    rule = f"{call.jurisdiction}, per {'second' if seconds == 1 else f'{seconds} seconds'}"
    return CallOnStatement(
        call.pk,
        call.called_party,
        call.facility.name,
        call.billed_seconds,
        Money(rate),
        rule,
        Money(call.held),
        Money(call.charge),
        Money(call.taxes),
        Money(call.facility_additive),
        Money(call.credited),
    )


def _plain(amount: Money) -> str:
    return str(amount).replace("$", "").replace(",", "")
