"""What is stored about a call that is to be decided: one query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kinline.core.identity import CallId, FacilityId, Instant, ResidentId
from kinline.core.numbering import E164, DialledNumber, SpeedDial, parse_dialled
from kinline.facilities.queries import Rulebook, rulebook
from kinline.statements import rows

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

_PAYER_COLUMNS: Final = 12


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
