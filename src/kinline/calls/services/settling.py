"""The end of every call: charged, paid, credited if it was bad, and closed as its CDR, exactly once."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from kinline.calls.vocabulary import ANSWERED, RECORDING_STARTED, LegQuality, UnknownCall
from kinline.configuration import configuration
from kinline.core.callflow.commands import Disposition, Settle
from kinline.core.callflow.events import Receipt
from kinline.core.crediting import Sound, ended_with, is_credited
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.core.tariff import FREE, Charge, Tariff, charge
from kinline.facilities.call_settings import credit_rule
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order, written
from kinline.ledger.queries import house_account
from kinline.ledger.services import open_additive_account, open_agency_account
from kinline.plans.services import settled as settled_by_plan
from kinline.statements import Statement, retried, row, rows, write_as_one

_SQL: Final = """
SELECT c.state, c.accepted_at, c.heartbeat_at, c.tariff, c.held, c.funded_seconds, c.account_id,
  c.billed_seconds, c.charge, c.taxes, c.balance_before, c.balance_after,
  f.agency_id,
  (SELECT a.id FROM ledger_account a WHERE a.kind = 'facility_additive' AND a.agency_id = f.agency_id),
  (SELECT MIN(e.at) FROM calls_callevent e WHERE e.call_id = c.id AND e.kind = %(answered)s),
  f.call_settings
FROM calls_call c LEFT JOIN facilities_facility f ON f.id = c.facility_id WHERE c.id = %(call)s
"""

_RELEASED: Final = "UPDATE ledger_hold SET state = 'released' WHERE id = %(call)s AND state = 'open'"

_PAID: Final = """
UPDATE ledger_account SET posted = posted - %(paid)s, held = held - %(held)s WHERE id = %(account)s RETURNING posted
"""

_SETTLED: Final = """
UPDATE calls_call SET state = 'settled', accepted_at = %(accepted_at)s, answered_at = %(answered_at)s,
  ended_at = %(ended_at)s, settled_at = %(at)s, heartbeat_at = %(at)s, disposition = %(disposition)s,
  reason_values = CASE WHEN reason = %(reason)s THEN reason_values ELSE '' END, reason = %(reason)s,
  ended_by = %(ended_by)s, billed_seconds = %(billed_seconds)s, charge = %(charge)s, taxes = %(taxes)s,
  facility_additive = %(additive)s, credited = %(credited)s, recording = %(recording)s,
  quality_resident = %(quality_resident)s, quality_called_party = %(quality_called_party)s,
  balance_after = {paid.posted}, balance_before = {paid.posted} + %(paid)s
WHERE id = %(call)s AND state <> 'settled' AND held = %(held)s
RETURNING balance_before, balance_after
"""

_SETTLED_FREE: Final = _SETTLED.replace("{paid.posted}", "NULL")
"""Nobody's balance was touched."""

_LEFT_BEHIND: Final = """
SELECT id, accepted_at, heartbeat_at FROM calls_call
WHERE state <> 'settled' AND heartbeat_at < %(before)s ORDER BY heartbeat_at LIMIT 1000
"""

