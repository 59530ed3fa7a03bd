"""What an account's owner reads of their money: a line for each movement, and a call as one line with what made it.

The entries of a call (charge, additive, taxes, credit) are one line; its amounts are those that `settle` posted, so the
balance after the last line is the account's.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from itertools import groupby, islice
from typing import Any, TextIO

from django.db.models import Case, CharField, F, Min, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from kinline.calls.models import Call
from kinline.calls.priced import frozen_tariff
from kinline.core.identity import AccountId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.tariff import Tariff
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
class Rule:
    """What of the price list, the law and the rules decided a call, as it was frozen when the call was allowed.

    As text, for a file: `local, per second, cap 0.11, limit 900 s (talk.time_limit)`.
    """

    jurisdiction: str
    increment: int = 1
    minimum: int = 0
    """Seconds that are charged at least."""
    cap: Money | None = None
    """The highest lawful price of a minute, without taxes."""
    is_at_cap: bool = False
    free_seconds: int = 0
    """That were left of the free minutes of the day or week."""
    has_plan: bool = False
    limit_seconds: int = 0
    limit_reason: str = ""
    """Why it could last no longer: `talk.time_limit`, `talk.schedule_end`, `talk.day_limit`."""

    def __str__(self) -> str:
        parts = [self.jurisdiction, "per second" if self.increment == 1 else f"per {self.increment} seconds"]
        parts += [f"at least {self.minimum} seconds"] * (self.minimum > 0)
        if self.cap is not None:
            parts.append(f"{'at' if self.is_at_cap else 'under'} the cap of {self.cap.plain}")
        parts += [f"{self.free_seconds} seconds free"] * (self.free_seconds > 0)
        parts += ["plan"] * self.has_plan
        parts += [f"limit {self.limit_seconds} seconds ({self.limit_reason})"] * (self.limit_seconds > 0)
        return ", ".join(parts)

    @classmethod
    def of(cls, call: Call, tariff: Tariff | None) -> "Rule":
        limit = (call.limit_seconds or 0, call.limit_reason)
        if tariff is None:
            return cls(call.jurisdiction, limit_seconds=limit[0], limit_reason=limit[1])
        return cls(
            call.jurisdiction,
            tariff.increment,
            tariff.minimum,
            tariff.cap,
            tariff.cap == tariff.per_unit,
            tariff.free_seconds,
            tariff.plan is not None,
            *limit,
        )


@dataclass(frozen=True, slots=True)
class CallOnStatement:
    """`rate` is per minute and without taxes; `rule` is what decided price and length; `hold` is what was set aside
    while the call lasted, of which `charge` was taken."""

    call_id: int
    number: str
    facility: str
    seconds: int
    rate: Money
    rule: "Rule"
    hold: Money
    charge: Money
    tax: Money
    facility_additive: Money
    credited: Money
    is_privileged: bool


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

    def without_privileged_number(self) -> "StatementLine":
        """As others than its owner read it: whom an attorney's number belongs to is nobody's business."""
        if self.call is None or not self.call.is_privileged:
            return self
        return replace(self, call=replace(self.call, number=""))


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
    movements = (list(lines) for _, lines in groupby(books.statement(account, since, until), key=_movement))
    while some := list(islice(movements, at_a_time or _AT_A_TIME)):
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
            details = (call.number.removeprefix("+"), call.facility, call.seconds, call.rate.plain, call.rule)
            details += (call.hold.plain, *(each.plain for each in amounts))
        writer.writerow((at, line.reason, *details, line.amount.plain, line.balance.plain))


def _movement(line: Line) -> tuple[int, str]:
    is_of_its_end = line.call_id is not None and line.reason not in LATER_CREDITS
    return (line.at, f"call/{line.call_id}" if is_of_its_end else line.key)


def _calls(ids: Iterable[int]) -> Mapping[int, CallOnStatement]:
    found = Call.objects.filter(pk__in=set(ids)).select_related("facility")
    return {call.pk: on_statement(call) for call in found}


def on_statement(call: Call) -> CallOnStatement:
    """A call with its facility, as it stands on statements and invoices."""
    tariff = frozen_tariff(call.tariff) if call.tariff else None
    return CallOnStatement(
        call.pk,
        call.called_party,
        call.facility.name,
        call.billed_seconds,
        tariff.per_unit if tariff else ZERO,
        Rule.of(call, tariff),
        Money(call.held),
        Money(call.charge),
        Money(call.taxes),
        Money(call.facility_additive),
        Money(call.credited),
        call.is_privileged,
    )
