"""One query gathers what is stored about a call that is to be decided; the rulebook in memory knows the rest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kinline.contacts.models import ContactState
from kinline.contacts.queries.wishes import quiet_hours
from kinline.core.identity import AccountId, CallId, FacilityId, Instant, ResidentId, StationId
from kinline.core.money import Money
from kinline.core.numbering import E164, DialledNumber, Jurisdiction, NotDialled, SpeedDial, parse_dialled
from kinline.core.policy import Arrangement, Block, CallFacts, Level, Payer, Rules, Standing, Suspension, Usage
from kinline.core.reasons import Reason
from kinline.core.tariff import Tariff, given
from kinline.facilities.queries import Rulebook, StationRules, rulebook
from kinline.ledger.models import AccountKind
from kinline.people.models import ResidentStatus
from kinline.people.resident_rules import resident_course
from kinline.plans.queries import on_plans
from kinline.statements import rows

_HOUR: Final = 3_600_000

# A day more than the month, since a wait after a call may reach back over its beginning.
QUESTION: Final = """
WITH c AS ({attempt}),
used AS (
  SELECT MAX(CASE WHEN o.accepted_at IS NOT NULL THEN o.ended_at END) AS last_ended,
    COUNT(CASE WHEN o.accepted_at >= c.day_started_at THEN 1 END) AS calls_today,
    COUNT(CASE WHEN o.accepted_at >= c.week_started_at THEN 1 END) AS calls_week,
    COUNT(CASE WHEN o.accepted_at >= c.month_started_at THEN 1 END) AS calls_month,
    SUM(CASE WHEN o.accepted_at >= c.day_started_at THEN o.ended_at - o.accepted_at END) AS today,
    SUM(CASE WHEN o.accepted_at >= c.week_started_at THEN o.ended_at - o.accepted_at END) AS week,
    SUM(CASE WHEN o.accepted_at >= c.month_started_at THEN o.ended_at - o.accepted_at END) AS month
  FROM c JOIN calls_call o ON o.resident_id = %(resident)s AND o.id <> c.id AND NOT o.is_hotline
    AND o.opened_at >= CASE WHEN c.week_started_at < c.month_started_at THEN c.week_started_at
                            ELSE c.month_started_at END - 86400000{before}),
t AS (
  SELECT COALESCE(k.number, d.forwards_to, %(number)s) AS reached, d.number AS dedicated, d.resident_id AS dedicated_to,
    d.forwards_to, k.number AS contact, k.state AS contact_state, k.language AS contact_language,
    k.expires_at AS contact_expires_at
  FROM c LEFT JOIN contacts_dedicatednumber d ON d.number = %(number)s AND d.resident_id IS NOT NULL
  LEFT JOIN contacts_contact k ON k.resident_id = %(resident)s
    AND (k.number = COALESCE(d.forwards_to, %(number)s) OR k.speed_dial = %(slot)s)),
y AS (
  SELECT m."order" AS asked, u.calls_paused_until AS paused_until, a.kind, a.id, a.posted - a.held AS available,
    a.credit_limit, a.review_since, CASE WHEN a.kind = 'direct_bill' THEN (SELECT COUNT(*) FROM billing_invoice i
      WHERE i.account_id = a.id AND i.paid_at IS NULL AND i.due_at < %(at)s) ELSE 0 END AS overdue, 0 AS spent,
    u.id AS customer
  FROM t JOIN people_customernumber m ON m.number = t.reached JOIN people_customer u ON u.id = m.customer_id
  LEFT JOIN ledger_account a ON a.customer_id = m.customer_id AND a.number = ''
    AND a.kind IN ('customer_prepaid', 'direct_bill') AND a.closed_at IS NULL
  WHERE t.dedicated IS NULL
  UNION ALL
  SELECT 0, NULL, a.kind, a.id, a.posted - a.held, a.credit_limit, a.review_since, 0, 0, NULL
  FROM ledger_account a WHERE a.kind = 'resident_debit' AND a.resident_id = %(resident)s
  UNION ALL
  SELECT 0, u.calls_paused_until, a.kind, a.id, a.posted - a.held, a.credit_limit, a.review_since, 0, 0, u.id
  FROM t JOIN ledger_account a ON a.kind = 'dedicated' AND a.number = t.dedicated AND a.number <> ''
    AND a.closed_at IS NULL
  JOIN people_customer u ON u.id = a.customer_id
  UNION ALL
  SELECT 0, NULL, a.kind, a.id, a.posted - a.held, a.credit_limit, a.review_since, 0,
    (SELECT COALESCE(SUM(o.charge - o.credited), 0) FROM calls_call o
      WHERE o.called_party = t.reached AND o.payer = 'collect' AND o.opened_at > %(at)s - 7776000000), NULL
  FROM t JOIN ledger_account a ON a.kind = 'collect_receivable' AND a.number = t.reached AND a.number <> '')
