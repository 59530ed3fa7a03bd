"""The facts of a decision: what is stored about the call, with the rulebook in memory that knows the rest."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kinline.calls.priced import frozen_tariff
from kinline.calls.stored import Stored, StoredPayer, contacts_of
from kinline.contacts.models import ContactState
from kinline.contacts.queries.wishes import quiet_hours
from kinline.core.identity import AccountId, CallId, Instant, ResidentId, StationId
from kinline.core.money import Money
from kinline.core.numbering import E164, DialledNumber, Jurisdiction, NotDialled, SpeedDial, parse_dialled
from kinline.core.policy import Arrangement, Block, CallFacts, Level, Payer, Rules, Standing, Suspension, Usage
from kinline.core.reasons import Reason
from kinline.core.tariff import Tariff, charge, given
from kinline.core.windows import month_start, week_start
from kinline.facilities.queries import Rulebook, StationRules
from kinline.ledger.models import AccountKind
from kinline.people.models import ResidentStatus
from kinline.people.resident_rules import resident_course, resident_free_calls
from kinline.plans.queries import on_plans
from kinline.statements import rows

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR

_ATTEMPTS: Final = """
SELECT opened_at FROM calls_call
WHERE resident_id = %(resident)s AND opened_at > %(since)s AND opened_at <= %(at)s AND id <> %(call)s
  AND dialled <> '' AND NOT is_hotline
"""

_FREE_CALLS: Final = """
SELECT COALESCE(SUM(CASE WHEN opened_at >= %(week)s THEN 1 ELSE 0 END), 0),
  COALESCE(SUM(CASE WHEN opened_at >= %(month)s THEN 1 ELSE 0 END), 0)
FROM calls_call
WHERE resident_id = %(resident)s AND opened_at >= %(since)s AND opened_at <= %(at)s AND id <> %(call)s
  AND payer = 'free' AND price_per_minute = 0 AND accepted_at IS NOT NULL AND NOT is_hotline AND NOT is_privileged
"""
"""Those of the resident's own allowance: free, and neither a hotline nor a privileged number."""

_PRICED: Final = """
SELECT accepted_at, ended_at, tariff FROM calls_call
WHERE resident_id = %(resident)s AND opened_at > %(since)s AND opened_at <= %(at)s AND id <> %(call)s
  AND accepted_at IS NOT NULL AND ended_at IS NOT NULL AND NOT is_hotline AND tariff <> ''
"""

_STANDINGS: Final[Mapping[str, Standing]] = {
    ContactState.APPROVED: Standing.APPROVED,
    ContactState.PENDING: Standing.PENDING,
    ContactState.REJECTED: Standing.REJECTED,
    ContactState.SHARED: Standing.SHARED,
    ContactState.REMOVED: Standing.UNLISTED,
    ContactState.NO_CONTACT_ORDER: Standing.REJECTED,
}


_PAUSING: Final = (None, AccountKind.CUSTOMER_PREPAID, AccountKind.DIRECT_BILL, AccountKind.DEDICATED)
"""Kinds of a customer's row, who may have paused calls; None: no account yet."""

_ARRANGEMENTS: Final[Mapping[str | None, Arrangement]] = {
    AccountKind.CUSTOMER_PREPAID: Arrangement.PREPAID,
    AccountKind.DIRECT_BILL: Arrangement.DIRECT_BILL,
    AccountKind.DEDICATED: Arrangement.DEDICATED,
    AccountKind.RESIDENT_DEBIT: Arrangement.RESIDENT_DEBIT,
    AccountKind.COLLECT_RECEIVABLE: Arrangement.COLLECT,
}

_TURN: Final = tuple(_ARRANGEMENTS)
"""Of a customer's accounts their own money is asked before their credit; after all customers the resident's money; the
called party's acceptance of a collect call at last."""


def called_number(stored: Stored, dialled: str) -> E164 | Reason:
    """The number that was meant, or why it is none."""
    match parse_dialled(dialled, stored.rules.hot_numbers):
        case DialledNumber(number=number):
            return number
        case SpeedDial():
            return E164(stored.contact_number) if stored.contact_number else Reason.POLICY_NOT_ON_LIST
        case NotDialled(reason=reason):
            return reason


