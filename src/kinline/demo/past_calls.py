"""Calls that never were, as plausible as real ones: when people call, how it ends, how long they talk, whom they call.

No call costs anything: the crowd's department pays for its calls, as several states do. So the books have nothing of
them, and stay balanced.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import accumulate, pairwise
from typing import Final
from zoneinfo import ZoneInfo

from kinline.core.callflow.commands import Disposition
from kinline.core.callflow.end import disposition
from kinline.core.identity import Instant, new_call_id
from kinline.core.reasons import Reason
from kinline.core.windows import day_start, month_start, week_start

ZONE: Final = ZoneInfo("America/Chicago")
LIMIT: Final = 900
"""Seconds that a call lasts at most."""
TARIFF: Final = '{"service":"audio","price":0,"facility_additive":0,"increment":1,"minimum":0,"taxes":[],"cap":null}'
_OTHERS: Final = 0.04
"""Of calls, to numbers that are on nobody's list."""
_AREAS: Final = ("225", "318", "337", "504", "985")

_HOURS: Final = (0, 0, 0, 0, 0, 0, 1, 3, 6, 7, 7, 5, 5, 7, 7, 8, 9, 10, 13, 14, 12, 8, 3, 0)
"""How the calls of a day fall on its hours: most after the families' work."""
_WEEKDAYS: Final = (9, 9, 9, 10, 10, 12, 13)

_REASONS: Final = {
    # Six in ten are talked.
    Reason.TALK_HANGUP_CALLED: 23_600,
    Reason.TALK_HANGUP_RESIDENT: 20_500,
    Reason.TALK_TIME_LIMIT: 14_300,
    Reason.TALK_SCHEDULE_END: 1_550,
    Reason.TALK_CARRIER_DROP: 1_240,
    Reason.TALK_CUTOFF: 370,
    Reason.TALK_THREEWAY_SUSPECTED: 310,
    Reason.TALK_LOCKDOWN: 250,
    # Nobody answers, or nobody can be reached.
    Reason.RING_NO_ANSWER: 13_000,
    Reason.RING_BUSY: 2_200,
    Reason.RING_UNREACHABLE: 680,
    Reason.RING_SWITCHED_OFF: 420,
    Reason.RING_NUMBER_CHANGED: 250,
    Reason.NET_CARRIER_REJECT: 200,
    Reason.NET_CONGESTION: 100,
    Reason.NET_PLATFORM_FAULT: 30,
    # Whoever answers does not accept.
    Reason.OFFER_NO_KEY: 1_920,
    Reason.OFFER_HUNG_UP: 1_580,
    Reason.OFFER_REFUSED: 1_220,
    Reason.OFFER_MACHINE: 540,
    Reason.OFFER_BLOCKED: 70,
    # Refused before ringing.
    Reason.IDENTIFY_BAD_PIN: 3_500,
    Reason.POLICY_NOT_ON_LIST: 2_000,
    Reason.POLICY_CONTACT_PENDING: 1_160,
    Reason.DIAL_INVALID: 950,
    Reason.POLICY_UNIT_CLOSED: 850,
    Reason.POLICY_MINUTES_USED: 640,
    Reason.BLOCK_CALLED_PARTY: 530,
    Reason.POLICY_SUSPENDED: 420,
    Reason.POLICY_TOO_SOON: 320,
    Reason.POLICY_DESTINATION_CLASS: 130,
    Reason.IDENTIFY_PIN_LOCKED: 50,
    Reason.POLICY_NUMBER_BLOCKED_SECURITY: 30,
    # Given up.
    Reason.RING_ABANDONED: 2_180,
    Reason.IDENTIFY_ABANDONED: 1_300,
    Reason.DIAL_ABANDONED: 1_040,
    Reason.OFFER_ABANDONED: 680,
}
"""How many of about a hundred thousand attempts end so."""
_ENDS: Final = tuple(_REASONS)
_ENDS_ADDED: Final = tuple(accumulate(_REASONS.values()))
_HOURS_ADDED: Final = tuple(accumulate(_HOURS))
_CONTACTS_ADDED: Final = tuple(accumulate((45, 25, 15, 10, 5)))
_NOBODY: Final = frozenset({Reason.IDENTIFY_BAD_PIN, Reason.IDENTIFY_PIN_LOCKED, Reason.IDENTIFY_ABANDONED})
_NOT_DIALLED: Final = _NOBODY | {Reason.DIAL_ABANDONED}