_RECORDING: Final = """
SELECT fields FROM calls_callevent WHERE call_id = %(call)s AND kind = %(started)s
  AND NOT EXISTS (SELECT 1 FROM calls_call c WHERE c.id = %(call)s AND c.is_privileged) ORDER BY id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Stored:
    """The row of the query, in its order."""

    state: str
    accepted_at: int | None
    heartbeat_at: int
    tariff: str
    held: int
    funded_seconds: int | None
    account: int | None
    billed_seconds: int
    charge: int
    taxes: int
    balance_before: int | None
    balance_after: int | None
    agency: int
    additive_account: int | None
    answered_at: int | None
    call_settings: object

    @property
    def receipt(self) -> Receipt:
        return Receipt(
            self.billed_seconds,
            Money(self.charge),
            Money(self.taxes),
            None if self.balance_before is None else Money(self.balance_before),
            None if self.balance_after is None else Money(self.balance_after),
        )


@retried
def settle(
    call_id: CallId,
    settle: Settle,
    quality_resident: LegQuality | None,
    quality_called_party: LegQuality | None,
    recording: Path | None,
    at: Instant,
) -> Receipt:
    """Put the attempt into the books: charge the time talked, post it, release the hold, close the row.

    Whole seconds are charged, rounded down, and never more than the hold is for. A reason whose charging is "credited"
    (dead or bad sound, a fault of ours) is charged and given back in the same transaction, so that both show; so is
    talk that was measured as poor, whatever ended it. Asked again, the first receipt is given, whatever is asked.
    Raises `UnknownCall`.
    """
    found = row(_SQL, {"call": call_id, "answered": ANSWERED})
    if found is None:
        raise UnknownCall(call_id)
    stored = _Stored(*found)
    if stored.state == "settled":
        return stored.receipt
    tariff = _tariff(stored.tariff) if stored.tariff else FREE
    seconds = _seconds(stored, settle)
    cost, use = (charge(tariff, seconds), None) if tariff.plan is None else settled_by_plan(tariff, seconds)
    reason = ended_with(
        settle.reason, _sounds(quality_resident, quality_called_party), credit_rule(stored.call_settings)
    )
    is_given_back = is_credited(reason)
    credited = cost.total if is_given_back and stored.account is not None else ZERO
    values = {
        "call": call_id,
        "at": at,
        "account": stored.account,
        "held": stored.held,
        "paid": (cost.total - credited).micros,
        "accepted_at": settle.accepted_at,
        "answered_at": stored.answered_at,
        "ended_at": settle.ended_at,
        "disposition": settle.disposition.value,
        "reason": reason.value,
        "ended_by": "" if settle.ended_by is None else settle.ended_by.value,
        "billed_seconds": cost.billed_seconds,
        "charge": cost.total.micros,
        "taxes": cost.tax.micros,
        "additive": cost.facility_additive.micros,
        "credited": credited.micros,
        "recording": _relative(recording),
        "quality_resident": _quality(quality_resident),
        "quality_called_party": _quality(quality_called_party),
    }
    orders = _orders(call_id, stored, cost, credited, is_given_back)
    statements = [written(orders, at)] if orders else []
    if use is not None and cost.billed_seconds and not is_given_back:
        statements.append(use)
    if stored.held:
        statements.append(Statement(_RELEASED, values))
    if stored.account is not None:
        statements.append(Statement(_PAID, values, name="paid"))
    settled = _SETTLED if stored.account is not None else _SETTLED_FREE
    before, after = write_as_one([*statements, Statement(settled, values)]) or (None, None)
    return Receipt(
        cost.billed_seconds,
        cost.total,
        cost.tax,
        None if before is None else Money(before),
        None if after is None else Money(after),
    )


def reap(at: Instant, older_than_ms: int) -> int:
    """Settle the calls whose switchboard gave no sign of life for so long: those that were accepted as if they had
    ended at their last heartbeat, the others without charge. How many there were."""
    left = rows(_LEFT_BEHIND, {"before": at - older_than_ms})
    for call_id, accepted_at, heartbeat_at in left:
        talked = accepted_at is not None
        settle(
            CallId(call_id),
            Settle(
                Disposition.COMPLETED if talked else Disposition.FAILED,
                Reason.TALK_PLATFORM_FAULT if talked else Reason.NET_PLATFORM_FAULT,
                accepted_at,
                Instant(max(heartbeat_at, accepted_at or 0)),
                None,
            ),
            None,
            None,
            _noted_recording(CallId(call_id)),
            at,
        )
    return len(left)


def _seconds(stored: _Stored, settle: Settle) -> int:
    talked = 0 if settle.accepted_at is None else max(settle.ended_at - settle.accepted_at, 0) // 1000
    return min(talked, stored.funded_seconds or 0)


@lru_cache(maxsize=10_000)
def _tariff(frozen: str) -> Tariff:
    """Few calls differ in it."""
    return Tariff.from_json(json.loads(frozen))


def _orders(call_id: CallId, stored: _Stored, cost: Charge, credited: Money, is_given_back: bool) -> list[Order]:
    """From the payer to revenue, taxes and the agency's additive; and back, what is credited. And from the agency what
    it gives, of a call that was good."""
    given = []
    if cost.owed_by_agency > ZERO and not is_given_back:
        agency, revenue = open_agency_account(stored.agency), house_account(AccountKind.REVENUE)
        given = [Order(f"call/{call_id}/agency", agency, revenue, cost.owed_by_agency, "agency_paid", call_id)]
    if stored.account is None:
        return given
    payer = AccountId(stored.account)
    additive_account = AccountId(stored.additive_account or 0)
    if stored.additive_account is None and cost.facility_additive > ZERO:
        additive_account = open_additive_account(stored.agency)
    shares = (
        ("charge", house_account(AccountKind.REVENUE), cost.base),
        ("facility_additive", additive_account, cost.facility_additive),
        ("taxes", house_account(AccountKind.TAXES), cost.tax),
    )
    orders = [
        Order(f"call/{call_id}/{reason}", payer, account, amount, reason, call_id)
        for reason, account, amount in shares
        if amount > ZERO
    ]
    if credited > ZERO:
        ours = house_account(AccountKind.CREDITS)
        orders.append(Order(f"call/{call_id}/credit", ours, payer, credited, "credit", call_id))
    return orders + given


def _sounds(*legs: LegQuality | None) -> list[Sound]:
    return [Sound(leg.packets, leg.mos) for leg in legs if leg is not None]


def _quality(quality: LegQuality | None) -> str:
    if quality is None:
        return ""
    return json.dumps(
        {
            "packets": quality.packets,
            "lost": quality.lost,
            "loss": quality.loss,
            "jitter_ms": quality.jitter_ms,
            "round_trip_ms": quality.round_trip_ms,
            "r_factor": quality.r_factor,
            "mos": quality.mos,
        }
    )


def _relative(recording: Path | None) -> str:
    """The path within the recordings folder, which may be moved as a whole."""
    if recording is None:
        return ""
    folder = configuration().recordings
    return str(recording.relative_to(folder) if recording.is_relative_to(folder) else recording)


def _noted_recording(call_id: CallId) -> Path | None:
    """Where the time line says that the recording lies, which the switchboard could not tell us any more."""
    noted = row(_RECORDING, {"call": call_id, "started": RECORDING_STARTED})
    path = json.loads(noted[0] or "{}").get("path") if noted else None
    return Path(path) if path else None
