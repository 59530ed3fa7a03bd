"""May this resident call this number, who pays, and for how long: decided by the core, held for in the ledger."""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from kinline.calls import spoken
from kinline.calls.facts import call_facts, called_number
from kinline.calls.models import Payer
from kinline.calls.priced import frozen_tariff
from kinline.calls.services.permitted import Permitted, remember, take
from kinline.calls.stored import Stored, StoredPayer, gather
from kinline.calls.vocabulary import CallIsOver, OtherQuestion, UnknownCall
from kinline.core.callflow.events import Authorised, Denied, HoldExtended, HoldNotExtended, Permit
from kinline.core.identity import CallId, Instant, Language, ResidentId
from kinline.core.money import ZERO, Money
from kinline.core.numbering import E164
from kinline.core.policy import Allow, Arrangement, closing, decide
from kinline.core.reasons import Reason
from kinline.core.tariff import Quote, Tariff, affordable_seconds, charge, quote
from kinline.ledger.models import AccountKind
from kinline.ledger.services import open_collect_account
from kinline.statements import Statement, retried, row, write, write_as_one

HOLD_SECONDS: Final = 300
"""How much talk is held for at a time: long enough that holds are seldom extended, short enough that a call does not
lock up money that another call of the same account could use."""

_PAYERS: Final = {
    Arrangement.PREPAID: Payer.CUSTOMER_PREPAID,
    Arrangement.RESIDENT_DEBIT: Payer.RESIDENT_DEBIT,
    Arrangement.DEDICATED: Payer.DEDICATED,
    Arrangement.DIRECT_BILL: Payer.DIRECT_BILL,
    Arrangement.COLLECT: Payer.COLLECT,
}

_EMPTY: Final = {
    Payer.CUSTOMER_PREPAID: Reason.FUND_INSUFFICIENT,
    Payer.RESIDENT_DEBIT: Reason.FUND_RESIDENT_DEBIT_EMPTY,
    Payer.DEDICATED: Reason.FUND_INSUFFICIENT,
    Payer.DIRECT_BILL: Reason.FUND_CREDIT_LIMIT,
    Payer.COLLECT: Reason.FUND_COLLECT_NOT_BILLABLE,
}

_AUTHORISED: Final = """
UPDATE calls_call SET state = 'authorised', dialled = %(dialled)s, called_party = %(called_party)s,
  language = %(language)s, jurisdiction = %(jurisdiction)s, is_hotline = %(is_hotline)s,
  is_privileged = %(is_privileged)s, payer = %(payer)s, account_id = %(account)s, tariff = %(tariff)s,
  price_per_minute = %(price_per_minute)s, price_at_limit = %(price_at_limit)s, limit_seconds = %(limit_seconds)s,
  limit_reason = %(limit_reason)s, funded_seconds = %(funded_seconds)s, held = %(held)s, authorised_at = %(at)s,
  reason = '', reason_values = ''
WHERE id = %(call)s AND state = 'open' AND resident_id = %(resident)s
"""

_DENIED: Final = """
UPDATE calls_call SET dialled = %(dialled)s, called_party = %(called_party)s, reason = %(reason)s,
  reason_values = %(values)s
WHERE id = %(call)s AND state = 'open' AND resident_id = %(resident)s
"""

_REASON_VALUES: Final = "SELECT reason_values FROM calls_call WHERE id = %(call)s"

_BEFORE: Final = """
SELECT called_party, language, is_privileged, payer, price_per_minute, price_at_limit, limit_seconds, limit_reason,
  funded_seconds, authorised_at FROM calls_call WHERE id = %(call)s
"""

_RESERVE: Final = "UPDATE ledger_account SET held = held + %(amount)s WHERE id = %(account)s"

_RESERVE_AS_READ: Final = f"{_RESERVE} AND posted - held = %(available)s"

_GRANT: Final = "UPDATE contacts_spendinglimit SET grants = grants + 1 WHERE id = %(limit)s AND grants = %(grants)s"

_RUNNING: Final = """
SELECT c.state, c.payer, c.tariff, c.limit_seconds, c.limit_reason, c.funded_seconds, c.held, a.id,
  a.posted - a.held + a.credit_limit
FROM calls_call c LEFT JOIN ledger_account a ON a.id = c.account_id WHERE c.id = %(call)s
"""

_EXTENDED: Final = """
UPDATE calls_call SET held = held + %(amount)s, funded_seconds = %(funded)s
WHERE id = %(call)s AND held = %(held)s AND state IN ('authorised', 'accepted')
"""