def call_facts(call_id: CallId, stored: Stored, number: E164, at: Instant) -> CallFacts:
    """Everything that policy asks for. The rules are on the phone that rings, whatever number was dialled for it."""
    rules, dialled = stored.rules, number
    number = stored.ring or number
    station = rules.stations[StationId(stored.station)]
    levels = (*station.at(at), resident_course(stored.resident_rules).at(at))
    free_calls = resident_free_calls(stored.resident_rules)
    usage = _usage(call_id, stored, levels, at)
    if free_calls is not None:
        usage = _with_free_calls(usage, call_id, stored, at)
    return CallFacts(
        at=at,
        zone=rules.zone,
        number=number,
        tariff=_tariff(call_id, stored, number, at),
        rules=levels,
        usage=usage,
        suspensions=(
            () if stored.suspended_until is None else (Suspension(Level.RESIDENT, Instant(stored.suspended_until)),)
        ),
        standing=_standing(stored, rules, at),
        blocks=(*rules.blocks_on(number), *_blocks(stored, number)),
        quiet=None if stored.quiet_zone is None else quiet_hours(_text(stored.quiet_windows), stored.quiet_zone),
        payers=on_plans(_payers(stored, number), rules, number, at),
        free_calls=free_calls,
        is_active=stored.status == ResidentStatus.ACTIVE,
        jurisdiction=rules.jurisdiction(number),
        is_here=stored.home == stored.facility,
        is_in_own_unit=_is_in_own_unit(stored, station),
        is_hotline=dialled in rules.hotlines,
        is_free=stored.is_privileged_and_free,
        is_privilege_unverified=stored.is_privilege_unverified,
    )


def _tariff(call_id: CallId, stored: Stored, number: E164, at: Instant) -> Tariff | Reason:
    """The price of the call, after what is left of the resident's free minutes."""
    tariff, free = stored.rules.tariff(number, at), stored.rules.free_minutes_at(at)
    if isinstance(tariff, Reason) or tariff.is_free or free is None:
        return tariff
    return given(tariff, free, *_given(call_id, stored, at))


