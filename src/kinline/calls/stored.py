"""What is stored about a call that is to be decided: one query, and others for what few calls have.

The query is a row for each thing that every call needs, side by side: PostgreSQL would spend more on carrying the same
columns through a join of those tables than on finding the rows. It also tells whether the number is noted for what few
have: a block, a privilege, quiet hours, being a dedicated number, a customer's pause or limits for a day. These, bills
and what collect calls left owing are looked up for those who have them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kinline.core.identity import CallId, FacilityId, Instant, ResidentId
from kinline.core.numbering import E164, DialledNumber, SpeedDial, parse_dialled
from kinline.facilities.queries import Rulebook, rulebook
from kinline.ledger.models import AccountKind
from kinline.statements import Row, row, rows

_ATTEMPT, _CALL, _RESIDENT, _CONTACT, _RESIDENTS_OWN, _CUSTOMERS = range(6)
"""The first column of the question's rows: of what each is. Three texts and eight whole numbers follow."""

STAMP_AND_NOTED: Final = """(SELECT v.value FROM facilities_stamp v WHERE v.id = 1),
  CASE WHEN EXISTS (SELECT 1 FROM contacts_notednumber s WHERE s.number = %(number)s) THEN 1 ELSE 0 END"""
"""The last two columns of the attempt, by whose types the columns of all rows go."""

QUESTION: Final = """
SELECT 0, {attempt}
UNION ALL
SELECT 1, NULL, NULL, NULL, o.accepted_at, o.ended_at, NULL, NULL, NULL, NULL, NULL, NULL FROM calls_call o
  WHERE o.resident_id = %(resident)s AND o.opened_at BETWEEN %(since)s AND %(until)s AND o.id <> %(call)s
  AND o.accepted_at IS NOT NULL AND NOT o.is_hotline
UNION ALL
SELECT 2, r.status, CAST(r.calling_rules AS varchar), NULL, r.facility_id, r.unit_id, r.suspended_until,
  NULL, NULL, NULL, NULL, NULL FROM people_resident r WHERE r.id = %(resident)s
UNION ALL
SELECT 3, k.state, k.language, k.number, k.expires_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM contacts_contact k WHERE k.resident_id = %(resident)s AND k.number = %(number)s
UNION ALL
SELECT 4, p.kind, NULL, NULL, p.id, p.posted - p.held, p.credit_limit, p.review_since, CAST(0 AS bigint),
  NULL, NULL, NULL
  FROM ledger_account p WHERE p.resident_id = %(resident)s AND p.kind = 'resident_debit'
UNION ALL
SELECT 5, a.kind, NULL, NULL, a.id, a.posted - a.held, a.credit_limit, a.review_since, CAST(m."order" AS bigint),
  m.customer_id, NULL, NULL
  FROM people_customernumber m
  LEFT JOIN ledger_account a ON a.customer_id = m.customer_id AND a.number = ''
    AND a.kind IN ('customer_prepaid', 'direct_bill') AND a.closed_at IS NULL
  WHERE m.number = %(number)s
"""

_SQL: Final = QUESTION.format(
    attempt=f"""c.state, c.dialled, c.reason, c.resident_id, c.station_id, c.facility_id, c.day_started_at,
  c.week_started_at, c.month_started_at, {STAMP_AND_NOTED} FROM calls_call c WHERE c.id = %(call)s"""
)

_FACILITY, _DAY, _STAMP, _IS_NOTED = 5, 6, 9, 10
"""Columns of the attempt, after the first."""

_LOOKS_BACK: Final = 33 * 86_400_000
"""Milliseconds: a month; a day more, since a wait after a call may reach back over its beginning; and another, since a
call is asked about some time after it began."""

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

_WISHES: Final = """
SELECT u.id, u.calls_paused_until, EXISTS (SELECT 1 FROM contacts_spendinglimit l WHERE l.customer_id = u.id)
FROM people_customernumber m JOIN people_customer u ON u.id = m.customer_id WHERE m.number = %(number)s
"""

_QUIET: Final = "SELECT q.windows, q.time_zone FROM contacts_quiethours q WHERE q.number = %(number)s"