SELECT c.state, c.resident_id, c.station_id, c.facility_id, v.value, c.dialled, c.reason, c.reason_values,
  c.called_party, c.language, c.is_privileged, c.payer, c.price_per_minute, c.price_at_limit, c.limit_seconds,
  c.limit_reason, c.funded_seconds, c.authorised_at,
  r.facility_id, r.unit_id, r.status, r.suspended_until, r.calling_rules,
  t.contact, t.contact_state, t.contact_language, t.contact_expires_at, t.dedicated, t.dedicated_to, t.forwards_to,
  q.windows, q.time_zone,
  (SELECT COUNT(*) FROM contacts_contact l WHERE l.resident_id = r.id AND l.state IN ('approved', 'pending')),
  EXISTS (SELECT 1 FROM contacts_block b WHERE b.number IN (t.reached, %(number)s) AND b.lifted_at IS NULL
    AND b.blocked_by = 'facility'
    AND (b.resident_id = r.id OR b.resident_id IS NULL) AND (b.facility_id = c.facility_id OR b.facility_id IS NULL)),
  EXISTS (SELECT 1 FROM contacts_block b WHERE b.number IN (t.reached, %(number)s) AND b.lifted_at IS NULL
    AND b.blocked_by <> 'facility'
    AND (b.resident_id = r.id OR b.resident_id IS NULL) AND (b.facility_id = c.facility_id OR b.facility_id IS NULL)),
  (SELECT MAX(CASE WHEN n.verified IS NULL THEN 1 WHEN n.is_free THEN 3 ELSE 2 END) FROM contacts_privilegednumber n
    WHERE n.number = t.reached AND n.revoked_at IS NULL AND (n.resident_id = r.id OR n.resident_id IS NULL)
    AND (n.agency_id = f.agency_id OR n.agency_id IS NULL)),
  used.last_ended, used.calls_today, used.calls_week, used.calls_month, used.today, used.week, used.month,
  y.asked, y.paused_until, y.kind, y.id, y.available, y.credit_limit, y.review_since, y.overdue, y.spent,
  (SELECT MIN(l.amount - (SELECT COALESCE(SUM(CASE WHEN o.state = 'settled' THEN o.charge - o.credited
        ELSE COALESCE(o.price_at_limit, 0) END), 0) FROM calls_call o
      WHERE o.account_id IN (SELECT p.id FROM ledger_account p WHERE p.customer_id = l.customer_id)
        AND (l.resident_id IS NULL OR o.resident_id = l.resident_id) AND o.opened_at >= c.day_started_at
        AND o.id <> c.id{before}))
    FROM contacts_spendinglimit l
    WHERE l.customer_id = y.customer AND (l.resident_id IS NULL OR l.resident_id = %(resident)s)),
  w.id, w.grants
FROM c
JOIN people_resident r ON r.id = %(resident)s
JOIN facilities_facility f ON f.id = c.facility_id
JOIN facilities_stamp v ON v.id = 1
CROSS JOIN used
CROSS JOIN t
LEFT JOIN contacts_quiethours q ON q.number = t.reached
LEFT JOIN y ON 1 = 1
LEFT JOIN contacts_spendinglimit w ON w.customer_id = y.customer AND w.resident_id IS NULL
"""

_SQL: Final = QUESTION.format(attempt="SELECT * FROM calls_call WHERE id = %(call)s", before="")

_ATTEMPTS: Final = """
SELECT opened_at FROM calls_call
WHERE resident_id = %(resident)s AND opened_at > %(since)s AND opened_at <= %(at)s AND id <> %(call)s
  AND dialled <> '' AND NOT is_hotline