def _given(call_id: CallId, stored: Stored, at: Instant) -> tuple[int, int]:
    """The seconds that the facility's free minutes paid for, today and this week: not those of calls that were free
    without them, and none that somebody paid for. Asked at the few facilities that have free minutes."""
    day, week = stored.day_started_at, stored.week_started_at
    asked = {"resident": stored.caller, "since": min(day, week) - _DAY, "at": at, "call": call_id}
    today = this_week = 0
    for accepted, ended, tariff in rows(_PRICED, asked):
        free = charge(frozen_tariff(tariff), (ended - accepted) // 1000).free_seconds
        today += free if accepted >= day else 0
        this_week += free if accepted >= week else 0
    return today, this_week


def _usage(call_id: CallId, stored: Stored, levels: tuple[Rules, ...], at: Instant) -> Usage:
    attempts: tuple[Instant, ...] = ()
    if any(rules.attempts_per_hour is not None for rules in levels):  # few facilities count them
        found = rows(_ATTEMPTS, {"resident": stored.caller, "since": at - _HOUR, "at": at, "call": call_id})
        attempts = tuple(Instant(opened_at) for (opened_at,) in found)
    calls_today, seconds_today = _talked(stored, stored.day_started_at)
    calls_this_week, seconds_this_week = _talked(stored, stored.week_started_at)
    calls_this_month, seconds_this_month = _talked(stored, stored.month_started_at)
    return Usage(
        last_call_ended_at=max((Instant(ended) for _, ended in stored.calls if ended is not None), default=None),
        attempts_in_hour=attempts,
        calls_today=calls_today,
        calls_this_week=calls_this_week,
        calls_this_month=calls_this_month,
        seconds_today=seconds_today,
        seconds_this_week=seconds_this_week,
        seconds_this_month=seconds_this_month,
    )


def _talked(stored: Stored, since: int) -> tuple[int, int]:
    """How many calls were accepted since then, and how long those of them lasted that are over, in seconds."""
    calls = [(accepted, ended) for accepted, ended in stored.calls if accepted >= since]
    return len(calls), sum(ended - accepted for accepted, ended in calls if ended is not None) // 1000


def _with_free_calls(usage: Usage, call_id: CallId, stored: Stored, at: Instant) -> Usage:
    """Asked for the few residents who have an allowance."""
    zone = stored.rules.zone
    week, month = week_start(zone, at), month_start(zone, at)
    asked = {"resident": stored.caller, "week": week, "month": month, "since": min(week, month), "at": at}
    (in_week, in_month), *_ = rows(_FREE_CALLS, {**asked, "call": call_id})
    return replace(usage, free_calls_this_week=int(in_week), free_calls_this_month=int(in_month))


def _standing(stored: Stored, rules: Rulebook, at: Instant) -> Standing:
    standing = Standing.UNLISTED
    if stored.contact_state is not None:
        standing = _STANDINGS[stored.contact_state]
    if standing is Standing.APPROVED and stored.contact_expires_at is not None and stored.contact_expires_at <= at:
        standing = Standing.EXPIRED
    if standing is not Standing.UNLISTED or rules.contacts_at_most is None:
        return standing
    is_full = contacts_of(ResidentId(stored.caller or 0)) >= rules.contacts_at_most
    return Standing.LIST_FULL if is_full else standing


def _blocks(stored: Stored, number: E164) -> list[Block]:
    blocks = []
    if stored.is_blocked_by_facility:
        blocks.append(Block(number, Reason.POLICY_NUMBER_BLOCKED_FACILITY, Level.FACILITY))
    if stored.contact_state == ContactState.NO_CONTACT_ORDER:
        blocks.append(Block(number, Reason.POLICY_NO_CONTACT_ORDER, Level.CONTACT))
    if stored.is_blocked_by_called_party:
        blocks.append(Block(number, Reason.BLOCK_CALLED_PARTY, Level.CALLED_PARTY))
    if stored.dedicated is not None and stored.dedicated_to != stored.caller:
        blocks.append(Block(number, Reason.POLICY_NOT_ON_LIST, Level.CONTACT))
    holder = min((payer for payer in stored.payers if payer.kind in _PAUSING), key=lambda p: p.asked, default=None)
    if holder is not None and holder.paused_until is not None:
        until = Instant(holder.paused_until)
        blocks.append(Block(number, Reason.BLOCK_CUSTOMER_PAUSED, Level.CALLED_PARTY, until=until))
    return blocks


def _payers(stored: Stored, number: E164) -> tuple[Payer, ...]:
    """Who could pay, in the order in which they are asked. A dedicated number is paid from its own account alone."""
    found = {payer.kind: payer for payer in stored.payers}
    if stored.dedicated is not None:
        dedicated = found.get(AccountKind.DEDICATED)
        return (_payer(dedicated),) if dedicated else ()
    customers = [payer for payer in stored.payers if payer.kind in _PAUSING]
    on_credit = {payer.asked for payer in customers if payer.kind == AccountKind.DIRECT_BILL}
    able = [payer for payer in customers if payer.account is not None and not _is_idle(payer, on_credit)]
    if AccountKind.RESIDENT_DEBIT in found:
        able.append(found[AccountKind.RESIDENT_DEBIT])
    asked = tuple(_payer(payer) for payer in sorted(able, key=_turn))
    if customers or not stored.rules.collect_allowance.micros:
        return asked
    return (*asked, _collect(stored, number, found.get(AccountKind.COLLECT_RECEIVABLE)))


def _is_idle(payer: StoredPayer, on_credit: set[int]) -> bool:
    """An empty prepaid account of a customer with direct bill: they are not told to add money to it."""
    empty = payer.kind == AccountKind.CUSTOMER_PREPAID and not payer.available and payer.review_since is None
    return empty and payer.asked in on_credit


def _payer(stored: StoredPayer) -> Payer:
    obstacle = None
    if stored.review_since is not None:
        obstacle = Reason.FUND_PAYMENT_REVIEW
    elif stored.suspended:
        obstacle = Reason.FUND_BILL_SUSPENDED
    elif stored.overdue:
        obstacle = Reason.FUND_INVOICE_OVERDUE
    return Payer(
        AccountId(stored.account or 0),
        _ARRANGEMENTS[stored.kind],
        Money(stored.available or 0),
        Money(stored.credit_limit or 0),
        day_rest=None if stored.day_rest is None else Money(int(stored.day_rest)),
        obstacle=obstacle,
    )


def _collect(stored: Stored, number: E164, owing: StoredPayer | None) -> Payer:
    """The called party, who may accept within the facility's allowance: of what is owed, and of what 90 days cost."""
    available = spent = 0
    if owing is not None:
        available, spent = owing.available or 0, int(owing.spent)
    abroad = stored.rules.jurisdiction(number) is Jurisdiction.INTERNATIONAL
    is_stopped = owing is not None and owing.review_since is not None
    return Payer(
        AccountId((owing.account if owing else None) or 0),
        Arrangement.COLLECT,
        Money(min(available, -spent)),
        stored.rules.collect_allowance,
        obstacle=Reason.FUND_COLLECT_NOT_BILLABLE if abroad or is_stopped else None,
    )


def _turn(payer: StoredPayer) -> tuple[bool, int, int]:
    return payer.kind == AccountKind.RESIDENT_DEBIT, payer.asked, _TURN.index(payer.kind)


def _is_in_own_unit(stored: Stored, station: StationRules) -> bool:
    return stored.home_unit is None or station.unit is None or stored.home_unit == station.unit


def _text(stored: Any) -> str:
    """JSON comes as text from SQLite and decoded, or as text, from PostgreSQL."""
    return stored if isinstance(stored, str) else json.dumps(stored)
