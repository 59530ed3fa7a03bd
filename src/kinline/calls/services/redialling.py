"""Calls that were dropped and dialled again at once: the set-up minute of the first is given back, unasked."""

from collections import Counter
from typing import Final

import structlog
from django.db.transaction import atomic

from kinline.calls.priced import frozen_tariff
from kinline.core.crediting import SET_UP_SECONDS, DroppedCall, redial_credit
from kinline.core.identity import AccountId, CallId, Instant, Side, new_call_id
from kinline.core.money import ZERO, Money
from kinline.core.reasons import Reason
from kinline.core.tariff import charge
from kinline.facilities.call_settings import credit_rule
from kinline.ledger.models import Account, AccountKind, Transfer
from kinline.ledger.postings import Order
from kinline.ledger.queries import house_account
from kinline.ledger.services import transfer
from kinline.statements import retried, rows

log = structlog.get_logger("calls")

_LOOKS_BACK: Final = 24 * 3_600_000
_LONGEST: Final = 3_600_000
"""Milliseconds: no facility's rule reaches further."""

# An id begins with its instant, so its index finds the calls of the last day.
_SQL: Final = """
SELECT first.resident_id, again.authorised_at, first.id, first.account_id, first.reason, first.ended_by,
  first.ended_at, first.charge, first.credited, first.tariff, f.call_settings,
  (SELECT COUNT(*) FROM calls_call o JOIN ledger_transfer t ON t.call_id = o.id AND t.reason = 'redial_credit'
    WHERE o.resident_id = first.resident_id AND o.opened_at >= first.day_started_at AND o.id <> first.id)
FROM calls_call again
JOIN calls_call first ON first.resident_id = again.resident_id AND first.opened_at < again.opened_at
  AND first.opened_at >= %(opened)s AND first.called_party = again.called_party AND first.state = 'settled'
  AND first.account_id IS NOT NULL AND first.charge > first.credited AND first.ended_by = 'called_party'
  AND again.authorised_at BETWEEN first.ended_at AND first.ended_at + %(longest)s
JOIN facilities_facility f ON f.id = first.facility_id
WHERE again.id >= %(since)s AND again.accepted_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.call_id = first.id
    AND t.reason IN ('redial_credit', 'staff_credit'))
ORDER BY first.id
"""


def credit_redials(at: Instant) -> int:
    """Give back the set-up minute of each dropped call that was redialled and accepted within the facility's time.
    Once for a call, whoever looks. How many."""
    since = Instant(at - _LOOKS_BACK)
    values = {"since": new_call_id(since, 0), "opened": since - _LOOKS_BACK, "longest": _LONGEST}
    done: Counter[int] = Counter()
    for found in rows(_SQL, values):
        resident, again_at, call, account, reason, ended_by, ended_at, cost, credited, tariff, settings, today = found
        first = DroppedCall(
            Side(ended_by),
            Reason(reason),
            Instant(ended_at),
            Money(cost),
            Money(credited),
            charge(frozen_tariff(tariff), SET_UP_SECONDS).total,
        )
        amount = redial_credit(first, Instant(again_at), today + done[resident], credit_rule(settings))
        if amount > ZERO and _credited(CallId(call), AccountId(account), amount, at):
            log.info("call.redial_credited", call_id=call)
            done[resident] += 1
    return done.total()


@retried
def _credited(call: CallId, account: AccountId, amount: Money, at: Instant) -> bool:
    """Unless staff, who see the whole story, have given something back meanwhile."""
    with atomic():
        Account.objects.select_for_update().get(pk=account)
        if Transfer.objects.filter(call_id=call, reason__in=("redial_credit", "staff_credit")).exists():
            return False
        ours = house_account(AccountKind.CREDITS)
        transfer(Order(f"call/{call}/redial_credit", ours, account, amount, "redial_credit", call), at)
    return True
