"""One query gathers what is stored about a call that is to be decided; the rulebook in memory knows the rest."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from kinline.contacts.models import ContactState
from kinline.core.identity import AccountId, CallId, FacilityId, Instant, ResidentId, StationId
from kinline.core.money import Money
from kinline.core.numbering import E164, DialledNumber, NotDialled, SpeedDial, parse_dialled
from kinline.core.policy import Arrangement, Block, CallFacts, Level, Payer, Rules, Standing, Suspension, Usage
from kinline.core.reasons import Reason
from kinline.facilities.calling_rules import calling_rules
from kinline.facilities.queries import Rulebook, StationRules, rulebook
from kinline.people.models import ResidentStatus
from kinline.statements import row, rows

_HOUR: Final = 3_600_000

# A day more than the month, since a wait after a call may reach back over its beginning.
_SQL: Final = """
WITH c AS (SELECT * FROM calls_call WHERE id = %(call)s),
used AS (
  SELECT MAX(CASE WHEN o.accepted_at IS NOT NULL THEN o.ended_at END) AS last_ended,
    COUNT(CASE WHEN o.accepted_at >= c.day_started_at THEN 1 END) AS calls_today,
    SUM(CASE WHEN o.accepted_at >= c.day_started_at THEN o.ended_at - o.accepted_at END) AS today,
    SUM(CASE WHEN o.accepted_at >= c.week_started_at THEN o.ended_at - o.accepted_at END) AS week,
    SUM(CASE WHEN o.accepted_at >= c.month_started_at THEN o.ended_at - o.accepted_at END) AS month
  FROM c JOIN calls_call o ON o.resident_id = %(resident)s AND o.id <> c.id AND NOT o.is_hotline
    AND o.opened_at >= CASE WHEN c.week_started_at < c.month_started_at THEN c.week_started_at
                            ELSE c.month_started_at END - 86400000)
SELECT c.state, c.resident_id, c.station_id, c.facility_id, v.value, c.dialled, c.reason, c.reason_values,
  c.called_party, c.language, c.is_privileged, c.payer, c.price_per_minute, c.price_at_limit, c.limit_seconds,
  c.limit_reason, c.funded_seconds, c.authorised_at,
  r.facility_id, r.unit_id, r.status, r.suspended_until, r.calling_rules,
  k.number, k.state, k.language,
  (SELECT COUNT(*) FROM contacts_contact l WHERE l.resident_id = r.id AND l.state IN ('approved', 'pending')),
  EXISTS (SELECT 1 FROM contacts_block b WHERE b.number = COALESCE(k.number, %(number)s) AND b.lifted_at IS NULL
    AND b.blocked_by = 'facility'
    AND (b.resident_id = r.id OR b.resident_id IS NULL) AND (b.facility_id = c.facility_id OR b.facility_id IS NULL)),
  EXISTS (SELECT 1 FROM contacts_block b WHERE b.number = COALESCE(k.number, %(number)s) AND b.lifted_at IS NULL
    AND b.blocked_by <> 'facility'
    AND (b.resident_id = r.id OR b.resident_id IS NULL) AND (b.facility_id = c.facility_id OR b.facility_id IS NULL)),
  (SELECT MAX(CASE WHEN n.verified IS NULL THEN 1 WHEN n.is_free THEN 3 ELSE 2 END) FROM contacts_privilegednumber n
    WHERE n.number = COALESCE(k.number, %(number)s) AND (n.resident_id = r.id OR n.resident_id IS NULL)
    AND (n.agency_id = f.agency_id OR n.agency_id IS NULL)),
  u.calls_paused_until, p.id, p.posted - p.held, p.credit_limit, d.id, d.posted - d.held, d.credit_limit,
  used.last_ended, used.calls_today, used.today, used.week, used.month
FROM c
JOIN people_resident r ON r.id = %(resident)s
JOIN facilities_facility f ON f.id = c.facility_id
JOIN facilities_stamp v ON v.id = 1
CROSS JOIN used
LEFT JOIN contacts_contact k ON k.resident_id = r.id AND (k.number = %(number)s OR k.speed_dial = %(slot)s)
LEFT JOIN people_customernumber m ON m.number = COALESCE(k.number, %(number)s)
LEFT JOIN people_customer u ON u.id = m.customer_id
LEFT JOIN ledger_account p ON p.kind = 'customer_prepaid' AND p.customer_id = m.customer_id
LEFT JOIN ledger_account d ON d.kind = 'resident_debit' AND d.resident_id = r.id
"""

_ATTEMPTS: Final = """
SELECT opened_at FROM calls_call
WHERE resident_id = %(resident)s AND opened_at > %(since)s AND id <> %(call)s AND dialled <> '' AND NOT is_hotline
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
    contacts: int
    is_blocked_by_facility: bool
    is_blocked_by_called_party: bool
    privilege: int | None
    paused_until: int | None
    prepaid: int | None
    prepaid_available: int | None
    prepaid_credit: int | None
    debit: int | None
    debit_available: int | None
    debit_credit: int | None
    last_ended: int | None
    calls_today: int
    today: int | None
    week: int | None
    month: int | None

    @property
    def rules(self) -> Rulebook:
        return rulebook(FacilityId(self.facility), self.stamp)