@retried
def authorise(call_id: CallId, resident: ResidentId, dialled: str, at: Instant) -> Authorised | Denied:
    """May the identified resident call what was dialled? If so, money is held and the tariff frozen on the call.

    Asked again for the same number, the first answer is given. After a refusal another number may be asked for; after
    a permit none (`OtherQuestion`). Raises `UnknownCall` (also for a resident that the call was not identified as) and
    `CallIsOver`.
    """
    stored = gather(call_id, resident, dialled, at)
    if stored is None or stored.caller != resident:
        raise UnknownCall(call_id)
    if stored.state == "settled":
        raise CallIsOver(call_id)
    if stored.state != "open":
        if stored.dialled != dialled:
            raise OtherQuestion(call_id)
        return _authorised_before(call_id, stored)
    if stored.dialled == dialled and stored.reason:
        return _denied_before(call_id, Reason(stored.reason), at)
    number = called_number(stored, dialled)
    if isinstance(number, Reason):
        return _deny(call_id, resident, dialled, None, Denied(at, number))
    facts = call_facts(call_id, stored, number, at)
    match decide(facts):
        case Allow() as allowed:
            return _permit(call_id, stored, dialled, number, allowed, facts.is_hotline, at)
        case refused:
            denied = Denied(at, refused.reason, refused.values)
            return _deny(call_id, resident, dialled, number, denied)


@retried
def extend_hold(call_id: CallId, at: Instant) -> HoldExtended | HoldNotExtended:
    """Hold money for more talk, up to the call's limit. Raises `UnknownCall`, `CallIsOver`.

    Asked again it extends again: too much held is given back when the call is settled.
    """
    found = row(_RUNNING, {"call": call_id})
    if found is None:
        raise UnknownCall(call_id)
    state, payer, tariff_text, limit_seconds, limit_reason, funded, held, account, available = found
    if state == "settled":
        raise CallIsOver(call_id)
    if not tariff_text or funded >= limit_seconds:
        return HoldNotExtended(at, Reason(limit_reason or Reason.TALK_TIME_LIMIT))
    if payer == Payer.COLLECT:  # all that the called party may owe was held for at once
        return HoldNotExtended(at, _EMPTY[Payer.COLLECT])
    tariff = frozen_tariff(tariff_text)
    wanted = _held_for(funded, limit_seconds)
    seconds = affordable_seconds(tariff, Money(max(available, 0) + held), wanted)
    if seconds <= funded:
        return HoldNotExtended(at, _EMPTY[Payer(payer)])
    more = charge(tariff, seconds).total.micros - held
    values = {"call": call_id, "account": account, "amount": more, "held": held, "funded": seconds}
    statements = [Statement(_EXTENDED, values)]
    if more:
        statements.append(Statement(_RESERVE, values))
    write(statements)
    if permitted := take(call_id):
        remember(call_id, replace(permitted, held=held + more, funded_seconds=seconds))
    return HoldExtended(at, seconds)


class _Terms(NamedTuple):
    quote: Quote
    hold: Money
    tariff: str


@lru_cache(maxsize=10_000)
def _terms(tariff: Tariff, limit_seconds: int, funded: int) -> _Terms:
    """What is told of the price, what is held, and the tariff as it is frozen on the call: few calls differ in it."""
    frozen = json.dumps(tariff.to_json(), separators=(",", ":"))
    return _Terms(quote(tariff, limit_seconds), charge(tariff, funded).total, frozen)


