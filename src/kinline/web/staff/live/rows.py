"""A call on the board, as one viewer may read it."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from kinline.core.callflow import Act
from kinline.core.hearing import Hearing
from kinline.core.identity import CallId, Instant
from kinline.core.money import Money
from kinline.live.queries import OnBoard
from kinline.web.staff.live.viewer import Viewer
from kinline.web.words import PAYERS

ACTS = {
    Act.OFF_HOOK: _("Off-hook"),
    Act.IDENTIFY: _("Identifying"),
    Act.DIAL: _("Dialling"),
    Act.RING: _("Ringing"),
    Act.OFFER: _("At the offer"),
    Act.TALK: _("Talking"),
    Act.END: _("Over"),
}
HEARINGS = {
    Hearing.GOOD: _("Good"),
    Hearing.FAIR: _("Fair"),
    Hearing.POOR: _("Poor"),
    Hearing.BAD: _("Bad"),
}
_SHOWN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in the cells. Instants are milliseconds, for the script that counts on; texts are as of now."""

    call_id: CallId
    unit: int
    act: str
    act_name: Any
    since: Instant
    seconds: int
    station: str
    resident: str
    resident_number: str
    number: str
    is_privileged: bool
    payer: str
    price: Money | None
    price_per_minute: Money | None
    hearing: str
    hearing_name: Any
    ends_at: Instant | None
    seconds_left: int | None
    is_cut_off: bool
    may_cut_off: bool


def row(call: OnBoard, viewer: Viewer, at: Instant) -> Row:
    since = call.accepted_at if call.is_talk and call.accepted_at else call.since
    hearing = call.hearing
    return Row(
        call_id=call.call_id,
        unit=call.unit or 0,
        act=call.act,
        act_name=ACTS[Act(call.act)],
        since=since,
        seconds=max(0, at - since) // 1000,
        station=call.station,
        resident=call.resident or "",
        resident_number=call.resident_number or "",
        number=call.number if viewer.sees_numbers.covers(call.unit) else masked(call.number),
        is_privileged=call.is_privileged,
        payer=str(PAYERS.get(call.payer, "")),
        price=call.price_at(at),
        price_per_minute=None if call.price_per_minute is None else Money(call.price_per_minute),
        hearing=hearing.value if hearing else "",
        hearing_name=HEARINGS[hearing] if hearing else "",
        ends_at=call.ends_at,
        seconds_left=None if call.ends_at is None else max(0, call.ends_at - at) // 1000,
        is_cut_off=bool(call.cut_off),
        may_cut_off=viewer.may_cut_off.covers(call.unit),
    )


def masked(number: str) -> str:
    """The last digits alone: enough to tell two calls apart, too little for who looks over a shoulder."""
    return f"… {number[-_SHOWN_DIGITS:]}" if len(number) > _SHOWN_DIGITS else number


def as_html(call: OnBoard, viewer: Viewer, at: Instant) -> str:
    """The row of the table, in the language that is active."""
    return render_to_string("kinline/live_row.html", {"row": row(call, viewer, at)})