_DEDICATED_NUMBER: Final = """
SELECT d.number, d.resident_id, d.forwards_to FROM contacts_dedicatednumber d WHERE d.number = %(number)s
"""

_DEDICATED: Final = """
SELECT a.kind, a.id, a.posted - a.held, a.credit_limit, a.review_since, 0, u.id, u.calls_paused_until,
  EXISTS (SELECT 1 FROM contacts_spendinglimit l WHERE l.customer_id = u.id)
FROM ledger_account a JOIN people_customer u ON u.id = a.customer_id
WHERE a.kind = 'dedicated' AND a.number = %(number)s AND a.number <> '' AND a.closed_at IS NULL
"""

_BILL: Final = """
SELECT (SELECT COUNT(*) FROM billing_invoice i
    WHERE i.account_id = %(account)s AND i.paid_at IS NULL AND i.due_at < %(at)s),
  (SELECT COUNT(*) FROM billing_suspension s WHERE s.account_id = %(account)s AND s.lifted_at IS NULL)
"""

# What collect calls of the last 90 days cost, less what was given back of them, calls in progress at what they hold.
_COLLECT: Final = """
SELECT a.kind, a.id, a.posted - a.held, a.credit_limit, a.review_since,
  (SELECT COALESCE(SUM(CASE WHEN o.state = 'settled' THEN o.charge - o.credited ELSE o.held END), 0)
    FROM calls_call o WHERE o.called_party = %(number)s AND o.payer = 'collect'
      AND o.opened_at > %(at)s - 7776000000 AND o.id <> %(call)s AND o.opened_at <= %(until)s)
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

    kind: str | None
    account: int | None
    available: int | None
    credit_limit: int | None
    review_since: int | None
    asked: int = 0
    customer: int | None = None
    paused_until: int | None = None
    has_limits: bool | int = False
    overdue: int = 0
    """Invoices of a direct bill."""
    suspended: int = 0
    """Of a direct bill: 1 while it is."""
    spent: int = 0
    """On collect calls to the number, in the last 90 days; of those in progress, what is held."""
    day_rest: int | None = None
    """Of the tightest limit that the customer set for a day, calls in progress at their longest deducted."""
    limit: int | None = None
    """The customer's limit for all residents together."""
    grants: int | None = None


class Stored(NamedTuple):
    """What the question found, and what else was asked. Amounts are microdollars, instants and lengths milliseconds."""

    state: str
    dialled: str
    reason: str
    caller: int | None
    station: int
    facility: int
    day_started_at: int
    week_started_at: int
    month_started_at: int
    stamp: int
    status: str
    resident_rules: str
    home: int
    home_unit: int | None
    suspended_until: int | None
    contact_state: str | None
    contact_language: str | None
    contact_number: str | None
    contact_expires_at: int | None
    calls: Sequence[tuple[int, int | None]]
    """The resident's accepted calls of a month and more: when they were accepted, and when they ended."""
    quiet_windows: Any
    quiet_zone: str | None
    dedicated: str | None
    dedicated_to: int | None
    """The only resident who can call the dedicated number; None: nobody, for nobody has it."""
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


def gather(call_id: CallId, resident: ResidentId, dialled: str, at: Instant) -> Stored | None:
    """What is stored about this attempt; None when there is no such call or no such resident."""
    return gather_by(_SQL, resident, dialled, at, {"call": call_id, "until": _FOREVER})


