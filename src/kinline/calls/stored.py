"""What is stored about a call that is to be decided: one query, and a second one for what few calls have.

The first joins no more than every call needs, since each table costs more to open than its row to read; it tells
whether there is anything in the tables that seldom have: blocks, the privileged, dedicated numbers, a customer's limits
for a day. Bills and what collect calls left owing are looked up for those who have them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kinline.core.identity import CallId, FacilityId, Instant, ResidentId
from kinline.core.numbering import E164, DialledNumber, SpeedDial, parse_dialled
from kinline.facilities.queries import Rulebook, rulebook
from kinline.ledger.models import AccountKind
from kinline.statements import Row, row, rows

_ATTEMPT: Final = """c.id, c.state, c.resident_id, c.station_id, c.facility_id, c.dialled, c.reason, c.reason_values,
    c.day_started_at, c.week_started_at, c.month_started_at"""

# A day more than the month, since a wait after a call may reach back over its beginning.
QUESTION: Final = f"""
SELECT c.state, c.resident_id, c.station_id, c.facility_id, v.value, c.dialled, c.reason, c.reason_values,
  c.day_started_at, c.last_ended, c.calls_today, c.calls_week, c.calls_month, c.today, c.week, c.month,
  r.facility_id, r.unit_id, r.status, r.suspended_until, r.calling_rules, k.number, k.state, k.language, k.expires_at,
  q.windows, q.time_zone, d.number, d.resident_id, d.forwards_to,
  EXISTS (SELECT 1 FROM contacts_block b WHERE b.number = %(number)s AND b.lifted_at IS NULL),
  EXISTS (SELECT 1 FROM contacts_privilegednumber n WHERE n.number = %(number)s AND n.revoked_at IS NULL),
  p.kind, p.id, p.posted - p.held, p.credit_limit, p.review_since,
  m."order", u.calls_paused_until, a.kind, a.id, a.posted - a.held, a.credit_limit, a.review_since,
  m.customer_id, EXISTS (SELECT 1 FROM contacts_spendinglimit l WHERE l.customer_id = m.customer_id)
FROM (SELECT {_ATTEMPT},
    MAX(CASE WHEN o.accepted_at IS NOT NULL THEN o.ended_at END) AS last_ended,
    COUNT(CASE WHEN o.accepted_at >= c.day_started_at THEN 1 END) AS calls_today,
    COUNT(CASE WHEN o.accepted_at >= c.week_started_at THEN 1 END) AS calls_week,
    COUNT(CASE WHEN o.accepted_at >= c.month_started_at THEN 1 END) AS calls_month,
    SUM(CASE WHEN o.accepted_at >= c.day_started_at THEN o.ended_at - o.accepted_at END) AS today,
    SUM(CASE WHEN o.accepted_at >= c.week_started_at THEN o.ended_at - o.accepted_at END) AS week,
    SUM(CASE WHEN o.accepted_at >= c.month_started_at THEN o.ended_at - o.accepted_at END) AS month
  FROM {{attempt}} LEFT JOIN calls_call o ON o.resident_id = %(resident)s AND o.id <> c.id AND NOT o.is_hotline
    AND o.opened_at >= CASE WHEN c.week_started_at < c.month_started_at THEN c.week_started_at
                            ELSE c.month_started_at END - 86400000{{before}}
  WHERE {{which}} GROUP BY {_ATTEMPT}) c
JOIN people_resident r ON r.id = %(resident)s
JOIN facilities_stamp v ON v.id = 1
LEFT JOIN contacts_contact k ON k.resident_id = %(resident)s AND k.number = %(number)s
LEFT JOIN contacts_quiethours q ON q.number = %(number)s
LEFT JOIN contacts_dedicatednumber d ON d.number = %(number)s AND d.resident_id IS NOT NULL
LEFT JOIN ledger_account p ON p.resident_id = %(resident)s AND p.kind = 'resident_debit'
LEFT JOIN people_customernumber m ON m.number = %(number)s
LEFT JOIN people_customer u ON u.id = m.customer_id
LEFT JOIN ledger_account a ON a.customer_id = m.customer_id AND a.number = ''
  AND a.kind IN ('customer_prepaid', 'direct_bill') AND a.closed_at IS NULL
"""  # noqa: S608 (the columns are ours)

_SQL: Final = QUESTION.format(attempt="calls_call c", which="c.id = %(call)s", before="")

_SLOT: Final = "SELECT number FROM contacts_contact WHERE resident_id = %(resident)s AND speed_dial = %(slot)s"

_BLOCKS: Final = """
SELECT DISTINCT CASE WHEN b.blocked_by = 'facility' THEN 1 ELSE 0 END FROM contacts_block b
WHERE b.number = %(number)s AND b.lifted_at IS NULL
  AND (b.resident_id = %(resident)s OR b.resident_id IS NULL)
  AND (b.facility_id = %(facility)s OR b.facility_id IS NULL)
