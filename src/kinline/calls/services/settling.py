"""The end of every call: charged, paid, credited if it was bad, and closed as its CDR, exactly once."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from kinline.calls.priced import frozen_tariff
from kinline.calls.services.permitted import Permitted, take
from kinline.calls.vocabulary import ANSWERED, RECORDING_STARTED, LegQuality, UnknownCall
from kinline.configuration import configuration
from kinline.core.callflow.commands import Disposition, Settle
from kinline.core.callflow.events import Receipt
from kinline.core.crediting import Sound, ended_with, is_credited
from kinline.core.identity import AccountId, CallId, Instant
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.core.tariff import FREE, Charge, charge
from kinline.facilities.call_settings import credit_rule
from kinline.ledger.models import AccountKind
from kinline.ledger.postings import Order, written
from kinline.ledger.queries import house_account
from kinline.ledger.services import open_additive_account, open_agency_account
from kinline.plans.services import settled as settled_by_plan
from kinline.statements import Statement, database_name, retried, row, rows, write_as_one

_SQL: Final = """
SELECT c.state, c.tariff, c.held, c.funded_seconds, c.account_id, c.authorised_at, f.agency_id,
  f.call_settings, v.value, c.billed_seconds, c.charge, c.taxes, c.balance_before, c.balance_after
FROM calls_call c JOIN facilities_facility f ON f.id = c.facility_id JOIN facilities_stamp v ON v.id = 1
WHERE c.id = %(call)s
"""

_PAID: Final = """
UPDATE ledger_account SET posted = posted - %(paid)s, held = held - %(held)s WHERE id = %(account)s RETURNING posted
"""

_SETTLED: Final = """
UPDATE calls_call SET state = 'settled', accepted_at = %(accepted_at)s,
  answered_at = %(answered_at)s,
  ended_at = %(ended_at)s, settled_at = %(at)s, heartbeat_at = %(at)s, disposition = %(disposition)s,
  reason_values = CASE WHEN reason = %(reason)s THEN reason_values ELSE '' END, reason = %(reason)s,
  ended_by = %(ended_by)s, billed_seconds = %(billed_seconds)s, charge = %(charge)s, taxes = %(taxes)s,
  facility_additive = %(additive)s, credited = %(credited)s, recording = %(recording)s,
  quality_resident = %(quality_resident)s, quality_called_party = %(quality_called_party)s,
  balance_after = {paid.posted}, balance_before = {paid.posted} + %(paid)s
WHERE id = %(call)s AND state <> 'settled' AND held = %(held)s{remembered}
RETURNING balance_before, balance_after
"""

_REMEMBERED: Final = """
  AND funded_seconds = %(funded)s AND authorised_at = %(authorised_at)s
  AND EXISTS (SELECT 1 FROM facilities_stamp v WHERE v.id = 1 AND v.value = %(stamp)s)"""

_SETTLED_BY: Final = {
    (is_paid, is_remembered): _SETTLED.replace("{remembered}", _REMEMBERED if is_remembered else "").replace(
        *(("", "") if is_paid else ("{paid.posted}", "NULL"))
    )
    for is_paid in (True, False)
    for is_remembered in (True, False)
}
"""By whether somebody's balance is touched, and whether the row was not read again."""

_LEFT_BEHIND: Final = """
SELECT id, accepted_at, heartbeat_at FROM calls_call
WHERE state IN ('open', 'authorised', 'accepted') AND heartbeat_at < %(before)s ORDER BY heartbeat_at LIMIT 1000
"""

_RECORDING: Final = """
SELECT fields FROM calls_callevent WHERE call_id = %(call)s AND kind = %(started)s
  AND NOT EXISTS (SELECT 1 FROM calls_call c WHERE c.id = %(call)s AND c.is_privileged) ORDER BY id DESC LIMIT 1
"""

_ANSWERED: Final = "SELECT MIN(at) FROM calls_callevent WHERE call_id = %(call)s AND kind = %(answered)s"