"""

_NAMED, _PRIVILEGED, _PRIVILEGED_AND_FREE = 1, 2, 3

_STANDINGS: Final = {
    ContactState.APPROVED: Standing.APPROVED,
    ContactState.PENDING: Standing.PENDING,
    ContactState.REJECTED: Standing.REJECTED,
    ContactState.SHARED: Standing.SHARED,
    ContactState.REMOVED: Standing.UNLISTED,
    ContactState.NO_CONTACT_ORDER: Standing.REJECTED,
}


_PAUSING: Final = (None, AccountKind.CUSTOMER_PREPAID, AccountKind.DIRECT_BILL, AccountKind.DEDICATED)
"""Kinds of a customer's row, who may have paused calls; None: no account yet."""

_PAYER_COLUMNS: Final = 12

_ARRANGEMENTS: Final = {
    AccountKind.CUSTOMER_PREPAID: Arrangement.PREPAID,
    AccountKind.DIRECT_BILL: Arrangement.DIRECT_BILL,
    AccountKind.DEDICATED: Arrangement.DEDICATED,
    AccountKind.RESIDENT_DEBIT: Arrangement.RESIDENT_DEBIT,
    AccountKind.COLLECT_RECEIVABLE: Arrangement.COLLECT,
}

_TURN: Final = tuple(_ARRANGEMENTS)
"""Of a customer's accounts their own money is asked before their credit; after all customers the resident's money; the
called party's acceptance of a collect call at last."""


@dataclass(frozen=True, slots=True)
class StoredPayer:
    """The columns of an account that could pay. A customer without an account has a row too."""

    asked: int
    paused_until: int | None
    kind: str | None
    account: int | None
    available: int | None
    credit_limit: int | None
    review_since: int | None
    overdue: int
    spent: int
    """On collect calls to the number, in the last 90 days."""
    day_rest: int | None
    """Of the tightest limit that the customer set for a day, calls in progress at their longest deducted."""
    limit: int | None
    """The customer's limit for all residents together."""
    grants: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """The row of the query, in its order. Amounts are microdollars, instants and lengths milliseconds."""

    state: str
    caller: int | None
    station: int
    facility: int
    stamp: int
    dialled: str
    reason: str
    reason_values: str
    called_party: str
    language: str
    is_privileged: bool
    payer: str
    price_per_minute: int | None
    price_at_limit: int | None
    limit_seconds: int | None
    limit_reason: str
    funded_seconds: int | None
    authorised_at: int | None
    home: int
    home_unit: int | None
    status: str
    suspended_until: int | None
    resident_rules: Any
    contact_number: str | None
    contact_state: str | None
    contact_language: str | None
    contact_expires_at: int | None
    dedicated: str | None
    dedicated_to: int | None
    forwards_to: str | None
    quiet_windows: Any
    quiet_zone: str | None
    contacts: int
    is_blocked_by_facility: bool
    is_blocked_by_called_party: bool
    privilege: int | None
    last_ended: int | None
    calls_today: int
    calls_week: int
    calls_month: int
    today: int | None
    week: int | None
    month: int | None
    payers: tuple[StoredPayer, ...]

    @property
    def rules(self) -> Rulebook:
        return rulebook(FacilityId(self.facility), self.stamp)

    @property
    def ring(self) -> E164 | None:
        """The phone behind the dialled number, when that is a dedicated one."""
        return E164(self.forwards_to) if self.forwards_to else None


def gather(call_id: CallId, resident: ResidentId, dialled: str, at: Instant) -> Stored | None:
    """What is stored about this attempt; None when there is no such call or no such resident."""
    return gather_by(_SQL, resident, dialled, at, {"call": call_id})


def gather_by(
    question: str, resident: ResidentId, dialled: str, at: Instant, attempt: Mapping[str, int]
) -> Stored | None:
    """What a form of `QUESTION` finds about an attempt, `attempt` being the values of its own."""
    meant = parse_dialled(dialled)
    found = rows(
        question,
        {
            **attempt,
            "resident": resident,
            "number": meant.number if isinstance(meant, DialledNumber) else None,
            "slot": meant.slot if isinstance(meant, SpeedDial) else None,
            "at": at,
        },
    )
    if not found:
        return None
    payers = (StoredPayer(*row[-_PAYER_COLUMNS:]) for row in found)
    able = tuple(payer for payer in payers if payer.asked is not None)
    return Stored(*(*found[0][:-_PAYER_COLUMNS], able))


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
    levels = (*station.at(at), resident_course(_text(stored.resident_rules)).at(at))
    usage = _usage(call_id, stored, levels, at)
    return CallFacts(
        at=at,
        zone=rules.zone,
        number=number,
        tariff=_tariff(rules, number, usage, at),
        rules=levels,
        usage=usage,
        suspensions=(
            () if stored.suspended_until is None else (Suspension(Level.RESIDENT, Instant(stored.suspended_until)),)
        ),
        standing=_standing(stored, rules, at),
        blocks=(*rules.blocks_on(number), *_blocks(stored, number)),
        quiet=None if stored.quiet_zone is None else quiet_hours(_text(stored.quiet_windows), stored.quiet_zone),
        payers=on_plans(_payers(stored, number), rules, number, at),
        is_active=stored.status == ResidentStatus.ACTIVE,
        jurisdiction=rules.jurisdiction(number),
        is_here=stored.home == stored.facility,
        is_in_own_unit=_is_in_own_unit(stored, station),
        is_hotline=dialled in rules.hotlines,
        is_free=stored.privilege == _PRIVILEGED_AND_FREE,
        is_privilege_unverified=stored.privilege == _NAMED,
    )