"""

_PRIVILEGE: Final = """
SELECT MAX(CASE WHEN n.verified IS NULL THEN 1 WHEN n.is_free THEN 3 ELSE 2 END) FROM contacts_privilegednumber n
WHERE n.number = %(number)s AND n.revoked_at IS NULL AND (n.resident_id = %(resident)s OR n.resident_id IS NULL)
  AND (n.agency_id = %(agency)s OR n.agency_id IS NULL)
"""

_DEDICATED: Final = """
SELECT 0, u.calls_paused_until, a.kind, a.id, a.posted - a.held, a.credit_limit, a.review_since,
  u.id, EXISTS (SELECT 1 FROM contacts_spendinglimit l WHERE l.customer_id = u.id)
FROM ledger_account a JOIN people_customer u ON u.id = a.customer_id
WHERE a.kind = 'dedicated' AND a.number = %(number)s AND a.number <> '' AND a.closed_at IS NULL
"""

_OVERDUE: Final = """
SELECT COUNT(*) FROM billing_invoice i WHERE i.account_id = %(account)s AND i.paid_at IS NULL AND i.due_at < %(at)s
"""

# What collect calls of the last 90 days cost, less what was given back of them.
_COLLECT: Final = """
SELECT a.kind, a.id, a.posted - a.held, a.credit_limit, a.review_since,
  (SELECT COALESCE(SUM(o.charge - o.credited), 0) FROM calls_call o
    WHERE o.called_party = %(number)s AND o.payer = 'collect' AND o.opened_at > %(at)s - 7776000000)
FROM ledger_account a WHERE a.kind = 'collect_receivable' AND a.number = %(number)s AND a.number <> ''
"""

# What is left today of the tightest limit, calls in progress at their longest deducted; and the limit of all residents.
_LIMITS: Final = """
SELECT MIN(l.amount - (SELECT COALESCE(SUM(CASE WHEN o.state = 'settled' THEN o.charge - o.credited
      ELSE COALESCE(o.price_at_limit, 0) END), 0) FROM calls_call o
    WHERE o.account_id IN (SELECT p.id FROM ledger_account p WHERE p.customer_id = l.customer_id)
      AND (l.resident_id IS NULL OR o.resident_id = l.resident_id) AND o.opened_at >= %(day)s
      AND o.id <> %(call)s AND o.opened_at <= %(until)s)),
  MAX(CASE WHEN l.resident_id IS NULL THEN l.id END), MAX(CASE WHEN l.resident_id IS NULL THEN l.grants END)
FROM contacts_spendinglimit l
WHERE l.customer_id = %(customer)s AND (l.resident_id IS NULL OR l.resident_id = %(resident)s)
"""

_CONTACTS: Final = """
SELECT COUNT(*) FROM contacts_contact WHERE resident_id = %(resident)s AND state IN ('approved', 'pending')
"""

_FOREVER: Final = 2**62

_PRIVILEGED: Final = (2, 3)
"""What `_PRIVILEGE` says of a number that is verified; the second is free, too."""
_NAMED: Final = 1


class StoredPayer(NamedTuple):
    """The columns of an account that could pay. A customer without an account has a row too."""

    asked: int
    paused_until: int | None
    kind: str | None
    account: int | None
    available: int | None
    credit_limit: int | None
    review_since: int | None
    customer: int | None = None
    has_limits: bool = False
    overdue: int = 0
    """Invoices of a direct bill."""
    spent: int = 0
    """On collect calls to the number, in the last 90 days."""
    day_rest: int | None = None
    """Of the tightest limit that the customer set for a day, calls in progress at their longest deducted."""
    limit: int | None = None
    """The customer's limit for all residents together."""
    grants: int | None = None


class Stored(NamedTuple):
    """The row of the query, in its order, and what else was asked. Amounts are microdollars, instants and lengths
    milliseconds."""

    state: str
    caller: int | None
    station: int
    facility: int
    stamp: int
    dialled: str
    reason: str
    reason_values: str
    day_started_at: int
    last_ended: int | None
    calls_today: int
    calls_week: int
    calls_month: int
    today: int | None
    week: int | None
    month: int | None
    home: int
    home_unit: int | None
    status: str
    suspended_until: int | None
    resident_rules: Any
    contact_number: str | None
    contact_state: str | None
    contact_language: str | None
    contact_expires_at: int | None
    quiet_windows: Any
    quiet_zone: str | None
    dedicated: str | None
    dedicated_to: int | None
    forwards_to: str | None
    is_blocked_by_facility: bool
    is_blocked_by_called_party: bool
    privilege: int | None
    payers: tuple[StoredPayer, ...]
    rules: Rulebook

    @property
    def ring(self) -> E164 | None:
        """The phone behind the dialled number, when that is a dedicated one."""
        return E164(self.forwards_to) if self.forwards_to else None

    @property
    def is_privileged(self) -> bool:
        """Whether the called number is verified as an attorney's, chaplain's, doctor's or court's."""
        return self.privilege in _PRIVILEGED

    @property
    def is_privileged_and_free(self) -> bool:
        return self.privilege == _PRIVILEGED[-1]

    @property
    def is_privilege_unverified(self) -> bool:
        return self.privilege == _NAMED


