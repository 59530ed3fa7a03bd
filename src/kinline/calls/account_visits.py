"""Visits of the account menu: when an account was opened by telephone, from where, and what was done there.

That it was opened, or locked after wrong PINs, stands in the audit trail; the rest in the time line of its call.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from kinline.audit import queries as audit
from kinline.audit.actions import Action
from kinline.calls.queries import events_of
from kinline.calls.vocabulary import Entry
from kinline.core.identity import CallId, Instant

SHOWN: Final = 10


class Deed(StrEnum):
    """What was done in a visit."""

    BALANCE_HEARD = "balance_heard"
    CALLS_HEARD = "calls_heard"
    BLOCKS_HEARD = "blocks_heard"
    BLOCK_LIFTED = "block_lifted"
    CARD_REDEEMED = "card_redeemed"
    CARD_CHARGED = "card_charged"
    PERSON_REACHED = "person_reached"


@dataclass(frozen=True, slots=True)
class Visit:
    """`caller`: the end of the calling number, `...0123`; empty: it was not shown."""

    call_id: CallId
    at: Instant
    caller: str
    was_locked: bool
    """No visit: the PIN was wrong for the last time, and is locked."""
    deeds: tuple[Deed, ...]


_DEEDS: Final = {
    ("ReadBalance", "BalanceRead"): Deed.BALANCE_HEARD,
    ("ReadCalls", "CallsRead"): Deed.CALLS_HEARD,
    ("ReadBlocks", "BlocksRead"): Deed.BLOCKS_HEARD,
    ("LiftBlock", "BlockLifted"): Deed.BLOCK_LIFTED,
    ("RedeemVoucher", "MoneyAdded"): Deed.CARD_REDEEMED,
    ("ChargeCard", "MoneyAdded"): Deed.CARD_CHARGED,
}
_SEEN: Final = (Action.PHONE_PIN_ACCEPTED, Action.PHONE_PIN_LOCKED)


def visits_of(customer_id: int) -> list[Visit]:
    """The last visits to a customer's account, newest first."""
    theirs = (event for event in audit.entries(subject=f"customer/{customer_id}") if event.action in _SEEN)
    return [
        _visit(CallId(int(json.loads(event.after)["call"])), Instant(event.at), event.action)
        for event in islice(theirs, SHOWN)
    ]


def _visit(call_id: CallId, at: Instant, action: str) -> Visit:
    happened = events_of(call_id)
    callers = [str(each.fields.get("caller", "")) for each in happened if each.kind == "menu.opened"]
    deeds = dict.fromkeys(deed for each in happened if (deed := _deed(each)))
    return Visit(call_id, at, callers[0] if callers else "", action == Action.PHONE_PIN_LOCKED, tuple(deeds))


def _deed(entry: Entry) -> Deed | None:
    match entry.kind:
        case "menu.answered":
            return _DEEDS.get((str(entry.fields.get("question")), str(entry.fields.get("answer"))))
        case "call.bridged":
            return Deed.PERSON_REACHED
        case _:
            return None