def _tariff(rules: Rulebook, number: E164, usage: Usage, at: Instant) -> Tariff | Reason:
    """The price of the call, after what is left of the resident's free minutes."""
    tariff = rules.tariff(number, at)
    if isinstance(tariff, Reason):
        return tariff
    return given(tariff, rules.free_minutes_at(at), usage.seconds_today, usage.seconds_this_week)


def is_privileged(stored: Stored) -> bool:
    """Whether the called number is verified as an attorney's, chaplain's, doctor's or court's."""
    return stored.privilege in (_PRIVILEGED, _PRIVILEGED_AND_FREE)


def _usage(call_id: CallId, stored: Stored, levels: tuple[Rules, ...], at: Instant) -> Usage:
    attempts: tuple[Instant, ...] = ()
    if any(rules.attempts_per_hour is not None for rules in levels):  # few facilities count them
        found = rows(_ATTEMPTS, {"resident": stored.caller, "since": at - _HOUR, "at": at, "call": call_id})
        attempts = tuple(Instant(opened_at) for (opened_at,) in found)
    return Usage(
        last_call_ended_at=None if stored.last_ended is None else Instant(stored.last_ended),
        attempts_in_hour=attempts,
        calls_today=stored.calls_today,
        calls_this_week=stored.calls_week,
        calls_this_month=stored.calls_month,
        seconds_today=int(stored.today or 0) // 1000,
        seconds_this_week=int(stored.week or 0) // 1000,
        seconds_this_month=int(stored.month or 0) // 1000,
    )


def _standing(stored: Stored, rules: Rulebook, at: Instant) -> Standing:
    standing = Standing.UNLISTED
    if stored.contact_state is not None:
        standing = _STANDINGS[ContactState(stored.contact_state)]
    if standing is Standing.APPROVED and stored.contact_expires_at is not None and stored.contact_expires_at <= at:
        standing = Standing.EXPIRED
    is_full = rules.contacts_at_most is not None and stored.contacts >= rules.contacts_at_most
    return Standing.LIST_FULL if standing is Standing.UNLISTED and is_full else standing


def _blocks(stored: Stored, number: E164) -> list[Block]:
    blocks = []
    if stored.is_blocked_by_facility:
        blocks.append(Block(number, Reason.POLICY_NUMBER_BLOCKED_FACILITY, Level.FACILITY))
    if stored.contact_state == ContactState.NO_CONTACT_ORDER:
        blocks.append(Block(number, Reason.POLICY_NO_CONTACT_ORDER, Level.CONTACT))
    if stored.is_blocked_by_called_party:
        blocks.append(Block(number, Reason.BLOCK_CALLED_PARTY, Level.CALLED_PARTY))
    if stored.dedicated_to not in (None, stored.caller):
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
    elif stored.overdue:
        obstacle = Reason.FUND_INVOICE_OVERDUE
    return Payer(
        AccountId(stored.account or 0),
        _ARRANGEMENTS[AccountKind(stored.kind or "")],
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
    kind = AccountKind(payer.kind or "")
    return kind is AccountKind.RESIDENT_DEBIT, payer.asked, _TURN.index(kind)


def _is_in_own_unit(stored: Stored, station: StationRules) -> bool:
    return stored.home_unit is None or station.unit is None or stored.home_unit == station.unit


def _text(stored: Any) -> str:
    """JSON comes as text from SQLite and decoded, or as text, from PostgreSQL."""
    return stored if isinstance(stored, str) else json.dumps(stored)