def _permit(
    call_id: CallId, stored: Stored, dialled: str, number: E164, allowed: Allow, is_hotline: bool, at: Instant
) -> Authorised:
    funded, hold, account = allowed.limit.seconds, ZERO, None
    payer = Payer.FREE if allowed.payer is None else _PAYERS[allowed.payer.arrangement]
    if allowed.payer is not None:
        account, funded = allowed.payer.account, allowed.funded_seconds
        if payer is Payer.COLLECT:
            account = open_collect_account(stored.ring or number, stored.rules.collect_allowance)
        else:
            funded = min(_held_for(0, allowed.limit.seconds), funded)
    terms = _terms(allowed.tariff, allowed.limit.seconds, funded)
    if allowed.payer is not None:
        hold = terms.hold
    permit = Permit(
        called_party=number,
        language=Language(stored.contact_language or stored.rules.default_language),
        privileged=stored.is_privileged,
        free=allowed.is_free,
        price_per_minute=terms.quote.price_per_minute,
        price_at_limit=terms.quote.total,
        limit_seconds=allowed.limit.seconds,
        limit_reason=allowed.limit.reason,
        funded_seconds=funded,
        closes_at=allowed.closes_at,
        resident_pays=payer is Payer.RESIDENT_DEBIT,
        is_collect=payer is Payer.COLLECT,
        is_billed=payer is Payer.DIRECT_BILL,
        ring=stored.ring,
    )
    values = {
        "call": call_id,
        "resident": stored.caller,
        "at": at,
        "dialled": dialled,
        "called_party": number,
        "language": permit.language,
        "jurisdiction": stored.rules.jurisdiction(stored.ring or number),
        "is_hotline": is_hotline,
        "is_privileged": permit.privileged,
        "payer": payer,
        "account": account,
        "tariff": terms.tariff,
        "price_per_minute": permit.price_per_minute.micros,
        "price_at_limit": permit.price_at_limit.micros,
        "limit_seconds": permit.limit_seconds,
        "limit_reason": permit.limit_reason,
        "funded_seconds": funded,
        "held": hold.micros,
    }
    statements = [Statement(_AUTHORISED, values)]
    if account is not None and hold.micros:
        statements.append(_reserve(stored, account, payer, hold))
    if account is not None and (paying := _limited(stored, account)) is not None:
        statements.append(Statement(_GRANT, {"limit": paying.limit, "grants": paying.grants}))
    write_as_one(statements)
    rules = stored.rules
    permitted = Permitted(account, allowed.tariff, hold.micros, funded, at, rules.agency, rules.credit, stored.stamp)
    remember(call_id, permitted)
    return Authorised(at, permit)


def _reserve(stored: Stored, account: int, payer: Payer, hold: Money) -> Statement:
    """Hold money on the account. Of what collect calls may cost in 90 days the account knows nothing, since some of it
    may be paid; so for these it must be as it was when they were counted."""
    values = {"account": account, "amount": hold.micros}
    if payer is not Payer.COLLECT:
        return Statement(_RESERVE, values)
    read = next((each.available for each in stored.payers if each.kind == AccountKind.COLLECT_RECEIVABLE), None)
    return Statement(_RESERVE_AS_READ, {**values, "available": read or 0})


def _limited(stored: Stored, account: int) -> StoredPayer | None:
    """Whoever pays, when they set a limit for a day that calls of several residents share. Calls of one resident never
    run at once, so that a limit for one of them needs no such care."""
    return next((payer for payer in stored.payers if payer.account == account and payer.limit is not None), None)


def _deny(call_id: CallId, resident: ResidentId, dialled: str, number: E164 | None, denied: Denied) -> Denied:
    write(
        [
            Statement(
                _DENIED,
                {
                    "call": call_id,
                    "resident": resident,
                    "dialled": dialled[:32],
                    "called_party": number or "",
                    "reason": denied.reason.value,
                    "values": spoken.to_text(denied.values),
                },
            )
        ]
    )
    return denied


def _denied_before(call_id: CallId, reason: Reason, at: Instant) -> Denied:
    found = row(_REASON_VALUES, {"call": call_id})
    return Denied(at, reason, spoken.from_text(found[0] if found else ""))


def _authorised_before(call_id: CallId, stored: Stored) -> Authorised:
    found = row(_BEFORE, {"call": call_id})
    if found is None:
        raise UnknownCall(call_id)
    called, language, is_privileged, payer, price, price_at_limit, limit, limit_reason, funded, authorised_at = found
    at, number = Instant(authorised_at), E164(called)
    permit = Permit(
        called_party=number,
        language=Language(language),
        privileged=bool(is_privileged),
        free=payer == Payer.FREE,
        price_per_minute=Money(price or 0),
        price_at_limit=Money(price_at_limit or 0),
        limit_seconds=limit or 0,
        limit_reason=Reason(limit_reason),
        funded_seconds=funded or 0,
        closes_at=closing(call_facts(call_id, stored, number, at)),
        resident_pays=payer == Payer.RESIDENT_DEBIT,
        is_collect=payer == Payer.COLLECT,
        is_billed=payer == Payer.DIRECT_BILL,
        ring=stored.ring,
    )
    return Authorised(at, permit)


def _held_for(funded: int, limit_seconds: int) -> int:
    """The seconds to hold for next; a rest shorter than a minute is taken along."""
    next_ = funded + HOLD_SECONDS
    return limit_seconds if limit_seconds - next_ < 60 else next_