def gather(call_id: CallId, resident: ResidentId, dialled: str) -> Stored | None:
    """What is stored about this attempt; None when there is no such call or no such resident."""
    meant = parse_dialled(dialled)
    found = row(
        _SQL,
        {
            "call": call_id,
            "resident": resident,
            "number": meant.number if isinstance(meant, DialledNumber) else None,
            "slot": meant.slot if isinstance(meant, SpeedDial) else None,
        },
    )
    return Stored(*found) if found else None


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
    """Everything that policy asks for."""
    rules = stored.rules
    station = rules.stations[StationId(stored.station)]
    levels = (*station.rules, _resident_rules(_text(stored.resident_rules)))
    return CallFacts(
        at=at,
        zone=rules.zone,
        number=number,
        tariff=rules.tariff(number, at),
        rules=levels,
        usage=_usage(call_id, stored, levels, at),
        suspensions=(
            () if stored.suspended_until is None else (Suspension(Level.RESIDENT, Instant(stored.suspended_until)),)
        ),
        standing=_standing(stored, rules),
        blocks=(*rules.blocks_on(number), *_blocks(stored, number)),
        payers=_payers(stored),
        is_active=stored.status == ResidentStatus.ACTIVE,
        is_here=stored.home == stored.facility,
        is_in_own_unit=_is_in_own_unit(stored, station),
        is_hotline=number in rules.hotlines,
        is_free=stored.privilege == _PRIVILEGED_AND_FREE,
        is_privilege_unverified=stored.privilege == _NAMED,
    )


def is_privileged(stored: Stored) -> bool:
    """Whether the called number is verified as an attorney's, chaplain's, doctor's or court's."""
    return stored.privilege in (_PRIVILEGED, _PRIVILEGED_AND_FREE)


def _usage(call_id: CallId, stored: Stored, levels: tuple[Rules, ...], at: Instant) -> Usage:
    attempts: tuple[Instant, ...] = ()
    if any(rules.attempts_per_hour is not None for rules in levels):  # few facilities count them
        found = rows(_ATTEMPTS, {"resident": stored.caller, "since": at - _HOUR, "call": call_id})
        attempts = tuple(Instant(opened_at) for (opened_at,) in found)
    return Usage(
        last_call_ended_at=None if stored.last_ended is None else Instant(stored.last_ended),
        attempts_in_hour=attempts,
        calls_today=stored.calls_today,
        seconds_today=int(stored.today or 0) // 1000,
        seconds_this_week=int(stored.week or 0) // 1000,
        seconds_this_month=int(stored.month or 0) // 1000,
    )


def _standing(stored: Stored, rules: Rulebook) -> Standing:
    standing = Standing.UNLISTED
    if stored.contact_state is not None:
        standing = _STANDINGS[ContactState(stored.contact_state)]
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
    if stored.paused_until is not None:
        until = Instant(stored.paused_until)
        blocks.append(Block(number, Reason.BLOCK_CUSTOMER_PAUSED, Level.CALLED_PARTY, until=until))
    return blocks


def _payers(stored: Stored) -> tuple[Payer, ...]:
    payers = []
    for account, arrangement, available, credit in (
        (stored.prepaid, Arrangement.PREPAID, stored.prepaid_available, stored.prepaid_credit),
        (stored.debit, Arrangement.RESIDENT_DEBIT, stored.debit_available, stored.debit_credit),
    ):
        if account is not None:
            payers.append(Payer(AccountId(account), arrangement, Money(available or 0), Money(credit or 0)))
    return tuple(payers)


def _is_in_own_unit(stored: Stored, station: StationRules) -> bool:
    return stored.home_unit is None or station.unit is None or stored.home_unit == station.unit


def _text(stored: Any) -> str:
    """JSON comes as text from SQLite and decoded, or as text, from PostgreSQL."""
    return stored if isinstance(stored, str) else json.dumps(stored)


@lru_cache(maxsize=10_000)
def _resident_rules(text: str) -> Rules:
    return calling_rules(Level.RESIDENT, json.loads(text))