@dataclass(frozen=True, slots=True)
class Caller:
    """A resident of the crowd, the phones of their unit, and whom they call."""

    resident: int
    facility: int
    unit: int
    stations: tuple[int, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PastCall:
    """What happened, in instants; the rest of a call's row follows from it."""

    call_id: int
    caller: Caller
    station: int
    is_identified: bool
    number: str
    disposition: Disposition
    reason: Reason
    opened_at: int
    identified_at: int | None
    authorised_at: int | None
    answered_at: int | None
    accepted_at: int | None
    ended_at: int
    starts: tuple[int, int, int]
    """Of the day, the week and the month."""


class Crowd:
    """All callers; a few call often, many seldom."""

    def __init__(self, callers: Sequence[Caller]) -> None:
        self.callers = callers
        self.added = tuple(accumulate(1 / (1 + number % 97) ** 0.5 for number in range(len(callers))))


def a_number(chance: random.Random) -> str:
    """A number of Louisiana that no family has."""
    return f"+1{chance.choice(_AREAS)}555{chance.randrange(2000, 10_000)}"


def shares(days: Sequence[date], count: int) -> list[int]:
    """How many of the calls each day has."""
    added = [0, *accumulate(_WEEKDAYS[day.weekday()] for day in days)]
    return [count * upto // added[-1] - count * since // added[-1] for since, upto in pairwise(added)]


def calls_of(day: date, count: int, crowd: Crowd, chance: random.Random) -> list[PastCall]:
    """The calls of a day, in the order of their ids."""
    midnight = Instant(int(datetime.combine(day, time(), ZONE).timestamp() * 1000))
    starts = (day_start(ZONE, midnight), week_start(ZONE, midnight), month_start(ZONE, midnight))
    callers = chance.choices(crowd.callers, cum_weights=crowd.added, k=count)
    hours = chance.choices(range(24), cum_weights=_HOURS_ADDED, k=count)
    ends = chance.choices(_ENDS, cum_weights=_ENDS_ADDED, k=count)
    calls = {}
    for caller, hour, end in zip(callers, hours, ends, strict=True):
        call = _a_call(midnight + hour * 3_600_000 + chance.randrange(3_600_000), caller, end, starts, chance)
        calls[call.call_id] = call
    while len(calls) < count:  # two had one id
        call = _a_call(midnight + chance.randrange(64_800_000), callers[0], ends[0], starts, chance)
        calls[call.call_id] = call
    return [calls[each] for each in sorted(calls)]


def _a_call(
    at: int,
    caller: Caller,
    reason: Reason,
    starts: tuple[int, int, int],
    chance: random.Random,
) -> PastCall:
    is_identified = reason not in _NOBODY
    number = ""
    if reason is Reason.DIAL_INVALID:
        number = "".join(chance.choices("0123456789", k=6))
    elif reason not in _NOT_DIALLED:
        other = reason is Reason.POLICY_NOT_ON_LIST or chance.random() < _OTHERS
        number = a_number(chance) if other else chance.choices(caller.numbers, cum_weights=_CONTACTS_ADDED)[0]
    identified = at + chance.randrange(12_000, 30_000) if is_identified else None
    authorised = answered = accepted = None
    ended = at + chance.randrange(8_000, 60_000)
    if identified is not None:
        ended = identified + chance.randrange(3_000, 20_000)
    if identified is not None and reason.stage in ("ring", "net", "offer", "talk"):
        authorised = identified + chance.randrange(4_000, 12_000)
        ended = authorised + chance.randrange(10_000, 45_000)
        if reason.stage in ("offer", "talk"):
            answered = authorised + chance.randrange(4_000, 25_000)
            ended = answered + chance.randrange(5_000, 25_000)
            if reason.stage == "talk":
                accepted = answered + chance.randrange(6_000, 18_000)
                talked = LIMIT if reason is Reason.TALK_TIME_LIMIT else min(chance.lognormvariate(5.6, 0.95), LIMIT - 1)
                ended = accepted + int(talked * 1000)
    return PastCall(
        new_call_id(Instant(at), chance.getrandbits(21)),
        caller,
        chance.choice(caller.stations),
        is_identified,
        number,
        disposition(reason, accepted=accepted is not None),
        reason,
        at,
        identified,
        authorised,
        answered,
        accepted,
        ended,
        starts,
    )