_FACILITY, _STAMP, _DAY = 3, 4, 8
_DEDICATED_NUMBER, _BLOCK, _PRIVILEGED_NUMBER, _RESIDENTS_OWN, _CUSTOMERS = 27, 30, 31, 32, 37
"""Columns of the question; the latter: from which on it tells of these."""


def gather(call_id: CallId, resident: ResidentId, dialled: str, at: Instant) -> Stored | None:
    """What is stored about this attempt; None when there is no such call or no such resident."""
    return gather_by(_SQL, resident, dialled, at, {"call": call_id})


def gather_by(
    question: str, resident: ResidentId, dialled: str, at: Instant, attempt: Mapping[str, int]
) -> Stored | None:
    """What a form of `QUESTION` finds about an attempt, `attempt` being the values of its own."""
    asked_for = number = _meant(resident, dialled)
    values = {**attempt, "resident": resident, "number": number, "at": at}
    found = rows(question, values)
    if not found:
        return None
    first = found[0]
    rules = rulebook(FacilityId(first[_FACILITY]), first[_STAMP])
    dedicated = first[_DEDICATED_NUMBER:_BLOCK]
    if dedicated[0] is None:
        payers = _payers(found, values, rules)
    else:  # it has money of its own; contact, blocks and privilege are those of the phone that rings
        payers = [StoredPayer(*account) for account in rows(_DEDICATED, values)]
        number = dedicated[-1]
        first = rows(question, {**values, "number": number})[0]
    day = {"call": attempt.get("call", 0), "day": first[_DAY], "until": at if "call" not in attempt else _FOREVER}
    return Stored._make(
        (
            *first[:_DEDICATED_NUMBER],
            *dedicated,
            *(_blocks({number, asked_for}, values, first) if first[_BLOCK] or found[0][_BLOCK] else (False, False)),
            _privilege(resident, number, rules.agency) if first[_PRIVILEGED_NUMBER] else None,
            tuple(_limited(payer, {**values, **day}) if payer.has_limits else payer for payer in payers),
            rules,
        )
    )


def contacts_of(resident: ResidentId) -> int:
    """How many numbers are on the resident's list, or asked for."""
    found = row(_CONTACTS, {"resident": resident})
    return int(found[0]) if found else 0


def _payers(found: Sequence[Row], values: Mapping[str, Any], rules: Rulebook) -> list[StoredPayer]:
    """The customers of the number, or else the called party, where they may accept collect calls; and the resident."""
    payers = [_payer(row[_CUSTOMERS:], values) for row in found if row[_CUSTOMERS] is not None]
    if not payers and values["number"] is not None and rules.collect_allowance.micros:
        payers += [StoredPayer(0, None, *rest)._replace(spent=spent) for *rest, spent in rows(_COLLECT, values)]
    own = found[0][_RESIDENTS_OWN:_CUSTOMERS]
    return payers if own[0] is None else [*payers, StoredPayer(0, None, *own)]


def _payer(columns: Row, values: Mapping[str, Any]) -> StoredPayer:
    payer = StoredPayer(*columns)
    if payer.kind != AccountKind.DIRECT_BILL:
        return payer
    overdue = row(_OVERDUE, {"account": payer.account, "at": values["at"]})
    return payer._replace(overdue=overdue[0] if overdue else 0)


def _limited(payer: StoredPayer, values: Mapping[str, Any]) -> StoredPayer:
    rest, limit, grants = row(_LIMITS, {**values, "customer": payer.customer}) or (None, None, None)
    return payer._replace(day_rest=rest, limit=limit, grants=grants)


def _blocks(numbers: Collection[str | None], values: Mapping[str, Any], first: Row) -> tuple[bool, bool]:
    """Is one of the numbers blocked by the facility; by whoever is called there?"""
    asked = {"resident": values["resident"], "facility": first[_FACILITY]}
    by = {is_facility for number in numbers for (is_facility,) in rows(_BLOCKS, {**asked, "number": number})}
    return 1 in by, 0 in by


def _privilege(resident: ResidentId, number: str | None, agency: int) -> int | None:
    found = row(_PRIVILEGE, {"number": number, "resident": resident, "agency": agency})
    return found[0] if found else None


def _meant(resident: ResidentId, dialled: str) -> str | None:
    """The number that was dialled, whole or by its slot of the resident's speed dial; None: it is none of these."""
    match parse_dialled(dialled):
        case DialledNumber(number=number):
            return number
        case SpeedDial(slot=slot):
            found = row(_SLOT, {"resident": resident, "slot": slot})
            return found[0] if found else None
        case _:
            return None