def gather_by(
    question: str, resident: ResidentId, dialled: str, at: Instant, attempt: Mapping[str, int]
) -> Stored | None:
    """What a form of `QUESTION` finds about an attempt, `attempt` being the values of its own: `call` (0: none) and
    `until`, after which no call is counted."""
    asked_for = number = _meant(resident, dialled)
    values: dict[str, Any] = {**attempt, "resident": resident, "number": number, "at": at, "since": at - _LOOKS_BACK}
    parts = _parts(question, values)
    if _ATTEMPT not in parts or _RESIDENT not in parts:
        return None
    known = parts[_ATTEMPT][0]
    rules, is_noted = rulebook(FacilityId(known[_FACILITY]), known[_STAMP]), known[_IS_NOTED]
    dedicated = row(_DEDICATED_NUMBER, values) if is_noted else None
    if dedicated is None:
        payers = _payers(parts, values, rules)
        if is_noted:
            payers = _with_wishes(payers, values)
    else:  # it has money of its own; contact, quiet hours, blocks and privilege are those of the phone that rings
        payers = [StoredPayer(*account) for account in rows(_DEDICATED, values)]
        number = values["number"] = dedicated[-1] or number
        parts = _parts(question, values)
    status, resident_rules, _, home, home_unit, suspended_until, *_ = parts[_RESIDENT][0]
    is_blocked = _blocks({number, asked_for}, values, known[_FACILITY]) if is_noted else (False, False)
    what_rings_is_noted = parts[_ATTEMPT][0][_IS_NOTED]
    values["day"] = known[_DAY]
    return Stored._make(
        (
            *known[:_IS_NOTED],
            status,
            resident_rules,
            home,
            home_unit,
            suspended_until,
            *(parts[_CONTACT][0][:4] if _CONTACT in parts else (None, None, None, None)),
            [call[3:5] for call in parts.get(_CALL, ())],
            *(row(_QUIET, values) or (None, None) if what_rings_is_noted else (None, None)),
            *(dedicated or (None, None, None)),
            *is_blocked,
            _privilege(resident, number, rules.agency) if what_rings_is_noted else None,
            tuple([_limited(payer, values) if payer.has_limits else payer for payer in payers]),
            rules,
        )
    )


def _parts(question: str, values: Mapping[str, Any]) -> dict[int, list[Row]]:
    """The question's rows by what they are, without that column."""
    parts: dict[int, list[Row]] = {}
    for found in rows(question, values):
        parts.setdefault(found[0], []).append(found[1:])
    return parts


def contacts_of(resident: ResidentId) -> int:
    """How many numbers are on the resident's list, or asked for."""
    found = row(_CONTACTS, {"resident": resident})
    return int(found[0]) if found else 0


def _payers(parts: Mapping[int, list[Row]], values: Mapping[str, Any], rules: Rulebook) -> list[StoredPayer]:
    """The customers of the number, or else the called party, where they may accept collect calls; and the resident."""
    payers = [_payer(columns, values) for columns in parts.get(_CUSTOMERS, ())]
    if not payers and values["number"] is not None and rules.collect_allowance.micros:
        payers += [StoredPayer(*account)._replace(spent=spent) for *account, spent in rows(_COLLECT, values)]
    return [*payers, *(_payer(columns, values) for columns in parts.get(_RESIDENTS_OWN, ()))]


def _with_wishes(payers: Sequence[StoredPayer], values: Mapping[str, Any]) -> list[StoredPayer]:
    wishes: dict[int | None, dict[str, Any]] = {
        customer: {"paused_until": paused_until, "has_limits": has_limits}
        for customer, paused_until, has_limits in rows(_WISHES, values)
    }
    return [payer._replace(**wishes.get(payer.customer, {})) for payer in payers]


def _payer(columns: Row, values: Mapping[str, Any]) -> StoredPayer:
    payer = StoredPayer(columns[0], *columns[3:9])
    if payer.kind != AccountKind.DIRECT_BILL:
        return payer
    overdue, suspended = row(_BILL, {"account": payer.account, "at": values["at"]}) or (0, 0)
    return payer._replace(overdue=overdue, suspended=suspended)


def _limited(payer: StoredPayer, values: Mapping[str, Any]) -> StoredPayer:
    rest, limit, grants = row(_LIMITS, {**values, "customer": payer.customer}) or (None, None, None)
    return payer._replace(day_rest=rest, limit=limit, grants=grants)


def _blocks(numbers: Collection[str | None], values: Mapping[str, Any], facility: int) -> tuple[bool, bool]:
    """Is one of the numbers blocked by the facility; by whoever is called there?"""
    asked = {"resident": values["resident"], "facility": facility}
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