@retried
def settle(
    call_id: CallId,
    settle: Settle,
    quality_resident: LegQuality | None,
    quality_called_party: LegQuality | None,
    recording: Path | None,
    at: Instant,
    answered_at: Instant | None = None,
) -> Receipt:
    """Put the attempt into the books: charge the time talked, post it, release the hold, close the row.

    Whole seconds are charged, rounded down, and never more than the hold is for. A reason whose charging is "credited"
    (dead or bad sound, a fault of ours) is charged and given back in the same transaction, so that both show; so is
    talk that was measured as poor, whatever ended it. Asked again, the first receipt is given, whatever is asked.
    `answered_at` is when the called phone was picked up, by a person or not. Raises `UnknownCall`.
    """
    call = take(call_id) or _read(call_id)
    if isinstance(call, Receipt):
        return call
    tariff = call.tariff
    seconds = _seconds(call, settle)
    cost, use = (charge(tariff, seconds), None) if tariff.plan is None else settled_by_plan(tariff, seconds)
    reason = ended_with(settle.reason, _sounds(quality_resident, quality_called_party), call.credit)
    is_given_back = is_credited(reason)
    credited = cost.total if is_given_back and call.account is not None else ZERO
    values = {
        "call": call_id,
        "at": at,
        "account": call.account,
        "held": call.held,
        "funded": call.funded_seconds,
        "authorised_at": call.authorised_at,
        "stamp": call.stamp,
        "paid": (cost.total - credited).micros,
        "accepted_at": settle.accepted_at,
        "answered_at": answered_at,
        "ended_at": settle.ended_at,
        "disposition": settle.disposition,
        "reason": reason,
        "ended_by": settle.ended_by or "",
        "billed_seconds": cost.billed_seconds,
        "charge": cost.total.micros,
        "taxes": cost.tax.micros,
        "additive": cost.facility_additive.micros,
        "credited": credited.micros,
        "recording": _relative(recording),
        "quality_resident": _quality(quality_resident),
        "quality_called_party": _quality(quality_called_party),
    }
    orders = _orders(call_id, call, cost, credited, is_given_back)
    statements = [written(orders, at)] if orders else []
    if use is not None and cost.billed_seconds and not is_given_back:
        statements.append(use)
    if call.account is not None:
        statements.append(Statement(_PAID, values, name="paid"))
    settled = _SETTLED_BY[call.account is not None, call.is_remembered]
    before, after = write_as_one([*statements, Statement(settled, values)]) or (None, None)
    return _receipt(cost.billed_seconds, cost.total, cost.tax, before, after)


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
            answered_at=_noted_answer(CallId(call_id)),
        )
    return len(left)


def _read(call_id: CallId) -> Permitted | Receipt:
    """The call as it is stored, or its receipt if it is settled."""
    found = row(_SQL, {"call": call_id})
    if found is None:
        raise UnknownCall(call_id)
    state, tariff, held, funded, account, authorised_at, agency, settings, stamp, *receipt = found
    if state == "settled":
        billed, cost, taxes, before, after = receipt
        return _receipt(billed, Money(cost), Money(taxes), before, after)
    price = frozen_tariff(tariff) if tariff else FREE
    credit = credit_rule(settings)
    return Permitted(account, price, held, funded or 0, authorised_at, agency, credit, stamp, is_remembered=False)


def _receipt(billed: int, cost: Money, taxes: Money, before: int | None, after: int | None) -> Receipt:
    """Without balances when nobody paid."""
    return Receipt(
        billed, cost, taxes, None if before is None else Money(before), None if after is None else Money(after)
    )


def _seconds(call: Permitted, settle: Settle) -> int:
    talked = 0 if settle.accepted_at is None else max(settle.ended_at - settle.accepted_at, 0) // 1000
    return min(talked, call.funded_seconds)


def _orders(call_id: CallId, call: Permitted, cost: Charge, credited: Money, is_given_back: bool) -> list[Order]:
    """From the payer to revenue, taxes and the agency's additive; and back, what is credited. And from the agency what
    it gives, of a call that was good."""
    agency = call.agency
    given = []
    if cost.owed_by_agency > ZERO and not is_given_back:
        owing, revenue = open_agency_account(agency), house_account(AccountKind.REVENUE)
        given = [Order(f"call/{call_id}/agency", owing, revenue, cost.owed_by_agency, "agency_paid", call_id)]
    payer = call.account
    if payer is None:
        return given
    shares = [("charge", house_account(AccountKind.REVENUE), cost.base)]
    if cost.facility_additive > ZERO:
        shares.append(("facility_additive", _additive_account(agency, call.stamp), cost.facility_additive))
    shares.append(("taxes", house_account(AccountKind.TAXES), cost.tax))
    orders = [
        Order(f"call/{call_id}/{reason}", payer, account, amount, reason, call_id)
        for reason, account, amount in shares
        if amount > ZERO
    ]
    if credited > ZERO:
        ours = house_account(AccountKind.CREDITS)
        orders.append(Order(f"call/{call_id}/credit", ours, payer, credited, "credit", call_id))
    return orders + given


@lru_cache(maxsize=1000)
def _additive_account_of(_database: str, agency: int, _stamp: int) -> AccountId:
    return open_additive_account(agency)


def _additive_account(agency: int, stamp: int) -> AccountId:
    """Opened once and never closed, so remembered for each database, until some rule changes."""
    return _additive_account_of(database_name(), agency, stamp)


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


def _noted_answer(call_id: CallId) -> Instant | None:
    """When the time line says that the called phone was answered."""
    noted = row(_ANSWERED, {"call": call_id, "answered": ANSWERED})
    return None if noted is None or noted[0] is None else Instant(noted[0])
